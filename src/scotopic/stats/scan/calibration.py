"""Limits calibrated with toys, for windows with too few events for asymptotic formulas.

The p-value of a yield s is the fraction of toys, thrown with s and the background that is expected,
whose q_s is at least the observed one (CLs+b); CLs is that over the same fraction of toys without signal. Both are
found on a grid of yields once per window; every data set of that window then gets its limits by interpolation,
linear in Φ⁻¹(1 − p) and in ln CLs.

Few toys thrown with a yield have a q_s as large as data with few events. Background toys do: both kinds together
are a sample of the mixture of their densities, and count with the ratio of the wanted density to it (importance
sampling; A. Owen, Y. Zhou, J. Am. Stat. Assoc. 95 (2000) 135). An empty window has its exact limit to a per cent.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from scotopic.numerics.arrays import Bools, Floats
from scotopic.numerics.newton import Fits, LinearModel, fit_poisson, twice_log_ratio
from scotopic.numerics.rng import stream
from scotopic.progress import track
from scotopic.stats.scan.windows import Windows
from scotopic.stats.significance.empirical_p_value import at_least

GRID = np.arange(-2.0, 7.0)  # yields, in units of `unit_yield`; CLs from 0
TOYS = 1000  # per yield
BAND_TOYS = 500
QUANTILES = ndtr([-2.0, -1.0, 0.0, 1.0, 2.0])
SMALLEST = 1.0 / (TOYS + 2.0)  # probability that so many toys can tell


@dataclass(frozen=True)
class Calibration:
    """Distribution of q_s of one window.

    Attributes
    ----------
    yields : (S,)
    q_toys : (S, N)
        Sorted.
    p_toys, cls_toys : (S, N + 1)
        Probability of at least that q, with the yield, and over that without signal; for more than the largest one
        none, and the last ratio.
    """

    yields: Floats
    q_toys: Floats
    p_toys: Floats
    cls_toys: Floats

    @classmethod
    def build(cls, yields: Floats, q_toys: Floats, weights: Floats, without: Floats) -> "Calibration":
        """Return the distributions of toys (S, N) whose weights are those with the yield, and those without signal."""
        order = np.argsort(q_toys, axis=1)

        def at_least(weights: Floats) -> Floats:
            sums = np.cumsum(np.take_along_axis(weights, order, axis=1)[:, ::-1], axis=1)[:, ::-1]
            return sums / sums[:, :1]

        p_toys, p_without = at_least(weights), at_least(without)
        ratio = np.where(p_without > p_toys, p_toys / np.where(p_without > 0.0, p_without, 1.0), 1.0)
        return cls(
            yields,
            np.take_along_axis(q_toys, order, axis=1),
            np.pad(p_toys, ((0, 0), (0, 1))),
            np.pad(ratio, ((0, 0), (0, 1)), mode="edge"),
        )

    def limits(self, q: Floats, level: float) -> Floats:
        """Return the limits (2, T), CLs+b and CLs, of data with q (S, T); NaN beyond the grid."""
        below = np.array(
            [
                np.searchsorted(np.sqrt(toys), at_least(np.sqrt(value)))
                for toys, value in zip(self.q_toys, q, strict=True)
            ]
        )
        p, ratio = (np.take_along_axis(table, below, axis=1) for table in (self.p_toys, self.cls_toys))
        clsb = _last_crossing(self.yields, -ndtri(np.clip(p, SMALLEST, 1.0 - SMALLEST)), float(ndtri(level)))
        some = self.yields >= 0.0
        logs = -np.log(np.maximum(ratio[some], SMALLEST))
        cls = _last_crossing(self.yields[some], logs, -float(np.log1p(-level)))
        return np.stack([clsb, np.maximum(cls, clsb)])  # CLs is the larger one but for interpolation


def _last_crossing(yields: Floats, values: Floats, threshold: float) -> Floats:
    # Where values (S, T) exceed a threshold for good (T,): the first yield if everywhere, NaN if not at the last.
    kept = values < threshold
    last = len(values) - 1 - np.argmax(kept[::-1], axis=0)  # the largest yield that is not excluded
    lanes = np.arange(values.shape[1])
    after = np.minimum(last + 1, len(values) - 1)
    step = np.where(after > last, values[after, lanes] - values[last, lanes], np.nan)
    limit = yields[last] + (yields[after] - yields[last]) * ((threshold - values[last, lanes]) / step)
    found: Floats = np.where(kept.any(axis=0), limit, yields[0])
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


def _toys(mean: Floats, inside: Bools, number: int, seed: int, *key: int) -> Floats:
    drawn = stream(seed, "calibration", *key).poisson(mean, (number, len(mean))).T.astype(np.float64)
    return np.where(inside[:, None], drawn, 1.0)[None]


def _weights(counts: Floats, mean: Floats, without: Floats) -> tuple[Floats, Floats]:
    # Densities of data (W, T) at `mean` and at `without` (W,) to that of the mixture of toys of both.
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # ln 0 where nothing is expected
        logs = np.where(counts > 0.0, counts * (np.log(mean) - np.log(without))[:, None], 0.0)
        ratio = np.exp(logs.sum(axis=0) - (mean - without).sum())
        return 1.0 / (TOYS + BAND_TOYS / ratio), 1.0 / (TOYS * ratio + BAND_TOYS)


def _calibrate(
    window: Windows, expectation: Floats, level: float, seed: int
) -> tuple[Calibration, tuple[LinearModel, LinearModel], Floats]:
    # Calibration of one window, its models, and the limits (2, T) of background toys.
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
        weights.append(_weights(both, mean[inside], without[inside]))
    with_signal, no_signal = np.swapaxes(np.array(weights), 0, 1)
    calibration = Calibration.build(yields, np.array(q_toys), with_signal, no_signal)
    limits = calibration.limits(q_background, level)
    return calibration, models, limits


def calibrated_limits(
    windows: Windows, counts: Floats, expected: Floats, level: float, seed: int, workers: int
) -> Floats:
    """Return limits (M, 2, T + 5), CLs+b and CLs: of data `counts` (M, W, T), then quantiles of background toys.

    The quantiles are those of −2 … +2 standard deviations; NaN where a limit lies beyond the grid.
    """

    def work(at: int) -> Floats:
        which = np.array([at])
        window = windows.take(which)
        calibration, models, limits = _calibrate(window, expected[which], level, seed)
        observed = calibration.limits(q_of_yields(counts[which], window, calibration.yields, models), level)
        limits = np.where(np.isnan(limits), np.inf, limits)
        bands = np.quantile(limits, QUANTILES, axis=1, method="nearest").T
        return np.concatenate([observed, np.where(np.isinf(bands), np.nan, bands)], axis=1)

    with ThreadPoolExecutor(workers) as pool:
        lanes = range(len(counts))
        return np.array(list(track(pool.map(work, lanes), "calibration", total=len(lanes))))
