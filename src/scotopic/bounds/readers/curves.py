"""From columns of numbers to the pieces of a bound: end markers dropped, function or outline told apart.

What can be either is asked: rows out of order, and contours whose points were sorted by mass.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from scotopic.bounds.bound import Shape
from scotopic.bounds.outline import order_faults
from scotopic.bounds.polygon import crossing_edges, from_intervals, merge
from scotopic.errors import InputError
from scotopic.numerics.arrays import Bools, Floats

Pieces = tuple[tuple[Floats, Floats], ...]

NO_LIMIT = 1.0e4
"""Couplings from here on close a drawn curve or mean that there is no limit; so do the `MARKERS` where they lie `FAR`
above every other value."""
MARKERS = (1.0, 9.0, 9.9, 9.99, 9.999, 10.0, 99.0, 99.9, 99.99, 100.0, 999.0, 999.9, 1000.0, 9999.0)

FAR = 10.0
JITTER = 0.02
LEAP = 0.4
"""Part of the range of masses (logarithms) that no edge of an outline spans unasked."""
MOST_CORNERS = 10_000
APART = 2.0
"""Factor between the branches of a contour that was sorted by mass."""
MASSLESS = 1.0e-9
"""GeV; where a limit that is the same at mass 0 and at the lowest mass begins on a logarithmic axis."""


@dataclass(frozen=True)
class Curve:
    """Pieces and shape, and what was left out of the numbers."""

    pieces: Pieces
    shape: Shape
    notes: tuple[str, ...] = ()


def read_curve(
    mass: Floats,
    value: Floats,
    place: str,
    *,
    breaks: Sequence[int] = (),
    marked: bool = True,
    shape: str = "",
) -> Curve:
    """Return the curve of a column of limits.

    Parameters
    ----------
    mass, value : (N,)
        GeV, and the limit; NaN is a gap, which nothing bridges.
    place : str
        What messages call the file.
    breaks : sequence of int
        Rows before which another curve or region begins.
    marked : bool
        Whether large values are end markers (couplings) or values (cross sections).
    shape : str
        ``"function"``, ``"region"``, or empty: rising or falling masses are a function, a path that goes forth and
        back is an outline, the rest is asked.

    Raises
    ------
    InputError
        If it is neither, or could be both.
    """
    if not np.isfinite(mass).all():
        row = int(np.flatnonzero(~np.isfinite(mass))[0]) + 1
        raise InputError(f"{place}: row {row} has no mass")
    value = np.where(np.isinf(value), np.nan, value)
    if not np.isfinite(value).any():
        raise InputError(f"{place}: no mass has a limit, all values are missing")
    if marked and not (value < NO_LIMIT).any():
        raise InputError(f"{place}: no mass has a limit below {NO_LIMIT:g}")
    notes: list[str] = []
    edges = [0, *sorted(set(breaks) - {0, len(mass)}), len(mass)]
    sizes = np.diff(edges)
    if len(sizes) > 1 and sizes.min() < 2:
        if sizes.max() > 2:
            raise InputError(f"{place}: a row stands alone between blank lines; remove them, or the row")
        edges = [0, len(mass)]  # a file with a blank line behind every row
    pieces: list[tuple[Floats, Floats]] = []
    shapes = []
    for first, last in pairwise(edges):
        one = _block(mass[first:last], value[first:last], place, marked, shape, notes)
        pieces += one[0]
        shapes.append(one[1])
    if len(set(shapes)) > 1:
        raise InputError(
            f"{place}: some blocks are functions of mass, others regions; write one file of each"
        )
    if not pieces:
        limit = f" below {NO_LIMIT:g}" if marked else ""
        raise InputError(f"{place}: no two neighbouring masses with a limit{limit}")
    return Curve(tuple(pieces), shapes[0], tuple(dict.fromkeys(notes)))


def _block(
    mass: Floats, value: Floats, place: str, marked: bool, shape: str, notes: list[str]
) -> tuple[list[tuple[Floats, Floats]], Shape]:
    known = np.isfinite(value)
    _check_positive(value[known], place, "coupling")
    if (mass < 0.0).any():
        _check_positive(mass, place, "mass")
    mass, value = _from_massless(mass, value, place, marked, notes)
    known = np.isfinite(value)
    if shape == "region" or (not shape and not _is_function(mass, value, place, marked)):
        if not known.all():
            raise InputError(f"{place}: an outline with missing values; remove them, or give shape=function")
        if len(mass) < 3:
            raise InputError(f"{place}: a region needs three corners")
        return [_outline(mass, value, place)], "region"
    order = np.argsort(mass, kind="stable") if shape == "function" else np.arange(len(mass))
    return _split(mass[order], value[order], place, marked, shape, notes), "function"


def _from_massless(
    mass: Floats, value: Floats, place: str, marked: bool, notes: list[str]
) -> tuple[Floats, Floats]:
    """Return masses above 0: a limit that is the same at 0 and at the lowest mass begins at `MASSLESS`."""
    massive = mass > 0.0
    if massive.all():
        return mass, value
    if not massive.any():
        raise InputError(f"{place}: all masses are 0, which has no place on a logarithmic axis")
    limit = value[~massive & np.isfinite(value) & ~(_no_limit(value) if marked else np.isinf(value))]
    beside = [
        i for i in np.flatnonzero(massive) if (i and not massive[i - 1]) or not massive[(i + 1) % len(mass)]
    ]
    flat = [i for i in beside if (limit == value[i]).any()]
    if not flat:
        notes.append("rows of mass 0 left out")
        return mass[massive], value[massive]
    notes.append(f"rows of mass 0 begin at {MASSLESS:g} GeV")
    kept = massive | np.isin(value, limit)
    lightest = min(MASSLESS, 1e-3 * float(mass[massive].min()))
    return np.where(massive, mass, lightest)[kept], value[kept]


def _is_function(mass: Floats, value: Floats, place: str, marked: bool) -> bool:
    """Return whether masses rise or fall; False for an outline.

    Raises
    ------
    InputError
        If the order of rows does not tell, or the points zigzag between two branches.
    """
    along = np.log(mass)
    reach = float(np.ptp(along))
    back = float((np.maximum.accumulate(along) - along).max())
    forth = float((along - np.minimum.accumulate(along)).max())
    if min(forth, back) <= JITTER * reach:
        if marked and _zigzags(mass, value):  # contours are of couplings
            raise InputError(
                f"{place}: values go up and down between two branches: a contour whose points were sorted by mass? "
                "Order them along the outline, or give shape=function, which takes the lower branch"
            )
        return True
    steps = np.diff(np.append(along, along[0]))
    ways = np.sign(steps[np.abs(steps) > JITTER * reach])
    turns = np.count_nonzero(ways != np.roll(ways, 1))
    upright = [bool((along[steps == 0.0] == end).any()) for end in (along.min(), along.max())]
    few = min(np.count_nonzero(steps > 0.0), np.count_nonzero(steps < 0.0)) < 3
    if (np.abs(steps) > LEAP * reach).any() and (turns > 2 or (few and not all(upright))):
        rising = np.count_nonzero(steps > 0.0) >= np.count_nonzero(steps < 0.0)
        row = int(np.argmin(np.diff(along) if rising else -np.diff(along))) + 2
        raise InputError(
            f"{place}: masses out of order at row {row}: give shape=function, which sorts them, or shape=region for "
            "the corners of an outline"
        )
    return False


def _zigzags(mass: Floats, value: Floats) -> bool:
    """Return whether most steps in order of mass are long ones, up and down in turn."""
    good = np.isfinite(value) & ~_no_limit(value)
    order = np.argsort(mass[good], kind="stable")
    steps = np.diff(np.log(value[good][order]))
    signs = np.sign(steps[np.abs(steps) > np.log(APART)])
    if len(signs) < 4:
        return False
    turns = np.count_nonzero(signs[1:] != signs[:-1]) / (len(signs) - 1)
    return bool(len(signs) > 0.4 * len(steps) and turns > 0.8)


def two_sided(mass: Floats, low: Floats, high: Floats, place: str, breaks: Sequence[int] = ()) -> Curve:
    """Return outlines of the couplings between two edges; several intervals at one mass are kept.

    Rows without a limit (NaN, or from `NO_LIMIT` on) are gaps; an upper edge of inf has no end.

    Raises
    ------
    InputError
        If a lower edge lies above its upper one, or a row has one edge only.
    """
    if not np.isfinite(mass).all():
        raise InputError(f"{place}: row {int(np.flatnonzero(~np.isfinite(mass))[0]) + 1} has no mass")
    high = np.minimum(high, NO_LIMIT)
    half = np.isfinite(low) != np.isfinite(high)
    if half.any():
        raise InputError(f"{place}: row {int(np.flatnonzero(half)[0]) + 1} has one edge of its interval only")
    known = np.isfinite(low) & (mass != 0.0)
    if not known.any():
        raise InputError(f"{place}: no mass above 0 has a lower and an upper edge")
    for what, column in (("mass", mass), ("lower edge", low), ("upper edge", high)):
        _check_positive(column[known], place, what)
    known &= low < NO_LIMIT
    swapped = known & (low > high)
    if swapped.any():
        row = int(np.flatnonzero(swapped)[0])
        raise InputError(
            f"{place}: the lower edge lies above the upper one in {np.count_nonzero(swapped)} of {len(mass)} rows, "
            f"first in row {row + 1} ({low[row]:g} above {high[row]:g}): are the two swapped?"
        )
    pieces: list[tuple[Floats, Floats]] = []
    edges = [0, *sorted(set(breaks) - {0, len(mass)}), len(mass)]
    for first, last in pairwise(edges):
        here = slice(first, last)
        at, row_of = np.unique(mass[here], return_inverse=True)
        intervals: list[list[tuple[float, float]]] = [[] for _ in at]
        for row, one, other, good in zip(
            row_of, low[here].tolist(), high[here].tolist(), known[here], strict=True
        ):
            if good:
                intervals[row].append((one, other))
        united = [merge(one) for one in intervals]
        if max(map(len, united)) > 1:
            pieces += from_intervals(at, united)
            continue
        for run in _runs(np.array([len(one) == 1 for one in united])):
            one, other = np.array([pairs[0] for pairs in united[run]]).T
            open_ = one < other
            if len(one) > 1 and open_.any():
                pieces.append((np.append(at[run], at[run][open_][::-1]), np.append(one, other[open_][::-1])))
    if not pieces:
        raise InputError(f"{place}: no two neighbouring masses with a lower and an upper edge")
    notes = ["rows of mass 0 left out"] if (mass == 0.0).any() else []
    return Curve(tuple(pieces), "region", tuple(notes))


def _check_positive(column: Floats, place: str, what: str) -> None:
    wrong = np.flatnonzero(~(column > 0.0))
    if len(wrong):
        raise InputError(
            f"{place}: {what} of point {wrong[0] + 1} is {column[wrong[0]]:g}, must be positive "
            f"({len(wrong)} such points)"
        )


def _runs(good: Bools) -> list[slice]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]]).astype(int)))
    return [slice(a, b) for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)]


def _no_limit(value: Floats) -> Bools:
    marker = value >= NO_LIMIT
    power = np.isin(value, MARKERS)
    others = value[np.isfinite(value) & ~(marker | power)]
    return np.asarray(marker | (power & (value > FAR * others.max()))) if len(others) else marker


def _split(
    mass: Floats, value: Floats, place: str, marked: bool, shape: str, notes: list[str]
) -> list[tuple[Floats, Floats]]:
    """Return the runs between points without a limit, as they were drawn, each a function of mass."""
    good = np.isfinite(value)
    if marked:
        markers = good & _no_limit(value)
        if markers.any():
            notes.append(
                f"{np.count_nonzero(markers)} end markers left out (values such as {value[markers].max():g})"
            )
        good &= ~markers
    pieces = []
    alone = 0
    runs = _runs(good) if shape else [part for run in _runs(good) for part in _steps(mass, value, run, place)]
    for run in runs:
        where, first = np.unique(mass[run], return_inverse=True)
        least = np.full(len(where), np.inf)
        np.minimum.at(least, first, value[run])
        if len(where) > 1:
            pieces.append((where, least))
        else:
            alone += 1
    if alone:
        notes.append(f"{alone} masses alone between gaps left out")
    return pieces


def _steps(mass: Floats, value: Floats, run: slice, place: str) -> list[slice]:
    """Return the parts of a run between upright steps, where a mass off its two ends has several limits.

    Raises
    ------
    InputError
        If most masses have several limits, as where two curves were joined.
    """
    m, v = mass[run], value[run]
    along = np.log(m)
    far = JITTER * np.ptp(along)
    changes = np.flatnonzero(np.diff(m) != 0.0) + 1
    groups = [
        (first, last)
        for first, last in pairwise([0, *changes.tolist(), len(m)])
        if np.ptp(v[first:last]) > 0.0 and min(np.ptp(along[: first + 1]), np.ptp(along[first:])) > far
    ]
    parts = list(pairwise([0, *(row for first, last in groups for row in (first + 1, last - 1)), len(m)]))[
        ::2
    ]
    flat = all(np.ptp(v[a:b]) == 0.0 for a, b in parts)
    if len(groups) > 1 and len(groups) >= 0.5 * (len(changes) + 1) and not flat:
        row = groups[0][0]
        raise InputError(
            f"{place}: {len(groups)} masses have several limits, first {m[row]:g} GeV ({v[row]:g} and {v[row + 1]:g}): "
            "two curves in one? Keep one of them, or give shape=function, which takes the lower limit"
        )
    return [slice(run.start + a, run.start + b) for a, b in parts]


def _outline(mass: Floats, value: Floats, place: str) -> tuple[Floats, Floats]:
    """Return an outline without repeated corners and without the little loops where it crosses itself."""
    points = np.stack([mass, np.minimum(value, NO_LIMIT)], axis=1)
    points = points[(points != np.roll(points, 1, axis=0)).any(axis=1)]
    if len(points) > MOST_CORNERS:
        raise InputError(f"{place}: an outline of more than {MOST_CORNERS} corners")
    while len(points) > 3 and (edges := crossing_edges(*points.T)) is not None:
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
        advice = "; for a table whose rows are out of order give shape=function"
        raise InputError("; ".join(f"{place}{where}: {text}" for where, text in faults) + advice)
    return points[:, 0], points[:, 1]


def freeze(pieces: Sequence[tuple[Floats, Floats]]) -> Pieces:
    """Return pieces whose numbers cannot be changed."""
    for piece in pieces:
        for array in piece:
            array.setflags(write=False)
    return tuple(pieces)
