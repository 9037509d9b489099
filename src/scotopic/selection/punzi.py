"""Punzi's figure of merit, which needs no cross section of the signal (G. Punzi, physics/0308063).

The smallest number of signal events that an experiment finds with a significance of `a` standard deviations, and
excludes at the level of `b` of them where it is not there:

    S_min(B) = a²/8 + 9b²/13 + a√B + (b/2) √(b² + 4a√B + 4B);

the best selection has the largest ε/S_min(B).
"""

import numpy as np

from scotopic.numerics.arrays import Floats

A, B = 3.0, 1.28155
"""Three standard deviations, 90 % one-sided."""


def least_signal(background: Floats, a: float = A, b: float = B) -> Floats:
    """Return S_min of expected numbers of background events."""
    root = np.sqrt(background)
    inner = np.sqrt(b**2 + 4.0 * a * root + 4.0 * background)
    return np.asarray(a**2 / 8.0 + 9.0 * b**2 / 13.0 + a * root + 0.5 * b * inner)


def figure_of_merit(efficiency: Floats, background: Floats) -> Floats:
    """Return ε/S_min(B)."""
    return np.asarray(efficiency / least_signal(background))
