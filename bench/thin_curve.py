"""Thin a digitised curve for a bound's file: few points, three digits, close to the full curve.

    python bench/thin_curve.py CURVE.csv [--points 60] [--tolerance 0.02] [--as convention=NAME]

Reads any file that `scotopic bounds` reads and prints ``[[piece]]`` tables, with the largest and the median
distance (in natural logarithms) of the full curve from the thinned one on stderr. Points go by Ramer, Douglas
and Peucker on doubly logarithmic axes; the tolerance grows until the points are few enough.
"""

import argparse
import sys

import numpy as np

from scotopic.bounds import read_bound
from scotopic.bounds.polygon import crossing_edges


def keep(points, tolerance, vertical):
    """Return the indices that stay of an open line; `vertical` measures along y at the same x."""
    chosen = {0, len(points) - 1}
    stack = [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        inner = points[first + 1 : last]
        direction = points[last] - points[first]
        if vertical and direction[0] != 0.0:
            distance = np.abs(
                inner[:, 1]
                - points[first, 1]
                - (inner[:, 0] - points[first, 0]) * direction[1] / direction[0]
            )
        else:
            length = np.hypot(*direction) or 1.0
            offset = inner - points[first]
            along = np.clip(offset @ direction / length**2, 0.0, 1.0)
            distance = np.hypot(*(offset - along[:, None] * direction).T)
        worst = int(np.argmax(distance))
        if distance[worst] > tolerance:
            middle = first + 1 + worst
            chosen.add(middle)
            stack += [(first, middle), (middle, last)]
    return sorted(chosen)


def rounded(values, digits):
    return np.array([float(f"{x:.{digits}g}") for x in values])


def thin(mass, coupling, shape, tolerance):
    """Return thinned and rounded masses and couplings."""
    points = np.log(np.stack([mass, coupling], axis=1))
    if shape == "function":
        index = keep(points, tolerance, vertical=True)
    else:
        # open the outline at its lightest and heaviest corners
        begin = int(np.argmin(points[:, 0]))
        points, mass, coupling = (np.roll(a, -begin, axis=0) for a in (points, mass, coupling))
        far = int(np.argmax(points[:, 0]))
        closed = np.append(points, points[:1], axis=0)
        index = keep(closed[: far + 1], tolerance, False) + [
            far + i for i in keep(closed[far:], tolerance, False)
        ]
        index = sorted(set(index) - {len(points)})
    m, g = rounded(mass[index], 4), rounded(coupling[index], 3)
    fresh = np.append(
        True, (np.diff(m) > 0.0) if shape == "function" else (np.diff(m) != 0.0) | (np.diff(g) != 0.0)
    )
    return m[fresh], g[fresh]


def distances(mass, coupling, thinned, shape):
    """Return the distance of every point of the full curve from the thinned one, in natural logarithms."""
    m, g = (np.log(a) for a in thinned)
    x, y = np.log(mass), np.log(coupling)
    if shape == "function":
        inside = (x >= m[0]) & (x <= m[-1])
        return np.abs(np.interp(x, m, g) - y)[inside]
    begin, end = np.stack([m, g]), np.roll(np.stack([m, g]), -1, axis=1)
    along = end - begin
    result = []
    for point in np.stack([x, y], axis=1):
        offset = point[:, None] - begin
        t = np.clip((offset * along).sum(axis=0) / np.maximum((along**2).sum(axis=0), 1e-30), 0.0, 1.0)
        result.append(np.hypot(*(offset - t * along)).min())
    return np.array(result)


def thin_bound(bound, most=60, tolerance=0.02):
    """Return thinned pieces and the distances of all points of the full ones."""
    while True:
        pieces = [thin(m, g, bound.shape, tolerance) for m, g in bound.pieces]
        crossing = bound.shape == "region" and any(crossing_edges(*piece) for piece in pieces)
        if sum(len(m) for m, _ in pieces) <= most and not crossing:
            break
        tolerance *= 0.93 if crossing and tolerance > 0.1 else 1.08
    far = [distances(m, g, t, bound.shape) for (m, g), t in zip(bound.pieces, pieces, strict=True)]
    return pieces, np.concatenate(far)


def written(pieces):
    """Return the tables of a bound's file."""
    lines = []
    for m, g in pieces:
        lines += ["[[piece]]", "points = ["]
        lines += [f"  [{a:.4g}, {b:.3g}]," for a, b in zip(m, g, strict=True)]
        lines += ["]", ""]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file")
    parser.add_argument("--points", type=int, default=60)
    parser.add_argument("--tolerance", type=float, default=0.02)
    parser.add_argument("--as", dest="given", action="append", default=[])
    arguments = parser.parse_args()
    bound = read_bound(arguments.file, dict(pair.split("=", 1) for pair in arguments.given))
    pieces, far = thin_bound(bound, arguments.points, arguments.tolerance)
    sys.stdout.write(written(pieces))
    sys.stderr.write(
        f"{sum(len(m) for m, _ in bound.pieces)} points to {sum(len(m) for m, _ in pieces)}; "
        f"largest distance {far.max():.3f}, median {np.median(far):.4f}\n"
    )


if __name__ == "__main__":
    main()
