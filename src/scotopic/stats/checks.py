"""One clear error for input that makes no sense."""

import operator
from collections.abc import Callable, Sequence
from typing import SupportsFloat, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats

METHODS = ("clsb", "cls")
WIDEST = 5.0  # standard deviation of the logarithm of an efficiency


def arrays_of(**given: ArrayLike) -> list[Floats]:
    """Return arrays of numbers, in the order given, or refuse by name what is none."""
    arrays = []
    for name, values in given.items():
        try:
            arrays.append(np.asarray(values, dtype=np.float64))
        except (TypeError, ValueError):
            raise InputError(f"{name}: expected numbers") from None
    return arrays


def check_input(
    counts: Floats, edges: Floats, masses: Floats, expectation: Floats | None, template: Callable[..., Floats]
) -> None:
    """Refuse counts, edges, masses and templates that do not fit together."""
    if edges.ndim != 1 or len(edges) < 2 or not np.isfinite(edges).all() or (np.diff(edges) <= 0.0).any():
        raise InputError("edges must be one array of at least two finite, rising numbers")
    named = [("counts", counts)]
    if expectation is not None:
        named.append(("expectation", np.asarray(expectation, dtype=np.float64)))
    for name, values in named:
        if values.shape != (len(edges) - 1,):
            raise InputError(f"{name} has shape {values.shape}; {len(edges)} edges need ({len(edges) - 1},)")
        wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0.0)))
        if wrong.size:
            raise InputError(f"{name}[{wrong[0]}] = {values[wrong[0]]:g}; numbers of events are at least 0")
    if masses.ndim != 1 or masses.size == 0:
        raise InputError("masses must be one array with at least one hypothesis")
    outside = ~((masses >= edges[0]) & (masses <= edges[-1]))
    if outside.any():
        raise InputError(
            f"mass {masses[outside][0]:g} lies outside the spectrum, {edges[0]:g} to {edges[-1]:g}"
        )
    if not callable(template):
        raise InputError(
            "template must be a function: template(mass, edges) gives the fraction of the signal in every bin"
        )
    for mass in masses:
        shape = np.asarray(template(mass, edges))
        if shape.shape != counts.shape:
            raise InputError(f"template({mass:g}, edges) has shape {shape.shape}, expected {counts.shape}")
        if not np.isfinite(shape).all() or (shape < 0.0).any() or not 0.0 < shape.sum() < 1.0 + 1e-6:
            raise InputError(
                f"template({mass:g}, edges) must give fractions of at least 0 that add up to at most 1; "
                f"they add up to {shape.sum():g}"
            )


def whole(name: str, value: SupportsIndex, least: int) -> int:
    """Return a whole number of at least `least`, or refuse what is none."""
    try:
        number = operator.index(value)
    except TypeError:
        raise InputError(f"{name} = {value!r}, must be a whole number") from None
    if number < least:
        raise InputError(f"{name} = {number}, must be at least {least}")
    return number


def both_sides(half_width: SupportsIndex | Sequence[SupportsIndex]) -> tuple[int, int]:
    """Return the bins of a window below and above that of the mass, from one number for both or from two."""
    one = isinstance(half_width, str) or np.ndim(half_width) == 0  # type: ignore[arg-type]
    sides = [half_width, half_width] if one else list(half_width)  # type: ignore[arg-type]
    if len(sides) != 2:
        raise InputError(f"half_width = {half_width}, must be one number of bins, or two: below and above")
    below, above = (whole("half_width", side, 1) for side in sides)  # type: ignore[arg-type]
    return below, above


def check_level(level: float) -> None:
    """Refuse what is no confidence or credibility of an upper limit: a p-value of 5 % or a number of per cent."""
    value = float(level) if isinstance(level, SupportsFloat) and np.ndim(level) == 0 else np.nan
    if 0.5 < value < 1.0:
        return
    hint = ""
    if 0.0 < value <= 0.5:
        hint = f": the confidence, not what is left beside it, which for {value:g} would be {1.0 - value:g}"
    elif 50.0 < value < 100.0:
        hint = f"; {value:g} % is {value / 100.0:g}"
    raise InputError(f"level = {level!r}, must be one number between 0.5 and 1, such as 0.95{hint}")


def check_settings(
    background_order: int,
    level: float,
    method: str,
    toys: int,
    seed: int,
    workers: int,
    efficiency_error: Floats,
    resolution_error: float,
    n_masses: int,
) -> None:
    """Refuse settings that make no sense."""
    whole("background_order", background_order, 0)
    whole("toys", toys, 0)
    whole("seed", seed, 0)
    whole("workers", workers, 1)
    check_level(level)
    if method not in METHODS:
        raise InputError(f"method {method!r} is unknown; there are {' and '.join(METHODS)}")
    if efficiency_error.shape not in {(), (n_masses,)}:
        raise InputError(f"efficiency_error has shape {efficiency_error.shape}, expected () or ({n_masses},)")
    if not ((efficiency_error >= 0.0) & (efficiency_error <= WIDEST)).all():
        raise InputError(f"efficiency_error is relative: from 0 to {WIDEST:g}")
    if not 0.0 <= resolution_error < 1.0:
        raise InputError(f"resolution_error = {resolution_error} is relative: at least 0 and below 1")
