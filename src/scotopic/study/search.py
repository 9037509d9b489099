"""Run any search by its name."""

from typing import Any

from scotopic.searches import CHANNELS, COUNTING, PLANES, check_search
from scotopic.searches.counting_search import CountingResult
from scotopic.searches.plane_search import PlaneResult
from scotopic.searches.search import SearchResult
from scotopic.study.channel_run import run_channel_search
from scotopic.study.counting_run import run_counting_search
from scotopic.study.plane_run import run_plane_search
from scotopic.study.run import run_search


def search(name: str, **settings: Any) -> SearchResult | CountingResult | PlaneResult:
    """Run a search and return its result.

    Parameters
    ----------
    name : str
        One of `scotopic.searches.searches()`.
    **settings
        As for `scotopic.study.run.run_search` (bump searches), `scotopic.study.counting_run.run_counting_search`,
        `scotopic.study.plane_run.run_plane_search` or `scotopic.study.channel_run.run_channel_search`.
    """
    check_search(name)
    if name in COUNTING:
        return run_counting_search(name, **settings)
    if name in PLANES:
        return run_plane_search(name, **settings)
    if name in CHANNELS:
        return run_channel_search(name, **settings)
    return run_search(name, **settings)
