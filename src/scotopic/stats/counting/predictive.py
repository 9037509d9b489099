"""Number of background events when the background itself is uncertain.

With the background b ~ Gaussian(μ, σ_b) truncated at zero, B_j = ∫ Pois(j|b) π(b) db is the probability of j
background events before the data are seen. Completing the square gives, with m = μ − σ_b²,

    (j + 1) B_{j+1} = m B_j + σ_b² B_{j−1},

the recurrence of the repeated integrals of the error function (M. Abramowitz and I. Stegun, 7.2). It is used
for the ratios B_{j+1}/B_j, which neither overflow nor underflow: forwards where m ≥ 0, all terms being positive,
and backwards where m < 0, from a ratio found by quadrature.
"""

import numpy as np
from scipy.special import erfcx, log_ndtr

from scotopic.numerics.arrays import Floats, Indices, Ints

AHEAD = 20  # counts beyond the last one, where the backward recurrence starts
NODES = np.linspace(-13.5, 13.5, 46)  # of the trapezoidal rule in ln b, in units of the peak's width
TABLE = 1_000_000  # numbers of a table at once
FEWEST = 60  # terms of a tail, however narrow it is
WIDTHS = 10.0  # standard deviations of a tail
BANDS = (-2.0, -1.0, 0.0, 1.0, 2.0)


def log_predictive(background: Floats, error: Floats, last: int) -> Floats:
    """Return log B_j (L, last + 1) for backgrounds and their absolute errors (L,), in events.

    An error of zero gives the Poisson probabilities.
    """
    variance = error**2
    m = background - variance
    falling = m < 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(error > 0.0, m / error, np.inf)
        base = np.where(error > 0.0, background / error, np.inf)
        # erfcx: the exponential of the background's own distribution is left out of both integrals
        log_scaled = np.log(0.5 * erfcx(np.where(falling, -t, 1.0) / np.sqrt(2.0)))
        zero = np.where(
            falling,
            -0.5 * np.where(falling, base, 0.0) ** 2 + log_scaled,
            0.5 * variance - background + log_ndtr(t),
        ) - log_ndtr(base)
    table = np.empty((len(background), last + 1))
    table[:, 0] = zero
    if last > 0:
        table[:, 1:] = np.where(
            falling[:, None],
            _backward(np.where(falling, m, -1.0), np.where(falling, variance, 1.0), last),
            _forward(np.where(falling, 0.0, m), np.where(falling, 0.0, variance), t, last),
        )
    return np.cumsum(table, axis=1)


def _forward(m: Floats, variance: Floats, t: Floats, last: int) -> Floats:
    # log B_{j+1}/B_j for m ≥ 0
    ratios = np.empty((len(m), last))
    with np.errstate(
        divide="ignore", invalid="ignore", over="ignore"
    ):  # an infinite t² is a density of nothing
        log_density = -0.5 * t**2 - 0.5 * np.log(2.0 * np.pi)
        mills = np.where(variance > 0.0, np.exp(log_density - log_ndtr(t)), 0.0)
        ratio = m + np.sqrt(variance) * mills
        ratios[:, 0] = ratio
        for j in range(1, last):
            ratio = (m + np.where(variance > 0.0, variance / ratio, 0.0)) / (j + 1.0)
            ratios[:, j] = ratio
        return np.log(ratios)


def _backward(m: Floats, variance: Floats, last: int) -> Floats:
    # log B_{j+1}/B_j for m < 0; (J + 1) B_{J+1}/B_J is the mean of b under b^J exp[−(b − m)²/2σ²]
    j = last + AHEAD
    peak = 2.0 * (j + 1.0) * variance / (np.sqrt(m**2 + 4.0 * (j + 1.0) * variance) - m)
    width = np.sqrt(variance / (peak * (2.0 * peak - m)))
    b = peak[:, None] * np.exp(NODES * width[:, None])
    change = (b - peak[:, None]) * (b + (peak - 2.0 * m)[:, None]) / (2.0 * variance[:, None])
    weight = np.exp((j + 1.0) * NODES * width[:, None] - change)
    ratio = (weight * b).sum(axis=1) / weight.sum(axis=1) / (j + 1.0)
    ratios = np.empty((len(m), last))
    for k in range(j, 0, -1):
        ratio = variance / ((k + 1.0) * ratio - m)
        if k <= last:
            ratios[:, k - 1] = ratio
    return np.log(ratios)


def gaussian_tail(observed: Ints, background: Floats, error: Floats) -> Floats:
    """Return the probabilities (L,) of at least `observed` background events, exact also where small."""
    values = np.empty(len(observed))
    ends = (
        observed + (WIDTHS * np.sqrt(np.maximum(observed, background) + error**2)).astype(np.int64) + FEWEST
    )
    for lanes in blocks(ends):
        last = int(ends[lanes].max())
        logs = log_predictive(background[lanes], error[lanes], last)
        counted = np.arange(last + 1) >= observed[lanes, None]
        chances = np.exp(logs)
        below = np.where(counted, 0.0, chances).sum(axis=1)
        above = np.where(counted & (np.arange(last + 1) <= ends[lanes, None]), chances, 0.0).sum(axis=1)
        values[lanes] = np.where(below < 0.5, 1.0 - below, above)
    return np.clip(values, 0.0, 1.0)


def blocks(lengths: Ints) -> list[Indices]:
    """Return lanes in rising order of `lengths` (L,), cut so that a table of each stays small."""
    order = np.argsort(lengths, kind="stable")
    found, first = [], 0
    while first < len(order):
        # the rows that fit if all were as long as the last of them
        rows = np.arange(1, len(order) - first + 1)
        fit = int(np.searchsorted(rows * (lengths[order[first:]] + 1), TABLE, side="right"))
        found.append(order[first : first + max(fit, 1)])
        first += max(fit, 1)
    return found
