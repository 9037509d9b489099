"""Complex numbers as pairs of real arrays that know what is zero and what is constant.

A part is None (identically zero), a float (the same for all events) or a real array of any framework. Products
with None vanish and products of floats are folded before any array is touched, so a formula written once costs
only what its values need; no framework's complex type enters, and float32, float64 and long double work alike.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Real: TypeAlias = Any
"""None (zero), float (constant) or a real array, events on the last axis."""


def add(a: Real, b: Real) -> Real:
    """Return a + b."""
    if a is None:
        return b
    return a if b is None else a + b


def negative(a: Real) -> Real:
    """Return -a."""
    return None if a is None else -a


def subtract(a: Real, b: Real) -> Real:
    """Return a - b."""
    if b is None:
        return a
    return -b if a is None else a - b


def multiply(a: Real, b: Real) -> Real:
    """Return a b."""
    if a is None or b is None:
        return None
    if isinstance(b, float):
        a, b = b, a
    if isinstance(a, float):
        if a == 0.0:
            return None
        if a == 1.0:
            return b
        if a == -1.0:
            return -b
    return a * b


class Pair:
    """A complex number re + i im."""

    __slots__ = ("im", "re")

    def __init__(self, re: Real = None, im: Real = None) -> None:
        self.re = re
        self.im = im

    def __bool__(self) -> bool:
        """Return False if the number is identically zero."""
        return self.re is not None or self.im is not None

    def __add__(self, other: Pair) -> Pair:
        return Pair(add(self.re, other.re), add(self.im, other.im))

    def __sub__(self, other: Pair) -> Pair:
        return Pair(subtract(self.re, other.re), subtract(self.im, other.im))

    def __neg__(self) -> Pair:
        return Pair(negative(self.re), negative(self.im))

    def __mul__(self, other: Pair) -> Pair:
        return Pair(
            subtract(multiply(self.re, other.re), multiply(self.im, other.im)),
            add(multiply(self.re, other.im), multiply(self.im, other.re)),
        )

    def scaled(self, factor: Real) -> Pair:
        """Return the number times a real factor."""
        return Pair(multiply(factor, self.re), multiply(factor, self.im))

    def conjugate(self) -> Pair:
        """Return the complex conjugate."""
        return Pair(self.re, negative(self.im))

    def squared_modulus(self) -> Real:
        """Return re² + im²."""
        return add(multiply(self.re, self.re), multiply(self.im, self.im))


ZERO = Pair()
