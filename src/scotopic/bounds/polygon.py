"""Closed polygons with straight edges on doubly logarithmic axes."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from scotopic.numerics.arrays import Bools, Floats, Indices


def contains(x: Floats, y: Floats, at_x: ArrayLike, at_y: ArrayLike) -> Bools:
    """Return whether points lie inside a polygon, by the parity of the edges to their right.

    Parameters
    ----------
    x, y : (K,)
        Corners, positive; the last one joins the first.
    at_x, at_y : array
        Points, broadcast against each other; positive, NaN is outside.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        px, py = np.broadcast_arrays(np.log(np.asarray(at_x, float)), np.log(np.asarray(at_y, float)))
    inside = np.zeros(px.shape, dtype=bool)
    for ax, ay, bx, by in _edges(np.log(x), np.log(y)):
        crosses = (ay > py) != (by > py)
        if ay != by:
            inside ^= crosses & (px < ax + (py - ay) * ((bx - ax) / (by - ay)))
    return inside


def lowest(x: Floats, y: Floats, at_x: ArrayLike) -> Floats:
    """Return the lowest y of the polygon at each x, NaN where the polygon is not."""
    px = np.log(np.asarray(at_x, float))
    result = np.full(px.shape, np.inf)
    for ax, ay, bx, by in _edges(np.log(x), np.log(y)):
        low, high = min(ax, bx), max(ax, bx)
        here = (px >= low) & (px <= high)
        on_edge = np.full(px.shape, min(ay, by)) if ax == bx else ay + (px - ax) * ((by - ay) / (bx - ax))
        result = np.where(here, np.minimum(result, on_edge), result)
    return np.where(np.isfinite(result), np.exp(result), np.nan)


def slices(x: Floats, y: Floats, at_x: ArrayLike) -> list[list[tuple[float, float]]]:
    """Return, at each x, the intervals of y inside the polygon, in rising order.

    At the x of a corner the closed polygon counts: edges that end there and vertical edges belong to it.
    """
    px = np.log(np.atleast_1d(np.asarray(at_x, float)))
    order = np.argsort(px, kind="stable")
    found: list[list[tuple[float, float]]] = [[] for _ in px]
    for side in (-1, 1):
        rows, values = _just_beside(np.log(x), np.log(y), px[order], side)
        pairs = zip(order[rows[::2]].tolist(), values[::2].tolist(), values[1::2].tolist(), strict=True)
        for at, low, high in pairs:
            found[at].append((low, high))
    return [merge(here) if len(here) > 1 else here for here in found]


def merge(intervals: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return intervals united where they overlap or touch (to 1e-12), in rising order."""
    united: list[tuple[float, float]] = []
    for low, high in sorted(intervals):
        if united and low <= united[-1][1] * (1.0 + 1e-12):
            united[-1] = (united[-1][0], max(united[-1][1], high))
        else:
            united.append((low, high))
    return united


def from_intervals(
    x: Floats, intervals: Sequence[Sequence[tuple[float, float]]]
) -> tuple[tuple[Floats, Floats], ...]:
    """Return closed polygons from lists of intervals of y at rising x: see `outlines`."""
    at = np.repeat(np.arange(len(x)), [len(here) for here in intervals])
    low, high = np.array([pair for here in intervals for pair in here], dtype=float).reshape(-1, 2).T
    return outlines(x, at, low, high)


def outlines(x: Floats, at: Indices, low: Floats, high: Floats) -> tuple[tuple[Floats, Floats], ...]:
    """Return closed polygons from intervals of y, N in all, at rising x.

    Neighbouring intervals that overlap belong together; where one parts into two or two become one, polygons
    end and new ones begin. A polygon needs two values of x.

    Parameters
    ----------
    x : (X,)
    at : (N,)
        Which x an interval belongs to, rising; several at one x in rising order.
    low, high : (N,)
    """
    if not len(at):
        return ()
    one, two = _links(at, low, high)
    ahead, behind = np.bincount(one, minlength=len(at)), np.bincount(two, minlength=len(at))
    goes_on = (ahead[one] == 1) & (behind[two] == 1)
    begin = np.arange(len(at))
    begin[two[goes_on]] = one[goes_on]
    for _ in range(len(at).bit_length()):  # each time twice as far back
        begin = begin[begin]
    order = np.argsort(begin, kind="stable")
    runs = np.split(order, np.flatnonzero(np.diff(begin[order])) + 1)
    parting = ~goes_on & (behind[two] == 1)
    meeting = ~goes_on & (behind[two] > 1) & (np.diff(one, prepend=-1) > 0)
    before = {int(two[link]): one[link : link + 1] for link in np.flatnonzero(parting)}
    after = {int(one[link]): two[link : link + 1] for link in np.flatnonzero(meeting)}
    none = one[:0]
    pieces = []
    for run in runs:
        whole = np.concatenate([before.get(run[0], none), run, after.get(run[-1], none)])
        if len(whole) > 1:
            back = whole[high[whole] > low[whole]][::-1]
            pieces.append((x[at[np.concatenate([whole, back])]], np.concatenate([low[whole], high[back]])))
    return tuple(pieces)


def _links(at: Indices, low: Floats, high: Floats) -> tuple[Indices, Indices]:
    """Return the pairs of intervals at neighbouring x that overlap, in order."""
    most = int(np.bincount(at).max())
    first = np.repeat(np.arange(len(at)), 2 * most - 1)
    second = (np.arange(len(at))[:, None] + np.arange(1, 2 * most)).ravel()
    inside = second < len(at)
    first, second = first[inside], second[inside]
    meet = (at[second] == at[first] + 1) & (low[second] <= high[first]) & (low[first] <= high[second])
    return first[meet], second[meet]


def below_zero(x: Floats, values: Floats) -> list[tuple[float, float]]:
    """Return where a curve of logarithms, straight between its points, is below 0, as intervals of e^x."""
    crossing = np.flatnonzero((values[1:] < 0.0) != (values[:-1] < 0.0))
    step = -values[crossing] / (values[crossing + 1] - values[crossing])
    edges = x[crossing] + step * (x[crossing + 1] - x[crossing])
    ends = [
        *([x[0]] if values[0] < 0.0 else []),
        *edges,
        *([x[-1]] if values[-1] < 0.0 else []),
    ]
    exponentials = np.exp(ends).tolist()
    return list(zip(exponentials[::2], exponentials[1::2], strict=True))


def crossing_edges(x: Floats, y: Floats) -> tuple[int, int] | None:
    """Return the first two edges, counted from 1, that cross or touch without being neighbours; or None."""
    begin = np.stack([np.log(x), np.log(y)])
    end = np.roll(begin, -1, axis=1)
    count = len(x)
    for one in range(count - 2):
        others = np.arange(one + 2, count - 1 if one == 0 else count)
        c, d = begin[:, others], end[:, others]
        a, b = begin[:, one, None], end[:, one, None]
        apart = (np.maximum(a, b) < np.minimum(c, d)) | (np.maximum(c, d) < np.minimum(a, b))
        near = others[~apart.any(axis=0)]
        c, d = begin[:, near], end[:, near]
        parted = np.sign(_side(a, b, c)) * np.sign(_side(a, b, d)) > 0.0
        parted |= np.sign(_side(c, d, a)) * np.sign(_side(c, d, b)) > 0.0
        crossed = ~parted
        if crossed.any():
            return one + 1, int(near[crossed][0]) + 1
    return None


def _just_beside(x: Floats, y: Floats, at: Floats, side: int) -> tuple[Indices, Floats]:
    """Return where edges are met at the limit of rising places from one side: places, in order, and e^y.

    A polygon is entered at every second one.
    """
    end_x, end_y = np.roll(x, -1), np.roll(y, -1)
    rule: Literal["left", "right"] = "right" if side < 0 else "left"
    first = np.searchsorted(at, np.minimum(x, end_x), rule)
    count = np.searchsorted(at, np.maximum(x, end_x), rule) - first
    edge = np.repeat(np.arange(len(x)), count)
    place = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count - first, count)
    ax, ay, bx, by, here = x[edge], y[edge], end_x[edge], end_y[edge], at[place]
    slope = (by - ay) / (bx - ax)
    value = np.where(here == ax, ay, np.where(here == bx, by, ay + (here - ax) * slope))
    # edges that meet at this place are ordered by what they do beside it
    order = np.lexsort((side * slope, value, place))
    return place[order], np.exp(value[order])


def _edges(x: Floats, y: Floats) -> list[tuple[float, float, float, float]]:
    return list(zip(x.tolist(), y.tolist(), np.roll(x, -1).tolist(), np.roll(y, -1).tolist(), strict=True))


def _side(origin: Floats, end: Floats, point: Floats) -> Floats:
    """Return on which side of a directed line points lie, as a signed area."""
    along, offset = end - origin, point - origin
    return np.asarray(along[0] * offset[1] - along[1] * offset[0])
