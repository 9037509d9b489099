"""Run any search by its name, in its own model or in another one."""

from typing import Any

from scotopic.searches import COUNTING, PLANES, any_search, check_search
from scotopic.searches.counting_search import CountingResult
from scotopic.searches.plane_search import PlaneResult
from scotopic.searches.search import SearchResult
from scotopic.study.counting_run import run_counting_search
from scotopic.study.model_search import search_in_model
from scotopic.study.plane_run import run_plane_search
from scotopic.study.run import run_search


def search(
    name: str, *, model: str | None = None, **settings: Any
) -> SearchResult | CountingResult | PlaneResult:
    """Run a search and return its result.

    Parameters
    ----------
    name : str
        One of `scotopic.searches.searches()`.
    model : str, optional
        Another model than the search's own: see `scotopic.study.model_search.search_in_model`.
    **settings
        As for `scotopic.study.run.run_search` (bump searches), `scotopic.study.counting_run.run_counting_search` or
        `scotopic.study.plane_run.run_plane_search`.
    """
    check_search(name)
    if model not in (None, any_search(name).model):
        return search_in_model(name, model, **settings)
    if name in COUNTING:
        return run_counting_search(name, **settings)
    if name in PLANES:
        return run_plane_search(name, **settings)
    return run_search(name, **settings)
