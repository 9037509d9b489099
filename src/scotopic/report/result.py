"""The files of any result: figures, tables, HEPData and the result as JSON."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scotopic.analysis.region import Observable
from scotopic.analysis.result import RegionSpectrum, Result
from scotopic.analysis.statistics.statistic import confidence_of
from scotopic.bounds import load_bound
from scotopic.figures import (
    LimitCurves,
    efficiency,
    exclusion_plane,
    limit_bands,
    mass_plane,
    p_value_scan,
    resolution,
    save,
    spectrum,
    yields,
)
from scotopic.figures.style import PROJECTION, SIMULATED
from scotopic.io.csv_file import write_csv
from scotopic.numerics.arrays import Floats, Ints
from scotopic.report.columns import (
    ENDS,
    coupling_columns,
    cross_section_columns,
    envelopes,
    mass_widths,
    p_value_columns,
    region_limits,
    shown_cross_section,
    signal_columns,
    spectrum_columns,
    window_columns,
)
from scotopic.report.data_source import comments, heading
from scotopic.report.excess import FitLabels, mass_text, whole_scan, write_fit, write_toys
from scotopic.report.hepdata import result_tables, write_hepdata
from scotopic.report.json_file import write_json
from scotopic.report.systematics import systematics_table
from scotopic.stats.limit_curve import LimitCurve


def write_result(result: Result, folder: Path) -> list[Path]:
    """Write everything of a result into a folder and return the paths.

    The coupling of another model has files of its own, `scotopic.report.model.write_model_report`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = write_cross_section(result, folder / "cross_section_limit")
    if result.coupling is not None and result.other_model is None:
        written += write_coupling(result, folder / "coupling_limit")
    written += _write_p_values(result, folder)
    for part in result.spectra:
        written += write_spectrum(result, part, folder)
    if result.windows is not None:
        written += _write_windows(result, folder)
    written += _write_excess(result, folder)
    written += _write_performance(result, folder)
    table = systematics_table(result.systematics, result.controls)
    written.append(write_csv(folder / "systematics.csv", table, comments(result)))
    written += write_hepdata(result, result_tables(result), folder / "hepdata")
    return [*written, write_json(result.to_json(), folder / "result.json")]


def curves_of(mass: Floats, limit: LimitCurve) -> LimitCurves:
    """Return limits as figures take them."""
    return LimitCurves(mass, limit.observed, limit.median, limit.band68, limit.band95)


def write_cross_section(
    result: Result, stem: Path, beside: Mapping[str, tuple[Floats, Floats]] | None = None
) -> list[Path]:
    """Write the figure of the limit on the cross section, others' `beside` it, and its table."""
    label = f"{result.search.signal.label} (fb)"
    written = _write_limit(result, stem, shown_cross_section(result), label, beside or _ends(result))
    stated = comments(result)
    if len(result.search.axes) == 1:
        stated.append("column: observed_fb")  # for who reads it back
    return [*written, write_csv(stem.with_suffix(".csv"), cross_section_columns(result), stated)]


def write_coupling(result: Result, stem: Path) -> list[Path]:
    """Write the figure of the limit on the coupling, beside bounds that the search names, and its table."""
    coupling = result.search.signal.coupling
    assert coupling is not None
    if result.search.signal.beside:
        written = save(_beside_bounds(result, result.coupling_limit), stem)
    else:
        written = _write_limit(
            result, stem, result.coupling_limit, coupling.label, _ends(result, coupling=True), log=True
        )
    read_with = [f"{name} = {value}" for name, value in result.settings["parameters"].items()]
    stated = [*comments(result), ", ".join([f"coupling: {coupling.symbol}", *read_with])]
    return [*written, write_csv(stem.with_suffix(".csv"), coupling_columns(result), stated)]


def _ends(result: Result, *, coupling: bool = False) -> dict[str, tuple[Floats, Floats]]:
    """Return the ends of ranges of the median limit as further curves."""
    return {
        f"median, {name} at their {end}": (result.mass, values)
        for name, both in envelopes(result, coupling=coupling).items()
        for end, values in zip(ENDS, both.T, strict=True)
    }


def _write_limit(
    result: Result,
    stem: Path,
    limit: LimitCurve,
    label: str,
    beside: Mapping[str, tuple[Floats, Floats]],
    *,
    log: bool = False,
) -> list[Path]:
    level, confidence = result.settings["level"], confidence_of(result.search.statistic.method)
    if not _is_plane(result):
        (first, own), *others = _curves(result)
        shown = dict(beside) | {text: (result.points[at, 0], limit.median[at]) for text, at in others}
        figure = limit_bands(
            curves_of(result.points[own, 0], limit.select(own)),
            y_label=f"limit on {label}" + (f", {first}" if first else ""),
            x_label=result.search.axes[0].label,
            level=level,
            kind=confidence,
            beside=shown,
            **heading(result),
        )
        return save(figure, stem)
    text = f"{100 * level:g} % limit on {label}"
    written = save(_plane(result, limit.median, f"expected {text}", PROJECTION, log=log), stem)
    if limit.observed is not None:
        figure = _plane(result, limit.observed, text, heading(result)["sample"], log=log)
        written += save(figure, stem.with_name(f"{stem.name}_observed"))
    return written


def _is_plane(result: Result) -> bool:
    """Whether points are pairs of masses, drawn as a plane; else they are curves against the first coordinate."""
    return len(result.search.axes) == 2 and all(axis.is_mass for axis in result.search.axes)


def _curves(result: Result) -> list[tuple[str, Ints]]:
    """Return the points of each curve, with what the other coordinates are there."""
    axes, others = result.search.axes[1:], result.points[:, 1:]
    values, which = np.unique(others, axis=0, return_inverse=True)
    texts = [
        ", ".join(f"{axis.name} {one:g} {axis.unit}" for axis, one in zip(axes, row, strict=True))
        for row in values
    ]
    return [(text, np.flatnonzero(which.reshape(-1) == i)) for i, text in enumerate(texts)]


def _plane(
    result: Result,
    values: Floats,
    label: str,
    sample: str,
    *,
    log: bool = False,
    events: Floats | None = None,
) -> Any:
    first, second = result.search.axes
    return mass_plane(
        result.points,
        values,
        sqrt_s=result.sqrt_s,
        label=label,
        x_label=first.label,
        y_label=second.label,
        log=log,
        events=events,
        sample=sample,
        luminosity_fb=result.luminosity_fb,
        experiment=result.experiment,
    )


def _beside_bounds(result: Result, limit: LimitCurve) -> Any:
    signal = result.search.signal
    bounds = [load_bound(name) for name in signal.beside]
    lines = [load_bound(name) for name in signal.process.published] if signal.process else []
    known = limit.median[np.isfinite(limit.median)]
    assert signal.coupling is not None
    return exclusion_plane(
        bounds,
        limits=curves_of(result.mass, limit),
        lines=lines,
        masses=(0.1 * float(result.mass[0]), 2.0 * float(result.mass[-1])),
        couplings=(1e-2 * float(known.min()), 1e2 * float(known.max())),
        x_label=result.search.axes[0].label,
        y_label=signal.coupling.label,
        level=result.settings["level"],
        note=", ".join(f"{name} = {value}" for name, value in result.settings["parameters"].items()),
        **heading(result),
    )


def _write_p_values(result: Result, folder: Path) -> list[Path]:
    if not _is_plane(result):
        own = next(at for _, at in _curves(result) if result.largest in at)
        figure = p_value_scan(
            result.points[own, 0],
            result.p_local[own],
            p_global=result.p_global,
            x_label=result.search.axes[0].label,
            **heading(result),
        )
        written = save(figure, folder / "p_value")
    else:
        figure = _plane(result, result.z_local, "local significance", heading(result)["sample"])
        written = save(figure, folder / "significance")
    return [*written, write_csv(folder / "p_value.csv", p_value_columns(result), comments(result))]


def write_spectrum(result: Result, part: RegionSpectrum, folder: Path) -> list[Path]:
    """Write the spectrum of one region, and its signal; its own limit, where regions share the signal."""
    name, observable, stated = part.region.name, part.region.observable, comments(result)
    labels = {one.name: one.label for one in result.search.backgrounds}
    figure = spectrum(
        part.edges,
        part.observed,
        components={labels[one]: values for one, values in reversed(list(part.expected.items()))},
        log_x=part.edges[0] > 0.0 and part.edges[-1] > 100.0 * part.edges[0],
        x_label=observable.label,
        x_unit=figure_unit(observable),
        **heading(result),
    )
    written = [
        *save(figure, folder / f"spectrum_{name}"),
        write_csv(folder / f"spectrum_{name}.csv", spectrum_columns(part), stated),
        write_csv(folder / f"signal_{name}.csv", signal_columns(result, part), stated),
    ]
    if result.search.signal.fractions is not None:
        written.append(write_csv(folder / f"limit_{name}.csv", region_limits(result, part), stated))
    return written


def _write_windows(result: Result, folder: Path) -> list[Path]:
    windows, stated = result.windows, comments(result)
    assert windows is not None
    if windows.correlation is None:
        labels = {one.name: one.label for one in result.search.backgrounds}
        _, own = _curves(result)[0]
        figure = yields(
            result.points[own, 0],
            np.asarray(windows.observed, dtype=np.float64)[own],
            {labels.get(name, name): values[own] for name, values in windows.expected.items()},
            windows.background_error[own],
            x_label=result.search.axes[0].label,
            **heading(result),
        )
        written = save(figure, folder / "yields")
        return [*written, write_csv(folder / "yields.csv", window_columns(result), stated)]
    first, second = result.search.regions[0].observables
    names = [f"{first.name}_{first.unit}", f"{second.name}_{second.unit}"]
    shown = np.stack([windows.events[:, 0], np.sqrt(np.maximum(windows.events[:, 1], 0.0))], axis=1)
    sample = heading(result)["sample"]
    figure = _plane(result, windows.background, "expected events per window", sample, events=shown)
    return [
        *save(figure, folder / "events"),
        write_csv(folder / "windows.csv", window_columns(result), stated),
        write_csv(folder / "events.csv", dict(zip(names, windows.events.T, strict=True)), stated),
    ]


def _write_excess(result: Result, folder: Path) -> list[Path]:
    """Write the fit and the likelihood at the largest excess, and the distribution of toys."""
    excess, whole = result.search.statistic.largest_excess(result), whole_scan(result)
    stated = comments(result)
    written: list[Path] = []
    if excess is not None:
        part, observable = excess.spectrum, excess.spectrum.region.observable
        written += write_fit(
            excess.likelihood,
            part.observed,
            part.edges,
            folder,
            stated,
            FitLabels(
                mass_text(excess.mass),
                excess.limit,
                result.settings["level"],
                observable.label,
                figure_unit(observable),
            ),
            **heading(result),
        )
    return written + (write_toys(whole, folder, stated, **heading(result)) if whole else [])


def figure_unit(observable: Observable) -> str:
    """Return the unit of an observable in figures."""
    return observable.unit.replace("GeV2", "GeV$^2$")


def _write_performance(result: Result, folder: Path) -> list[Path]:
    """Write efficiency and resolution against mass, of regions at the simulated masses with their errors."""
    if _is_plane(result):
        figure = _plane(result, result.efficiency, "signal efficiency", SIMULATED)
        return save(figure, folder / "efficiency")
    label = result.search.axes[0].label
    efficiencies, resolutions = _measured(result, result.spectra)
    written = save(
        efficiency(efficiencies, x_label=label, experiment=result.experiment), folder / "efficiency"
    )
    figure = resolution(
        resolutions, x_label=label, y_label=r"$\sigma(m)$ (GeV)", experiment=result.experiment
    )
    return written + save(figure, folder / "resolution")


Measured = dict[str, tuple[Floats, Floats, Floats]]


def _measured(result: Result, spectra: Sequence[RegionSpectrum]) -> tuple[Measured, Measured]:
    if not spectra:
        mass, widths, value = result.points[:, 0], result.resolution[:, 0], result.efficiency
        curves = [(text or "signal", at) for text, at in _curves(result)]
        return (
            {text: (mass[at], value[at], result.efficiency_error[at]) for text, at in curves},
            {text: (mass[at], widths[at], 0.0 * widths[at]) for text, at in curves},
        )
    efficiencies, resolutions = {}, {}
    for part in spectra:
        shape, title = part.shape, part.region.title
        mass = part.region.observable.mass(shape.mass)
        widths = mass_widths(part)
        relative = 0.93 / np.sqrt(shape.efficiency * result.settings["signal_events_per_point"])
        efficiencies[title] = (mass, shape.efficiency, shape.efficiency_error)
        resolutions[title] = (mass, widths, relative * widths)
    return efficiencies, resolutions
