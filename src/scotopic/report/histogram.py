"""The files of a scan of a histogram: figures, tables and the result as JSON."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from scotopic.figures import limit_bands, p_value_scan, save, spectrum
from scotopic.io.csv_file import write_csv
from scotopic.io.hepdata import Axis, Column, Table, write_submission
from scotopic.io.hs3 import hs3_document, write_hs3
from scotopic.io.pyhf_workspace import workspace, write_workspaces
from scotopic.io.window_model import window_models
from scotopic.numerics.arrays import Floats
from scotopic.report.excess import FitLabels, fit_tables, in_spectrum, toy_table, write_fit, write_toys
from scotopic.report.hepdata import Qualifiers, limit_columns
from scotopic.report.json_file import write_json
from scotopic.report.result import curves_of
from scotopic.stats import LikelihoodScan, Scan, likelihood_scan
from scotopic.stats.limit_curve import LimitCurve
from scotopic.study.histogram.scan_histogram import HistogramScan, model_settings

SAMPLE = "user's data"
MOST_WORKSPACES = 2_000  # beyond, the file of pyhf's workspaces would be too long to use


def write_histogram_scan(result: HistogramScan, folder: Path) -> list[Path]:
    """Write everything of a scan into a folder and return the paths."""
    found, card, histogram = result.scan, result.card, result.histogram
    variable = card.variable.replace("$", r"\$")  # text, no formula
    unit = unit_of(card.variable)
    curves = {"yield": (limits_of(found), "events", "Signal yield")}
    if result.per_event is not None:
        curves["cross_section"] = (limits_of(found).map(result.sigma), "fb", r"$\sigma$ (fb)")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    table: dict[str, Floats] = {
        "mass": found.mass,
        "shat": found.shat,
        "shat_error": found.shat_error,
        "background": found.background,
        "q0": found.q0,
        "z_local": found.z_local,
        "p_local": found.p_local,
    }
    for name, (limits, what, label) in curves.items():
        figure = limit_bands(
            curves_of(found.mass, limits), y_label=label, x_label=variable, level=card.level, sample=SAMPLE,
            luminosity_fb=card.luminosity_fb,
        )  # fmt: skip
        written += save(figure, folder / f"{name}_limit")
        table |= {f"limit_{key}": values for key, values in limits.columns(what).items()}
    figure = p_value_scan(
        found.mass, found.p_local, p_global=found.p_global, x_label=variable, unit=unit, sample=SAMPLE,
        luminosity_fb=card.luminosity_fb,
    )  # fmt: skip
    written += save(figure, folder / "p_value")
    settings = model_settings(card)
    excess = fit_of(result)
    headline: dict[str, Any] = {"sample": SAMPLE, "luminosity_fb": card.luminosity_fb}
    figure = spectrum(
        histogram.edges, histogram.counts, x_label=variable, x_unit=unit or "units",
        **in_spectrum(excess, histogram.edges), **headline,
    )  # fmt: skip
    written += save(figure, folder / "spectrum")
    if excess is not None:
        limit = float(found.limit_observed[found.z_local.argmax()])
        written += write_fit(
            excess, histogram.counts, histogram.edges, folder, comments(result),
            FitLabels(mass_text(result), limit, card.level, variable, unit or "units"), **headline,
        )  # fmt: skip
    written += write_toys(found, folder, comments(result), **headline)
    column = "limit_observed_fb" if "limit_observed_fb" in table else "limit_observed_events"
    stated = [*comments(result), f"mass: {card.variable}", f"column: {column}"]  # for who reads it back
    written.append(write_csv(folder / "scan.csv", table, stated))
    low_high = {"low": histogram.edges[:-1], "high": histogram.edges[1:], "counts": histogram.counts}
    written.append(write_csv(folder / "spectrum.csv", low_high, comments(result)))
    if len(found.mass) <= MOST_WORKSPACES:
        models = window_models(
            histogram.counts, histogram.edges, found.mass, card.signal.template, **settings
        )
        about = f"Windows of {comments(result)[0]}"
        written += write_workspaces(found.mass, [workspace(one) for one in models], folder / "pyhf", about)
        document = hs3_document(models, found.mass, axis=card.variable, about=about)
        written.append(write_hs3(document, folder / "hs3.json"))
    written += write_submission(
        hepdata_tables(result), folder / "hepdata", comment="; ".join(comments(result))
    )
    return [*written, write_json(result.to_json(), folder / "scan.json")]


def fit_of(result: HistogramScan) -> LikelihoodScan | None:
    """Return the likelihood at the largest excess; None if there is no fit."""
    found, card, histogram = result.scan, result.card, result.histogram
    at = int(found.z_local.argmax())
    if not np.isfinite(found.shat[at]):
        return None
    settings = model_settings(card)
    settings["efficiency_error"] = float(np.broadcast_to(settings["efficiency_error"], found.mass.shape)[at])
    return likelihood_scan(
        histogram.counts, histogram.edges, float(found.mass[at]), card.signal.template, **settings,
        highest=float(found.limit_observed[at]),
    )  # fmt: skip


def mass_text(result: HistogramScan) -> str:
    """Return the mass of the largest excess with its unit."""
    mass = result.scan.mass[result.scan.z_local.argmax()]
    return f"mass {mass:.5g} {unit_of(result.card.variable)}".rstrip()


def limits_of(found: Scan) -> LimitCurve:
    """Return the limits on the yield (events)."""
    return LimitCurve(found.limit_median, found.band68, found.band95, found.limit_observed)


def hepdata_tables(result: HistogramScan) -> list[Table]:
    """Return the HEPData tables of all figures of a scan."""
    found, card, histogram = result.scan, result.card, result.histogram
    unit = unit_of(card.variable)
    qualifiers: Qualifiers = {"CL": (100.0 * card.level, "%"), "METHOD": (card.method, "")}
    if card.luminosity_fb is not None:
        qualifiers["LUMINOSITY"] = (card.luminosity_fb, "fb^-1")
    masses = (Axis(card.variable, unit, found.mass),)
    bins = np.stack([histogram.edges[:-1], histogram.edges[1:]], axis=1)

    def limits(stem: str, quantity: str, unit: str, scale: Callable[[Floats], Floats]) -> Table:
        return Table(
            f"{stem}_limit",
            f"Limit on the {stem.replace('_', ' ')}",
            "Upper limits against the mass, observed and expected; they may lie below zero.",
            masses,
            limit_columns(quantity, unit, limits_of(found).map(scale)),
            ("SIG",) if stem == "cross_section" else ("EVENTS",),
            qualifiers,
        )

    tables = [limits("yield", "the signal yield", "", lambda events: events)]
    if result.per_event is not None:
        tables.append(limits("cross_section", "SIG", "fb", result.sigma))
    excess = fit_of(result)
    if excess is not None:
        name = mass_text(result)
        tables += fit_tables(excess, histogram.counts, histogram.edges, card.variable, unit, name)
    return [
        *tables,
        *toy_table(found),
        Table(
            "p_value",
            "Local p-value",
            "One-sided p-value of an excess at each mass, and the fitted signal yield.",
            masses,
            (
                Column("LOCAL P-VALUE", "", found.p_local),
                Column("SIGNIFICANCE", "", found.z_local),
                Column("SIGNAL YIELD", "", found.shat, {"fit": found.shat_error}),
            ),
            ("P-VALUE",),
            qualifiers,
        ),
        Table(
            "spectrum",
            "Spectrum",
            "Events per bin.",
            (Axis(card.variable, unit, bins),),
            (Column("OBSERVED EVENTS", "", histogram.counts),),
            ("EVENTS",),
        ),
    ]


def comments(result: HistogramScan) -> list[str]:
    """Return the lines that head every table of a scan."""
    card = result.card
    luminosity = "" if card.luminosity_fb is None else f", {1e3 * card.luminosity_fb:.6g}/pb"
    return [
        f"scan of {result.histogram.source} with {card.path}{luminosity}",
        f"{100 * card.level:g} % CL, {card.method}; mass is {card.variable}",
        *result.notes,
    ]


def unit_of(variable: str) -> str:
    """Return what stands in brackets at the end of an axis' text: GeV of ``M (GeV)``."""
    match = re.search(r"[(\[]([^()\[\]$]*)[)\]]\s*$", variable)
    return match[1] if match else ""
