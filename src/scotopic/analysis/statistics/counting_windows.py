"""Events counted in windows of one observable, with cuts that are optimised by mass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from scotopic.analysis.region import Region
from scotopic.analysis.resolution import mass_resolution
from scotopic.analysis.result import CountedWindows, Result
from scotopic.analysis.search import Search
from scotopic.analysis.simulated_luminosity import simulation_notes
from scotopic.analysis.simulation import EventNumbers, SignalSample, Simulation
from scotopic.analysis.statistics.scaled_backgrounds import scaled_backgrounds
from scotopic.analysis.statistics.statistic import Excess, Inference, Task
from scotopic.numerics.arrays import Bools, Floats
from scotopic.numerics.rng import stream
from scotopic.progress import track
from scotopic.selection.candidates import Candidates
from scotopic.selection.punzi import figure_of_merit
from scotopic.stats import counting_bands, counting_limit, predictive_p_value
from scotopic.stats.limit_curve import LimitCurve
from scotopic.stats.significance.empirical_p_value import p_value

AVERAGED = 3.0  # windows' widths over which the simulated background is averaged: it varies slowly
SURVEYED = 40  # masses
SURVEY_POINTS = 9  # of simulated signal


@dataclass(frozen=True)
class WindowRates:
    """Windows in x with their final cuts and what is expected in them per 1/fb.

    Attributes
    ----------
    points : (M, D)
        Mass, and further coordinates of the signal.
    acceptance : (M,)
    centre, half_width : (M,)
    cuts : (M, 2)
        Lower cuts on the two final observables.
    efficiency, efficiency_error : (M,)
    expected, expected_error : mapping of background to (M,)
        Events per 1/fb and the simulation's statistical error.
    """

    points: Floats
    acceptance: Floats
    centre: Floats
    half_width: Floats
    cuts: Floats
    efficiency: Floats
    efficiency_error: Floats
    expected: Mapping[str, Floats]
    expected_error: Mapping[str, Floats]

    @classmethod
    def join(cls, parts: Sequence["WindowRates"]) -> "WindowRates":
        """Return all windows as one."""

        def whole(name: str) -> Floats:
            return np.concatenate([getattr(one, name) for one in parts])

        def by_background(name: str) -> dict[str, Floats]:
            keys = parts[0].expected
            return {key: np.concatenate([getattr(one, name)[key] for one in parts]) for key in keys}

        return cls(
            whole("points"),
            whole("acceptance"),
            whole("centre"),
            whole("half_width"),
            whole("cuts"),
            whole("efficiency"),
            whole("efficiency_error"),
            by_background("expected"),
            by_background("expected_error"),
        )


@dataclass(frozen=True)
class CountingWindows:
    """Windows around mass hypotheses in the one observable of the search's one region.

    Attributes
    ----------
    final : (str, str)
        Two observables with lower cuts that are optimised per mass (Punzi's figure of merit).
    final_grid : tuple of float
        Values of those cuts that are tried, rising from 0.
    window_sigmas : float
        Half width of a window, in standard deviations of the observable.
    method : {"bayes", "cls"}
        ``bayes`` has a flat prior in the cross section.
    """

    final: tuple[str, str]
    final_grid: tuple[float, ...]
    window_sigmas: float = 2.0
    method: str = "bayes"
    events: EventNumbers = EventNumbers(10_000, 100_000)
    survey_events: EventNumbers = EventNumbers(3_000, 40_000)
    fewest_signal: int = 50

    @property
    def observables(self) -> tuple[str, ...]:
        """Return the observables of the final cuts."""
        return self.final

    def survey(self, search: Search, sqrt_s: float) -> tuple[Search, list[float]]:
        """Return the search with fewer simulated points, and masses side by side."""
        (region,) = search.regions
        low, high = search.mass_range
        chosen = np.unique(np.linspace(0, len(region.grid) - 1, SURVEY_POINTS).round().astype(int))
        fewer = replace(region, grid=tuple(region.grid[i] for i in chosen))
        return replace(search, regions=(fewer,)), [float(mass) for mass in np.linspace(low, high, SURVEYED)]

    def infer(self, task: Task) -> Inference:
        """Return limits by window in rising mass.

        With data, backgrounds are scaled to what their control samples count, or all to what is counted before the
        final cuts where control samples are not at hand; the errors are those of these numbers.

        A projection observes the expectation, in whole numbers. The statistical error of the simulation, which a larger
        sample would not have, is none of the background; instead no window has less background than that error
        (``simulation_floor``), and cuts are not optimised beyond what is simulated.
        """
        simulation, search, luminosity = task.simulation, task.search, task.luminosity_fb
        scaled = scaled_backgrounds(task)
        windows = self.windows(simulation, scaled.optimised_fb, task.settings.chosen)
        unscaled = {name: luminosity * rate for name, rate in windows.expected.items()}
        expected = scaled.scales.apply(unscaled)
        background = np.sum(list(expected.values()), axis=0)
        statistical = scaled.simulated(windows.expected_error)
        notes = list(scaled.scales.notes)
        if task.settings.projected:
            notes += simulation_notes(background, statistical, luminosity, simulation.candidates)
            expected["simulation_floor"] = np.maximum(statistical - background, 0.0)
            background = np.maximum(background, statistical)
            statistical = np.zeros(background.shape)
        error = scaled.error(unscaled, expected, background, statistical)
        observed = self._observed(task, windows, background)
        uncertain = {
            "background_error": error,
            "efficiency": np.maximum(windows.efficiency, 1e-9),
            "efficiency_error": np.hypot(
                windows.efficiency_error, search.systematic_error("efficiency") * windows.efficiency
            ),
            "luminosity": luminosity,
            "luminosity_error": search.systematic_error("luminosity") * luminosity,
        }
        chosen = {"level": search.level, "method": self.method}
        limits = np.asarray(counting_limit(observed, background, **uncertain, **chosen))  # type: ignore[arg-type]
        bands = counting_bands(background, **uncertain, **chosen)  # type: ignore[arg-type]
        p_local = np.asarray(predictive_p_value(observed, background, error))
        width = windows.half_width / self.window_sigmas
        return Inference(
            points=windows.points,
            efficiency=windows.efficiency,
            efficiency_error=windows.efficiency_error,
            acceptance=windows.acceptance,
            resolution=mass_resolution(windows.points[:, 0], width)[:, None],
            limit=LimitCurve(
                *(np.asarray(one) for one in (bands.median, bands.band68, bands.band95, limits))
            ),
            p_local=p_local,
            z_local=np.maximum(-ndtri(np.clip(p_local, 1e-300, 1.0)), 0.0),
            p_global=self._global_p(task, windows, scaled.scales.factors, background, error, p_local),
            windows=CountedWindows(
                windows.centre[:, None],
                windows.half_width[:, None],
                None,
                dict(zip((f"{name}_above" for name in self.final), windows.cuts.T, strict=True)),
                observed,
                expected,
                background,
                error,
                scaled.composition,
                np.empty((0, 1)),
            ),
            controls=scaled.scales.yields,
            notes=tuple(notes),
        )

    def windows(
        self, simulation: Simulation, luminosity_fb: float, masses: Floats | None = None
    ) -> WindowRates:
        """Return contiguous windows and those half-shifted between them, optimised for a luminosity.

        With `masses` (GeV), the windows lie around them instead. Where the signal has further coordinates, such as a
        lifetime, there are windows for each of their simulated values. The cuts are chosen on events with an even
        number and yields taken from those with an odd one, so that a fluctuation of the simulation is not mistaken for
        a good cut.
        """
        parts = [self._windows(simulation, points, luminosity_fb, masses) for points in _by_other(simulation)]
        return parts[0] if len(parts) == 1 else WindowRates.join(parts)

    def _windows(
        self,
        simulation: Simulation,
        points: Sequence[SignalSample],
        luminosity_fb: float,
        masses: Floats | None,
    ) -> WindowRates:
        centre = self._centres(points) if masses is None else masses**2
        half = self.window_sigmas * resolution_at(points, centre)
        mass, known = np.sqrt(centre), np.array([one.point[0] for one in points])
        choices = [self.best_cuts(simulation, one, luminosity_fb) for one in track(points, "final cuts")]
        cuts = np.array(choices)[np.abs(mass[:, None] - known).argmin(axis=1)]
        name = _observable(simulation)
        efficiency, error = self._efficiencies(points, name, mass, cuts)
        expected, spread = {}, {}
        for background, found in simulation.candidates.items():
            rows = [self._yield(name, found, c, h, cut) for c, h, cut in zip(centre, half, cuts, strict=True)]
            expected[background], spread[background] = np.array(rows).T
        others = np.broadcast_to(points[0].point[1:], (len(mass), len(points[0].point) - 1))
        return WindowRates(
            np.column_stack([mass, others]),
            np.interp(mass, known, [one.acceptance for one in points]),
            centre,
            half,
            cuts,
            efficiency,
            error,
            expected,
            spread,
        )

    def _centres(self, points: Sequence[SignalSample]) -> Floats:
        """Return centres of contiguous windows from x = 0 on and of those half a window further, rising."""
        sigmas, last = self.window_sigmas, points[-1].point[0] ** 2
        edges = [0.0]
        while edges[-1] < last:
            middle = edges[-1] + sigmas * float(resolution_at(points, np.array(edges[-1])))
            edges.append(edges[-1] + 2.0 * sigmas * float(resolution_at(points, np.array(middle))))
        bounds = np.array(edges)
        contiguous = 0.5 * (bounds[1:] + bounds[:-1])
        centres = np.sort(np.concatenate([contiguous, bounds[1:-1]]))
        return centres[centres <= last]

    def best_cuts(
        self, simulation: Simulation, point: SignalSample, luminosity_fb: float
    ) -> tuple[float, float]:
        """Return the final cuts with the largest figure of merit at one simulated mass."""
        name, centre = _observable(simulation), point.places[0]
        half, grid = self.window_sigmas * point.resolution[0], np.array(self.final_grid)
        background = np.zeros((len(grid), len(grid)))
        for found in simulation.candidates.values():
            near = (np.abs(found[name] - centre) < AVERAGED * half) & (found.event % 2 == 0)
            background += self._counts_above(found, near) * 2.0 / AVERAGED
        inside = np.abs(point.candidates[name] - centre) < half
        efficiency = self._counts_above(point.candidates, inside) / point.tree_pb
        merit = figure_of_merit(efficiency, 1e3 * luminosity_fb * background)
        first, second = np.unravel_index(int(merit.argmax()), merit.shape)
        return float(grid[first]), float(grid[second])

    def _counts_above(self, found: Candidates, which: Bools) -> Floats:
        """Return the weight (G, G) above each pair of lower cuts."""
        grid = np.array(self.final_grid)
        places = [np.searchsorted(grid, found[name][which], side="right") - 1 for name in self.final]
        table = np.zeros((len(grid), len(grid)))
        inside = (places[0] >= 0) & (places[1] >= 0)
        np.add.at(table, (places[0][inside], places[1][inside]), found.weights[which][inside])
        return np.asarray(table[::-1, ::-1].cumsum(axis=0).cumsum(axis=1)[::-1, ::-1])

    def passes_final(self, found: Candidates, cuts: Floats) -> Bools:
        """Return which candidates pass two lower cuts on the final observables."""
        first, second = self.final
        return np.asarray((found[first] >= cuts[0]) & (found[second] >= cuts[1]))

    def _yield(
        self, name: str, found: Candidates, centre: float, half: float, cuts: Floats
    ) -> tuple[float, float]:
        """Return expected events per 1/fb in a window and their error, averaged over some windows' widths."""
        near = np.abs(found[name] - centre) < AVERAGED * half
        kept = near & (found.event % 2 == 1) & self.passes_final(found, cuts)
        weights = 2e3 * found.weights[kept] / AVERAGED
        # where nothing is left there may still be one event of the sample's mean weight
        single = 2e3 * float(found.weights.mean()) / AVERAGED if len(found) else 0.0
        return float(weights.sum()), float(max(np.sqrt((weights**2).sum()), single))

    def _efficiencies(
        self, points: Sequence[SignalSample], name: str, mass: Floats, cuts: Floats
    ) -> tuple[Floats, Floats]:
        """Return efficiency and its error at masses, linear between the simulated ones."""
        known = np.array([one.point[0] for one in points])
        upper = np.clip(np.searchsorted(known, mass), 1, len(known) - 1)
        share = np.clip((mass - known[upper - 1]) / (known[upper] - known[upper - 1]), 0.0, 1.0)
        values = np.zeros(len(mass))
        variance = np.zeros(len(mass))
        for i, cut in enumerate(cuts):
            for which, weight in ((upper[i] - 1, 1.0 - share[i]), (upper[i], share[i])):
                point = points[which]
                width = self.window_sigmas * point.resolution[0]
                inside = np.abs(point.candidates[name] - point.places[0]) < width
                kept = inside & self.passes_final(point.candidates, cut)
                weights = weight * point.candidates.weights[kept] / point.tree_pb
                values[i] += weights.sum()
                variance[i] += (weights**2).sum()
        return values, np.sqrt(variance)

    def _observed(self, task: Task, windows: WindowRates, background: Floats) -> Floats:
        if task.observation is not None:
            data, name = task.observation.candidates, _observable(task.simulation)
            counts = [
                np.count_nonzero((np.abs(data[name] - centre) < half) & self.passes_final(data, cut))
                for centre, half, cut in zip(windows.centre, windows.half_width, windows.cuts, strict=True)
            ]
            return np.array(counts, dtype=np.float64)
        if task.settings.projected:
            return np.rint(background)
        # drawn from the simulated events, so that overlapping windows share events
        ones = dict.fromkeys(task.simulation.candidates, 1.0)
        return self.draw(task, windows, ones, stream(task.settings.seed, "counts"), 1)[:, 0]

    def draw(
        self,
        task: Task,
        windows: WindowRates,
        factors: Mapping[str, float],
        rng: np.random.Generator,
        toys: int,
    ) -> Floats:
        """Return counts (M, T): the events of the odd half, each there a Poisson number of times.

        An event is moved within the widths over which the expectation is averaged, so that toys have that expectation.
        """
        simulation, name = task.simulation, _observable(task.simulation)
        counts = np.zeros((len(windows.centre), toys))
        for background, found in simulation.candidates.items():
            odd = found.event % 2 == 1
            x = found[name][odd]
            weights = 2e3 * task.luminosity_fb * factors[background] * found.weights[odd]
            first, second = (found[observable][odd] for observable in self.final)
            reach = self.window_sigmas * resolution_at(_by_other(simulation)[0], x) * 2.0
            for toy in range(toys):
                chosen = np.repeat(np.arange(len(x)), rng.poisson(weights))
                moved = x[chosen] + reach[chosen] * rng.uniform(-1.0, 1.0, len(chosen))
                for i, (centre, half, cut) in enumerate(
                    zip(windows.centre, windows.half_width, windows.cuts, strict=True)
                ):
                    inside = np.abs(moved - centre) < half
                    counts[i, toy] += np.count_nonzero(
                        inside & (first[chosen] >= cut[0]) & (second[chosen] >= cut[1])
                    )
        return counts

    def _global_p(
        self,
        task: Task,
        windows: WindowRates,
        factors: Mapping[str, float],
        background: Floats,
        error: Floats,
        p_local: Floats,
    ) -> float | None:
        """Return (k + 1)/(N + 1) of N toys, k of which have a smaller local p-value somewhere."""
        toys = task.settings.toys
        if toys == 0:
            return None
        counts = self.draw(task, windows, factors, stream(task.settings.seed, "toys"), toys)
        table = np.asarray(predictive_p_value(counts, background[:, None], error[:, None]))
        observed, thrown = (-np.log(np.maximum(p.min(axis=0), 1e-300)) for p in (p_local, table))
        return p_value(float(observed), thrown)[0]

    def largest_excess(self, result: Result) -> Excess | None:
        """Return none: counts have no fit to show."""
        return None


def resolution_at(points: Sequence[SignalSample], x: Floats) -> Floats:
    """Return the resolution of the observable at x, linear between the simulated places."""
    return np.interp(x, [one.places[0] for one in points], [one.resolution[0] for one in points])


def _by_other(simulation: Simulation) -> list[list[SignalSample]]:
    """Return the simulated signal by its coordinates beside the mass, each in rising mass."""
    groups: dict[tuple[float, ...], list[SignalSample]] = {}
    for one in simulation.signal:
        groups.setdefault(one.point[1:], []).append(one)
    return [sorted(group, key=lambda one: one.point[0]) for group in groups.values()]


def _observable(simulation: Simulation) -> str:
    region: Region = simulation.search.regions[0]
    return region.observable.name
