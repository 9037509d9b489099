"""Global p-values from few toys: crossings of a low level, and the Euler characteristic in two dimensions.

Both count how often the statistic q0 of background toys rises above a *low* level, where a few hundred
toys tell it well, and carry that to the level of the observed excess with the known dependence of a
Gaussian field. The p-values of 5σ that brute force cannot reach cost no more than those of 2σ.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_ndtr, ndtr, ndtri_exp

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats, Ints

NONE_SEEN = 1.841  # Poisson mean that gives no event with a probability of 15.87 %


@dataclass(frozen=True)
class GlobalP:
    """Global p-value of a local significance, with the error that the number of toys leaves.

    Attributes
    ----------
    p_value, p_error : float or ndarray
        At most 1.
    log_p : float or ndarray
        Natural logarithm of the p-value, finite where the p-value itself underflows.
    """

    p_value: float | Floats
    p_error: float | Floats
    log_p: float | Floats

    @property
    def z_global(self) -> float | Floats:
        """Return the one-sided significance that belongs to the p-value; −∞ for a p-value of 1."""
        z = -np.asarray(ndtri_exp(self.log_p), dtype=np.float64)
        return z if z.ndim else float(z)


def up_crossings(q0: ArrayLike, threshold: float) -> Ints:
    """Return how often each toy's statistic rises above a level, from one mass to the next.

    Parameters
    ----------
    q0 : (M, T)
        Statistic by mass, in rising order, and toy. Steps of the masses must resolve the bumps of q0: half a
        resolution or less.
    threshold : float
        Level of q0. A toy that begins above it has no crossing there.

    Returns
    -------
    (T,) ndarray of int

    Raises
    ------
    InputError
        For an array of another shape or with NaN, and for a threshold that is not above 0.
    """
    values = _field(q0, "q0", 2)
    above = values > _level(threshold)
    crossings: Ints = (above[1:] & ~above[:-1]).sum(axis=0)
    return crossings


def gross_vitells(
    z_max: ArrayLike, crossings_at_threshold: ArrayLike, threshold: float, n_toys: int
) -> GlobalP:
    """Return the upper bound on the global p-value of the largest local significance of a scan.

    Parameters
    ----------
    z_max : array_like
        Largest local significance √q0, any shape, not negative.
    crossings_at_threshold : int or (T,)
        Up-crossings of the level in all toys together, or in each as `up_crossings` gives them.
    threshold : float
        Level u0 of q0 at which they were counted, such as 0.5 or 1.
    n_toys : int
        Number of toys.

    Returns
    -------
    GlobalP
        The error is that of the scatter between toys, or of a Poisson number if only the total is given.

    Raises
    ------
    InputError
        For numbers out of range.

    Notes
    -----
    E. Gross, O. Vitells, Eur. Phys. J. C70 (2010) 525, with one degree of freedom and yields that
    count only if positive:

        p ≤ P(Z > z) + ⟨N(u0)⟩ exp[−(z² − u0)/2].

    The inequality is Davies' (Biometrika 74 (1987) 33) and close to an equality where p is small. It holds for
    q0 that is χ²-distributed at each mass; few events make it wrong.
    """
    z = _significance(z_max)
    u0 = _level(threshold)
    counted = np.asarray(crossings_at_threshold, dtype=np.float64)
    if n_toys < 1:
        raise InputError(f"n_toys = {n_toys}, must be at least 1")
    if counted.shape not in {(), (n_toys,)}:
        raise InputError(
            f"crossings_at_threshold has shape {counted.shape}; one total or {n_toys} numbers, one for each toy"
        )
    if not (np.isfinite(counted) & (counted >= 0.0)).all():
        raise InputError("crossings_at_threshold: numbers of crossings are finite and at least 0")
    total = float(counted.sum())
    mean = total / n_toys
    error = np.sqrt(total) / n_toys if total else NONE_SEEN / n_toys
    if counted.ndim and total and n_toys > 1:
        error = float(counted.std(ddof=1)) / np.sqrt(n_toys)
    rise = 0.5 * (u0 - z**2)
    with np.errstate(divide="ignore"):
        log_p = np.logaddexp(log_ndtr(-z), np.log(mean) + rise)
    return _global_p(log_p, np.log(error) + rise if error else np.full_like(rise, -np.inf))


def euler_characteristic(field: ArrayLike, level: float) -> Ints:
    """Return the Euler characteristic of the region above a level: its pieces minus its holes.

    Parameters
    ----------
    field : (X, Y, T)
        Statistic q0 on a rectangular grid, for each toy. The grid must resolve the bumps.
    level : float
        The region is where the field is above it.

    Returns
    -------
    (T,) ndarray of int
        Points minus links of two neighbours plus squares of four; diagonal neighbours do
        not touch. On one line of points it is the number of up-crossings, plus one if the first is above.

    Raises
    ------
    InputError
        For an array of another shape or with NaN, and for a level that is not above 0.

    Notes
    -----
    O. Vitells, E. Gross, Astropart. Phys. 35 (2011) 230 (arXiv:1105.4355).
    """
    values = _field(field, "field", 3)
    above = values > _level(level)
    along_x, along_y = above[1:] & above[:-1], above[:, 1:] & above[:, :-1]
    squares = along_x[:, 1:] & along_x[:, :-1]
    points, links_x, links_y, faces = (
        part.sum(axis=(0, 1), dtype=np.int64) for part in (above, along_x, along_y, squares)
    )
    characteristic: Ints = points - links_x - links_y + faces
    return characteristic


@dataclass(frozen=True)
class EulerFit:
    """Coefficients of the mean Euler characteristic in E[φ(u)] = P(Z > √u) + (N1 + √u N2) exp(−u/2).

    Attributes
    ----------
    n1, n2 : float
        Coefficients: of the field's boundary and of its area.
    covariance : (2, 2)
        Of n1 and n2, from the scatter between toys.
    """

    n1: float
    n2: float
    covariance: Floats

    def p_value(self, z_max: ArrayLike) -> GlobalP:
        """Return the global p-value of a largest local significance, E[φ] at its level.

        Raises
        ------
        InputError
            If `z_max` is negative or not a number, or the coefficients make E[φ] negative there.
        """
        z = _significance(z_max)
        terms = self.n1 + z * self.n2
        variance = self.covariance[0, 0] + 2.0 * z * self.covariance[0, 1] + z**2 * self.covariance[1, 1]
        with np.errstate(divide="ignore", invalid="ignore"):
            # all in units of exp(−z²/2), so that nothing underflows
            log_p = np.log(np.exp(log_ndtr(-z) + 0.5 * z**2) + terms) - 0.5 * z**2
            log_error = 0.5 * np.log(np.maximum(variance, 0.0)) - 0.5 * z**2
        if not np.isfinite(log_p).all():
            raise InputError(
                f"N1 = {self.n1:.3g} and N2 = {self.n2:.3g} give a negative characteristic: "
                "more toys or other levels"
            )
        return _global_p(log_p, log_error)


def fit_euler(characteristics: ArrayLike, levels: ArrayLike) -> EulerFit:
    """Return the two coefficients of the mean Euler characteristic from its values at two levels.

    Parameters
    ----------
    characteristics : (2, T)
        `euler_characteristic` of the same toys at either level.
    levels : (2,)
        Two levels of q0, such as 0.5 and 2; the further apart, the smaller the errors.

    Raises
    ------
    InputError
        For other shapes, equal levels or fewer than two toys.

    Notes
    -----
    O. Vitells, E. Gross, Astropart. Phys. 35 (2011) 230 (arXiv:1105.4355), for one degree of freedom
    of which only positive yields count. Their p-value is E[φ] itself: at high levels the region above is
    empty or one piece without holes. It is no strict bound, and at low levels of no use.
    """
    u = np.asarray(levels, dtype=np.float64)
    values = _field(characteristics, "characteristics", 2)
    if u.shape != (2,) or u[0] == u[1]:
        raise InputError("levels must be two different levels of q0")
    for level in u:
        _level(float(level))
    if values.shape[0] != 2 or values.shape[1] < 2:
        raise InputError(f"characteristics has shape {values.shape}, expected (2, T) with at least two toys")
    root = np.sqrt(u)
    design = np.exp(-0.5 * u)[:, None] * np.stack([np.ones(2), root], axis=1)
    inverse = np.linalg.inv(design)
    n1, n2 = inverse @ (values.mean(axis=1) - ndtr(-root))
    covariance = inverse @ (np.cov(values) / values.shape[1]) @ inverse.T
    return EulerFit(float(n1), float(n2), covariance)


def _global_p(log_p: Floats, log_error: Floats) -> GlobalP:
    log_p = np.minimum(np.asarray(log_p, dtype=np.float64), 0.0)
    p, error = np.exp(log_p), np.minimum(np.exp(log_error), 1.0)
    if log_p.ndim:
        return GlobalP(p, error, log_p)
    return GlobalP(float(p), float(error), float(log_p))


def _field(values: ArrayLike, name: str, ndim: int) -> Floats:
    field = np.asarray(values, dtype=np.float64)
    if field.ndim != ndim or not field.size:
        raise InputError(f"{name} has shape {field.shape}, expected {ndim} axes, the last one for toys")
    if np.isnan(field).any():
        raise InputError(f"{name} has values that are not numbers")
    return field


def _level(level: float) -> float:
    if not (np.isfinite(level) and level > 0.0):
        raise InputError(f"threshold = {level:g}, a level of q0 is finite and above 0, such as 0.5")
    return level


def _significance(z_max: ArrayLike) -> Floats:
    z = np.asarray(z_max, dtype=np.float64)
    if not (np.isfinite(z) & (z >= 0.0)).all():
        raise InputError("z_max: significances √q0 are finite and at least 0")
    return z
