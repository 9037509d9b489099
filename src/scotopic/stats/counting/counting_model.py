"""What a counting experiment is made of, from the arrays a user gives, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats, Ints
from scotopic.stats.checks import WIDEST
from scotopic.stats.counting.averaged_tail import Efficiency
from scotopic.stats.counting.background_prior import (
    PRIORS,
    Background,
    Parametric,
    Sampled,
    Tabulated,
    gaussian_many,
)
from scotopic.stats.counting.many_events import KNOWN

BACKGROUND_PRIORS = (*PRIORS, "samples", "table")
EFFICIENCY_PRIORS = ("log-normal", "gamma")
MOST = 1e6  # events, but for a Gaussian background
MOST_GAUSSIAN = 1e12
WIDEST_BACKGROUND = 2.0  # standard deviation of ln b
NORMALISED = 1e-6  # by how much the sum of a table of probabilities may miss one


@dataclass(frozen=True)
class CountingModel:
    """Counting experiments, flat (L,), and the shape they came in.

    Attributes
    ----------
    observed : (L,)
    background : Background
    efficiency : Efficiency
        Of κ, relative to `factor`.
    factor : (L,)
        Efficiency times luminosity.
    """

    observed: Ints
    background: Background
    efficiency: Efficiency
    factor: Floats
    shape: tuple[int, ...]

    def shaped(self, values: Floats) -> float | Floats:
        """Return values (L,) in the shape of what was given."""
        return values.reshape(self.shape) if self.shape else float(values[0])


def counting_model(
    observed: ArrayLike,
    background: ArrayLike,
    *,
    background_error: ArrayLike = 0,
    efficiency: ArrayLike = 1,
    efficiency_error: ArrayLike = 0,
    luminosity: ArrayLike = 1,
    luminosity_error: ArrayLike = 0,
    background_prior: str = "gaussian",
    efficiency_prior: str = "log-normal",
    luminosity_prior: str = "log-normal",
) -> CountingModel:
    """Return the model of arguments as of :func:`scotopic.stats.counting_limit`, or refuse them."""
    if background_prior not in BACKGROUND_PRIORS:
        raise InputError(
            f"background_prior {background_prior!r} is unknown; there are {', '.join(BACKGROUND_PRIORS)}"
        )
    _check_prior("efficiency_prior", efficiency_prior)
    _check_prior("luminosity_prior", luminosity_prior)
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
    rows = None
    if background_prior in ("samples", "table"):
        rows = _rows(background_prior, values["background"], values["background_error"])
        values["background"] = np.zeros(values["background"].shape[:-1])
    try:
        shape = np.broadcast_shapes(*(value.shape for value in values.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {value.shape}" for name, value in values.items() if value.ndim)
        raise InputError(f"the shapes do not broadcast: {shapes}") from None
    n, b, error, e, e_error, lumi, lumi_error = (
        np.broadcast_to(value, shape).ravel() for value in values.values()
    )
    if rows is None:
        prior: Background = _parametric(background_prior, b, error)
    else:
        lead = values["background"].shape
        at = np.broadcast_to(np.arange(len(rows)).reshape(lead), shape).ravel()
        prior = Sampled(rows, at) if background_prior == "samples" else Tabulated(rows, at)
    relative = _efficiency(e_error / e, lumi_error / lumi, efficiency_prior, luminosity_prior)
    largest = np.maximum(n, np.maximum(b, error))
    largest = largest[~(gaussian_many(prior, n.astype(np.int64)) & (relative.variance == 0.0))]
    if largest.max(initial=0.0) > MOST:
        raise InputError(
            f"{largest.max():g} events: counting is for up to {MOST:g}, or for a Gaussian background that is known "
            f"to {KNOWN:.0%}, and an efficiency with a log-normal prior"
        )
    return CountingModel(n.astype(np.int64), prior, relative, e * lumi, shape)


def _check_prior(name: str, prior: str) -> None:
    if prior in EFFICIENCY_PRIORS:
        return
    if isinstance(prior, str) and ("gauss" in prior.lower() or "normal" in prior.lower()):
        raise InputError(
            f"{name} {prior!r}: a Gaussian truncated at zero has, with a flat prior in the cross section, no finite "
            "posterior (limits would depend on a cut-off); use log-normal or gamma"
        )
    raise InputError(f"{name} {prior!r} is unknown; there are {', '.join(EFFICIENCY_PRIORS)}")


def _rows(kind: str, given: Floats, error: Floats) -> Floats:
    # Samples or tables, (R, S)
    if given.ndim == 0 or given.shape[-1] == 0:
        raise InputError(f"background: with background_prior {kind!r} its last axis holds the {kind}")
    if error.any():
        raise InputError(f"background_error: the {kind} of the background hold its error already")
    rows: Floats = given.reshape(-1, given.shape[-1])
    if kind == "table":
        total = rows.sum(axis=1, keepdims=True)
        wrong = np.abs(total - 1.0) > NORMALISED
        if wrong.any():
            raise InputError(
                f"background: the probabilities of 0, 1, 2 … events add up to {total[wrong][0]:.9g}, must be 1"
            )
        rows = rows / total
    return rows


def _parametric(kind: str, value: Floats, error: Floats) -> Parametric:
    if kind != "gaussian" and ((value == 0.0) & (error > 0.0)).any():
        raise InputError(f"background = 0 with an error: the {kind} prior needs a background above 0")
    if kind == "log-normal" and (error > WIDEST_BACKGROUND * value).any():
        raise InputError("background_error: more than twice the background, too wide for a log-normal prior")
    return Parametric(PRIORS[kind], value, error)


def _efficiency(efficiency: Floats, luminosity: Floats, of_efficiency: str, of_luminosity: str) -> Efficiency:
    # Of relative errors
    kinds = {"log-normal": [np.zeros_like(efficiency)], "gamma": [np.zeros_like(efficiency)]}
    kinds[of_efficiency].append(efficiency)
    kinds[of_luminosity].append(luminosity)
    spread = np.asarray(np.hypot.reduce(kinds["log-normal"], axis=0))
    if (spread > WIDEST).any():
        raise InputError("efficiency_error and luminosity_error: more than five times the value itself")
    gammas = np.sort(kinds["gamma"], axis=0)
    if (gammas[-1] >= 1.0).any():
        raise InputError(
            "efficiency_error and luminosity_error: a gamma prior with an error of 100 % or more of the value leaves, "
            "with a flat prior in the cross section, no finite posterior; use a smaller error or log-normal"
        )
    second = gammas[-2] ** 2 if len(gammas) > 2 else np.zeros_like(efficiency)
    return Efficiency(spread, gammas[-1] ** 2, second)


def _numbers(name: str, given: Any) -> Floats:
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
    if name in {"observed", "background", "background_error"} and (values > MOST_GAUSSIAN).any():
        raise InputError(f"{name} = {values.max():g}: counting is for up to {MOST_GAUSSIAN:g} events")
    return values
