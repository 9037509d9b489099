"""Counting experiments: limits on a cross section, expected bands, predictive p-values.

Everything broadcasts: a table of (window, n) is one call. The distribution of the number of background events is
exact, so that expected bands need no toys.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats, Ints
from scotopic.stats.checks import check_level
from scotopic.stats.counting.background_prior import Parametric, expected_counts
from scotopic.stats.counting.bayes import bayes_limits
from scotopic.stats.counting.cls import cls_limits
from scotopic.stats.counting.counting_model import CountingModel, counting_model
from scotopic.stats.counting.feldman_cousins import feldman_cousins_limits
from scotopic.stats.counting.feldman_cousins_profiled import profiled_interval
from scotopic.stats.counting.predictive import BANDS

UPPER = {"bayes": bayes_limits, "cls": cls_limits}
UNIFIED = {"feldman-cousins": True, "feldman-cousins-raw": False}  # whether monotonic in the background
METHODS = (*UPPER, *UNIFIED)
QUANTILES: Floats = np.array(ndtr(BANDS), np.float64)
MOST_UNIFIED = 1e4  # events, for the construction of Feldman and Cousins
MOST_PROFILED = 200.0  # the same with errors


@dataclass(frozen=True)
class CountingBands:
    """Expected limits without signal, in the units of the limits.

    Attributes
    ----------
    median : (...)
        Limit of the median number of events.
    band68, band95 : (..., 2)
        Limits at −1, +1 and at −2, +2 standard deviations.
    """

    median: Floats
    band68: Floats
    band95: Floats


def counting_limit(
    observed: ArrayLike,
    background: ArrayLike,
    *,
    background_error: ArrayLike = 0,
    efficiency: ArrayLike = 1,
    efficiency_error: ArrayLike = 0,
    luminosity: ArrayLike = 1,
    luminosity_error: ArrayLike = 0,
    level: float = 0.9,
    method: str = "bayes",
    background_prior: str = "gaussian",
    efficiency_prior: str = "log-normal",
    luminosity_prior: str = "log-normal",
) -> float | Floats | tuple[float, float] | tuple[Floats, Floats]:
    """Return limits on the cross section of a counting experiment.

    Parameters
    ----------
    observed : array_like
        Numbers of events, whole. All arguments but `level`, `method` and the priors broadcast.
    background : array_like
        Expected background, in events.
    background_error : array_like
        Its absolute error.
    efficiency, efficiency_error : array_like
        Efficiency and its absolute error.
    luminosity, luminosity_error : array_like
        Integrated luminosity and its absolute error, the same.
    level : float
        Credibility or confidence, between 0.5 and 1.
    method : {"bayes", "cls", "feldman-cousins", "feldman-cousins-raw"}
        Flat prior in the cross section; CLs; the unified intervals of Feldman and Cousins as published (upper ends
        monotonic in the background) or as constructed.
    background_prior : {"gaussian", "log-normal", "gamma", "samples", "table"}
        Gaussian truncated at zero; log-normal with the background as its median and error/background as the
        standard deviation of its logarithm; gamma with the background as its mean (see `sideband_background`);
        equally likely samples on the last axis of `background`; or, on its last axis, the probabilities of 0, 1,
        2 … background events. The latter two take no `background_error`.
    efficiency_prior, luminosity_prior : {"log-normal", "gamma"}
        Log-normal with the value as its median and error/value as the standard deviation of its logarithm; or
        gamma with the value as its mean and the error as its standard deviation.

    Returns
    -------
    float or ndarray, or a pair of them
        Upper limits, for Feldman-Cousins the pair (lower, upper), in units of 1/luminosity: in events by default.

    Raises
    ------
    InputError
        For numbers of events that are negative, not whole or not finite, negative errors, an efficiency or
        luminosity of zero, a level outside 0.5 to 1, an unknown method or prior, a prior whose posterior is improper.

    Notes
    -----
    The models and their sources stand in :mod:`scotopic.stats.counting.bayes`, :mod:`scotopic.stats.counting.cls`,
    :mod:`scotopic.stats.counting.feldman_cousins` and, with errors,
    :mod:`scotopic.stats.counting.feldman_cousins_profiled`. With CLs and the flat prior, the uncertain quantities are
    averaged over; with Feldman-Cousins they are profiled, as measurements with Gaussian errors of b and of ln κ.
    A truncated Gaussian for the efficiency is not offered: with a flat prior its posterior is improper.
    """
    check_settings(level, method)
    model = counting_model(
        observed,
        background,
        background_error=background_error,
        efficiency=efficiency,
        efficiency_error=efficiency_error,
        luminosity=luminosity,
        luminosity_error=luminosity_error,
        background_prior=background_prior,
        efficiency_prior=efficiency_prior,
        luminosity_prior=luminosity_prior,
    )
    if method in UNIFIED:
        low, high = _unified(model, model.observed, np.arange(len(model.factor)), level, method)
        return model.shaped(low / model.factor), model.shaped(high / model.factor)  # type: ignore[return-value]
    limits = UPPER[method](model.observed, model.background, model.efficiency, level)
    return model.shaped(limits / model.factor)


def counting_bands(
    background: ArrayLike, *, level: float = 0.9, method: str = "bayes", **uncertain: Any
) -> CountingBands:
    """Return the median and the bands of the upper limits that are expected without signal.

    They are the limits of the quantiles, at −2 … +2 standard deviations, of the predictive distribution of the
    number of background events: the smallest n whose cumulative probability reaches the quantile. No toys are
    thrown. The parameters are those of :func:`counting_limit`.
    """
    check_settings(level, method)
    return bands_of(counting_model(0, background, **uncertain), level, method)


def bands_of(model: CountingModel, level: float, method: str) -> CountingBands:
    """Return the expected bands of a model, whatever was observed."""
    counts = expected_counts(model.background, QUANTILES)
    lanes = np.repeat(np.arange(len(counts)), len(BANDS))
    if method in UNIFIED:
        limits = _unified(model, counts.ravel(), lanes, level, method)[1]
    else:
        limits = UPPER[method](
            counts.ravel(), model.background.take(lanes), model.efficiency.take(lanes), level
        )
    table = (limits / model.factor[lanes]).reshape(*model.shape, len(BANDS))
    return CountingBands(table[..., 2], table[..., [1, 3]], table[..., [0, 4]])


def predictive_p_value(
    observed: ArrayLike,
    background: ArrayLike,
    background_error: ArrayLike = 0,
    *,
    background_prior: str = "gaussian",
) -> float | Floats:
    """Return the probability of at least `observed` events without signal.

    The background is averaged over its prior: Σ_{j≥n} B_j (the prior-predictive p-value of G. E. P. Box,
    J. R. Stat. Soc. A 143 (1980) 383). Small values keep their relative accuracy.

    Parameters
    ----------
    observed, background, background_error, background_prior
        As in :func:`counting_limit`, in events.
    """
    model = counting_model(
        observed, background, background_error=background_error, background_prior=background_prior
    )
    return model.shaped(model.background.tail(model.observed))


def check_settings(level: float, method: str) -> None:
    """Refuse levels and methods that make no sense."""
    if method not in METHODS:
        raise InputError(f"method {method!r} is unknown; there are {', '.join(METHODS)}")
    check_level(level)


def _unified(
    model: CountingModel, observed: Ints, lanes: Ints, level: float, method: str
) -> tuple[Floats, Floats]:
    # Intervals in events of observed (K,) in lanes (K,) of the model
    background, efficiency = model.background.take(lanes), model.efficiency.take(lanes)
    gaussian = isinstance(background, Parametric) and background.prior.kind == "gaussian"
    if not gaussian or efficiency.variance.any():
        raise InputError(
            f"{method} takes errors as those of measurements, Gaussian in the background and in the logarithm of the "
            "efficiency: leave out the priors, or use bayes or cls"
        )
    b, error, spread = background.mean, background.error, efficiency.spread
    uncertain = (error > 0.0) | (spread > 0.0)
    for chosen, most in ((~uncertain, MOST_UNIFIED), (uncertain, MOST_PROFILED)):
        largest = max(observed[chosen].max(initial=0), b[chosen].max(initial=0.0))
        if largest > most:
            errors = " with errors" if most == MOST_PROFILED else ""
            raise InputError(f"{method}{errors} is for up to {most:g} events, not {largest:g}")
    low, high = np.empty(len(lanes)), np.empty(len(lanes))
    low[~uncertain], high[~uncertain] = feldman_cousins_limits(
        observed[~uncertain], b[~uncertain], level, monotonic=UNIFIED[method]
    )
    for i in np.flatnonzero(uncertain):
        low[i], high[i] = profiled_interval(int(observed[i]), b[i], error[i], spread[i], level)
    return low, high
