"""Density of one photon that a pair of charged particles, or a charged particle's decay to one, radiates.

A system of mass M goes to two particles of masses m₁, m₂ and a photon. With v = 1 - M'²/M², M' the mass of the two,
a = 2p₂·k/M², b = 2p₁·k/M² (a + b = v), rᵢ = mᵢ²/M² and the angle θ of the photon to particle 1 in the rest frame of
the two, the probability of emission is

    dP = (α/2π) v (β'/β) (Ê + h) dv dcosθ,

β and β' being 2p/M of the two before and after. Ê, M²/4 times the eikonal factor, is

    (1 - v - r₁ - r₂)/(ab) - r₁/b² - r₂/a²        of a pair of opposite charges,
    (1 + r₁ - r₂ - a)/(vb) - 1/v² - r₁/b²         where the system has the charge of particle 1.

The hard part h makes the first order exact, masses included, averaged over polarisations (tree amplitudes), for

- a vector to fermions, h = (a/b + b/a)/(2 + 4r), and to scalars, 2/(1 - 4r);
- a scalar or pseudoscalar to fermions, h = (a/b + b/a + 2)/2, divided by 1 - 4r for the scalar.

For other systems each fermion has its collinear part, a/(2b) for particle 1: with the eikonal factor it is the
splitting function (1 + z²)/(1 - z) of a fermion, and 2z/(1 - z) of a scalar.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from scotopic.numerics.arrays import Floats

Source = Literal["vector", "scalar", "pseudoscalar", "charged", "any"]


@dataclass(frozen=True)
class Radiating:
    """What radiates.

    Attributes
    ----------
    source : {"vector", "scalar", "pseudoscalar", "charged", "any"}
        What the two particles come from; ``"charged"``: what has the charge of the first, the second being neutral.
    fermions : (bool, bool)
        Whether the two have spin ½.
    """

    source: Source
    fermions: tuple[bool, bool]

    @property
    def decays(self) -> bool:
        """Whether the second is neutral, and the source has the charge of the first."""
        return self.source == "charged"


def largest(radiating: Radiating, r1: Floats, r2: Floats) -> Floats:
    """Return the upper limit of `numerator` at any v, a and b."""
    return 1.0 + r1 - r2 if radiating.decays else 1.0 - r1 - r2


def numerator(radiating: Radiating, a: Floats, b: Floats, r1: Floats, r2: Floats) -> Floats:
    """Return (Ê + h) without its poles: times ab for a pair, times vb for the decay of a charged particle."""
    v = a + b
    one, other = radiating.fermions
    if radiating.decays:
        hard = 0.5 * a * v * one
        return np.asarray(1.0 + r1 - r2 - a - b / v - r1 * v / b + hard)
    # of both masses, which are the same where the exact forms are meant
    r = 0.5 * (r1 + r2)
    if radiating.source == "vector" and one and other:
        hard = (a * a + b * b) / (2.0 + 4.0 * r)
    elif radiating.source == "vector" and not (one or other):
        hard = 2.0 * a * b / (1.0 - 4.0 * r)
    elif radiating.source in ("scalar", "pseudoscalar") and one and other:
        hard = 0.5 * v * v / (1.0 - 4.0 * r if radiating.source == "scalar" else 1.0)
    else:
        hard = 0.5 * (a * a * one + b * b * other)
    return np.asarray(1.0 - v - r1 - r2 - r1 * a / b - r2 * b / a + hard)
