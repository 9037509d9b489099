"""Run a search in a plane of two masses: limits, couplings, p-values, from pseudo-data or a file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from scotopic.detector.card import load_experiment
from scotopic.numerics.rng import seed_of, stream
from scotopic.searches import get_plane_search
from scotopic.searches.plane_search import AXES, PlaneResult, PlaneSearch
from scotopic.selection.candidates import Candidates
from scotopic.stats import Plane, plane_scan
from scotopic.stats.plane.plane_windows import Windows2D
from scotopic.study.background_scales import background_scales, without_variances
from scotopic.study.data_source import FLUCTUATED, source_of
from scotopic.study.luminosity import choose_luminosity
from scotopic.study.observation import observe
from scotopic.study.plane_simulation import (
    PlaneSimulation,
    best_cuts,
    cuts_at,
    efficiencies,
    passes_final,
    simulate_plane,
    smooth_background,
)
from scotopic.study.provenance import count_marks
from scotopic.study.settings import check_settings
from scotopic.study.simulated_luminosity import resolved_luminosity_fb, simulation_notes
from scotopic.study.warning_notes import note_far_limits

Floats = NDArray[np.float64]

SIGNAL_EVENTS = 6_000  # per simulated pair of masses
BACKGROUND_EVENTS = 100_000  # of τ pairs; of others by their share


def run_plane_search(
    name: str | PlaneSearch,
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
) -> PlaneResult:
    """Run a search in a plane and return its result; arguments as for `scotopic.study.run.run_search`.

    `masses` are those of the pair (GeV); at each, all recoil masses are tested.
    """
    search = name if isinstance(name, PlaneSearch) else get_plane_search(name)
    check_settings(
        search,
        luminosities_fb=(luminosity_fb,),
        model=model,
        parameters=parameters or {},
        masses=masses,
        toys=toys,
    )
    card = load_experiment(experiment)
    notes = [FLUCTUATED]
    seen = None
    if data is not None:
        key = seed_of(seed, "data")
        seen = observe(data, search, card, frame=frame, mapping=mapping, seed=key, workers=workers)
        notes = list(seen.notes)
    luminosity, said = choose_luminosity(search, luminosity_fb, seen)
    notes += said
    simulation = simulate_plane(
        search,
        card,
        signal_events=signal_events,
        background_events=background_events,
        seed=seed,
        workers=workers,
    )
    return set_plane_limits(
        simulation,
        data=None if seen is None else seen.candidates,
        luminosity_fb=luminosity,
        masses=None if masses is None else np.asarray(masses, dtype=np.float64),
        toys=toys,
        seed=seed,
        workers=workers,
        notes=tuple(notes),
        control_counts=None if seen is None else seen.control_counts,
    )


def set_plane_limits(
    simulation: PlaneSimulation,
    *,
    data: Candidates | None,
    luminosity_fb: float,
    masses: Floats | None = None,
    toys: int = 0,
    seed: int = 1,
    workers: int = 1,
    notes: tuple[str, ...],
    control_counts: Mapping[str, int] | None = None,
    controls_fb: float | None = None,
) -> PlaneResult:
    """Return the result: of `data` behind the common cuts, or of pseudo-data drawn from the expectation.

    With data, backgrounds are scaled as in `scotopic.study.counting_limits.set_counting_limits`.

    With `controls_fb` it is a projection, with control samples of that luminosity: no events are drawn, and the limit
    called observed is the median one. The statistical error of the simulation, which a larger sample would not have, is
    none of the background, and cuts are not optimised beyond what is simulated.
    """
    search = simulation.search
    projected = controls_fb is not None
    resolved = resolved_luminosity_fb(simulation.backgrounds) if projected else np.inf
    cuts = best_cuts(simulation, min(luminosity_fb, resolved))
    scales = background_scales(
        without_variances(simulation.controls) if projected else simulation.controls,
        simulation.backgrounds,
        data=data,
        counts=control_counts,
        luminosity_fb=luminosity_fb if controls_fb is None else controls_fb,
    )
    smoothed = {name: smooth_background(simulation, cuts, name) for name in simulation.backgrounds}
    unscaled = {name: luminosity_fb * values for name, (values, _) in smoothed.items()}
    bins = scales.apply(unscaled)
    background = np.sum(list(bins.values()), axis=0)
    simulated = [luminosity_fb * scales.factors[name] * one for name, (_, one) in smoothed.items()]
    variance = np.sum(np.square(simulated), axis=0)
    error = np.sqrt(
        (0.0 if projected else variance)
        + scales.error(unscaled) ** 2
        + (search.systematic_error("background") * background) ** 2
        + np.sum([(search.systematic_error(name) * one) ** 2 for name, one in bins.items()], axis=0)
    )
    error = np.where(background > 0.0, error, 0.0)
    if projected:
        events = np.empty((0, 2))
    elif data is None:
        events = _pseudo_data(simulation.edges, background, stream(seed, "events"))
    else:
        kept = data.select(passes_final(simulation, cuts, data))
        events = np.stack([kept[name] for name in AXES], axis=1)
    centres = _centres(simulation, masses)
    half = search.window_sigmas * simulation.resolutions(*centres.T)
    turned = simulation.correlations(*centres.T)
    windows = Windows2D.build(simulation.edges, centres, half, turned, snap=False)
    known, known_error = efficiencies(simulation, cuts)
    efficiency = np.maximum(simulation.interpolate(known, *centres.T), 1e-9)
    statistical = simulation.interpolate(known_error, *centres.T)
    efficiency_error = np.hypot(statistical, search.systematic_error("efficiency") * efficiency)
    settings: dict[str, Any] = {"toys": toys, "seed": seed}
    plane = plane_scan(
        events,
        simulation.edges,
        background,
        centres,
        half,
        correlation=turned,
        background_error=error,
        efficiency=efficiency,
        efficiency_error=efficiency_error,
        luminosity=luminosity_fb,
        luminosity_error=search.systematic_error("luminosity") * luminosity_fb,
        level=search.level,
        workers=workers,
        **settings,
    )
    if projected:
        plane = _of_expectation(plane)
        spread = windows.integrate(simulation.edges, np.sqrt(variance))
        notes += tuple(simulation_notes(simulation.backgrounds, luminosity_fb, plane.background, spread))
    mass = np.stack([centres[:, 0], np.sqrt(centres[:, 1])], axis=1)
    if data is not None:
        notes += tuple(note_far_limits(mass, plane.limit_observed, plane.limit_median, plane.band95))
    return PlaneResult(
        definition=search,
        search=search.name,
        experiment=simulation.experiment.name,
        luminosity_fb=luminosity_fb,
        mass=mass,
        half_width=half,
        correlation=turned,
        cuts=cuts_at(simulation, cuts, *centres.T),
        acceptance=simulation.interpolate(
            np.array([[point.acceptance for point in row] for row in simulation.signal]), *centres.T
        ),
        efficiency=efficiency,
        efficiency_error=statistical,
        plane=plane,
        per_coupling_fb=search.cross_section_fb(*mass.T, s=simulation.energy**2),
        events=events,
        expected={name: windows.integrate(simulation.edges, values) for name, values in bins.items()},
        coupling_symbol=search.coupling_symbol,
        composition={
            name: 1e3 * luminosity_fb * float(found.weights.sum())
            for name, found in simulation.backgrounds.items()
        },
        controls=scales.yields,
        cut_flows=simulation.cut_flows,
        systematics=search.systematics,
        marks=count_marks(simulation.experiment, search),
        notes=(*notes, *scales.notes),
        settings={
            **settings,
            "source": source_of(data=data is not None, projected=projected),
            "method": "bayes",
            "level": search.level,
            "window_sigmas": search.window_sigmas,
            "signal_events_per_point": simulation.signal_events,
            "background_events": simulation.background_events,
        },
    )


def _of_expectation(plane: Plane) -> Plane:
    """Return a plane whose observation is its expectation."""
    expected = np.rint(plane.background).astype(np.int64)
    even, none = np.full(len(expected), 0.5), np.zeros(len(expected))
    return replace(plane, observed=expected, limit_observed=plane.limit_median, p_local=even, z_local=none)


def _centres(simulation: PlaneSimulation, masses: Floats | None) -> Floats:
    """Return centres (W, 2), m_A and m_h², at steps of half a window's width and height, within the triangle.

    The height is that at the window's centre: turned ellipses leave no gap then. All m_A have the same m_h², so that
    the windows form a grid.
    """
    search, sqrt_s = simulation.search, simulation.energy
    if masses is None:
        rows = [search.mass_range[0]]
        while rows[-1] < search.mass_range[1]:
            light = simulation.resolutions(np.array([rows[-1]]), np.zeros(1))
            rows.append(rows[-1] + search.window_sigmas * float(light[0, 0]))
        masses = np.array(rows[:-1])
    largest = np.minimum(masses, sqrt_s - masses)
    columns = [search.least_recoil_mass**2]
    while columns[-1] < float(largest.max()) ** 2:
        open_rows = masses[largest**2 > columns[-1]]
        at = (open_rows, np.full(len(open_rows), columns[-1]))
        height = simulation.resolutions(*at)[:, 1] * np.sqrt(1.0 - simulation.correlations(*at) ** 2)
        columns.append(columns[-1] + search.window_sigmas * float(np.median(height)))
    m, m2 = np.meshgrid(masses, columns, indexing="ij")
    inside = np.sqrt(m2) < np.minimum(m, sqrt_s - m)
    return np.stack([m[inside], m2[inside]], axis=1)


def _pseudo_data(edges: tuple[Floats, Floats], background: Floats, rng: np.random.Generator) -> Floats:
    """Return events (N, 2), as many in each bin as Poisson says, anywhere in it."""
    counts = rng.poisson(background).ravel()
    low = np.stack(np.meshgrid(*(own[:-1] for own in edges), indexing="ij"), axis=-1).reshape(-1, 2)
    size = np.array([own[1] - own[0] for own in edges])
    return np.asarray(np.repeat(low, counts, axis=0) + size * rng.uniform(size=(counts.sum(), 2)))
