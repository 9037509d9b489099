"""Closed polygons with straight edges on doubly logarithmic axes."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def contains(x: Floats, y: Floats, at_x: ArrayLike, at_y: ArrayLike) -> NDArray[np.bool_]:
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
    """Return closed polygons from the intervals of y at rising x.

    Neighbouring intervals that overlap belong together; where one parts into two or two become one, polygons
    end and new ones begin. A polygon needs two values of x.
    """
    if all(len(here) < 2 for here in intervals):
        return _single_pieces(x, np.array([here[0] if here else (np.nan, np.nan) for here in intervals]))
    done: list[list[tuple[float, float, float]]] = []
    growing: list[list[tuple[float, float, float]]] = []
    for one, here in zip(x.tolist(), intervals, strict=True):
        columns = [(one, low, high) for low, high in here]
        links = [[j for j, column in enumerate(columns) if _meet(grown[-1], column)] for grown in growing]
        led_here = [sum(j in link for link in links) for j in range(len(columns))]
        begun: dict[int, list[tuple[float, float, float]]] = {}
        for grown, link in zip(growing, links, strict=True):
            if len(link) == 1 and led_here[link[0]] == 1:
                begun[link[0]] = grown
                continue
            begun |= {j: [grown[-1]] for j in link if led_here[j] == 1}  # parting
            grown.extend(columns[j] for j in link[:1] if led_here[j] > 1)  # meeting
            done.append(grown)
        growing = [begun.get(j, []) for j in range(len(columns))]
        for grown, column in zip(growing, columns, strict=True):
            grown.append(column)
    return tuple(_outline(columns) for columns in (*done, *growing) if len(columns) > 1)


def _single_pieces(x: Floats, ends: Floats) -> tuple[tuple[Floats, Floats], ...]:
    """Return the same where each x has one interval at most, its ends in (X, 2), NaN where there is none."""
    low, high = ends[:, 0], ends[:, 1]
    meet = (low[1:] <= high[:-1]) & (low[:-1] <= high[1:])
    pieces = []
    for run in np.split(np.arange(len(x)), np.flatnonzero(~meet) + 1):
        if len(run) > 1:
            back = run[high[run] > low[run]][::-1]
            pieces.append((np.append(x[run], x[back]), np.append(low[run], high[back])))
    return tuple(pieces)


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


def _just_beside(x: Floats, y: Floats, at: Floats, side: int) -> tuple[NDArray[np.intp], Floats]:
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


def _meet(one: tuple[float, float, float], two: tuple[float, float, float]) -> bool:
    return one[1] <= two[2] and two[1] <= one[2]


def _outline(columns: list[tuple[float, float, float]]) -> tuple[Floats, Floats]:
    """Return the closed outline of columns (x, low, high): along the lower edge and back along the upper."""
    back = [(x, high) for x, low, high in reversed(columns) if high > low]
    corners = np.array([*((x, low) for x, low, _ in columns), *back])
    return corners[:, 0], corners[:, 1]


def _edges(x: Floats, y: Floats) -> list[tuple[float, float, float, float]]:
    return list(zip(x.tolist(), y.tolist(), np.roll(x, -1).tolist(), np.roll(y, -1).tolist(), strict=True))


def _side(origin: Floats, end: Floats, point: Floats) -> Floats:
    """Return on which side of a directed line points lie, as a signed area."""
    along, offset = end - origin, point - origin
    return np.asarray(along[0] * offset[1] - along[1] * offset[0])
