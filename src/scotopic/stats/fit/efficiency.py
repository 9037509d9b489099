"""Efficiencies of counted events: the interval of Clopper and Pearson."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, ndtr

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats

ONE_SIGMA = float(ndtr(1.0) - ndtr(-1.0))


def clopper_pearson(passed: ArrayLike, total: ArrayLike, level: float = ONE_SIGMA) -> tuple[Floats, Floats]:
    """Return the central interval of the probability of which `passed` of `total` are a sample.

    Parameters
    ----------
    passed, total : array_like
        Whole numbers, 0 <= passed <= total; they broadcast.
    level : float
        Confidence, the central 68.27 % by default; the coverage is never lower.

    Returns
    -------
    low, high : ndarray
        0 and 1 where total is 0.

    Raises
    ------
    InputError
        For numbers that are not counts, or a level outside 0 to 1.

    Notes
    -----
    C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404, as quantiles of the beta distribution.
    """
    k, n = check_counts(passed, total)
    if not 0.0 < level < 1.0:
        raise InputError(f"level = {level}: must be between 0 and 1, such as 0.6827")
    tail = 0.5 * (1.0 - level)
    failed = n - k
    low = np.where(k > 0.0, betaincinv(np.maximum(k, 1.0), failed + 1.0, tail), 0.0)
    high = np.where(failed > 0.0, betaincinv(k + 1.0, np.maximum(failed, 1.0), 1.0 - tail), 1.0)
    return low, high


def check_counts(passed: ArrayLike, total: ArrayLike) -> tuple[Floats, Floats]:
    """Return both numbers in one shape, or refuse what is no count."""
    try:
        k, n = np.broadcast_arrays(np.asarray(passed, np.float64), np.asarray(total, np.float64))
    except (TypeError, ValueError):
        raise InputError("passed and total must be numbers, in shapes that broadcast") from None
    for name, values in (("passed", k), ("total", n)):
        if not (np.isfinite(values) & (values >= 0.0) & (values == np.floor(values))).all():
            raise InputError(f"{name}: every number must be finite, whole and at least 0")
    if (k > n).any():
        raise InputError("passed: more than total in some places; a part cannot exceed the whole")
    return k, n
