"""A plane of two masses, scanned with overlapping counting windows.

Each window counts the events around a pair of masses; its limit, its expected bands and its p-value are those of a
counting experiment with uncertain background and efficiency, exact and without toys. Toys of the whole plane, in
which neighbouring windows share events and all share the error of the background, give the global p-value.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, ndtri_exp

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats, Ints
from scotopic.stats.checks import whole
from scotopic.stats.counting.background_prior import Background
from scotopic.stats.counting.counting_model import counting_model
from scotopic.stats.counting.limits import bands_of, check_settings, counting_limit
from scotopic.stats.plane.plane_input import plane_input, plane_windows
from scotopic.stats.plane.plane_toys import PlaneToys, log_p_table
from scotopic.stats.plane.plane_windows import Cells
from scotopic.stats.significance.empirical_p_value import p_value
from scotopic.stats.significance.gross_vitells import EulerFit, GlobalP, euler_characteristic, fit_euler

LEVELS = (0.5, 2.0)  # of q0, where Euler characteristics are counted
EULER_TOYS = 400  # at most
FILLED = 0.2  # of the rectangle around the windows: fewer make no field


@dataclass(frozen=True)
class Plane:
    """Limits and significances of W windows in a plane of two masses.

    Attributes
    ----------
    mass : (W, 2)
        Centres of the windows.
    observed : (W,)
        Events.
    background, background_error : (W,)
        Expected events and their absolute error.
    limit_observed, limit_median : (W,)
        Upper limits in units of 1/luminosity: of the data, and the median expected one.
    band68, band95 : (W, 2)
        Central bands of the expected limit.
    p_local, z_local : (W,)
        Predictive p-value of at least the observed number without signal, and its one-sided significance, zero
        for p-values above ½.
    largest_z : float
        Largest local significance of the data, in the windows of the toys, which differ by the edges of their cells.
    toy_max_z : (T,)
        Largest local significance in each toy of the whole plane.
    euler : EulerFit or None
        Coefficients of the mean Euler characteristic; None without toys, or if the centres form no grid.
    """

    mass: Floats
    observed: Ints
    background: Floats
    background_error: Floats
    limit_observed: Floats
    limit_median: Floats
    band68: Floats
    band95: Floats
    p_local: Floats
    z_local: Floats
    largest_z: float
    toy_max_z: Floats
    euler: EulerFit | None

    @property
    def largest(self) -> int:
        """Return the window of the largest excess."""
        return int(self.z_local.argmax())

    @property
    def p_global(self) -> float | None:
        """Return the p-value of the largest excess anywhere, (k + 1)/(N + 1); None without toys."""
        return self._p_global[0] if self.toy_max_z.size else None

    @property
    def p_global_interval(self) -> tuple[float, float] | None:
        """Return the 68 % interval of the global p-value that the number of toys allows."""
        return self._p_global[1:] if self.toy_max_z.size else None

    @property
    def _p_global(self) -> tuple[float, float, float]:
        return p_value(self.largest_z, self.toy_max_z)

    @property
    def p_global_euler(self) -> GlobalP | None:
        """Return the global p-value of the mean Euler characteristic: for high significances, many events."""
        return self.euler.p_value(float(self.z_local.max())) if self.euler else None


def plane_scan(
    data: ArrayLike,
    edges: tuple[ArrayLike, ArrayLike],
    background: ArrayLike,
    centres: ArrayLike,
    half_widths: ArrayLike,
    *,
    correlation: ArrayLike | None = None,
    background_error: ArrayLike = 0.0,
    efficiency: ArrayLike = 1.0,
    efficiency_error: ArrayLike = 0.0,
    luminosity: float = 1.0,
    luminosity_error: float = 0.0,
    level: float = 0.9,
    method: str = "bayes",
    toys: int = 0,
    seed: int = 1,
    workers: int = 1,
) -> Plane:
    """Scan a plane of two masses with overlapping counting windows.

    Parameters
    ----------
    data : (N, 2) or (X, Y)
        Events as points, or, in the shape of `background`, as counts in its bins; windows then move to the
        nearest edges of bins.
    edges : ((X + 1,), (Y + 1,))
        Rising edges of the background's bins.
    background : (X, Y)
        Expected events per bin, flat within a bin.
    centres : (W, 2)
        Mass hypotheses.
    half_widths : (W, 2) or (2,)
        Of the windows, in either mass; what lies outside the plane is cut off.
    correlation : float or (W,), optional
        Of the two masses, -1 to 1: windows are ellipses, those of a Gaussian; rectangles without it.
    background_error : float or (X, Y)
        One number: relative; an array: absolute, per bin. One standard deviation, common to all bins.
    efficiency, efficiency_error : float or (W,)
        Probability that a signal event falls into its window, and its absolute error (log-normal).
    luminosity, luminosity_error, level, method
        As for :func:`scotopic.stats.counting_limit`; `method` is ``"bayes"`` or ``"cls"``.
    toys, seed : int
        Toys of the whole plane for the global p-value; the same seed, background and windows give the same ones.
    workers : int
        Threads; results do not depend on it.

    Raises
    ------
    InputError
        For data, background, windows or settings that make no sense or do not fit together.
    """
    _check_settings(level, method, toys, seed, workers)
    plane = plane_input(data, edges, background, background_error)
    where, windows = plane_windows(plane, centres, half_widths, correlation)
    observed = plane.count(windows)
    expected, error = (windows.integrate(plane.edges, one) for one in (plane.background, plane.error))
    given: dict[str, Any] = {"background_error": error, "efficiency": efficiency, "luminosity": luminosity}
    given |= {"efficiency_error": efficiency_error, "luminosity_error": luminosity_error}
    model = counting_model(observed, expected, **given)
    if model.shape != observed.shape:
        raise InputError(f"efficiency and luminosity: {model.shape}, expected one number or ({len(where)},)")
    bands, p_local = bands_of(model, level, method), model.background.tail(observed)
    toy = PlaneToys.build(Cells.build(windows), plane)
    largest, fields = toy.largest(toys, EULER_TOYS, seed, workers)
    return Plane(
        mass=where,
        observed=observed,
        background=expected,
        background_error=error,
        limit_observed=np.asarray(counting_limit(observed, expected, level=level, method=method, **given)),
        limit_median=bands.median,
        band68=bands.band68,
        band95=bands.band95,
        p_local=p_local,
        z_local=_significance(p_local, model.background, observed),
        largest_z=float(toy.significance(observed).max()),
        toy_max_z=largest,
        euler=_euler(where, fields),
    )


def _check_settings(level: float, method: str, toys: int, seed: int, workers: int) -> None:
    check_settings(level, method)
    if method not in ("bayes", "cls"):
        raise InputError(f"method {method!r}: a plane has limits by bayes or cls")
    whole("toys", toys, 0)
    whole("seed", seed, 0)
    whole("workers", workers, 1)


def _significance(p_value: Floats, background: Background, observed: Ints) -> Floats:
    # By the logarithm of the p-value where it underflows
    z = np.maximum(-ndtri(p_value), 0.0)
    for i in np.flatnonzero(p_value < np.finfo(float).tiny):
        log_p = log_p_table(background.take(np.array([i])), int(observed[i]))[0, observed[i]]
        z[i] = -ndtri_exp(log_p)
    return z


def _euler(where: Floats, fields: Floats) -> EulerFit | None:
    # z of the first toys (T, W), as fields on the rectangle around the windows
    if len(fields) < 2:
        return None
    (x, column), (y, row) = (np.unique(where[:, axis], return_inverse=True) for axis in (0, 1))
    if len(where) < FILLED * len(x) * len(y) or min(len(x), len(y)) < 2:
        return None
    q0 = np.zeros((len(x), len(y), len(fields)))
    q0[column, row] = fields.T**2
    return fit_euler([euler_characteristic(q0, level) for level in LEVELS], LEVELS)
