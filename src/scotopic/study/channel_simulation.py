"""What a search in several channels expects: signal shapes, and smooth background spectra from weighted events."""

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
from scotopic.searches.channel_search import Channel, ChannelSearch
from scotopic.searches.radiation import efficiency
from scotopic.searches.response import select_events
from scotopic.searches.signal_recoil import radiated_less
from scotopic.searches.signal_shape import SignalSample, SignalShape, measure_shape
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import CutStep, apply_cuts
from scotopic.stats.fit.log_spline import LogSpline, fit_log_spline

Floats = NDArray[np.float64]

FEWEST_SIGNAL = 100
SOFTEST = 0.01  # GeV, added to the reduced mass where its logarithm is taken


@dataclass(frozen=True)
class ChannelSimulation:
    """The expectation of a search with one experiment.

    Attributes
    ----------
    shapes : mapping of channel to SignalShape
        In the reduced mass, GeV.
    samples : mapping of background to Candidates
        Behind the common cuts; weights in pb.
    splines : mapping of channel to mapping of background to LogSpline
        Smoothed spectra, pb per unit of `spectrum_variable`.
    """

    search: ChannelSearch
    experiment: Experiment
    shapes: Mapping[str, SignalShape]
    samples: Mapping[str, Candidates]
    splines: Mapping[str, Mapping[str, LogSpline]]
    cut_flows: Mapping[str, tuple[CutStep, ...]]
    signal_events: int
    background_events: int

    def expected(self, channel: Channel, edges: Floats, luminosity_fb: float) -> dict[str, Floats]:
        """Return the expected events by background in bins of the reduced mass: density in the middle times width."""
        sqrt_s = self.experiment.beams.sqrt_s
        u = spectrum_variable(edges, sqrt_s)
        middle = spectrum_variable(0.5 * (edges[1:] + edges[:-1]), sqrt_s)
        return {
            name: 1e3 * luminosity_fb * spline.density(middle) * np.diff(u)
            for name, spline in self.splines[channel.name].items()
        }


def spectrum_variable(reduced: Floats, sqrt_s: float) -> Floats:
    """Return ln[(r + 0.01 GeV)/(√s − r)] of the reduced mass r, in which spectra bend little."""
    return np.asarray(np.log((reduced + SOFTEST) / (sqrt_s - reduced)))


def simulate_channels(
    search: ChannelSearch,
    experiment: Experiment,
    *,
    signal_events: int,
    background_events: int,
    seed: int = 1,
    workers: int = 1,
) -> ChannelSimulation:
    """Return the simulated expectation of a search, which several limits may share."""
    find = partial(search.find_candidates, experiment=experiment)
    shapes = {
        channel.name: _simulate_signal(search, channel, experiment, signal_events, seed=seed, workers=workers)
        for channel in search.channels
    }
    samples, flows = {}, {}
    for background in track(search.backgrounds, "backgrounds", len(search.backgrounds)):
        key = seed_of(seed, "background", background.name)
        number = max(round(background.share * background_events), 1)
        made = background.generate(number, experiment=experiment, seed=key, workers=workers)
        samples[background.name], flows[background.name] = select_events(
            made, experiment, partial(find, source=background.name), search.cuts, seed=key, workers=workers
        )
    splines = {
        channel.name: {
            name: spline
            for name, sample in samples.items()
            if (spline := smooth_spectrum(sample, channel, experiment, search.steps[name])) is not None
        }
        for channel in search.channels
    }
    return ChannelSimulation(
        search, experiment, shapes, samples, splines, flows, signal_events, background_events
    )


def smooth_spectrum(
    sample: Candidates, channel: Channel, experiment: Experiment, step: float
) -> LogSpline | None:
    """Return the smooth spectrum of a background in a channel; None where none of its events passes."""
    kept, _ = apply_cuts(sample, channel.region.cuts)
    reduced = kept[channel.region.observable]
    inside = (reduced > channel.region.spectrum_low) & (reduced < channel.region.spectrum_high)
    low, high = spectrum_variable(
        np.array([channel.region.spectrum_low, channel.region.spectrum_high]), experiment.beams.sqrt_s
    )
    u = spectrum_variable(reduced[inside], experiment.beams.sqrt_s)
    return fit_log_spline(u, kept.weights[inside], float(low), float(high), step)


def _simulate_signal(
    search: ChannelSearch, channel: Channel, experiment: Experiment, n: int, *, seed: int, workers: int
) -> SignalShape:
    """Return the shape of one channel in the reduced mass, from n events per simulated mass."""
    samples, sqrt_s = [], experiment.beams.sqrt_s
    find = partial(search.find_candidates, experiment=experiment, source="signal")
    for mass in track(channel.signal_masses, f"signal {channel.label}", len(channel.signal_masses)):
        key = seed_of(seed, "signal", channel.name, f"{mass:g}")
        made = search.generate_signal(mass, n, decay=channel.decay, sqrt_s=sqrt_s, seed=key)
        found, _ = select_events(
            made, experiment, find, (*search.cuts, *channel.region.cuts), seed=key, workers=workers
        )
        if len(found) < FEWEST_SIGNAL:
            raise InputError(
                f"only {len(found)} of {n} simulated signal events of {mass:g} GeV pass the selection with "
                f"{experiment.name}, channel {channel.name}; a shape needs {FEWEST_SIGNAL}: simulate more events or "
                "check the card"
            )
        inside = acceptance(made, experiment.beams, channel.region.fiducial)
        tree_pb = search.tree_cross_section_pb(mass, decay=channel.decay, sqrt_s=sqrt_s)
        reached = efficiency(found.weights, made, tree_pb)
        x, place = found[channel.region.observable], np.sqrt(mass**2 - 4.0 * channel.lepton_mass**2)
        # what radiation moves in the fit to the beams cannot be told event by event
        residual = (x - place)[radiated_less(found, made, 3)]
        samples.append(SignalSample(x, residual, *reached, inside))
    reduced = np.sqrt(np.array(channel.signal_masses) ** 2 - 4.0 * channel.lepton_mass**2)
    return measure_shape(list(reduced), samples, power=1.0)
