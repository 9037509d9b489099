"""Run a counting search: from pseudo-data or a file to limits on the cross section and on the coupling."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.numerics.rng import seed_of
from scotopic.searches import get_counting_search
from scotopic.searches.binning import check_masses
from scotopic.searches.counting_search import CountingResult, CountingSearch
from scotopic.study.background_scales import count_controls
from scotopic.study.counting_limits import set_counting_limits
from scotopic.study.counting_simulation import simulate_counting
from scotopic.study.observation import observe

SIGNAL_EVENTS = 10_000  # per simulated mass
BACKGROUND_EVENTS = 100_000  # of τ pairs; of others by their share


def run_counting_search(
    name: str,
    *,
    data: Path | None = None,
    experiment: str = "belle2-2018",
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
) -> CountingResult:
    """Run a counting search and return its result; arguments as for `scotopic.study.run.run_search`.

    `masses` replaces the windows side by side by windows around these masses.
    """
    search = get_counting_search(name)
    if model not in (None, search.model):
        raise InputError(f"{name} interprets its limits in the model {search.model}, not in {model!r}")
    if luminosity_fb is not None and not (math.isfinite(luminosity_fb) and luminosity_fb > 0.0):
        raise InputError(f"luminosity = {luminosity_fb} /fb, must be positive and finite")
    if toys < 0:
        raise InputError(f"toys = {toys}, must not be negative")
    hypotheses = None
    if masses is not None:
        hypotheses = np.asarray(masses, dtype=np.float64)
        check_masses(hypotheses, *search.mass_range)
    given = dict(parameters or {})
    _check_parameters(search, given)
    card = load_experiment(experiment)
    notes = ["pseudo-data: drawn from the simulated expectation"]
    seen, control_counts = None, None
    if data is not None:
        about: dict[str, Any] = {"frame": frame, "seed": seed_of(seed, "data"), "workers": workers}
        seen = observe(data, search, card, mapping=mapping, **about)
        control_counts = count_controls(data, search, card, **about)
        notes = list(seen.notes)
    luminosity = luminosity_fb or (seen.luminosity_fb if seen else None)
    if luminosity is None:
        luminosity = search.paper_luminosity_fb
        notes.append(f"luminosity not given: {1e3 * luminosity:g}/pb, as in the paper")
    simulation = simulate_counting(
        search,
        card,
        signal_events=signal_events,
        background_events=background_events,
        seed=seed,
        workers=workers,
    )
    return set_counting_limits(
        simulation,
        data=None if seen is None else seen.candidates,
        luminosity_fb=luminosity,
        parameters=given,
        masses=hypotheses,
        toys=toys,
        seed=seed,
        notes=tuple(notes),
        control_counts=control_counts,
    )


def _check_parameters(search: CountingSearch, parameters: Mapping[str, float | str]) -> None:
    if search.branching is None:
        if parameters:
            raise InputError(
                f"{search.name} quotes no coupling and takes no parameters ({', '.join(parameters)})"
            )
        return
    try:
        search.branching(np.ones(1), **parameters)
    except TypeError as fault:
        raise InputError(
            f"{search.name}: of {', '.join(parameters)} not all can be set; it scans the mass and limits the "
            f"coupling of {search.model} itself ({fault})"
        ) from None
