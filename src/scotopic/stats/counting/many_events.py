"""Limits, expected counts and p-values of counting experiments with thousands of events and more.

The probability of at most n events of a Poisson distribution is that of a gamma-distributed variable, of shape n + 1,
above its mean (M. Abramowitz and I. Stegun, 26.4.21). With a Gaussian background b,

    P(N ≤ n | x) = P(Γ_{n+1} − b > x),

and the difference of the two variables has mean n + 1 − b, variance n + 1 + σ_b² and third moment 2(n + 1). A shifted
gamma distribution (Pearson's type III) with these moments stands for it: exact for a known background, and else good
to the fourth moment, 1/n.
"""

import numpy as np
from scipy.special import gammainc, gammaincc, ndtri

from scotopic.errors import InputError
from scotopic.numerics.arrays import Bools, Floats, Ints

MANY = 3e3  # events: from here limits agree with the exact ones to 1e-5, at a thousandth of the time
KNOWN = 0.25  # relative error of the background up to which its cut at zero moves limits by less than 1e-3
DEEPEST = 6.0  # standard deviations of a deficit
REACH = 8.0  # standard deviations of ln κ
FEWEST_NODES, MOST_NODES = 65, 4097
HALVINGS = 60


def are_many(events: Floats | Ints, background: Floats, error: Floats) -> Bools:
    """Return where the approximation holds: many events, observed or expected, and a background known well enough."""
    return np.asarray((np.maximum(events, background) > MANY) & (error <= KNOWN * background))


def far_below(observed: Ints, background: Floats, error: Floats) -> Bools:
    """Return where so few events are observed that the shape of the tail matters, and the exact sum is feasible."""
    deficit = background - observed > DEEPEST * np.sqrt(background + error**2)
    return np.asarray(deficit & (background < 1e6))


def many_limits(
    observed: Ints, background: Floats, error: Floats, spread: Floats, tilt: bool, level: float
) -> Floats:
    """Return the signals (L,), in events at the stated efficiency, where Σ_m w_m G(κ_m x) = 1 − level.

    Parameters and equation as in :func:`scotopic.stats.counting.averaged_tail.roots`; `spread` (L,) is the standard
    deviation of ln κ.
    """
    shape, shift, scale = _difference(observed.astype(np.float64) + 1.0, background, error)
    none = gammaincc(shape, -shift / scale)
    if (none == 0.0).any():
        n = observed[none == 0.0][0]
        raise InputError(f"background: its distribution gives {n} events or fewer no chance at all")
    mean, sigma = observed + 1.0 - background, np.sqrt(observed + 1.0 + error**2)
    sharpness = float((spread * np.maximum(mean, 0.0) / sigma).max(initial=0.0))
    number = min(FEWEST_NODES + 32 * int(sharpness), MOST_NODES)
    nodes = np.linspace(-REACH, REACH, number)[:, None]
    weights = np.exp(-0.5 * nodes**2)
    weights /= weights.sum()
    kappa = np.exp(nodes * spread - (spread**2 if tilt else 0.0))

    def tail(x: Floats) -> Floats:
        return np.asarray((weights * gammaincc(shape, (kappa * x - shift) / scale)).sum(axis=0) / none)

    alpha = 1.0 - level
    low, high = np.zeros(len(observed)), np.maximum(mean, 0.0) + sigma
    while (short := tail(high) > alpha).any():
        high = np.where(short, 2.0 * high, high)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        above = tail(middle) > alpha
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray(0.5 * (low + high), np.float64)


def many_tail(observed: Ints, background: Floats, error: Floats) -> Floats:
    """Return the probabilities (L,) of at least `observed` background events."""
    shape, shift, scale = _difference(np.maximum(observed, 1).astype(np.float64), background, error)
    return np.asarray(np.where(observed > 0, gammainc(shape, np.maximum(-shift / scale, 0.0)), 1.0))


def many_counts(background: Floats, error: Floats, quantiles: Floats) -> Ints:
    """Return the quantiles (L, Q) of the number of background events (expansion of Cornish and Fisher)."""
    z = ndtri(quantiles)
    sigma = np.sqrt(background + error**2)[:, None]
    skewness = ((background + 3.0 * error**2)[:, None]) / sigma**3
    values = background[:, None] + sigma * (z + (z**2 - 1.0) * skewness / 6.0)
    counts: Ints = np.ceil(values - 0.5).astype(np.int64)
    return counts


def _difference(shape: Floats, background: Floats, error: Floats) -> tuple[Floats, Floats, Floats]:
    # Shape, shift and scale of the stand-in for Γ_shape − b
    variance = shape + error**2
    scale = shape / variance
    own = variance / scale**2
    return own, shape - background - own * scale, scale
