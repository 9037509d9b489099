"""Figure 5: e±μ∓ and missing energy with 276/pb, limits on efficiency times cross section."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from scotopic.analysis.limits import compute_limits
from scotopic.analysis.result import Result
from scotopic.analysis.simulation import EventNumbers, Simulation, simulate
from scotopic.analysis.statistics.statistic import LimitSettings
from scotopic.detector.card import load_experiment
from scotopic.figures import figure_5, save
from scotopic.io.csv_file import write_csv
from scotopic.io.hepdata import write_submission
from scotopic.numerics.arrays import Floats
from scotopic.paper.medians import relative_errors
from scotopic.paper.report import Check, FigureReport, check, strings
from scotopic.report.columns import cross_section_columns, shown_cross_section
from scotopic.report.data_source import comments, heading
from scotopic.report.hepdata import result_tables
from scotopic.report.result import curves_of, write_result
from scotopic.searches import get_search
from scotopic.selection.candidates import Candidates

EXPERIMENT = "belle2-2018"
LUMINOSITY_FB = 0.276
ARTICLE = "arXiv:1912.11276"
PAPER = "Belle II proceedings 2021, section 5"
OURS = "our projection"
QUIET = 0.3
"""Windows with fewer expected events count as empty."""
ZERO_EVENTS = 2.302585
"""Limit at 90 % credibility on a number of events where none is seen, without errors: ln 10."""


@dataclass(frozen=True)
class _Size:
    signal_events: int
    background_events: int
    toys: int
    replicas: int


QUICK = _Size(signal_events=2_000, background_events=15_000, toys=0, replicas=6)
FULL = _Size(signal_events=10_000, background_events=100_000, toys=300, replicas=20)


def make(out: Path, *, quick: bool, seed: int, workers: int) -> dict[str, FigureReport]:
    """Make figure 5."""
    size = QUICK if quick else FULL
    simulation = simulate(
        get_search("zprime-lfv"),
        load_experiment(EXPERIMENT),
        events=EventNumbers(size.signal_events, size.background_events),
        seed=seed,
        workers=workers,
    )
    return make_from(simulation, out, toys=size.toys, replicas=size.replicas, seed=seed)


def make_from(
    simulation: Simulation, out: Path, *, toys: int, replicas: int, seed: int
) -> dict[str, FigureReport]:
    """Make figure 5 from what was simulated."""

    def limits(backgrounds: Mapping[str, Candidates], toys: int) -> Result:
        settings = LimitSettings(luminosity_fb=LUMINOSITY_FB, toys=toys, seed=seed)
        return compute_limits(simulation.with_backgrounds(backgrounds), settings)

    result = limits(simulation.candidates, toys)

    def statistics(drawn: Mapping[str, Candidates]) -> list[float]:
        found = limits(drawn, 0)
        return [float(np.median(shown_cross_section(found).median)), float(_background(found)[::2].sum())]

    errors = relative_errors(simulation.candidates, statistics, replicas=replicas, seed=seed)
    details = strings(write_result(result, out / "zprime-lfv"))
    figure = figure_5(
        curves_of(result.mass, shown_cross_section(result)),
        level=result.settings["level"],
        **heading(result),
    )
    stated = comments(result)
    tables = [replace(one, stem=f"fig5_{one.stem}") for one in result_tables(result)]
    files = [
        *save(figure, out / "fig5"),
        write_csv(out / "fig5.csv", cross_section_columns(result), stated),
        *write_submission(tables, out / "hepdata" / "fig5", comment="; ".join(stated)),
    ]
    return {"fig5": {"files": strings(files) + details, "checks": _checks(result, *errors)}}


def _background(result: Result) -> Floats:
    assert result.windows is not None
    return result.windows.background


def _checks(result: Result, limit: float, events: float) -> list[Check]:
    """Return the checks; `limit` and `events` are the relative statistical errors of these."""
    limits, background = shown_cross_section(result).median, _background(result)
    quiet = background < QUIET
    empty = float(np.median(limits[quiet])) if quiet.any() else float("nan")
    total = float(background.sum())
    assert result.windows is not None
    taus = float(result.windows.expected["tautau"].sum()) / total if total > 0.0 else float("nan")
    bare = ZERO_EVENTS / LUMINOSITY_FB
    median, few = float(np.median(limits)), float(np.mean(background < 1.0))
    number = float(background[::2].sum())
    return [
        check("share of τ pairs in the background that is left", 1.0, taus, PAPER, "R", accepted=(0.9, 1.0)),
        check(
            f"median ε×σ limit where fewer than {QUIET:g} events are expected [fb]",
            10.0,
            empty,
            f"{ARTICLE}, order of magnitude",
            "M",
            error=limit * empty,
            accepted=(10.0 / np.sqrt(10.0), 10.0 * np.sqrt(10.0)),
        ),
        check("the same beside ln 10/L, the limit without any error", bare, empty, "Poisson, no event", "D"),
        check("median ε×σ limit, all windows [fb]", None, median, OURS, "D", error=limit * median),
        check("share of windows with less than one expected event", None, few, OURS, "D"),
        check("expected events in all windows side by side", None, number, OURS, "D", error=events * number),
    ]
