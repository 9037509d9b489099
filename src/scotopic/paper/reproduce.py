"""Remake figures of the paper and compare them with what was published."""

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypedDict

from scotopic.errors import InputError
from scotopic.io.hepdata_joined import join_submissions
from scotopic.paper import (
    figure_1,
    figure_2,
    figure_3,
    figure_4,
    figure_5,
    figure_6,
    figure_7b,
    figure_8,
    store,
)
from scotopic.paper.comparison_table import write_comparison
from scotopic.paper.page_content import page_of
from scotopic.paper.page_html import write_html
from scotopic.paper.page_pdf import write_pdf
from scotopic.paper.report import FigureReport
from scotopic.progress import say, track
from scotopic.results_folder import filling

GROUPS: dict[tuple[str, ...], Callable[..., dict[str, FigureReport]]] = {
    ("fig1",): figure_1.make,
    ("fig2a", "fig2b"): figure_2.make,
    ("fig3", "fig7a"): figure_3.make,
    ("fig4a", "fig4b"): figure_4.make,
    ("fig5",): figure_5.make,
    ("fig6",): figure_6.make,
    ("fig7b",): figure_7b.make,
    ("fig8",): figure_8.make,
}
"""Figures that share one run, and what makes them."""

FIGURES = tuple(sorted(name for names in GROUPS for name in names))
WITH_TAUS = ("fig4a", "fig4b", "fig5", "fig8")


class Report(TypedDict):
    """Report of each figure by name, and the files that hold all of them: tables, pages, submission."""

    figures: dict[str, FigureReport]
    files: list[str]


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

    A figure that was finished there with the same program and settings is kept. The page, the table of all checks and
    the HEPData submission hold every finished figure of the folder.

    Parameters
    ----------
    figures : sequence of str
        ``fig1``, ``fig2a``, ..., both halves by ``fig2``, or ``all``.
    quick : bool
        Fewer simulated events and toys: statistical errors grow.

    Returns
    -------
    dict
        ``{"figures": {name: {"files": [...], "checks": [...]}}, "files": [...]}``; a check is a
        `scotopic.paper.report.Check`.

    Raises
    ------
    InputError
        Before any long work if there is no such figure, or Pythia is missing where it is needed.
    """
    chosen = chosen_figures(figures)
    _check_pythia(chosen)
    settings = store.settings_of(seed=seed, quick=quick)
    with filling(out):
        files, finished = _remake(chosen, settings, out, quick=quick, seed=seed, workers=workers)
    return {
        "figures": {name: finished[name] for name in FIGURES if name in chosen},
        "files": [str(path) for path in files],
    }


def _remake(
    chosen: Sequence[str], settings: store.Settings, out: Path, *, quick: bool, seed: int, workers: int
) -> tuple[list[Path], dict[str, FigureReport]]:
    groups = [(names, make) for names, make in GROUPS.items() if any(name in chosen for name in names)]
    for names, make in track(groups, "figures", len(groups)):
        if _is_finished(names, settings, out):
            continue
        made = make(out, quick=quick, seed=seed, workers=workers)
        for name, report in made.items():
            store.save(name, report, settings, out)
    kept = {name: store.load(name, settings, out) for name in FIGURES}
    finished = {name: one for name, one in kept.items() if isinstance(one, dict)}
    return _write_all(finished, settings, out), finished


def _check_pythia(chosen: Sequence[str]) -> None:
    need = [name for name in chosen if name in WITH_TAUS]
    if need and importlib.util.find_spec("pythia8mc") is None:
        raise InputError(f"{', '.join(need)} need Pythia: pip install 'scotopic[pythia]'")


def _is_finished(names: Sequence[str], settings: store.Settings, out: Path) -> bool:
    """Return whether all figures of a group are there; say on stderr what is kept, and what is made again and why."""
    found = {name: store.load(name, settings, out) for name in names}
    text = " and ".join(names)
    if all(isinstance(one, dict) for one in found.values()):
        say(f"{text}: kept, made here before with the same settings")
        return True
    reasons = [one for one in found.values() if isinstance(one, str)]
    if reasons:
        say(f"{text}: made again, {reasons[0]}")
    return False


def _write_all(reports: Mapping[str, FigureReport], settings: store.Settings, out: Path) -> list[Path]:
    page = page_of(reports, _describe(settings))
    folders = {name: out / "hepdata" / name for name in reports}
    parts = {
        name: folder
        for name, folder in folders.items()
        if str(folder / "submission.yaml") in reports[name]["files"]
    }
    comment = "Figures of the paper remade by scotopic; ours, not published"
    return [
        *write_comparison(reports, out),
        write_html(page, out / "figures.html"),
        write_pdf(page, out / "figures.pdf"),
        *join_submissions(parts, out / "hepdata" / "all", comment=comment),
    ]


def _describe(settings: store.Settings) -> str:
    # no time: the same run gives the same bytes
    size = "quick run, large statistical errors" if settings.quick else "full run"
    return f"scotopic {settings.version}, {size}, seed {settings.seed}"
