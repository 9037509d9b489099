"""One file per search, on one of four nouns: bump, counting and plane searches, and bumps in several channels."""

from typing import TYPE_CHECKING

from scotopic.errors import InputError

if TYPE_CHECKING:
    from scotopic.searches.channel_search import ChannelSearch
    from scotopic.searches.counting_search import CountingSearch
    from scotopic.searches.plane_search import PlaneSearch
    from scotopic.searches.search import Search

COUNTING = ("zprime-invisible", "zprime-lfv")
PLANES = ("darkhiggs-invisible",)
CHANNELS = ("darkphoton-visible",)


def searches() -> tuple[str, ...]:
    """Return the names of the searches."""
    return ("alp-gammagamma", *COUNTING, *PLANES, *CHANNELS)


def check_search(name: str) -> None:
    """Refuse a name that is none of a search."""
    if name not in searches():
        raise InputError(f"unknown search {name!r}; there are: {', '.join(searches())}")


def any_search(name: str) -> "Search | CountingSearch | PlaneSearch | ChannelSearch":
    """Return the search `name`, of whichever noun."""
    if name in PLANES:
        return get_plane_search(name)
    if name in CHANNELS:
        return get_channel_search(name)
    return get_counting_search(name) if name in COUNTING else get_search(name)


def get_search(name: str) -> "Search":
    """Return the bump search `name`."""
    check_search(name)
    if name in (*COUNTING, *PLANES, *CHANNELS):
        raise InputError(f"{name} is no search for a bump in one spectrum")
    from scotopic.searches.alp_gammagamma import ALP_GAMMAGAMMA

    return ALP_GAMMAGAMMA


def get_counting_search(name: str) -> "CountingSearch":
    """Return the counting search `name`."""
    if name not in COUNTING:
        raise InputError(f"unknown counting search {name!r}; there are: {', '.join(COUNTING)}")
    from scotopic.searches.zprime_invisible import ZPRIME_INVISIBLE
    from scotopic.searches.zprime_lfv import ZPRIME_LFV

    return {one.name: one for one in (ZPRIME_INVISIBLE, ZPRIME_LFV)}[name]


def get_plane_search(name: str) -> "PlaneSearch":
    """Return the search `name` in a plane of two masses."""
    if name not in PLANES:
        raise InputError(f"unknown search in a plane {name!r}; there are: {', '.join(PLANES)}")
    from scotopic.searches.darkhiggs_invisible import DARKHIGGS_INVISIBLE

    return DARKHIGGS_INVISIBLE


def get_channel_search(name: str) -> "ChannelSearch":
    """Return the search `name` in several channels."""
    if name not in CHANNELS:
        raise InputError(f"unknown search in several channels {name!r}; there are: {', '.join(CHANNELS)}")
    from scotopic.searches.darkphoton_visible import DARKPHOTON_VISIBLE

    return DARKPHOTON_VISIBLE
