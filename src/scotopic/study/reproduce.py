"""Remake figures of the paper and compare them with what was published."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.bounds import load_bound
from scotopic.detector.card import load_experiment
from scotopic.detector.experiment import Experiment
from scotopic.errors import InputError
from scotopic.figures import figure_1, resolution, save, write_csv
from scotopic.io.hepdata import Axis, Column, Table, write_submission
from scotopic.physics.models.alp_photon import decay_length_mm, strahlung_cross_section
from scotopic.searches import get_search
from scotopic.searches.alp_signature import signature_fractions
from scotopic.searches.search import SearchResult
from scotopic.study.comparison import compare_limits
from scotopic.study.hepdata_tables import OBSERVABLES, coupling_table, cross_section_table, write_hepdata
from scotopic.study.report import (
    PUBLISHED,
    comments,
    write_coupling,
    write_cross_section,
    write_search,
)
from scotopic.study.resolutions import Resolutions, measure_resolutions
from scotopic.study.run import run_search

Floats = NDArray[np.float64]
Check = dict[str, Any]

FIGURES = ("fig1", "fig2a", "fig2b")
EXPERIMENT = "belle2-2018"
ARTICLE = "arXiv:2007.13071"
PAPER = "Belle II proceedings 2021, section 3"


@dataclass(frozen=True)
class _Size:
    signal_events: int
    background_events: int
    toys: int


QUICK = _Size(signal_events=5_000, background_events=100_000, toys=300)
FULL = _Size(signal_events=20_000, background_events=400_000, toys=10_000)


def chosen_figures(names: Sequence[str]) -> tuple[str, ...]:
    """Return the figures that names ask for; ``all`` is every one, ``fig2`` both of its halves."""
    chosen: list[str] = []
    for name in names or ("all",):
        found = [
            one for one in FIGURES if name in (one, "all") or (name == "fig2" and one.startswith("fig2"))
        ]
        if not found:
            raise InputError(f"unknown figure {name!r}; there are: {', '.join(FIGURES)}, all")
        chosen += [one for one in found if one not in chosen]
    return tuple(chosen)


def reproduce(
    figures: Sequence[str] = ("all",), *, out: Path, quick: bool = False, seed: int = 1, workers: int = 1
) -> dict[str, Any]:
    """Remake figures of the paper in a folder; return their files and checks.

    Parameters
    ----------
    figures : sequence of str
        ``fig1``, ``fig2a``, ``fig2b``, ``fig2`` or ``all``.
    quick : bool
        Fewer simulated events and toys: minutes become seconds, statistical errors grow.

    Returns
    -------
    dict
        ``{"figures": {name: {"files": [...], "checks": [{"what", "published", "ours", "ratio", "source",
        "mark"}]}}}``.
    """
    chosen = chosen_figures(figures)
    experiment = load_experiment(EXPERIMENT)
    out.mkdir(parents=True, exist_ok=True)
    report: dict[str, Any] = {}
    if "fig1" in chosen:
        report["fig1"] = _fig1(experiment, out, quick)
    if "fig2a" in chosen or "fig2b" in chosen:
        size = QUICK if quick else FULL
        result = run_search(
            "alp-gammagamma", experiment=EXPERIMENT, seed=seed, workers=workers, **asdict(size)
        )
        details = [str(path) for path in write_search(result, out / "alp-gammagamma")]
        if "fig2a" in chosen:
            resolutions = measure_resolutions(
                get_search("alp-gammagamma"), experiment, size.signal_events, seed=seed, workers=workers
            )
            report["fig2a"] = _fig2a(result, resolutions, out, details)
        if "fig2b" in chosen:
            report["fig2b"] = _fig2b(result, out)
    return {"figures": report}


def published_alp_limit(s: float) -> tuple[Floats, Floats]:
    """Return the published observed limit as masses (GeV) and cross sections (fb), with α(0)."""
    (mass, coupling) = load_bound(PUBLISHED).pieces[0]
    return mass, 1e3 * strahlung_cross_section(mass, coupling, s)


def _check(what: str, published: float, ours: float, source: str, mark: str) -> Check:
    return {
        "what": what,
        "published": published,
        "ours": ours,
        "ratio": ours / published,
        "source": source,
        "mark": mark,
    }


def _strings(paths: Sequence[Path]) -> list[str]:
    return [str(path) for path in paths]


def _fig1(experiment: Experiment, out: Path, quick: bool) -> dict[str, Any]:
    points = 49 if quick else 121
    mass, coupling = np.geomspace(1e-3, 10.0, points), np.geomspace(1e-6, 1e-2, points)
    fractions = signature_fractions(mass[:, None], coupling, experiment)
    figure = figure_1(mass, coupling, **vars(fractions), experiment=experiment.name)
    grid = np.meshgrid(mass, coupling, indexing="ij")
    columns = {"mass_GeV": grid[0].ravel(), "coupling_per_GeV": grid[1].ravel()}
    columns |= {name: values.ravel() for name, values in vars(fractions).items()}
    about = "fractions of the ALPs in the calorimeter's acceptance; our calculation"
    table = Table(
        "fig1",
        "Signatures of ALPs",
        "Fractions by signature against mass and coupling.",
        (
            Axis("MASS", "GeV", columns["mass_GeV"]),
            Axis("COUPLING", "GeV^-1", columns["coupling_per_GeV"]),
        ),
        tuple(Column(f"FRACTION {name}", "", columns[name]) for name in vars(fractions)),
    )
    files = [
        *save(figure, out / "fig1"),
        write_csv(out / "fig1.csv", columns, [about]),
        *write_submission([table], out / "hepdata" / "fig1", comment=f"{experiment.name}: {about}"),
    ]
    boundary = _first_crossing(
        lambda m: float(signature_fractions(m, 1e-3, experiment).resolved), np.geomspace(0.05, 1.0, 60), 0.5
    )
    flight_m = 1e-3 * float(decay_length_mm(0.2, 1e-6, 0.2))
    return {
        "files": _strings(files),
        "checks": [
            _check("mass where half of the decays are resolved, g = 1e-3 [GeV]", 0.2, boundary, PAPER, "R"),
            _check("cτ at m = 0.2 GeV, g = 1e-6 [m]", 4.96, flight_m, "Γ = g²m³/64π", "D"),
        ],
    }


def _first_crossing(function: Callable[[float], float], mass: Floats, level: float) -> float:
    values = np.array([function(float(m)) for m in mass])
    first = int(np.argmax(values >= level))
    return float(np.interp(level, values[first - 1 : first + 1], mass[first - 1 : first + 1]))


def _fig2a(result: SearchResult, resolutions: Resolutions, out: Path, details: list[str]) -> dict[str, Any]:
    s = load_experiment(EXPERIMENT).beams.sqrt_s ** 2
    published = published_alp_limit(s)
    beside = {"Belle II 2020 (published, observed)": published}
    files = _strings(write_cross_section(result, out / "fig2a", beside))
    labels = {"m2_gg": r"$M^2_{\gamma\gamma}$", "m2_recoil": r"$M^2_\mathrm{rec}$"}
    curves = {
        labels[name]: (resolutions.mass, resolutions.value[name], resolutions.error[name]) for name in labels
    }
    figure = resolution(curves, crossing=resolutions.crossing, experiment=result.experiment)
    files += _strings(save(figure, out / "fig2a_resolutions"))
    table = {"mass_GeV": resolutions.mass}
    for name in labels:
        table |= {
            f"{name}_resolution_GeV2": resolutions.value[name],
            f"{name}_error_GeV2": resolutions.error[name],
        }
    files.append(str(write_csv(out / "fig2a_resolutions.csv", table, comments(result))))
    tables = [cross_section_table(result, "fig2a"), _resolution_table(resolutions)]
    files += _strings(write_hepdata(result, tables, out / "hepdata" / "fig2a", comments(result)))
    compared = compare_limits(result.mass, result.sigma_median, *published)
    low = int(sum(result.mass < 6.85))
    above = result.mass >= 0.25
    median, within = compared.median, compared.within
    lowest, highest = (float(f(result.efficiency[above])) for f in (np.min, np.max))
    checks = [
        _check("median of expected/observed limit on σ, 0.2 to 9.7 GeV", 1.0, median, ARTICLE, "R"),
        _check("fraction of masses within a factor 1.8 of that median", 1.0, within, ARTICLE, "R"),
        _check("mass where the two resolutions cross [GeV]", 6.85, resolutions.crossing, ARTICLE, "M"),
        _check("mass hypotheses below 6.85 GeV", 378, low, ARTICLE, "M"),
        _check("mass hypotheses above 6.85 GeV", 124, len(result.mass) - low, ARTICLE, "M"),
        _check("lowest signal efficiency from 0.25 GeV", 0.20, lowest, ARTICLE, "M"),
        _check("highest signal efficiency from 0.25 GeV", 0.34, highest, ARTICLE, "M"),
    ]
    return {"files": files + details, "checks": checks}


def _resolution_table(resolutions: Resolutions) -> Table:
    columns = tuple(
        Column(f"RESOLUTION {OBSERVABLES[name]}", "GeV^2", value, {"stat": resolutions.error[name]})
        for name, value in resolutions.value.items()
    )
    return Table(
        "fig2a_resolutions",
        "Resolutions of both squared masses",
        "Half of the central 68 % interval of each squared mass of the same selected signal.",
        (Axis("MASS", "GeV", resolutions.mass),),
        columns,
        ("RESOLUTION",),
    )


def _fig2b(result: SearchResult, out: Path) -> dict[str, Any]:
    files = _strings(write_coupling(result, out / "fig2b"))
    tables = [coupling_table(result, "fig2b")]
    files += _strings(write_hepdata(result, tables, out / "hepdata" / "fig2b", comments(result)))
    (mass, coupling) = load_bound(PUBLISHED).pieces[0]
    compared = compare_limits(result.mass, result.coupling_median, mass, coupling)
    checks = [
        _check("median of expected/observed limit on g, 0.2 to 9.7 GeV", 1.0, compared.median, ARTICLE, "R"),
    ]
    for one in (0.303, 1.206, 2.101, 4.56, 6.297, 8.17):
        published = float(np.exp(np.interp(np.log(one), np.log(mass), np.log(coupling))))
        ours = float(np.interp(one, result.mass, result.coupling_median))
        checks.append(
            _check(
                f"g at {one:g} GeV: our expected, published observed [1/GeV]", published, ours, ARTICLE, "R"
            )
        )
    return {"files": files, "checks": checks}  # fmt: skip
