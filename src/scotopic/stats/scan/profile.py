"""Profile likelihood of the signal yield: q_s, its derivative and where it crosses a threshold.

The expectation at a yield s is ν_i = s e^{ε η_e} [τ_i + η_r δ_i] + background, with unit Gaussian constraints on η_e
(ε: standard deviation of the logarithm of the efficiency) and η_r (δ: template at the varied width less the nominal
one). With the signal S = s e^{ε η_e} that is there, it is linear in all else that is profiled: these fits are convex,
and η_e follows from their derivative F′ as the root of η + ε S F′(S), which rises with η where s lies above ŝ.
Read the other way round it is a formula: S belongs to η_e = −ε S F′(S) and to the yield s = S e^{−ε η_e}, so that a
search along S needs one fit a step, whatever ε (`Profile.along`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from scotopic.numerics.arrays import Bools, Floats, Indices
from scotopic.numerics.newton import FAILED, LinearModel, fit_poisson, solve_packed, twice_log_ratio
from scotopic.stats.fit.status import SMALLEST_VARIANCE
from scotopic.stats.scan.windows import Windows

SEARCH_STEPS = 60
SMALLEST_EXPECTATION = 1e-6  # of a bin in a second derivative, which steers the search only
PULL_TOLERANCE = 1e-4  # of the last step of η_e, of which q keeps the fourth power
ROOT_TOLERANCE = 1e-7  # relative, of a limit


@dataclass(frozen=True)
class Point:
    """Fits at given yields, one per lane.

    Attributes
    ----------
    expectation : (L, W)
    constraint, slope, curvature : (L,)
        ½Ση², dF/ds and d²F/ds², the latter of the fits with a known efficiency.
    sound : (L,)
    """

    expectation: Floats
    constraint: Floats
    slope: Floats
    curvature: Floats
    sound: Bools

    def take(self, which: Indices) -> "Point":
        """Return some of the lanes."""
        return Point(
            self.expectation[which],
            self.constraint[which],
            self.slope[which],
            self.curvature[which],
            self.sound[which],
        )

    def where(self, condition: Bools, other: "Point") -> "Point":
        """Return `other` in the lanes where a condition (L,) holds, this one elsewhere."""
        return Point(
            np.where(condition[:, None], other.expectation, self.expectation),
            np.where(condition, other.constraint, self.constraint),
            np.where(condition, other.slope, self.slope),
            np.where(condition, other.curvature, self.curvature),
            np.where(condition, other.sound, self.sound),
        )


@dataclass(frozen=True)
class Profile:
    """Likelihood of L lanes: one window and one data set each.

    Attributes
    ----------
    windows : Windows
    counts : (L, W)
    efficiency_error : (L,)
        Standard deviation of the logarithm of the efficiency.
    model : LinearModel
        What is profiled with a signal of one event: the background and, if it varies, the template.
    """

    windows: Windows
    counts: Floats
    efficiency_error: Floats
    model: LinearModel

    @classmethod
    def build(cls, windows: Windows, counts: Floats, efficiency_error: Floats) -> "Profile":
        """Return the likelihood of counts (L, W), one data set a window."""
        scale = np.where(windows.inside, np.maximum(counts, SMALLEST_VARIANCE), 1.0)
        positive = np.zeros(windows.background.shape[::2])
        positive[:, 0] = 1.0
        model = LinearModel.build(windows.background, scale, positive, np.zeros_like(positive))
        if windows.variation.any():
            model = model.with_pull(windows.variation)
        return cls(windows, counts, efficiency_error, model)

    def take(self, which: Indices) -> "Profile":
        """Return some of the lanes."""
        return Profile(
            self.windows.take(which), self.counts[which], self.efficiency_error[which], self.model.take(which)
        )

    def at(self, yields: Floats) -> Point:
        """Return the fits at signal yields (L,)."""
        if not self.efficiency_error.any():
            return self._with_signal(yields)
        log_ratio = self.efficiency_error * self._efficiency_pulls(yields)
        ratio = np.exp(log_ratio)
        point = self._with_signal(yields * ratio)
        pull = np.divide(
            log_ratio, self.efficiency_error, np.zeros_like(ratio), where=self.efficiency_error > 0.0
        )
        return replace(point, constraint=point.constraint + 0.5 * pull**2, slope=ratio * point.slope)

    def _efficiency_pulls(self, yields: Floats) -> Floats:
        # η_e (L,) of the fits at yields, in brackets at whose ends η + ε S F′(S) is of either sign
        error = self.efficiency_error
        first = self._with_signal(yields)
        signal = yields * error
        force = signal * first.slope
        rise = 1.0 + error * force + signal**2 * first.curvature
        with np.errstate(divide="ignore", invalid="ignore"):
            start = -force / rise
        low = np.minimum(-force, 0.0)
        high = np.maximum(-force, 0.0)
        start = np.where((start > low) & (start < high), start, 0.5 * (low + high))

        def function(pull: Floats, which: Indices) -> tuple[Floats, Floats]:
            spread, present = error[which], yields[which] * np.exp(error[which] * pull)
            point = self.take(which)._with_signal(present)
            force = spread * present * point.slope
            value = np.where(point.sound, pull + force, np.nan)
            return value, 1.0 + spread * force + (spread * present) ** 2 * point.curvature

        return find_crossing(function, low, start, np.ones_like(low), PULL_TOLERANCE)

    def along(self, signal: Floats) -> tuple[Point, Floats, Floats]:
        """Return the fits with signals S (L,) that are there, the yields they belong to, and ds/dS of these.

        Each point is that of `at` its yield; its slope is the derivative with regard to S.
        """
        point = self._with_signal(signal)
        error = self.efficiency_error
        if not error.any():
            return point, signal, np.ones_like(signal)
        pull = -error * signal * point.slope
        bend = 1.0 + error**2 * signal * (point.slope + signal * point.curvature)
        ratio = np.exp(-error * pull)
        moved = replace(point, constraint=point.constraint + 0.5 * pull**2, slope=point.slope * bend)
        return moved, signal * ratio, ratio * bend

    def yields_of(self, signal: Floats) -> Floats:
        """Return the yields (L,) that signals which are there belong to; NaN stays NaN."""
        if not self.efficiency_error.any():
            return signal
        found = np.full_like(signal, np.nan)
        which = np.flatnonzero(np.isfinite(signal))
        found[which] = self.take(which).along(signal[which])[1]
        return found

    def _with_signal(self, signal: Floats) -> Point:
        # Fits with signals (L,) that are there, whatever the efficiency
        window = self.windows
        order = window.background.shape[2]
        model = self.model
        if model.design.shape[2] > order:
            model = model.with_last_scaled(signal)
        offset = window.padding + (signal[:, None] * window.template)[:, :, None]
        fits = fit_poisson(self.counts[:, :, None], model, offset)
        pull = fits.theta[:, order:, 0]
        change = window.template + (window.variation * pull if pull.size else 0.0)
        expectation, multiplier = fits.expectation[:, :, 0], fits.multiplier[:, :, 0]
        slope = ((1.0 - multiplier) * change).sum(axis=1)
        curvature = np.zeros_like(slope)
        if self.efficiency_error.any():
            weight = multiplier / np.maximum(expectation, SMALLEST_EXPECTATION)
            # the varied column grows with the signal, too
            mixed = ((1.0 - multiplier) * window.variation).sum(axis=1)
            curvature = _curvature(change, model, weight, mixed)
        sound = fits.status[:, 0] != FAILED
        return Point(expectation, 0.5 * (pull**2).sum(axis=1), slope, curvature, sound)

    def distance(self, point: Point, best: Point) -> Floats:
        """Return 2[F(point) − F(best)] (L,)."""
        ratio = twice_log_ratio(
            self.counts[:, :, None], point.expectation[:, :, None], best.expectation[:, :, None]
        )[:, 0]
        return ratio + 2.0 * (point.constraint - best.constraint)

    def free(self) -> tuple[Floats, Point]:
        """Return the yields (L,) with the highest likelihood without nuisance terms, and their fits."""
        model = self.windows.model(self.counts, signal=True)
        fits = fit_poisson(self.counts[:, :, None], model, self.windows.padding)
        nothing = np.zeros(len(self.counts))
        return fits.theta[:, 0, 0], Point(
            fits.expectation[:, :, 0], nothing, nothing, nothing, fits.status[:, 0] != FAILED
        )

    def exact(self) -> Point:
        """Return the fits of counts that are an expectation of the model, as those of an Asimov data set."""
        nothing = np.zeros(len(self.counts))
        return Point(self.counts, nothing, nothing, nothing, np.ones(len(self.counts), dtype=np.bool_))

    def best(self, unit: Floats) -> tuple[Floats, Point]:
        """Return the yields with the highest likelihood, nuisance terms included, and their fits.

        `unit` is an error of the yield.
        """
        start, point = self.free()
        if not self.windows.variation.any():
            return start, point
        known = replace(self, efficiency_error=np.zeros_like(unit))  # η_e = 0 at the optimum
        slope = known.at(start).slope
        low, high = bracket(lambda s: known.at(s).slope, start, -np.sign(slope) * unit, slope)
        yields = find_root(lambda s, which: known.take(which).at(s).slope, low, high)
        return yields, known.at(yields)


def _curvature(change: Floats, model: LinearModel, weight: Floats, mixed: Floats) -> Floats:
    # d²F/dS² (L,) with all else profiled: what of the signal's column the others cannot imitate
    weighted = (change * weight)[:, :, None]
    own = (change * weighted[:, :, 0]).sum(axis=1)
    cross = np.swapaxes(model.design, 1, 2) @ weighted
    cross[:, -1, 0] += mixed
    hessian = model.products @ weight[:, :, None]
    diagonal = np.cumsum(np.arange(1, model.design.shape[2] + 1)) - 1
    ridge = 1e-12 * hessian[:, diagonal].sum(axis=1, keepdims=True) + 1e-300
    hessian[:, diagonal] += model.penalty[:, :, None] + ridge
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        imitated = (cross * solve_packed(hessian, cross)).sum(axis=(1, 2))
    return np.asarray(np.clip(own - np.where(np.isfinite(imitated), imitated, 0.0), 0.0, None))


def find_crossing(
    function: Callable[[Floats, Indices], tuple[Floats, Floats]],
    low: Floats,
    start: Floats,
    unit: Floats,
    tolerance: float = ROOT_TOLERANCE,
) -> Floats:
    """Return where (L,) rising functions cross zero above `low`, by Newton steps kept inside a bracket.

    Parameters
    ----------
    function : callable
        ``function(x, which)`` returns value and slope at `x` of the lanes `which`; NaN counts as too high.
    low : (L,)
        Where the function is negative.
    start, unit : (L,)
        First guess above `low` and the scale on which the function changes.
    tolerance : float
        Relative length of the last step; it leaves an error of about the square.

    Returns
    -------
    (L,) ndarray
        NaN where no crossing was found.
    """
    root = np.full(low.shape, np.nan)
    lanes = np.flatnonzero(np.isfinite(low) & np.isfinite(start) & (unit > 0.0))
    below, x, above, step = low[lanes], start[lanes], np.full(lanes.shape, np.inf), unit[lanes]
    for _ in range(SEARCH_STEPS):
        if lanes.size == 0:
            break
        value, slope = function(x, lanes)
        under = value < 0.0
        below, above = np.where(under, x, below), np.where(under, above, x)
        with np.errstate(divide="ignore", invalid="ignore"):
            following = x - value / slope
        out = np.where(np.isfinite(above), 0.5 * (below + above), x + step)
        step = np.where(under & ~np.isfinite(above), 2.0 * step, step)
        inside = (following > below) & (following < np.minimum(above, x + 4.0 * step))
        inside |= value == 0.0
        following = np.where(inside, np.where(value == 0.0, x, following), out)
        settled = np.abs(following - x) <= tolerance * np.maximum(np.abs(x), unit[lanes])
        root[lanes[settled]] = following[settled]
        keep = np.flatnonzero(~settled)
        lanes, below, above, x, step = lanes[keep], below[keep], above[keep], following[keep], step[keep]
    return root


def bracket(
    function: Callable[[Floats], Floats], start: Floats, step: Floats, value: Floats
) -> tuple[Floats, Floats]:
    """Return points (L,) between which a function changes its sign, stepping out from `start`.

    `value` is the function at the start; the steps double. Where no change is found within
    thirty doublings the second point is NaN.
    """
    near, far = start.copy(), start + 0.25 * step
    open_lanes = (step != 0.0) & (value != 0.0)
    far[~open_lanes] = near[~open_lanes]
    for _ in range(30):
        if not open_lanes.any():
            break
        there = function(far)
        open_lanes &= np.sign(there) == np.sign(value)
        near, far = np.where(open_lanes, far, near), np.where(open_lanes, far + 2.0 * (far - start), far)
    far[open_lanes] = np.nan
    return near, far


def find_root(function: Callable[[Floats, Indices], Floats], low: Floats, high: Floats) -> Floats:
    """Return the root (L,) of a function in each bracket, by the Illinois method; NaN stays NaN.

    `function(x, which)` gives the values at `x` of the lanes `which`.
    """
    root = 0.5 * (low + high)
    lanes = np.flatnonzero(np.isfinite(root) & (low != high))
    a, b = low[lanes], high[lanes]
    fa, fb = function(a, lanes), function(b, lanes)
    for _ in range(SEARCH_STEPS):
        if lanes.size == 0:
            break
        with np.errstate(divide="ignore", invalid="ignore"):
            x = b - fb * (b - a) / (fb - fa)
        x = np.where(np.isfinite(x), x, 0.5 * (a + b))
        fx = function(x, lanes)
        crossed = np.sign(fx) != np.sign(fb)
        fa = np.where(crossed, fb, 0.5 * fa)
        a = np.where(crossed, b, a)
        moved = np.abs(x - b)
        b, fb = x, fx
        root[lanes] = x
        width = np.abs(high[lanes] - low[lanes])
        settled = (moved <= ROOT_TOLERANCE * np.maximum(np.abs(x), 1e-3 * width)) | (fx == 0.0)
        keep = np.flatnonzero(~settled)
        lanes, a, b, fa, fb = lanes[keep], a[keep], b[keep], fa[keep], fb[keep]
    return root
