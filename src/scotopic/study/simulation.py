"""What a search expects: signal shapes and background spectra, from simulated events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from scotopic.detector.experiment import Experiment
from scotopic.errors import InputError
from scotopic.numerics.rng import seed_of
from scotopic.progress import track
from scotopic.searches.acceptance import acceptance
from scotopic.searches.binning import BINS_PER_RESOLUTION
from scotopic.searches.radiation import efficiency
from scotopic.searches.response import select_events
from scotopic.searches.search import Background, Region, Search
from scotopic.searches.signal_recoil import recoil_residual
from scotopic.searches.signal_shape import SignalSample, SignalShape, measure_shape
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import CutStep, apply_cuts

Floats = NDArray[np.float64]

SMOOTHING = 1.5 * BINS_PER_RESOLUTION  # bins, Gaussian


@dataclass(frozen=True)
class BackgroundSample:
    """Candidates of one background behind the common cuts; weights in pb."""

    background: Background
    candidates: Candidates
    cut_flow: tuple[CutStep, ...]


@dataclass(frozen=True)
class Simulation:
    """What a search expects with one experiment: signal shapes by region and background samples."""

    experiment: Experiment
    shapes: Mapping[str, SignalShape]
    backgrounds: tuple[BackgroundSample, ...]
    signal_events: int
    background_events: int


def simulate_search(
    search: Search,
    experiment: Experiment,
    *,
    signal_events: int,
    background_events: int,
    seed: int = 1,
    workers: int = 1,
) -> Simulation:
    """Return the simulated expectation of a search, which several limits may share."""
    return Simulation(
        experiment,
        simulate_signal(search, experiment, signal_events, seed=seed, workers=workers),
        simulate_backgrounds(search, experiment, background_events, seed=seed, workers=workers),
        signal_events,
        background_events,
    )


def simulate_signal(
    search: Search, experiment: Experiment, n: int, *, seed: int, workers: int = 1
) -> dict[str, SignalShape]:
    """Return the signal shape of each region from n events per simulated mass."""
    sqrt_s = experiment.beams.sqrt_s
    points = [(region, mass) for region in search.regions for mass in search.signal_masses[region.name]]
    samples: dict[str, list[SignalSample]] = {region.name: [] for region in search.regions}
    for region, mass in track(points, "signal", len(points)):
        key = seed_of(seed, "signal", f"{mass:g}")
        made = search.generate_signal(mass, n, sqrt_s=sqrt_s, seed=key)
        found, _ = select_events(
            made,
            experiment,
            partial(search.find_candidates, signal=True, source="signal"),
            (*search.cuts, *region.cuts),
            seed=key,
            workers=workers,
        )
        true = found.select(np.ones(len(found), bool) if found.truth is None else found.truth)
        if len(true) < 100:
            raise InputError(
                f"only {len(true)} of {n} simulated signal events of {mass:g} GeV pass the selection with "
                f"{experiment.name}; a shape needs 100: simulate more events or check the card"
            )
        reached = efficiency(true.weights, made, search.tree_cross_section_pb(mass, sqrt_s=sqrt_s))
        accepted = acceptance(made, experiment.beams, region.fiducial)
        x = true[region.observable]
        recoils = region.observable == "m2_recoil"
        residual = recoil_residual(true, made, 1) if recoils else x - mass**2
        samples[region.name].append(SignalSample(x, residual, *reached, accepted))
    return {
        region.name: measure_shape(search.signal_masses[region.name], samples[region.name])
        for region in search.regions
    }


def simulate_backgrounds(
    search: Search,
    experiment: Experiment,
    n: int,
    *,
    seed: int,
    workers: int = 1,
) -> tuple[BackgroundSample, ...]:
    """Return all backgrounds of a search, n events of the leading ones."""
    samples = []
    for background in track(search.backgrounds, "backgrounds", len(search.backgrounds)):
        key = seed_of(seed, "background", background.name)
        events = search.generate_background(
            background,
            max(1, round(background.share * n)),
            sqrt_s=experiment.beams.sqrt_s,
            seed=key,
            workers=workers,
        )
        found, flow = select_events(
            events,
            experiment,
            partial(search.find_candidates, source=background.name),
            search.cuts,
            seed=key,
            workers=workers,
            lost_track_boost=background.lost_track_boost,
        )
        samples.append(BackgroundSample(background, found, flow))
    return tuple(samples)


def expected_spectra(
    samples: Sequence[BackgroundSample], region: Region, edges: Floats, luminosity_fb: float
) -> dict[str, Floats]:
    """Return the expected candidates per bin of a region by background.

    Continuous backgrounds are smoothed by a Gaussian of one and a half resolutions, peaks are not.
    """
    spectra = {}
    for sample in samples:
        kept, _ = apply_cuts(sample.candidates, region.cuts)
        counts, _ = np.histogram(kept[region.observable], edges, weights=kept.weights)
        if not sample.background.mass:
            counts = gaussian_filter1d(counts, SMOOTHING, mode="nearest")
        spectra[sample.background.name] = 1e3 * luminosity_fb * counts
    return spectra


def without(samples: Sequence[BackgroundSample], *names: str) -> tuple[BackgroundSample, ...]:
    """Return the samples of all backgrounds but the named ones."""
    return tuple(sample for sample in samples if sample.background.name not in names)
