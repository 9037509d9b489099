"""Run any search, by its name, its file or itself, in its own model or in another one."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from scotopic.analysis.result import Result
from scotopic.analysis.search import Search
from scotopic.detector.card import load_experiment
from scotopic.study.models.model_signal import ModelSignal
from scotopic.study.models.search_in_model import in_model
from scotopic.study.run import run_search
from scotopic.study.settings import Frame, RunSettings, find_search


def search(
    name: str | Search,
    *,
    data: str | Path | None = None,
    experiment: str | None = None,
    luminosity_fb: float | None = None,
    model: str | ModelSignal | None = None,
    parameters: Mapping[str, float | str] | None = None,
    masses: Sequence[float] | None = None,
    toys: int = 1000,
    frame: Frame = "auto",
    mapping: str | Path | None = None,
    signal_events: int | None = None,
    background_events: int | None = None,
    seed: int = 1,
    workers: int = 1,
) -> Result:
    """Run a search and return its result.

    Parameters
    ----------
    name : str or Search
        One of `scotopic.searches.searches()`, the path of a Python file that makes a search, or a search.
    data : path, optional
        Events (LHE, HepMC3, Parquet, ROOT), detected events or candidates, ``FILE:TREE`` for one tree of several;
        without it the expectation fluctuates as Poisson numbers: pseudo-data.
    experiment : str, optional
        Name or path of a card; else that of the search.
    luminosity_fb : float, optional
        Integrated luminosity, 1/fb; else what the file implies, else the article's.
    model : str or ModelSignal, optional
        Another model than the search's own: see `scotopic.study.models.search_in_model.in_model`.
    parameters : mapping, optional
        Of the search, or of the other model, without mass and coupling.
    masses : sequence of float, optional
        Hypotheses in GeV, rising; else one per half resolution or window. In a plane those of the first axis.
    toys : int
        Toys of the whole data set for the global p-value; 0 gives none.
    frame : {"auto", "cm", "lab"}
        Frame of an event file.
    mapping : path, optional
        Column mapping (TOML) of a ROOT ntuple.
    signal_events, background_events : int, optional
        Simulated events per signal point and of each leading background; else those of the search's statistic.
    seed, workers : int
        The result does not depend on the number of workers.

    Raises
    ------
    InputError
        Before any long work if a name, number or file is wrong.
    """
    own, given = find_search(name), dict(parameters or {})
    if model not in (None, own.model):
        sqrt_s = load_experiment(experiment or own.experiment).beams.sqrt_s
        own, given = in_model(own, model, given, sqrt_s), {}
    settings = RunSettings(
        data=None if data is None else Path(data),
        experiment=experiment,
        luminosity_fb=luminosity_fb,
        parameters=given,
        masses=masses,
        toys=toys,
        frame=frame,
        mapping=None if mapping is None else Path(mapping),
        signal_events=signal_events,
        background_events=background_events,
        seed=seed,
        workers=workers,
    )
    return run_search(own, settings)
