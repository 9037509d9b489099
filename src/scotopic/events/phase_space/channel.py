"""The noun Channel: one map from the unit cube to phase space."""

from collections.abc import Callable
from dataclasses import dataclass

from scotopic.numerics.arrays import Floats

Built = tuple[Floats, Floats]
"""Momenta (slots, 4, N) and the Lorentz-invariant phase space per volume of the cube (N,)."""


@dataclass(frozen=True)
class Channel:
    """A map.

    Attributes
    ----------
    name : str
    dimensions : int
    build : callable (u (d, N), sqrt_s (N,)) -> Built
    share : callable (momenta, sqrt_s) -> (N,)
        The part of the integrand that the channel samples; those of all channels add up to the whole.
    """

    name: str
    dimensions: int
    build: Callable[[Floats, Floats], Built]
    share: Callable[[Floats, Floats], Floats]
