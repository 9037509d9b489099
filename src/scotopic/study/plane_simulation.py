"""What a search in a plane expects: selected signal on a grid of masses, smoothed backgrounds, optimised cuts.

A place in the triangle is m_A and the share of m_h in the largest one, min(m_A, √s − m_A): the simulated signal then
lies on a rectangular grid, between whose points everything is linear.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RegularGridInterpolator
from scipy.ndimage import gaussian_filter

from scotopic.detector.experiment import Experiment
from scotopic.errors import InputError
from scotopic.numerics.rng import seed_of
from scotopic.progress import track
from scotopic.searches.acceptance import acceptance
from scotopic.searches.plane_search import AXES, PlaneSearch
from scotopic.searches.response import select_events
from scotopic.searches.signal_recoil import (
    central_width,
    core_correlation,
    mass_residual,
    recoil_residual,
)
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import CutStep
from scotopic.selection.punzi import figure_of_merit
from scotopic.stats.plane_windows import inside_ellipse
from scotopic.study.background_scales import ControlRates
from scotopic.study.background_simulation import simulate_backgrounds
from scotopic.study.counting_simulation import FEWEST_SIGNAL

Floats = NDArray[np.float64]

BINS = (0.05, 0.25)  # of the background, GeV and GeV²
LOWEST = -4.0  # GeV², where the plane begins: M²_rec of a light recoil is measured below 0 too


@dataclass(frozen=True)
class PlanePoint:
    """Selected signal of one pair of masses.

    Candidates (weights in pb) and tree-level σ × BR in pb, both at a coupling of one, acceptance, resolutions of the
    plane's observables (GeV, GeV²) and their correlation.
    """

    masses: tuple[float, float]
    candidates: Candidates
    tree_pb: float
    acceptance: float
    resolution: tuple[float, float]
    correlation: float

    def within(self, sigmas: float) -> NDArray[np.bool_]:
        """Return which candidates lie in the ellipse of so many standard deviations."""
        centre = (self.masses[0], self.masses[1] ** 2)
        pull = [
            (self.candidates[axis] - middle) / (sigmas * width)
            for axis, middle, width in zip(AXES, centre, self.resolution, strict=True)
        ]
        return inside_ellipse(np.array(pull), self.correlation)


@dataclass(frozen=True)
class PlaneSimulation:
    """Signal points (rows of m_A, columns of shares) and backgrounds behind the common cuts, weights in pb."""

    search: PlaneSearch
    experiment: Experiment
    signal: tuple[tuple[PlanePoint, ...], ...]
    backgrounds: Mapping[str, Candidates]
    controls: tuple[ControlRates, ...]
    cut_flows: Mapping[str, tuple[CutStep, ...]]
    signal_events: int
    background_events: int

    @property
    def energy(self) -> float:
        """Return the nominal centre-of-mass energy, GeV."""
        return self.experiment.beams.sqrt_s

    @cached_property
    def axes(self) -> tuple[Floats, Floats]:
        """Return m_A and shares of the simulated signal."""
        return np.array(self.search.signal_masses), np.array(self.search.signal_shares)

    @cached_property
    def edges(self) -> tuple[Floats, Floats]:
        """Return the edges of the background's bins: m_ll in GeV, M²_rec in GeV²."""
        top = (0.5 * self.energy) ** 2
        return np.arange(0.0, self.energy + BINS[0], BINS[0]), np.arange(LOWEST, top + BINS[1], BINS[1])

    def place(self, mass: Floats, m2_recoil: Floats) -> Floats:
        """Return m_A and share (2, ...), moved into the simulated grid."""
        largest = np.maximum(np.minimum(mass, self.energy - mass), 1e-3)
        share = np.sqrt(np.maximum(m2_recoil, 0.0)) / largest
        return np.stack(
            [np.clip(one, axis[0], axis[-1]) for one, axis in zip((mass, share), self.axes, strict=True)]
        )

    def interpolate(self, values: Floats, mass: Floats, m2_recoil: Floats) -> Floats:
        """Return values (A, F) of the signal points at other masses."""
        return np.asarray(
            RegularGridInterpolator(self.axes, values)(np.moveaxis(self.place(mass, m2_recoil), 0, -1))
        )

    def resolutions(self, mass: Floats, m2_recoil: Floats) -> Floats:
        """Return the resolutions (..., 2)."""
        known = np.array([[point.resolution for point in row] for row in self.signal])
        return np.stack([self.interpolate(known[:, :, i], mass, m2_recoil) for i in (0, 1)], axis=-1)

    def correlations(self, mass: Floats, m2_recoil: Floats) -> Floats:
        """Return the correlations of the plane's observables."""
        known = np.array([[point.correlation for point in row] for row in self.signal])
        return self.interpolate(known, mass, m2_recoil)


def simulate_plane(
    search: PlaneSearch,
    experiment: Experiment,
    *,
    signal_events: int,
    background_events: int,
    seed: int,
    workers: int = 1,
) -> PlaneSimulation:
    """Return the simulated expectation of a search in a plane."""
    sqrt_s = experiment.beams.sqrt_s
    select = partial(select_events, experiment=experiment, cuts=search.cuts, workers=workers)
    rows = []
    for mass in track(search.signal_masses, "signal", len(search.signal_masses)):
        row = []
        for share in search.signal_shares:
            masses = (mass, share * min(mass, sqrt_s - mass))
            key = seed_of(seed, "signal", f"{mass:g}", f"{share:g}")
            made = search.generate_signal(*masses, signal_events, sqrt_s=sqrt_s, seed=key, workers=workers)
            found, _ = select(made, find=partial(search.find_candidates, source="signal"), seed=key)
            if len(found) < FEWEST_SIGNAL:
                raise InputError(
                    f"only {len(found)} of {signal_events} simulated signal events of {masses[0]:g}, "
                    f"{masses[1]:.3g} GeV pass the selection with {experiment.name}; {FEWEST_SIGNAL} are "
                    "needed: simulate more events or check the card"
                )
            residuals = (
                mass_residual(found[AXES[0]], found, made, 2),
                recoil_residual(found, made, 2),
            )
            widths = (central_width(residuals[0]), central_width(residuals[1]))
            accepted = acceptance(made, experiment.beams, search.fiducial)
            pair = np.array(masses)[:, None]
            tree = 1e-3 * float(search.cross_section_fb(*pair, s=sqrt_s**2)[0])
            row.append(PlanePoint(masses, found, tree, accepted, widths, core_correlation(*residuals)))
        rows.append(tuple(row))
    backgrounds, flows, controls = simulate_backgrounds(
        search, experiment, background_events=background_events, seed=seed, workers=workers
    )
    return PlaneSimulation(
        search, experiment, tuple(rows), backgrounds, controls, flows, signal_events, background_events
    )


def best_cuts(simulation: PlaneSimulation, luminosity_fb: float) -> Floats:
    """Return the final cuts (A, F, 2) with the largest figure of merit at each signal point.

    They are chosen on background events with an even number; yields are taken from those with an odd one.
    """
    search = simulation.search
    chosen = [
        [_best_of_point(simulation, point, luminosity_fb) for point in row]
        for row in track(simulation.signal, "final cuts", len(simulation.signal))
    ]
    grids = search.final_grids
    return np.array([[[grids[0][i], grids[1][j]] for i, j in row] for row in chosen])


def _best_of_point(simulation: PlaneSimulation, point: PlanePoint, luminosity_fb: float) -> tuple[int, int]:
    search = simulation.search
    centre = (point.masses[0], point.masses[1] ** 2)
    shape = np.sqrt(1.0 - point.correlation**2) * point.resolution[0] * point.resolution[1]
    area = np.pi * search.window_sigmas**2 * shape
    background = np.zeros([len(grid) for grid in search.final_grids])
    for name, found in simulation.backgrounds.items():
        even = found.select(found.event % 2 == 0)
        density = 2e3 * luminosity_fb * even.weights
        for axis, middle, width in zip(AXES, centre, search.smoothing[name], strict=True):
            pull = (even[axis] - middle) / width
            density = density * np.exp(-0.5 * pull**2) / (np.sqrt(2.0 * np.pi) * width)
        background = background + _sums_above(search, even, area * density)
    signal = point.candidates
    inside = point.within(search.window_sigmas)
    efficiency = _sums_above(search, signal, inside * signal.weights / point.tree_pb)
    merit = figure_of_merit(efficiency, background)
    first, second = np.unravel_index(int(merit.argmax()), merit.shape)
    return int(first), int(second)


def _sums_above(search: PlaneSearch, found: Candidates, values: Floats) -> Floats:
    """Return the sums (G, H) of values (N,) above each pair of lower cuts."""
    above = [
        found[name][None, :] >= np.array(grid)[:, None]
        for name, grid in zip(search.final, search.final_grids, strict=True)
    ]
    return np.asarray((above[0] * values) @ above[1].T.astype(np.float64))


def cuts_at(simulation: PlaneSimulation, cuts: Floats, mass: Floats, m2_recoil: Floats) -> Floats:
    """Return the final cuts (N, 2) at places in the plane: those of the nearest signal point."""
    place = simulation.place(mass, m2_recoil)
    at = [
        np.abs(one[:, None] - axis).argmin(axis=1) for one, axis in zip(place, simulation.axes, strict=True)
    ]
    return np.asarray(cuts[at[0], at[1]])


def passes_final(simulation: PlaneSimulation, cuts: Floats, found: Candidates) -> NDArray[np.bool_]:
    """Return which candidates pass the final cuts that hold where they were measured."""
    least = cuts_at(simulation, cuts, found[AXES[0]], found[AXES[1]])
    first, second = simulation.search.final
    return np.asarray((found[first] >= least[:, 0]) & (found[second] >= least[:, 1]))


def efficiencies(simulation: PlaneSimulation, cuts: Floats) -> tuple[Floats, Floats]:
    """Return the efficiency within the window and its statistical error (A, F) of the signal points."""
    sigmas = simulation.search.window_sigmas
    values = np.zeros((len(simulation.signal), len(simulation.signal[0])))
    errors = np.zeros(values.shape)
    for i, row in enumerate(simulation.signal):
        for j, point in enumerate(row):
            kept = point.within(sigmas) & passes_final(simulation, cuts, point.candidates)
            weights = point.candidates.weights[kept] / point.tree_pb
            values[i, j] = weights.sum()
            errors[i, j] = np.sqrt((weights**2).sum())
    return values, errors


def smooth_background(simulation: PlaneSimulation, cuts: Floats, name: str) -> tuple[Floats, Floats]:
    """Return events per bin and 1/fb behind all cuts (X, Y), smoothed, and their statistical error.

    Simulated events are spread by a Gaussian kernel that is cut off and normalised at the kinematic border.
    """
    found = simulation.backgrounds[name]
    odd = found.select((found.event % 2 == 1) & passes_final(simulation, cuts, found))
    weights = 2e3 * odd.weights
    x, y = simulation.edges
    allowed = _allowed(simulation)
    widths = [one / size for one, size in zip(simulation.search.smoothing[name], BINS, strict=True)]
    spread = partial(gaussian_filter, mode="constant")
    reached = np.maximum(spread(allowed, widths), 0.25)  # at the tip of the triangle a quarter is within
    points = (odd[AXES[0]], odd[AXES[1]])
    summed = np.histogram2d(*points, bins=(x, y), weights=weights)[0]
    squares = np.histogram2d(*points, bins=(x, y), weights=weights**2)[0]
    narrower = [width / np.sqrt(2.0) for width in widths]
    variance = spread(squares, narrower, truncate=4.0 * np.sqrt(2.0)) / (4.0 * np.pi * widths[0] * widths[1])
    return spread(summed, widths) / reached * allowed, np.sqrt(variance) / reached * allowed


def _allowed(simulation: PlaneSimulation) -> Floats:
    """Return 1 for bins within the kinematic border (X, Y), 0 beyond."""
    x, y = (0.5 * (edges[1:] + edges[:-1]) for edges in simulation.edges)
    return (x[:, None] + np.sqrt(np.maximum(y, 0.0)) < simulation.energy + BINS[0]).astype(np.float64)
