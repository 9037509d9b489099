"""The rate of a search's signal against the coupling: production, decays, flight; and its inversion."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Intervals = list[list[tuple[float, float]]]

STEPS = 64
BISECTIONS, SECANTS = 5, 9
THIRDS = 36
FAR = 60.0  # lifetimes after which nothing is left


@dataclass(frozen=True, eq=False)
class SignalRate:
    """Rates g² σ₁ (B_steady + B_flying ε(g²)) of I cases, σ₁ the production per squared coupling.

    Attributes
    ----------
    production : (I,)
    steady, flying : (I,)
        Branching fractions seen whatever the lifetime, and where the flight ends in the window.
    first, last, weight : (I, K)
        Window of flight in lifetimes per g² and weights of an average; ε = Σ w (e^-first·g² - e^-last·g²).
    """

    production: Floats
    steady: Floats
    flying: Floats
    first: Floats
    last: Floats
    weight: Floats

    def log(self, u: Floats) -> Floats:
        """Return the logarithm of the rates at u = ln g², shapes (I,) or (I, J); -inf where nothing is seen."""
        more = (slice(None), *(None,) * (u.ndim - 1))
        squared = np.exp(u)[..., None]
        shape = (*more, slice(None)) if u.ndim > 1 else (slice(None), slice(None))
        early, late = self.first[shape] * squared, self.last[shape] * squared
        with np.errstate(divide="ignore"):
            # over the least early flight, so that long ones do not underflow
            least = early.min(axis=-1, keepdims=True)
            sum_ = (self.weight[shape] * np.exp(least - early) * -np.expm1(early - late)).sum(axis=-1)
            seen = np.log(self.flying[more]) + np.log(sum_) - least[..., 0]
            kept = np.logaddexp(np.log(self.steady[more]), seen)
            return np.asarray(u + np.log(self.production[more]) + kept)

    def scaled(self, factor: Floats) -> "SignalRate":
        """Return the rate with windows longer by factors (I,)."""
        return replace(self, first=self.first * factor[:, None], last=self.last * factor[:, None])

    def chosen(self, cases: NDArray[np.intp] | NDArray[np.bool_]) -> "SignalRate":
        """Return the rate of some cases."""
        return SignalRate(
            self.production[cases],
            self.steady[cases],
            self.flying[cases],
            self.first[cases],
            self.last[cases],
            self.weight[cases],
        )


def window_scale(rate: SignalRate, low: Floats, high: Floats) -> Floats:
    """Return the factors on the windows that make the rates at two couplings equal; NaN where none does.

    Of a two-sided bound both edges have the same rate, which fixes the momentum of what flies (P. Ilten et al.,
    JHEP 06 (2018) 004).
    """
    u, v = 2.0 * np.log(low), 2.0 * np.log(np.maximum(high, low * (1.0 + 1e-7)))

    shortest = np.where(rate.first > 0.0, rate.first, np.inf).min(axis=1)
    usable = np.isfinite(shortest) & (rate.steady == 0.0)
    start = np.where(usable, shortest, 1.0)
    below = np.log(1e-6 / np.exp(v) / start)
    above = np.log(1e6 / np.exp(u) / start)

    def excess(logarithm: Floats) -> Floats:
        scaled = rate.scaled(np.exp(logarithm))
        return np.where(usable, scaled.log(v) - scaled.log(u), 0.0)

    scale = np.exp(_root(excess, below, above, excess(below), excess(above)))
    return np.asarray(np.where(usable, scale, np.nan))


def solve(rate: SignalRate, wanted: Floats) -> Intervals:
    """Return, per case, the intervals of the coupling in which the rate reaches `wanted` (logarithms, (I,))."""
    with np.errstate(divide="ignore", invalid="ignore"):
        start = wanted - np.log(rate.production * (rate.steady + rate.flying)) - 1e-9
        all_steady = wanted - np.log(rate.production * rate.steady)
        scale = np.where(rate.first > 0.0, rate.first, rate.last).min(axis=1)
        gone = np.log(FAR / scale)
    good = np.isfinite(start)
    end = np.where(np.isfinite(all_steady), all_steady, start)
    end = np.maximum(end, np.where(np.isfinite(gone) & (rate.flying > 0.0), gone, end)) + 1.0
    found: Intervals = [[] for _ in wanted]
    cases = np.flatnonzero(good)
    if not cases.size:
        return found
    rate, wanted, start, end = rate.chosen(cases), wanted[cases], start[cases], end[cases]
    grid = start[:, None] + (end - start)[:, None] * np.linspace(0.0, 1.0, STEPS)
    above = rate.log(grid) - wanted[:, None]
    grid, above = _with_peak(rate, wanted, grid, above)
    over = above >= -1e-9
    rows, columns = np.nonzero(over[:, 1:] != over[:, :-1])
    chosen, aim = rate.chosen(rows), wanted[rows]
    left, right = (rows, columns), (rows, columns + 1)
    edges = _root(lambda u: chosen.log(u) - aim, grid[left], grid[right], above[left], above[right])
    couplings = np.exp(0.5 * edges).tolist()
    per_row: list[list[float]] = [[] for _ in cases]
    for row, coupling in zip(rows.tolist(), couplings, strict=True):
        per_row[row].append(coupling)
    for row, case in enumerate(cases.tolist()):
        ends = [*([float(np.exp(0.5 * grid[row, 0]))] if over[row, 0] else []), *per_row[row]]
        ends += [float("inf")] * (len(ends) % 2)
        found[case] = list(zip(ends[::2], ends[1::2], strict=True))
    return found


def _with_peak(rate: SignalRate, wanted: Floats, grid: Floats, above: Floats) -> tuple[Floats, Floats]:
    """Return the grid with the highest point refined where it may be over: a tip excludes one coupling only."""
    best = np.clip(above.argmax(axis=1), 1, STEPS - 2)
    near = np.flatnonzero((above.max(axis=1) < 0.0) & (above.max(axis=1) > -1.0))
    if near.size:
        left, right = grid[near, best[near] - 1], grid[near, best[near] + 1]
        some = rate.chosen(near)
        for _ in range(THIRDS):
            one, two = left + (right - left) / 3.0, right - (right - left) / 3.0
            first_higher = some.log(one) > some.log(two)
            left, right = np.where(first_higher, left, one), np.where(first_higher, two, right)
        grid[near, best[near]] = 0.5 * (left + right)
        above[near, best[near]] = some.log(0.5 * (left + right)) - wanted[near]
    return grid, above


def _root(function: Callable[[Floats], Floats], a: Floats, b: Floats, f_a: Floats, f_b: Floats) -> Floats:
    """Return roots between a and b of a function with values of opposite signs there: halves, then Illinois."""
    for step in range(BISECTIONS + SECANTS):
        with np.errstate(divide="ignore", invalid="ignore"):
            c = b - f_b * (b - a) / (f_b - f_a)
        c = np.where(np.isfinite(c) & (step >= BISECTIONS), c, 0.5 * (a + b))
        f_c = function(c)
        crossed = np.signbit(f_c) != np.signbit(f_b)
        a, f_a = np.where(crossed, b, a), np.where(crossed, f_b, 0.5 * f_a)
        b, f_b = c, f_c
    return b
