"""What a figure of the paper reports: its files, and how it compares with what was published."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

PAPER = "Belle II, BELLE2-CONF-PROC-2021-003"


class Check(TypedDict):
    """One comparison: `published`, its `source` and `mark` (R, D, M or P), `ours`, and ours/published.

    `published` and `ratio` are None where nothing was published.
    """

    what: str
    published: float | None
    ours: float
    ratio: float | None
    source: str
    mark: str


class FigureReport(TypedDict):
    """Files of a figure and its checks."""

    files: list[str]
    checks: list[Check]


def check(what: str, published: float | None, ours: float, source: str, mark: str) -> Check:
    """Return a comparison; the ratio is None where nothing was published or zero was."""
    ratio = ours / published if published and math.isfinite(published) else None
    return {
        "what": what,
        "published": published,
        "ours": float(ours),
        "ratio": ratio,
        "source": source,
        "mark": mark,
    }


def strings(paths: Sequence[Path]) -> list[str]:
    """Return paths as a report has them."""
    return [str(path) for path in paths]
