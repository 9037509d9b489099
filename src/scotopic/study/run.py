"""Run a search: from pseudo-data or a file to limits on the cross section and on the coupling."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from scotopic.detector.card import load_experiment
from scotopic.numerics.rng import seed_of
from scotopic.searches import get_search
from scotopic.searches.search import Search, SearchResult
from scotopic.study.limits import set_limits
from scotopic.study.observation import observe
from scotopic.study.settings import check_settings
from scotopic.study.simulation import simulate_search

SIGNAL_EVENTS = 20_000  # per simulated mass
BACKGROUND_EVENTS = 400_000  # of each leading background


def run_search(
    name: str | Search,
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
) -> SearchResult:
    """Run a search and return its result.

    Parameters
    ----------
    name : str or Search
        One of `scotopic.searches.searches()`, or a search itself.
    data : path, optional
        Events (LHE, HepMC3, Parquet, ROOT), detected events or candidates, ``FILE:TREE`` for one tree of several;
        without it the expectation fluctuates as Poisson numbers: pseudo-data.
    experiment : str
        Name or path of a card.
    luminosity_fb : float, optional
        Integrated luminosity, 1/fb; else what the file implies, else the paper's.
    model : str, optional
        The search's own model, or none; `parameters` are the model's, without mass and coupling.
    masses : sequence of float, optional
        Hypotheses in GeV, rising; else one per half resolution.
    toys : int
        Full-spectrum toys for the global p-value; 0 gives none.
    frame : {"auto", "cm", "lab"}
        Frame of an event file.
    mapping : path, optional
        Column mapping (TOML) of a ROOT ntuple.
    signal_events, background_events : int
        Simulated events per signal mass and of each leading background.
    seed, workers : int
        The result does not depend on the number of workers.

    Raises
    ------
    InputError
        Before any long work if a name, number or file is wrong.
    """
    search = name if isinstance(name, Search) else get_search(name)
    check_settings(
        search,
        luminosities_fb=(luminosity_fb,),
        model=model,
        parameters=parameters or {},
        masses=masses,
        toys=toys,
    )
    card = load_experiment(experiment)
    seen = None
    if data is not None:
        key = seed_of(seed, "data")
        seen = observe(data, search, card, frame=frame, mapping=mapping, seed=key, workers=workers)
    simulation = simulate_search(
        search,
        card,
        signal_events=signal_events,
        background_events=background_events,
        seed=seed,
        workers=workers,
    )
    return set_limits(
        search,
        simulation,
        observation=seen,
        luminosity_fb=luminosity_fb,
        parameters=parameters,
        masses=masses,
        toys=toys,
        seed=seed,
        workers=workers,
    )
