"""Root of a Poisson tail, averaged over an uncertain background and signal efficiency.

With B_j the probabilities of j background events (:mod:`scotopic.stats.counting.background_prior`) and C_j their
cumulative sum, the probability of at most n events at a signal of x events, over that without signal, is

    T(x) = Σ_m w_m G(κ_m x),     G(x) = Σ_{k≤n} P(k|x) C_{n−k}/C_n,

exact for any distribution of the background. P is the Poisson distribution, or the negative binomial that it becomes
when averaged over a gamma-distributed κ; the sum over m is the average over what else is uncertain in κ, the relative
efficiency. T is CLs; averaged over κ with the weight 1/κ it is the part of a flat-prior posterior above x
(:mod:`scotopic.stats.counting.bayes`). The weight 1/κ turns a log-normal into another whose log-mean is lower by its
variance, and a gamma distribution into another whose shape is lower by one, so that one function does both.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from scipy.special import gammaln, ndtr, ndtri

from scotopic.errors import InputError
from scotopic.numerics.arrays import Bools, Floats, Ints
from scotopic.stats.counting.background_prior import Background, gaussian_many
from scotopic.stats.counting.many_events import far_below, many_limits
from scotopic.stats.counting.predictive import blocks

LANES = 16_384  # numbers of an array that should stay in the processor's cache
HORNER = 300  # counts up to which a polynomial in x neither over- nor underflows below LARGEST
LARGEST = 700.0
TOLERANCE = 1e-9  # of a Newton step, relative; the next one is its square
STEPS = 200
NEGLIGIBLE = 1e-10  # share of the tail that the trapezoidal rule leaves out
# up to a spread·√(n + 1) of the first, the Gauss-Hermite rule of so many nodes moves no limit by 1e-7
GAUSS = ((0.0, 1), (0.1, 6), (0.2, 8), (0.35, 12), (0.5, 20))
LAGUERRE = 1_000_000  # marks the rules of a second gamma distribution
FEW_NODES, MANY_NODES = 24, 96  # of them


@dataclass(frozen=True)
class Efficiency:
    """Distribution of κ, the signal efficiency over its stated value: a product of independent factors.

    Attributes
    ----------
    spread : (L,)
        Standard deviation of ln κ of a log-normal factor of median one.
    variance, second : (L,)
        Variances of two gamma factors of mean one; `second` only where `spread` is zero.
    """

    spread: Floats
    variance: Floats
    second: Floats

    @property
    def total(self) -> Floats:
        """Return the relative error (L,) for small errors."""
        return np.sqrt(self.spread**2 + self.variance + self.second)

    def take(self, which: Ints) -> "Efficiency":
        """Return some of the lanes."""
        return Efficiency(self.spread[which], self.variance[which], self.second[which])


def roots(observed: Ints, background: Background, efficiency: Efficiency, tilt: bool, level: float) -> Floats:
    """Return the signals (L,), in events at the stated efficiency, where T(x) = 1 − level.

    Parameters
    ----------
    observed : (L,)
        Numbers of events.
    background : Background
        L of them.
    efficiency : Efficiency
    tilt : bool
        Whether κ is weighted with 1/κ.
    level : float
        Confidence or credibility level.

    Raises
    ------
    InputError
        If the background gives as few events as observed no chance at all.
    """
    found = np.empty(len(observed))
    many = gaussian_many(background, observed) & (efficiency.variance == 0.0)
    many &= ~far_below(observed, background.mean, background.error)
    if many.any():
        known = background.take(np.flatnonzero(many))
        found[many] = many_limits(
            observed[many], known.mean, known.error, efficiency.spread[many], tilt, level
        )
        few = np.flatnonzero(~many)
        if few.size:
            found[few] = roots(observed[few], background.take(few), efficiency.take(few), tilt, level)
        return found
    alpha = 1.0 - level
    reach = -float(ndtri(NEGLIGIBLE * alpha))
    rules = _number_of_nodes(efficiency, observed, reach)
    total = efficiency.total
    variance, scale = efficiency.variance, np.ones(len(observed))
    if tilt:
        variance, scale = efficiency.variance / (1.0 - efficiency.variance), 1.0 - efficiency.variance
    for rule in np.unique(rules):
        of_rule = np.flatnonzero(rules == rule)
        for block in blocks(observed[of_rule]):
            lanes = of_rule[block]
            n, one = observed[lanes], background.take(lanes)
            density, tail = _coefficients(n, one)
            start = _start(n, one.mean, one.error, total[lanes], density[0], alpha)
            kappa, weights = _nodes(
                int(rule), reach, efficiency.spread[lanes], efficiency.second[lanes], tilt
            )
            kappa = kappa * scale[lanes]
            size = max(1, LANES // len(kappa))
            for first in range(0, len(lanes), size):
                part = slice(first, first + size)
                depth = int(n[part].max()) + 1  # n rises within a block
                found[lanes[part]] = _solve(
                    start[part],
                    _Tails(
                        tail[:depth, part],
                        density[:depth, part],
                        kappa[:, part],
                        weights[:, part],
                        variance[lanes[part]],
                    ),
                    alpha,
                )
    return found


def _number_of_nodes(efficiency: Efficiency, observed: Ints, reach: float) -> Ints:
    # Number of a Gauss-Hermite rule, or less than zero: minus the number of the trapezoidal one. G falls over a
    # range of 1/√(n + 1) in ln x at least; along imaginary ln κ it is tame up to π/2.
    spread = efficiency.spread
    sharpness = spread * np.sqrt(observed + 1.0)
    step = np.minimum(0.85 / np.sqrt(1.0 + sharpness**2), 0.4 / np.maximum(spread, 1e-300))
    half = np.exp2(np.ceil(2.0 * np.log2(reach / step)) / 2.0)  # few different rules
    rule: Ints = -(2 * np.ceil(half).astype(np.int64) + 1)
    for limit, number in reversed(GAUSS):
        rule = np.where(sharpness <= limit, number, rule)
    many = np.sqrt(efficiency.second * (observed + 1.0)) > GAUSS[-1][0]
    laguerre = LAGUERRE + np.where(many, MANY_NODES, FEW_NODES)
    return np.where(efficiency.second > 0.0, laguerre, rule)


def _nodes(rule: int, reach: float, spread: Floats, second: Floats, tilt: bool) -> tuple[Floats, Floats]:
    # κ and their weights, (K, L)
    if rule > LAGUERRE:
        return _gamma_nodes(rule - LAGUERRE, second, tilt)
    if rule > 0:
        nodes, weights = hermegauss(rule)
    else:
        nodes = np.linspace(-reach, reach, -rule)
        weights = np.exp(-0.5 * nodes**2)
    kappa = np.exp(nodes[:, None] * spread - (spread**2 if tilt else 0.0))
    return kappa, np.broadcast_to((weights / weights.sum())[:, None], kappa.shape)


def _gamma_nodes(number: int, variance: Floats, tilt: bool) -> tuple[Floats, Floats]:
    # Gauss-Laguerre rules of a gamma distribution of mean one, from its Jacobi matrix (Golub and Welsch)
    v = variance / (1.0 - variance) if tilt else variance
    i = np.arange(number)
    matrix = np.zeros((len(v), number, number))
    matrix[:, i, i] = 1.0 + 2.0 * i * v[:, None]
    off = np.sqrt(i[1:] * v[:, None] * (1.0 + (i[1:] - 1.0) * v[:, None]))
    matrix[:, i[1:], i[:-1]] = off
    nodes, vectors = np.linalg.eigh(matrix)
    scale = (1.0 - variance if tilt else np.ones_like(v))[:, None]
    return np.ascontiguousarray((nodes * scale).T), np.ascontiguousarray((vectors[:, 0] ** 2).T)


def _coefficients(observed: Ints, background: Background) -> tuple[Floats, Floats]:
    # B_{n−k}/C_n and C_{n−k}/C_n for k = 0 … n, (K, L); zero above n
    last = int(observed.max())
    logs = background.log_predictive(last)
    logs[np.arange(last + 1) > observed[:, None]] = -np.inf
    top = logs.max(axis=1, keepdims=True)
    if not np.isfinite(top).all():
        n = observed[~np.isfinite(top[:, 0])][0]
        raise InputError(f"background: its distribution gives {n} events or fewer no chance at all")
    chances = np.exp(logs - top)
    cumulative = np.cumsum(chances, axis=1)
    total = cumulative[:, -1:]
    at = observed[:, None] - np.arange(last + 1)
    kept, at = at >= 0, np.maximum(at, 0)
    density = np.where(kept, np.take_along_axis(chances, at, axis=1) / total, 0.0)
    tail = np.where(kept, np.take_along_axis(cumulative, at, axis=1) / total, 0.0)
    return np.ascontiguousarray(density.T), np.ascontiguousarray(tail.T)


def _start(
    observed: Ints, background: Floats, error: Floats, spread: Floats, slope: Floats, alpha: float
) -> Floats:
    # Gaussian estimate, or the exponential that is an upper bound where κ is known (T is log-concave)
    mean = observed + 1.0 - background
    sigma = np.sqrt(observed + 1.0 + error**2 + (spread * np.maximum(mean, 0.0)) ** 2)
    quantile = ndtri(np.clip(1.0 - alpha * ndtr(mean / sigma), 1e-12, 1.0 - 1e-16))
    with np.errstate(divide="ignore", over="ignore"):
        start = np.minimum(np.maximum(mean + sigma * quantile, 0.1 * sigma), -math.log(alpha) / slope)
    return np.maximum(start, 1e-12)


@dataclass(frozen=True)
class _Tails:
    # C_{n−k}/C_n and B_{n−k}/C_n (K, L), κ and weights (M, L), variance (L,) of the gamma factor in P
    tail: Floats
    density: Floats
    kappa: Floats
    weights: Floats
    variance: Floats

    def keep(self, lanes: Bools) -> "_Tails":
        return _Tails(
            self.tail[:, lanes],
            self.density[:, lanes],
            self.kappa[:, lanes],
            self.weights[:, lanes],
            self.variance[lanes],
        )


def _solve(x: Floats, tails: _Tails, alpha: float) -> Floats:
    # Newton's method for log T, inside a bracket; lanes leave as they settle
    x = x.copy()
    low, high = np.zeros_like(x), np.full_like(x, np.inf)
    lanes = np.arange(len(x))
    for _ in range(STEPS):
        here = x[lanes]
        value, slope = _tail_and_slope(here, tails)
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
        lanes, tails = lanes[open_], tails.keep(open_)
    return x


def _tail_and_slope(x: Floats, of: _Tails) -> tuple[Floats, Floats]:
    # T and −dT/dx. With v the variance of the gamma factor (0: Poisson) and y = x/(1 + vx),
    # P(0|x) = (1 + vx)^(−1/v), P(k + 1)/P(k) = y (1 + kv)/(k + 1), and G' = −Σ_k P'(k|x) B_{n−k}/C_n where
    # P' = P with P'(0) = P(0)/(1 + vx), P'(k + 1)/P'(k) = y (1 + (k + 1)v)/(k + 1).
    v, k_last = of.variance, len(of.tail) - 1
    signal = of.kappa * x
    if k_last <= HORNER:
        with np.errstate(divide="ignore"):
            signal = np.minimum(signal, np.where(LARGEST * v < 1.0, LARGEST / (1.0 - LARGEST * v), np.inf))
    poisson = not v.any()
    log_zero, growth, y = -signal, np.ones_like(signal), signal
    if not poisson:
        growth = 1.0 + v * signal
        log_zero = np.where(v > 0.0, -np.log1p(v * signal) / np.where(v > 0.0, v, 1.0), log_zero)
        y = signal / growth
    if k_last <= HORNER:
        value, slope = np.zeros_like(y), np.zeros_like(y)
        for k in range(k_last, -1, -1):
            ratio = y * (1.0 / (k + 1.0))
            value *= ratio if poisson else ratio * (1.0 + k * v)
            value += of.tail[k]
            slope *= ratio if poisson else ratio * (1.0 + (k + 1) * v)
            slope += of.density[k]
        decay = np.exp(log_zero) * of.weights
        return (value * decay).sum(axis=0), (slope * decay * of.kappa / growth).sum(axis=0)
    count = np.arange(k_last + 1)[:, None]
    rise = np.cumsum(np.log1p(np.maximum(count - 1.0, 0.0) * v), axis=0) - gammaln(count + 1.0)
    steeper = np.log1p(count * v)  # P'(k) = P(k) (1 + kv)/(1 + vx)
    value, slope = np.zeros_like(x), np.zeros_like(x)
    for m, weight in enumerate(of.weights):
        logs = rise + count * np.log(y[m]) + log_zero[m]
        value += weight * (np.exp(logs) * of.tail).sum(axis=0)
        slope += weight * of.kappa[m] / growth[m] * (np.exp(logs + steeper) * of.density).sum(axis=0)
    return value, slope
