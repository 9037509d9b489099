"""Expected limits of any search at any luminosities, from one simulation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scotopic.analysis.limits import compute_limits
from scotopic.analysis.result import Result
from scotopic.analysis.search import Search
from scotopic.analysis.simulation import simulate
from scotopic.analysis.statistics.statistic import LimitSettings
from scotopic.analysis.systematic import RULES, scale_systematics
from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.study.models.model_signal import ModelSignal
from scotopic.study.models.search_in_model import in_model
from scotopic.study.settings import RunSettings, check_settings, find_search


@dataclass(frozen=True)
class Projection:
    """Expected limits of a search at several luminosities.

    Attributes
    ----------
    search : Search
        As it was projected, with the errors that it states.
    experiment : str
    rule : str
        Which systematic errors scale, one of `scotopic.analysis.systematic.RULES`.
    results : tuple of Result
        In the order of the luminosities asked for, each with the errors in use.
    """

    search: Search
    experiment: str
    rule: str
    results: tuple[Result, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the command line's JSON object."""
        return {
            "search": self.search.name,
            "experiment": self.experiment,
            "systematics_rule": self.rule,
            "projections": [one.to_json() for one in self.results],
        }


def project(
    name: str | Search,
    *,
    luminosities_fb: Sequence[float] = (),
    experiment: str | None = None,
    model: str | ModelSignal | None = None,
    parameters: Mapping[str, float | str] | None = None,
    masses: Sequence[float] | None = None,
    systematics: str = "stated",
    signal_events: int | None = None,
    background_events: int | None = None,
    seed: int = 1,
    workers: int = 1,
) -> Projection:
    """Return expected limits of a search; its signal and backgrounds are simulated once for all luminosities.

    Parameters
    ----------
    name : str or Search
        As for `scotopic.study.search.search`.
    luminosities_fb : sequence of float
        Integrated luminosities, 1/fb; none gives the search's own.
    experiment : str, optional
        Name or path of a card; else that of the search.
    model, parameters
        Another model, and what is set in it: see `scotopic.study.models.search_in_model.in_model`.
    masses : as for `scotopic.study.search.search`
    systematics : {"stated", "constant", "scaled"}
        Which errors fall as 1/√luminosity from the search's own luminosity: those that it calls statistical, none,
        or all. Rates of backgrounds that control samples tell fall in any case but the second.
    signal_events, background_events : int, optional
        Simulated events per signal mass and of each leading background; else those of a search.
    seed, workers : int
        The result does not depend on the number of workers.

    Raises
    ------
    InputError
        Before any long work if a name or number is wrong.

    Notes
    -----
    The cuts of counting searches are optimised anew at each luminosity. Nothing is observed.
    """
    search, given = find_search(name), dict(parameters or {})
    luminosities = tuple(float(one) for one in luminosities_fb) or (search.luminosity_fb,)
    if systematics not in RULES:
        raise InputError(f"systematics = {systematics!r}; there are: {', '.join(RULES)}")
    card = load_experiment(experiment or search.experiment)
    if model not in (None, search.model):
        search, given = in_model(search, model, given, card.beams.sqrt_s), {}
    check_settings(search, card, luminosities_fb=luminosities, parameters=given, masses=masses)
    numbers = RunSettings(signal_events=signal_events, background_events=background_events)
    simulation = simulate(
        search, card, parameters=given, events=numbers.events(search), seed=seed, workers=workers
    )
    results = []
    for luminosity in luminosities:
        terms = scale_systematics(search.systematics, search.luminosity_fb, luminosity, systematics)
        settings = LimitSettings(
            luminosity_fb=luminosity,
            masses=masses,
            projected=True,
            controls_fb=search.luminosity_fb if systematics == "constant" else luminosity,
            seed=seed,
            workers=workers,
        )
        scaled = replace(simulation, search=replace(simulation.search, systematics=terms))
        results.append(compute_limits(scaled, settings))
    return Projection(search, card.name, systematics, tuple(results))


def survey(
    search: Search,
    signal: ModelSignal,
    *,
    experiment: str,
    luminosity_fb: float | None = None,
    seed: int = 1,
    workers: int = 1,
) -> Result:
    """Return the expected limits of a search in a model, with as few events and masses as tell in minutes.

    Raises
    ------
    InputError
        Before any long work if the model does not drive the search's process.
    """
    few, masses = search.statistic.survey(search, load_experiment(experiment).beams.sqrt_s)
    events = search.statistic.survey_events
    (result,) = project(
        few,
        luminosities_fb=() if luminosity_fb is None else (luminosity_fb,),
        experiment=experiment,
        model=signal,
        masses=masses,
        signal_events=events.signal,
        background_events=events.background,
        seed=seed,
        workers=workers,
    ).results
    falling = [one.name for one in search.systematics if one.statistical]
    note = "systematic errors that fall as 1/√luminosity: " + (", ".join(falling) or "none")
    return replace(result, notes=(*result.notes, note))
