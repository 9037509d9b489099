"""A narrow peak above a smooth background: polynomials in windows that slide over spectra."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scotopic.analysis.binning import BINS_PER_RESOLUTION, anchored_edges, central_masses, rising_edges
from scotopic.analysis.region import Region
from scotopic.analysis.result import Result
from scotopic.analysis.search import Search
from scotopic.analysis.simulated_luminosity import simulated_luminosity_fb
from scotopic.analysis.simulation import EventNumbers, Simulation
from scotopic.analysis.statistics.spectra import (
    SignalAt,
    Spectrum,
    make_spectrum,
    region_flow,
    region_notes,
    signal_at,
    tested,
    widths_at,
)
from scotopic.analysis.statistics.statistic import Excess, Inference, Task
from scotopic.numerics.arrays import Floats
from scotopic.numerics.rng import seed_of
from scotopic.stats import Scan, combine, likelihood_scan
from scotopic.stats.scan.bump import FEW_EVENTS
from scotopic.stats.scan.channel_scan import Channel, scan_channels

ENOUGH_SIMULATION = 4.0  # times the luminosity: then its fluctuations are half of those of the data
SURVEYED = 40  # masses


@dataclass(frozen=True)
class PolynomialBump:
    """Fits of a peak and a polynomial in the windows of one spectrum or of several.

    Attributes
    ----------
    method : {"clsb", "cls"}
    joint : bool
        Whether regions are fitted together, each with its fraction of one signal; else each has masses of its own, and
        limits of few events come from toys.
    """

    method: str = "clsb"
    joint: bool = False
    events: EventNumbers = EventNumbers(20_000, 400_000)
    survey_events: EventNumbers = EventNumbers(5_000, 100_000)
    fewest_signal: int = 100
    observables: tuple[str, ...] = ()

    def survey(self, search: Search, sqrt_s: float) -> tuple[Search, list[float]]:
        """Return the search itself, and masses of equal ratios."""
        low, high = search.mass_range
        between = np.geomspace(low, high, SURVEYED + 1)[1:-1]
        return search, [low, *(round(float(mass), 4) for mass in between)]

    def hypotheses(self, simulation: Simulation) -> Floats:
        """Return the masses (GeV) that are tested, by half a resolution; vetoes are left out."""
        search = simulation.search
        if self.joint:
            mass = _of_the_best(simulation)
        else:
            parts = [central_masses(one, self.edges(simulation, one)) for one in search.regions]
            mass = np.concatenate(parts)
        return mass[~search.vetoed(mass)]

    def edges(self, simulation: Simulation, region: Region) -> Floats:
        """Return the bins of a region's spectrum."""
        make = rising_edges if self.joint else anchored_edges
        return make(region, simulation.shapes[region.name])

    def infer(self, task: Task) -> Inference:
        """Return limits at masses, of the data in all spectra that test them."""
        simulation, search = task.simulation, task.search
        chosen = task.settings.chosen
        mass = self.hypotheses(simulation) if chosen is None else chosen[~search.vetoed(chosen)]
        signal = signal_at(simulation, mass)
        open_ = tested(simulation, mass)
        used = [number for number, tests in enumerate(open_) if tests.any()]
        spectra = [
            make_spectrum(task, search.regions[i], self.edges(simulation, search.regions[i])) for i in used
        ]
        whole, shown = (self._together if self.joint else self._each)(task, signal, used, spectra)
        limit, others = signal.limits_fb(whole, task.luminosity_fb)
        own = np.array(
            [
                region.observable.mass_resolution(mass, width)
                for region, width in zip(search.regions, widths_at(simulation, mass), strict=True)
            ]
        )
        resolution = np.sum(np.nan_to_num(signal.share) * np.nan_to_num(own), axis=0)
        return Inference(
            points=mass[:, None],
            efficiency=signal.efficiency,
            efficiency_error=signal.efficiency_error,
            acceptance=signal.acceptance,
            resolution=resolution[:, None],
            limit=limit,
            p_local=whole.p_local,
            z_local=whole.z_local,
            p_global=whole.p_global,
            alternatives=others,
            spectra=tuple(one.with_scan(scan) for one, scan in zip(spectra, shown, strict=True)),
            region_flow=region_flow(spectra),
            notes=(*self._thin(task), *region_notes(spectra)),
        )

    def _each(
        self, task: Task, signal: SignalAt, used: Sequence[int], spectra: Sequence[Spectrum]
    ) -> tuple[Scan, list[Scan]]:
        """Return the scan of all regions, and that of each, which has masses of its own."""
        scans = []
        for number, spectrum in zip(used, spectra, strict=True):
            own = tested(task.simulation, signal.mass)[number]
            channel = _channel(task, spectrum, signal.mass[own], np.ones(int(own.sum())))
            scans.append(
                scan_channels(
                    [channel],
                    signal.mass[own],
                    level=task.search.level,
                    method=self.method,
                    toys=task.settings.toys,
                    seed=seed_of(task.settings.seed, "spectrum", spectrum.region.name),
                    efficiency_error=_relative_error(task, signal)[own],
                    resolution_error=_resolution_error(task),
                    calibrate_below=FEW_EVENTS,
                    workers=task.settings.workers,
                )
            )
        return (scans[0] if len(scans) == 1 else combine(scans)), scans

    def _together(
        self, task: Task, signal: SignalAt, used: Sequence[int], spectra: Sequence[Spectrum]
    ) -> tuple[Scan, list[Scan]]:
        """Return the scan of all regions together, and that of each alone, without systematic terms."""
        search, share = task.search, signal.share[list(used)]
        channels = [_channel(task, one, signal.mass, part) for one, part in zip(spectra, share, strict=True)]
        whole = scan_channels(
            channels,
            signal.mass,
            level=search.level,
            method=self.method,
            toys=task.settings.toys,
            seed=seed_of(task.settings.seed, "toys"),
            efficiency_error=_relative_error(task, signal),
            resolution_error=_resolution_error(task),
            workers=task.settings.workers,
        )
        alone = []
        for channel in channels:
            open_ = np.isfinite(channel.position) & (channel.share > 0.0)
            kept = channel.select(open_)
            alone.append(scan_channels([kept], signal.mass[open_], level=search.level, method=self.method))
        return whole, alone

    def _thin(self, task: Task) -> list[str]:
        """Say where pseudo-data carry fluctuations of a simulation that are not smoothed away."""
        if task.source != "pseudo-data" or self.joint:
            return []
        weights = np.concatenate([one.candidates.weights for one in task.simulation.backgrounds])
        simulated = simulated_luminosity_fb(weights)
        if task.luminosity_fb * ENOUGH_SIMULATION <= simulated:
            return []
        return [
            f"the simulated background amounts to {simulated:.3g}/fb only: the pseudo-data carry its fluctuations; "
            "read the median and the bands, not the observed limits"
        ]

    def largest_excess(self, result: Result) -> Excess | None:
        """Return the largest excess of a single spectrum, with the likelihood of its yield; None without a fit."""
        if self.joint:
            return None
        part = max(result.spectra, key=lambda one: float(one.scan.z_local.max()))
        scan, region, shape = part.scan, part.region, part.shape
        at = int(scan.z_local.argmax())
        if not np.isfinite(scan.shat[at]):
            return None
        mass, limit = float(scan.mass[at]), float(scan.limit_observed[at])
        error = float(shape.efficiency_error_at(np.array(mass)) / shape.efficiency_at(np.array(mass)))
        with_terms = result.settings["systematic_terms"]
        found = likelihood_scan(
            part.observed,
            part.edges,
            float(region.observable.place(np.array(mass))),
            shape.template,
            background_order=region.order(mass),
            half_width=_half_width(region),
            efficiency_error=float(np.hypot(error, result.search.systematic_error("efficiency")))
            if with_terms
            else 0.0,
            resolution_error=result.search.systematic_error("resolution") if with_terms else 0.0,
            highest=limit,
        )
        return Excess(part, replace(found, mass=mass), mass, limit)


def _relative_error(task: Task, signal: SignalAt) -> Floats:
    if not task.settings.with_systematics:
        return np.zeros(len(signal.mass))
    statistical = signal.efficiency_error / signal.efficiency
    return np.hypot(statistical, task.search.systematic_error("efficiency"))


def _resolution_error(task: Task) -> float:
    return task.search.systematic_error("resolution") if task.settings.with_systematics else 0.0


def _half_width(region: Region) -> tuple[int, int]:
    below, above = (round(BINS_PER_RESOLUTION * reach) for reach in region.window)
    return below, above


def _channel(task: Task, spectrum: Spectrum, mass: Floats, share: Floats) -> Channel:
    """Return a spectrum as the scan takes it: the place of each mass, NaN where the region does not test it."""
    region, search = spectrum.region, task.search
    tests = region.tests(mass, search.mass_range[1])
    middle = 0.5 * (spectrum.edges[1:] + spectrum.edges[:-1])
    mass_of_bin = region.observable.mass(np.maximum(middle, 0.0) ** (1.0 / region.observable.power))
    return Channel(
        spectrum.observed,
        spectrum.expectation,
        spectrum.edges,
        np.where(tests, region.observable.place(mass), np.nan),
        share,
        spectrum.shape.template,
        np.array([region.order(float(one)) for one in np.maximum(mass, region.mass_low)]),
        _half_width(region),
        search.vetoed(mass_of_bin),
    )


def _of_the_best(simulation: Simulation) -> Floats:
    """Return masses in steps of half the best resolution of any region."""
    search = simulation.search
    low, high = search.mass_range
    grid = np.geomspace(low, high, 4000)
    open_ = tested(simulation, grid)
    own = [
        region.observable.mass_resolution(grid, width)
        for region, width in zip(search.regions, widths_at(simulation, grid), strict=True)
    ]
    best = np.nanmin(np.where(open_, own, np.nan), axis=0)
    density = BINS_PER_RESOLUTION / best
    number = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(grid))])
    return np.asarray(np.interp(np.arange(int(number[-1]) + 1), number, grid))
