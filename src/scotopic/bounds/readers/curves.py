"""From columns of numbers to the pieces of a bound: end markers dropped, function or outline told apart."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scotopic.bounds.bound import Shape
from scotopic.bounds.outline import order_faults
from scotopic.bounds.polygon import crossing_edges
from scotopic.errors import InputError

Floats = NDArray[np.float64]
Pieces = tuple[tuple[Floats, Floats], ...]

NO_LIMIT = 1.0e4
"""Couplings from here on close a drawn curve or mean that there is no limit; so do 1, 10, 100 and 1000 where they
lie `FAR` above every other value."""

FAR = 10.0
JITTER = 0.02


def read_text(path: Path) -> str:
    """Return the text of a file."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError(f"{path}: not a readable text file ({fault})") from None


def read_columns(text: str, place: str, separators: str = ",;") -> Floats:
    """Return the numbers of a text as (rows, columns); comments, blank lines and a line of names are skipped.

    Raises
    ------
    InputError
        With the place of every line that does not hold the same count of finite numbers as the first.
    """
    rows: list[list[float]] = []
    faults = []
    named = False
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.split("#", 1)[0]
        for separator in separators:
            content = content.replace(separator, " ")
        cells = content.split()
        if not cells:
            continue
        try:
            row = [float(cell) for cell in cells]
        except ValueError:
            if not rows and not named:
                named = True
            else:
                faults.append(f"{place}: line {number}: {line.strip()[:60]!r} is not numbers")
            continue
        if rows and len(row) != len(rows[0]):
            faults.append(f"{place}: line {number}: {len(row)} numbers, the lines before have {len(rows[0])}")
        elif not np.isfinite(row).all():
            faults.append(f"{place}: line {number}: {line.strip()[:60]!r} has a number that is not finite")
        else:
            rows.append(row)
    if not faults and (len(rows) < 2 or len(rows[0]) < 2):
        faults.append(f"{place}: fewer than two lines of mass and coupling")
    if faults:
        raise InputError("; ".join(faults[:20] + [f"and {len(faults) - 20} more"] * (len(faults) > 20)))
    return np.array(rows)


def upper_limit(mass: Floats, value: Floats, place: str) -> tuple[Pieces, Shape]:
    """Return pieces and shape of a curve: a function of mass if masses rise, else a closed outline.

    Masses count as rising if none goes back by more than `JITTER` of the range (logarithms): a pen trembles.
    Of a function, points without a limit (from `NO_LIMIT` on) are gaps and a massless first point has no place;
    of points with the same mass the stronger one counts. An outline loses repeated corners and the little
    loops (below `JITTER` of its length) where it crosses itself.
    """
    mass, value = mass[mass != 0.0], value[mass != 0.0]
    _check_positive(mass, value, place)
    along = np.log(mass)
    back = (np.maximum.accumulate(along) - along).max()
    forth = (along - np.minimum.accumulate(along)).max()
    if min(forth, back) <= JITTER * np.ptp(along):
        return _split(mass, value, place), "function"
    return (_outline(mass, value, place),), "region"


def two_sided(mass: Floats, low: Floats, high: Floats, place: str) -> Pieces:
    """Return outlines of the couplings between two edges at rising masses; rows without a limit are gaps."""
    mass, low, high = mass[mass != 0.0], low[mass != 0.0], high[mass != 0.0]
    _check_positive(mass, low, place)
    order = np.argsort(mass, kind="stable")
    mass, low, high = mass[order], low[order], high[order]
    keep = np.append(True, np.diff(mass) > 0.0)
    mass, low, high = mass[keep], low[keep], high[keep]
    good = (low < NO_LIMIT) & (high > low)
    pieces = []
    for run in _runs(good):
        m, one, two = mass[run], np.copy(low[run]), np.minimum(high[run], NO_LIMIT)
        if len(m) > 1:
            pieces.append((np.append(m, m[::-1]), np.append(one, two[::-1])))
    if not pieces:
        raise InputError(f"{place}: no two neighbouring masses with a lower and an upper edge")
    return tuple(pieces)


def _check_positive(mass: Floats, value: Floats, place: str) -> None:
    for what, column in (("mass", mass), ("coupling", value)):
        wrong = np.flatnonzero(~(column > 0.0))
        if len(wrong):
            raise InputError(
                f"{place}: {what} of point {wrong[0] + 1} is {column[wrong[0]]:g}, must be positive "
                f"({len(wrong)} such points)"
            )


def _runs(good: NDArray[np.bool_]) -> list[slice]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]]).astype(int)))
    return [slice(a, b) for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)]


def _no_limit(value: Floats) -> NDArray[np.bool_]:
    marker = value >= NO_LIMIT
    power = np.isin(value, (1.0, 10.0, 100.0, 1000.0))
    others = value[~(marker | power)]
    return np.asarray(marker | (power & (value > FAR * others.max()))) if len(others) else marker


def _split(mass: Floats, value: Floats, place: str) -> Pieces:
    """Return the runs between points without a limit, as they were drawn, each a function of mass."""
    pieces = []
    for run in _runs(~_no_limit(value)):
        where, first = np.unique(mass[run], return_inverse=True)
        least = np.full(len(where), np.inf)
        np.minimum.at(least, first, value[run])
        if len(where) > 1:
            pieces.append((where, least))
    if not pieces:
        raise InputError(f"{place}: no two neighbouring masses with a limit below {NO_LIMIT:g}")
    return tuple(pieces)


def _outline(mass: Floats, value: Floats, place: str) -> tuple[Floats, Floats]:
    points = np.stack([mass, np.minimum(value, NO_LIMIT)], axis=1)
    points = points[(points != np.roll(points, 1, axis=0)).any(axis=1)]
    while (edges := crossing_edges(*points.T)) is not None:
        first, last = edges[0], edges[1]  # between them lies a loop: corners first + 1 to last, from 1
        steps = np.hypot(*np.diff(np.log(np.append(points, points[:1], axis=0)), axis=0).T)
        loop = steps[first - 1 : last].sum()
        inside = np.zeros(len(points), dtype=bool)
        inside[first:last] = True
        if min(loop, steps.sum() - loop) > JITTER * steps.sum():
            break
        points = points[inside] if loop > 0.5 * steps.sum() else points[~inside]
    faults = order_faults(points[:, 0], points[:, 1], "region")
    if faults:
        raise InputError("; ".join(f"{place}{where}: {text}" for where, text in faults))
    return points[:, 0], points[:, 1]


def freeze(pieces: Sequence[tuple[Floats, Floats]]) -> Pieces:
    """Return pieces whose numbers cannot be changed."""
    for piece in pieces:
        for array in piece:
            array.setflags(write=False)
    return tuple(pieces)
