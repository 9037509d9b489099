"""Order of the background polynomial in one window of counts: nested tests and discrete profiling."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2
from scipy.stats import f as f_distribution

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats, Indices
from scotopic.numerics.newton import FAILED, fit_poisson, twice_log_ratio
from scotopic.stats.checks import arrays_of, both_sides, check_input, whole
from scotopic.stats.scan.windows import Windows, check_windows

METHODS = ("likelihood-ratio", "f-test", "profiling")


@dataclass(frozen=True)
class OrderChoice:
    """Fits of polynomials of several orders, each with a free signal, to the counts of one window.

    Attributes
    ----------
    order : int
        The chosen one.
    orders : (O,)
        Those that were fitted, rising.
    deviance : (O,)
        2 NLL above that of a model that is equal to the counts; infinite where a fit failed.
    n_bins : int
        Bins of the window.
    shat : (O,)
        Fitted signal yields, events: how much they differ tells what the choice matters.
    p_values : (O,)
        Of the hypothesis that no higher order is better, with the tests of `method`; NaN for the highest order
        and with "profiling".
    penalised : (O,)
        Deviance plus the penalty for each parameter of the polynomial.
    """

    order: int
    orders: Indices
    deviance: Floats
    n_bins: int
    shat: Floats
    p_values: Floats
    penalised: Floats


def choose_order(
    counts: ArrayLike,
    edges: ArrayLike,
    mass: float,
    template: Callable[..., Floats],
    *,
    half_width: int | tuple[int, int],
    orders: Sequence[int] = (0, 1, 2, 3, 4, 5),
    method: str = "likelihood-ratio",
    significance: float = 0.05,
    penalty: float = 1.0,
) -> OrderChoice:
    """Choose the order of the polynomial for the window around one mass.

    Parameters
    ----------
    counts : (B,)
        Events per bin; only those of the window are used.
    edges : (B + 1,)
        Rising.
    mass : float
        Centre of the window.
    template : callable
        As in `scan`. The signal is free in every fit, so that a bump does not ask for a higher order.
    half_width : int or (int, int)
        Bins of the window below and above the bin of the mass.
    orders : sequence of int
        Orders to choose from.
    method : {"likelihood-ratio", "f-test", "profiling"}
        "likelihood-ratio" and "f-test" take the lowest order than which no higher one is significantly better;
        "profiling" the one with the smallest 2 NLL plus penalty.
    significance : float
        p-value below which a higher order is better.
    penalty : float
        Per parameter: 1 after Dauncey et al., 2 is Akaike's criterion.

    Raises
    ------
    InputError
        For input that makes no sense, and if no polynomial can be fitted.

    Notes
    -----
    A likelihood ratio of nested orders is χ²-distributed with the difference in order as its degrees of
    freedom (S. S. Wilks, Ann. Math. Stat. 9 (1938) 60); F = (ΔD/Δk)/(D/(n − k)) of the deviances D allows for
    counts that scatter more than Poisson numbers. Each order is compared with *all* higher ones, and the
    smallest p-value is multiplied by their number: comparing with the next one only would stop at a constant
    where the background is even about the mass, and a straight line no better. Profiling: P. D. Dauncey et
    al., JINST 10 (2015) P04015.

    A choice made on the data that are then fitted biases limits; make it on simulation or a control sample, or
    use `discrete_profile`, which leaves the order open.
    """
    if method not in METHODS:
        raise InputError(f"method {method!r} is unknown; there are {', '.join(METHODS)}")
    if not 0.0 < significance < 1.0:
        raise InputError(f"significance = {significance}, a p-value between 0 and 1")
    spectrum, ladder, windows = _windows(counts, edges, mass, template, half_width, orders, penalty)
    deviance, shat = np.full(len(ladder), np.inf), np.full(len(ladder), np.nan)
    for i, window in enumerate(windows):
        data = window.cut(spectrum[:, None])
        fit = fit_poisson(data, window.model(data[:, :, 0], signal=True), window.padding)
        if fit.status[0, 0] != FAILED:
            deviance[i] = twice_log_ratio(data, fit.expectation, data)[0, 0]
            shat[i] = fit.theta[0, 0, 0]
    if not np.isfinite(deviance).any():
        raise InputError(f"no polynomial of orders {ladder.tolist()} can be fitted around mass {mass:g}")
    n_bins = int(windows[0].inside.sum())
    penalised = deviance + penalty * (ladder + 1)
    p_values = np.full(len(ladder), np.nan)
    if method == "profiling":
        best = int(np.argmin(penalised))
    else:
        for i in range(len(ladder) - 1):
            p_values[i] = _better(deviance[i:], ladder[i:], n_bins, method)
        enough = np.isfinite(deviance) & ~(p_values < significance)
        best = int(np.argmax(enough)) if enough.any() else int(np.flatnonzero(np.isfinite(deviance))[-1])
    return OrderChoice(int(ladder[best]), ladder, deviance, n_bins, shat, p_values, penalised)


@dataclass(frozen=True)
class DiscreteProfile:
    """Profile over yields in which the order of the polynomial is a discrete nuisance parameter.

    Attributes
    ----------
    yields : (S,)
        Signal yields, events.
    each : (S, O)
        Deviance plus penalty of each order; infinite where ν ≥ 0 allows no fit.
    envelope : (S,)
        Their minimum over the orders; `envelope − envelope.min()` is 1 one error away from the best yield.
    order : (S,)
        Order at the minimum.
    """

    yields: Floats
    each: Floats
    envelope: Floats
    order: Indices


def discrete_profile(
    counts: ArrayLike,
    edges: ArrayLike,
    mass: float,
    template: Callable[..., Floats],
    yields: ArrayLike,
    *,
    half_width: int | tuple[int, int],
    orders: Sequence[int] = (0, 1, 2, 3, 4, 5),
    penalty: float = 1.0,
) -> DiscreteProfile:
    """Return 2 NLL plus penalty at fixed signal yields, minimised over the orders of the polynomial.

    Parameters
    ----------
    counts, edges, mass, template, half_width, orders, penalty
        As for `choose_order`.
    yields : (S,)
        Signal yields, events; negative ones are allowed.

    Raises
    ------
    InputError
        For input that makes no sense.

    Notes
    -----
    P. D. Dauncey et al., JINST 10 (2015) P04015: the interval of the envelope holds the error that
    comes from not knowing the order.
    """
    values = np.asarray(yields, dtype=np.float64)
    if values.ndim != 1 or not values.size or not np.isfinite(values).all():
        raise InputError("yields must be one array of finite numbers")
    spectrum, ladder, windows = _windows(counts, edges, mass, template, half_width, orders, penalty)
    each = np.full((len(values), len(ladder)), np.inf)
    for i, window in enumerate(windows):
        data = window.cut(spectrum[:, None])
        lanes = np.ascontiguousarray(np.broadcast_to(data, (*data.shape[:2], len(values))))
        offset = window.padding + window.template[:, :, None] * values
        fit = fit_poisson(lanes, window.model(data[:, :, 0], signal=False), offset)
        deviance = twice_log_ratio(lanes, fit.expectation, lanes)[0]
        allowed = (fit.status[0] != FAILED) & np.isfinite(deviance)
        each[:, i] = np.where(allowed, deviance + penalty * (ladder[i] + 1), np.inf)
    return DiscreteProfile(values, each, each.min(axis=1), ladder[np.argmin(each, axis=1)])


def _windows(
    counts: ArrayLike,
    edges: ArrayLike,
    mass: float,
    template: Callable[..., Floats],
    half_width: int | tuple[int, int],
    orders: Sequence[int],
    penalty: float,
) -> tuple[Floats, Indices, list[Windows]]:
    # Checked counts, the orders in rising order and one window for each.
    below_above = both_sides(half_width)
    spectrum, borders = arrays_of(counts=counts, edges=edges)
    masses = np.array([mass], dtype=np.float64)
    check_input(spectrum, borders, masses, None, template)
    ladder = np.unique([whole("orders", order, 0) for order in orders])
    if not ladder.size:
        raise InputError("orders must be one or more whole numbers")
    if not penalty >= 0.0:
        raise InputError(f"penalty = {penalty:g}, must be at least 0")
    windows = [Windows.build(borders, masses, template, below_above, int(order), 0.0) for order in ladder]
    check_windows(windows[-1], masses, int(ladder[-1]))
    return spectrum, ladder, windows


def _better(deviance: Floats, orders: Indices, n_bins: int, method: str) -> float:
    # p-value of the lowest order against all higher ones, times their number; 0 where its fit failed.
    if not np.isfinite(deviance[0]):
        return 0.0
    higher = np.isfinite(deviance[1:])
    if not higher.any():
        return float("nan")
    extra = (orders[1:] - orders[0])[higher]
    drop = np.maximum(deviance[0] - deviance[1:][higher], 0.0)
    p = chi2.sf(drop, extra)
    if method == "f-test":
        left = n_bins - orders[1:][higher] - 2  # parameters of the polynomial and the signal
        p = f_distribution.sf((drop / extra) / (np.maximum(deviance[1:][higher], 1e-9) / left), extra, left)
    return min(1.0, float(p.min()) * len(p))
