"""Run a search for single photons: from pseudo-data or a file to limits on the cross section and on the coupling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scotopic.detector.card import load_experiment
from scotopic.detector.experiment import Experiment
from scotopic.errors import InputError
from scotopic.numerics.rng import seed_of, stream
from scotopic.searches import get_photon_search
from scotopic.searches.acceptance import Fiducial
from scotopic.searches.binning import check_masses
from scotopic.searches.photon_search import PhotonRegion, PhotonResult, PhotonSearch
from scotopic.searches.photon_selection import LINES, add_depths, bind, line_of, make_regions, mass_reach
from scotopic.searches.search import Region, RegionSpectrum, mass_resolution
from scotopic.searches.signal_shape import SignalShape
from scotopic.selection.cut import CutStep
from scotopic.stats import Scan, combine
from scotopic.stats.scan.template_scan import median_limits, template_scan
from scotopic.study.data_source import FLUCTUATED, PROJECTED, source_of
from scotopic.study.luminosity import choose_luminosity
from scotopic.study.observation import Observation, observe
from scotopic.study.photon_simulation import (
    OBSERVABLE,
    PhotonSample,
    PhotonSimulation,
    composition,
    expected_spectra,
    make_edges,
    mass_hypotheses,
    reweighted,
    simulate_photons,
    variation,
)
from scotopic.study.provenance import count_marks
from scotopic.study.settings import check_settings
from scotopic.study.simulated_luminosity import less_simulated
from scotopic.study.warning_notes import cut_region, note_far_limits, note_no_limits

Floats = NDArray[np.float64]

SIGNAL_EVENTS = 20_000  # per simulated mass
BACKGROUND_EVENTS = 20_000  # of the leading backgrounds, in each region
LITERATURE_CUTS = 2  # of a region; what comes behind is ours


def run_photon_search(
    name: str | PhotonSearch,
    *,
    data: Path | None = None,
    experiment: str = "belle2-phase3",
    luminosity_fb: float | None = None,
    model: str | None = None,
    parameters: Mapping[str, float | str] | None = None,
    masses: Sequence[float] | None = None,
    toys: int = 1000,
    frame: Literal["auto", "cm", "lab"] = "auto",
    mapping: Path | None = None,
    signal_events: int = SIGNAL_EVENTS,
    background_events: int = BACKGROUND_EVENTS,
    seed: int = 1,
    workers: int = 1,
) -> PhotonResult:
    """Run a search for single photons and return its result; arguments as for `scotopic.study.run.run_search`.

    `parameters` are ``line``, the level-1 line (`scotopic.searches.photon_selection.LINES`, the first by default), and
    ``invisible``, the mediator's branching fraction (1 by default).
    """
    search = name if isinstance(name, PhotonSearch) else get_photon_search(name)
    check_settings(
        search, luminosities_fb=(luminosity_fb,), model=model, parameters={}, masses=None, toys=toys
    )
    card = load_experiment(experiment)
    line, invisible = check_photon_settings(search, card, parameters or {}, masses)
    seen = None
    if data is not None:
        key = seed_of(seed, "data")
        bound = bind(search, card, line)
        seen = observe(data, bound, card, frame=frame, mapping=mapping, seed=key, workers=workers)
    simulation = simulate_photons(
        search,
        card,
        line=line,
        signal_events=signal_events,
        background_events=background_events,
        seed=seed,
        workers=workers,
    )
    return set_photon_limits(
        simulation,
        observation=seen,
        luminosity_fb=luminosity_fb,
        invisible=invisible,
        masses=masses,
        toys=toys,
        seed=seed,
    )


def check_photon_settings(
    search: PhotonSearch,
    card: Experiment,
    parameters: Mapping[str, float | str],
    masses: Sequence[float] | None,
) -> tuple[str, float]:
    """Return line and invisible branching fraction of parameters, or refuse them, and masses out of reach."""
    given = dict(parameters)
    line, invisible = given.pop("line", LINES[0]), given.pop("invisible", 1.0)
    if given:
        raise InputError(
            f"{search.name}: {', '.join(given)} cannot be set; there are line ({', '.join(LINES)}) and invisible"
        )
    if not isinstance(line, str) or line not in LINES:
        raise InputError(f"{search.name}: line = {line}, expected one of {', '.join(LINES)}")
    if isinstance(invisible, str):
        raise InputError(f"{search.name}: invisible = {invisible!r}, expected a number")
    search.coupling_of(np.ones(1), np.ones(1), 100.0, invisible=invisible)
    regions = make_regions(card, line)
    if masses is not None:
        check_masses(np.asarray(masses, dtype=np.float64), regions[0].mass_low, regions[-1].mass_high)
    return line, float(invisible)


def set_photon_limits(
    simulation: PhotonSimulation,
    *,
    observation: Observation | None = None,
    luminosity_fb: float | None = None,
    invisible: float = 1.0,
    masses: Sequence[float] | None = None,
    toys: int = 0,
    seed: int = 1,
    injection: tuple[float, float] | None = None,
    projected: bool = False,
) -> PhotonResult:
    """Return the result of a search whose expectation is already simulated.

    `injection` adds a signal of a mass (GeV) and a cross section (fb) to pseudo-data. If `projected`, what is observed
    is the expectation itself.
    """
    search = simulation.search
    notes = list(observation.notes) if observation else [PROJECTED if projected else FLUCTUATED]
    luminosity, said = choose_luminosity(search, luminosity_fb, observation)
    notes += said
    if observation is not None and "hole_distance" not in observation.candidates.observables:
        notes.append("the data lack hole_distance: the cut on holes back to back is left out of them")
    if projected:
        notes += less_simulated(_weights(simulation), luminosity)
    parts = []
    for region in simulation.regions:
        wanted = None if masses is None else np.array([m for m in masses if _tests(simulation, region, m)])
        if wanted is not None and wanted.size == 0:
            continue
        key = seed_of(seed, "spectrum", region.name)
        parts.append(
            _scan_region(simulation, region, observation, luminosity, wanted, toys, key, injection, projected)
        )
    source = source_of(data=observation is not None, projected=projected)
    return _assemble(simulation, parts, observation, luminosity, invisible, notes, source, toys, seed)


def _weights(simulation: PhotonSimulation) -> dict[str, Floats]:
    return {
        f"{sample.background.name} ({region})": sample.candidates.weights
        for region, samples in simulation.samples.items()
        for sample in samples
    }


def _tests(simulation: PhotonSimulation, region: PhotonRegion, mass: float) -> bool:
    last = region is simulation.regions[-1]
    return region.mass_low <= mass and (mass < region.mass_high or (last and mass == region.mass_high))


@dataclass(frozen=True)
class _Part:
    spectrum: RegionSpectrum
    mass: Floats
    shape: SignalShape
    band: Floats
    flow: tuple[CutStep, ...]
    notes: tuple[str, ...]


def _scan_region(
    simulation: PhotonSimulation,
    region: PhotonRegion,
    observation: Observation | None,
    luminosity: float,
    masses: Floats | None,
    toys: int,
    seed: int,
    injection: tuple[float, float] | None,
    projected: bool,
) -> _Part:
    search, shape = simulation.search, simulation.shapes[region.name]
    samples = simulation.samples[region.name]
    edges = make_edges(region, shape)
    expected = expected_spectra(samples, region, edges, luminosity)
    background = np.sum(list(expected.values()), axis=0)
    variations = _variations(simulation, samples, region, edges, luminosity)
    sample = add_depths((observation or samples[0]).candidates)
    counts, flow, notes = cut_region(sample, region.name, region.cuts, OBSERVABLE, edges, True)
    if observation is None:
        notes = []
        mean = background
        if injection is not None:
            size = luminosity * injection[1] * float(shape.efficiency_at(np.array(injection[0])))
            mean = background + size * shape.template(injection[0] ** 2, edges)
        observed = mean if projected else stream(seed, "pseudo-data").poisson(mean).astype(np.float64)
    else:
        observed = counts
    mass = mass_hypotheses(region, shape) if masses is None else masses
    templates = np.array([np.maximum(shape.template(one**2, edges), 0.0) for one in mass])
    error = np.hypot(
        shape.efficiency_error_at(mass) / shape.efficiency_at(mass), search.systematic_error("efficiency")
    )
    scan = template_scan(
        observed,
        mass,
        templates,
        background,
        variations,
        efficiency_error=error,
        level=search.level,
        toys=toys,
        seed=seed,
    )
    ends = []
    for worst in (False, True):
        changed = reweighted(samples, search.unknowns, worst=worst)
        scaled = np.sum(list(expected_spectra(changed, region, edges, luminosity).values()), axis=0)
        moved = _variations(simulation, changed, region, edges, luminosity)
        ends.append(median_limits(templates, scaled, moved, efficiency_error=error, level=search.level))
    known = Region(
        region.name,
        region.mass_low,
        region.mass_high,
        OBSERVABLE,
        region.cuts,
        (),
        (0.0, 0.0),
        region.spectrum_low,
        region.spectrum_high,
        Fiducial(()),
    )
    spectrum = RegionSpectrum(known, edges, observed, expected, scan)
    return _Part(spectrum, mass, shape, np.stack(ends, axis=1), flow, tuple(notes))


def _variations(
    simulation: PhotonSimulation,
    samples: tuple[PhotonSample, ...],
    region: PhotonRegion,
    edges: Floats,
    luminosity: float,
) -> Floats:
    changes = [variation(samples, region, edges, luminosity, one) for one in simulation.search.unknowns]
    return np.reshape(changes, (len(changes), len(edges) - 1))


def _assemble(
    simulation: PhotonSimulation,
    parts: list[_Part],
    observation: Observation | None,
    luminosity: float,
    invisible: float,
    notes: list[str],
    source: str,
    toys: int,
    seed: int,
) -> PhotonResult:
    search, experiment = simulation.search, simulation.experiment
    scans = [part.spectrum.scan for part in parts]
    whole: Scan = scans[0] if len(scans) == 1 else combine(scans)
    mass = np.concatenate([part.mass for part in parts])
    at = [(part.shape, part.mass) for part in parts]
    efficiency = np.concatenate([shape.efficiency_at(m) for shape, m in at])
    error = np.concatenate([shape.efficiency_error_at(m) for shape, m in at])
    resolution2 = np.concatenate([shape.resolution_at(m) for shape, m in at])
    acceptance = np.concatenate([np.interp(m, shape.mass, shape.acceptance) for shape, m in at])
    per_event = 1.0 / (luminosity * efficiency)  # fb
    sqrt_s = experiment.beams.sqrt_s

    def sigma(events: Floats) -> Floats:
        return events * (per_event if events.ndim == 1 else per_event[:, None])

    def coupling(cross_section: Floats) -> Floats:
        masses = mass if cross_section.ndim == 1 else mass[:, None]
        return search.coupling_of(cross_section, masses, sqrt_s**2, invisible=invisible)

    few = int(np.count_nonzero(whole.invalid_asymptotics))
    if few:
        notes.append(
            f"{few} of {len(mass)} masses have fewer than 25 events: asymptotic limits are some 10 % low"
        )
    lines = [name for name in LINES if getattr(experiment.trigger, name) is not None]
    band = np.concatenate([part.band for part in parts])
    values = {
        "observed": sigma(whole.limit_observed),
        "median": sigma(whole.limit_median),
        "band68": sigma(whole.band68),
        "band95": sigma(whole.band95),
    }
    notes += [note for part in parts for note in part.notes]
    if source != "projection":
        notes += note_far_limits(mass, values["observed"], values["median"], values["band95"])
        notes += note_no_limits(mass, values["observed"], values["median"])
    return PhotonResult(
        definition=search,
        search=search.name,
        experiment=experiment.name,
        luminosity_fb=luminosity,
        mass=mass,
        efficiency=efficiency,
        efficiency_error=error,
        resolution=mass_resolution(mass, resolution2),
        **{f"sigma_{name}": value for name, value in values.items()},
        sigma_cls_observed=sigma(whole.limit_cls_observed),
        sigma_cls_median=sigma(whole.limit_cls_median),
        coupling_symbol=search.coupling_symbol,
        **{f"coupling_{name}": coupling(value) for name, value in values.items()},
        p0_local=whole.p_local,
        z_local=whole.z_local,
        p_global=whole.p_global,
        spectra=tuple(part.spectrum for part in parts),
        shapes=simulation.shapes,
        cut_flow=(
            *(observation or simulation.samples["low"][0]).cut_flow,
            *(step for part in parts for step in part.flow),
        ),
        marks=count_marks(experiment, search, simulation.regions),
        notes=tuple(notes),
        settings={
            "parameters": {"line": simulation.line, "invisible": invisible},
            "method": "cls",
            "level": search.level,
            "toys": toys,
            "seed": seed,
            "signal_events_per_mass": simulation.signal_events,
            "background_events": simulation.background_events,
            "source": source,
            "cut_flow_of": "data" if observation else simulation.samples["low"][0].background.name,
            "unknowns": {one.name: one.relative_error for one in search.unknowns},
        },
        acceptance=acceptance,
        sigma_unknowns=sigma(band),
        coupling_unknowns=coupling(sigma(band)),
        composition={
            region.name: composition(
                simulation.samples[region.name], region, luminosity, cuts=LITERATURE_CUTS
            )
            for region in simulation.regions
        },
        reach={name: mass_reach(sqrt_s, line_of(experiment, name).threshold_cm_GeV) for name in lines},
    )
