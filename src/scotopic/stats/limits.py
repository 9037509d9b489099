"""Asymptotic upper limits of data and of fluctuated expectations, CLs+b and CLs."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtri

from scotopic.numerics.newton import fit_poisson
from scotopic.stats.profile import Point, Profile, find_crossing
from scotopic.stats.windows import Windows

Floats = NDArray[np.float64]
Lanes = NDArray[np.intp]

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
    windows: Windows,
    counts: Floats,
    expected: Floats,
    efficiency_error: Floats,
    level: float,
    *,
    bounded: bool = False,
) -> UpperLimits:
    """Return the limits of data `counts` (M, W) and of the background expectation (M, W).

    `bounded` takes q̃_μ, for which a negative yield counts as zero, instead of q_μ.
    """
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
    clsb, cls = lane_limits(data, replace(data, counts=asimov.reshape(shape)), level, bounded=bounded)
    return UpperLimits(clsb.reshape(n_windows, 6), cls.reshape(n_windows, 6))


def lane_limits(
    data: Profile, asimov: Profile, level: float, *, bounded: bool = False
) -> tuple[Floats, Floats]:
    """Return CLs+b and CLs limits (L,) of every lane; NaN where none was found.

    Notes
    -----
    G. Cowan et al., Eur. Phys. J. C71 (2011) 1554: with q_A of the Asimov data set without signal,
    CLs+b = Φ(−r) and CLs = Φ(−r)/Φ(√q_A − r), where r = √q, but (q̃ + q_A)/(2√q_A) where q̃ > q_A.
    Logarithms keep both meaningful where CLb → 0.
    """
    unit = yield_unit(data.windows, asimov.counts)
    shat, best = data.best(fit_free(data.counts, data.windows), unit)
    none = np.zeros(len(shat))
    zero = asimov.at(none)
    if bounded:
        at_zero = data.at(none)
        negative = shat < 0.0
        best = best.where(negative, at_zero)
        shat = np.where(negative, 0.0, shat)
    threshold, target = float(ndtri(level)), float(np.log1p(-level))

    def roots(yields: Floats, which: Lanes) -> tuple[Floats, Floats, Floats, Floats]:
        root, slope = _root_q(data, yields, which, best)
        root_a, slope_a = _root_q(asimov, yields, which, zero)
        if bounded:
            with np.errstate(divide="ignore", invalid="ignore"):
                far = root > root_a
                average = 0.5 * (root**2 / root_a + root_a)
                its_slope = root * slope / root_a + 0.5 * slope_a * (1.0 - (root / root_a) ** 2)
            root, slope = np.where(far, average, root), np.where(far, its_slope, slope)
        return root, slope, root_a, slope_a

    def clsb(yields: Floats, which: Lanes) -> tuple[Floats, Floats]:
        root, slope = roots(yields, which)[:2] if bounded else _root_q(data, yields, which, best)
        return root - threshold, slope

    def cls(yields: Floats, which: Lanes) -> tuple[Floats, Floats]:
        root, slope, root_a, slope_a = roots(yields, which)
        with np.errstate(invalid="ignore"):  # collinear lanes: infinite slopes
            slope_log = -_hazard(-root) * slope - _hazard(root_a - root) * (slope_a - slope)
        return target - (log_ndtr(-root) - log_ndtr(root_a - root)), -slope_log

    start = np.maximum(shat, 0.0) + unit
    return (
        find_crossing(clsb, shat, shat + threshold * unit, unit),
        find_crossing(cls, np.maximum(shat, 0.0), start, unit),
    )


def clsb_limits(data: Profile, shat: Floats, threshold: float) -> Floats:
    """Return CLs+b limits (L,), the yields above `shat` where √q_s is the threshold."""
    best = data.at(shat)
    unit = yield_unit(data.windows, np.maximum(best.expectation, 0.0))

    def function(yields: Floats, which: Lanes) -> tuple[Floats, Floats]:
        root, slope = _root_q(data, yields, which, best)
        return root - threshold, slope

    limits = find_crossing(function, shat, shat + threshold * unit, unit)
    return np.where(best.sound, limits, np.nan)


def yield_unit(windows: Windows, expectation: Floats) -> Floats:
    """Return the error (L,) of the yield where `expectation` (L, W) holds, that of a single event included."""
    information = windows.information(expectation)
    error = np.where(information > 0.0, 1.0 / np.sqrt(np.maximum(information, 1e-300)), 0.0)
    return np.hypot(1.0 / windows.template.sum(axis=1), error)


def _hazard(z: Floats) -> Floats:
    # φ(z)/Φ(z), without underflow.
    hazard: Floats = np.exp(-0.5 * z**2 - 0.5 * np.log(2.0 * np.pi) - log_ndtr(z))
    return hazard


def _root_q(profile: Profile, yields: Floats, which: Lanes, best: Point) -> tuple[Floats, Floats]:
    # √q and its derivative; dq/ds = 2 dF/ds (envelope theorem).
    part = profile.take(which)
    point = part.at(yields)
    root = np.sqrt(np.where(point.sound, np.maximum(part.distance(point, best.take(which)), 0.0), np.nan))
    with np.errstate(divide="ignore", invalid="ignore"):
        return root, point.slope / root
