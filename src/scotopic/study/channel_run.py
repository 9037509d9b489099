"""Run a search in several channels: from pseudo-data or a file to limits on the cross section and the coupling."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

from scotopic.detector.card import load_experiment
from scotopic.numerics.rng import seed_of
from scotopic.searches import get_channel_search
from scotopic.searches.channel_search import ChannelSearch
from scotopic.searches.search import SearchResult
from scotopic.study.channel_limits import set_channel_limits
from scotopic.study.channel_simulation import simulate_channels
from scotopic.study.observation import observe
from scotopic.study.settings import check_settings

SIGNAL_EVENTS = 10_000  # per simulated mass and channel
BACKGROUND_EVENTS = 300_000  # of each leading background


def run_channel_search(
    name: str | ChannelSearch,
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
    search = name if isinstance(name, ChannelSearch) else get_channel_search(name)
    check_settings(
        search,
        luminosities_fb=(luminosity_fb,),
        model=model,
        parameters=dict(parameters or {}),
        masses=masses,
        toys=toys,
    )
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
        masses=masses,
        toys=toys,
        seed=seed,
        workers=workers,
    )
