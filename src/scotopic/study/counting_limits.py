"""Limits of a counting search: observed and expected cross sections, couplings, p-values."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from scotopic.numerics.rng import stream
from scotopic.searches.counting_search import CountingResult
from scotopic.searches.search import mass_resolution
from scotopic.selection.candidates import Candidates
from scotopic.stats import counting_bands, counting_limit, predictive_p_value
from scotopic.stats.significance.empirical_p_value import p_value
from scotopic.study.background_scales import background_scales, without_variances
from scotopic.study.counting_simulation import (
    OBSERVABLE,
    CountingSimulation,
    CountingWindows,
    make_windows,
    passes_final,
)
from scotopic.study.data_source import source_of
from scotopic.study.provenance import count_marks
from scotopic.study.simulated_luminosity import resolved_luminosity_fb, simulation_notes
from scotopic.study.warning_notes import note_far_limits

Floats = NDArray[np.float64]


def set_counting_limits(
    simulation: CountingSimulation,
    *,
    data: Candidates | None,
    luminosity_fb: float,
    parameters: Mapping[str, Any],
    masses: Floats | None = None,
    toys: int = 0,
    seed: int = 1,
    notes: tuple[str, ...],
    control_counts: Mapping[str, int] | None = None,
    controls_fb: float | None = None,
) -> CountingResult:
    """Return the result: of `data` behind the common cuts, or of pseudo-data drawn from the expectation.

    With data, backgrounds are scaled to what their control samples count, or all to what is counted before the final
    cuts where control samples are not at hand; the errors are those of these numbers.

    With `controls_fb` it is a projection, with control samples of that luminosity. What is observed is the expectation
    itself, in whole numbers. The statistical error of the simulation, which a larger sample would not have, is none of
    the background; instead no window has less background than that error (``simulation_floor``), and cuts are not
    optimised beyond what is simulated.
    """
    search = simulation.search
    projected = controls_fb is not None
    resolved = resolved_luminosity_fb(simulation.backgrounds) if projected else np.inf
    windows = make_windows(simulation, min(luminosity_fb, resolved), masses)
    unscaled = {name: luminosity_fb * rate for name, rate in windows.expected.items()}
    scales = background_scales(
        without_variances(simulation.controls) if projected else simulation.controls,
        simulation.backgrounds,
        data=data,
        counts=control_counts,
        luminosity_fb=luminosity_fb if controls_fb is None else controls_fb,
    )
    expected = scales.apply(unscaled)
    background = np.sum(list(expected.values()), axis=0)
    simulated = [luminosity_fb * scales.factors[name] * one for name, one in windows.expected_error.items()]
    statistical = np.sqrt(np.sum(np.square(simulated), axis=0))
    notes = (*notes, *scales.notes)
    if projected:
        notes += tuple(simulation_notes(simulation.backgrounds, luminosity_fb, background, statistical))
        expected["simulation_floor"] = np.maximum(statistical - background, 0.0)
        background = np.maximum(background, statistical)
        statistical = np.zeros(background.shape)
    error = np.sqrt(
        statistical**2
        + scales.error(unscaled) ** 2
        + (search.systematic_error("background") * background) ** 2
        + np.sum([(search.systematic_error(name) * one) ** 2 for name, one in expected.items()], axis=0)
    )
    if projected:
        observed = np.rint(background)
    elif data is None:
        observed = _pseudo_counts(simulation, windows, luminosity_fb, stream(seed, "counts"))
    else:
        observed = _counts(simulation, windows, data)
    efficiency_error = np.hypot(
        windows.efficiency_error, search.systematic_error("efficiency") * windows.efficiency
    )
    uncertain = {
        "background_error": error,
        "efficiency": np.maximum(windows.efficiency, 1e-9),
        "efficiency_error": efficiency_error,
        "luminosity": luminosity_fb,
        "luminosity_error": search.systematic_error("luminosity") * luminosity_fb,
        "level": search.level,
    }
    limits = np.asarray(counting_limit(observed, background, **uncertain))
    bands = counting_bands(background, **uncertain)
    p_local = np.asarray(predictive_p_value(observed, background, error))
    mass = np.sqrt(windows.centre)
    if data is not None:
        notes += tuple(note_far_limits(mass, limits, np.asarray(bands.median), np.asarray(bands.band95)))
    coupling = _couplings(simulation, mass, limits, bands.median, bands.band68, bands.band95, parameters)
    composition = {
        name: 1e3 * luminosity_fb * float(found.weights.sum())
        for name, found in simulation.backgrounds.items()
    }
    return CountingResult(
        definition=search,
        search=search.name,
        experiment=simulation.experiment.name,
        luminosity_fb=luminosity_fb,
        mass=mass,
        low=windows.centre - windows.half_width,
        high=windows.centre + windows.half_width,
        cuts=windows.cuts,
        efficiency=windows.efficiency,
        efficiency_error=windows.efficiency_error,
        acceptance=np.interp(
            mass,
            [point.mass for point in simulation.signal],
            [point.acceptance for point in simulation.signal],
        ),
        resolution=mass_resolution(mass, windows.half_width / search.window_sigmas),
        observed=observed,
        expected=expected,
        background_error=error,
        sigma_observed=limits,
        sigma_median=np.asarray(bands.median),
        sigma_band68=np.asarray(bands.band68),
        sigma_band95=np.asarray(bands.band95),
        coupling_symbol=search.coupling_symbol,
        coupling_observed=coupling[0],
        coupling_median=coupling[1],
        coupling_band68=coupling[2],
        coupling_band95=coupling[3],
        p0_local=p_local,
        z_local=np.maximum(-ndtri(np.clip(p_local, 1e-300, 1.0)), 0.0),
        p_global=_global_p(
            simulation, windows, scales.factors, luminosity_fb, background, error, p_local, toys, seed
        ),
        composition=composition,
        controls=scales.yields,
        systematics=search.systematics,
        cut_flows=simulation.cut_flows,
        marks=count_marks(simulation.experiment, search),
        notes=notes,
        settings={
            "parameters": dict(parameters),
            "source": source_of(data=data is not None, projected=projected),
            "method": "bayes",
            "level": search.level,
            "toys": toys,
            "seed": seed,
            "signal_events_per_mass": simulation.signal_events,
            "background_events": simulation.background_events,
        },
    )


def _counts(simulation: CountingSimulation, windows: CountingWindows, data: Candidates) -> Floats:
    counts = [
        np.count_nonzero(
            (np.abs(data[OBSERVABLE] - centre) < half) & passes_final(simulation.search, data, cut)
        )
        for centre, half, cut in zip(windows.centre, windows.half_width, windows.cuts, strict=True)
    ]
    return np.array(counts, dtype=np.float64)


def _pseudo_counts(
    simulation: CountingSimulation, windows: CountingWindows, luminosity_fb: float, rng: np.random.Generator
) -> Floats:
    """Return counts of a data set drawn from the simulated events, so that overlapping windows share events."""
    ones = dict.fromkeys(simulation.backgrounds, 1.0)
    return _draw(simulation, windows, ones, luminosity_fb, rng, 1)[:, 0]


def _draw(
    simulation: CountingSimulation,
    windows: CountingWindows,
    factors: Mapping[str, float],
    luminosity_fb: float,
    rng: np.random.Generator,
    toys: int,
) -> Floats:
    """Return counts (M, T): the events of the odd half, each there a Poisson number of times, anywhere in the average.

    An event is moved within the widths over which the expectation is averaged, so that toys have that expectation.
    """
    counts = np.zeros((len(windows.centre), toys))
    for name, found in simulation.backgrounds.items():
        odd = found.event % 2 == 1
        x, weights = found[OBSERVABLE][odd], 2e3 * luminosity_fb * factors[name] * found.weights[odd]
        first, second = (found[observable][odd] for observable in simulation.search.final)
        reach = simulation.search.window_sigmas * simulation.resolution_at(x) * 2.0
        for toy in range(toys):
            number = rng.poisson(weights)
            chosen = np.repeat(np.arange(len(x)), number)
            moved = x[chosen] + reach[chosen] * rng.uniform(-1.0, 1.0, len(chosen))
            for i, (centre, half, cut) in enumerate(
                zip(windows.centre, windows.half_width, windows.cuts, strict=True)
            ):
                inside = np.abs(moved - centre) < half
                counts[i, toy] += np.count_nonzero(
                    inside & (first[chosen] >= cut[0]) & (second[chosen] >= cut[1])
                )
    return counts


def _global_p(
    simulation: CountingSimulation,
    windows: CountingWindows,
    factors: Mapping[str, float],
    luminosity_fb: float,
    background: Floats,
    error: Floats,
    p_local: Floats,
    toys: int,
    seed: int,
) -> float | None:
    """Return (k + 1)/(N + 1) of N toys, k of which have a smaller local p-value somewhere."""
    if toys == 0:
        return None
    counts = _draw(simulation, windows, factors, luminosity_fb, stream(seed, "toys"), toys)
    table = np.asarray(predictive_p_value(counts, background[:, None], error[:, None]))
    observed, thrown = (-np.log(np.maximum(p.min(axis=0), 1e-300)) for p in (p_local, table))
    return p_value(float(observed), thrown)[0]


def _couplings(
    simulation: CountingSimulation, mass: Floats, *limits_and_parameters: Any
) -> tuple[Floats | None, Floats | None, Floats | None, Floats | None]:
    """Return couplings of limits on the cross section: g = √(σ/σ(g = 1)/BR), σ(g = 1) log-linear in M."""
    *limits, parameters = limits_and_parameters
    if simulation.search.branching is None:
        return None, None, None, None
    known = [point.mass for point in simulation.signal]
    reference = np.exp(np.interp(mass, known, np.log([1e3 * point.tree_pb for point in simulation.signal])))
    per_square = reference * simulation.search.branching(mass, **parameters)

    def coupling(limit: Floats) -> Floats:
        shape = (-1,) + (1,) * (limit.ndim - 1)
        return np.asarray(np.sqrt(limit / per_square.reshape(shape)))

    first, second, third, fourth = (coupling(np.asarray(limit)) for limit in limits)
    return first, second, third, fourth
