"""Remake figures of the paper and compare them with what was published."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict

from scotopic.errors import InputError
from scotopic.study.paper_figures import figure_1, figure_2, figure_3
from scotopic.study.paper_figures.report import FigureReport

GROUPS: dict[tuple[str, ...], Callable[..., dict[str, FigureReport]]] = {
    ("fig1",): figure_1.make,
    ("fig2a", "fig2b"): figure_2.make,
    ("fig3", "fig7a"): figure_3.make,
}
"""Figures that share one run, and what makes them."""

FIGURES = tuple(name for names in GROUPS for name in names)


class Report(TypedDict):
    """Report of each figure, by name."""

    figures: dict[str, FigureReport]


def chosen_figures(names: Sequence[str]) -> tuple[str, ...]:
    """Return the figures that names ask for; ``all`` is every one, ``fig2`` both of its halves."""
    chosen: list[str] = []
    for name in names or ("all",):
        found = [one for one in FIGURES if name in (one, one.rstrip("ab"), "all")]
        if not found:
            raise InputError(f"unknown figure {name!r}; there are: {', '.join(FIGURES)}, all")
        chosen += [one for one in found if one not in chosen]
    return tuple(chosen)


def reproduce(
    figures: Sequence[str] = ("all",), *, out: Path, quick: bool = False, seed: int = 1, workers: int = 1
) -> Report:
    """Remake figures of the paper in a folder; return their files and checks.

    Parameters
    ----------
    figures : sequence of str
        ``fig1``, ``fig2a``, ..., both halves by ``fig2``, or ``all``.
    quick : bool
        Fewer simulated events and toys: minutes become seconds, statistical errors grow.

    Returns
    -------
    dict
        ``{"figures": {name: {"files": [...], "checks": [{"what", "published", "ours", "ratio", "source",
        "mark"}]}}}``.
    """
    chosen = chosen_figures(figures)
    out.mkdir(parents=True, exist_ok=True)
    made: dict[str, FigureReport] = {}
    for names, make in GROUPS.items():
        if any(name in chosen for name in names):
            made |= make(out, quick=quick, seed=seed, workers=workers)
    return {"figures": {name: report for name, report in made.items() if name in chosen}}
