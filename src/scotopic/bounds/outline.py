"""Whether points make a function of mass or a closed outline, and what is wrong where they do not."""

import numpy as np

from scotopic.bounds.polygon import crossing_edges
from scotopic.numerics.arrays import Floats


def order_faults(mass: Floats, coupling: Floats, shape: str) -> list[tuple[str, str]]:
    """Return every fault of the order of points, as (place, text); place is empty or ", point 3"."""
    points = np.stack([mass, coupling], axis=1)
    repeated = np.flatnonzero((points[1:] == points[:-1]).all(axis=1)) + 2
    faults = [(f", point {number}", "is the same as the point before") for number in repeated]
    if shape == "function":
        for number in np.setdiff1d(np.flatnonzero(np.diff(mass) <= 0.0) + 2, repeated):
            faults.append(
                (
                    f", point {number}",
                    f"mass {mass[number - 1]:g} does not rise above {mass[number - 2]:g}; "
                    'a function of mass needs rising masses, a closed curve shape = "region"',
                )
            )
        return faults
    if len(points) < 3:
        return [*faults, ("", "a region needs at least three corners")]
    if (points[0] == points[-1]).all():
        return [*faults, ("", "the last corner is the first one; do not repeat it, a region closes itself")]
    if not faults and (edges := crossing_edges(mass, coupling)) is not None:
        faults.append(("", f"edges {edges[0]} and {edges[1]} cross; order the corners along the outline"))
    return faults
