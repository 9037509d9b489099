"""The profile likelihood of one mass as a function of the signal yield, and the fit in its window."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scotopic.numerics.arrays import Floats
from scotopic.stats.checks import arrays_of, both_sides, check_input, check_settings
from scotopic.stats.scan.limits import fit_free
from scotopic.stats.scan.profile import Profile, bracket, find_root
from scotopic.stats.scan.windows import Windows, check_windows

REACH = 4.0  # errors of the yield on either side of the best one


@dataclass(frozen=True, eq=False)
class LikelihoodScan:
    """−2 Δln L of K signal yields, zero between them, all else profiled, and the best fit to a window of W bins.

    Attributes
    ----------
    mass : float
        In the variable of the edges.
    yields : (K,)
        Events, rising.
    q : (K,)
        2[NLL(s) − NLL(ŝ)]; NaN where no background keeps every bin at or above zero.
    best : float
        ŝ.
    bins : slice
        Of the window in the spectrum.
    background, signal : (W,)
        Of the fit at `best`, events per bin.
    """

    mass: float
    yields: Floats
    q: Floats
    best: float
    bins: slice
    background: Floats
    signal: Floats

    def interval(self, rise: float = 1.0) -> tuple[float, float]:
        """Return where q crosses `rise` below and above the best yield; NaN where the scan ends before."""
        known = np.isfinite(self.q)
        below, above = (known & (side * (self.yields - self.best) >= 0.0) for side in (-1.0, 1.0))
        ends = []
        for part, order in ((below, -1), (above, 1)):
            q, s = (
                np.append(start, values[part][::order])
                for start, values in ((0.0, self.q), (self.best, self.yields))
            )
            ends.append(float(np.interp(np.sqrt(rise), np.sqrt(q), s, right=np.nan)))
        return ends[0], ends[1]


def likelihood_scan(
    counts: Floats,
    edges: Floats,
    mass: float,
    template: Callable[..., Floats],
    *,
    background_order: int,
    half_width: int | tuple[int, int],
    efficiency_error: float = 0.0,
    resolution_error: float = 0.0,
    highest: float = 0.0,
    points: int = 161,
) -> LikelihoodScan:
    """Return the profile likelihood at one mass; arguments as for :func:`scotopic.stats.scan`.

    Parameters
    ----------
    highest : float
        Yield that the scan reaches at least, such as its upper limit.
    points : int
        Number of yields.

    Raises
    ------
    InputError
        For counts, edges, mass, template or settings that make no sense.
    """
    below_above = both_sides(half_width)
    counts, edges = arrays_of(counts=counts, edges=edges)
    masses, errors = np.array([mass], dtype=np.float64), np.array([efficiency_error])
    check_input(counts, edges, masses, None, template)
    check_settings(background_order, 0.95, "clsb", 0, 1, 1, errors, resolution_error, 1)
    windows = Windows.build(edges, masses, template, below_above, background_order, resolution_error)
    check_windows(windows, masses, background_order)
    data = windows.cut(counts[:, None])[:, :, 0]
    profile = Profile.build(windows, data, errors)
    start = fit_free(data, windows)
    unit = _unit(windows, profile.at(start).expectation)
    best = _best(profile, start, unit)
    at_best = profile.at(best)
    low, high = (float(best[0] + side * REACH * unit[0]) for side in (-1.0, 1.0))
    low = min(low, -0.25 * float(unit[0]))
    if np.isfinite(highest):
        high = max(high, 1.05 * highest)
    yields = np.linspace(low, high, points)
    lanes = np.zeros(points, dtype=np.intp)
    every = profile.take(lanes)
    found = every.at(yields)
    q = np.maximum(every.distance(found, at_best.take(lanes)), 0.0)
    inside = windows.inside[0]
    signal = best[0] * windows.template[0, inside]
    bins = windows.bins[0, inside]
    return LikelihoodScan(
        mass=float(mass),
        yields=yields,
        q=np.where(found.sound & np.isfinite(q), q, np.nan),
        best=float(best[0]),
        bins=slice(int(bins[0]), int(bins[-1]) + 1),
        background=at_best.expectation[0, inside] - signal,
        signal=signal,
    )


def _best(profile: Profile, start: Floats, unit: Floats) -> Floats:
    # Yield of the highest likelihood; without an error of the resolution that is where the nuisances rest
    if not profile.windows.variation.any():
        return start
    slope = profile.at(start).slope
    low, high = bracket(lambda s: profile.at(s).slope, start, -np.sign(slope) * unit, slope)
    return find_root(lambda s, which: profile.take(which).at(s).slope, low, high)


def _unit(windows: Windows, expectation: Floats) -> Floats:
    # Error of the yield, with few events at least that of one event
    information = windows.information(np.where(windows.inside, expectation, 0.0))
    unit: Floats = 1.0 / windows.template.sum(axis=1)
    return unit if information[0] <= 0.0 else np.hypot(unit, 1.0 / np.sqrt(information))
