"""Run any search: from pseudo-data or a file to limits on the cross section and on the coupling."""

from scotopic.analysis.limits import compute_limits
from scotopic.analysis.result import Result
from scotopic.analysis.search import Search
from scotopic.analysis.simulation import simulate
from scotopic.analysis.statistics.statistic import LimitSettings
from scotopic.detector.card import load_experiment
from scotopic.numerics.rng import seed_of
from scotopic.study.observation import observe
from scotopic.study.settings import RunSettings, check_settings


def run_search(search: Search, settings: RunSettings) -> Result:
    """Run a search and return its result.

    Raises
    ------
    InputError
        Before any long work if a number or file is wrong.
    """
    card = load_experiment(settings.experiment or search.experiment)
    check_settings(
        search,
        card,
        luminosities_fb=(settings.luminosity_fb,),
        parameters=settings.parameters,
        masses=settings.masses,
        toys=settings.toys,
    )
    seen = None
    if settings.data is not None:
        seen = observe(
            settings.data,
            search.at(card, settings.parameters),
            card,
            frame=settings.frame,
            mapping=settings.mapping,
            seed=seed_of(settings.seed, "data"),
            workers=settings.workers,
        )
    simulation = simulate(
        search,
        card,
        parameters=settings.parameters,
        events=settings.events(search),
        seed=settings.seed,
        workers=settings.workers,
    )
    wanted = LimitSettings(
        luminosity_fb=settings.luminosity_fb,
        masses=settings.masses,
        toys=settings.toys,
        seed=settings.seed,
        workers=settings.workers,
    )
    return compute_limits(simulation, wanted, seen)
