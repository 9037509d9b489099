"""HEPData tables of results: one for each figure."""

from collections.abc import Sequence
from inspect import signature
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scotopic.io.hepdata import Axis, Column, Table, write_submission
from scotopic.searches.search import RegionSpectrum, SearchResult
from scotopic.searches.signal_shape import SignalShape
from scotopic.study.excess_report import fit_tables, toy_table
from scotopic.study.search_excess import excess_of, mass_text, whole_scan

Floats = NDArray[np.float64]
Qualifiers = dict[str, tuple[float | str, str]]

ALPHA_INV = 137.036  # what couplings are read with unless a parameter says otherwise
OBSERVABLES = {"m2_gg": "M^2(GAMMA GAMMA)", "m2_recoil": "M^2(RECOIL)"}
BANDS = (("95", 0, "-2"), ("68", 0, "-1"), ("68", 1, "+1"), ("95", 1, "+2"))


def resolution_error(shape: SignalShape, generated: int) -> Floats:
    """Return the statistical error of a resolution, of `generated` events per mass.

    Half of a central 68 % interval of n values has a relative error of about 0.93/√n for a Gaussian core.
    """
    return 0.93 * shape.resolution / np.sqrt(shape.efficiency * generated)


def limit_columns(
    quantity: str, unit: str, observed: Floats, median: Floats, band68: Floats, band95: Floats
) -> tuple[Column, ...]:
    """Return the columns of an observed limit and of the expected ones at −2 … +2 standard deviations."""
    bands = {"68": band68, "95": band95}
    return (
        Column(f"Observed limit on {quantity}", unit, observed),
        Column(f"Median expected limit on {quantity}", unit, median),
        *(
            Column(f"Expected limit on {quantity}, {sigma} sigma", unit, bands[band][:, edge])
            for band, edge, sigma in BANDS
        ),
    )


def qualifiers_of(result: SearchResult) -> Qualifiers:
    """Return what holds for all numbers of a result."""
    return {
        "EXPERIMENT CARD": (result.experiment, ""),
        "LUMINOSITY": (result.luminosity_fb, "fb^-1"),
        "CL": (100.0 * result.settings["level"], "%"),
        "METHOD": (result.settings["method"], ""),
        "SAMPLE": ("data" if result.settings["cut_flow_of"] == "data" else "simulated data", ""),
    }


def cross_section_table(result: SearchResult, stem: str = "cross_section_limit") -> Table:
    """Return the limits on the cross section, with efficiency and resolution at the same masses."""
    limits = limit_columns(
        "SIG",
        "fb",
        result.sigma_observed,
        result.sigma_median,
        result.sigma_band68,
        result.sigma_band95,
    )
    return Table(
        stem,
        "Limit on the cross section",
        "Upper limits on the cross section times branching fraction against the mass, observed and expected; "
        "a band's lower edge may lie below zero.",
        (Axis("MASS", "GeV", result.mass),),
        (
            *limits,
            Column("Observed limit on SIG, CLs", "fb", result.sigma_cls_observed),
            Column("Median expected limit on SIG, CLs", "fb", result.sigma_cls_median),
            Column("EFFICIENCY", "", result.efficiency, {"stat": result.efficiency_error}),
            Column("RESOLUTION", "GeV", result.resolution),
        ),
        ("SIG",),
        qualifiers_of(result),
    )


def coupling_table(result: SearchResult, stem: str = "coupling_limit") -> Table:
    """Return the limits on the coupling."""
    quantity, unit = _symbol(result.coupling_symbol)
    parameters = dict(result.settings["parameters"])
    if "model" not in result.settings and "alpha_inv" in signature(result.definition.coupling_of).parameters:
        parameters = {"alpha_inv": ALPHA_INV} | parameters
    assumed: Qualifiers = {f"PARAMETER {name}": (value, "") for name, value in parameters.items()}
    return Table(
        stem,
        "Limit on the coupling",
        "Upper limits on the coupling against the mass, observed and expected; no value where the limit on "
        "the cross section lies below zero.",
        (Axis("MASS", "GeV", result.mass),),
        limit_columns(
            quantity,
            unit,
            result.coupling_observed,
            result.coupling_median,
            result.coupling_band68,
            result.coupling_band95,
        ),
        ("COUPLING",),
        qualifiers_of(result) | assumed,
    )


def p_value_table(result: SearchResult) -> Table:
    """Return the local p-values."""
    qualifiers = qualifiers_of(result)
    if result.p_global is not None:
        qualifiers["GLOBAL P-VALUE OF THE LARGEST EXCESS"] = (result.p_global, "")
    return Table(
        "p_value",
        "Local p-value",
        "One-sided p-value of an excess at each mass, without signal; 0.5 for deficits.",
        (Axis("MASS", "GeV", result.mass),),
        (Column("LOCAL P-VALUE", "", result.p0_local), Column("SIGNIFICANCE", "", result.z_local)),
        ("P-VALUE",),
        qualifiers,
    )


def spectrum_table(result: SearchResult, part: RegionSpectrum) -> Table:
    """Return the spectrum of one region, observed and expected by process."""
    expected = [Column(f"EXPECTED EVENTS, {name}", "", values) for name, values in part.expected.items()]
    bins = np.stack([part.edges[:-1], part.edges[1:]], axis=1)
    return Table(
        f"spectrum_{part.region.name}",
        f"Spectrum, {part.region.name} region",
        f"Candidates per bin of the squared mass, {part.region.name} region.",
        (Axis(OBSERVABLES.get(part.region.observable, part.region.observable), "GeV^2", bins),),
        (Column("OBSERVED EVENTS", "", part.observed), *expected),
        ("EVENTS",),
        qualifiers_of(result),
    )


def performance_tables(result: SearchResult) -> list[Table]:
    """Return efficiency and resolution at the simulated masses, two tables per region."""
    tables = []
    for part in result.spectra:
        name = part.region.name
        shape = result.shapes[name]
        axis = (Axis("MASS", "GeV", shape.mass),)
        error = resolution_error(shape, result.settings["signal_events_per_mass"])
        tables += [
            Table(
                f"efficiency_{name}",
                f"Signal efficiency, {name} region",
                "Selected fraction of the generated signal with the error of the simulation, and the fraction whose "
                "particles fly where the search looks for them.",
                axis,
                (
                    Column("EFFICIENCY", "", shape.efficiency, {"stat": shape.efficiency_error}),
                    Column("ACCEPTANCE", "", shape.acceptance),
                ),
                ("EFFICIENCY",),
                qualifiers_of(result),
            ),
            Table(
                f"resolution_{name}",
                f"Signal resolution, {name} region",
                "Half of the central 68 % interval of the squared mass of selected signal.",
                axis,
                (Column("RESOLUTION", "GeV^2", shape.resolution, {"stat": error}),),
                ("RESOLUTION",),
                qualifiers_of(result),
            ),
        ]
    return tables


def excess_tables(result: SearchResult) -> list[Table]:
    """Return the fit and the likelihood at the largest excess, and the toys."""
    excess, tables = excess_of(result), toy_table(whole_scan(result))
    if excess is None:
        return tables
    part, found, _ = excess
    axis = OBSERVABLES.get(part.region.observable, part.region.observable)
    return fit_tables(found, part.observed, part.edges, axis, "GeV^2", mass_text(found)) + tables


def search_tables(result: SearchResult) -> list[Table]:
    """Return the tables of all figures of a result."""
    return [
        cross_section_table(result),
        coupling_table(result),
        p_value_table(result),
        *(spectrum_table(result, part) for part in result.spectra),
        *performance_tables(result),
        *excess_tables(result),
    ]


def write_hepdata(
    result: SearchResult, tables: Sequence[Table], folder: Path, about: Sequence[str]
) -> list[Path]:
    """Write tables of a result as a HEPData submission; `about` says whose and of what they are."""
    phrases = (_ascii(result.definition.title), result.search)
    return write_submission(tables, folder, comment="; ".join(about), phrases=phrases)


def _symbol(text: str) -> tuple[str, str]:
    """Return quantity and unit of ``g [1/GeV]``; HEPData writes GeV^-1."""
    quantity, _, unit = text.partition(" [")
    unit = unit.rstrip("]")
    return quantity, f"{unit.removeprefix('1/')}^-1" if unit.startswith("1/") else unit


def _ascii(text: str) -> str:
    return text.replace("→", "->").replace("γ", "gamma")
