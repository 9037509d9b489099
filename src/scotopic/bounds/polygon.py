"""Closed polygons with straight edges on doubly logarithmic axes."""

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


def crossing_edges(x: Floats, y: Floats) -> tuple[int, int] | None:
    """Return the first two edges, counted from 1, that cross or touch without being neighbours; or None."""
    corners = np.stack([np.log(x), np.log(y)], axis=1)
    following = np.roll(corners, -1, axis=0)
    count = len(corners)
    for one in range(count):
        for two in range(one + 2, count):
            if one == 0 and two == count - 1:
                continue
            if _cross(corners[one], following[one], corners[two], following[two]):
                return one + 1, two + 1
    return None


def _edges(x: Floats, y: Floats) -> list[tuple[float, float, float, float]]:
    return list(zip(x.tolist(), y.tolist(), np.roll(x, -1).tolist(), np.roll(y, -1).tolist(), strict=True))


def _side(origin: Floats, end: Floats, point: Floats) -> float:
    return float(np.sign((end[0] - origin[0]) * (point[1] - origin[1])
                         - (end[1] - origin[1]) * (point[0] - origin[0])))  # fmt: skip


def _cross(a: Floats, b: Floats, c: Floats, d: Floats) -> bool:
    if (np.maximum(a, b) < np.minimum(c, d)).any() or (np.maximum(c, d) < np.minimum(a, b)).any():
        return False
    return _side(a, b, c) * _side(a, b, d) <= 0.0 and _side(c, d, a) * _side(c, d, b) <= 0.0
