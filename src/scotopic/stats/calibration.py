"""Limits calibrated with toys, for windows with too few events for asymptotic formulas.

The p-value of a yield s is the fraction of toys, thrown with s and the background that is expected,
whose q_s is at least the observed one (CLs+b). It is found on a grid of yields once per window; every
data set of that window then gets its limit by interpolation, linear in Φ⁻¹(1 − p).

Few toys thrown with a yield have a q_s as large as data with few events. Background toys do: both kinds together
are a sample of the mixture of their densities, and count with the ratio of the wanted density to it (importance
sampling; A. Owen, Y. Zhou, J. Am. Stat. Assoc. 95 (2000) 135). An empty window has its exact limit to a per cent.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from scotopic.numerics.newton import Fits, LinearModel, fit_poisson, twice_log_ratio
from scotopic.numerics.rng import stream
from scotopic.progress import track
from scotopic.stats.windows import Windows

Floats = NDArray[np.float64]

GRID = np.arange(-2.0, 7.0)  # yields, in units of `unit_yield`
TOYS = 1000  # per yield
BAND_TOYS = 500
QUANTILES = ndtr([-2.0, -1.0, 0.0, 1.0, 2.0])
TIE = 1e-9  # relative, equal q of equal data


@dataclass(frozen=True)
class Calibration:
    """Distribution of q_s of one window.

    Attributes
    ----------
    yields : (S,)
    q_toys : (S, N)
        Sorted.
    p_toys : (S, N + 1)
        Probability of at least that q; none for more than the largest one.
    """

    yields: Floats
    q_toys: Floats
    p_toys: Floats

    @classmethod
    def build(cls, yields: Floats, q_toys: Floats, weights: Floats) -> "Calibration":
        """Return the distributions of weighted toys (S, N)."""
        order = np.argsort(q_toys, axis=1)
        sums = np.cumsum(np.take_along_axis(weights, order, axis=1)[:, ::-1], axis=1)[:, ::-1]
        p_toys = np.pad(sums / sums[:, :1], ((0, 0), (0, 1)))
        return cls(yields, np.take_along_axis(q_toys, order, axis=1), p_toys)

    def limits(self, q: Floats, level: float) -> Floats:
        """Return the limits (T,) of data with q (S, T); NaN beyond the grid."""
        below = np.array(
            [
                np.searchsorted(toys, value - TIE * (1.0 + value))
                for toys, value in zip(self.q_toys, q, strict=True)
            ]
        )
        smallest = 1.0 / (TOYS + 2.0)  # that so many toys can tell
        z = -ndtri(np.clip(np.take_along_axis(self.p_toys, below, axis=1), smallest, 1.0 - smallest))
        threshold = ndtri(level)
        kept = z < threshold
        last = len(z) - 1 - np.argmax(kept[::-1], axis=0)  # the largest yield that is not excluded
        lanes = np.arange(q.shape[1])
        after = np.minimum(last + 1, len(z) - 1)
        step = np.where(after > last, z[after, lanes] - z[last, lanes], np.nan)
        limit = self.yields[last] + (self.yields[after] - self.yields[last]) * (
            (threshold - z[last, lanes]) / step
        )
        found: Floats = np.where(kept.any(axis=0), limit, self.yields[0])
        return found


def unit_yield(window: Windows, expectation: Floats) -> float:
    """Return the error of the yield of one window, that of a single event included."""
    information = float(window.information(expectation)[0])
    single = 1.0 / float(window.template.sum())
    return float(np.hypot(single, 1.0 / np.sqrt(information))) if information > 0.0 else single


def q_of_yields(
    counts: Floats, window: Windows, yields: Floats, models: tuple[LinearModel, LinearModel]
) -> Floats:
    """Return q_s (S, T) of data (1, W, T) of one window at yields (S,), without nuisance terms."""
    different, which = np.unique(counts[0], axis=1, return_inverse=True)  # few events: many equal toys
    free = fit_poisson(different[None], models[0], window.padding)
    return np.array([_q(different[None], window, one, models[1], free)[which.ravel()] for one in yields])


def _q(counts: Floats, window: Windows, one: float, model: LinearModel, free: Fits) -> Floats:
    offset = window.padding + one * window.template[:, :, None]
    fixed = fit_poisson(counts, model, offset)
    q = twice_log_ratio(counts, fixed.expectation, free.expectation)[0]
    return np.where(free.theta[0, 0] < one, np.maximum(q, 0.0), 0.0)


def _toys(mean: Floats, inside: NDArray[np.bool_], number: int, seed: int, *key: int) -> Floats:
    drawn = stream(seed, "calibration", *key).poisson(mean, (number, len(mean))).T.astype(np.float64)
    return np.where(inside[:, None], drawn, 1.0)[None]


def _weight(counts: Floats, mean: Floats, without: Floats) -> Floats:
    # Density of data (W, T) at `mean` to that of the mixture of toys of `mean` and `without` (W,).
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # ln 0 where nothing is expected
        logs = np.where(counts > 0.0, counts * (np.log(mean) - np.log(without))[:, None], 0.0)
        ratio = np.exp(logs.sum(axis=0) - (mean - without).sum())
        weight: Floats = 1.0 / (TOYS + BAND_TOYS / ratio)
    return weight


def _calibrate(
    window: Windows, expectation: Floats, level: float, seed: int
) -> tuple[Calibration, tuple[LinearModel, LinearModel], Floats]:
    # Calibration of one window, its models, and the limits of background toys.
    models = window.model(expectation, signal=True), window.model(expectation, signal=False)
    yields = unit_yield(window, expectation) * GRID
    centre = int(window.bins[0, window.core()[0].argmax()])  # names the window's toys
    inside = window.inside[0]
    without = np.where(inside, expectation[0], 0.0)
    background = _toys(without, inside, BAND_TOYS, seed, centre, len(yields))
    q_background = q_of_yields(background, window, yields, models)
    q_toys, weights = [], []
    for j, one in enumerate(yields):
        mean = np.where(inside, np.maximum(expectation[0] + one * window.template[0], 0.0), 0.0)
        counts = _toys(mean, inside, TOYS, seed, centre, j)
        q_toys.append(np.append(q_of_yields(counts, window, np.array([one]), models)[0], q_background[j]))
        both = np.concatenate([counts[0], background[0]], axis=1)[inside]
        weights.append(_weight(both, mean[inside], without[inside]))
    calibration = Calibration.build(yields, np.array(q_toys), np.array(weights))
    limits = calibration.limits(q_background, level)
    return calibration, models, limits


def calibrated_limits(
    windows: Windows, counts: Floats, expected: Floats, level: float, seed: int, workers: int
) -> Floats:
    """Return limits (M, T + 5): of the data sets `counts` (M, W, T), then quantiles of background toys.

    The quantiles are those of −2 … +2 standard deviations; NaN where a limit lies beyond the grid.
    """

    def work(at: int) -> Floats:
        which = np.array([at])
        window = windows.take(which)
        calibration, models, limits = _calibrate(window, expected[which], level, seed)
        observed = calibration.limits(q_of_yields(counts[which], window, calibration.yields, models), level)
        limits = np.where(np.isnan(limits), np.inf, limits)
        bands = np.quantile(limits, QUANTILES, method="nearest")
        return np.concatenate([observed, np.where(np.isinf(bands), np.nan, bands)])

    with ThreadPoolExecutor(workers) as pool:
        lanes = range(len(counts))
        return np.array(list(track(pool.map(work, lanes), "calibration", total=len(lanes))))
