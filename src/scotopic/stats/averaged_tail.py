"""Root of a Poisson tail, averaged over an uncertain background and a log-normal signal efficiency.

With B_j the probabilities of j background events (:mod:`scotopic.stats.predictive`) and C_j their cumulative sum,
the probability of at most n events at a signal of x events, over that without signal, is

    T(x) = Σ_m w_m G(κ_m x),     G(x) = Σ_{k≤n} Pois(k|x) C_{n−k}/C_n,

exact for any distribution of the background. The sum over m is the average over κ, the relative efficiency. T is
CLs; averaged over κ with the weight 1/κ it is the part of a flat-prior posterior above x
(:mod:`scotopic.stats.bayes`). The weight 1/κ turns a log-normal into another whose log-mean is lower by its
variance, so that one function does both.
"""

import math

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from scipy.special import gammaln, ndtr, ndtri

from scotopic.stats.predictive import Floats, Integers, blocks, log_predictive

LANES = 16_384  # numbers of an array that should stay in the processor's cache
HORNER = 300  # counts up to which a polynomial in x neither over- nor underflows below LARGEST
LARGEST = 700.0
TOLERANCE = 1e-9  # of a Newton step, relative; the next one is its square
STEPS = 200
NEGLIGIBLE = 1e-10  # share of the tail that the trapezoidal rule leaves out
# up to a spread·√(n + 1) of the first, the Gauss-Hermite rule of so many nodes moves no limit by 1e-7
GAUSS = ((0.0, 1), (0.1, 6), (0.2, 8), (0.35, 12), (0.5, 20))


def roots(
    observed: Integers, background: Floats, error: Floats, spread: Floats, tilt: bool, level: float
) -> Floats:
    """Return the signals (L,), in events at the median efficiency, where T(x) = 1 − level.

    Parameters
    ----------
    observed : (L,)
        Numbers of events.
    background, error : (L,)
        Mean and width of the Gaussian, truncated at zero, of the background, in events.
    spread : (L,)
        Standard deviation of ln κ.
    tilt : bool
        Whether κ is weighted with 1/κ.
    level : float
        Confidence or credibility level.
    """
    found = np.empty(len(observed))
    alpha = 1.0 - level
    reach = -float(ndtri(NEGLIGIBLE * alpha))
    rules = _number_of_nodes(spread, observed, reach)
    for rule in np.unique(rules):
        of_rule = np.flatnonzero(rules == rule)
        nodes, weights = _nodes(int(rule), reach)
        for block in blocks(observed[of_rule]):
            lanes = of_rule[block]
            n, s = observed[lanes], spread[lanes]
            density, tail = _coefficients(n, background[lanes], error[lanes])
            start = _start(n, background[lanes], error[lanes], s, density[0], alpha)
            kappa = np.exp(nodes[:, None] * s - (s**2 if tilt else 0.0))
            size = max(1, LANES // len(nodes))
            for first in range(0, len(lanes), size):
                part = slice(first, first + size)
                depth = int(n[part].max()) + 1  # n rises within a block
                found[lanes[part]] = _solve(
                    start[part], tail[:depth, part], density[:depth, part], kappa[:, part], weights, alpha
                )
    return found


def _number_of_nodes(spread: Floats, observed: Integers, reach: float) -> Integers:
    # Number of a Gauss-Hermite rule, or less than zero: minus the number of the trapezoidal one. G falls over a
    # range of 1/√(n + 1) in ln x at least; along imaginary ln κ it is tame up to π/2.
    sharpness = spread * np.sqrt(observed + 1.0)
    step = np.minimum(0.85 / np.sqrt(1.0 + sharpness**2), 0.4 / np.maximum(spread, 1e-300))
    half = np.exp2(np.ceil(2.0 * np.log2(reach / step)) / 2.0)  # few different rules
    rule: Integers = -(2 * np.ceil(half).astype(np.int64) + 1)
    for limit, number in reversed(GAUSS):
        rule = np.where(sharpness <= limit, number, rule)
    return rule


def _nodes(rule: int, reach: float) -> tuple[Floats, Floats]:
    if rule > 0:
        nodes, weights = hermegauss(rule)
    else:
        nodes = np.linspace(-reach, reach, -rule)
        weights = np.exp(-0.5 * nodes**2)
    return nodes, weights / weights.sum()


def _coefficients(observed: Integers, background: Floats, error: Floats) -> tuple[Floats, Floats]:
    # B_{n−k}/C_n and C_{n−k}/C_n for k = 0 … n, (K, L); zero above n
    last = int(observed.max())
    logs = log_predictive(background, error, last)
    logs[np.arange(last + 1) > observed[:, None]] = -np.inf
    chances = np.exp(logs - logs.max(axis=1, keepdims=True))
    cumulative = np.cumsum(chances, axis=1)
    total = cumulative[:, -1:]
    at = observed[:, None] - np.arange(last + 1)
    kept, at = at >= 0, np.maximum(at, 0)
    density = np.where(kept, np.take_along_axis(chances, at, axis=1) / total, 0.0)
    tail = np.where(kept, np.take_along_axis(cumulative, at, axis=1) / total, 0.0)
    return np.ascontiguousarray(density.T), np.ascontiguousarray(tail.T)


def _start(
    observed: Integers, background: Floats, error: Floats, spread: Floats, slope: Floats, alpha: float
) -> Floats:
    # Gaussian estimate, or the exponential that is an upper bound where κ is known (T is log-concave)
    mean = observed + 1.0 - background
    sigma = np.sqrt(observed + 1.0 + error**2 + (spread * np.maximum(mean, 0.0)) ** 2)
    quantile = ndtri(np.clip(1.0 - alpha * ndtr(mean / sigma), 1e-12, 1.0 - 1e-16))
    with np.errstate(divide="ignore", over="ignore"):
        start = np.minimum(np.maximum(mean + sigma * quantile, 0.1 * sigma), -math.log(alpha) / slope)
    return np.maximum(start, 1e-12)


def _solve(x: Floats, tail: Floats, density: Floats, kappa: Floats, weights: Floats, alpha: float) -> Floats:
    # Newton's method for log T, inside a bracket; lanes leave as they settle
    x = x.copy()
    low, high = np.zeros_like(x), np.full_like(x, np.inf)
    lanes = np.arange(len(x))
    for _ in range(STEPS):
        here = x[lanes]
        value, slope = _tail_and_slope(here, tail, density, kappa, weights)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            miss = np.log(value / alpha)
            step = miss * value / slope
        low[lanes] = np.where(miss > 0.0, here, low[lanes])
        high[lanes] = np.where(miss > 0.0, high[lanes], here)
        below, above = low[lanes], high[lanes]
        wanted = here + step
        good = (wanted > below) & (wanted < above) & (wanted < 20.0 * here)
        halfway = np.where(np.isfinite(above), 0.5 * (below + above), 4.0 * here)
        x[lanes] = np.where(good, wanted, np.where(np.abs(step) <= TOLERANCE * here, here, halfway))
        open_ = ~(np.abs(x[lanes] - here) <= TOLERANCE * here)
        if open_.all():
            continue
        if not open_.any():
            break
        lanes, tail, density = lanes[open_], tail[:, open_], density[:, open_]
        kappa = kappa[:, open_]
    return x


def _tail_and_slope(
    x: Floats, tail: Floats, density: Floats, kappa: Floats, weights: Floats
) -> tuple[Floats, Floats]:
    # T and −dT/dx: G' = −Σ_k Pois(k|x) B_{n−k}/C_n
    signal = kappa * x
    if len(tail) <= HORNER + 1:
        signal = np.minimum(signal, LARGEST)
        value, slope = np.zeros_like(signal), np.zeros_like(signal)
        for k in range(len(tail) - 1, -1, -1):
            ratio = signal * (1.0 / (k + 1.0))
            value *= ratio
            value += tail[k]
            slope *= ratio
            slope += density[k]
        decay = np.exp(-signal) * weights[:, None]
        return (value * decay).sum(axis=0), (slope * decay * kappa).sum(axis=0)
    logs, count = np.log(signal), np.arange(len(tail))[:, None]
    value, slope = np.zeros_like(x), np.zeros_like(x)
    for one, log_one, factor, weight in zip(signal, logs, kappa, weights, strict=True):
        chances = weight * np.exp(count * log_one - one - gammaln(count + 1.0))
        value += (chances * tail).sum(axis=0)
        slope += factor * (chances * density).sum(axis=0)
    return value, slope
