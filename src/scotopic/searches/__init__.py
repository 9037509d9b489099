"""One file per search, on the common noun."""

from typing import TYPE_CHECKING

from scotopic.errors import InputError

if TYPE_CHECKING:
    from scotopic.searches.search import Search


def searches() -> tuple[str, ...]:
    """Return the names of the searches."""
    return ("alp-gammagamma",)


def get_search(name: str) -> "Search":
    """Return the search `name`."""
    if name not in searches():
        raise InputError(f"unknown search {name!r}; there are: {', '.join(searches())}")
    from scotopic.searches.alp_gammagamma import ALP_GAMMAGAMMA

    return ALP_GAMMAGAMMA
