"""Figures: one file each, functions take data and return a matplotlib figure; the only door to matplotlib.

The names below are loaded on first use, for importing the room must not load matplotlib.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scotopic.figures.exclusion_plane import exclusion_plane
    from scotopic.figures.figure_1 import figure_1
    from scotopic.figures.figure_2a import figure_2a
    from scotopic.figures.figure_2b import COMPETITORS, figure_2b
    from scotopic.figures.figure_4a import figure_4a
    from scotopic.figures.figure_4b import figure_4b
    from scotopic.figures.figure_5 import figure_5
    from scotopic.figures.figure_6 import TurnOn, figure_6
    from scotopic.figures.figure_7b import figure_7b
    from scotopic.figures.figure_8 import figure_8
    from scotopic.figures.files import save, save_pages, write_csv
    from scotopic.figures.likelihood_scan import likelihood_scan
    from scotopic.figures.limit_bands import LimitCurves, limit_bands
    from scotopic.figures.limits_by_luminosity import limits_by_luminosity
    from scotopic.figures.mass_plane import mass_plane
    from scotopic.figures.p_values import p_value_scan
    from scotopic.figures.performance import efficiency, resolution
    from scotopic.figures.photon_plane import photon_plane
    from scotopic.figures.signature_plane import signature_plane
    from scotopic.figures.spectrum import spectrum
    from scotopic.figures.toy_distribution import toy_distribution
    from scotopic.figures.yields import yields

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
    "write_csv",
    "yields",
]

_OTHER_FILES = {
    "COMPETITORS": "figure_2b",
    "LimitCurves": "limit_bands",
    "TurnOn": "figure_6",
    "efficiency": "performance",
    "p_value_scan": "p_values",
    "resolution": "performance",
    "save": "files",
    "save_pages": "files",
    "write_csv": "files",
}


class _Room(ModuleType):
    """The room: where a file and its function share a name, the name means the function."""

    def __getattr__(self, name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_OTHER_FILES.get(name, name)}"), name)

    def __setattr__(self, name: str, value: Any) -> None:
        # the import system binds a loaded file to its name in the room
        if not (name in __all__ and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *__all__})


sys.modules[__name__].__class__ = _Room
