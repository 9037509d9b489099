"""Expected limits of any search at any luminosities, from one simulation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.detector.card import load_experiment
from scotopic.detector.experiment import Experiment
from scotopic.errors import InputError
from scotopic.searches.channel_search import ChannelSearch
from scotopic.searches.counting_search import CountingResult, CountingSearch
from scotopic.searches.photon_search import PhotonSearch
from scotopic.searches.plane_search import PlaneResult, PlaneSearch
from scotopic.searches.search import SearchResult, Systematic
from scotopic.study import channel_run, counting_run, photon_run, plane_run, run
from scotopic.study.channel_limits import set_channel_limits
from scotopic.study.channel_simulation import simulate_channels
from scotopic.study.counting_limits import set_counting_limits
from scotopic.study.counting_simulation import simulate_counting
from scotopic.study.data_source import PROJECTED
from scotopic.study.limits import set_limits
from scotopic.study.model_search import in_model
from scotopic.study.model_signal import ModelSignal
from scotopic.study.photon_run import check_photon_settings, set_photon_limits
from scotopic.study.photon_simulation import simulate_photons
from scotopic.study.plane_run import set_plane_limits
from scotopic.study.plane_simulation import simulate_plane
from scotopic.study.settings import AnySearch, check_settings, find_search
from scotopic.study.simulation import simulate_search

Floats = NDArray[np.float64]
Result = SearchResult | CountingResult | PlaneResult

RULES = ("stated", "constant", "scaled")
SCALING_MARK = "P"  # whether an error falls with luminosity is a judgement of ours


@dataclass(frozen=True)
class _Kind:
    """How searches of one noun are simulated, and their limits set from that simulation."""

    experiment: str
    signal_events: int
    background_events: int
    simulate: Callable[..., Any]
    limits: Callable[..., Result]


def _bump_limits(
    search: Any, simulation: Any, parameters: Any, *, controls_fb: float, **settings: Any
) -> Result:
    return set_limits(search, simulation, parameters=parameters, projected=True, **settings)


def _counting_limits(
    search: Any, simulation: Any, parameters: Any, *, masses: Any, workers: int, **settings: Any
) -> Result:
    return set_counting_limits(
        replace(simulation, search=search),
        data=None,
        parameters=parameters,
        masses=_array(masses),
        notes=(PROJECTED,),
        **settings,
    )


def _plane_limits(search: Any, simulation: Any, parameters: Any, *, masses: Any, **settings: Any) -> Result:
    return set_plane_limits(
        replace(simulation, search=search), data=None, masses=_array(masses), notes=(PROJECTED,), **settings
    )


def _photon_limits(
    search: Any, simulation: Any, parameters: Any, *, workers: int, controls_fb: float, **settings: Any
) -> Result:
    invisible = float(parameters.get("invisible", 1.0))
    return set_photon_limits(
        replace(simulation, search=search), invisible=invisible, projected=True, **settings
    )


def _channel_limits(
    search: Any, simulation: Any, parameters: Any, *, controls_fb: float, **settings: Any
) -> Result:
    return set_channel_limits(
        replace(simulation, search=search), parameters=parameters, projected=True, **settings
    )


def _array(masses: Sequence[float] | None) -> Floats | None:
    return None if masses is None else np.asarray(masses, dtype=np.float64)


BUMP = _Kind("belle2-2018", run.SIGNAL_EVENTS, run.BACKGROUND_EVENTS, simulate_search, _bump_limits)
COUNTS = _Kind(
    "belle2-2018",
    counting_run.SIGNAL_EVENTS,
    counting_run.BACKGROUND_EVENTS,
    simulate_counting,
    _counting_limits,
)
PLANE = _Kind(
    "belle2-phase3", plane_run.SIGNAL_EVENTS, plane_run.BACKGROUND_EVENTS, simulate_plane, _plane_limits
)
PHOTON = _Kind(
    "belle2-phase3", photon_run.SIGNAL_EVENTS, photon_run.BACKGROUND_EVENTS, simulate_photons, _photon_limits
)

CHANNEL = _Kind(
    "belle2-phase3",
    channel_run.SIGNAL_EVENTS,
    channel_run.BACKGROUND_EVENTS,
    simulate_channels,
    _channel_limits,
)


@dataclass(frozen=True)
class Projection:
    """Expected limits of a search at several luminosities.

    Attributes
    ----------
    definition : a search
        As it was projected, with the errors that it states.
    search, experiment : str
    rule : str
        Which systematic errors scale, one of `RULES`.
    results : tuple of SearchResult, CountingResult or PlaneResult
        In the order of the luminosities asked for.
    systematics : tuple of tuples of Systematic
        The errors in use at each of them.
    """

    definition: AnySearch
    search: str
    experiment: str
    rule: str
    results: tuple[Result, ...]
    systematics: tuple[tuple[Systematic, ...], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the command line's JSON object (design contract)."""
        return {
            "search": self.search,
            "experiment": self.experiment,
            "systematics_rule": self.rule,
            "projections": [
                {**result.to_json(), "systematics": [_plain(one) for one in terms]}
                for result, terms in zip(self.results, self.systematics, strict=True)
            ],
        }


def _plain(one: Systematic) -> dict[str, Any]:
    return {
        "name": one.name,
        "on": one.on,
        "relative_error": one.relative_error,
        "mark": one.mark,
        "source": one.source,
        "statistical": one.statistical,
        "because": one.because,
        "scaling_mark": SCALING_MARK,
    }


def project(
    name: str | AnySearch,
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
    name : str or a search
        One of `scotopic.searches.searches()`.
    luminosities_fb : sequence of float
        Integrated luminosities, 1/fb; none gives the search's own.
    experiment : str, optional
        Name or path of a card; else that of the search.
    model, parameters
        Another model than the search's own, and what is set in it: see `scotopic.study.model_search.search_in_model`.
    masses : as for `scotopic.study.run.run_search`
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
    The cuts of counting searches are optimised anew at each luminosity. What is observed is the expectation itself.
    """
    search = find_search(name)
    luminosities = tuple(float(one) for one in luminosities_fb) or (search.paper_luminosity_fb,)
    given = dict(parameters or {})
    if systematics not in RULES:
        raise InputError(f"systematics = {systematics!r}; there are: {', '.join(RULES)}")
    kind = _kind(search)
    card: Experiment = load_experiment(experiment or kind.experiment)
    other = None if model == search.model else model
    own = given if other is None else {}
    check_settings(search, luminosities_fb=luminosities, model=None, parameters=own, masses=masses)
    inside = None if other is None else in_model(search, other, given, card.beams.sqrt_s)
    if inside is not None:
        search, given = inside.search, {}
    more = {}
    if isinstance(search, PhotonSearch):
        more["line"] = check_photon_settings(search, card, given, masses)[0]
    simulation = kind.simulate(
        search,
        card,
        signal_events=signal_events or kind.signal_events,
        background_events=background_events or kind.background_events,
        seed=seed,
        workers=workers,
        **more,
    )
    results, used = [], []
    for luminosity in luminosities:
        terms = scale_systematics(search, luminosity, systematics)
        result = kind.limits(
            replace(search, systematics=terms),
            simulation,
            given,
            luminosity_fb=luminosity,
            controls_fb=search.paper_luminosity_fb if systematics == "constant" else luminosity,
            masses=masses,
            toys=0,
            seed=seed,
            workers=workers,
        )
        if inside is not None:
            assert not isinstance(result, PlaneResult)
            result = inside.read(result)
        results.append(result)
        used.append(terms)
    return Projection(search, search.name, card.name, systematics, tuple(results), tuple(used))


def _kind(search: AnySearch) -> _Kind:
    kinds = {CountingSearch: COUNTS, PlaneSearch: PLANE, PhotonSearch: PHOTON, ChannelSearch: CHANNEL}
    return next((kind for noun, kind in kinds.items() if isinstance(search, noun)), BUMP)


def scale_systematics(
    search: AnySearch, luminosity_fb: float, rule: str = "stated"
) -> tuple[Systematic, ...]:
    """Return the systematic errors of a search at a luminosity, by one of `RULES`.

    Those that scale are σ(L) = σ(L₀) √(L₀/L), with L₀ the luminosity at which the search states them.
    """
    factor = float(np.sqrt(search.paper_luminosity_fb / luminosity_fb))
    return tuple(
        replace(one, relative_error=one.relative_error * factor)
        if rule == "scaled" or (rule == "stated" and one.statistical)
        else one
        for one in search.systematics
    )
