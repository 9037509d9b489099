"""What a search expects with an experiment: selected signal, backgrounds and control samples, from simulated events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from scotopic.analysis.background import Background
from scotopic.analysis.background_rates import ControlRates, control_rates
from scotopic.analysis.radiation import efficiency
from scotopic.analysis.region import Region
from scotopic.analysis.resolution import central_width, core_correlation
from scotopic.analysis.search import Search
from scotopic.analysis.selected_events import join_candidates, select_samples
from scotopic.analysis.signal import Point
from scotopic.analysis.signal_shape import SignalShape, measure_shape
from scotopic.analysis.smoothing import Spectrum
from scotopic.detector.experiment import Experiment
from scotopic.errors import InputError
from scotopic.events.record import Events
from scotopic.numerics.arrays import Floats
from scotopic.numerics.rng import seed_of
from scotopic.progress import track
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import CutStep, apply_cuts

TREE_PRECISION = 0.002  # of the cross sections to which efficiencies and limits refer


@dataclass(frozen=True)
class EventNumbers:
    """Simulated events of the signal at each point, and of each leading background."""

    signal: int
    background: int


@dataclass(frozen=True)
class SignalSample:
    """Selected signal of one point and region.

    Attributes
    ----------
    region : str
    coordinates, point : tuple of float
        In the simulated grid, and as limits name it.
    candidates : Candidates
        True ones behind all cuts; weights in pb.
    places : tuple of float
        Where the signal lies in each observable of the region.
    residuals : tuple of (N,)
        Measured less true values of them.
    tree_pb : float
        Tree-level cross section.
    efficiency, efficiency_error, acceptance : float
    """

    region: str
    coordinates: Point
    point: Point
    candidates: Candidates
    places: tuple[float, ...]
    residuals: tuple[Floats, ...]
    tree_pb: float
    efficiency: float
    efficiency_error: float
    acceptance: float

    @cached_property
    def resolution(self) -> tuple[float, ...]:
        """Return half of the central 68 % of the residuals."""
        return tuple(central_width(one) for one in self.residuals)

    @cached_property
    def correlation(self) -> float:
        """Return the correlation of the cores of two residuals."""
        return core_correlation(*self.residuals)


@dataclass(frozen=True)
class BackgroundSample:
    """Candidates of one background behind the common cuts, of all regions or of the one named; weights in pb."""

    background: Background
    region: str
    candidates: Candidates
    cut_flow: tuple[CutStep, ...]

    @property
    def name(self) -> str:
        """Return the name of the background."""
        return self.background.name

    @property
    def title(self) -> str:
        """Return name and region."""
        return f"{self.name} ({self.region})" if self.region else self.name


@dataclass(frozen=True)
class Simulation:
    """What a search expects with one experiment, which several limits may share.

    Attributes
    ----------
    search : Search
        As the experiment runs it.
    experiment : Experiment
    parameters : mapping
        All of the search's.
    signal : tuple of SignalSample
    backgrounds : tuple of BackgroundSample
    controls : tuple of ControlRates
    events : EventNumbers
    """

    search: Search
    experiment: Experiment
    parameters: Mapping[str, Any]
    signal: tuple[SignalSample, ...]
    backgrounds: tuple[BackgroundSample, ...]
    controls: tuple[ControlRates, ...]
    events: EventNumbers
    _spectra: dict[tuple[int, str], tuple[BackgroundSample, Spectrum | None]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def sqrt_s(self) -> float:
        """Return the nominal centre-of-mass energy, GeV."""
        return self.experiment.beams.sqrt_s

    @property
    def candidates(self) -> dict[str, Candidates]:
        """Return the candidates of backgrounds that are the same in all regions, by name."""
        return {one.name: one.candidates for one in self.backgrounds}

    def with_backgrounds(self, candidates: Mapping[str, Candidates]) -> "Simulation":
        """Return the simulation with other candidates of backgrounds, by name."""
        changed = [replace(one, candidates=candidates[one.name]) for one in self.backgrounds]
        return replace(self, backgrounds=tuple(changed))

    def samples(self, region: Region) -> list[BackgroundSample]:
        """Return the backgrounds of a region."""
        return [one for one in self.backgrounds if one.region in ("", region.name)]

    def points(self, region: Region) -> list[SignalSample]:
        """Return the signal of a region."""
        return [one for one in self.signal if one.region == region.name]

    @cached_property
    def shapes(self) -> dict[str, SignalShape]:
        """Return the shape of the signal's peak by region with one observable."""
        shapes = {}
        for region in self.search.regions:
            samples, observable = self.points(region), region.observable
            reduced = observable.reduced(np.array([one.point[0] for one in samples]))
            shapes[region.name] = measure_shape(reduced, samples, observable.name, observable.power)
        return shapes

    def simulated_fb(self, mass: Floats) -> Floats:
        """Return the tree-level cross section (fb) of the signal, log-linear between its simulated masses."""
        known = dict(sorted({one.point[0]: one.tree_pb for one in self.signal}.items()))
        return np.exp(np.interp(mass, list(known), np.log([1e3 * one for one in known.values()])))

    def expected(self, region: Region, edges: Floats, luminosity_fb: float) -> dict[str, Floats]:
        """Return the expected events per bin of a region's observable by background."""
        spectra = {one.name: self._spectrum(one, region) for one in self.samples(region)}
        return {name: 1e3 * luminosity_fb * made(edges) for name, made in spectra.items() if made is not None}

    def _spectrum(self, sample: BackgroundSample, region: Region) -> Spectrum | None:
        key = (id(sample), region.name)
        if key not in self._spectra:
            kept, _ = apply_cuts(sample.candidates, region.cuts)
            made = sample.background.smoothing.spectrum(kept, region, self.sqrt_s)
            self._spectra[key] = (sample, made)  # the sample stays, and so does its id
        return self._spectra[key][1]


def simulate(
    search: Search,
    experiment: Experiment,
    *,
    parameters: Mapping[str, float | str] | None = None,
    events: EventNumbers | None = None,
    seed: int = 1,
    workers: int = 1,
) -> Simulation:
    """Return the simulated expectation of a search.

    Parameters
    ----------
    search : Search
    experiment : Experiment
    parameters : mapping, optional
        Of the search.
    events : EventNumbers, optional
        Else those of the search's statistic.
    seed, workers : int
        The result does not depend on the number of workers.

    Raises
    ------
    InputError
        If too few signal events pass the selection, or for a parameter that makes no sense.
    """
    values = search.values(parameters or {})
    search, numbers = search.at(experiment, values), events or search.statistic.events
    signal = simulate_signal(search, experiment, numbers.signal, seed=seed, workers=workers)
    backgrounds, controls = simulate_backgrounds(
        search, experiment, numbers.background, seed=seed, workers=workers
    )
    return Simulation(search, experiment, values, signal, backgrounds, controls, numbers)


def with_signal(simulation: Simulation, search: Search, *, seed: int = 1, workers: int = 1) -> Simulation:
    """Return the same backgrounds with the signal of another search."""
    values = search.values({name: simulation.parameters[name] for name in simulation.parameters})
    own = search.at(simulation.experiment, values)
    signal = simulate_signal(own, simulation.experiment, simulation.events.signal, seed=seed, workers=workers)
    return replace(simulation, search=own, parameters=values, signal=signal)


def simulate_signal(
    search: Search, experiment: Experiment, n: int, *, seed: int, workers: int = 1
) -> tuple[SignalSample, ...]:
    """Return the selected signal of all points, n events each."""
    places = [(region, coordinates) for region in search.regions for coordinates in region.grid]
    return tuple(
        _signal_sample(search, region, coordinates, experiment, n, seed, workers)
        for region, coordinates in track(places, "signal", len(places))
    )


def _signal_sample(
    search: Search,
    region: Region,
    coordinates: Point,
    experiment: Experiment,
    n: int,
    seed: int,
    workers: int,
) -> SignalSample:
    signal, selection, sqrt_s = search.signal, search.selection, experiment.beams.sqrt_s
    point = signal.point_of(coordinates, sqrt_s)
    key = seed_of(seed, "signal", *region.seed_words, *(f"{one:g}" for one in coordinates))
    made = signal.generated(point, n, region, sqrt_s=sqrt_s, seed=key, workers=workers)
    find = partial(selection.find_signal or selection.find, source="signal")
    ((found, _),) = select_samples(
        made, experiment, [(find, (*selection.cuts, *region.cuts))], seed=key, workers=workers
    )
    true = found if found.truth is None else found.select(found.truth)
    fewest = search.statistic.fewest_signal
    if len(true) < fewest:
        where = f", {region.title}" if len(search.regions) > 1 else ""
        raise InputError(
            f"only {len(true)} of {n} simulated signal events of {', '.join(f'{one:.4g}' for one in point)} GeV pass "
            f"the selection with {experiment.name}{where}; {fewest} are needed: simulate more events or check the card"
        )
    tree_pb = signal.tree_level_pb(point, region, sqrt_s)
    at = tuple(float(one.place(np.array(m))) for one, m in zip(region.observables, point, strict=False))
    residuals = tuple(
        one.residual(true, made, one.name, place) for one, place in zip(region.observables, at, strict=True)
    )
    value, error = efficiency(true.weights, made, tree_pb)
    accepted = region.fiducial.acceptance(made, experiment.beams)
    return SignalSample(region.name, coordinates, point, true, at, residuals, tree_pb, value, error, accepted)


def simulate_backgrounds(
    search: Search, experiment: Experiment, n: int, *, seed: int, workers: int = 1
) -> tuple[tuple[BackgroundSample, ...], tuple[ControlRates, ...]]:
    """Return all backgrounds behind the common cuts, n events of the leading ones, and control samples' rates."""
    controls = search.selection.controls
    wanted: list[tuple[Region | None, Background]] = [
        (None, b) for b in search.backgrounds if not b.by_region
    ]
    wanted += [(region, b) for region in search.regions for b in search.backgrounds if b.by_region]
    counted: dict[str, dict[str, Candidates]] = {one.name: {} for one in controls}
    samples: list[BackgroundSample] = []
    for region, background in track(wanted, "backgrounds", len(wanted)):
        words = () if region is None else (region.name,)
        key = seed_of(seed, "background", *words, background.name)
        made = _generate(background, region, n, experiment, key, workers)
        ways = search.selection.ways(background.name)
        (found, flow), *others = select_samples(
            made,
            experiment,
            ways,
            seed=key,
            workers=workers,
            lost_track_boost=background.lost_track_boost,
            least_loss=background.least_loss,
        )
        samples.append(BackgroundSample(background, words[0] if words else "", found, flow))
        for sample, (others_found, _) in zip(controls, others, strict=True):
            counted[sample.name][background.name] = others_found
    rates = tuple(control_rates(one, counted[one.name]) for one in controls)
    return tuple(_fill(samples, search.regions)), rates


def _generate(
    background: Background, region: Region | None, n: int, experiment: Experiment, seed: int, workers: int
) -> Events:
    where = {} if region is None else {"region": region}
    number = max(1, round(background.share * n))
    made = background.generate(number, experiment=experiment, seed=seed, workers=workers, **where)
    if background.copies == 1:
        return made
    repeated = made.select(np.tile(np.arange(len(made)), background.copies))
    return replace(repeated, weights=repeated.weights / background.copies)


def _fill(samples: Sequence[BackgroundSample], regions: Sequence[Region]) -> list[BackgroundSample]:
    """Return samples whose candidates below a border are those of another region, which expects the same there."""
    filled = []
    source = {(one.region, one.name): one for one in samples}
    borders = {region.name: region for region in regions}
    for sample in samples:
        region = borders.get(sample.region)
        if region is None or region.filled_from is None:
            filled.append(sample)
            continue
        other, border = region.filled_from
        own, theirs = sample.candidates, source[other, sample.name].candidates
        theirs = replace(theirs, event=theirs.event + 1 + own.event.max(initial=-1))
        name = region.observable.name
        parts = own.select(own[name] >= border), theirs.select(theirs[name] < border)
        filled.append(replace(sample, candidates=join_candidates(parts)))
    return filled
