"""The files of a search: figures, tables and the result as JSON."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from scotopic.bounds import load_bound
from scotopic.figures import (
    LimitCurves,
    efficiency,
    figure_2a,
    figure_2b,
    limit_bands,
    p_value_scan,
    resolution,
    save,
    spectrum,
    write_csv,
)
from scotopic.figures.paper.figure_2b import COMPETITORS
from scotopic.files import replacing
from scotopic.searches.search import RegionSpectrum, SearchResult
from scotopic.study.data_source import sample_text
from scotopic.study.excess_report import write_fit, write_toys
from scotopic.study.hepdata_tables import ALPHA_INV, resolution_error, search_tables, write_hepdata
from scotopic.study.search_excess import excess_of, mass_text, whole_scan

Floats = NDArray[np.float64]

OBSERVABLE_LABELS = {"m2_gg": r"$M^2_{\gamma\gamma}$ (GeV$^2$)", "m2_recoil": r"$M^2_\mathrm{rec}$ (GeV$^2$)"}
PUBLISHED = "alp-belle2-2020"
ALPS = "alp-photon"  # model of the bounds that stand beside


def observable_label(part: RegionSpectrum) -> str:
    """Return the text of a spectrum's axis."""
    return OBSERVABLE_LABELS.get(part.region.observable, f"{part.region.observable} (GeV$^2$)")


def comments(result: SearchResult) -> list[str]:
    """Return the lines that head every table of a result."""
    marks = ", ".join(f"{count} {mark}" for mark, count in sorted(result.marks.items()))
    return [
        f"{result.search}, {result.experiment}, {1e3 * result.luminosity_fb:.6g}/pb; ours, not published",
        f"{100 * result.settings['level']:g} % CL, {result.settings['method']}",
        f"inputs by provenance: {marks}",
        *result.notes,
    ]


def cross_section_curves(result: SearchResult) -> LimitCurves:
    """Return the limits on the cross section in fb."""
    return LimitCurves(
        result.mass, result.sigma_observed, result.sigma_median, result.sigma_band68, result.sigma_band95
    )


def coupling_curves(result: SearchResult) -> LimitCurves:
    """Return the limits on the coupling."""
    return LimitCurves(
        result.mass,
        result.coupling_observed,
        result.coupling_median,
        result.coupling_band68,
        result.coupling_band95,
    )


def write_cross_section(
    result: SearchResult, stem: Path, beside: Mapping[str, tuple[Floats, Floats]] | None = None
) -> list[Path]:
    """Write the figure of the limit on the cross section, others' `beside` it, and its table."""
    curves = cross_section_curves(result)
    figure = figure_2a(
        curves,
        beside=beside,
        level=result.settings["level"],
        sample=sample_text(result),
        luminosity_fb=result.luminosity_fb,
        experiment=result.experiment,
    )
    table = curves.columns("fb") | {
        "cls_observed_fb": result.sigma_cls_observed,
        "cls_median_fb": result.sigma_cls_median,
        "efficiency": result.efficiency,
        "efficiency_error": result.efficiency_error,
        "resolution_GeV": result.resolution,
        "p0_local": result.p0_local,
    }
    stated = [*comments(result), "column: observed_fb"]  # for who reads it back
    return [*save(figure, stem), write_csv(stem.with_suffix(".csv"), table, stated)]


def write_coupling(result: SearchResult, stem: Path) -> list[Path]:
    """Write the figure of the limit on the coupling, of ALPs beside other bounds, and its table."""
    curves = coupling_curves(result)
    if result.definition.model != ALPS:
        figure = limit_bands(
            curves,
            y_label=f"limit on {result.coupling_symbol}",
            level=result.settings["level"],
            sample=sample_text(result),
            luminosity_fb=result.luminosity_fb,
            experiment=result.experiment,
        )
        stated = [*comments(result), f"coupling: {result.coupling_symbol}"]
        return [*save(figure, stem), write_csv(stem.with_suffix(".csv"), curves.columns("coupling"), stated)]
    alpha_inv = result.settings["parameters"].get("alpha_inv", ALPHA_INV)
    figure = figure_2b(
        curves,
        [load_bound(name) for name in COMPETITORS],
        level=result.settings["level"],
        alpha=rf"$\alpha = 1/{alpha_inv:g}$",
        lines=[load_bound(PUBLISHED)],
        sample=sample_text(result),
        luminosity_fb=result.luminosity_fb,
        experiment=result.experiment,
    )
    stated = [*comments(result), f"coupling: {result.coupling_symbol}, alpha = 1/{alpha_inv:g}"]
    return [*save(figure, stem), write_csv(stem.with_suffix(".csv"), curves.columns("per_GeV"), stated)]


def write_spectrum(result: SearchResult, part: RegionSpectrum, stem: Path) -> list[Path]:
    """Write the spectrum of one region and its table."""
    labels = {one.name: one.label for one in result.definition.backgrounds}
    figure = spectrum(
        part.edges,
        part.observed,
        components={labels[name]: values for name, values in reversed(list(part.expected.items()))},
        log_x=part.edges[-1] > 100.0 * part.edges[0],
        x_label=observable_label(part),
        sample=sample_text(result),
        luminosity_fb=result.luminosity_fb,
        experiment=result.experiment,
    )
    table = {"low_GeV2": part.edges[:-1], "high_GeV2": part.edges[1:], "observed": part.observed}
    table |= {f"expected_{name}": values for name, values in part.expected.items()}
    return [*save(figure, stem), write_csv(stem.with_suffix(".csv"), table, comments(result))]


def write_excess(result: SearchResult, folder: Path) -> list[Path]:
    """Write the fit and the likelihood at the largest excess, and the distribution of toys."""
    headline: dict[str, Any] = {
        "sample": sample_text(result),
        "luminosity_fb": result.luminosity_fb,
        "experiment": result.experiment,
    }
    written = []
    excess = excess_of(result)
    if excess is not None:
        part, found, limit = excess
        written += write_fit(
            found, part.observed, part.edges, folder, comments(result), mass=mass_text(found), limit=limit,
            level=result.settings["level"], x_label=observable_label(part),
            x_unit=r"GeV$^2$", **headline,
        )  # fmt: skip
    return written + write_toys(whole_scan(result), folder, comments(result), **headline)


def write_performance(result: SearchResult, folder: Path) -> list[Path]:
    """Write efficiency and resolution against mass, at the simulated masses with their errors."""
    efficiencies, resolutions = {}, {}
    written = []
    for part in result.spectra:
        shape, name = result.shapes[part.region.name], part.region.name
        error = resolution_error(shape, result.settings["signal_events_per_mass"])
        efficiencies[f"{name} region"] = (shape.mass, shape.efficiency, shape.efficiency_error)
        resolutions[f"{name} region"] = (shape.mass, shape.resolution, error)
        table = {
            "mass_GeV": shape.mass,
            "efficiency": shape.efficiency,
            "efficiency_error": shape.efficiency_error,
            "acceptance": shape.acceptance,
            "resolution_GeV2": shape.resolution,
            "resolution_error_GeV2": error,
        }
        written.append(write_csv(folder / f"signal_{name}.csv", table, comments(result)))
    written += save(efficiency(efficiencies, experiment=result.experiment), folder / "efficiency")
    written += save(resolution(resolutions, experiment=result.experiment), folder / "resolution")
    return written


def write_search(result: SearchResult, folder: Path) -> list[Path]:
    """Write everything of a result into a folder and return the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = write_cross_section(result, folder / "cross_section_limit")
    if "model" not in result.settings:  # another model's coupling stands in its own report
        written += write_coupling(result, folder / "coupling_limit")
    figure = p_value_scan(
        result.mass,
        result.p0_local,
        p_global=result.p_global,
        sample=sample_text(result),
        luminosity_fb=result.luminosity_fb,
        experiment=result.experiment,
    )
    written += save(figure, folder / "p_value")
    p_values = {"mass_GeV": result.mass, "p0_local": result.p0_local, "z_local": result.z_local}
    written.append(write_csv(folder / "p_value.csv", p_values, comments(result)))
    for part in result.spectra:
        written += write_spectrum(result, part, folder / f"spectrum_{part.region.name}")
    written += write_excess(result, folder)
    written += write_performance(result, folder)
    written += write_hepdata(result, search_tables(result), folder / "hepdata", comments(result))
    path = folder / "result.json"
    with replacing(path) as temporary:
        temporary.write_bytes(msgspec.json.format(msgspec.json.encode(result.to_json(), enc_hook=plain)))
    return [*written, path]


def plain(value: object) -> object:
    """Return numbers and arrays of NumPy as those of Python, for JSON."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no JSON form")
