"""Unified intervals with nuisance parameters: the profile construction.

A measurement of n events comes with measurements b′ of the background, Gaussian with error σ_b, and ln κ′ of the
relative efficiency, Gaussian with error s. At a signal μ outcomes (n, b′, ln κ′) are ordered by

    q = −2 ln [L(μ, b̂̂, κ̂̂)/L(μ̂, b̂, κ̂)],     μ̂ ≥ 0, b ≥ 0,

the likelihood ratio of Feldman and Cousins with b and κ profiled, and μ is accepted if the probability of an outcome
with a q at least as large as the observed one exceeds 1 − level. That probability depends on the true b and κ; it is
taken at b̂̂ and κ̂̂, their best values for μ and the data observed (K. Cranmer, PHYSTAT 2003 and 2005; B. Sen,
M. Walker, M. Woodroofe, Statist. Sinica 19 (2009) 301; the NOvA collaboration, arXiv:2207.14353). No toys are
thrown: the sum over n is done term by term, and for each n the accepted b′ are a range, since q falls towards
b′ = n − μκ′ and rises behind it. The average over κ′ is a Gauss-Hermite rule; without a background error the ranges
are those of ln κ′.

All outcomes with the observed n count as at least as far as the observed one, whatever their auxiliary
measurements. Without that rule these would break the ties between equal n, n itself would count half on average, and
the smallest error would make intervals shorter than those of known b and κ; with it the interval goes over
into the raw one of Feldman and Cousins, and coverage is higher. It holds to the extent that b̂̂ and κ̂̂ are near
the truth, as for any profile construction.
"""

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaln, ndtr, roots_hermitenorm, xlogy

from scotopic.numerics.arrays import Floats, Ints

REACH = 8.5  # standard deviations of the auxiliary measurements
NODES = 15  # of the average over ln κ′
BISECTIONS = 32
FIT_STEPS = 40
SETTLED = 1e-12
GRID = 25  # signals at which the p-value is computed first, on either side of the best one
FURTHEST = 14.0  # q, where no level up to 0.999 accepts anything
TIE = 1e-9  # by which q may miss the observed one and be called equal


def profiled_interval(
    observed: int, background: float, error: float, spread: float, level: float
) -> tuple[float, float]:
    """Return the lower and the upper end of the interval, in events at the stated efficiency.

    Parameters
    ----------
    observed : int
        Number of events.
    background, error : float
        Measured background and its absolute error, in events.
    spread : float
        Standard deviation of ln κ.
    level : float
        Confidence level.
    """
    alpha = 1.0 - level
    best = max(observed - background, 0.0)

    def p_value(signal: Floats) -> Floats:
        lanes = np.ones(len(signal))
        return profiled_p_values(
            signal, (observed * lanes).astype(np.int64), background * lanes, error, spread
        )

    def q(signal: float) -> float:
        data = (np.array([float(observed)]), np.array([background]), np.zeros(1))
        return float(_q(np.array([signal]), *data, error, spread)[0])

    unit = np.sqrt(observed + 1.0 + error**2)
    far = best + 2.0 * unit
    while q(far) < FURTHEST + 2.0 * max(-np.log(alpha), 0.0):
        far = best + 1.5 * (far - best)
    above = np.linspace(best, far, GRID + 1)
    accepted = p_value(above) > alpha
    last = int(np.flatnonzero(accepted).max(initial=0))
    upper = far if last == GRID else _crossing(p_value, above[last], above[last + 1], alpha)
    if best == 0.0:
        return 0.0, upper
    below = np.linspace(0.0, best, GRID + 1)
    accepted = p_value(below) > alpha
    first = int(np.flatnonzero(accepted).min(initial=GRID))
    return (0.0 if first == 0 else _crossing(p_value, below[first - 1], below[first], alpha)), upper


def _crossing(p_value: Callable[[Floats], Floats], low: float, high: float, alpha: float) -> float:
    def miss(signal: float) -> float:
        return float(p_value(np.array([signal]))[0]) - alpha

    ends = miss(low), miss(high)
    if ends[0] * ends[1] > 0.0:
        return low if abs(ends[0]) < abs(ends[1]) else high
    return float(brentq(miss, low, high, xtol=1e-9 * (1.0 + high), rtol=1e-9))


def profiled_p_values(
    signal: Floats, observed: Ints, background: Floats, error: float, spread: float
) -> Floats:
    """Return the probabilities (M,) of the observed n, or of a q at least as large as that of the data.

    Parameters
    ----------
    signal : (M,)
        μ, in events.
    observed, background : (M,)
        Data: n and the measured background.
    error, spread : float
        Errors of the background and of ln κ, not both zero.
    """
    n0 = observed.astype(np.float64)
    nothing = np.zeros_like(background)
    fitted, log_kappa = _profile(signal, n0, background, nothing, error, spread)
    q0 = _q(signal, n0, background, nothing, error, spread) * (1.0 - TIE)
    truth = signal * np.exp(log_kappa)
    b_true = fitted - truth
    width = 9.0 * np.sqrt(fitted.max() + 1.0) + 10.0
    n = np.arange(max(0.0, np.floor(fitted.min() - width)), fitted.max() + width + 1.0)[:, None]
    chance = np.exp(xlogy(n, fitted[:, None, None]) - fitted[:, None, None] - gammaln(n + 1.0))[:, :, 0]
    nodes, weights = roots_hermitenorm(NODES if spread > 0.0 and error > 0.0 else 1)
    mu, target = signal[:, None, None], q0[:, None, None]
    if error > 0.0:
        log_measured = log_kappa[:, None, None] + spread * nodes
        centre, sigma = b_true[:, None, None], error
        zero = n - mu * np.exp(log_measured)

        def q(measured: Floats) -> Floats:
            return _q(mu, n, measured, log_measured, error, spread)

    else:
        centre, sigma = log_kappa[:, None, None], spread
        wanted = np.maximum(n - background[:, None, None], 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            zero = np.where(mu > 0.0, np.log(wanted / np.where(mu > 0.0, mu, 1.0)), centre)

        def q(measured: Floats) -> Floats:
            return _q(mu, n, background[:, None, None], measured, error, spread)

    shape = np.broadcast_shapes(mu.shape, n.shape, nodes.shape)
    low, high = np.broadcast_to(centre - REACH * sigma, shape), np.broadcast_to(centre + REACH * sigma, shape)
    zero = np.clip(np.broadcast_to(zero, shape), low, high)
    none = (q(zero) >= target) | (n == n0[:, None, None])

    def edge(outside: Floats) -> Floats:
        # the measurement at which q reaches the target, between its zero and the end
        inside = zero
        done = q(outside) < target
        far = outside
        for _ in range(BISECTIONS):
            middle = 0.5 * (inside + far)
            accepted = q(middle) < target
            inside, far = np.where(accepted, middle, inside), np.where(accepted, far, middle)
        return np.where(done, outside, 0.5 * (inside + far))

    share = ndtr((edge(high) - centre) / sigma) - ndtr((edge(low) - centre) / sigma)
    kept = np.where(none, 0.0, share) @ (weights / weights.sum())
    p: Floats = np.clip(1.0 - (chance * kept).sum(axis=1), 0.0, 1.0)
    return p


def _q(signal: Floats, n: Floats, b: Floats, log_kappa: Floats, error: float, spread: float) -> Floats:
    # −2 ln of the profile-likelihood ratio; `b` and `log_kappa` are the measured ones
    fitted, t = _profile(signal, n, b, log_kappa, error, spread)
    at_signal = _twice_nll(n, fitted, fitted - signal * np.exp(t), b, error)
    if spread > 0.0:
        at_signal = at_signal + ((t - log_kappa) / spread) ** 2
    positive = np.maximum(b, 0.0)
    without = _expectation(np.zeros(1), n, b, error)[0]
    fits = n >= positive  # a signal of at least zero fits n exactly
    best = np.where(fits, n, without)
    free = _twice_nll(n, best, np.where(fits, positive, without), b, error)
    q: Floats = np.maximum(at_signal - free, 0.0)
    return q


def _twice_nll(n: Floats, fitted: Floats, background: Floats, measured: Floats, error: float) -> Floats:
    value: Floats = 2.0 * (fitted - xlogy(n, fitted))
    if error > 0.0:
        value = value + ((background - measured) / error) ** 2
    return value


def _expectation(signal: Floats, n: Floats, b: Floats, error: float) -> tuple[Floats, Floats]:
    # ν = S + b̂̂ at a known number of signal events S, and dν/dS
    if error == 0.0:
        return signal + b + 0.0 * n, np.ones(np.broadcast_shapes(signal.shape, n.shape, b.shape))
    v = error**2
    c = signal + b - v
    root = np.sqrt(c**2 + 4.0 * n * v)
    nu = np.where(
        c > 0.0, 0.5 * (c + root), 2.0 * n * v / np.where(c > 0.0, 1.0, np.maximum(root - c, 1e-300))
    )
    bound = nu <= signal
    slope = np.where(bound, 1.0, 0.5 * (1.0 + c / np.maximum(root, 1e-300)))
    return np.where(bound, signal, nu), slope


def _profile(
    signal: Floats, n: Floats, b: Floats, log_kappa: Floats, error: float, spread: float
) -> tuple[Floats, Floats]:
    # ν and ln κ of the fit at a signal: S (1 − n/ν) + (t − t′)/s² = 0, S = μ eᵗ, by Newton's method in a bracket
    if spread == 0.0:
        size = signal * np.exp(log_kappa)
        return _expectation(size, n, b, error)[0], log_kappa + 0.0 * size
    v = spread**2
    shape = np.broadcast_shapes(signal.shape, n.shape, b.shape, log_kappa.shape)
    t = np.broadcast_to(log_kappa, shape) + 0.0
    low = t - v * signal * np.exp(np.broadcast_to(log_kappa, shape))
    high = t + v * n
    for _ in range(FIT_STEPS):
        size = signal * np.exp(t)
        nu, slope = _expectation(size, n, b, error)
        safe = np.where(nu > 0.0, nu, 1.0)
        pull = np.where(nu > 0.0, 1.0 - n / safe, 1.0)
        miss = v * size * pull + t - log_kappa
        rise = v * (size * pull + size**2 * n / safe**2 * slope) + 1.0
        low, high = np.where(miss < 0.0, t, low), np.where(miss < 0.0, high, t)
        wanted = t - miss / np.where(rise > 0.0, rise, 1.0)
        good = (rise > 0.0) & (wanted >= low) & (wanted <= high)
        new = np.where(good, wanted, 0.5 * (low + high))
        if (np.abs(new - t) <= SETTLED).all():
            t = new
            break
        t = new
    return _expectation(signal * np.exp(t), n, b, error)[0], t
