"""The factor 1/(1 - Δα(q²)) by which vacuum polarisation dresses an internal photon.

It is tabulated on a grid in ln|q²|, so that any array framework can look it up. The grid resolves ρ, ω and φ. J/ψ,
ψ(2S) and Υ(1S) to Υ(3S), where Δα exceeds one within less than an MeV, are averaged over `RESOLUTION`: what they do far
away is kept, their production as real particles is not.
"""

import math
from functools import lru_cache
from typing import Any

import numpy as np

from scotopic.numerics.arrays import Floats
from scotopic.numerics.complex_pair import Pair, Real

LOWEST, HIGHEST = 1e-9, 1e5
"""|q²| of the table's ends, GeV²; Δα is 1e-6 at the lower one."""

INTERVALS = 65_536

RESOLUTION = 0.05
"""GeV."""


def dressing(q2: Real) -> Pair:
    """Return 1/(1 - Δα(q²)) for q² in GeV², positive or negative; constant outside the table."""
    real, imaginary = _table()
    xp: Any = q2.__array_namespace__()
    scale = INTERVALS / math.log(HIGHEST / LOWEST)
    place = xp.clip(scale * xp.log(xp.abs(q2) / LOWEST), 0.0, INTERVALS * (1.0 - 1e-12))
    below = xp.floor(place)
    share = place - below
    # time-like values lie behind the space-like ones
    index = xp.astype(below, xp.int32) + xp.where(q2 > 0.0, INTERVALS + 1, 0)

    def look_up(table: Floats) -> Any:
        values = xp.asarray(table)
        low = xp.take(values, index)
        return low + share * (xp.take(values, index + 1) - low)

    return Pair(look_up(real), look_up(imaginary))


@lru_cache(maxsize=1)
def _table() -> tuple[Floats, Floats]:
    # imported here: only who wants a running coupling reads its data
    from scotopic.physics.vacuum_polarisation import delta_alpha

    magnitude = np.geomspace(LOWEST, HIGHEST, INTERVALS + 1)
    shift = delta_alpha(np.concatenate([-magnitude, magnitude]), RESOLUTION)
    factor = 1.0 / (1.0 - shift)
    return factor.real.copy(), factor.imag.copy()
