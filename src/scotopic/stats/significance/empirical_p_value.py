"""The p-value of a statistic whose distribution is that of toys: one rule for all of them.

With few events data and toys often have the same statistic, but for rounding and for what a fit leaves undone (some
10⁻¹⁰ in q, thus up to 10⁻⁵ in √q near zero). A toy that large counts as one that is at least as large as the data.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import beta

from scotopic.numerics.arrays import Floats

ABSOLUTE, RELATIVE = 1e-5, 1e-6
"""By how much a tie may differ, in statistics of the size of a significance: z, √q or −ln p."""
ONE_SIGMA = 0.158655  # probability of either tail beyond one standard deviation


def at_least(observed: ArrayLike) -> Floats:
    """Return from which value on statistics count as at least `observed`, of any shape."""
    value = np.asarray(observed, dtype=np.float64)
    return value - (ABSOLUTE + RELATIVE * np.abs(value))


def p_value(observed: float, toys: ArrayLike) -> tuple[float, float, float]:
    """Return (k + 1)/(N + 1), k of the statistics of N toys being at least `observed`, and its 68 % interval.

    The interval is that of Clopper and Pearson.
    """
    values = np.asarray(toys, dtype=np.float64)
    n, k = len(values), int((values >= at_least(observed)).sum())
    low = float(beta.ppf(ONE_SIGMA, k, n - k + 1)) if k else 0.0
    high = float(beta.ppf(1.0 - ONE_SIGMA, k + 1, n - k)) if k < n else 1.0
    return (k + 1) / (n + 1), low, high
