"""Run a counting search: from pseudo-data or a file to limits on the cross section and on the coupling."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from scotopic.detector.card import load_experiment
from scotopic.numerics.rng import seed_of
from scotopic.searches import get_counting_search
from scotopic.searches.counting_search import CountingResult, CountingSearch
from scotopic.study.counting_limits import set_counting_limits
from scotopic.study.counting_simulation import simulate_counting
from scotopic.study.data_source import FLUCTUATED
from scotopic.study.luminosity import choose_luminosity
from scotopic.study.observation import observe
from scotopic.study.settings import check_settings

SIGNAL_EVENTS = 10_000  # per simulated mass
BACKGROUND_EVENTS = 100_000  # of τ pairs; of others by their share


def run_counting_search(
    name: str | CountingSearch,
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
    search = name if isinstance(name, CountingSearch) else get_counting_search(name)
    given = dict(parameters or {})
    check_settings(
        search,
        luminosities_fb=(luminosity_fb,),
        model=model,
        parameters=given,
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
        masses=None if masses is None else np.asarray(masses, dtype=np.float64),
        toys=toys,
        seed=seed,
        notes=tuple(notes),
        control_counts=None if seen is None else seen.control_counts,
    )
