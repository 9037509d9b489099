"""Profiling of parameters in which a model is not linear: peak position and width.

For every trial of the shape parameters α the linear ones are fitted, which has one optimum; outside it the deviance
is minimised over α with its derivative dF/dα = Σ_i (1 − λ_i) (∂D/∂α θ)_i (envelope theorem, λ the multiplier).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats
from scotopic.numerics.newton import FAILED
from scotopic.stats.fit.linear_fit import LinearFit, Term, fit_linear

DIFFERENCE = (
    1e-4  # of the unit of a shape parameter, for ∂D/∂α: the error of central differences is its square
)
LARGEST_PULL = 6.0


@dataclass(frozen=True)
class ShapeParameter:
    """A parameter of the shape, known as value ± error; an error is also the unit of its steps."""

    name: str
    value: float
    error: float


@dataclass(frozen=True)
class ShapeFit:
    """Shape parameters (A,), the fit of the linear ones, and the deviance with the terms of both."""

    shape: Floats
    fit: LinearFit
    deviance: float
    status: int


def fit_shape(
    counts: ArrayLike,
    design: Callable[..., Floats],
    shape: Sequence[ShapeParameter],
    *,
    offset: ArrayLike = 0.0,
    terms: Sequence[Term] = (),
    fixed: Mapping[int, float] | None = None,
) -> ShapeFit:
    """Fit linear and shape parameters to one data set.

    Parameters
    ----------
    counts : (W,)
    design : callable
        ``design(*shape)`` returns the derivatives of the expectation (W, K).
    shape : sequence of ShapeParameter
        Each has a Gaussian term and stays within six errors of its value.

    Other parameters, and errors raised, are those of `fit_linear`.
    """
    if np.ndim(counts) != 1:
        raise InputError(f"counts have shape {np.shape(counts)}, expected (bins,)")
    for one in shape:
        if not (np.isfinite(one.value) and 0.0 < one.error < np.inf):
            raise InputError(f"shape parameter {one.name}: {one.value} ± {one.error}, needs a positive error")
    centre, unit = np.array([one.value for one in shape]), np.array([one.error for one in shape])

    def at(pulls: Floats) -> LinearFit:
        columns = design(*(centre + unit * pulls))
        return fit_linear(counts, columns, offset=offset, terms=terms, fixed=fixed)

    def deviance(pulls: Floats) -> tuple[float, Floats]:
        fit = at(pulls)
        slope = np.empty(len(pulls))
        for k in range(len(pulls)):
            step = DIFFERENCE * np.eye(len(pulls))[k]
            up, down = (design(*(centre + unit * (pulls + sign * step))) for sign in (1.0, -1.0))
            change = (up - down) @ fit.theta[:, 0] / (2.0 * DIFFERENCE)
            slope[k] = 2.0 * ((1.0 - fit.multiplier[:, 0]) * change).sum()
        return float(fit.deviance[0] + (pulls**2).sum()), slope + 2.0 * pulls

    bounds = [(-LARGEST_PULL, LARGEST_PULL)] * len(shape)
    best = minimize(
        deviance,
        np.zeros(len(shape)),
        jac=True,
        bounds=bounds,
        method="L-BFGS-B",
        options={"ftol": 1e-15, "gtol": 1e-7},
    )
    fit = at(best.x)
    inside = bool((np.abs(best.x) < LARGEST_PULL).all())
    status = int(fit.status[0]) if inside and np.isfinite(best.fun) else FAILED
    return ShapeFit(centre + unit * best.x, fit, float(best.fun), status)
