"""A smooth density from weighted events: the logarithm of a histogram's expectation is a cubic spline.

Penalised B-splines (P. H. C. Eilers and B. D. Marx, Statistical Science 11 (1996) 89) in a generalised linear model:
events per bin follow exp(Σ β_j B_j(u)) with a variance of the mean times the bins' mean weight, and differences of
second order of neighbouring β, divided by a prior width, add to −2 ln L. Knots are so far apart that structures
narrower than about one step of them are averaged.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import BSpline
from scipy.ndimage import uniform_filter1d

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats

DEGREE = 3
BINS_PER_STEP = 8
BEND = 2.0  # prior width of the second differences of β: a factor e² from one step to the next is no surprise
MOST_STEPS = 60
ACCURACY = 1e-9
RIDGE = 1e-9


@dataclass(frozen=True)
class LogSpline:
    """A fitted density of u.

    Attributes
    ----------
    knots, beta
        Of the spline of the logarithm of the events per unit of u.
    covariance : (J, J)
        Of β, from the events' weights.
    chi2, bins : float, int
        Pearson's χ² of the histogram and its number of bins that expect at least ten events.
    """

    knots: Floats
    beta: Floats
    covariance: Floats
    chi2: float
    bins: int

    def density(self, u: ArrayLike) -> Floats:
        """Return the sum of weights per unit of u; the ends are continued as constants."""
        return np.asarray(np.exp(np.minimum(self._basis(u) @ self.beta, 700.0)))

    def relative_error(self, u: ArrayLike) -> Floats:
        """Return the relative statistical error of the density."""
        basis = self._basis(u)
        return np.asarray(np.sqrt(np.einsum("ij,jk,ik->i", basis, self.covariance, basis)))

    def _basis(self, u: ArrayLike) -> Floats:
        return _basis(np.asarray(u, dtype=np.float64), self.knots)


def fit_log_spline(
    u: ArrayLike, weights: ArrayLike, low: float, high: float, step: float
) -> LogSpline | None:
    """Return the density of weighted events with u from `low` to `high`; None without events there.

    Parameters
    ----------
    u, weights : (N,)
    step : float
        Distance of the knots.

    Raises
    ------
    InputError
        For arrays that do not fit together, weights below zero, and a range without extent.
    """
    at, weight = np.asarray(u, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if at.ndim != 1 or at.shape != weight.shape:
        raise InputError(f"u and weights have shapes {at.shape} and {weight.shape}, expected one length")
    if not (np.isfinite(at).all() and np.isfinite(weight).all() and (weight >= 0.0).all()):
        raise InputError("u and weights must be finite numbers, weights at least 0")
    if not (low < high and 0.0 < step < np.inf):
        raise InputError(f"range {low:g} to {high:g} with knots every {step:g}: there is none")
    steps = max(round((high - low) / step), 1)
    edges = np.linspace(low, high, BINS_PER_STEP * steps + 1)
    sums, _ = np.histogram(at, edges, weights=weight)
    squares, _ = np.histogram(at, edges, weights=weight**2)
    if not squares.any():
        return None
    inner = np.linspace(low, high, steps + 1)
    knots = np.concatenate([np.full(DEGREE, low), inner, np.full(DEGREE, high)])
    basis = _basis(0.5 * (edges[1:] + edges[:-1]), knots)
    near = 2 * BINS_PER_STEP
    typical = uniform_filter1d(squares, near) / np.maximum(uniform_filter1d(sums, near), 1e-300)
    typical = np.where(
        uniform_filter1d((sums > 0.0).astype(float), near) > 0.0, typical, squares.sum() / sums.sum()
    )
    events, exposure = (
        sums / typical,
        (edges[1] - edges[0]) / typical,
    )  # effective number; per unit of density
    bend = np.diff(np.eye(basis.shape[1]), n=2, axis=0)
    penalty = bend.T @ bend / BEND**2 + RIDGE * np.eye(basis.shape[1])
    beta = _fit(basis, events, exposure, penalty)
    mean = exposure * np.exp(basis @ beta)
    information = (basis * mean[:, None]).T @ basis + penalty
    full = mean >= 10.0
    chi2 = float((((events - mean) ** 2 / mean)[full]).sum())
    return LogSpline(knots, beta, np.linalg.inv(information), chi2, int(full.sum()))


def _fit(basis: Floats, events: Floats, exposure: Floats, penalty: Floats) -> Floats:
    """Return the β of the largest penalised likelihood, by Newton steps that change no logarithm by more than two."""
    seen = events + 0.5
    weighted = basis * seen[:, None]
    beta = np.linalg.solve(weighted.T @ basis + penalty, weighted.T @ np.log(seen / exposure))
    for _ in range(MOST_STEPS):
        mean = exposure * np.exp(basis @ beta)
        slope = basis.T @ (events - mean) - penalty @ beta
        step = np.linalg.solve((basis * mean[:, None]).T @ basis + penalty, slope)
        largest = float(np.abs(basis @ step).max())
        beta = beta + step * min(1.0, 2.0 / max(largest, 1e-300))
        if largest < ACCURACY:
            break
    return np.asarray(beta)


def _basis(u: Floats, knots: Floats) -> Floats:
    inside = np.clip(np.atleast_1d(u), knots[0], knots[-1])
    return np.asarray(BSpline.design_matrix(inside, knots, DEGREE).toarray())
