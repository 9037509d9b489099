"""Limits of a search in several channels whose expectation is simulated."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.numerics.rng import seed_of, stream
from scotopic.searches.binning import BINS_PER_RESOLUTION
from scotopic.searches.channel_search import Channel
from scotopic.searches.search import RegionSpectrum, SearchResult
from scotopic.searches.signal_shape import SignalShape
from scotopic.selection.cut import CutStep
from scotopic.stats.scan import channel_scan
from scotopic.stats.scan.channel_scan import scan_channels
from scotopic.study.channel_simulation import ChannelSimulation
from scotopic.study.data_source import FLUCTUATED, PROJECTED, source_of
from scotopic.study.limits import Injection
from scotopic.study.luminosity import choose_luminosity
from scotopic.study.observation import Observation
from scotopic.study.provenance import count_marks
from scotopic.study.simulated_luminosity import less_simulated
from scotopic.study.warning_notes import cut_region, note_far_limits, note_no_limits

Floats = NDArray[np.float64]


def set_channel_limits(
    simulation: ChannelSimulation,
    *,
    observation: Observation | None = None,
    luminosity_fb: float | None = None,
    parameters: Mapping[str, float | str] | None = None,
    masses: Sequence[float] | Floats | None = None,
    injection: Injection | None = None,
    toys: int = 0,
    seed: int = 1,
    workers: int = 1,
    with_systematics: bool = True,
    projected: bool = False,
) -> SearchResult:
    """Return the result of a search whose expectation is already simulated.

    Arguments as for `scotopic.study.limits.set_limits`. Cross sections are those of the mediator times the sum of the
    channels' branching fractions, which share it as the model says; an injected one too. The spectra of the result
    hold the scans of the channels alone.
    """
    search = simulation.search
    notes = list(observation.notes) if observation else [PROJECTED if projected else FLUCTUATED]
    luminosity, said = choose_luminosity(search, luminosity_fb, observation)
    notes += said
    if projected:
        notes += less_simulated({name: one.weights for name, one in simulation.samples.items()}, luminosity)
    mass = mass_hypotheses(simulation) if masses is None else np.asarray(masses, dtype=np.float64)
    mass = mass[~search.vetoed(mass)]
    parts = search.branching(mass)
    parts = parts / parts.sum(axis=0)
    shares = np.array(
        [
            part * _at(channel, simulation, mass, "efficiency_at")
            for channel, part in zip(search.channels, parts, strict=True)
        ]
    )
    efficiency = shares.sum(axis=0)
    spectra = [
        _spectrum(
            simulation, channel, mass, share, observation, luminosity, injection, None if projected else seed
        )
        for channel, share in zip(search.channels, shares / efficiency, strict=True)
    ]
    flow, empty = _cut_flow(simulation, observation, [one.edges for one, _ in spectra])
    notes += empty
    errors = np.array(
        [
            part * _at(channel, simulation, mass, "efficiency_error_at")
            for channel, part in zip(search.channels, parts, strict=True)
        ]
    )
    statistical = np.sqrt((errors**2).sum(axis=0))
    relative = statistical / efficiency
    if with_systematics:
        relative = np.hypot(relative, search.systematic_error("efficiency"))
    settings: dict[str, Any] = {
        "level": search.level,
        "method": search.method,
        "efficiency_error": relative if with_systematics else 0.0,
        "resolution_error": search.systematic_error("resolution") if with_systematics else 0.0,
        "seed": seed_of(seed, "toys"),
        "workers": workers,
    }
    found = scan_channels([one for one, _ in spectra], mass, toys=toys, **settings)
    alone = []
    for channel, (one, expected) in zip(search.channels, spectra, strict=True):
        open_ = np.isfinite(one.position) & (one.share > 0.0)
        if not open_.any():
            continue
        kept = one.select(open_)
        result = scan_channels([kept], mass[open_], level=search.level, method=search.method)
        alone.append(RegionSpectrum(channel.region, one.edges, one.counts, expected, result))

    per_event = 1.0 / (luminosity * efficiency)
    s = simulation.experiment.beams.sqrt_s**2
    given = dict(parameters or {})

    def sigma(events: Floats) -> Floats:
        return np.asarray(events * (per_event if events.ndim == 1 else per_event[:, None]))

    def coupling(cross_section: Floats) -> Floats:
        at = mass if cross_section.ndim == 1 else mass[:, None]
        return np.asarray(search.coupling_of(cross_section, at, s, **given))

    limits = {
        "observed": sigma(found.limit_observed),
        "median": sigma(found.limit_median),
        "band68": sigma(found.band68),
        "band95": sigma(found.band95),
    }
    if not projected:
        notes += note_far_limits(mass, limits["observed"], limits["median"], limits["band95"])
        notes += note_no_limits(mass, limits["observed"], limits["median"])
    width = sum(
        np.nan_to_num(share) * np.nan_to_num(_width(channel, simulation, mass))
        for channel, share in zip(search.channels, shares / efficiency, strict=True)
    )
    return SearchResult(
        definition=search,
        search=search.name,
        experiment=simulation.experiment.name,
        luminosity_fb=luminosity,
        mass=mass,
        efficiency=efficiency,
        efficiency_error=statistical,
        resolution=np.asarray(width),
        sigma_observed=limits["observed"],
        sigma_median=limits["median"],
        sigma_band68=limits["band68"],
        sigma_band95=limits["band95"],
        sigma_cls_observed=sigma(found.limit_cls_observed),
        sigma_cls_median=sigma(found.limit_cls_median),
        coupling_symbol=search.coupling_symbol,
        coupling_observed=coupling(limits["observed"]),
        coupling_median=coupling(limits["median"]),
        coupling_band68=coupling(limits["band68"]),
        coupling_band95=coupling(limits["band95"]),
        p0_local=found.p_local,
        z_local=found.z_local,
        p_global=found.p_global,
        spectra=tuple(alone),
        shapes=simulation.shapes,
        cut_flow=flow,
        marks=count_marks(simulation.experiment, search),
        notes=tuple(notes),
        settings={
            "parameters": given,
            "method": search.method,
            "level": search.level,
            "toys": toys,
            "seed": seed,
            "signal_events_per_mass": simulation.signal_events,
            "background_events": simulation.background_events,
            "cut_flow_of": "data" if observation else search.backgrounds[0].name,
            "source": source_of(data=observation is not None, projected=projected),
            "systematic_terms": with_systematics,
        },
    )


def _cut_flow(
    simulation: ChannelSimulation, observation: Observation | None, edges: Sequence[Floats]
) -> tuple[tuple[CutStep, ...], list[str]]:
    """Return the cut flow of data, or of the leading background, through all channels, and notes on data cut away."""
    leading = simulation.search.backgrounds[0].name
    flow = observation.cut_flow if observation else simulation.cut_flows[leading]
    sample = observation.candidates if observation else simulation.samples[leading]
    notes: list[str] = []
    for channel, bins in zip(simulation.search.channels, edges, strict=True):
        region = channel.region
        _, steps, empty = cut_region(sample, region.name, region.cuts, region.observable, bins, True)
        flow += steps
        notes += empty if observation else []
    return flow, notes


def mass_hypotheses(simulation: ChannelSimulation) -> Floats:
    """Return the masses (GeV) that are tested: steps of half the best resolution of any channel, vetoes left out."""
    search = simulation.search
    low, high = search.mass_range
    grid = np.geomspace(low, high, 4000)
    best = np.nanmin([_width(channel, simulation, grid) for channel in search.channels], axis=0)
    density = BINS_PER_RESOLUTION / best
    number = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(grid))])
    mass = np.interp(np.arange(int(number[-1]) + 1), number, grid)
    return mass[~search.vetoed(mass)]


def make_channel_edges(channel: Channel, shape: SignalShape) -> Floats:
    """Return bin edges in the reduced mass (GeV), half a resolution wide."""
    edges = [channel.region.spectrum_low]
    while edges[-1] < channel.region.spectrum_high:
        edges.append(edges[-1] + float(shape.resolution_at(np.array(edges[-1]))) / BINS_PER_RESOLUTION)
    return np.array(edges[:-1])


def _at(channel: Channel, simulation: ChannelSimulation, mass: Floats, what: str) -> Floats:
    """Return a value of the channel's shape at masses; zero where it is closed."""
    reduced = channel.reduced(mass)
    values = getattr(simulation.shapes[channel.name], what)(np.nan_to_num(reduced))
    return np.where(np.isfinite(reduced), values, 0.0)


def _width(channel: Channel, simulation: ChannelSimulation, mass: Floats) -> Floats:
    """Return the resolution of the mass, GeV: dm = (r/m) dr; NaN where the channel is closed."""
    reduced = channel.reduced(mass)
    return np.asarray(simulation.shapes[channel.name].resolution_at(reduced) * reduced / mass)


def _spectrum(
    simulation: ChannelSimulation,
    channel: Channel,
    mass: Floats,
    share: Floats,
    observation: Observation | None,
    luminosity: float,
    injection: Injection | None,
    seed: int | None,
) -> tuple[channel_scan.Channel, dict[str, Floats]]:
    """Return a channel as the scan takes it, and its expectation by background."""
    search, shape, region = simulation.search, simulation.shapes[channel.name], channel.region
    edges = make_channel_edges(channel, shape)
    expected = simulation.expected(channel, edges, luminosity)
    expectation = np.sum(list(expected.values()), axis=0) if expected else np.zeros(len(edges) - 1)
    if observation is not None:
        counts, _, _ = cut_region(
            observation.candidates, region.name, region.cuts, region.observable, edges, True
        )
    elif seed is None:
        counts = expectation
    else:
        signal = _injected(simulation, channel, injection, edges, luminosity)
        rng = stream(seed_of(seed, "spectrum", channel.name), "pseudo-data")
        counts = rng.poisson(expectation + signal).astype(np.float64)
    half = tuple(round(BINS_PER_RESOLUTION * reach) for reach in region.window)
    middle = channel.mass(0.5 * (edges[1:] + edges[:-1]))
    one = channel_scan.Channel(
        counts,
        expectation,
        edges,
        channel.reduced(mass),
        share,
        shape.template,
        np.array([region.order(float(one)) for one in np.maximum(mass, region.mass_low)]),
        (half[0], half[1]),
        search.vetoed(middle),
    )
    return one, expected


def _injected(
    simulation: ChannelSimulation,
    channel: Channel,
    injection: Injection | None,
    edges: Floats,
    luminosity: float,
) -> Floats:
    if injection is None:
        return np.zeros(len(edges) - 1)
    at = np.array([injection.mass])
    search = simulation.search
    parts = search.branching(at)[:, 0]
    part = parts[search.channels.index(channel)] / parts.sum()
    efficiency = float(_at(channel, simulation, at, "efficiency_at")[0])
    events = luminosity * injection.cross_section_fb * part * efficiency
    place = channel.reduced(at)[0]
    return (
        events * simulation.shapes[channel.name].template(float(place), edges)
        if events
        else np.zeros(len(edges) - 1)
    )
