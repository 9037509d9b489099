"""One file per search, on one of five nouns: bumps in one spectrum or several, counts, planes, one photon."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from scotopic.errors import InputError

if TYPE_CHECKING:
    from scotopic.searches.channel_search import ChannelSearch
    from scotopic.searches.counting_search import CountingSearch
    from scotopic.searches.photon_search import PhotonSearch
    from scotopic.searches.plane_search import PlaneSearch
    from scotopic.searches.search import Search

BUMPS = ("alp-gammagamma",)
COUNTING = ("zprime-invisible", "zprime-lfv")
PLANES = ("darkhiggs-invisible",)
PHOTONS = ("darkphoton-invisible", "alp-invisible")
CHANNELS = ("darkphoton-visible",)


def searches() -> tuple[str, ...]:
    """Return the names of the searches."""
    return (*BUMPS, *COUNTING, *PLANES, *PHOTONS, *CHANNELS)


def check_search(name: str) -> None:
    """Raise `InputError` if there is no search of that name."""
    if name not in searches():
        raise InputError(f"unknown search {name!r}; there are: {', '.join(searches())}")


def any_search(name: str) -> "Search | CountingSearch | PlaneSearch | PhotonSearch | ChannelSearch":
    """Return the search `name`, of whichever noun."""
    check_search(name)
    found: Search | CountingSearch | PlaneSearch | PhotonSearch | ChannelSearch = _find(name, searches(), "")
    return found


def get_search(name: str) -> "Search":
    """Return the search `name` for a bump in one spectrum."""
    found: Search = _find(name, BUMPS, "for a bump in one spectrum")
    return found


def get_counting_search(name: str) -> "CountingSearch":
    """Return the counting search `name`."""
    found: CountingSearch = _find(name, COUNTING, "that counts events")
    return found


def get_plane_search(name: str) -> "PlaneSearch":
    """Return the search `name` in a plane of two masses."""
    found: PlaneSearch = _find(name, PLANES, "in a plane of two masses")
    return found


def get_photon_search(name: str) -> "PhotonSearch":
    """Return the search `name` for one photon."""
    found: PhotonSearch = _find(name, PHOTONS, "for one photon")
    return found


def get_channel_search(name: str) -> "ChannelSearch":
    """Return the search `name` for a bump in several channels."""
    found: ChannelSearch = _find(name, CHANNELS, "for a bump in several channels")
    return found


def _find(name: str, names: tuple[str, ...], kind: str) -> Any:
    check_search(name)
    if name not in names:
        raise InputError(f"{name} is no search {kind}; there are: {', '.join(names)}")
    word = name.replace("-", "_")
    return getattr(import_module(f"scotopic.searches.{word}"), word.upper())
