"""What a search for single photons expects: signal shapes and backgrounds of each region, from simulated events."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from scotopic.detector.experiment import Experiment
from scotopic.errors import InputError
from scotopic.events.beams import to_lab
from scotopic.events.record import Events
from scotopic.numerics.lorentz import cos_polar_angle, polar_angle
from scotopic.numerics.rng import seed_of
from scotopic.progress import track
from scotopic.searches.photon_backgrounds import LEAST_LOSS, generate_background
from scotopic.searches.photon_search import PhotonBackground, PhotonRegion, PhotonSearch, Unknown
from scotopic.searches.photon_selection import bind, make_regions
from scotopic.searches.radiation import efficiency
from scotopic.searches.response import join_candidates, select_events
from scotopic.searches.signal_recoil import recoil_residual
from scotopic.searches.signal_shape import SignalSample, SignalShape, measure_shape
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import CutStep, apply_cuts

Floats = NDArray[np.float64]

OBSERVABLE = "m2_recoil"
BINS_PER_RESOLUTION = 2
SMOOTHING = 0.8  # bins, Gaussian: a line widens by 8 %
FEWEST_SIGNAL = 100
THRESHOLD_SIGMAS = 3.0  # generated below the threshold, in resolutions of E* of 2 %


@dataclass(frozen=True)
class PhotonSample:
    """Candidates of one background behind the vetoes; weights in pb."""

    background: PhotonBackground
    candidates: Candidates
    cut_flow: tuple[CutStep, ...]


@dataclass(frozen=True)
class PhotonSimulation:
    """Shapes and samples by region."""

    search: PhotonSearch
    experiment: Experiment
    line: str
    regions: tuple[PhotonRegion, ...]
    shapes: Mapping[str, SignalShape]
    samples: Mapping[str, tuple[PhotonSample, ...]]
    signal_events: int
    background_events: int


def simulate_photons(
    search: PhotonSearch,
    experiment: Experiment,
    *,
    line: str,
    signal_events: int,
    background_events: int,
    seed: int = 1,
    workers: int = 1,
) -> PhotonSimulation:
    """Return the simulated expectation of a search with a level-1 line, which several limits may share."""
    regions = make_regions(experiment, line)
    bound = bind(search, experiment, line)
    shapes = {
        region.name: _signal(bound, region, experiment, signal_events, seed, workers)
        for region in track(regions, "signal", len(regions))
    }
    samples = simulate_backgrounds(
        bound, experiment, regions, background_events=background_events, seed=seed, workers=workers
    )
    return PhotonSimulation(
        bound, experiment, line, regions, shapes, samples, signal_events, background_events
    )


def with_signal(
    simulation: PhotonSimulation, search: PhotonSearch, *, seed: int = 1, workers: int = 1
) -> PhotonSimulation:
    """Return the same backgrounds with the signal of another search."""
    bound = bind(search, simulation.experiment, simulation.line)
    shapes = {
        region.name: _signal(bound, region, simulation.experiment, simulation.signal_events, seed, workers)
        for region in simulation.regions
    }
    return PhotonSimulation(**{**vars(simulation), "search": bound, "shapes": shapes})


def _signal(
    search: PhotonSearch, region: PhotonRegion, experiment: Experiment, n: int, seed: int, workers: int
) -> SignalShape:
    samples = []
    for mass in region.signal_masses:
        key = seed_of(seed, "signal", search.name, region.name, f"{mass:.6g}")
        made = search.generate_signal(mass, n, sqrt_s=experiment.beams.sqrt_s, seed=key)
        found, _ = select_events(
            made,
            experiment,
            partial(search.find_candidates, source="signal"),
            (*search.cuts, *region.cuts),
            seed=key,
            workers=workers,
        )
        if len(found) < FEWEST_SIGNAL:
            raise InputError(
                f"only {len(found)} of {n} simulated signal events of {mass:.4g} GeV pass the selection with "
                f"{experiment.name}; a shape needs {FEWEST_SIGNAL}: simulate more events or check the card"
            )
        tree_pb = search.tree_cross_section_pb(mass, sqrt_s=experiment.beams.sqrt_s)
        reached = efficiency(found.weights, made, tree_pb)
        residual = recoil_residual(found, made, 1)
        accepted = area_acceptance(made, experiment, region)
        samples.append(SignalSample(found[OBSERVABLE], residual, *reached, accepted))
    return measure_shape(region.signal_masses, samples)


def area_acceptance(events: Events, experiment: Experiment, region: PhotonRegion) -> float:
    """Return the share of signal events whose photon (slot 0) lies in the region's area, above its threshold."""
    photon = events.momenta[0]
    theta = polar_angle(to_lab(events, experiment.beams).momenta[0])
    sqrt_s = events.sqrt_s
    least = 0.5 * (sqrt_s - region.spectrum_high / sqrt_s)
    inside = region.area.depth(photon[0], theta, cos_polar_angle(photon)) > 0.0
    return float(np.mean(inside & (photon[0] > least)))


def simulate_backgrounds(
    search: PhotonSearch,
    experiment: Experiment,
    regions: tuple[PhotonRegion, ...],
    *,
    background_events: int,
    seed: int,
    workers: int = 1,
) -> dict[str, tuple[PhotonSample, ...]]:
    """Return all backgrounds by region, `background_events` of the leading one."""
    sqrt_s = experiment.beams.sqrt_s
    samples: dict[str, tuple[PhotonSample, ...]] = {}
    points = [(region, one) for region in regions for one in search.backgrounds]
    for region, one in track(points, "backgrounds", len(points)):
        key = seed_of(seed, "background", region.name, one.name)
        threshold = 0.5 * (sqrt_s - region.spectrum_high / sqrt_s) * (1.0 - 0.02 * THRESHOLD_SIGMAS)
        made = generate_background(
            one, region, threshold, background_events, experiment=experiment, seed=key, workers=workers
        )
        repeated = made.select(np.tile(np.arange(len(made)), one.copies))
        repeated = replace(repeated, weights=repeated.weights / one.copies)
        found, flow = select_events(
            repeated,
            experiment,
            partial(search.find_candidates, source=one.name),
            search.cuts,
            seed=key,
            workers=workers,
            lost_track_boost=one.lost_track_boost,
            least_loss=LEAST_LOSS,
        )
        samples[region.name] = (*samples.get(region.name, ()), PhotonSample(one, found, flow))
    for low, high in pairwise(regions):
        if low.area == high.area:
            samples[high.name] = _fill_low_masses(samples[high.name], samples[low.name], low.spectrum_high)
    return samples


def _fill_low_masses(
    samples: tuple[PhotonSample, ...], below: tuple[PhotonSample, ...], border: float
) -> tuple[PhotonSample, ...]:
    """Return samples whose candidates with M²_rec < `border` are those of the region below.

    Of one area both expect the same, but soft photons leave a high-mass sample few events of hard ones.
    """
    filled = []
    for sample, other in zip(samples, below, strict=True):
        own, theirs = sample.candidates, other.candidates
        theirs = replace(theirs, event=theirs.event + 1 + own.event.max(initial=-1))
        parts = own.select(own[OBSERVABLE] >= border), theirs.select(theirs[OBSERVABLE] < border)
        filled.append(replace(sample, candidates=join_candidates(parts)))
    return tuple(filled)


def make_edges(region: PhotonRegion, shape: SignalShape) -> Floats:
    """Return bin edges in M²_rec, half a resolution wide, from the region's end downwards."""
    edges = [region.spectrum_high]
    while edges[-1] > region.spectrum_low:
        x = edges[-1]
        edges.append(x - float(shape.resolution_at(np.sqrt(max(x, 0.0)))) / BINS_PER_RESOLUTION)
    return np.array(edges[::-1])


def mass_hypotheses(region: PhotonRegion, shape: SignalShape) -> Floats:
    """Return masses (GeV) from the region's lowest on, half a resolution of M² apart."""
    squares = [region.mass_low**2]
    while squares[-1] < region.mass_high**2:
        step = float(shape.resolution_at(np.sqrt(squares[-1]))) / BINS_PER_RESOLUTION
        squares.append(squares[-1] + step)
    return np.sqrt(squares[:-1])


def expected_spectra(
    samples: tuple[PhotonSample, ...], region: PhotonRegion, edges: Floats, luminosity_fb: float
) -> dict[str, Floats]:
    """Return the expected events per bin by background."""
    return {
        sample.background.name: _spectrum(sample, region, edges, luminosity_fb, None) for sample in samples
    }


def variation(
    samples: tuple[PhotonSample, ...],
    region: PhotonRegion,
    edges: Floats,
    luminosity_fb: float,
    unknown: Unknown,
) -> Floats:
    """Return the change of the expectation (B,) by one standard deviation of an unknown."""
    parts = [_spectrum(sample, region, edges, luminosity_fb, unknown) for sample in samples]
    return np.asarray(unknown.relative_error * np.sum(parts, axis=0))


def _spectrum(
    sample: PhotonSample, region: PhotonRegion, edges: Floats, luminosity_fb: float, unknown: Unknown | None
) -> Floats:
    kept, _ = apply_cuts(sample.candidates, region.cuts)
    weights = kept.weights
    if unknown is not None:
        weights = weights * unknown.count(kept, sample.background.name)
    counts, _ = np.histogram(kept[OBSERVABLE], edges, weights=weights)
    return np.asarray(1e3 * luminosity_fb * gaussian_filter1d(counts, SMOOTHING, mode="nearest"))


def reweighted(
    samples: tuple[PhotonSample, ...], unknowns: tuple[Unknown, ...], *, worst: bool
) -> tuple[PhotonSample, ...]:
    """Return the samples as they would be with every unknown at its worst, or its best."""
    changed = []
    for sample in samples:
        found = sample.candidates
        weights = found.weights.copy()
        for one in unknowns:
            weights *= (one.largest if worst else one.least) ** one.count(found, sample.background.name)
        scaled = Candidates(found.observables, found.event, weights, found.truth, found.source)
        changed.append(PhotonSample(sample.background, scaled, sample.cut_flow))
    return tuple(changed)


def composition(
    samples: tuple[PhotonSample, ...], region: PhotonRegion, luminosity_fb: float, *, cuts: int
) -> dict[str, float]:
    """Return the expected events by background behind the first so many cuts of a region."""
    found = {}
    for sample in samples:
        kept, _ = apply_cuts(sample.candidates, region.cuts[:cuts])
        found[sample.background.name] = 1e3 * luminosity_fb * float(kept.weights.sum())
    return found
