"""What a value of an experiment card may physically be: annotated types with their checks."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Annotated, Any

Check = Callable[[Any], str | None]  # what is wrong with the value, or None


def _must(right: Callable[[Any], bool], text: str) -> Check:
    return lambda value: None if right(value) else f"is {_shown(value)}, must {text}"


def _shown(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _rises(value: tuple[float, ...]) -> bool:
    return all(a < b for a, b in pairwise(value))


Positive = Annotated[float, _must(lambda v: v > 0.0, "be above 0")]
NonNegative = Annotated[float, _must(lambda v: v >= 0.0, "be 0 or more")]
Fraction = Annotated[float, _must(lambda v: 0.0 <= v <= 1.0, "lie within 0 to 1")]
Count = Annotated[int, _must(lambda v: v > 0, "be above 0")]
Rising = Annotated[
    tuple[float, ...],
    _must(lambda v: len(v) > 0 and min(v) >= 0.0 and _rises(v), "rise from entry to entry, from 0 or above"),
]
Window = Annotated[
    tuple[float, float], _must(lambda v: 0.0 <= v[0] < v[1], "be [low, high] with 0 <= low < high")
]
PolarRange = Annotated[
    tuple[float, float],
    _must(lambda v: 0.0 <= v[0] < v[1] <= 180.0, "be [low, high] in 0 to 180 degrees"),
]
Rings = Annotated[tuple[int, int], _must(lambda v: 1 <= v[0] <= v[1], "be [first, last], from 1 up")]


def is_finite(value: float) -> bool:
    """Whether a number of a card is neither infinite nor NaN."""
    return math.isfinite(value)
