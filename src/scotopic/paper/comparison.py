"""Compare a limit of ours with a published one, mass by mass."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError

Floats = NDArray[np.float64]


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
    """Return the comparison at our masses, the published curve read between its points on log-log axes."""
    inside = (mass >= published_mass[0]) & (mass <= published_mass[-1]) & np.isfinite(ours) & (ours > 0.0)
    if not inside.any():
        raise InputError("our masses and the published curve's do not overlap")
    log_published = np.interp(np.log(mass[inside]), np.log(published_mass), np.log(published))
    ratio = ours[inside] / np.exp(log_published)
    median = float(np.median(ratio))
    within = float(np.mean(np.abs(np.log(ratio / median)) <= np.log(factor)))
    return Comparison(mass[inside], ratio, median, within, factor)
