"""Figure 8: dark Higgsstrahlung, expected limits on ε²α_D over the plane of two masses."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from scotopic.analysis.limits import compute_limits
from scotopic.analysis.result import Result
from scotopic.analysis.simulation import EventNumbers, Simulation, simulate
from scotopic.analysis.statistics.statistic import LimitSettings
from scotopic.detector.card import load_experiment
from scotopic.figures import figure_8, save
from scotopic.io.csv_file import write_csv
from scotopic.io.hepdata import write_submission
from scotopic.numerics.arrays import Floats
from scotopic.paper.medians import relative_errors
from scotopic.paper.report import Check, FigureReport, around, check, strings
from scotopic.physics.models.dark_higgs import higgsstrahlung_cross_section
from scotopic.report.columns import window_columns
from scotopic.report.data_source import comments
from scotopic.report.hepdata import result_tables
from scotopic.report.result import write_result
from scotopic.searches import get_search
from scotopic.selection.candidates import Candidates

EXPERIMENT = "belle2-phase3"
LUMINOSITY_FB = 8.34
ABSTRACT = "arXiv:2207.00509, abstract, observed"
FORMULA = "Batell, Pospelov, Ritz; own derivation"
OURS = "our projection"
TARGET = "target of this project, from the formula"
SIGMA_FB = (1.7, 5.0)
COUPLING = (1.7e-8, 2.0e-6)
"""Ends of the published ranges of limits, 4.0 < m_A′ < 9.7 GeV."""
HIGGSSTRAHLUNG_FB = (((5.0, 1.0), 1.10), ((7.0, 1.0), 2.51), ((9.0, 1.0), 6.49))
"""σ(e+e- → A′h′) at ε²α_D = 1e-8."""
PLACES = (((9.0, 1.0), (1e-8, 1e-7)), ((5.0, 1.0), (0.5e-7, 5e-7)))
"""Masses, and ε²α_D as the formula gives it for the published cross sections."""
NEAR_GEV = 0.2
SPARSE = 3
"""Statistical errors are taken from every third row of windows."""
DRAWN = ((4.5, 2.0), (5.0, 4.0), (6.0, 1.5), (6.5, 3.0), (7.5, 2.0), (8.5, 1.5))
"""Masses whose windows the figure shows."""


@dataclass(frozen=True)
class _Size:
    signal_events: int
    background_events: int
    toys: int
    replicas: int


QUICK = _Size(signal_events=2_500, background_events=15_000, toys=0, replicas=3)
FULL = _Size(signal_events=6_000, background_events=100_000, toys=1000, replicas=10)


def make(out: Path, *, quick: bool, seed: int, workers: int) -> dict[str, FigureReport]:
    """Make figure 8."""
    size = QUICK if quick else FULL
    simulation = simulate(
        get_search("darkhiggs-invisible"),
        load_experiment(EXPERIMENT),
        events=EventNumbers(size.signal_events, size.background_events),
        seed=seed,
        workers=workers,
    )
    return make_from(simulation, out, toys=size.toys, replicas=size.replicas, seed=seed, workers=workers)


def make_from(
    simulation: Simulation,
    out: Path,
    *,
    toys: int,
    replicas: int,
    seed: int,
    workers: int = 1,
    masses: Floats | None = None,
) -> dict[str, FigureReport]:
    """Make figure 8 from what was simulated; `masses` of the pair (GeV), else those of the search."""

    def limits(backgrounds: Mapping[str, Candidates], toys: int, masses: Floats | None) -> Result:
        settings = LimitSettings(
            luminosity_fb=LUMINOSITY_FB, masses=masses, toys=toys, seed=seed, workers=workers
        )
        return compute_limits(simulation.with_backgrounds(backgrounds), settings)

    result = limits(simulation.candidates, toys, masses)
    some = np.unique(result.mass[:, 0])[::SPARSE]
    errors = relative_errors(
        simulation.candidates,
        lambda drawn: _medians(limits(drawn, 0, some)),
        replicas=replicas,
        seed=seed,
    )
    figure = figure_8(
        result.mass,
        result.coupling_limit.median,
        sqrt_s=result.sqrt_s,
        levels={
            "weakest published, $2\\times 10^{-6}$": COUPLING[1],
            "strongest published, $1.7\\times 10^{-8}$": COUPLING[0],
        },
        outlines=[_outline(result, int(np.hypot(*(result.mass - place).T).argmin())) for place in DRAWN],
        luminosity_fb=result.luminosity_fb,
        experiment=result.experiment,
    )
    stated = comments(result)
    tables = [replace(one, stem=f"fig8_{one.stem}") for one in result_tables(result)]
    files = [
        *save(figure, out / "fig8"),
        write_csv(out / "fig8.csv", window_columns(result), stated),
        *write_submission(tables, out / "hepdata" / "fig8", comment="; ".join(stated)),
        *write_result(result, out / "darkhiggs-invisible"),
    ]
    return {"fig8": {"files": strings(files), "checks": _checks(result, errors)}}


def _outline(result: Result, window: int) -> Floats:
    """Return the border of a window as masses of the pair and of the recoil, GeV."""
    assert result.windows is not None
    border = result.windows.outline(window)
    return np.stack([border[:, 0], np.sqrt(np.maximum(border[:, 1], 0.0))], axis=1)


def _medians(result: Result) -> list[float]:
    """Return the median limit on σ × B (fb) and, near each of `PLACES`, that on ε²α_D; NaN where no window is near."""
    coupling = result.coupling_limit.median
    near = [np.abs(result.mass - np.array(place)).max(axis=1) < NEAR_GEV for place, _ in PLACES]
    places = [float(np.median(coupling[one])) if one.any() else float("nan") for one in near]
    return [float(np.median(result.cross_section.median)), *places]


def _checks(result: Result, errors: list[float]) -> list[Check]:
    sigma, coupling = result.cross_section.median, result.coupling_limit.median
    median, *at_places = _medians(result)
    best = int(coupling.argmin())
    m_A, m_h = result.mass[best].tolist()
    low, high = np.quantile(sigma, [0.05, 0.95]).tolist()
    middle = float(np.sqrt(SIGMA_FB[0] * SIGMA_FB[1]))
    s = result.sqrt_s**2
    checks = [
        check(
            "median limit on σ×B, 4 to 9.7 GeV [fb]; published: middle of 1.7 to 5.0",
            middle,
            median,
            ABSTRACT,
            "R",
            error=errors[0] * median,
            accepted=(0.5 * SIGMA_FB[0], 2.0 * SIGMA_FB[1]),
        ),
        check("σ×B limit that 95 % of the windows exceed [fb]", SIGMA_FB[0], low, ABSTRACT, "R"),
        check("σ×B limit that 5 % of the windows exceed [fb]", SIGMA_FB[1], high, ABSTRACT, "R"),
    ]
    for (place, accepted), ours, error in zip(PLACES, at_places, errors[1:], strict=True):
        text = f"ε²α_D near ({place[0]:g}, {place[1]:g}) GeV, median within {NEAR_GEV:g} GeV"
        checks.append(check(text, None, ours, TARGET, "D", error=error * ours, accepted=accepted))
    below, above = (float(np.mean(one)) for one in (coupling < COUPLING[0], coupling > COUPLING[1]))
    text = f"strongest ε²α_D of all windows, at ({m_A:.2f}, {m_h:.2f}) GeV"
    checks += [
        check(text, COUPLING[0], float(coupling[best]), ABSTRACT, "R"),
        check("share of windows with a limit below 1.7e-8", None, below, OURS, "D"),
        check("share of windows with a limit above 2e-6", None, above, OURS, "D"),
    ]
    for (mass_A, mass_h), published in HIGGSSTRAHLUNG_FB:
        ours = 1e3 * 1e-8 * float(higgsstrahlung_cross_section(mass_A, mass_h, 1.0, 1.0, s))
        text = f"σ(A′h′) at ({mass_A:g}, {mass_h:g}) GeV, ε²α_D = 1e-8 [fb]"
        checks.append(
            check(text, published, ours, FORMULA, "D", accepted=around(published, 0.99, 1.01)),
        )
    return checks
