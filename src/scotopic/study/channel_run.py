"""Run a search in several channels: from pseudo-data or a file to limits on the cross section and the coupling."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.numerics.rng import seed_of
from scotopic.searches import get_channel_search
from scotopic.searches.binning import check_masses
from scotopic.searches.channel_search import ChannelSearch
from scotopic.searches.search import SearchResult
from scotopic.study.channel_limits import set_channel_limits
from scotopic.study.channel_simulation import simulate_channels
from scotopic.study.observation import observe

Floats = NDArray[np.float64]

SIGNAL_EVENTS = 10_000  # per simulated mass and channel
BACKGROUND_EVENTS = 300_000  # of each leading background


def run_channel_search(
    name: str,
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
) -> SearchResult:
    """Run a search in several channels; arguments as for `scotopic.study.run.run_search`."""
    search = get_channel_search(name)
    if model not in (None, search.model):
        raise InputError(f"{name} interprets its limits in the model {search.model}, not in {model!r}")
    if luminosity_fb is not None and not (math.isfinite(luminosity_fb) and luminosity_fb > 0.0):
        raise InputError(f"luminosity = {luminosity_fb} /fb, must be positive and finite")
    if toys < 0:
        raise InputError(f"toys = {toys}, must not be negative")
    _check_parameters(search, dict(parameters or {}))
    chosen = None if masses is None else _check_hypotheses(search, np.asarray(masses, dtype=np.float64))
    card = load_experiment(experiment)
    seen = None
    if data is not None:
        bound = replace(search, find_candidates=partial(search.find_candidates, experiment=card))
        key = seed_of(seed, "data")
        seen = observe(data, bound, card, frame=frame, mapping=mapping, seed=key, workers=workers)
    simulation = simulate_channels(
        search,
        card,
        signal_events=signal_events,
        background_events=background_events,
        seed=seed,
        workers=workers,
    )
    return set_channel_limits(
        simulation,
        observation=seen,
        luminosity_fb=luminosity_fb,
        parameters=parameters,
        masses=chosen,
        toys=toys,
        seed=seed,
        workers=workers,
    )


def _check_hypotheses(search: ChannelSearch, masses: Floats) -> Floats:
    """Return the masses outside the vetoed ranges; refuse others than the search covers."""
    check_masses(masses, *search.mass_range)
    tested = masses[~search.vetoed(masses)]
    if not tested.size:
        raise InputError(
            f"{search.name} tests nothing at {masses[0]:g} GeV: its vetoed ranges are "
            + ", ".join(f"{one.name} {one.mass:g} ± {one.half_width:g}" for one in search.vetoes)
            + " GeV"
        )
    return tested


def _check_parameters(search: ChannelSearch, parameters: dict[str, Any]) -> None:
    words = [name for name, value in parameters.items() if isinstance(value, str)]
    if words:
        raise InputError(f"{search.name}: {words[0]} = {parameters[words[0]]!r}, expected a number")
    try:
        search.coupling_of(np.ones(1), np.ones(1), 100.0, **parameters)
    except TypeError as fault:
        raise InputError(
            f"{search.name}: of {', '.join(parameters)} not all can be set; it scans the mass and limits "
            f"the coupling of {search.model} itself ({fault})"
        ) from None
