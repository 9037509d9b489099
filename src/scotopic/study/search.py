"""Run any search, by its name or itself, in its own model or in another one."""

from collections.abc import Callable
from typing import Any

from scotopic.searches.channel_search import ChannelSearch
from scotopic.searches.counting_search import CountingResult, CountingSearch
from scotopic.searches.photon_search import PhotonSearch
from scotopic.searches.plane_search import PlaneResult, PlaneSearch
from scotopic.searches.search import Search, SearchResult
from scotopic.study.channel_run import run_channel_search
from scotopic.study.counting_run import run_counting_search
from scotopic.study.model_search import search_in_model
from scotopic.study.photon_run import run_photon_search
from scotopic.study.plane_run import run_plane_search
from scotopic.study.run import run_search
from scotopic.study.settings import AnySearch, find_search

Result = SearchResult | CountingResult | PlaneResult

RUNS: dict[type, Callable[..., Result]] = {
    Search: run_search,
    ChannelSearch: run_channel_search,
    CountingSearch: run_counting_search,
    PhotonSearch: run_photon_search,
    PlaneSearch: run_plane_search,
}


def search(name: str | AnySearch, *, model: str | None = None, **settings: Any) -> Result:
    """Run a search and return its result.

    Parameters
    ----------
    name : str or a search
        One of `scotopic.searches.searches()`, or a search of one's own, of one of the five nouns.
    model : str, optional
        Another model than the search's own: see `scotopic.study.model_search.search_in_model`.
    **settings
        As for `run_search` (a bump in one spectrum), `run_channel_search`, `run_counting_search`,
        `run_plane_search` or `run_photon_search`.
    """
    own = find_search(name)
    if model in (None, own.model):
        return next(run for noun, run in RUNS.items() if isinstance(own, noun))(own, **settings)
    return search_in_model(own, model, **settings)
