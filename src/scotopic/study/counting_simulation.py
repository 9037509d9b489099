"""What a counting search expects: selected signal and backgrounds, windows, optimised cuts, yields."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from scotopic.detector.experiment import Experiment
from scotopic.errors import InputError
from scotopic.numerics.rng import seed_of
from scotopic.progress import track
from scotopic.searches.acceptance import acceptance
from scotopic.searches.counting_search import CountingSearch
from scotopic.searches.response import select_events
from scotopic.searches.signal_recoil import recoil_resolution
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import CutStep
from scotopic.selection.punzi import figure_of_merit
from scotopic.study.background_scales import ControlRates
from scotopic.study.background_simulation import simulate_backgrounds

Floats = NDArray[np.float64]

OBSERVABLE = "m2_recoil"
AVERAGED = 3.0  # windows' widths over which the simulated background is averaged: it varies slowly
FEWEST_SIGNAL = 50


@dataclass(frozen=True)
class SignalPoint:
    """Selected signal of one mass.

    Candidates (weights in pb), tree-level σ in pb, both at a coupling of one, acceptance, resolution in GeV².
    """

    mass: float
    candidates: Candidates
    tree_pb: float
    acceptance: float
    resolution: float


@dataclass(frozen=True)
class CountingSimulation:
    """Signal points and backgrounds behind the common cuts, with weights in pb."""

    search: CountingSearch
    experiment: Experiment
    signal: tuple[SignalPoint, ...]
    backgrounds: Mapping[str, Candidates]
    controls: tuple[ControlRates, ...]
    cut_flows: Mapping[str, tuple[CutStep, ...]]
    signal_events: int
    background_events: int

    def resolution_at(self, x: Floats) -> Floats:
        """Return the resolution of M²_rec in GeV² at M² = x."""
        known = np.array([point.mass**2 for point in self.signal])
        return np.interp(x, known, [point.resolution for point in self.signal])


def simulate_counting(
    search: CountingSearch,
    experiment: Experiment,
    *,
    signal_events: int,
    background_events: int,
    seed: int,
    workers: int = 1,
) -> CountingSimulation:
    """Return the simulated expectation of a counting search."""
    sqrt_s = experiment.beams.sqrt_s
    select = partial(select_events, experiment=experiment, cuts=search.cuts, workers=workers)
    points = []
    for mass in track(search.signal_masses, "signal", len(search.signal_masses)):
        key = seed_of(seed, "signal", f"{mass:g}")
        made = search.generate_signal(mass, signal_events, sqrt_s=sqrt_s, seed=key, workers=workers)
        found, _ = select(made, find=partial(search.find_candidates, source="signal"), seed=key)
        if len(found) < FEWEST_SIGNAL:
            raise InputError(
                f"only {len(found)} of {signal_events} simulated signal events of {mass:g} GeV pass the selection "
                f"with {experiment.name}; {FEWEST_SIGNAL} are needed: simulate more events or check the card"
            )
        accepted = acceptance(made, experiment.beams, search.fiducial)
        tree = search.tree_cross_section_pb(mass, sqrt_s=sqrt_s)
        points.append(SignalPoint(mass, found, tree, accepted, recoil_resolution(found, made)))
    backgrounds, flows, controls = simulate_backgrounds(
        search, experiment, background_events=background_events, seed=seed, workers=workers
    )
    return CountingSimulation(
        search, experiment, tuple(points), backgrounds, controls, flows, signal_events, background_events
    )


@dataclass(frozen=True)
class CountingWindows:
    """Windows in M²_rec (GeV²) with their final cuts and what is expected in them per 1/fb of luminosity.

    Attributes
    ----------
    centre, half_width : (M,)
    cuts : (M, 2)
        Lower cuts on the search's two final observables.
    efficiency, efficiency_error : (M,)
    expected, expected_error : mapping of background to (M,)
        Events per 1/fb and the simulation's statistical error.
    """

    centre: Floats
    half_width: Floats
    cuts: Floats
    efficiency: Floats
    efficiency_error: Floats
    expected: Mapping[str, Floats]
    expected_error: Mapping[str, Floats]


def make_windows(
    simulation: CountingSimulation, luminosity_fb: float, masses: Floats | None = None
) -> CountingWindows:
    """Return contiguous windows and those half-shifted between them, optimised for a luminosity.

    With `masses` (GeV), the windows lie around them instead. The cuts are chosen on events with an even number and
    yields taken from those with an odd one, so that a fluctuation of the simulation is not mistaken for a good cut.
    """
    centre = _centres(simulation) if masses is None else masses**2
    half = simulation.search.window_sigmas * simulation.resolution_at(centre)
    known = np.array([point.mass for point in simulation.signal])
    choices = [
        best_cuts(simulation, point, luminosity_fb) for point in track(simulation.signal, "final cuts")
    ]
    nearest = np.abs(np.sqrt(centre)[:, None] - known).argmin(axis=1)
    cuts = np.array(choices)[nearest]
    efficiency, error = _efficiencies(simulation, centre, half, cuts)
    expected, spread = {}, {}
    for name, found in simulation.backgrounds.items():
        rows = [_yield(simulation, found, c, h, cut, 1) for c, h, cut in zip(centre, half, cuts, strict=True)]
        expected[name], spread[name] = np.array(rows).T
    return CountingWindows(centre, half, cuts, efficiency, error, expected, spread)


def _centres(simulation: CountingSimulation) -> Floats:
    """Return centres of contiguous windows from M² = 0 on and of those half a window further, in rising order."""
    sigmas = simulation.search.window_sigmas
    last = simulation.signal[-1].mass ** 2
    edges = [0.0]
    while edges[-1] < last:
        middle = edges[-1] + sigmas * float(simulation.resolution_at(np.array(edges[-1])))
        edges.append(edges[-1] + 2.0 * sigmas * float(simulation.resolution_at(np.array(middle))))
    bounds = np.array(edges)
    contiguous = 0.5 * (bounds[1:] + bounds[:-1])
    centres = np.sort(np.concatenate([contiguous, bounds[1:-1]]))
    return centres[centres <= last]


def best_cuts(
    simulation: CountingSimulation, point: SignalPoint, luminosity_fb: float
) -> tuple[float, float]:
    """Return the final cuts with the largest figure of merit at one simulated mass."""
    centre = point.mass**2
    half = simulation.search.window_sigmas * point.resolution
    grid = np.array(simulation.search.final_grid)
    names = simulation.search.final
    background = np.zeros((len(grid), len(grid)))
    for found in simulation.backgrounds.values():
        near = (np.abs(found[OBSERVABLE] - centre) < AVERAGED * half) & (found.event % 2 == 0)
        background += counts_above(found, near, names, grid) * 2.0 / AVERAGED
    signal = point.candidates
    inside = np.abs(signal[OBSERVABLE] - centre) < half
    efficiency = counts_above(signal, inside, names, grid) / point.tree_pb
    merit = figure_of_merit(efficiency, 1e3 * luminosity_fb * background)
    first, second = np.unravel_index(int(merit.argmax()), merit.shape)
    return float(grid[first]), float(grid[second])


def counts_above(found: Candidates, which: NDArray[np.bool_], names: tuple[str, str], grid: Floats) -> Floats:
    """Return the weight (G, G) above each pair of lower cuts."""
    places = [np.searchsorted(grid, found[name][which], side="right") - 1 for name in names]
    table = np.zeros((len(grid), len(grid)))
    inside = (places[0] >= 0) & (places[1] >= 0)
    np.add.at(table, (places[0][inside], places[1][inside]), found.weights[which][inside])
    return np.asarray(table[::-1, ::-1].cumsum(axis=0).cumsum(axis=1)[::-1, ::-1])


def passes_final(search: CountingSearch, found: Candidates, cuts: Floats) -> NDArray[np.bool_]:
    """Return which candidates pass two lower cuts on the search's final observables."""
    first, second = search.final
    return np.asarray((found[first] >= cuts[0]) & (found[second] >= cuts[1]))


def _yield(
    simulation: CountingSimulation, found: Candidates, centre: float, half: float, cuts: Floats, parity: int
) -> tuple[float, float]:
    """Return expected events per 1/fb in a window and their error, averaged over some windows' widths."""
    near = np.abs(found[OBSERVABLE] - centre) < AVERAGED * half
    kept = near & (found.event % 2 == parity) & passes_final(simulation.search, found, cuts)
    weights = 2e3 * found.weights[kept] / AVERAGED
    # where nothing is left there may still be one event of the sample's mean weight
    single = 2e3 * float(found.weights.mean()) / AVERAGED if len(found) else 0.0
    return float(weights.sum()), float(max(np.sqrt((weights**2).sum()), single))


def _efficiencies(
    simulation: CountingSimulation, centre: Floats, half: Floats, cuts: Floats
) -> tuple[Floats, Floats]:
    """Return efficiency and its error at the windows' masses, linear in mass between the simulated ones."""
    mass = np.sqrt(centre)
    known = np.array([point.mass for point in simulation.signal])
    upper = np.clip(np.searchsorted(known, mass), 1, len(known) - 1)
    share = np.clip((mass - known[upper - 1]) / (known[upper] - known[upper - 1]), 0.0, 1.0)
    values = np.zeros(len(mass))
    variance = np.zeros(len(mass))
    for i, cut in enumerate(cuts):
        for which, weight in ((upper[i] - 1, 1.0 - share[i]), (upper[i], share[i])):
            point = simulation.signal[which]
            width = simulation.search.window_sigmas * point.resolution
            inside = np.abs(point.candidates[OBSERVABLE] - point.mass**2) < width
            kept = inside & passes_final(simulation.search, point.candidates, cut)
            weights = weight * point.candidates.weights[kept] / point.tree_pb
            values[i] += weights.sum()
            variance[i] += (weights**2).sum()
    return values, np.sqrt(variance)
