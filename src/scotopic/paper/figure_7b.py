"""Figure 7b: visible dark photon, by scale factors from BaBar's limit and by our own simulation of both experiments.

The scale factors: ε² of a bump search goes as √[resolution/(L × efficiency)]; Belle II is to resolve masses twice as
well and to have f times BaBar's efficiency (trigger), f = 2 for electrons and 1.1 for muons, so that
ε = ε_BaBar [(L_BaBar/L)/(2f)]^{1/4}. Where both channels are open, f is the mean of both with the weights of their
information, 1/σ², in our simulation of BaBar.
"""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from scotopic.analysis.limits import compute_limits
from scotopic.analysis.result import Result
from scotopic.analysis.simulation import EventNumbers, Simulation, simulate
from scotopic.analysis.statistics.statistic import LimitSettings
from scotopic.bounds import Bound, load_bound
from scotopic.bounds.carriers import get_carrier
from scotopic.detector.card import load_experiment
from scotopic.figures import figure_7b, save
from scotopic.io.csv_file import write_csv
from scotopic.io.hepdata import Axis, Column, Table, write_submission
from scotopic.numerics.arrays import Bools, Floats
from scotopic.paper.report import Check, FigureReport, around, check, strings
from scotopic.report.data_source import comments
from scotopic.report.result import write_result
from scotopic.searches import get_search
from scotopic.study.exclusion import carry_over
from scotopic.workers import run_chunks

BABAR, BELLE2 = "babar", "belle2-phase3"
BABAR_FB = 514.0
LUMINOSITIES_FB = (500.0, 5_000.0, 50_000.0)
RESOLUTION, TRIGGER = 2.0, (2.0, 1.1)  # of the proceedings; electrons, muons
ARTICLE = "arXiv:1406.2980, observed"
PROJECTED = "arXiv:1808.10567, projection"
COMPETITORS = ("bl-babar-visible", "dp-na62-dump-ee", "dp-na62-dump-mumu", "dp-faser-2023")
POINTS = (
    (0.1, 9.9e-4, 1.75e-4),
    (0.3, 6.4e-4, 1.50e-4),
    (1.0, 7.6e-4, 1.85e-4),
    (3.0, 7.1e-4, 2.0e-4),
    (5.0, 9.3e-4, 2.3e-4),
    (10.0, 5.5e-4, 1.23e-4),
)
"""Mass (GeV), ε of BaBar and of Belle II with 50/ab, from digitised curves."""
RATIO = 4.0  # median of BaBar over Belle II, digitised curves, 18 masses from 0.1 to 10 GeV
RANGES = (
    (0.02, 0.2, 8.79e-4),
    (0.22, 0.7, 6.14e-4),
    (0.85, 3.0, 8.01e-4),
    (3.2, 7.0, 8.70e-4),
    (7.0, 10.2, 6.85e-4),
)
"""Masses (GeV) and the median of BaBar's observed limit between them, of the digitised curve."""


@dataclass(frozen=True)
class _Size:
    signal_events: int
    background_events: int
    masses: int


QUICK = _Size(signal_events=2_500, background_events=24_000, masses=80)
FULL = _Size(signal_events=10_000, background_events=300_000, masses=400)


def make(out: Path, *, quick: bool, seed: int, workers: int) -> dict[str, FigureReport]:
    """Make figure 7b."""
    size = QUICK if quick else FULL
    simulated = partial(_simulate, size=size, seed=seed)
    babar, belle2 = run_chunks(simulated, (BABAR, BELLE2), workers)
    return make_from(babar, belle2, out, masses=size.masses, seed=seed, workers=workers)


def _simulate(experiment: str, *, size: _Size, seed: int) -> Simulation:
    return simulate(
        get_search("darkphoton-visible"),
        load_experiment(experiment),
        events=EventNumbers(size.signal_events, size.background_events),
        seed=seed,
    )


def make_from(
    babar: Simulation,
    belle2: Simulation,
    out: Path,
    *,
    masses: int,
    seed: int,
    workers: int = 1,
) -> dict[str, FigureReport]:
    """Make figure 7b from what was simulated, at about so many masses."""
    search = babar.search
    mass = np.geomspace(*search.mass_range, masses)
    mass = mass[~search.vetoed(mass)]

    def limits(simulation: Simulation, luminosity_fb: float) -> Result:
        settings = LimitSettings(luminosity_fb=luminosity_fb, masses=mass, seed=seed, workers=workers)
        return compute_limits(simulation, settings)

    ours = limits(babar, BABAR_FB)
    projected = {luminosity: limits(belle2, luminosity) for luminosity in LUMINOSITIES_FB}
    factor = {luminosity: scale_factor(ours, luminosity) for luminosity in LUMINOSITIES_FB}
    carrier = get_carrier("dark-photon")
    bounds, _ = carry_over([load_bound(name) for name in COMPETITORS], carrier)
    bounds = tuple(
        replace(one, label=f"{one.label}, recast") if "babar" in one.name else one for one in bounds
    )
    published = _curve(bounds[0], mass)
    scaled = {luminosity: published / factor[luminosity] for luminosity in LUMINOSITIES_FB}
    at, babar_points, belle2_points = np.array(POINTS).T
    figure = figure_7b(
        bounds,
        {f"Belle II {_name(one)}, scale factors": (mass, scaled[one]) for one in LUMINOSITIES_FB},
        {f"BaBar {BABAR_FB:g}/fb, simulated": _with_gaps(ours)}
        | {f"Belle II {_name(one)}, simulated": _with_gaps(projected[one]) for one in LUMINOSITIES_FB},
        lines=[load_bound("dp-belle2-visible-50ab-projection")],
        points={"BaBar, published": (at, babar_points), "Belle II 50/ab, published": (at, belle2_points)},
        level=search.level,
        experiment=f"{BABAR}, {BELLE2}",
    )
    columns = {"mass_GeV": mass, "babar_simulated": ours.coupling_limit.median, "babar_recast": published}
    for one in LUMINOSITIES_FB:
        columns[f"belle2_simulated_{one:g}fb"] = projected[one].coupling_limit.median
        columns[f"belle2_scaled_{one:g}fb"] = scaled[one]
    stated = [
        *comments(ours),
        "babar_recast and what is scaled from it: bl-babar-visible of the catalogue, recast",
    ]
    table = Table(
        "fig7b",
        "Visible dark photon",
        "Median expected upper limits on epsilon, our simulation and our scaling of the limit of BaBar.",
        (Axis("MASS", "GeV", mass),),
        tuple(
            Column(f"EPSILON, {name}", "", values) for name, values in columns.items() if name != "mass_GeV"
        ),
        ("COUPLING",),
    )
    files = [
        *save(figure, out / "fig7b"),
        write_csv(out / "fig7b.csv", columns, stated),
        *write_submission([table], out / "hepdata" / "fig7b", comment="; ".join(stated)),
        *write_result(ours, out / "darkphoton-visible-babar"),
        *write_result(projected[LUMINOSITIES_FB[-1]], out / "darkphoton-visible-belle2"),
    ]
    checks = _checks(ours, projected[LUMINOSITIES_FB[-1]], factor[LUMINOSITIES_FB[-1]])
    return {"fig7b": {"files": strings(files), "checks": checks}}


def scale_factor(babar: Result, luminosity_fb: float) -> Floats:
    """Return by how much Belle II improves on BaBar's ε by the rule, at the masses of a simulation of BaBar."""
    fractions, names = babar.search.signal.fractions, [one.name for one in babar.search.regions]
    assert fractions is not None
    parts = fractions(babar.mass)
    information = np.zeros_like(parts)
    for spectrum in babar.spectra:
        number, found = names.index(spectrum.region.name), spectrum.scan
        at = np.isin(babar.mass, found.mass)
        reduced = spectrum.region.observable.reduced(found.mass)
        efficiency = spectrum.shape.efficiency_at(reduced)
        information[number, at] = (parts[number, at] * efficiency / found.limit_median) ** 2
    trigger = (np.array(TRIGGER)[:, None] * information).sum(axis=0) / information.sum(axis=0)
    return np.asarray((RESOLUTION * trigger * luminosity_fb / BABAR_FB) ** 0.25)


def _checks(babar: Result, belle2: Result, factor: Floats) -> list[Check]:
    mass = babar.mass
    above = mass >= 0.1
    simulated = babar.coupling_limit.median / belle2.coupling_limit.median
    digitised = "arXiv:1406.2980 over 1808.10567"
    checks = [
        check(
            "ε of BaBar over Belle II 50/ab, median from 0.1 GeV: scale factors",
            RATIO,
            float(np.median(factor[above])),
            digitised,
            "R",
            accepted=around(RATIO, 0.9, 1.1),
        ),
        check(
            "ε of BaBar over Belle II 50/ab, median from 0.1 GeV: both simulated",
            RATIO,
            float(np.median(simulated[above])),
            digitised,
            "R",
        ),
    ]
    for low, high, published in RANGES:
        inside = (mass >= low) & (mass <= high)
        if not inside.any():
            continue
        checks.append(
            check(
                f"ε of BaBar, median from {low:g} to {high:g} GeV: simulated, expected",
                published,
                float(np.median(babar.coupling_limit.median[inside])),
                ARTICLE,
                "R",
                error=_error(babar, inside),
                accepted=around(published, 0.5, 2.0),
            )
        )
    for at, _, published in POINTS:
        ours = float(np.exp(np.interp(np.log(at), np.log(mass), np.log(belle2.coupling_limit.median))))
        checks.append(check(f"ε of Belle II 50/ab at {at:g} GeV: simulated", published, ours, PROJECTED, "R"))
    for at, published, _ in POINTS:
        ours = float(np.exp(np.interp(np.log(at), np.log(mass), np.log(babar.coupling_limit.median))))
        checks.append(check(f"ε of BaBar at {at:g} GeV: simulated, expected", published, ours, ARTICLE, "R"))
    return checks


def _error(result: Result, inside: Bools) -> float:
    """Return the error of a median ε that the simulated efficiency leaves: ε goes as its inverse root or slower."""
    relative = float(np.median(result.efficiency_error[inside] / result.efficiency[inside]))
    return 0.5 * relative * float(np.median(result.coupling_limit.median[inside]))


def _curve(bound: Bound, mass: Floats) -> Floats:
    """Return a bound at masses, straight on logarithmic axes; NaN between its pieces."""
    values = np.full(mass.shape, np.nan)
    for at, coupling in bound.pieces:
        inside = (mass >= at[0]) & (mass <= at[-1])
        values[inside] = np.exp(np.interp(np.log(mass[inside]), np.log(at), np.log(coupling)))
    return values


def _with_gaps(result: Result) -> tuple[Floats, Floats]:
    """Return masses and the median ε with a gap in each vetoed range."""
    gaps = np.array([veto.mass for veto in result.search.vetoes])
    mass = np.concatenate([result.mass, gaps])
    order = np.argsort(mass)
    return mass[order], np.concatenate([result.coupling_limit.median, np.full(len(gaps), np.nan)])[order]


def _name(luminosity_fb: float) -> str:
    return f"{luminosity_fb:g}/fb" if luminosity_fb < 1000.0 else f"{1e-3 * luminosity_fb:g}/ab"
