"""Batched maximum-likelihood fits of Poisson counts with an expectation linear in its parameters.

Every lane (one window of one data set) minimises the convex function

    F(θ) = Σ_i [ν_i − n_i ln ν_i] + ½ Σ_k p_k θ_k²,   ν = offset + D θ,   ν_i ≥ 0.

First plain Newton steps with the analytic gradient and Hessian, which is all that fits with an interior
optimum need. Lanes that do not settle, because the optimum lies on ν_i = 0 of an empty bin or because the
counts do not determine all parameters, are done again by a primal-dual interior-point method (J. Nocedal,
S. Wright, *Numerical Optimization*, ch. 19), in which an empty bin counts as μ events with μ → 0: the
optimum on the boundary is then reached to about 1e-12 in F.

Lanes lie on the last axis and share the design matrix of their stack: `counts` is (M, W, T), `design`
(M, W, K), so that all sums over bins are matrix products. One lane never changes another one's result.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.numerics.arrays import Bools, Floats, Indices

INTERIOR, BOUNDARY, FAILED = 0, 1, 2

DECREMENT = 1e-9  # squared Newton decrement after which one more step is exact to rounding
NEWTON_PASSES = 6
INTERIOR_PASSES = 80
SMALLEST_BARRIER = 1e-14
FASTEST = 0.01  # change of the barrier in one pass, until the square root of the gap is smaller
AWAY, FIRST_BARRIER = 0.03, 0.01  # from the last Newton step, as shares of the way inside and of an event
BACK_OFF = 0.995  # share of the way to the boundary that a step may go
LANES = 16  # of one stack in one matrix product, where lanes lie scattered
GROUPS_AT_ONCE = 64  # so that their arrays stay in the second-level cache


@dataclass(frozen=True)
class LinearModel:
    """Design matrices of M stacks with W bins and K parameters, and what the solver needs of them.

    Attributes
    ----------
    design : (M, W, K)
        Derivatives of the expectation.
    products : (M, K(K+1)/2, W)
        Products of pairs of columns: a Hessian is `products` @ weights.
    start : (M, K, W)
        Linear estimator of the parameters (weighted least squares).
    positive : (M, K)
        Parameters of an expectation that is positive in every bin with a non-zero row.
    penalty : (M, K)
        Curvature of Gaussian constraints around zero.
    """

    design: Floats
    products: Floats
    start: Floats
    positive: Floats
    penalty: Floats

    @classmethod
    def build(cls, design: Floats, scale: Floats, positive: Floats, penalty: Floats) -> "LinearModel":
        """Return the model of `design`; `scale` (M, W) is the variance of the counts to start from."""
        n_parameters = design.shape[2]
        a, b = np.tril_indices(n_parameters)
        weighted = design / scale[:, :, None]
        gram = np.swapaxes(weighted, 1, 2) @ design + penalty[:, :, None] * np.eye(n_parameters)
        start = np.linalg.pinv(gram, hermitian=True) @ np.swapaxes(weighted, 1, 2)
        products = np.ascontiguousarray(np.swapaxes(design[:, :, a] * design[:, :, b], 1, 2))
        return cls(design, products, start, positive, penalty)

    def take(self, stacks: Indices) -> "LinearModel":
        """Return the model of some of the stacks."""
        return LinearModel(
            self.design[stacks],
            self.products[stacks],
            self.start[stacks],
            self.positive[stacks],
            self.penalty[stacks],
        )

    def with_pull(self, column: Floats) -> "LinearModel":
        """Return the model with one more column (M, W) whose parameter is constrained to 0 ± 1, where fits start."""
        design = np.concatenate([self.design, column[:, :, None]], axis=2)
        more = np.swapaxes(design * column[:, :, None], 1, 2)
        none = np.zeros((len(column), 1))
        return LinearModel(
            design,
            np.concatenate([self.products, more], axis=1),
            np.concatenate([self.start, np.zeros_like(self.start[:, :1])], axis=1),
            np.concatenate([self.positive, none], axis=1),
            np.concatenate([self.penalty, none + 1.0], axis=1),
        )

    def with_last_scaled(self, factor: Floats) -> "LinearModel":
        """Return the model with the last column times a factor (M,); fits start where they did."""
        n_parameters = self.design.shape[2]
        design, products = self.design.copy(), self.products.copy()
        design[:, :, -1] *= factor[:, None]
        products[:, -n_parameters:] *= factor[:, None, None]
        products[:, -1] *= factor[:, None]
        return replace(self, design=design, products=products)


@dataclass(frozen=True)
class Fits:
    """Optimum of every lane: θ (M, K, T), expectation and multiplier (M, W, T), status (M, T).

    The multiplier is n/ν in bins with counts and the dual variable of ν ≥ 0 in empty bins, so that
    dF/ds = Σ_i (1 − multiplier_i) ∂ν_i/∂s holds on the boundary too (envelope theorem).
    """

    theta: Floats
    expectation: Floats
    multiplier: Floats
    status: NDArray[np.int8]

    def take(self, lanes: Indices) -> "Fits":
        """Return some of the fits of `fit_lanes`."""
        return Fits(self.theta[lanes], self.expectation[lanes], self.multiplier[lanes], self.status[lanes])


def solve_packed(matrix: Floats, vector: Floats) -> Floats:
    """Solve symmetric positive systems lane by lane by LDLᵀ.

    `matrix` (M, K(K+1)/2, T) holds the lower triangles row by row, `vector` is (M, K, T).
    """
    size = vector.shape[1]
    if size == 0:
        return vector
    lower: list[list[Floats]] = []
    pivots: list[Floats] = []
    solution: list[Floats] = []
    at = 0
    for i in range(size):
        row: list[Floats] = []  # row[j] = l_ij d_j until it is divided
        value = vector[:, i]
        pivot = matrix[:, at + i]
        for j in range(i):
            entry = matrix[:, at + j]
            for k in range(j):
                entry = entry - row[k] * lower[j][k]
            row.append(entry)
        scaled = [entry / pivots[j] for j, entry in enumerate(row)]
        for j in range(i):
            pivot = pivot - row[j] * scaled[j]
            value = value - scaled[j] * solution[j]
        lower.append(scaled)
        pivots.append(pivot)
        solution.append(value)
        at += i + 1
    for i in reversed(range(size)):
        value = solution[i] / pivots[i]
        for j in range(i + 1, size):
            value = value - lower[j][i] * solution[j]
        solution[i] = value
    return np.stack(solution, axis=1)


def _longest_step(value: Floats, change: Floats) -> Floats:
    # Largest step (M, 1, T) that keeps value + step·change ≥ 0, infinite where nothing falls.
    steepest: Floats = (-change / value).max(axis=1, keepdims=True)
    return np.where(steepest > 0.0, 1.0 / np.where(steepest > 0.0, steepest, 1.0), np.inf)


def _newton(counts: Floats, offset: Floats, model: LinearModel) -> tuple[Floats, Floats, Bools]:
    """Return θ, expectation and which lanes have converged by plain Newton steps."""
    design, transposed = model.design, np.ascontiguousarray(np.swapaxes(model.design, 1, 2))
    column_sum = transposed.sum(axis=2)[:, :, None]
    diagonal = np.cumsum(np.arange(1, design.shape[2] + 1)) - 1
    penalty = model.penalty[:, :, None]
    theta = model.start @ (counts - offset)
    expectation = offset + design @ theta
    good = np.logical_and.reduce(expectation > 0.0, axis=1)
    if not good.all():  # begin inside
        inside = _inside(counts, offset, model)
        theta = np.where(good[:, None], theta, inside)
        expectation = np.where(good[:, None], expectation, offset + design @ inside)
    done = np.zeros(good.shape, dtype=bool)
    lost = np.zeros(good.shape, dtype=bool)
    for _ in range(NEWTON_PASSES):
        ratio = counts / expectation
        gradient = transposed @ ratio - column_sum - penalty * theta
        ratio /= expectation
        hessian = model.products @ ratio
        hessian[:, diagonal] += penalty
        step = solve_packed(hessian, gradient)
        decrement = (gradient * step).sum(axis=1)
        change = design @ step
        longest = _longest_step(expectation, change)[:, 0]
        lost |= ~(done | (np.isfinite(decrement) & (decrement >= 0.0)))
        # On the boundary every step is cut short: leave such lanes to the interior-point method.
        lost |= ~done & (decrement < 0.1) & (longest < 1.0)
        length = np.where(done | lost, 0.0, np.minimum(1.0, BACK_OFF * longest))[:, None]
        with np.errstate(invalid="ignore"):
            theta = np.where(length > 0.0, theta + length * step, theta)
            expectation = np.where(length > 0.0, expectation + length * change, expectation)
        done |= ~lost & (decrement < DECREMENT) & (longest > 1.0)
        if (done | lost).all():
            break
    return theta, expectation, done


def _inside(counts: Floats, offset: Floats, model: LinearModel) -> Floats:
    # A multiple of `positive` large enough to be inside: as many events as counted, offset undone.
    shape = (model.design @ model.positive[:, :, None])[:, :, 0]
    real = shape > 0.0
    unit = np.where(real, shape, 1.0)[:, :, None]
    needed = np.where(real[:, :, None], -offset / unit, 0.0).max(axis=1).clip(min=0.0)
    wanted = (
        np.where(real[:, :, None], counts, 0.0).sum(axis=1) / np.maximum(shape.sum(axis=1), 1e-300)[:, None]
    )
    smallest = 1e-3 / np.maximum(unit.max(axis=(1, 2)), 1e-300)[:, None]
    level = np.maximum(wanted, smallest) + 2.0 * needed
    inside: Floats = model.positive[:, :, None] * level[:, None]
    return inside


def _interior_point(
    counts: Floats, offset: Floats, model: LinearModel, near: Floats
) -> tuple[Floats, Floats, Floats, Bools]:
    """Return θ, expectation, multiplier and which lanes have converged, boundary included; θ starts `near`."""
    # An even start: every empty bin counts as a small share of an event.
    theta = _inside(counts, offset, model)
    warm = np.isfinite(near).all(axis=1, keepdims=True)
    theta = np.where(warm, AWAY * theta + (1.0 - AWAY) * near, theta)
    expectation = offset + model.design @ theta
    barrier = FIRST_BARRIER * (1.0 + counts.mean(axis=1))
    multiplier = np.maximum(counts, np.where(counts < 1.0, barrier[:, None], 0.0)) / expectation
    done = np.zeros(barrier.shape, dtype=bool)
    results = theta, expectation, multiplier, done
    left = np.arange(len(counts))  # stacks at work: those of which all lanes have ended are dropped
    lost = done.copy()
    passes = 0  # at least one each time, and one lane needs as many whatever the others do
    while left.size and passes < INTERIOR_PASSES:
        state = *(value[left] for value in results), lost[left], barrier[left]
        passes += _interior_passes(counts[left], model.take(left), state, INTERIOR_PASSES - passes)
        for value, new in zip((*results, lost, barrier), state, strict=True):
            value[left] = new
        left = left[~(done | lost)[left].all(axis=1)]
    return results


def _interior_passes(counts: Floats, model: LinearModel, state: tuple[Any, ...], most: int) -> int:
    # Changes θ, expectation, multiplier, done, lost and barrier in place until half of the stacks have ended.
    theta, expectation, multiplier, done, lost, barrier = state
    design, transposed = model.design, np.ascontiguousarray(np.swapaxes(model.design, 1, 2))
    column_sum = transposed.sum(axis=2)[:, :, None]
    diagonal = np.cumsum(np.arange(1, design.shape[2] + 1)) - 1
    penalty = model.penalty[:, :, None]
    empty = counts < 1.0
    n_empty = np.maximum(empty.sum(axis=1), 1)
    for number in range(1, most + 1):
        target = np.maximum(counts, np.where(empty, barrier[:, None], 0.0))
        inverse = 1.0 / expectation
        ratio = target * inverse
        gradient = transposed @ ratio - column_sum - penalty * theta
        hessian = model.products @ (multiplier * inverse)
        hessian[:, diagonal] += penalty
        step = solve_packed(hessian, gradient)
        change = design @ step
        rise = change * inverse  # relative changes
        turn = ratio / multiplier - 1.0 - rise
        fall = -np.minimum(rise, turn).min(axis=1, keepdims=True)
        length = BACK_OFF / np.maximum(fall, BACK_OFF)
        decrement = (gradient * step).sum(axis=1)
        lost |= ~done & ~np.isfinite(decrement)
        length = np.where((done | lost)[:, None], 0.0, length)
        move = length > 0.0
        with np.errstate(invalid="ignore"):
            for value, direction in ((theta, step), (expectation, change), (multiplier, multiplier * turn)):
                np.add(value, length * direction, out=value, where=move)
        product = multiplier * expectation
        excess = np.abs(product - target).sum(axis=1)
        full = length[:, 0] > 0.9
        done |= ~lost & full & (barrier * n_empty < 1e-11) & (decrement < 1e-10) & (excess < 1e-6)
        gap = np.where(empty, np.maximum(product - counts, 0.0), 0.0).sum(axis=1) / n_empty
        aim = np.where(full, np.minimum(FASTEST, np.sqrt(gap)), 0.3) * gap
        following = np.clip(aim, SMALLEST_BARRIER, np.maximum(barrier, SMALLEST_BARRIER))
        barrier[:] = np.where(done, barrier, following)
        if 2 * (done | lost).all(axis=1).sum() >= len(done):
            return number
    return most


def fit_poisson(counts: Floats, model: LinearModel, offset: Floats | float = 0.0) -> Fits:
    """Fit every lane.

    Parameters
    ----------
    counts : (M, W, T)
        Not negative; need not be whole numbers. Bins to leave out (padding) have a row of zeros in the
        design, one count and an offset of one.
    model : LinearModel
    offset : (M, W, T) or (M, W, 1)
        Fixed part of the expectation.
    """
    fixed = np.broadcast_to(np.asarray(offset, dtype=np.float64), counts.shape)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        theta, expectation, done = _newton(counts, fixed, model)
        multiplier = counts / expectation
        status = np.where(done, INTERIOR, FAILED).astype(np.int8)
        if not done.all():
            _finish(counts, fixed, model, (theta, expectation, multiplier), status)
    return Fits(theta, expectation, multiplier, status)


def fit_lanes(counts: Floats, stack: Indices, model: LinearModel, offset: Floats) -> Fits:
    """Fit lanes that lie scattered over the stacks of a model.

    Parameters
    ----------
    counts, offset : (L, W)
        As for `fit_poisson`.
    stack : (L,)
        Which stack of `model` each lane belongs to.

    Returns
    -------
    Fits
        With the lanes on the first axis: θ (L, K), expectation and multiplier (L, W), status (L,).
    """
    n_lanes, n_bins = counts.shape
    theta = np.empty((n_lanes, model.design.shape[2]))
    expectation, multiplier = np.empty((n_lanes, n_bins)), np.empty((n_lanes, n_bins))
    status = np.empty(n_lanes, dtype=np.int8)
    groups, lanes = _groups(stack, LANES)
    for first in range(0, len(groups), GROUPS_AT_ONCE):
        some = lanes[first : first + GROUPS_AT_ONCE]
        columns = np.ascontiguousarray(np.swapaxes(counts[some], 1, 2))
        fixed = np.ascontiguousarray(np.swapaxes(offset[some], 1, 2))
        fits = fit_poisson(columns, model.take(groups[first : first + GROUPS_AT_ONCE]), fixed)
        theta[some] = np.swapaxes(fits.theta, 1, 2)
        expectation[some] = np.swapaxes(fits.expectation, 1, 2)
        multiplier[some] = np.swapaxes(fits.multiplier, 1, 2)
        status[some] = fits.status
    return Fits(theta, expectation, multiplier, status)


def _groups(stack: Indices, size: int) -> tuple[Indices, Indices]:
    # Lanes of one stack, `size` at a time: the stack (G,) of each group and its lanes (G, size), of which the
    # first is repeated where there are too few.
    order = np.argsort(stack, kind="stable")
    ordered = stack[order]
    new = np.diff(ordered, prepend=-1) != 0
    place = np.arange(len(order)) - np.flatnonzero(new)[np.cumsum(new) - 1]
    heads = place % size == 0
    lanes = np.repeat(order[heads][:, None], size, axis=1)
    lanes[np.cumsum(heads) - 1, place % size] = order
    return ordered[heads], lanes


def _finish(
    counts: Floats,
    offset: Floats,
    model: LinearModel,
    results: tuple[Floats, Floats, Floats],
    status: NDArray[np.int8],
) -> None:
    # Do the lanes that plain Newton left over, in place.
    stack, lane = np.nonzero(status == FAILED)
    groups, members = _groups(stack, min(LANES, counts.shape[2]))
    block = groups[:, None], slice(None), lane[members]  # (G, lanes, W)
    left, fixed = (np.ascontiguousarray(np.swapaxes(value[block], 1, 2)) for value in (counts, offset))
    near = np.ascontiguousarray(np.swapaxes(results[0][block], 1, 2))
    *found, done = _interior_point(left, fixed, model.take(groups), near)
    for result, value in zip(results, found, strict=True):
        result[block] = np.swapaxes(value, 1, 2)
    empty_at_zero = (left == 0.0) & (found[1] < 1e-3 * found[2])
    outcome = np.where(empty_at_zero.any(axis=1), BOUNDARY, INTERIOR)
    status[groups[:, None], lane[members]] = np.where(done, outcome, FAILED)


def twice_log_ratio(counts: Floats, expectation: Floats, best: Floats) -> Floats:
    """Return 2[F(expectation) − F(best)] per lane (M, T) without cancellation of large numbers."""
    change = expectation - best
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        logs = np.where(counts > 0.0, counts * np.log1p(change / best), 0.0)
    result: Floats = 2.0 * (change - logs).sum(axis=1)
    return result
