"""Run any search by its name."""

from typing import Any

from scotopic.searches import COUNTING, check_search
from scotopic.searches.counting_search import CountingResult
from scotopic.searches.search import SearchResult
from scotopic.study.counting_run import run_counting_search
from scotopic.study.run import run_search


def search(name: str, **settings: Any) -> SearchResult | CountingResult:
    """Run a search and return its result.

    Parameters
    ----------
    name : str
        One of `scotopic.searches.searches()`.
    **settings
        As for `scotopic.study.run.run_search` (bump searches) or `scotopic.study.counting_run.run_counting_search`.
    """
    check_search(name)
    if name in COUNTING:
        return run_counting_search(name, **settings)
    return run_search(name, **settings)
