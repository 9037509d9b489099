"""Fit of anybody's binned model that is linear in its parameters, with Gaussian and Poisson constraint terms.

The expectation is ν = offset + D θ ≥ 0. The deviance

    2 Σ_i [ν_i − n_i + n_i ln(n_i/ν_i)] + Σ_g (θ_g − v_g)²/σ_g² + 2 Σ_p [t_p θ_p − m_p + m_p ln(m_p/(t_p θ_p))]

is convex: a Poisson term is one more bin, a Gaussian one adds to the Hessian. Every data set (the last axis of the
counts) is fitted on its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog

from scotopic.errors import InputError
from scotopic.numerics.arrays import Bools, Floats
from scotopic.numerics.newton import FAILED, LinearModel, fit_poisson, twice_log_ratio
from scotopic.stats.checks import arrays_of
from scotopic.stats.fit.status import COLLINEAR, SMALLEST_SHARE, SMALLEST_VARIANCE

SMALLEST_RISE = 1e-9  # of the expectation inside, relative to the largest entry of a bin's row


@dataclass(frozen=True)
class GaussianTerm:
    """A measurement of a parameter: (θ − value)²/error² is added to the deviance."""

    parameter: int
    value: float
    error: float


@dataclass(frozen=True)
class PoissonTerm:
    """An auxiliary count with the expectation `scale` times the parameter."""

    parameter: int
    count: float
    scale: float


Term = GaussianTerm | PoissonTerm


@dataclass(frozen=True)
class LinearFit:
    """Optimum of T data sets with W bins and K parameters.

    Attributes
    ----------
    theta : (K, T)
    covariance : (K, K, T)
        Inverse of the Fisher information, zero for fixed parameters; NaN where the fit failed or is collinear.
    deviance : (T,)
        Differences of it are likelihood ratios.
    expectation, multiplier : (W, T)
        ν, and n/ν or, in empty bins, the dual variable of ν ≥ 0.
    status : (T,)
        Key of `STATUS`.
    """

    theta: Floats
    covariance: Floats
    deviance: Floats
    expectation: Floats
    multiplier: Floats
    status: NDArray[np.int8]


def fit_linear(
    counts: ArrayLike,
    design: ArrayLike,
    *,
    offset: ArrayLike = 0.0,
    terms: Sequence[Term] = (),
    fixed: Mapping[int, float] | None = None,
) -> LinearFit:
    """Fit ν = offset + design θ to counts.

    Parameters
    ----------
    counts : (W,) or (W, T)
        Events per bin, at least 0; need not be whole numbers.
    design : (W, K)
        Derivatives of the expectation.
    offset : float or (W,)
        Expectation that is known, at least 0.
    terms : sequence of GaussianTerm and PoissonTerm
    fixed : mapping, optional
        Values of parameters that are not fitted, by column.

    Raises
    ------
    InputError
        For negative or non-finite counts, designs with NaN, fewer bins and terms than parameters, and models
        that are positive nowhere.
    """
    n, columns, known = _checked(counts, design, offset)
    kept = dict(fixed or {})
    n_bins, n_parameters = columns.shape
    wrong = [k for k in [*kept, *(term.parameter for term in terms)] if not 0 <= k < n_parameters]
    if wrong:
        raise InputError(f"parameter {wrong[0]} is fixed or constrained; there are 0 to {n_parameters - 1}")
    free = np.array([k for k in range(n_parameters) if k not in kept], dtype=np.intp)
    if n_bins + len(terms) < free.size:
        raise InputError(f"{n_bins} bins and {len(terms)} terms cannot determine {free.size} parameters")

    theta = np.zeros(n_parameters)
    theta[list(kept)] = list(kept.values())
    penalty = np.zeros(n_parameters)
    for term in terms:
        if isinstance(term, GaussianTerm):
            if not (np.isfinite(term.value) and 0.0 < term.error < np.inf):
                raise InputError(f"{term}: needs a finite value and a positive error")
            if penalty[term.parameter]:
                raise InputError(f"parameter {term.parameter} has two Gaussian terms, combine them into one")
            penalty[term.parameter] = term.error**-2
            if term.parameter not in kept:
                theta[term.parameter] = term.value  # fitted from there
    rows, auxiliary = _auxiliary_bins(terms, n_parameters)
    full = np.concatenate([columns, rows])
    data = np.concatenate([n, np.broadcast_to(auxiliary[:, None], (len(auxiliary), n.shape[1]))])
    constant = np.concatenate([known, np.zeros(len(rows))]) + full @ theta

    varying = full[:, free]
    model, dead = _model(data, varying, constant, penalty[free])
    start = np.where(dead, 1.0, constant)[None, :, None]
    # One stack for every data set: no bit of one depends on another.
    found = fit_poisson(np.where(dead[:, None], 1.0, data).T[:, :, None], model, start)
    expectation = np.where(dead[:, None], constant[:, None], found.expectation[:, :, 0].T)
    values = np.repeat(theta[:, None], n.shape[1], axis=1)
    values[free] += found.theta[:, :, 0].T
    pull = sum(
        (values[term.parameter] - term.value) ** 2 / term.error**2
        for term in terms
        if isinstance(term, GaussianTerm)
    )
    deviance = twice_log_ratio(data[None], expectation[None], data[None])[0] + pull
    covariance, collinear = _covariance(varying, expectation, penalty[free])
    status = np.where(collinear & (found.status[:, 0] != FAILED), COLLINEAR, found.status[:, 0]).astype(
        np.int8
    )
    spread = np.zeros((n_parameters, n_parameters, n.shape[1]))
    spread[np.ix_(free, free)] = np.where(status == FAILED, np.nan, covariance)
    known_ratio = np.divide(data, constant[:, None], out=np.zeros_like(data), where=constant[:, None] > 0.0)
    multiplier = np.where(dead[:, None], known_ratio, found.multiplier[:, :, 0].T)
    bins = slice(0, n_bins)
    return LinearFit(values, spread, deviance, expectation[bins], multiplier[bins], status)


def likelihood_ratio(
    counts: ArrayLike,
    design: ArrayLike,
    signal: int,
    value: float = 0.0,
    *,
    kind: Literal["q0", "q_mu", "q_mu_tilde"],
    offset: ArrayLike = 0.0,
    terms: Sequence[Term] = (),
) -> Floats:
    """Return a test statistic (T,) of the parameter `signal`; NaN where a fit failed.

    Parameters
    ----------
    kind : {"q0", "q_mu", "q_mu_tilde"}
        G. Cowan et al., Eur. Phys. J. C71 (2011) 1554, equations 12, 14 and 16: for a discovery (`value` is 0),
        for an upper limit, and for an upper limit where a negative signal counts as none.

    Other parameters and errors are those of `fit_linear`.
    """
    if kind not in ("q0", "q_mu", "q_mu_tilde"):
        raise InputError(f"kind {kind!r} is unknown; there are q0, q_mu and q_mu_tilde")
    if kind == "q0" and value != 0.0:
        raise InputError(f"q0 tests a signal of 0, not {value}")
    free = fit_linear(counts, design, offset=offset, terms=terms)
    null = fit_linear(counts, design, offset=offset, terms=terms, fixed={signal: value})
    lowest, best = free.deviance, free.theta[signal]
    status = np.maximum(free.status == FAILED, null.status == FAILED)
    if kind == "q_mu_tilde" and (best < 0.0).any():
        without = fit_linear(counts, design, offset=offset, terms=terms, fixed={signal: 0.0})
        lowest = np.where(best < 0.0, without.deviance, lowest)
    q = np.maximum(null.deviance - lowest, 0.0)
    counted = best > 0.0 if kind == "q0" else best < value
    return np.where(status, np.nan, np.where(counted, q, 0.0))


def _checked(counts: ArrayLike, design: ArrayLike, offset: ArrayLike) -> tuple[Floats, Floats, Floats]:
    n, columns, known = arrays_of(counts=counts, design=design, offset=offset)
    if columns.ndim != 2 or 0 in columns.shape:
        raise InputError(f"design has shape {columns.shape}, expected (bins, parameters)")
    if n.ndim not in (1, 2) or n.shape[0] != columns.shape[0]:
        raise InputError(f"counts have shape {n.shape}; the design has {columns.shape[0]} bins")
    if known.shape not in {(), (len(columns),)}:
        raise InputError(f"offset has shape {known.shape}, expected () or ({len(columns)},)")
    for name, values in (("counts", n), ("offset", known)):
        if not (np.isfinite(values) & (values >= 0.0)).all():
            raise InputError(f"{name} must be finite and at least 0")
    if not np.isfinite(columns).all():
        raise InputError("design must be finite")
    return n.reshape(len(columns), -1), columns, np.broadcast_to(known, (len(columns),))


def _auxiliary_bins(terms: Sequence[Term], n_parameters: int) -> tuple[Floats, Floats]:
    poisson = [term for term in terms if isinstance(term, PoissonTerm)]
    for term in poisson:
        if not (0.0 <= term.count < np.inf and 0.0 < term.scale < np.inf):
            raise InputError(f"{term}: needs a count of at least 0 and a positive scale")
    rows = np.zeros((len(poisson), n_parameters))
    for row, term in zip(rows, poisson, strict=True):
        row[term.parameter] = term.scale
    return rows, np.array([term.count for term in poisson], dtype=np.float64)


def _model(data: Floats, varying: Floats, constant: Floats, penalty: Floats) -> tuple[LinearModel, Bools]:
    # The solver's model, and the bins in which nothing varies.
    dead: Bools = np.logical_not(varying.any(axis=1))
    impossible = np.flatnonzero(dead & ((constant < 0.0) | ((constant == 0.0) & (data > 0.0).any(axis=1))))
    if impossible.size:
        raise InputError(
            f"bin {impossible[0]} expects {constant[impossible[0]]:g} events whatever the parameters"
        )
    positive = _direction_inside(varying[~dead])
    scale = np.where(dead[:, None], 1.0, np.maximum(data, SMALLEST_VARIANCE)).T
    every = len(scale)
    design = np.broadcast_to(varying, (every, *varying.shape))
    terms = (np.broadcast_to(one, (every, len(one))) for one in (positive, penalty))
    return LinearModel.build(design, scale, *terms), dead


def _direction_inside(rows: Floats) -> Floats:
    # Parameters that raise all bins, by the largest share of what their columns could within |θ| ≤ 1.
    n_rows, n_columns = rows.shape
    if n_rows == 0:
        return np.zeros(n_columns)
    unit = np.abs(rows).max(axis=0)
    unit = np.where(unit > 0.0, unit, 1.0)
    scaled = rows / unit
    scaled /= np.abs(scaled).max(axis=1, keepdims=True)
    found = linprog(
        np.append(np.zeros(n_columns), -1.0),
        A_ub=np.column_stack([-scaled, np.ones(n_rows)]),
        b_ub=np.zeros(n_rows),
        bounds=[(-1.0, 1.0)] * n_columns + [(None, 1.0)],
    )
    if found.x is None or found.x[-1] <= SMALLEST_RISE:
        raise InputError("no parameters make the expectation positive in all bins at once")
    direction: Floats = found.x[:-1] / unit
    return direction


def _covariance(varying: Floats, expectation: Floats, penalty: Floats) -> tuple[Floats, Bools]:
    # Inverse information (K, K, T), and where one column imitates others; there it is NaN.
    weight = 1.0 / np.maximum(expectation, 1e-3)
    information = np.einsum("wk,wl,wt->tkl", varying, varying, weight) + np.diag(penalty)
    with np.errstate(invalid="ignore"):
        size = np.sqrt(np.einsum("tkk->tk", information))
        unit = np.where((size > 0.0) & np.isfinite(size), size, 1.0)
        correlation = np.nan_to_num(information / (unit[:, :, None] * unit[:, None, :]))
    eigenvalues, vectors = np.linalg.eigh(correlation)
    inverse = (vectors / np.maximum(eigenvalues, 1e-15)[:, None, :]) @ np.swapaxes(vectors, 1, 2)
    collinear = (np.einsum("tkk->tk", inverse) > 1.0 / SMALLEST_SHARE).any(axis=1)
    covariance = inverse / (unit[:, :, None] * unit[:, None, :])
    covariance[collinear] = np.nan
    return np.moveaxis(covariance, 0, 2), collinear
