"""Limits of a search whose expectation is simulated: spectra, scans, cross sections, couplings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.numerics.rng import seed_of, stream
from scotopic.searches.binning import BINS_PER_RESOLUTION, make_edges, mass_hypotheses
from scotopic.searches.search import Region, RegionSpectrum, Search, SearchResult
from scotopic.searches.signal_shape import SignalShape
from scotopic.selection.cut import CutStep
from scotopic.stats import Scan, combine, scan
from scotopic.study.data_source import FLUCTUATED, PROJECTED, source_of
from scotopic.study.luminosity import choose_luminosity
from scotopic.study.observation import Observation
from scotopic.study.provenance import count_marks
from scotopic.study.simulated_luminosity import simulated_luminosity_fb
from scotopic.study.simulation import Simulation, expected_spectra
from scotopic.study.warning_notes import cut_region, note_far_limits, note_no_limits

Floats = NDArray[np.float64]

ENOUGH_SIMULATION = 4.0  # times the luminosity: then its fluctuations are half of those of the data


@dataclass(frozen=True)
class Injection:
    """A signal added to pseudo-data: mass in GeV, cross section in fb."""

    mass: float
    cross_section_fb: float


def set_limits(
    search: Search,
    simulation: Simulation,
    *,
    observation: Observation | None = None,
    luminosity_fb: float | None = None,
    parameters: Mapping[str, float | str] | None = None,
    masses: Sequence[float] | None = None,
    injection: Injection | None = None,
    toys: int = 0,
    seed: int = 1,
    workers: int = 1,
    with_systematics: bool = True,
    projected: bool = False,
) -> SearchResult:
    """Return the result of a search whose expectation is already simulated.

    Arguments as for `run_search`; `injection` adds a signal to pseudo-data, and `with_systematics` is
    false only in studies of what a limit is made of. If `projected`, what is observed is the expectation itself.
    """
    notes = list(observation.notes) if observation else [PROJECTED if projected else FLUCTUATED]
    luminosity, said = choose_luminosity(search, luminosity_fb, observation)
    notes += said
    simulated = simulated_luminosity_fb(
        np.concatenate([sample.candidates.weights for sample in simulation.backgrounds])
    )
    if observation is None and luminosity * (1.0 if projected else ENOUGH_SIMULATION) > simulated:
        carried = "expected limits carry its fluctuations, smoothed"
        if not projected:
            carried = (
                "pseudo-data carry its fluctuations; read the median and the bands, not the observed limits"
            )
        notes.append(f"the simulated background amounts to {simulated:.3g}/fb only: the {carried}")
    parts = []
    for region in search.regions:
        chosen = None if masses is None else _in_region(search, region, masses)
        if chosen is not None and chosen.size == 0:
            continue
        parts.append(
            _scan_region(
                search,
                region,
                simulation,
                observation=observation,
                luminosity=luminosity,
                masses=chosen,
                injection=injection,
                toys=toys,
                seed=seed_of(seed, "spectrum", region.name),
                workers=workers,
                with_systematics=with_systematics,
                projected=projected,
            )
        )
    settings = {
        "parameters": dict(parameters or {}),
        "method": search.method,
        "level": search.level,
        "toys": toys,
        "seed": seed,
        "signal_events_per_mass": simulation.signal_events,
        "background_events": simulation.background_events,
        "cut_flow_of": "data" if observation else simulation.backgrounds[0].background.name,
        "source": source_of(data=observation is not None, projected=projected),
        "systematic_terms": with_systematics,
    }
    return _assemble(search, simulation, parts, observation, luminosity, notes, settings)


def _in_region(search: Search, region: Region, masses: Sequence[float]) -> Floats:
    return np.array([mass for mass in masses if search.region(mass) is region], dtype=np.float64)


@dataclass(frozen=True)
class _RegionPart:
    spectrum: RegionSpectrum
    mass: Floats
    shape: SignalShape
    flow: tuple[CutStep, ...]
    notes: tuple[str, ...]


def _scan_region(
    search: Search,
    region: Region,
    simulation: Simulation,
    *,
    observation: Observation | None,
    luminosity: float,
    masses: Floats | None,
    injection: Injection | None,
    toys: int,
    seed: int,
    workers: int,
    with_systematics: bool,
    projected: bool,
) -> _RegionPart:
    shape = simulation.shapes[region.name]
    edges = make_edges(region, shape)
    expected = expected_spectra(simulation.backgrounds, region, edges, luminosity)
    expectation = np.sum(list(expected.values()), axis=0)
    sample = observation or simulation.backgrounds[0]
    counts, flow, notes = cut_region(
        sample.candidates, region.name, region.cuts, region.observable, edges, len(search.regions) > 1
    )
    if observation is None:
        notes = []
        mean = expectation
        if injection is not None:
            efficiency = float(shape.efficiency_at(np.array(injection.mass)))
            signal = luminosity * injection.cross_section_fb * efficiency
            mean = mean + signal * shape.template(injection.mass**2, edges)
        observed = mean if projected else stream(seed, "pseudo-data").poisson(mean).astype(np.float64)
    else:
        observed = counts
    mass = mass_hypotheses(region, edges) if masses is None else masses
    orders = np.array([region.order(one) for one in mass])
    efficiency_error = shape.efficiency_error_at(mass) / shape.efficiency_at(mass)
    if with_systematics:
        efficiency_error = np.hypot(efficiency_error, search.systematic_error("efficiency"))
    scans = [
        scan(
            observed,
            edges,
            mass[orders == order] ** 2,
            shape.template,
            background_order=int(order),
            half_width=(
                round(BINS_PER_RESOLUTION * region.window[0]),
                round(BINS_PER_RESOLUTION * region.window[1]),
            ),
            level=search.level,
            method=search.method,
            toys=toys,
            seed=seed,
            efficiency_error=efficiency_error[orders == order] if with_systematics else 0.0,
            resolution_error=search.systematic_error("resolution") if with_systematics else 0.0,
            expectation=expectation,
            workers=workers,
        )
        for order in np.unique(orders)
    ]
    whole = scans[0] if len(scans) == 1 else combine(scans)
    spectrum = RegionSpectrum(region, edges, observed, expected, whole)
    return _RegionPart(spectrum, mass, shape, flow, tuple(notes))


def _assemble(
    search: Search,
    simulation: Simulation,
    parts: Sequence[_RegionPart],
    observation: Observation | None,
    luminosity: float,
    notes: list[str],
    settings: dict[str, Any],
) -> SearchResult:
    experiment = simulation.experiment
    scans = [part.spectrum.scan for part in parts]
    merged: Scan = scans[0] if len(scans) == 1 else combine(scans)
    mass = np.concatenate([part.mass for part in parts])
    efficiency = np.concatenate([part.shape.efficiency_at(part.mass) for part in parts])
    error = np.concatenate([part.shape.efficiency_error_at(part.mass) for part in parts])
    resolution2 = np.concatenate([part.shape.resolution_at(part.mass) for part in parts])
    per_event = 1.0 / (luminosity * efficiency)  # fb
    s = experiment.beams.sqrt_s**2

    def sigma(events: Floats) -> Floats:
        return events * (per_event if events.ndim == 1 else per_event[:, None])

    def coupling(cross_section: Floats) -> Floats:
        masses = mass if cross_section.ndim == 1 else mass[:, None]
        return search.coupling_of(cross_section, masses, s, **settings["parameters"])

    notes += [note for part in parts for note in part.notes]
    observed, median = sigma(merged.limit_observed), sigma(merged.limit_median)
    band68, band95 = sigma(merged.band68), sigma(merged.band95)
    if settings["source"] != "projection":
        notes += note_far_limits(mass, observed, median, band95) + note_no_limits(mass, observed, median)
    if settings["source"] != "projection" and (observed <= 0.0).any():
        notes.append(
            f"{int((observed <= 0.0).sum())} observed limits lie below zero (deep downward fluctuations); "
            "their coupling limit is empty"
        )
    return SearchResult(
        definition=search,
        search=search.name,
        experiment=experiment.name,
        luminosity_fb=luminosity,
        mass=mass,
        efficiency=efficiency,
        efficiency_error=error,
        resolution=resolution2 / (2.0 * mass),
        sigma_observed=observed,
        sigma_median=median,
        sigma_band68=band68,
        sigma_band95=band95,
        sigma_cls_observed=sigma(merged.limit_cls_observed),
        sigma_cls_median=sigma(merged.limit_cls_median),
        coupling_symbol=search.coupling_symbol,
        coupling_observed=coupling(observed),
        coupling_median=coupling(median),
        coupling_band68=coupling(band68),
        coupling_band95=coupling(band95),
        p0_local=merged.p_local,
        z_local=merged.z_local,
        p_global=merged.p_global,
        spectra=tuple(part.spectrum for part in parts),
        shapes=simulation.shapes,
        cut_flow=(
            *(observation or simulation.backgrounds[0]).cut_flow,
            *(step for part in parts for step in part.flow),
        ),
        marks=count_marks(experiment, search),
        notes=tuple(notes),
        settings=settings,
    )
