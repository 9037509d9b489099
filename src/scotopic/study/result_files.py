"""The files of the result of any search."""

from collections.abc import Callable
from pathlib import Path

from scotopic.searches.channel_search import ChannelSearch
from scotopic.searches.counting_search import CountingSearch
from scotopic.searches.photon_search import PhotonSearch
from scotopic.searches.plane_search import PlaneSearch
from scotopic.searches.search import Search
from scotopic.study.channel_report import write_channels
from scotopic.study.counting_report import write_counting
from scotopic.study.photon_report import write_photons
from scotopic.study.plane_report import write_plane
from scotopic.study.report import write_search
from scotopic.study.search import Result

WRITERS: dict[type, Callable[..., list[Path]]] = {
    Search: write_search,
    ChannelSearch: write_channels,
    CountingSearch: write_counting,
    PhotonSearch: write_photons,
    PlaneSearch: write_plane,
}


def write_result(result: Result, folder: Path) -> list[Path]:
    """Write everything of a result into a folder and return the paths.

    The coupling of another model than the search's own has files of its own, `write_model_report`.
    """
    write = next(one for noun, one in WRITERS.items() if isinstance(result.definition, noun))
    return write(result, folder)
