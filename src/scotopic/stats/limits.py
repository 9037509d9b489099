"""Asymptotic upper limits of data and of fluctuated expectations, CLs+b and CLs."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtri

from scotopic.numerics.newton import fit_poisson
from scotopic.stats.profile import Point, Profile, bracket, find_root
from scotopic.stats.windows import Windows

Floats = NDArray[np.float64]

DATA = 0  # column of the observed limits; the others are fluctuated expectations
FLUCTUATIONS = (-2.0, -1.0, 0.0, 1.0, 2.0)


def fit_null(counts: Floats, windows: Windows) -> Floats:
    """Return the expectation (M, W) of the fit without signal to counts (M, W)."""
    model = windows.model(counts, signal=False)
    expectation = fit_poisson(counts[:, :, None], model, windows.padding).expectation[:, :, 0]
    return np.where(windows.inside, expectation, 0.0)


def fit_free(counts: Floats, windows: Windows) -> Floats:
    """Return the signal yields (M,) of the fits with signal to counts (M, W)."""
    model = windows.model(counts, signal=True)
    return fit_poisson(counts[:, :, None], model, windows.padding).theta[:, 0, 0]


@dataclass(frozen=True)
class UpperLimits:
    """Limits (M, 6): of the data, then of the expectation with −2 … +2 errors of signal added."""

    clsb: Floats
    cls: Floats


def fluctuated(windows: Windows, expected: Floats) -> Floats:
    """Return data sets (M, 5, W) whose fitted yield is −2 … +2 times its error; not below zero."""
    information = windows.information(expected)
    unit = np.where(information > 0.0, 1.0 / np.sqrt(np.maximum(information, 1e-300)), 0.0)
    signal = np.array(FLUCTUATIONS)[:, None] * (unit[:, None] * windows.template)[:, None, :]
    return np.maximum(expected[:, None, :] + signal, 0.0)


def upper_limits(
    windows: Windows, counts: Floats, expected: Floats, efficiency_error: Floats, level: float
) -> UpperLimits:
    """Return the limits of data `counts` (M, W) and of the background expectation (M, W)."""
    n_windows = len(counts)
    sets = np.concatenate([counts[:, None], fluctuated(windows, expected)], axis=1)
    sets = np.where(windows.inside[:, None], sets, 1.0)
    nulls = [fit_null(sets[:, 0], windows), fit_null(sets[:, 3], windows)]
    asimov = np.stack([nulls[0]] + 5 * [nulls[1]], axis=1)
    asimov = np.where(windows.inside[:, None], asimov, 1.0)
    lanes = windows.take(np.repeat(np.arange(n_windows), 6))
    shape = (n_windows * 6, -1)
    errors = np.repeat(efficiency_error, 6)
    data = Profile(lanes, sets.reshape(shape), errors)
    clsb, cls = lane_limits(data, replace(data, counts=asimov.reshape(shape)), level)
    return UpperLimits(clsb.reshape(n_windows, 6), cls.reshape(n_windows, 6))


def lane_limits(data: Profile, asimov: Profile, level: float) -> tuple[Floats, Floats]:
    """Return CLs+b and CLs limits (L,) of every lane; NaN where none was found."""
    information = data.windows.information(asimov.counts)
    single = 1.0 / data.windows.template.sum(axis=1)
    unit = np.hypot(single, np.where(information > 0.0, 1.0 / np.sqrt(np.maximum(information, 1e-300)), 0.0))
    start, best = data.best(fit_free(data.counts, data.windows), unit)
    threshold = float(ndtri(level))
    everything = np.arange(len(start))

    def clsb(yields: Floats, which: NDArray[np.intp]) -> Floats:
        return np.sqrt(_q(data, yields, which, best)) - threshold

    low, high = bracket(lambda s: clsb(s, everything), start, unit, np.full(len(start), -threshold))
    clsb_limits = find_root(clsb, low, high)

    zero = asimov.at(np.zeros(len(start)))

    def cls(yields: Floats, which: NDArray[np.intp]) -> Floats:
        root = np.sqrt(_q(data, yields, which, best))
        root_asimov = np.sqrt(_q(asimov, yields, which, zero))
        log_cls = log_ndtr(-root) - log_ndtr(root_asimov - root)
        difference: Floats = np.log(1.0 - level) - log_cls
        return difference

    start = np.maximum(start, 0.0)
    low, high = bracket(lambda s: cls(s, everything), start, unit, cls(start, everything))
    return clsb_limits, find_root(cls, low, high)


def _q(profile: Profile, yields: Floats, which: NDArray[np.intp], best: Point) -> Floats:
    part = profile.take(which)
    point = part.at(yields)
    return np.where(point.sound, np.maximum(part.distance(point, best.take(which)), 0.0), np.nan)
