"""Events counted in overlapping windows of a plane of two masses: smoothed backgrounds, cuts optimised by place."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter

from scotopic.analysis.resolution import mass_resolution
from scotopic.analysis.result import CountedWindows, Result
from scotopic.analysis.search import Search
from scotopic.analysis.simulated_luminosity import simulation_notes
from scotopic.analysis.simulation import EventNumbers, SignalSample, Simulation
from scotopic.analysis.statistics.scaled_backgrounds import scaled_backgrounds
from scotopic.analysis.statistics.statistic import Excess, Inference, Task
from scotopic.analysis.statistics.triangle import SignalGrid
from scotopic.numerics.arrays import Bools, Floats
from scotopic.numerics.rng import stream
from scotopic.progress import track
from scotopic.selection.candidates import Candidates
from scotopic.selection.punzi import figure_of_merit
from scotopic.stats import Plane, plane_scan
from scotopic.stats.limit_curve import LimitCurve
from scotopic.stats.plane.plane_windows import Windows2D, inside_ellipse

BINS = (0.05, 0.25)  # of the background, GeV and GeV²
LOWEST = -4.0  # GeV², where the plane begins: M²_rec of a light recoil is measured below 0 too
SURVEYED = 12  # masses of the pair


@dataclass(frozen=True)
class PlaneWindows:
    """Windows in the mass of a pair (GeV) and the squared mass of its recoil (GeV²), the observables of one region.

    Attributes
    ----------
    final : (str, str)
        Two observables with lower cuts, optimised over the plane (Punzi's figure of merit).
    final_grids : two tuples of float
        Values of those cuts that are tried, rising.
    tested : (float, float)
        Hypotheses of the pair's mass without a request, GeV.
    least_recoil_mass : float
        Lowest m_h that is tested, GeV.
    window_sigmas : float
        Half width of a window, in standard deviations: it is an ellipse, turned by the correlation of the observables.
    """

    final: tuple[str, str]
    final_grids: tuple[tuple[float, ...], tuple[float, ...]]
    tested: tuple[float, float]
    least_recoil_mass: float = 0.1
    window_sigmas: float = 2.0
    method: str = "bayes"
    events: EventNumbers = EventNumbers(6_000, 100_000)
    survey_events: EventNumbers = EventNumbers(3_000, 40_000)
    fewest_signal: int = 50

    @property
    def observables(self) -> tuple[str, ...]:
        """Return the observables of the final cuts."""
        return self.final

    def survey(self, search: Search, sqrt_s: float) -> tuple[Search, list[float]]:
        """Return the search itself, and masses of the pair side by side."""
        return search, [float(mass) for mass in np.linspace(*self.tested, SURVEYED)]

    def infer(self, task: Task) -> Inference:
        """Return limits by window; scaling of backgrounds and projections as in `CountingWindows`.

        In a projection no events are drawn, and cuts are not optimised beyond what is simulated.
        """
        simulation, search, luminosity = task.simulation, task.search, task.luminosity_fb
        scaled, grid, projected = scaled_backgrounds(task), SignalGrid(simulation), task.settings.projected
        edges = plane_edges(simulation.sqrt_s)
        cuts = self.best_cuts(simulation, scaled.optimised_fb)
        smoothed = {name: self.smooth(simulation, cuts, name) for name in simulation.candidates}
        unscaled = {name: luminosity * values for name, (values, _) in smoothed.items()}
        bins = scaled.scales.apply(unscaled)
        background = np.sum(list(bins.values()), axis=0)
        simulated = scaled.simulated({name: one for name, (_, one) in smoothed.items()})
        error = scaled.error(unscaled, bins, background, 0.0 if projected else simulated)
        error = np.where(background > 0.0, error, 0.0)
        events = self._events(task, cuts, background)
        centres = self.centres(simulation, task.settings.chosen)
        half = self.window_sigmas * grid.resolutions(*centres.T)
        turned = grid.correlations(*centres.T)
        known, known_error = self.efficiencies(simulation, cuts)
        efficiency = np.maximum(grid.interpolate(known, *centres.T), 1e-9)
        statistical = grid.interpolate(known_error, *centres.T)
        plane = plane_scan(
            events,
            edges,
            background,
            centres,
            half,
            correlation=turned,
            background_error=error,
            efficiency=efficiency,
            efficiency_error=np.hypot(statistical, search.systematic_error("efficiency") * efficiency),
            luminosity=luminosity,
            luminosity_error=search.systematic_error("luminosity") * luminosity,
            level=search.level,
            method=self.method,
            toys=task.settings.toys,
            seed=task.settings.seed,
            workers=task.settings.workers,
        )
        windows = Windows2D.build(edges, centres, half, turned, snap=False)
        notes: list[str] = []
        if projected:
            plane = _of_expectation(plane)
            spread = windows.integrate(edges, simulated)
            notes += simulation_notes(plane.background, spread, luminosity, simulation.candidates)
        points = np.stack([centres[:, 0], np.sqrt(centres[:, 1])], axis=1)
        width = half / self.window_sigmas
        return Inference(
            points=points,
            efficiency=efficiency,
            efficiency_error=statistical,
            acceptance=grid.interpolate(grid.values("acceptance"), *centres.T),
            resolution=np.stack([width[:, 0], mass_resolution(points[:, 1], width[:, 1])], axis=1),
            limit=LimitCurve(plane.limit_median, plane.band68, plane.band95, plane.limit_observed),
            p_local=plane.p_local,
            z_local=plane.z_local,
            p_global=plane.p_global,
            windows=CountedWindows(
                centres,
                half,
                turned,
                dict(zip(self._above, grid.nearest(cuts, *centres.T).T, strict=True)),
                plane.observed,
                {name: windows.integrate(edges, values) for name, values in bins.items()},
                plane.background,
                plane.background_error,
                scaled.composition,
                events,
            ),
            controls=scaled.scales.yields,
            notes=(*notes, *scaled.scales.notes),
            settings={"window_sigmas": self.window_sigmas},
        )

    @property
    def _above(self) -> list[str]:
        return [f"{name}_above" for name in self.final]

    def best_cuts(self, simulation: Simulation, luminosity_fb: float) -> Floats:
        """Return the final cuts (A, F, 2) with the largest figure of merit at each signal point.

        They are chosen on background events with an even number; yields are taken from those with an odd one.
        """
        chosen = [
            self._best_of_point(simulation, point, luminosity_fb)
            for point in track(simulation.signal, "final cuts", len(simulation.signal))
        ]
        cuts = np.array([[self.final_grids[0][i], self.final_grids[1][j]] for i, j in chosen])
        return cuts.reshape(*SignalGrid(simulation).shape, 2)

    def _best_of_point(
        self, simulation: Simulation, point: SignalSample, luminosity_fb: float
    ) -> tuple[int, int]:
        shape = np.sqrt(1.0 - point.correlation**2) * point.resolution[0] * point.resolution[1]
        area = np.pi * self.window_sigmas**2 * shape
        background = np.zeros([len(grid) for grid in self.final_grids])
        for sample in simulation.backgrounds:
            even = sample.candidates.select(sample.candidates.event % 2 == 0)
            density = 2e3 * luminosity_fb * even.weights
            for axis, middle, width in zip(
                _axes(simulation), point.places, _kernel(simulation, sample.name), strict=True
            ):
                pull = (even[axis] - middle) / width
                density = density * np.exp(-0.5 * pull**2) / (np.sqrt(2.0 * np.pi) * width)
            background = background + self._sums_above(even, area * density)
        inside = within(simulation, point, self.window_sigmas)
        efficiency = self._sums_above(point.candidates, inside * point.candidates.weights / point.tree_pb)
        merit = figure_of_merit(efficiency, background)
        first, second = np.unravel_index(int(merit.argmax()), merit.shape)
        return int(first), int(second)

    def _sums_above(self, found: Candidates, values: Floats) -> Floats:
        """Return the sums (G, H) of values (N,) above each pair of lower cuts."""
        above = [
            found[name][None, :] >= np.array(grid)[:, None]
            for name, grid in zip(self.final, self.final_grids, strict=True)
        ]
        return np.asarray((above[0] * values) @ above[1].T.astype(np.float64))

    def passes_final(self, simulation: Simulation, cuts: Floats, found: Candidates) -> Bools:
        """Return which candidates pass the final cuts that hold where they were measured."""
        where = [found[axis] for axis in _axes(simulation)]
        least = SignalGrid(simulation).nearest(cuts, *where)
        first, second = self.final
        return np.asarray((found[first] >= least[:, 0]) & (found[second] >= least[:, 1]))

    def efficiencies(self, simulation: Simulation, cuts: Floats) -> tuple[Floats, Floats]:
        """Return the efficiency within the window and its statistical error (A, F) of the signal points."""
        values, errors = [], []
        for point in simulation.signal:
            kept = within(simulation, point, self.window_sigmas) & self.passes_final(
                simulation, cuts, point.candidates
            )
            weights = point.candidates.weights[kept] / point.tree_pb
            values.append(weights.sum())
            errors.append(np.sqrt((weights**2).sum()))
        shape = SignalGrid(simulation).shape
        return np.reshape(values, shape), np.reshape(errors, shape)

    def smooth(self, simulation: Simulation, cuts: Floats, name: str) -> tuple[Floats, Floats]:
        """Return events per bin and 1/fb behind all cuts (X, Y), smoothed, and their statistical error.

        Simulated events are spread by a Gaussian kernel that is cut off and normalised at the kinematic border.
        """
        found = simulation.candidates[name]
        odd = found.select((found.event % 2 == 1) & self.passes_final(simulation, cuts, found))
        weights = 2e3 * odd.weights
        x, y = plane_edges(simulation.sqrt_s)
        allowed = _allowed(simulation.sqrt_s)
        widths = [one / size for one, size in zip(_kernel(simulation, name), BINS, strict=True)]
        spread = partial(gaussian_filter, mode="constant")
        reached = np.maximum(spread(allowed, widths), 0.25)  # at the tip of the triangle a quarter is within
        first, second = (odd[axis] for axis in _axes(simulation))
        summed = np.histogram2d(first, second, bins=(x, y), weights=weights)[0]
        squares = np.histogram2d(first, second, bins=(x, y), weights=weights**2)[0]
        narrower = [width / np.sqrt(2.0) for width in widths]
        variance = spread(squares, narrower, truncate=4.0 * np.sqrt(2.0)) / (
            4.0 * np.pi * widths[0] * widths[1]
        )
        return spread(summed, widths) / reached * allowed, np.sqrt(variance) / reached * allowed

    def centres(self, simulation: Simulation, masses: Floats | None = None) -> Floats:
        """Return centres (W, 2), m_A and m_h², at steps of half a window's width and height, within the triangle.

        The height is that at the window's centre: turned ellipses leave no gap then. All m_A have the same m_h², so
        that the windows form a grid.
        """
        grid, sqrt_s = SignalGrid(simulation), simulation.sqrt_s
        if masses is None:
            rows = [self.tested[0]]
            while rows[-1] < self.tested[1]:
                light = grid.resolutions(np.array([rows[-1]]), np.zeros(1))
                rows.append(rows[-1] + self.window_sigmas * float(light[0, 0]))
            masses = np.array(rows[:-1])
        largest = np.minimum(masses, sqrt_s - masses)
        columns = [self.least_recoil_mass**2]
        while columns[-1] < float(largest.max()) ** 2:
            open_rows = masses[largest**2 > columns[-1]]
            at = (open_rows, np.full(len(open_rows), columns[-1]))
            height = grid.resolutions(*at)[:, 1] * np.sqrt(1.0 - grid.correlations(*at) ** 2)
            columns.append(columns[-1] + self.window_sigmas * float(np.median(height)))
        m, m2 = np.meshgrid(masses, columns, indexing="ij")
        inside = np.sqrt(m2) < np.minimum(m, sqrt_s - m)
        return np.stack([m[inside], m2[inside]], axis=1)

    def _events(self, task: Task, cuts: Floats, background: Floats) -> Floats:
        """Return observables (N, 2) of what is observed: of data, or drawn anywhere in the bins; none if projected."""
        simulation = task.simulation
        if task.observation is not None:
            data = task.observation.candidates
            kept = data.select(self.passes_final(simulation, cuts, data))
            return np.stack([kept[axis] for axis in _axes(simulation)], axis=1)
        if task.settings.projected:
            return np.empty((0, 2))
        rng, edges = stream(task.settings.seed, "events"), plane_edges(simulation.sqrt_s)
        counts = rng.poisson(background).ravel()
        low = np.stack(np.meshgrid(*(own[:-1] for own in edges), indexing="ij"), axis=-1).reshape(-1, 2)
        size = np.array([own[1] - own[0] for own in edges])
        return np.asarray(np.repeat(low, counts, axis=0) + size * rng.uniform(size=(counts.sum(), 2)))

    def largest_excess(self, result: Result) -> Excess | None:
        """Return none: counts have no fit to show."""
        return None


def plane_edges(sqrt_s: float) -> tuple[Floats, Floats]:
    """Return the edges of the background's bins: mass of the pair in GeV, M²_rec in GeV²."""
    top = (0.5 * sqrt_s) ** 2
    return np.arange(0.0, sqrt_s + BINS[0], BINS[0]), np.arange(LOWEST, top + BINS[1], BINS[1])


def within(simulation: Simulation, point: SignalSample, sigmas: float) -> Bools:
    """Return which candidates of a point lie in the ellipse of so many standard deviations."""
    pulls = [
        (point.candidates[axis] - middle) / (sigmas * width)
        for axis, middle, width in zip(_axes(simulation), point.places, point.resolution, strict=True)
    ]
    return inside_ellipse(np.array(pulls), point.correlation)


def _axes(simulation: Simulation) -> tuple[str, str]:
    first, second = simulation.search.regions[0].observables
    return first.name, second.name


def _kernel(simulation: Simulation, name: str) -> tuple[float, float]:
    kernels: dict[str, Any] = {one.name: one.kernel for one in simulation.search.backgrounds}
    found: tuple[float, float] = kernels[name]
    return found


def _allowed(sqrt_s: float) -> Floats:
    """Return 1 for bins within the kinematic border (X, Y), 0 beyond."""
    x, y = (0.5 * (edges[1:] + edges[:-1]) for edges in plane_edges(sqrt_s))
    return (x[:, None] + np.sqrt(np.maximum(y, 0.0)) < sqrt_s + BINS[0]).astype(np.float64)


def _of_expectation(plane: Plane) -> Plane:
    """Return a plane whose observation is its expectation."""
    expected = np.rint(plane.background).astype(np.int64)
    even, none = np.full(len(expected), 0.5), np.zeros(len(expected))
    return replace(plane, observed=expected, limit_observed=plane.limit_median, p_local=even, z_local=none)
