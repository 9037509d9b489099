"""What a result calls observed: somebody's data, pseudo-data, or, in a projection, the expectation itself."""

from typing import Any

from scotopic.figures.style import PROJECTION, SIMULATED

FLUCTUATED = "pseudo-data: the simulated expectation, fluctuated"
PROJECTED = "projection: what is observed is the expectation itself"

LABELS = {"data": "user's data", "pseudo-data": SIMULATED, "projection": PROJECTION}


def source_of(*, data: bool, projected: bool) -> str:
    """Return the entry ``source`` of a result's settings, a key of `LABELS`."""
    return "projection" if projected else "data" if data else "pseudo-data"


def sample_text(result: Any) -> str:
    """Return what stands above a figure of the result of any search."""
    return LABELS[result.settings["source"]]
