"""HEPData tables of results: one for each figure."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from scotopic.analysis.result import RegionSpectrum, Result
from scotopic.analysis.statistics.statistic import confidence_of
from scotopic.io.hepdata import Axis, Column, Table, write_submission
from scotopic.report.columns import (
    ENDS,
    envelopes,
    region_limits,
    shown_cross_section,
    signal_columns,
)
from scotopic.report.data_source import comments, joined
from scotopic.report.excess import fit_tables, mass_text, toy_table, whole_scan
from scotopic.stats.limit_curve import LimitCurve

Qualifiers = dict[str, tuple[float | str, str]]

BANDS = (("band95", 0, "-2"), ("band68", 0, "-1"), ("band68", 1, "+1"), ("band95", 1, "+2"))


def limit_columns(quantity: str, unit: str, limit: LimitCurve) -> tuple[Column, ...]:
    """Return the columns of an observed limit, if any, and of the expected ones at −2 … +2 standard deviations."""
    observed = (
        () if limit.observed is None else (Column(f"Observed limit on {quantity}", unit, limit.observed),)
    )
    return (
        *observed,
        Column(f"Median expected limit on {quantity}", unit, limit.median),
        *(
            Column(f"Expected limit on {quantity}, {sigma} sigma", unit, getattr(limit, band)[:, edge])
            for band, edge, sigma in BANDS
        ),
    )


def qualifiers_of(result: Result) -> Qualifiers:
    """Return what holds for all numbers of a result."""
    return {
        "EXPERIMENT CARD": (result.experiment, ""),
        "LUMINOSITY": (result.luminosity_fb, "fb^-1"),
        confidence_of(result.search.statistic.method).upper(): (100.0 * result.settings["level"], "%"),
        "METHOD": (result.settings["method"], ""),
        "SAMPLE": ("data" if result.source == "data" else "simulated data", ""),
    }


def axes_of(result: Result) -> tuple[Axis, ...]:
    """Return the points of a result."""
    return tuple(Axis(one.heading, one.unit, result.points[:, i]) for i, one in enumerate(result.search.axes))


def cross_section_table(result: Result, stem: str = "cross_section_limit") -> Table:
    """Return the limits on the cross section, with efficiency and resolution at the same points."""
    quantity = "SIG" if result.coupling is not None else "EFFICIENCY*SIG"
    words = {"observed": "Observed limit on", "median": "Median expected limit on"}
    others = [
        Column(f"{words[name.partition('_')[2]]} SIG, CLs", "fb", values)
        for name, (values, _) in result.alternatives.items()
        if values.ndim == 1
    ]
    widths = [
        Column("RESOLUTION" if result.resolution.shape[1] == 1 else f"RESOLUTION, {axis.heading}", "GeV", one)
        for axis, one in zip(
            (axis for axis in result.search.axes if axis.is_mass), result.resolution.T, strict=True
        )
    ]
    return Table(
        stem,
        "Limit on the cross section",
        "Upper limits on the cross section times branching fraction against the mass, observed and expected; "
        "a band's lower edge may lie below zero.",
        axes_of(result),
        (
            *limit_columns(quantity, "fb", shown_cross_section(result)),
            *others,
            *_ends(result, "fb", coupling=False),
            Column("EFFICIENCY", "", result.efficiency, {"stat": result.efficiency_error}),
            *widths,
            Column("ACCEPTANCE", "", result.acceptance),
        ),
        ("SIG",),
        qualifiers_of(result),
    )


def coupling_table(result: Result, stem: str = "coupling_limit") -> Table:
    """Return the limits on the coupling."""
    coupling = result.search.signal.coupling
    assert coupling is not None
    quantity, unit = _symbol(coupling.symbol)
    assumed: Qualifiers = {
        f"PARAMETER {name}": (value, "") for name, value in result.settings["parameters"].items()
    }
    return Table(
        stem,
        "Limit on the coupling",
        "Upper limits on the coupling against the mass, observed and expected; no value where the limit on "
        "the cross section lies below zero.",
        axes_of(result),
        (*limit_columns(quantity, unit, result.coupling_limit), *_ends(result, unit, coupling=True)),
        ("COUPLING",),
        qualifiers_of(result) | assumed,
    )


def _ends(result: Result, unit: str, *, coupling: bool) -> list[Column]:
    return [
        Column(f"Median expected limit, {name} at their {end}", unit, values)
        for name, both in envelopes(result, coupling=coupling).items()
        for end, values in zip(ENDS, both.T, strict=True)
    ]


def p_value_table(result: Result) -> Table:
    """Return the local p-values."""
    qualifiers = qualifiers_of(result)
    if result.p_global is not None:
        qualifiers["GLOBAL P-VALUE OF THE LARGEST EXCESS"] = (result.p_global, "")
    return Table(
        "p_value",
        "Local p-value",
        "One-sided p-value of an excess at each mass, without signal; 0.5 for deficits.",
        axes_of(result),
        (Column("LOCAL P-VALUE", "", result.p_local), Column("SIGNIFICANCE", "", result.z_local)),
        ("P-VALUE",),
        qualifiers,
    )


def window_table(result: Result) -> Table:
    """Return windows with their counts, expectation and efficiency."""
    windows = result.windows
    assert windows is not None
    stem = "yields" if windows.correlation is None else "windows"
    return Table(
        stem,
        "Windows",
        "Events, expectation and signal efficiency of the overlapping windows.",
        axes_of(result),
        (
            Column("EVENTS", "", np.asarray(windows.observed, dtype=np.float64)),
            Column("BACKGROUND", "", windows.background, {"total": windows.background_error}),
            Column("ACCEPTANCE", "", result.acceptance),
            Column("EFFICIENCY", "", result.efficiency, {"stat": result.efficiency_error}),
            Column("LOCAL P-VALUE", "", result.p_local),
        ),
        ("EFFICIENCY",),
        qualifiers_of(result),
    )


def region_tables(result: Result, part: RegionSpectrum) -> list[Table]:
    """Return the spectrum of one region, its signal, and, where regions share the signal, its own limit."""
    name, observable, qualifiers = part.region.name, part.region.observable, qualifiers_of(result)
    bins = np.stack([part.edges[:-1], part.edges[1:]], axis=1)
    expected = [Column(f"EXPECTED EVENTS, {one}", "", values) for one, values in part.expected.items()]
    unit = observable.unit.replace("GeV2", "GeV^2")
    signal = signal_columns(result, part)
    axis = Axis("MASS", "GeV", signal["mass_GeV"])
    width, error = (signal[f"{one}_{observable.unit}"] for one in ("resolution", "resolution_error"))
    tables = [
        Table(
            f"spectrum_{name}",
            f"Spectrum, {name} region",
            f"Candidates per bin of the observable, {name} region.",
            (Axis(observable.heading or observable.name, unit, bins),),
            (Column("OBSERVED EVENTS", "", part.observed), *expected),
            ("EVENTS",),
            qualifiers,
        ),
        Table(
            f"efficiency_{name}",
            f"Signal efficiency, {name} region",
            "Selected fraction of the generated signal with the error of the simulation, and the fraction whose "
            "particles fly where the search looks for them.",
            (axis,),
            (
                Column("EFFICIENCY", "", signal["efficiency"], {"stat": signal["efficiency_error"]}),
                Column("ACCEPTANCE", "", signal["acceptance"]),
            ),
            ("EFFICIENCY",),
            qualifiers,
        ),
        Table(
            f"resolution_{name}",
            f"Signal resolution, {name} region",
            "Half of the central 68 % interval of the observable of selected signal.",
            (axis,),
            (Column("RESOLUTION", unit, width, {"stat": error}),),
            ("RESOLUTION",),
            qualifiers,
        ),
    ]
    return tables if result.search.signal.fractions is None else [*tables, _limit_table(result, part)]


def _limit_table(result: Result, part: RegionSpectrum) -> Table:
    limits = region_limits(result, part)
    return Table(
        f"limit_{part.region.name}",
        f"Limit of the region {part.region.name}",
        "Upper limits of one region alone on its part of the cross section, without systematic terms.",
        (Axis("MASS", "GeV", limits["mass_GeV"]),),
        (
            Column("Observed limit on SIG*BR", "fb", limits["observed_fb"]),
            Column("Median expected limit on SIG*BR", "fb", limits["median_fb"]),
        ),
        ("SIG",),
        qualifiers_of(result),
    )


def result_tables(result: Result) -> list[Table]:
    """Return the tables of all figures of a result."""
    tables = [cross_section_table(result)]
    if result.coupling is not None:
        tables.append(coupling_table(result))
    tables.append(p_value_table(result))
    for part in result.spectra:
        tables += region_tables(result, part)
    if result.windows is not None:
        tables.append(window_table(result))
    excess, whole = result.search.statistic.largest_excess(result), whole_scan(result)
    if excess is not None:
        part, observable = excess.spectrum, excess.spectrum.region.observable
        unit = observable.unit.replace("GeV2", "GeV^2")
        tables += fit_tables(
            excess.likelihood, part.observed, part.edges, observable.heading, unit, mass_text(excess.mass)
        )
    return tables + (toy_table(whole) if whole else [])


def write_hepdata(result: Result, tables: Sequence[Table], folder: Path) -> list[Path]:
    """Write tables of a result as a HEPData submission."""
    phrases = (_ascii(result.search.title), result.search.name)
    return write_submission(tables, folder, comment=joined(comments(result)), phrases=phrases)


def _symbol(text: str) -> tuple[str, str]:
    """Return quantity and unit of ``g [1/GeV]``; HEPData writes GeV^-1."""
    quantity, _, unit = text.partition(" [")
    unit = unit.rstrip("]")
    return quantity, f"{unit.removeprefix('1/')}^-1" if unit.startswith("1/") else unit


def _ascii(text: str) -> str:
    return text.replace("→", "->").replace("γ", "gamma")
