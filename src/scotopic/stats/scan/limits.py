"""Asymptotic upper limits of data and of fluctuated expectations, CLs+b and CLs."""

from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr, ndtr, ndtri

from scotopic.numerics.arrays import Floats, Indices
from scotopic.numerics.newton import fit_poisson
from scotopic.stats.scan.profile import Point, Profile, find_crossing
from scotopic.stats.scan.windows import Windows

DATA = 0  # column of the observed limits; the others are fluctuated expectations
SMALLEST = 1e-10  # expectation on the boundary ν = 0, which a fit reaches to rounding only
FLUCTUATIONS = (-2.0, -1.0, 0.0, 1.0, 2.0)


def fit_null(counts: Floats, windows: Windows) -> Floats:
    """Return the expectation (M, W) of the fit without signal to counts (M, W)."""
    model = windows.model(counts, signal=False)
    expectation = fit_poisson(counts[:, :, None], model, windows.padding).expectation[:, :, 0]
    return np.where(windows.inside & (expectation > SMALLEST), expectation, 0.0)


def fit_free(counts: Floats, windows: Windows) -> Floats:
    """Return the signal yields (M,) of the fits with signal to counts (M, W)."""
    model = windows.model(counts, signal=True)
    return fit_poisson(counts[:, :, None], model, windows.padding).theta[:, 0, 0]


@dataclass(frozen=True)
class UpperLimits:
    """Limits (M, 6): of the data, then expected at −2 … +2 standard deviations."""

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

    `bounded` takes q̃_μ for the CLs limits, for which a negative yield counts as zero, instead of q_μ. Expected
    CLs+b limits are those of fluctuated expectations; expected CLs limits follow from the Asimov data set.
    """
    n_windows = len(counts)
    sets = np.concatenate([counts[:, None], fluctuated(windows, expected)], axis=1)
    sets = np.where(windows.inside[:, None], sets, 1.0)
    nulls = [np.where(windows.inside, fit_null(sets[:, column], windows), 1.0) for column in (DATA, 3)]
    lanes = windows.take(np.repeat(np.arange(n_windows), 6))
    errors = np.repeat(efficiency_error, 6)
    data = Profile.build(lanes, sets.reshape(n_windows * 6, -1), errors)
    units = [yield_unit(windows, null) for null in nulls]  # nothing expected may depend on the data
    shat, best = data.best(np.column_stack([units[0]] + 5 * [units[1]]).ravel())
    clsb = clsb_limits(data, shat, best, float(ndtri(level))).reshape(n_windows, 6)

    first = np.arange(n_windows) * 6
    asimov = Profile.build(windows, nulls[0], efficiency_error)
    observed = cls_limits(data.take(first), shat[first], best.take(first), asimov, level, bounded=bounded)
    columns = expected_cls_limits(Profile.build(windows, nulls[1], efficiency_error), level)
    return UpperLimits(clsb, np.concatenate([observed[:, None], columns], axis=1))


def clsb_limits(data: Profile, shat: Floats, best: Point, threshold: float) -> Floats:
    """Return the yields (L,) above the fitted ones `shat`, with fits `best`, where √q_s is the threshold."""
    unit = yield_unit(data.windows, best.expectation)

    def function(signal: Floats, which: Indices) -> tuple[Floats, Floats]:
        part = data.take(which)
        root, slope = _root_q(part, part.along(signal)[0], best.take(which))
        return root - threshold, slope

    return data.yields_of(find_crossing(function, shat, shat + threshold * unit, unit))


def cls_limits(
    data: Profile, shat: Floats, best: Point, asimov: Profile, level: float, *, bounded: bool = False
) -> Floats:
    """Return the CLs limits (L,) of data whose fitted yields are `shat`, with fits `best`.

    Notes
    -----
    G. Cowan et al., Eur. Phys. J. C71 (2011) 1554: with q_A of the Asimov data set without signal,
    CLs+b = Φ(−r) and CLs = Φ(−r)/Φ(√q_A − r), where r = √q, but (q̃ + q_A)/(2√q_A) where q̃ > q_A.
    Logarithms keep both meaningful where CLb → 0.
    """
    unit = yield_unit(data.windows, asimov.counts)
    zero = asimov.exact()
    if bounded:
        best = best.where(shat < 0.0, data.at(np.zeros(len(shat))))

    def function(signal: Floats, which: Indices) -> tuple[Floats, Floats]:
        part, part_a = data.take(which), asimov.take(which)
        point, yields, change = part.along(signal)
        root, slope = _root_q(part, point, best.take(which))
        root_a, slope_a = _root_q(part_a, part_a.at(yields), zero.take(which))
        slope_a = slope_a * change
        with np.errstate(divide="ignore", invalid="ignore"):  # collinear lanes
            if bounded:
                far = root > root_a
                rise = root * slope / root_a + 0.5 * slope_a * (1.0 - (root / root_a) ** 2)
                root = np.where(far, 0.5 * (root**2 / root_a + root_a), root)
                slope = np.where(far, rise, slope)
            rise = _hazard(-root) * slope + _hazard(root_a - root) * (slope_a - slope)
        return np.log1p(-level) - log_ndtr(-root) + log_ndtr(root_a - root), rise

    low = np.maximum(shat, 0.0)
    return data.yields_of(find_crossing(function, low, low + unit, unit))


def expected_cls_limits(asimov: Profile, level: float) -> Floats:
    """Return the CLs limits (L, 5) at −2 … +2 standard deviations: Φ(N − √q_A)/Φ(N) = 1 − level."""
    shift = np.tile(FLUCTUATIONS, len(asimov.counts))
    threshold = shift - ndtri((1.0 - level) * ndtr(shift))
    lanes = asimov.take(np.repeat(np.arange(len(asimov.counts)), len(FLUCTUATIONS)))
    unit, none = yield_unit(lanes.windows, lanes.counts), np.zeros(len(shift))
    zero = lanes.exact()

    def function(signal: Floats, which: Indices) -> tuple[Floats, Floats]:
        part = lanes.take(which)
        root, slope = _root_q(part, part.along(signal)[0], zero.take(which))
        return root - threshold[which], slope

    return lanes.yields_of(find_crossing(function, none, threshold * unit, unit)).reshape(
        -1, len(FLUCTUATIONS)
    )


def yield_unit(windows: Windows, expectation: Floats) -> Floats:
    """Return the error (L,) of the yield where `expectation` (L, W) holds, that of a single event included."""
    information = windows.information(expectation)
    error = np.where(information > 0.0, 1.0 / np.sqrt(np.maximum(information, 1e-300)), 0.0)
    unit: Floats = np.hypot(1.0 / windows.template.sum(axis=1), error)
    return unit


def _hazard(z: Floats) -> Floats:
    # φ(z)/Φ(z), without underflow.
    hazard: Floats = np.exp(-0.5 * z**2 - 0.5 * np.log(2.0 * np.pi) - log_ndtr(z))
    return hazard


def _root_q(profile: Profile, point: Point, best: Point) -> tuple[Floats, Floats]:
    # √q and its derivative; dq/ds = 2 dF/ds (envelope theorem).
    root = np.sqrt(np.where(point.sound, np.maximum(profile.distance(point, best), 0.0), np.nan))
    with np.errstate(divide="ignore", invalid="ignore"):
        return root, point.slope / root
