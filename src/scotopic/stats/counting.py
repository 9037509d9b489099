"""Counting experiments: limits on a cross section, expected bands, predictive p-values.

Everything broadcasts: a table of (window, n) is one call. The distribution of the number of background events is
exact, so that expected bands need no toys.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from scotopic.errors import InputError
from scotopic.stats.bayes import bayes_limits
from scotopic.stats.cls import cls_limits
from scotopic.stats.feldman_cousins import feldman_cousins_limits
from scotopic.stats.predictive import BANDS, Floats, Integers, expected_counts, p_values

UPPER = {"bayes": bayes_limits, "cls": cls_limits}
METHODS = (*UPPER, "feldman-cousins")
QUANTILES: Floats = np.array(ndtr(BANDS), np.float64)
MOST = 1e6  # events: beyond, and long before, a Gaussian does
MOST_UNIFIED = 1e4  # the same for the construction of Feldman and Cousins
WIDEST = 5.0  # standard deviation of ln κ


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


@dataclass(frozen=True)
class _Lanes:
    # What is computed, flat (L,), and the shape it came in.
    observed: Integers
    background: Floats
    error: Floats
    factor: Floats  # efficiency times luminosity
    spread: Floats
    shape: tuple[int, ...]


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
) -> float | Floats | tuple[float, float] | tuple[Floats, Floats]:
    """Return limits on the cross section of a counting experiment.

    Parameters
    ----------
    observed : array_like
        Numbers of events, whole. All arguments but `level` and `method` broadcast.
    background : array_like
        Expected background, in events.
    background_error : array_like
        Its absolute error: the background is Gaussian, truncated at zero.
    efficiency, efficiency_error : array_like
        Efficiency and its absolute error: log-normal, with the efficiency as its median and error/efficiency as
        the standard deviation of its logarithm.
    luminosity, luminosity_error : array_like
        Integrated luminosity and its absolute error, the same.
    level : float
        Credibility or confidence, between 0 and 1.
    method : {"bayes", "cls", "feldman-cousins"}
        Flat prior in the cross section; CLs; the unified intervals of Feldman and Cousins.

    Returns
    -------
    float or ndarray, or a pair of them
        Upper limits, for Feldman-Cousins the pair (lower, upper), in units of 1/luminosity: in events by default.

    Raises
    ------
    InputError
        For numbers of events that are negative, not whole or not finite, negative errors, an efficiency or
        luminosity of zero, a level outside 0 to 1, an unknown method, and for errors with Feldman-Cousins, whose
        construction here takes background and efficiency as known.

    Notes
    -----
    The models and their sources stand in :mod:`scotopic.stats.bayes`, :mod:`scotopic.stats.cls` and
    :mod:`scotopic.stats.feldman_cousins`. With CLs and the flat prior, the uncertain quantities are averaged over.
    A truncated Gaussian for the efficiency is not offered: with a flat prior its posterior is improper.
    """
    _check_settings(level, method)
    lanes = _lanes(
        observed, background, background_error, efficiency, efficiency_error, luminosity, luminosity_error
    )
    if method == "feldman-cousins":
        _check_known(lanes)
        low, high = feldman_cousins_limits(lanes.observed, lanes.background, level)
        return _shaped(low / lanes.factor, lanes.shape), _shaped(high / lanes.factor, lanes.shape)  # type: ignore[return-value]
    limits = UPPER[method](lanes.observed, lanes.background, lanes.error, lanes.spread, level)
    return _shaped(limits / lanes.factor, lanes.shape)


def counting_bands(
    background: ArrayLike,
    *,
    background_error: ArrayLike = 0,
    efficiency: ArrayLike = 1,
    efficiency_error: ArrayLike = 0,
    luminosity: ArrayLike = 1,
    luminosity_error: ArrayLike = 0,
    level: float = 0.9,
    method: str = "bayes",
) -> CountingBands:
    """Return the median and the bands of the upper limits that are expected without signal.

    They are the limits of the quantiles, at −2 … +2 standard deviations, of the predictive distribution of the
    number of background events: the smallest n whose cumulative probability reaches the quantile. No toys are
    thrown. The parameters are those of :func:`counting_limit`.
    """
    _check_settings(level, method)
    lanes = _lanes(
        0, background, background_error, efficiency, efficiency_error, luminosity, luminosity_error
    )
    counts = expected_counts(lanes.background, lanes.error, QUANTILES)
    columns = [
        np.repeat(one, len(BANDS)) for one in (lanes.background, lanes.error, lanes.spread, lanes.factor)
    ]
    if method == "feldman-cousins":
        _check_known(lanes)
        limits = feldman_cousins_limits(counts.ravel(), columns[0], level)[1]
    else:
        limits = UPPER[method](counts.ravel(), columns[0], columns[1], columns[2], level)
    table = (limits / columns[3]).reshape(*lanes.shape, len(BANDS))
    return CountingBands(table[..., 2], table[..., [1, 3]], table[..., [0, 4]])


def predictive_p_value(
    observed: ArrayLike, background: ArrayLike, background_error: ArrayLike = 0
) -> float | Floats:
    """Return the probability of at least `observed` events without signal.

    The background is averaged over its truncated Gaussian: Σ_{j≥n} B_j (the prior-predictive p-value of G. E. P. Box,
    J. R. Stat. Soc. A 143 (1980) 383). Small values keep their relative accuracy.

    Parameters
    ----------
    observed, background, background_error : array_like
        As in :func:`counting_limit`, in events.
    """
    lanes = _lanes(observed, background, background_error, 1, 0, 1, 0)
    return _shaped(p_values(lanes.observed, lanes.background, lanes.error), lanes.shape)


def _shaped(values: Floats, shape: tuple[int, ...]) -> float | Floats:
    return values.reshape(shape) if shape else float(values[0])


def _check_settings(level: float, method: str) -> None:
    if method not in METHODS:
        raise InputError(f"method {method!r} is unknown; there are {', '.join(METHODS)}")
    try:
        inside = 0.0 < float(level) < 1.0
    except (TypeError, ValueError):
        inside = False
    if not inside:
        raise InputError(f"level = {level}: must be one number between 0 and 1, such as 0.9")


def _check_known(lanes: _Lanes) -> None:
    if lanes.error.any() or lanes.spread.any():
        raise InputError(
            "feldman-cousins takes background and efficiency as known: leave their errors out, or use bayes or cls"
        )
    most = max(lanes.observed.max(initial=0), lanes.background.max(initial=0.0))
    if most > MOST_UNIFIED:
        raise InputError(f"feldman-cousins is for up to {MOST_UNIFIED:g} events, not {most:g}")


def _lanes(
    observed: ArrayLike,
    background: ArrayLike,
    background_error: ArrayLike,
    efficiency: ArrayLike,
    efficiency_error: ArrayLike,
    luminosity: ArrayLike,
    luminosity_error: ArrayLike,
) -> _Lanes:
    given: Mapping[str, ArrayLike] = {
        "observed": observed,
        "background": background,
        "background_error": background_error,
        "efficiency": efficiency,
        "efficiency_error": efficiency_error,
        "luminosity": luminosity,
        "luminosity_error": luminosity_error,
    }
    values = {name: _numbers(name, value) for name, value in given.items()}
    try:
        shape = np.broadcast_shapes(*(value.shape for value in values.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {value.shape}" for name, value in values.items() if value.ndim)
        raise InputError(f"the shapes do not broadcast: {shapes}") from None
    n, b, error, e, e_error, lumi, lumi_error = (
        np.broadcast_to(value, shape).ravel() for value in values.values()
    )
    spread = np.hypot(e_error / e, lumi_error / lumi)
    if (spread > WIDEST).any():
        raise InputError("efficiency_error and luminosity_error: more than five times the value itself")
    return _Lanes(n.astype(np.int64), b, error, e * lumi, spread, shape)


def _numbers(name: str, given: ArrayLike) -> Floats:
    try:
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{name}: expected a number or an array of numbers") from None
    positive = name in {"efficiency", "luminosity"}
    sound = np.isfinite(values) & ((values > 0.0) if positive else (values >= 0.0))
    if not sound.all():
        wrong = values[~sound].flat[0]
        raise InputError(f"{name} = {wrong:g}: must be finite and {'above' if positive else 'at least'} 0")
    if name == "observed" and (values != np.floor(values)).any():
        wrong = values[values != np.floor(values)].flat[0]
        raise InputError(f"observed = {wrong:g}: must be a whole number of events")
    if name in {"observed", "background", "background_error"} and (values > MOST).any():
        raise InputError(f"{name} = {values.max():g}: counting is for up to {MOST:g} events")
    return values
