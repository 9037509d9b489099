"""Unified intervals of Feldman and Cousins for counts with a known background.

G. J. Feldman and R. D. Cousins, Phys. Rev. D 57 (1998) 3873: a count n is accepted at a signal μ by decreasing
R(n) = P(n|μ + b)/P(n|max(n, b)) until the accepted probability reaches the level. No grid of signals is needed.
R has one peak in n, so the counts ranked before n0 at ν = μ + b are a run that starts next to n0 and ends with the
last h for which R(h) > R(n0); with L(n) = n ln max(n, b) − max(n, b), the two are equal at

    ln ν_h = [L(h) − L(n0)]/(h − n0).

Between two such ν the run is fixed and its probability rises, then falls: where it crosses the level is found by
bisection. The ends of an interval are the largest and the smallest μ that accept n0, whatever lies between.

The upper end of this raw construction jumps up at some backgrounds, so that more background may seem to give a
weaker limit. The published tables lengthen intervals until the ends fall monotonically with b (section IV); so does
:func:`feldman_cousins_limits` unless told otherwise. Lower ends fall by themselves.

Background and efficiency are known here; with errors see :mod:`scotopic.stats.counting.feldman_cousins_profiled`.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import pdtr

from scotopic.numerics.arrays import Floats, Ints

BISECTIONS = 52
REACH = 3.0  # events of background in which the next jump lies, where one can matter; measured: below 1
STEP = 0.02  # of the grid on which jumps are looked for
NUMBERS = 1_000_000  # of an array


class _Crossing(NamedTuple):
    # Last count of the run (L,), and where μ + b lies: between `low` and `high`, accepted at `low`.
    last: Ints
    low: Floats
    high: Floats


def feldman_cousins_limits(
    observed: Ints, background: Floats, level: float, *, monotonic: bool = True
) -> tuple[Floats, Floats]:
    """Return the lower and the upper ends (L,) of the intervals, in events.

    Parameters
    ----------
    observed : (L,)
        Numbers of events.
    background : (L,)
        Known background, in events.
    level : float
        Confidence level.
    monotonic : bool
        Upper ends as published: the largest at this background or any higher one. False gives the construction
        itself.
    """
    lower, upper = np.empty(len(observed)), np.empty(len(observed))
    pairs, which = np.unique(np.stack([observed.astype(np.float64), background]), axis=1, return_inverse=True)
    which = which.ravel()
    low, high = np.empty(pairs.shape[1]), np.empty(pairs.shape[1])
    for count in np.unique(pairs[0]):
        n = int(count)
        lanes = np.flatnonzero(pairs[0] == count)  # in rising background
        b = pairs[1, lanes]
        low[lanes] = _in_parts(_lower, n, b, level, 1)
        high[lanes] = _in_parts(_upper, n, b, level, 1)
        near = b + REACH > n  # below, the upper end is a constant less b
        if monotonic and near.any():
            envelope = _in_parts(_next_peaks, n, b[near], level, round(REACH / STEP) + 1)
            high[lanes[near]] = np.maximum(high[lanes[near]], envelope)
    lower[:], upper[:] = low[which], high[which]
    return lower, upper


def _in_parts(
    function: Callable[[int, Floats, float], Floats], n: int, background: Floats, level: float, copies: int
) -> Floats:
    width = 40.0 + 12.0 * np.sqrt(max(n, float(background[-1])) + 10.0) + float(background[-1])
    size = max(1, int(NUMBERS / (max(width, n) * copies)))
    parts = [function(n, background[i : i + size], level) for i in range(0, len(background), size)]
    return np.concatenate(parts)


def _upper(observed: int, background: Floats, level: float) -> Floats:
    return _end(observed, background, _upper_crossing(observed, background, level), level)


def _end(observed: int, background: Floats, crossing: _Crossing, level: float) -> Floats:
    last, low, high = crossing
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        inside = pdtr(last, middle) - pdtr(observed, middle) < level
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return np.maximum(0.5 * (low + high) - background, 0.0)


def _upper_crossing(observed: int, background: Floats, level: float) -> _Crossing:
    # Chernoff: R(n0) bounds the probability of either tail beyond the run, so that nothing is accepted above `end`
    t = -np.log(0.5 * (1.0 - level))
    own = _log_best(np.array(observed), background)
    largest = np.maximum(background, observed)
    end = largest + t + np.sqrt(t**2 + 2.0 * largest * t)
    for _ in range(6):
        end = end - (end - observed * np.log(end) + own - t) / (1.0 - observed / end)
    last = int((end + t / 3.0 + np.sqrt(t**2 / 9.0 + 2.0 * end * t)).max()) + 3
    h = np.arange(observed + 1, last + 1)
    nu = np.exp((_log_best(h, background[:, None]) - own[:, None]) / (h - observed))
    nu = np.maximum(nu, background[:, None])
    h, left, right = h[:-1], nu[:, :-1], nu[:, 1:]
    below = pdtr(observed, nu)
    at_left = pdtr(h, left) - below[:, :-1] < level
    at_right = pdtr(h, right) - below[:, 1:] < level
    accepted = at_left | at_right
    k = accepted.shape[1] - 1 - np.argmax(accepted[:, ::-1], axis=1)
    k = np.where(accepted.any(axis=1), k, 0)
    lanes = np.arange(len(background))
    low, high = left[lanes, k], right[lanes, k]
    high = np.where(accepted.any(axis=1), high, low)
    return _Crossing(h[k], np.where(at_right[lanes, k], high, low), high)


def _next_peaks(observed: int, background: Floats, level: float) -> Floats:
    # The upper end just behind the jumps within REACH: where the run at the crossing changes
    grid = background[:, None] + np.arange(0.0, REACH + STEP, STEP)

    def state(b: Floats) -> Ints:
        crossing = _upper_crossing(observed, b, level)
        found: Ints = 2 * crossing.last + (crossing.low == crossing.high)
        return found

    states = state(grid.ravel()).reshape(grid.shape)
    peaks = np.zeros(len(background))
    lane, at = np.nonzero(np.diff(states, axis=1))
    if lane.size == 0:
        return peaks
    before, low, high = states[lane, at], grid[lane, at], grid[lane, at + 1]
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        same = state(middle) == before
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    np.maximum.at(peaks, lane, _upper(observed, high, level))
    return peaks


def _lower(observed: int, background: Floats, level: float) -> Floats:
    if observed == 0:
        return np.zeros_like(background)
    own = _log_best(np.array(observed), background)
    first = np.arange(observed)
    nu = np.exp((own[:, None] - _log_best(first, background[:, None])) / (observed - first))
    right = np.maximum(nu, background[:, None])
    left = np.concatenate([background[:, None], right[:, :-1]], axis=1)

    def run(first: Ints, nu: Floats) -> Floats:
        below = np.where(first > 0, pdtr(np.maximum(first - 1, 0), nu), 0.0)
        found: Floats = pdtr(observed - 1, nu) - below
        return found

    at_left, at_right = run(first, left) < level, run(first, right) < level
    accepted = at_left | at_right
    k = np.where(accepted.any(axis=1), np.argmax(accepted, axis=1), observed - 1)
    lanes = np.arange(len(background))
    low, high = left[lanes, k], right[lanes, k]
    low = np.where(accepted.any(axis=1), low, high)
    high = np.where(at_left[lanes, k], low, high)
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        inside = run(first[k], middle) < level
        low, high = np.where(inside, low, middle), np.where(inside, middle, high)
    return np.where(observed <= background, 0.0, np.maximum(0.5 * (low + high) - background, 0.0))


def _log_best(count: Ints, background: Floats) -> Floats:
    best = np.maximum(count, background)
    found: Floats = np.where(count > 0, count * np.log(np.where(best > 0.0, best, 1.0)), 0.0) - best
    return found
