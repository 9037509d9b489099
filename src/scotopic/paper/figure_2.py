"""Figure 2: ALP → γγ, limits on the cross section (a) and on the coupling (b), from one run."""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from scotopic.analysis.result import Result
from scotopic.bounds import load_bound
from scotopic.detector.card import load_experiment
from scotopic.figures import figure_2b, resolution, save
from scotopic.figures.paper.figure_2b import COMPETITORS
from scotopic.io.csv_file import write_csv
from scotopic.io.hepdata import Axis, Column, Table
from scotopic.numerics.arrays import Floats
from scotopic.paper.comparison import compare_limits
from scotopic.paper.report import FigureReport, check, strings
from scotopic.paper.resolutions import Resolutions, measure_resolutions
from scotopic.physics.models.alp_photon import strahlung_cross_section
from scotopic.report.columns import coupling_columns
from scotopic.report.data_source import comments, heading
from scotopic.report.hepdata import coupling_table, cross_section_table, write_hepdata
from scotopic.report.result import curves_of, write_cross_section, write_result
from scotopic.searches import get_search
from scotopic.study.search import search

EXPERIMENT = "belle2-2018"
PUBLISHED = "alp-belle2-2020"
OBSERVABLES = {"m2_gg": "M^2(GAMMA GAMMA)", "m2_recoil": "M^2(RECOIL)"}
ARTICLE = "arXiv:2007.13071"


@dataclass(frozen=True)
class _Size:
    signal_events: int
    background_events: int
    toys: int


QUICK = _Size(signal_events=5_000, background_events=100_000, toys=300)
FULL = _Size(signal_events=20_000, background_events=400_000, toys=10_000)


def make(out: Path, *, quick: bool, seed: int, workers: int) -> dict[str, FigureReport]:
    """Make both halves of figure 2."""
    size = QUICK if quick else FULL
    result = search("alp-gammagamma", experiment=EXPERIMENT, seed=seed, workers=workers, **asdict(size))
    details = strings(write_result(result, out / "alp-gammagamma"))
    resolutions = measure_resolutions(
        get_search("alp-gammagamma"),
        load_experiment(EXPERIMENT),
        size.signal_events,
        seed=seed,
        workers=workers,
    )
    return {"fig2a": _fig2a(result, resolutions, out, details), "fig2b": _fig2b(result, out)}


def published_alp_limit(s: float) -> tuple[Floats, Floats]:
    """Return the published observed limit as masses (GeV) and cross sections (fb), with α(0)."""
    (mass, coupling) = load_bound(PUBLISHED).pieces[0]
    return mass, 1e3 * strahlung_cross_section(mass, coupling, s)


def _fig2a(result: Result, resolutions: Resolutions, out: Path, details: list[str]) -> FigureReport:
    s = load_experiment(EXPERIMENT).beams.sqrt_s ** 2
    published = published_alp_limit(s)
    beside = {"Belle II 2020 (published, observed)": published}
    files = strings(write_cross_section(result, out / "fig2a", beside))
    labels = {"m2_gg": r"$M^2_{\gamma\gamma}$", "m2_recoil": r"$M^2_\mathrm{rec}$"}
    curves = {
        labels[name]: (resolutions.mass, resolutions.value[name], resolutions.error[name]) for name in labels
    }
    figure = resolution(curves, crossing=resolutions.crossing, experiment=result.experiment)
    files += strings(save(figure, out / "fig2a_resolutions"))
    table = {"mass_GeV": resolutions.mass}
    for name in labels:
        table |= {
            f"{name}_resolution_GeV2": resolutions.value[name],
            f"{name}_error_GeV2": resolutions.error[name],
        }
    files.append(str(write_csv(out / "fig2a_resolutions.csv", table, comments(result))))
    tables = [cross_section_table(result, "fig2a"), _resolution_table(resolutions)]
    files += strings(write_hepdata(result, tables, out / "hepdata" / "fig2a"))
    compared = compare_limits(result.mass, result.cross_section.median, *published)
    low = int(sum(result.mass < 6.85))
    above = result.mass >= 0.25
    median, within = compared.median, compared.within
    lowest, highest = (float(f(result.efficiency[above])) for f in (np.min, np.max))
    checks = [
        check(
            "median of expected/observed limit on σ, 0.2 to 9.7 GeV",
            1.0,
            median,
            ARTICLE,
            "R",
            accepted=(0.35, 1.3),
        ),
        check(
            "fraction of masses within a factor 1.8 of that median",
            1.0,
            within,
            ARTICLE,
            "R",
            accepted=(0.9, 1.0),
        ),
        check(
            "mass where the two resolutions cross [GeV]",
            6.85,
            resolutions.crossing,
            ARTICLE,
            "M",
            error=resolutions.crossing_error,
            accepted=(6.70, 7.0),
        ),
        check("mass hypotheses below 6.85 GeV", 378, low, ARTICLE, "M"),
        check("mass hypotheses above 6.85 GeV", 124, len(result.mass) - low, ARTICLE, "M"),
        check("lowest signal efficiency from 0.25 GeV", 0.20, lowest, ARTICLE, "M", accepted=(0.2, 0.34)),
        check("highest signal efficiency from 0.25 GeV", 0.34, highest, ARTICLE, "M", accepted=(0.2, 0.34)),
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


def _fig2b(result: Result, out: Path) -> FigureReport:
    figure = figure_2b(
        curves_of(result.mass, result.coupling_limit),
        [load_bound(name) for name in COMPETITORS],
        level=result.settings["level"],
        alpha=rf"$\alpha = 1/{result.settings['parameters']['alpha_inv']:g}$",
        lines=[load_bound(PUBLISHED)],
        **heading(result),
    )
    table = write_csv(out / "fig2b.csv", coupling_columns(result), comments(result))
    files = strings([*save(figure, out / "fig2b"), table])
    tables = [coupling_table(result, "fig2b")]
    files += strings(write_hepdata(result, tables, out / "hepdata" / "fig2b"))
    (mass, coupling) = load_bound(PUBLISHED).pieces[0]
    compared = compare_limits(result.mass, result.coupling_limit.median, mass, coupling)
    checks = [
        check("median of expected/observed limit on g, 0.2 to 9.7 GeV", 1.0, compared.median, ARTICLE, "R"),
    ]
    for one in (0.303, 1.206, 2.101, 4.56, 6.297, 8.17):
        published = float(np.exp(np.interp(np.log(one), np.log(mass), np.log(coupling))))
        ours = float(np.interp(one, result.mass, result.coupling_limit.median))
        checks.append(
            check(
                f"g at {one:g} GeV: our expected, published observed [1/GeV]", published, ours, ARTICLE, "R"
            )
        )
    return {"files": files, "checks": checks}
