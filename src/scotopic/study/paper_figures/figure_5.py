"""Figure 5: e±μ∓ and missing energy with 276/pb, limits on efficiency times cross section."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from scotopic.detector.card import load_experiment
from scotopic.figures import figure_5, save, write_csv
from scotopic.io.hepdata import write_submission
from scotopic.searches import get_counting_search
from scotopic.searches.counting_search import CountingResult
from scotopic.selection.candidates import Candidates
from scotopic.study.counting_limits import set_counting_limits
from scotopic.study.counting_report import (
    comments,
    cross_section_curves,
    hepdata_tables,
    write_counting,
)
from scotopic.study.counting_simulation import CountingSimulation, simulate_counting
from scotopic.study.data_source import sample_text
from scotopic.study.paper_figures.medians import relative_errors
from scotopic.study.paper_figures.report import Check, FigureReport, check, strings

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
    simulation = simulate_counting(
        get_counting_search("zprime-lfv"),
        load_experiment(EXPERIMENT),
        signal_events=size.signal_events,
        background_events=size.background_events,
        seed=seed,
        workers=workers,
    )
    return make_from(simulation, out, toys=size.toys, replicas=size.replicas, seed=seed)


def make_from(
    simulation: CountingSimulation, out: Path, *, toys: int, replicas: int, seed: int
) -> dict[str, FigureReport]:
    """Make figure 5 from what was simulated."""

    def limits(backgrounds: Mapping[str, Candidates], toys: int) -> CountingResult:
        return set_counting_limits(
            replace(simulation, backgrounds=backgrounds),
            data=None,
            luminosity_fb=LUMINOSITY_FB,
            parameters={},
            toys=toys,
            seed=seed,
            notes=("pseudo-data: drawn from the simulated expectation",),
        )

    result = limits(simulation.backgrounds, toys)

    def statistics(drawn: Mapping[str, Candidates]) -> list[float]:
        found = limits(drawn, 0)
        return [float(np.median(cross_section_curves(found).median)), float(found.background[::2].sum())]

    errors = relative_errors(simulation.backgrounds, statistics, replicas=replicas, seed=seed)
    details = strings(write_counting(result, out / "zprime-lfv"))
    curves = cross_section_curves(result)
    figure = figure_5(
        curves,
        level=result.settings["level"],
        sample=sample_text(result),
        luminosity_fb=result.luminosity_fb,
        experiment=result.experiment,
    )
    stated = comments(result)
    tables = [replace(one, stem=f"fig5_{one.stem}") for one in hepdata_tables(result)]
    files = [
        *save(figure, out / "fig5"),
        write_csv(out / "fig5.csv", curves.columns("fb"), stated),
        *write_submission(tables, out / "hepdata" / "fig5", comment="; ".join(stated)),
    ]
    return {"fig5": {"files": strings(files) + details, "checks": _checks(result, *errors)}}


def _checks(result: CountingResult, limit: float, events: float) -> list[Check]:
    """Return the checks; `limit` and `events` are the relative statistical errors of these."""
    limits = cross_section_curves(result).median
    quiet = result.background < QUIET
    empty = float(np.median(limits[quiet])) if quiet.any() else float("nan")
    total = float(result.background.sum())
    taus = float(result.expected["tautau"].sum()) / total if total > 0.0 else float("nan")
    bare = ZERO_EVENTS / LUMINOSITY_FB
    median, few = float(np.median(limits)), float(np.mean(result.background < 1.0))
    number = float(result.background[::2].sum())
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
