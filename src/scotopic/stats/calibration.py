"""Limits calibrated with toys, for windows with too few events for asymptotic formulas.

The p-value of a yield s is the fraction of toys, thrown with s and the background that is expected,
whose q_s is at least the observed one (CLs+b). It is found on a grid of yields once per window; every
data set of that window then gets its limit by interpolation, linear in Φ⁻¹(1 − p).
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
TOYS = 1000  # per yield: 0.05 standard deviations of the limit
BAND_TOYS = 500
QUANTILES = ndtr([-2.0, -1.0, 0.0, 1.0, 2.0])
TIE = 1e-9  # relative, equal q of equal data


@dataclass(frozen=True)
class Calibration:
    """Distribution of q_s of one window: yields (S,), sorted q of toys (S, N)."""

    yields: Floats
    q_toys: Floats

    def limits(self, q: Floats, level: float) -> Floats:
        """Return the limits (T,) of data with q (S, T); NaN beyond the grid."""
        n_toys = self.q_toys.shape[1]
        below = np.array(
            [
                np.searchsorted(toys, value - TIE * (1.0 + value))
                for toys, value in zip(self.q_toys, q, strict=True)
            ]
        )
        z = ndtri(1.0 - (n_toys - below + 1.0) / (n_toys + 2.0))
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


def _calibrate(
    window: Windows, expectation: Floats, level: float, seed: int
) -> tuple[Calibration, tuple[LinearModel, LinearModel], Floats]:
    # Calibration of one window, its models, and the limits of background toys.
    models = window.model(expectation, signal=True), window.model(expectation, signal=False)
    yields = unit_yield(window, expectation) * GRID
    centre = int(window.bins[0, window.core()[0].argmax()])  # names the window's toys
    inside = window.inside[0]
    q_toys = []
    for j, one in enumerate(yields):
        mean = np.where(inside, np.maximum(expectation[0] + one * window.template[0], 0.0), 0.0)
        counts = _toys(mean, inside, TOYS, seed, centre, j)
        q_toys.append(np.sort(q_of_yields(counts, window, np.array([one]), models)[0]))
    calibration = Calibration(yields, np.array(q_toys))
    background = _toys(np.where(inside, expectation[0], 0.0), inside, BAND_TOYS, seed, centre, len(yields))
    limits = calibration.limits(q_of_yields(background, window, yields, models), level)
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
