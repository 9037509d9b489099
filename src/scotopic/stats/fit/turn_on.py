"""Fit of a turn-on curve, plateau × Φ((x − threshold)/width), to passed and total numbers of events.

Where the events are binned in an estimate of x that has a resolution, the curve is folded with it: the expected
efficiency of a bin is the average of the curve over the distribution of x in that bin. Threshold and width are then
those of the trigger, not of trigger and estimate together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import ndtr, xlogy
from scipy.stats import chi2

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats
from scotopic.stats.fit.efficiency import check_counts

PARAMETERS = ("plateau", "threshold", "width")
CLOSE = 1e-10  # of 2 ln L, at which the iteration ends
MOST_STEPS = 200
TINY = 1e-12  # least distance of an efficiency from 0 and from 1
NARROWEST = 1e-4  # least width, in spacings of x
REACH = 60  # doublings of an error, at most, in search of the end of an interval


@dataclass(frozen=True)
class TurnOnFit:
    """A fitted turn-on curve.

    Attributes
    ----------
    plateau, threshold, width : float
    errors : mapping of those names to (low, high)
        Distances to the ends of the intervals on which 2 ln L falls by one, the other two fitted again; a
        plateau ends at 1 and a width at 0.
    covariance : (3, 3)
        Inverse of the expected information, in the order of the names.
    expected : (B,)
        Fitted efficiency of each bin.
    deviance : float
        2 ln of the likelihood ratio of free efficiencies and the fit.
    ndf : int
        Bins with events less the three parameters.
    """

    plateau: float
    threshold: float
    width: float
    errors: dict[str, tuple[float, float]]
    covariance: Floats
    expected: Floats
    deviance: float
    ndf: int

    @property
    def p_value(self) -> float:
        """Return the probability of a larger deviance, which follows χ² where bins hold many events."""
        return float(chi2.sf(self.deviance, self.ndf)) if self.ndf > 0 else 1.0

    def efficiency(self, x: ArrayLike) -> Floats:
        """Return the curve, without resolution."""
        return np.asarray(self.plateau * ndtr((np.asarray(x, np.float64) - self.threshold) / self.width))

    def pull(self, name: str, truth: float) -> float:
        """Return (fitted − true)/error of one parameter, with the error on the side of the truth."""
        difference = float(getattr(self, name)) - truth
        low, high = self.errors[name]
        return difference / (low if difference > 0.0 else high)


def fit_turn_on(
    passed: ArrayLike, total: ArrayLike, x: ArrayLike, response: ArrayLike | None = None
) -> TurnOnFit:
    """Fit plateau × Φ((x − threshold)/width) by the binomial likelihood.

    Parameters
    ----------
    passed, total : (B,)
        Events per bin.
    x : (K,)
        Where the curve is evaluated, rising; without a response the positions of the bins, K = B.
    response : (B, K), optional
        How the events of each bin are distributed over x, see `response_matrix`; rows sum to one. Rows of bins
        without events may be zero.

    Returns
    -------
    TurnOnFit

    Raises
    ------
    InputError
        For input that is no counts or does not fit together, for fewer than four bins with events, and for
        numbers that hold no turn-on.

    Notes
    -----
    ½[1 + erf(z/√2)] = Φ(z). Fisher scoring, with steps halved where the likelihood would fall. The numbers of a bin
    count as binomial with its average efficiency. That is exact for events drawn from the response; for the very
    events that the response was made of it overestimates the errors, by less than a tenth where the resolution is
    smaller than the width.
    """
    problem = _Problem.build(passed, total, x, response)
    best, value = problem.maximise(problem.start(), (True, True, True))
    covariance = np.asarray(np.linalg.pinv(problem.information(best)), np.float64)
    plateau, threshold, width = (float(one) for one in best)
    errors = {}
    for i, name in enumerate(PARAMETERS):
        low, high = (problem.distance(best, value, i, side, covariance) for side in (-1.0, 1.0))
        errors[name] = (low, high)
    return TurnOnFit(
        plateau,
        threshold,
        width,
        errors,
        covariance,
        problem.expect(best),
        2.0 * (problem.saturated() - value),
        int((problem.total > 0.0).sum()) - 3,
    )


def response_matrix(
    estimate: ArrayLike, x: ArrayLike, estimate_edges: ArrayLike, x_edges: ArrayLike
) -> tuple[Floats, Floats]:
    """Return the centres of the bins in x (K,) and the distribution (B, K) of x in each bin of the estimate.

    Parameters
    ----------
    estimate, x : (N,)
        Estimated and measured value of each event; those outside the edges of x count in the outermost bin.
    estimate_edges : (B + 1,)
    x_edges : (K + 1,)
    """
    bins, nodes = _edges("estimate_edges", estimate_edges), _edges("x_edges", x_edges)
    first, second = np.asarray(estimate, np.float64), np.asarray(x, np.float64)
    if first.ndim != 1 or first.shape != second.shape or not np.isfinite([first, second]).all():
        raise InputError("estimate and x must be finite numbers, one of each per event")
    inside = np.clip(second, nodes[0], np.nextafter(nodes[-1], nodes[0]))
    counts = np.histogram2d(first, inside, [bins, nodes])[0]
    return 0.5 * (nodes[1:] + nodes[:-1]), counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0)


def _edges(name: str, edges: ArrayLike) -> Floats:
    values = np.asarray(edges, np.float64)
    if values.ndim != 1 or len(values) < 2 or not np.isfinite(values).all() or (np.diff(values) <= 0).any():
        raise InputError(f"{name}: must be at least two finite, rising numbers")
    return values


@dataclass(frozen=True)
class _Problem:
    passed: Floats
    total: Floats
    x: Floats
    response: Floats
    narrowest: float

    @classmethod
    def build(
        cls, passed: ArrayLike, total: ArrayLike, x: ArrayLike, response: ArrayLike | None
    ) -> "_Problem":
        k, n = check_counts(passed, total)
        nodes = np.asarray(x, np.float64)
        if k.ndim != 1 or nodes.ndim != 1 or len(nodes) < 2:
            raise InputError("passed, total and x must be lists of numbers, one per bin")
        if not np.isfinite(nodes).all() or (np.diff(nodes) <= 0.0).any():
            raise InputError("x: must be finite and rise from bin to bin")
        matrix = np.eye(len(k)) if response is None else np.asarray(response, np.float64)
        if matrix.shape != (len(k), len(nodes)):
            raise InputError(
                f"{len(k)} bins at {len(nodes)} values of x with a response {matrix.shape}; "
                f"it must be {(len(k), len(nodes))}"
            )
        sums = matrix.sum(axis=1)
        if not (np.isfinite(matrix) & (matrix >= 0.0)).all() or (np.abs(sums - 1.0) > 1e-6)[n > 0.0].any():
            raise InputError(
                "response: must not be negative, and the row of every bin with events must sum to 1"
            )
        if (n > 0.0).sum() < 4:
            raise InputError(f"only {int((n > 0.0).sum())} bins hold events; a turn-on curve needs 4")
        if k.sum() == 0.0:
            raise InputError("no event passes: there is no turn-on to fit")
        filled = n > 0.0
        return cls(k[filled], n[filled], nodes, matrix[filled], NARROWEST * float(np.diff(nodes).min()))

    def start(self) -> Floats:
        """Return a guess: plateau of the upper bins, threshold where half of it is reached first."""
        at = self.response @ self.x
        ratio = self.passed / self.total
        upper = at >= np.median(at)
        plateau = float(self.passed[upper].sum() / self.total[upper].sum())
        if plateau <= 0.0:
            raise InputError("no event passes in the upper half of x: there is no plateau to fit")
        threshold = float(at[int(np.argmax(ratio >= 0.5 * plateau))])
        rising = at[(ratio > 0.1 * plateau) & (ratio < 0.9 * plateau)]
        width = 0.5 * float(np.ptp(rising)) if len(rising) > 1 else 0.0
        return np.array([min(plateau, 1.0), threshold, max(width, float(np.diff(self.x).mean()))])

    def expect(self, values: Floats) -> Floats:
        """Return the efficiency of each bin."""
        plateau, threshold, width = values
        return np.asarray(plateau * (self.response @ ndtr((self.x - threshold) / width)))

    def likelihood(self, values: Floats) -> float:
        """Return ln L without the binomial coefficients."""
        return self._logarithm(np.clip(self.expect(values), TINY, 1.0 - TINY))

    def saturated(self) -> float:
        """Return ln L where every bin has its own efficiency."""
        return self._logarithm(self.passed / self.total)

    def _logarithm(self, p: Floats) -> float:
        return float((xlogy(self.passed, p) + xlogy(self.total - self.passed, 1.0 - p)).sum())

    def _derivatives(self, values: Floats) -> tuple[Floats, Floats]:
        # Efficiency (B,) and its derivatives (3, B)
        plateau, threshold, width = values
        z = (self.x - threshold) / width
        density = np.exp(-0.5 * z**2) / (np.sqrt(2.0 * np.pi) * width)
        curve = self.response @ ndtr(z)
        slopes = -plateau * (self.response @ np.stack([density, density * z], axis=1)).T
        return np.clip(plateau * curve, TINY, 1.0 - TINY), np.concatenate([curve[None], slopes])

    def information(self, values: Floats) -> Floats:
        """Return the expected information (3, 3)."""
        p, slopes = self._derivatives(values)
        return np.asarray((slopes * (self.total / (p * (1.0 - p)))) @ slopes.T)

    def maximise(self, start: Floats, free: tuple[bool, ...]) -> tuple[Floats, float]:
        """Return the values of largest likelihood with some of them fixed, and ln L there."""
        chosen = np.flatnonzero(free)
        values, best = start.copy(), self.likelihood(start)
        for _ in range(MOST_STEPS):
            p, slopes = self._derivatives(values)
            gradient = slopes @ ((self.passed - self.total * p) / (p * (1.0 - p)))
            matrix = self.information(values)[np.ix_(chosen, chosen)]
            step = np.zeros(3)
            step[chosen] = np.linalg.pinv(matrix, hermitian=True) @ gradient[chosen]
            share = 1.0
            while share > 1e-8:
                tried = values + share * step
                tried[0] = min(max(tried[0], TINY), 1.0)
                tried[2] = max(tried[2], self.narrowest, 0.1 * values[2])
                reached = self.likelihood(tried)
                if reached >= best:
                    break
                share *= 0.5
            else:
                return values, best
            gain, values, best = reached - best, tried, reached
            if gain < CLOSE:
                return values, best
        return values, best

    def distance(self, best: Floats, value: float, index: int, side: float, covariance: Floats) -> float:
        """Return how far a parameter goes to one side until 2 ln L, the others fitted again, falls by one."""
        free = tuple(i != index for i in range(3))
        limit = {(0, 1.0): 1.0 - best[0], (2, -1.0): best[2] - self.narrowest}.get((index, side), np.inf)
        near = best

        def excess(step: float) -> float:
            nonlocal near
            start = near.copy()
            start[index] = best[index] + side * step
            near, reached = self.maximise(start, free)
            return 2.0 * (value - reached) - 1.0

        inner, outer = 0.0, float(np.sqrt(max(covariance[index, index], 1e-300)))
        for _ in range(REACH):
            outer = min(outer, limit)
            if excess(outer) > 0.0:
                return float(brentq(excess, inner, outer, xtol=1e-4 * outer))
            if outer >= limit:
                return float(limit)
            inner, outer = outer, 2.0 * outer
        return float("inf")
