"""A fixed number of Newton passes for all toys of one window: free fit, fit without signal, upper limit.

The same problem as in `scotopic.numerics.newton`, for millions of lanes that mostly have an interior optimum.
The formulas take the array namespace, so that NumPy and the compiled engine run the same ones; nothing depends
on the data, and lanes that have not settled are said to be so, for the careful solver to do again.

The expectation of a window is ν = offset + D θ with the signal yield s as the *last* parameter. Then the leading
block of the LDLᵀ of the Hessian is that of the background alone: one factorisation gives the full step, the
background's step at a fixed s, the slide db/ds = −H_bb⁻¹ H_bs along the profile, and (last pivot) the information
on s.

For integer counts F is self-concordant (Y. Nesterov, A. Nemirovskii, *Interior-Point Polynomial Algorithms in
Convex Programming*, 1994): a step from squared decrement λ² leaves one of about λ⁴. A last step from
λ² < 4·10⁻⁶ thus leaves less than 10⁻¹⁰ in 2F, and an unconstrained optimum with ν > 0 in all bins is the
optimum within ν ≥ 0.
"""

from typing import Any, NamedTuple

Array = Any

FREE_PASSES, NULL_PASSES, LIMIT_PASSES = 4, 3, 4
SETTLED = 4e-6  # squared Newton decrement before the last step
SETTLED_AT_LIMIT = 1e-7  # the same, where q is read off before the last step and errs by λ³
NEAR_LIMIT = 1e-4  # distance of √q to its threshold before the last step, of which the square is left


class Window(NamedTuple):
    """One window, or M of them with a leading axis.

    Attributes
    ----------
    bins, inside : (W,)
        Bins of the spectrum, and False for padding, which holds one count and expects one.
    design : (W, K)
        Derivatives of the expectation, the signal last.
    products : (K(K+1)/2, W)
        Products of pairs of columns.
    start : (K, W)
        Linear estimator of the parameters.
    """

    bins: Array
    inside: Array
    design: Array
    products: Array
    start: Array


class _Factors(NamedTuple):
    # LDLᵀ of a Hessian, and y = L⁻¹ g of a gradient: rows of lanes (T,).
    lower: list[list[Array]]
    pivots: list[Array]
    y: list[Array]

    def decrement(self, size: int) -> Array:
        # Squared Newton decrement of the first `size` parameters.
        return sum(self.y[i] * self.y[i] / self.pivots[i] for i in range(size))

    def step(self, size: int) -> list[Array]:
        return self._back([self.y[i] / self.pivots[i] for i in range(size)])

    def slide(self) -> list[Array]:
        # H_bb⁻¹ H_bs: how much less background a unit of signal leaves.
        return self._back(self.lower[-1])

    def _back(self, vector: list[Array]) -> list[Array]:
        solution = list(vector)
        for i in reversed(range(len(solution))):
            for j in range(i + 1, len(solution)):
                solution[i] = solution[i] - self.lower[j][i] * solution[j]
        return solution


def _factorise(matrix: Array, gradient: Array, size: int) -> _Factors:
    lower: list[list[Array]] = []
    pivots: list[Array] = []
    y: list[Array] = []
    at = 0
    for i in range(size):
        row: list[Array] = []  # row[j] = l_ij d_j until it is divided
        pivot, value = matrix[at + i], gradient[i]
        for j in range(i):
            entry = matrix[at + j]
            for k in range(j):
                entry = entry - row[k] * lower[j][k]
            row.append(entry)
        scaled = [entry / pivots[j] for j, entry in enumerate(row)]
        for j in range(i):
            pivot = pivot - row[j] * scaled[j]
            value = value - scaled[j] * y[j]
        lower.append(scaled)
        pivots.append(pivot)
        y.append(value)
        at += i + 1
    return _Factors(lower, pivots, y)


class _Lanes:
    """Toys (W, T) of one window and the likelihood at given parameters."""

    def __init__(self, xp: Any, window: Window, counts: Array) -> None:
        self.xp, self.window = xp, window
        self.counts = xp.where(window.inside[:, None], counts, 1.0)
        self.offset = xp.where(window.inside, 0.0, 1.0)[:, None]
        self.size = window.design.shape[1]
        self.column_sum = window.design.sum(axis=0)[:, None]

    def start(self) -> list[Array]:
        return list(self.window.start @ (self.counts - self.offset))

    def expectation(self, theta: list[Array]) -> Array:
        return self.offset + self.window.design[:, : len(theta)] @ self.xp.stack(theta)

    def factors(self, expectation: Array, size: int) -> _Factors:
        # Gradient of −F and Hessian of F in the first `size` parameters, factorised.
        ratio = self.counts / expectation
        gradient = self.window.design[:, :size].T @ ratio - self.column_sum[:size]
        hessian = self.window.products[: size * (size + 1) // 2] @ (ratio / expectation)
        return _factorise(hessian, gradient, size)

    def twice_log_ratio(self, expectation: Array, best: Array) -> Array:
        # 2[F(expectation) − F(best)] without cancellation.
        change = expectation - best
        return 2.0 * (change - self.counts * self.xp.log1p(change / best)).sum(axis=0)


def scan_window(
    xp: Any, level_z: float | None, window: Window, spectra: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """Fit all toys of one window.

    Parameters
    ----------
    xp : array namespace
    level_z : float or None
        Threshold of √q_s for the upper limit; None for no limits.
    window : Window
        Without leading axis.
    spectra : (B, T)
        Toys of the whole spectrum.

    Returns
    -------
    shat, q0, settled, limit, limit_settled : (T,)
        Yield; 2[F(0, b̂̂) − F(ŝ, b̂)], also for negative yields; yield above ŝ at which √q_s = level_z.
    """
    lanes = _Lanes(xp, window, spectra[window.bins])
    size = lanes.size
    theta = lanes.start()
    best = lanes.expectation(theta)
    for _ in range(FREE_PASSES):
        free = lanes.factors(best, size)
        theta = _add(theta, free.step(size))
        best = lanes.expectation(theta)
    *background, shat = theta
    free_settled = (free.decrement(size) < SETTLED) & (best.min(axis=0) > 0.0)
    slide = free.slide()

    without = _add(background, slide, shat)
    null = lanes.expectation(without)
    for _ in range(NULL_PASSES):
        factors = lanes.factors(null, size - 1)
        without = _add(without, factors.step(size - 1))
        null = lanes.expectation(without)
    q0 = lanes.twice_log_ratio(null, best)
    settled = free_settled & (factors.decrement(size - 1) < SETTLED) & (null.min(axis=0) > 0.0)
    if level_z is None:
        return shat, q0, settled, xp.zeros_like(shat), settled

    change = level_z / xp.sqrt(free.pivots[-1])
    limit, profiled = shat + change, _add(background, slide, -change)
    for _ in range(LIMIT_PASSES):
        expectation = lanes.expectation([*profiled, limit])
        factors = lanes.factors(expectation, size)
        left = factors.decrement(size - 1)
        root = xp.sqrt(lanes.twice_log_ratio(expectation, best) - left)
        change = (root - level_z) * root / factors.y[-1]  # dq/ds = −2 y_s (envelope theorem)
        limit = limit + change
        profiled = _add(_add(profiled, factors.step(size - 1)), factors.slide(), -change)
    near = (left < SETTLED_AT_LIMIT) & (abs(root - level_z) < NEAR_LIMIT) & (limit > shat)
    limit_settled = free_settled & near & (expectation.min(axis=0) > 0.0)
    return shat, q0, settled, limit, limit_settled


def _add(vector: list[Array], direction: list[Array], length: Array = 1.0) -> list[Array]:
    return [a + length * b for a, b in zip(vector, direction, strict=True)]
