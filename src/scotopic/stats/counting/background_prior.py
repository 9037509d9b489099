"""Priors of an uncertain background, each as the probabilities B_j of j background events.

All that a counting experiment needs of its background is B_j = ∫ Pois(j|b) π(b) db. Besides the Gaussian of
:mod:`scotopic.stats.counting.predictive` there are a log-normal (of stated median), a gamma (of stated mean, a negative
binomial B_j) and what a user brings: samples of b, or the table B_j itself.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, gammainc, gammaincinv, gammaln, ndtr, xlogy

from scotopic.errors import InputError
from scotopic.numerics.arrays import Bools, Floats, Indices, Ints
from scotopic.stats.counting.many_events import are_many, many_counts, many_tail
from scotopic.stats.counting.predictive import FEWEST, blocks, gaussian_tail, log_predictive

REACH = 9.0  # standard deviations of ln b
DEPTH = 40.0  # natural logarithms below its peak, where an integrand ends
STEP = 0.6  # of the trapezoidal rule, in widths of the integrand
FURTHEST = 3.5  # standard deviations up to which the number of events is tabulated


@dataclass(frozen=True)
class Prior:
    """A prior with two parameters: value and absolute error, in events.

    Attributes
    ----------
    kind : str
    logs : callable
        Of (value, error, last): log B_j, (L, last + 1).
    tail : callable
        Of (observed, value, error): probability of at least so many events (L,), accurate where small.
    high : callable
        Of (value, error): a background (L,) that is exceeded with a probability of about 2e-4.
    """

    kind: str
    logs: Callable[[Floats, Floats, int], Floats]
    tail: Callable[[Ints, Floats, Floats], Floats]
    high: Callable[[Floats, Floats], Floats]


@dataclass(frozen=True)
class Parametric:
    """Backgrounds (L,) of one kind of prior."""

    prior: Prior
    mean: Floats
    error: Floats

    def take(self, which: Indices) -> "Parametric":
        """Return some of the lanes."""
        return Parametric(self.prior, self.mean[which], self.error[which])

    def log_predictive(self, last: int) -> Floats:
        """Return log B_j (L, last + 1)."""
        return self.prior.logs(self.mean, self.error, last)

    def tail(self, observed: Ints) -> Floats:
        """Return the probabilities (L,) of at least `observed` background events."""
        many = gaussian_many(self, observed)
        found = np.empty(len(observed))
        found[many] = many_tail(observed[many], self.mean[many], self.error[many])
        found[~many] = self.prior.tail(observed[~many], self.mean[~many], self.error[~many])
        return found

    def ends(self) -> Ints:
        """Return numbers of events (L,) beyond which there is less than 1e-3."""
        return _end(self.prior.high(self.mean, self.error))


@dataclass(frozen=True)
class Sampled:
    """Backgrounds known by equally likely samples (R, S); lane l has those of row ``row[l]``."""

    samples: Floats
    row: Indices

    @property
    def mean(self) -> Floats:
        """Return the means (L,)."""
        return np.asarray(self.samples.mean(axis=1)[self.row])

    @property
    def error(self) -> Floats:
        """Return the standard deviations (L,)."""
        return np.asarray(self.samples.std(axis=1)[self.row])

    def take(self, which: Indices) -> "Sampled":
        """Return some of the lanes."""
        return Sampled(self.samples, self.row[which])

    def log_predictive(self, last: int) -> Floats:
        """Return log B_j (L, last + 1)."""
        rows, back = np.unique(self.row, return_inverse=True)
        b = self.samples[rows]
        logs = np.empty((len(rows), last + 1))
        for j in range(last + 1):
            term = xlogy(j, b) - b
            top = term.max(axis=1)
            safe = np.where(np.isfinite(top), top, 0.0)
            with np.errstate(divide="ignore"):
                logs[:, j] = np.log(np.exp(term - safe[:, None]).mean(axis=1)) + safe - gammaln(j + 1.0)
        return logs[back]

    def tail(self, observed: Ints) -> Floats:
        """Return the probabilities (L,) of at least `observed` background events."""
        rows = [self.samples[row] for row in self.row]
        return np.array([_poisson_tail(n, b).mean() for n, b in zip(observed, rows, strict=True)])

    def ends(self) -> Ints:
        """Return numbers of events (L,) beyond which there is less than 1e-3."""
        return _end(self.samples.max(axis=1)[self.row])


@dataclass(frozen=True)
class Tabulated:
    """Backgrounds known by their table B_j (R, J), zero beyond; lane l has that of row ``row[l]``."""

    table: Floats
    row: Indices

    @property
    def mean(self) -> Floats:
        """Return the means (L,)."""
        return np.asarray((self.table @ np.arange(self.table.shape[1]))[self.row])

    @property
    def error(self) -> Floats:
        """Return the standard deviations (L,) beyond those of a Poisson distribution."""
        j = np.arange(self.table.shape[1])
        mean = self.table @ j
        return np.sqrt(np.maximum(self.table @ (j * j) - mean**2 - mean, 0.0))[self.row]

    def take(self, which: Indices) -> "Tabulated":
        """Return some of the lanes."""
        return Tabulated(self.table, self.row[which])

    def log_predictive(self, last: int) -> Floats:
        """Return log B_j (L, last + 1)."""
        known = min(last + 1, self.table.shape[1])
        logs = np.full((len(self.row), last + 1), -np.inf)
        with np.errstate(divide="ignore"):
            logs[:, :known] = np.log(self.table[self.row, :known])
        return logs

    def tail(self, observed: Ints) -> Floats:
        """Return the probabilities (L,) of at least `observed` background events."""
        above = np.zeros((len(self.table), self.table.shape[1] + 1))
        above[:, :-1] = np.cumsum(self.table[:, ::-1], axis=1)[:, ::-1]
        return above[self.row, np.minimum(observed, self.table.shape[1])]

    def ends(self) -> Ints:
        """Return the last numbers of events (L,) of the tables."""
        return np.full(len(self.row), self.table.shape[1] - 1)


Background = Parametric | Sampled | Tabulated


def gaussian_many(background: Background, observed: Ints) -> Bools:
    """Return the lanes (L,) with so many events that :mod:`scotopic.stats.counting.many_events` holds."""
    if not isinstance(background, Parametric) or background.prior.kind != "gaussian":
        return np.zeros(len(observed), dtype=bool)
    return are_many(observed, background.mean, background.error)


def expected_counts(background: Background, quantiles: Floats) -> Ints:
    """Return, for each quantile q (Q,), the smallest n with P(N ≤ n) ≥ q, (L, Q), of background events."""
    ends = background.ends()
    counts = np.empty((len(ends), len(quantiles)), np.int64)
    many = gaussian_many(background, np.zeros(len(ends), np.int64))
    counts[many] = many_counts(background.mean[many], background.error[many], quantiles)
    few = np.flatnonzero(~many)
    for some in blocks(ends[few]):
        lanes = few[some]
        logs = background.take(lanes).log_predictive(int(ends[lanes].max()))
        cumulative = np.cumsum(np.exp(logs), axis=1)
        for column, q in enumerate(quantiles):
            counts[lanes, column] = (cumulative < q - 1e-12).sum(axis=1)
    return counts


def sideband_background(count: ArrayLike, ratio: ArrayLike) -> tuple[Floats, Floats]:
    """Return value and error of the gamma prior that a sideband leaves.

    Parameters
    ----------
    count : array_like
        Events in the sideband; an expectation, of simulation for instance, need not be whole.
    ratio : array_like
        τ, events there per background event in the signal region.

    Returns
    -------
    background, background_error
        (m + 1)/τ and √(m + 1)/τ, to be used with ``background_prior="gamma"``: the posterior of a flat prior.

    Notes
    -----
    J. T. Linnemann, *Measures of significance in HEP and astrophysics*, PHYSTAT 2003; R. D. Cousins et al.,
    Nucl. Instrum. Meth. A 595 (2008) 480: the predictive p-value is then that of the binomial test.
    """
    m, tau = np.asarray(count, dtype=np.float64), np.asarray(ratio, dtype=np.float64)
    if not (np.isfinite(m) & (m >= 0.0)).all():
        raise InputError("count: numbers of events in a sideband are finite and at least 0")
    if not (np.isfinite(tau) & (tau > 0.0)).all():
        raise InputError("ratio: must be finite and above 0")
    return (m + 1.0) / tau, np.sqrt(m + 1.0) / tau


def _end(high: Floats) -> Ints:
    ends: Ints = (high + FURTHEST * np.sqrt(high)).astype(np.int64) + FEWEST
    return ends


def _poisson_tail(observed: Ints | int, mean: Floats) -> Floats:
    n = np.asarray(observed, dtype=np.float64)
    return np.where(n > 0, gammainc(np.maximum(n, 1.0), mean), 1.0)


# --- log-normal


def _lognormal_logs(value: Floats, error: Floats, last: int) -> Floats:
    # ln b = ln value + s z. With z* the peak of z ↦ Pois(j|b) φ(z), where s (j − b*) = z*, the integrand relative to
    # its peak is exp[−b* (e^{sy} − 1 − sy) − y²/2], y = z − z*.
    s = np.where(value > 0.0, error / np.where(value > 0.0, value, 1.0), 0.0)
    safe = np.where(value > 0.0, value, 1.0)
    logs = np.empty((len(value), last + 1))
    for j in range(last + 1):
        z = _lognormal_peak(safe, s, j)
        peak = safe * np.exp(s * z)
        curvature = 1.0 + s**2 * peak
        right = np.sqrt(2.0 * DEPTH / curvature)
        near = np.sqrt(DEPTH / (0.5 + s**2 * peak / 3.0))
        far = np.minimum(REACH, (1.0 + DEPTH / peak) / np.maximum(s, 1e-300))
        left = np.where(s * near <= 1.0, np.minimum(near, REACH), far)
        step = np.minimum(STEP / np.sqrt(curvature), 0.3 / np.maximum(s, 1e-300))
        number = int(np.ceil(((left + right) / step).max())) + 1
        y = np.linspace(-left, right, number, axis=-1)
        sy = s[:, None] * y
        total = np.exp(-peak[:, None] * (np.expm1(sy) - sy) - 0.5 * y**2).sum(axis=1)
        width = (left + right) / (number - 1)
        logs[:, j] = (
            j * (np.log(safe) + s * z) - peak - gammaln(j + 1.0) - 0.5 * z**2
            + np.log(total * width) - 0.5 * np.log(2.0 * np.pi)
        )  # fmt: skip
    nothing = value == 0.0
    logs[nothing] = -np.inf
    logs[nothing, 0] = 0.0
    return logs


def _lognormal_peak(value: Floats, s: Floats, j: int) -> Floats:
    # z + s (value e^{sz} − j) = 0: rising and convex in z, so Newton's steps come from the right
    z = _beyond_peak(value, s, np.full(len(s), float(j)))
    for _ in range(100):
        b = value * np.exp(s * z)
        step = (z + s * (b - j)) / (1.0 + s**2 * b)
        z = z - step
        if (np.abs(step) <= 1e-13 * (1.0 + np.abs(z))).all():
            break
    return z


def _beyond_peak(value: Floats, s: Floats, n: Floats) -> Floats:
    # above the peak of z ↦ Pois(n|b) φ(z): where b = n, or where the Gaussian alone holds against a rate of n
    with np.errstate(divide="ignore", invalid="ignore"):
        level = np.where((n > value) & (s > 0.0), np.log(n / value) / s, 0.0)
    return np.minimum(level, s * n)


def _lognormal_tail(observed: Ints, value: Floats, error: Floats) -> Floats:
    s = np.where(value > 0.0, error / np.where(value > 0.0, value, 1.0), 0.0)
    far = _beyond_peak(np.where(value > 0.0, value, 1.0), s, observed.astype(np.float64)) + REACH
    chance = np.empty(len(observed))
    for i, (n, b, one, high) in enumerate(zip(observed, value, s, far, strict=True)):
        if one == 0.0 or n == 0:
            chance[i] = _poisson_tail(n, b)
            continue
        sharp = np.sqrt(1.0 + one**2 * (n + 1.0))
        z = np.linspace(-REACH, high, 1 + int(np.ceil((high + REACH) * max(sharp / STEP, one / 0.3))))
        weight = np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi) * (z[1] - z[0])
        chance[i] = min(float(_poisson_tail(n, b * np.exp(one * z)) @ weight), 1.0)
    return chance


def _lognormal_high(value: Floats, error: Floats) -> Floats:
    ratio = error / np.where(value > 0.0, value, 1.0)
    return np.asarray(value * np.exp(FURTHEST * ratio))


# --- gamma


def _gamma_logs(value: Floats, error: Floats, last: int) -> Floats:
    # negative binomial; with v = σ²: B_{j+1}/B_j = (j v + b²)/((j + 1)(v + b)), B_0 = (1 + v/b)^(−b²/v)
    b = np.where(value > 0.0, value, 1.0)
    v = np.where(value > 0.0, error**2, 0.0)
    relative = v / b
    log_zero = np.where(relative > 0.0, -b * np.log1p(relative) / np.where(relative > 0.0, relative, 1.0), -b)
    logs = np.empty((len(value), last + 1))
    logs[:, 0] = log_zero
    j = np.arange(last)
    logs[:, 1:] = np.log((j * v[:, None] + b[:, None] ** 2) / ((j + 1.0) * (v + b)[:, None]))
    logs = np.cumsum(logs, axis=1)
    nothing = value == 0.0
    logs[nothing] = -np.inf
    logs[nothing, 0] = 0.0
    return logs


def _gamma_tail(observed: Ints, value: Floats, error: Floats) -> Floats:
    b = np.where(value > 0.0, value, 1.0)
    v = error**2
    n = np.maximum(observed, 1).astype(np.float64)
    shape = b**2 / np.where(v > 0.0, v, 1.0)
    uncertain = (v > 0.0) & (shape < 1e12)
    chance = np.where(
        uncertain, betainc(n, np.minimum(shape, 1e12), v / (v + b)), _poisson_tail(observed, value)
    )
    return np.where(observed > 0, chance, 1.0)


def _gamma_high(value: Floats, error: Floats) -> Floats:
    shape = np.minimum((value / np.where(error > 0.0, error, 1.0)) ** 2, 1e12)
    scale = error**2 / np.where(value > 0.0, value, 1.0)
    return np.where(error > 0.0, scale * gammaincinv(np.maximum(shape, 1e-12), ndtr(FURTHEST)), value)


PRIORS = {
    prior.kind: prior
    for prior in (
        Prior("gaussian", log_predictive, gaussian_tail, lambda value, error: value + FURTHEST * error),
        Prior("log-normal", _lognormal_logs, _lognormal_tail, _lognormal_high),
        Prior("gamma", _gamma_logs, _gamma_tail, _gamma_high),
    )
}
