"""The rate of a search's signal against the coupling: production, decays, flight; and its inversion."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from scotopic.bounds.excluded import NOTHING, Excluded
from scotopic.numerics.arrays import Bools, Floats, Indices

STEPS = 64
BISECTIONS, SECANTS = 5, 9
THIRDS = 36
TABLE = 3000  # points on either side of a window's peak
POLISHES = 2  # Newton's steps from a table whose error is below 1e-5
RISES = 40
LARGEST = 600.0  # exponent
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

    def chosen(self, cases: Indices | Bools) -> "SignalRate":
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
    ratio = _one_window(rate)
    if ratio is not None:
        return np.asarray(np.exp(window_of(ratio).start(v - u) - u) / rate.first[:, 0])
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


@dataclass(frozen=True)
class Window:
    """ln[x (e^-x − e^-ρx)] against ln x: what is seen between one flight and the ρ-fold one, x = first·g²."""

    ratio: float
    x: Floats
    value: Floats
    peak: int

    def at(self, x: Floats) -> Floats:
        """Return the value at ln x."""
        flight = np.exp(x)
        return np.asarray(x - flight + np.log(-np.expm1((1.0 - self.ratio) * flight)))

    def slope(self, x: Floats) -> Floats:
        """Return the derivative with respect to ln x."""
        flight = np.exp(x)
        gone = np.minimum((self.ratio - 1.0) * flight, LARGEST)
        return np.asarray(1.0 - flight + gone / np.expm1(gone))

    def sides(self, value: Floats) -> tuple[Floats, Floats]:
        """Return both ln x of a value; NaN above the peak."""
        top, peak = self.value[self.peak], self.x[self.peak]
        inside = value <= top + 1e-9  # a tip excludes one coupling only
        at = np.minimum(value, top)
        left = np.interp(at, self.value[: self.peak + 1], self.x[: self.peak + 1])
        right = np.interp(at, self.value[self.peak :][::-1], self.x[self.peak :][::-1])
        both = np.stack([left, right])
        for _ in range(POLISHES):
            both -= _step(self.at(both) - at, self.slope(both))
            both[0], both[1] = np.minimum(both[0], peak), np.maximum(both[1], peak)
        both[:, ~inside] = np.nan
        return both[0], both[1]

    def start(self, apart: Floats) -> Floats:
        """Return the left ln x of two with the same value that lie `apart`."""
        known, left = _pairs(self.ratio)
        x = np.interp(apart, known, left)
        for _ in range(POLISHES):
            there = x + apart
            x = x - _step(self.at(there) - self.at(x), self.slope(there) - self.slope(x))
        return x


@lru_cache(maxsize=64)
def window_of(ratio: float) -> Window:
    """Return the table of a window; denser around its peak, which lies where the slope is 0."""
    low, high = -40.0, np.log(FAR)
    empty = Window(ratio, np.empty(0), np.empty(0), 0)
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if empty.slope(np.array([middle]))[0] > 0.0 else (low, middle)
    spread = np.linspace(0.0, 1.0, TABLE) ** 2
    left, right = low - spread[::-1] * (low + 60.0), low + spread[1:] * (np.log(FAR * 10.0) - low)
    x = np.concatenate([left, right])
    return Window(ratio, x, empty.at(x), len(left) - 1)


@lru_cache(maxsize=64)
def _pairs(ratio: float) -> tuple[Floats, Floats]:
    """Return distances of points with the same value, rising, and the left ones."""
    window = window_of(ratio)
    left = window.x[: window.peak + 1][::-1]
    right = np.interp(
        -window.value[: window.peak + 1][::-1], -window.value[window.peak :], window.x[window.peak :]
    )
    apart = right - left
    kept = np.concatenate([[True], np.diff(np.maximum.accumulate(apart)) > 0.0])
    return apart[kept], left[kept]


def _step(excess: Floats, slope: Floats) -> Floats:
    """Return Newton's step, at most 1; none where the slope is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        step = excess / slope
    return np.asarray(np.clip(np.where(np.isfinite(step), step, 0.0), -1.0, 1.0))


def _one_window(rate: SignalRate) -> float | None:
    """Return ρ = last/first where every case has a single window with the same one and nothing steady."""
    if rate.first.shape[1] != 1 or not rate.first.size or rate.steady.any():
        return None
    ratio = rate.last[:, 0] / rate.first[:, 0] if (rate.first > 0.0).all() else np.empty(0)
    if not ratio.size or not np.isfinite(ratio).all() or np.ptp(ratio) > 1e-9 * ratio[0]:
        return None
    return float(ratio[0])


def solve(rate: SignalRate, wanted: Floats) -> Excluded:
    """Return, per case, the intervals of the coupling in which the rate reaches `wanted` (logarithms, (I,))."""
    ratio = _one_window(rate)
    if ratio is not None:
        return _between_sides(rate, wanted, window_of(ratio))
    if not rate.first.any():
        return _above(rate, wanted)
    with np.errstate(divide="ignore", invalid="ignore"):
        start = wanted - np.log(rate.production * (rate.steady + rate.flying)) - 1e-9
        all_steady = wanted - np.log(rate.production * rate.steady)
        scale = np.where(rate.first > 0.0, rate.first, rate.last).min(axis=1)
        gone = np.log(FAR / scale)
    good = np.isfinite(start)
    end = np.where(np.isfinite(all_steady), all_steady, start)
    end = np.maximum(end, np.where(np.isfinite(gone) & (rate.flying > 0.0), gone, end)) + 1.0
    cases = np.flatnonzero(good)
    if not cases.size:
        return NOTHING
    rate, wanted, start, end = rate.chosen(cases), wanted[cases], start[cases], end[cases]
    grid = start[:, None] + (end - start)[:, None] * np.linspace(0.0, 1.0, STEPS)
    above = rate.log(grid) - wanted[:, None]
    grid, above = _with_peak(rate, wanted, grid, above)
    over = above >= -1e-9
    above = np.where(over, np.maximum(above, 0.0), above)  # a tip within rounding is a root, too
    rows, columns = np.nonzero(over[:, 1:] != over[:, :-1])
    chosen, aim = rate.chosen(rows), wanted[rows]
    left, right = (rows, columns), (rows, columns + 1)
    edges = _root(lambda u: chosen.log(u) - aim, grid[left], grid[right], above[left], above[right])
    already, still = np.flatnonzero(over[:, 0]), np.flatnonzero(over[:, -1])
    row = np.concatenate([already, rows, still])
    order = np.argsort(row, kind="stable")
    ends = np.concatenate([np.exp(0.5 * grid[already, 0]), np.exp(0.5 * edges), np.full(len(still), np.inf)])
    ends = ends[order]
    return Excluded(cases[row[order][::2]], ends[::2], ends[1::2])


def _between_sides(rate: SignalRate, wanted: Floats, window: Window) -> Excluded:
    """Return intervals of one window of flight, whose rate rises to its peak and falls."""
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.log(rate.first[:, 0])
        value = wanted - np.log(rate.production * rate.flying * rate.weight[:, 0]) + shift
        left, right = window.sides(value)
        low, high = np.exp(0.5 * (left - shift)), np.exp(0.5 * (right - shift))
    return Excluded.where(np.isfinite(low) & np.isfinite(high), low, high)


def _above(rate: SignalRate, wanted: Floats) -> Excluded:
    """Return intervals without an upper end of decays seen from the start, whose rate rises with the coupling."""
    with np.errstate(divide="ignore", invalid="ignore"):
        u = wanted - np.log(rate.production * (rate.steady + rate.flying))
    good = np.flatnonzero(np.isfinite(u))
    some, aim, u = rate.chosen(good), wanted[good], u[good]
    # from below, Newton in ln g² against the logarithm of the rate: rising, its slope between 1 and 2
    for _ in range(RISES if some.flying.any() else 0):
        missing = aim - some.log(u)
        if not (missing > 1e-11).any():
            break
        u = u + _rise(some, u, missing)
    return Excluded(good, np.exp(0.5 * u), np.full(len(good), np.inf))


def _rise(rate: SignalRate, u: Floats, missing: Floats) -> Floats:
    """Return Newton's step of ln g²."""
    late = rate.last * np.exp(u)[:, None]
    with np.errstate(invalid="ignore", over="ignore"):
        ending = np.where(np.isfinite(late), late * np.exp(-late), 0.0)
        seen = (rate.weight * -np.expm1(-late)).sum(axis=1)
    share = rate.flying * (rate.weight * ending).sum(axis=1)
    return np.asarray(missing / (1.0 + share / (rate.steady + rate.flying * seen)))


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
