"""Run any search by its name, in its own model or in another one."""

from collections.abc import Callable
from typing import Any

from scotopic.searches import BUMPS, CHANNELS, COUNTING, PHOTONS, PLANES, any_search, check_search
from scotopic.searches.counting_search import CountingResult
from scotopic.searches.plane_search import PlaneResult
from scotopic.searches.search import SearchResult
from scotopic.study.channel_run import run_channel_search
from scotopic.study.counting_run import run_counting_search
from scotopic.study.model_search import search_in_model
from scotopic.study.photon_run import run_photon_search
from scotopic.study.plane_run import run_plane_search
from scotopic.study.run import run_search

Result = SearchResult | CountingResult | PlaneResult

RUNS: dict[str, Callable[..., Result]] = {
    **dict.fromkeys(BUMPS, run_search),
    **dict.fromkeys(CHANNELS, run_channel_search),
    **dict.fromkeys(COUNTING, run_counting_search),
    **dict.fromkeys(PHOTONS, run_photon_search),
    **dict.fromkeys(PLANES, run_plane_search),
}


def search(name: str, *, model: str | None = None, **settings: Any) -> Result:
    """Run a search and return its result.

    Parameters
    ----------
    name : str
        One of `scotopic.searches.searches()`.
    model : str, optional
        Another model than the search's own: see `scotopic.study.model_search.search_in_model`.
    **settings
        As for `run_search` (a bump in one spectrum), `run_channel_search`, `run_counting_search`,
        `run_plane_search` or `run_photon_search`.
    """
    check_search(name)
    if model not in (None, any_search(name).model):
        return search_in_model(name, model, **settings)
    return RUNS[name](name, **settings)
