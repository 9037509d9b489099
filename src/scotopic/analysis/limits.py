"""Limits of any search whose expectation is simulated."""

from collections.abc import Mapping
from dataclasses import replace

from scotopic.analysis.coupling import Reading
from scotopic.analysis.luminosity import choose_luminosity
from scotopic.analysis.observation import Observation
from scotopic.analysis.provenance import count_marks
from scotopic.analysis.result import Result
from scotopic.analysis.simulated_luminosity import less_simulated
from scotopic.analysis.simulation import Simulation
from scotopic.analysis.statistics.statistic import Inference, LimitSettings, Task
from scotopic.analysis.warning_notes import note_far_limits, note_no_limits
from scotopic.numerics.arrays import Floats
from scotopic.stats.limit_curve import LimitCurve

FIRST_NOTE = {
    "pseudo-data": "pseudo-data: the simulated expectation, fluctuated",
    "projection": "projection: nothing is observed, what is expected has no fluctuation",
}


def compute_limits(
    simulation: Simulation, settings: LimitSettings, observation: Observation | None = None
) -> Result:
    """Return the result of a search: of what was observed, of pseudo-data, or a projection.

    Raises
    ------
    InputError
        For a parameter that makes no sense, or if another model has no limit at any mass.
    """
    search = simulation.search
    parameters = search.values(settings.parameters) if settings.parameters else simulation.parameters
    luminosity, said = choose_luminosity(search.luminosity_fb, settings.luminosity_fb, observation)
    task = Task(simulation, observation, luminosity, settings)
    source = task.source
    notes = list(observation.notes) if observation else [FIRST_NOTE[source]]
    notes += said
    if settings.projected:
        samples = {one.title: one.candidates.weights for one in simulation.backgrounds}
        notes += less_simulated(samples, luminosity)
    found = search.statistic.infer(task)
    notes += found.notes
    limit = found.limit if source != "projection" else replace(found.limit, observed=None)
    if limit.observed is not None:
        mass = found.points[:, 0] if found.points.shape[1] == 1 else found.points
        if observation is not None:
            notes += note_far_limits(mass, limit.observed, limit.median, limit.band95)
        notes += note_no_limits(mass, limit.observed, limit.median)
        notes += _note_empty(limit)
    reading = _read(simulation, found, limit, parameters)
    notes += reading.notes if reading else ()
    flow = observation.cut_flow if observation else simulation.backgrounds[0].cut_flow
    return Result(
        search=search,
        experiment=simulation.experiment.name,
        sqrt_s=simulation.sqrt_s,
        luminosity_fb=luminosity,
        source=source,
        points=found.points,
        efficiency=found.efficiency,
        efficiency_error=found.efficiency_error,
        acceptance=found.acceptance,
        resolution=found.resolution,
        cross_section=limit,
        coupling=_curve(reading),
        coupling_excluded=reading.excluded if reading else None,
        alternatives={
            name: (values, reading.couplings.get(name) if reading else None)
            for name, values in found.alternatives.items()
        },
        p_local=found.p_local,
        z_local=found.z_local,
        p_global=found.p_global,
        cut_flow=(*flow, *found.region_flow),
        cut_flows={one.title: one.cut_flow for one in simulation.backgrounds},
        controls=found.controls,
        systematics=search.systematics,
        spectra=found.spectra,
        windows=found.windows,
        facts={**(search.facts or {}), **found.facts},
        marks=count_marks(simulation.experiment, search),
        notes=tuple(notes),
        settings={
            "parameters": dict(parameters),
            "method": search.statistic.method,
            "level": search.level,
            "toys": settings.toys,
            "seed": settings.seed,
            "signal_events_per_point": simulation.events.signal,
            "background_events": simulation.events.background,
            "cut_flow_of": "data" if observation else simulation.backgrounds[0].name,
            "source": source,
            "systematic_terms": settings.with_systematics,
            **found.settings,
            **(search.signal.coupling.settings if search.signal.coupling else {}),
        },
    )


def _curve(reading: Reading | None) -> LimitCurve | None:
    if reading is None or not reading.couplings:
        return None
    found = reading.couplings
    return LimitCurve(found["median"], found["band68"], found["band95"], found.get("observed"))


def _read(
    simulation: Simulation, found: Inference, limit: LimitCurve, parameters: Mapping[str, float | str]
) -> Reading | None:
    coupling = simulation.search.signal.coupling
    if coupling is None:
        return None
    wanted: dict[str, Floats] = {
        name: values for name, values in limit.to_json().items() if values is not None
    }
    return coupling.read(
        wanted | dict(found.alternatives),
        found.points,
        found.resolution,
        sqrt_s=simulation.sqrt_s,
        simulated_fb=simulation.simulated_fb,
        parameters=parameters,
    )


def _note_empty(limit: LimitCurve) -> list[str]:
    below = int((limit.observed <= 0.0).sum()) if limit.observed is not None else 0
    if not below:
        return []
    return [
        f"{below} observed limits lie below zero (deep downward fluctuations); their coupling limit is empty"
    ]
