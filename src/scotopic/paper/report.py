"""What a figure of the paper reports: its files, and how it compares with what was published."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypedDict

Verdict = Literal["good", "doubtful", "missed", "no tolerance"]


class Check(TypedDict):
    """One comparison: `published`, its `source` and `mark` (R, D, M or P), `ours`, and ours/published.

    `published` and `ratio` are None where nothing was published; `ours` where there is no number; `error`, the
    statistical one of ours, where it was not estimated or is none; `accepted`, the range of `ours` that counts as
    agreement, where none was stated.
    """

    what: str
    published: float | None
    ours: float | None
    error: float | None
    ratio: float | None
    accepted: tuple[float, float] | None
    source: str
    mark: str


class FigureReport(TypedDict):
    """Files of a figure and its checks."""

    files: list[str]
    checks: list[Check]


def check(
    what: str,
    published: float | None,
    ours: float,
    source: str,
    mark: str,
    *,
    error: float | None = None,
    accepted: tuple[float, float] | None = None,
) -> Check:
    """Return a comparison; the ratio is None where nothing was published or zero was, NaN of ours becomes None."""
    known = float(ours) if math.isfinite(ours) else None
    return {
        "what": what,
        "published": None if published is None else float(published),
        "ours": known,
        "error": None if error is None or not math.isfinite(error) else float(error),
        "ratio": known / float(published) if published and known is not None else None,
        "accepted": None if accepted is None else (float(accepted[0]), float(accepted[1])),
        "source": source,
        "mark": mark,
    }


def around(published: float, low: float, high: float) -> tuple[float, float]:
    """Return the range from `low` to `high` times a published value."""
    return low * published, high * published


def verdict(one: Check) -> Verdict:
    """Return ``good`` within the accepted range, ``doubtful`` within two errors of it, else ``missed``."""
    if one["accepted"] is None:
        return "no tolerance"
    if one["ours"] is None:
        return "missed"
    low, high = one["accepted"]
    if low <= one["ours"] <= high:
        return "good"
    reach = 2.0 * (one["error"] or 0.0)
    return "doubtful" if low - reach <= one["ours"] <= high + reach else "missed"


def strings(paths: Sequence[Path]) -> list[str]:
    """Return paths as a report has them."""
    return [str(path) for path in paths]
