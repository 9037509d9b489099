"""Figures: one file each, functions take data and return a matplotlib figure; the only door to matplotlib.

The names below are loaded on first use, for importing the room must not load matplotlib.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scotopic.figures.event_yields import yields
    from scotopic.figures.exclusions import exclusion_plane
    from scotopic.figures.files import save, save_pages
    from scotopic.figures.likelihood import likelihood_scan
    from scotopic.figures.limits import LimitCurves, limit_bands
    from scotopic.figures.mass_windows import mass_plane
    from scotopic.figures.p_values import p_value_scan
    from scotopic.figures.paper.figure_1 import figure_1
    from scotopic.figures.paper.figure_2a import figure_2a
    from scotopic.figures.paper.figure_2b import COMPETITORS, figure_2b
    from scotopic.figures.paper.figure_4a import figure_4a
    from scotopic.figures.paper.figure_4b import figure_4b
    from scotopic.figures.paper.figure_5 import figure_5
    from scotopic.figures.paper.figure_6 import TurnOn, figure_6
    from scotopic.figures.paper.figure_7b import figure_7b
    from scotopic.figures.paper.figure_8 import figure_8
    from scotopic.figures.performance import efficiency, resolution
    from scotopic.figures.photon_areas import photon_plane
    from scotopic.figures.projections import limits_by_luminosity
    from scotopic.figures.signatures import signature_plane
    from scotopic.figures.spectra import spectrum
    from scotopic.figures.toys import toy_distribution

__all__ = [
    "COMPETITORS",
    "LimitCurves",
    "TurnOn",
    "efficiency",
    "exclusion_plane",
    "figure_1",
    "figure_2a",
    "figure_2b",
    "figure_4a",
    "figure_4b",
    "figure_5",
    "figure_6",
    "figure_7b",
    "figure_8",
    "likelihood_scan",
    "limit_bands",
    "limits_by_luminosity",
    "mass_plane",
    "p_value_scan",
    "photon_plane",
    "resolution",
    "save",
    "save_pages",
    "signature_plane",
    "spectrum",
    "toy_distribution",
    "yields",
]

_FILES = {
    "event_yields": ("yields",),
    "exclusions": ("exclusion_plane",),
    "files": ("save", "save_pages"),
    "likelihood": ("likelihood_scan",),
    "limits": ("LimitCurves", "limit_bands"),
    "mass_windows": ("mass_plane",),
    "p_values": ("p_value_scan",),
    "paper.figure_1": ("figure_1",),
    "paper.figure_2a": ("figure_2a",),
    "paper.figure_2b": ("COMPETITORS", "figure_2b"),
    "paper.figure_4a": ("figure_4a",),
    "paper.figure_4b": ("figure_4b",),
    "paper.figure_5": ("figure_5",),
    "paper.figure_6": ("TurnOn", "figure_6"),
    "paper.figure_7b": ("figure_7b",),
    "paper.figure_8": ("figure_8",),
    "performance": ("efficiency", "resolution"),
    "photon_areas": ("photon_plane",),
    "projections": ("limits_by_luminosity",),
    "signatures": ("signature_plane",),
    "spectra": ("spectrum",),
    "toys": ("toy_distribution",),
}
_PLACE = {name: file for file, names in _FILES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _PLACE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACE[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
