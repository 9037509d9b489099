"""What a value of an experiment card may physically be: annotated types with their checks."""

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Annotated, Any, Protocol, TypeGuard, runtime_checkable

from scotopic.text_files import shown

Check = Callable[[Any], str | None]  # what is wrong with the value, or None
Conflict = tuple[tuple[str, ...], str]  # keys whose values do not fit together, and why

LARGEST = 2**63  # whole numbers of NumPy


@runtime_checkable
class Consistent(Protocol):
    """A section of a card whose values must fit one another."""

    def conflicts(self) -> Iterator[Conflict]:
        """Yield what does not fit together."""


def _must(right: Callable[[Any], bool], text: str) -> Check:
    return lambda value: None if right(value) else f"is {shown(value)}, must {text}"


def _rises(value: tuple[float, ...]) -> bool:
    return all(a < b for a, b in pairwise(value))


Positive = Annotated[float, _must(lambda v: v > 0.0, "be above 0")]
NonNegative = Annotated[float, _must(lambda v: v >= 0.0, "be 0 or more")]
Fraction = Annotated[float, _must(lambda v: 0.0 <= v <= 1.0, "lie within 0 to 1")]
SmallAngle = Annotated[float, _must(lambda v: abs(v) < 0.5, "lie within -0.5 to 0.5 rad")]
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


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value is a finite number that is no truth value and fits a float."""
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # a whole number beyond every float
        return False


def unequal_lengths(section: object, *keys: str) -> Iterator[Conflict]:
    """Yield the lists of a section that should have one length and have not."""
    lengths = {key: len(getattr(section, key)) for key in keys}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{key} has {n}" for key, n in lengths.items())
        yield keys, f"expected lists of one length, {found}"
