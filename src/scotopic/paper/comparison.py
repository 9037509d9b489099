"""Compare a limit of ours with a published one, mass by mass."""

from dataclasses import dataclass

import numpy as np

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats


@dataclass(frozen=True)
class Comparison:
    """Ratios ours/published.

    Attributes
    ----------
    mass, ratio : (M,)
        Where both curves exist; GeV.
    median : float
    within : float
        Fraction of the masses whose ratio lies within a factor of the median.
    factor : float
        That factor.
    """

    mass: Floats
    ratio: Floats
    median: float
    within: float
    factor: float


def compare_limits(
    mass: Floats, ours: Floats, published_mass: Floats, published: Floats, *, factor: float = 1.8
) -> Comparison:
    """Return the comparison at our masses, the published curve read between its points on log-log axes.

    A published limit that is zero, negative or not finite is no limit: masses between its neighbours have no ratio.

    Raises
    ------
    InputError
        Where no mass of ours lies between two published limits.
    """
    is_limit = (published > 0.0) & np.isfinite(published)
    logs = np.log(published, out=np.full(published.shape, np.nan), where=is_limit)
    known = published_mass > 0.0
    at = np.interp(np.log(mass), np.log(published_mass[known]), logs[known], left=np.nan, right=np.nan)
    inside = np.isfinite(at) & np.isfinite(ours) & (ours > 0.0)
    if not inside.any():
        raise InputError("none of our masses lies between two published limits")
    ratio = ours[inside] / np.exp(at[inside])
    median = float(np.median(ratio))
    within = float(np.mean(np.abs(np.log(ratio / median)) <= np.log(factor)))
    return Comparison(mass[inside], ratio, median, within, factor)
