"""Annihilation of dark matter through an s-channel mediator, from the mediator's widths at √s.

σ(s) = (2J + 1) 16π Γ_in Γ_out / (g β² [(s − M²)² + M²Γ²]) with Γ_in, Γ_out the widths that a mediator of mass √s would
have, β the velocity of the annihilating particles and g = (2S + 1)² of their spins. It follows from splitting the
squared amplitude at the propagator and is exact at tree level where the mediator couples to conserved currents.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scotopic.numerics.arrays import Floats

Kind = Literal["scalar", "majorana", "pseudo-dirac", "dirac"]


@dataclass(frozen=True)
class DarkStates:
    """What kind of particle dark matter is.

    Attributes
    ----------
    states : int
        Spin states, antiparticle included.
    spins : int
        (2S + 1)² of an annihilating pair.
    pairs : float
        Share of all pairs of states that annihilate: one half where a particle meets its antiparticle only.
    identical : bool
        Whether the two that annihilate are the same particle.
    """

    states: int
    spins: int
    pairs: float
    identical: bool


STATES: dict[Kind, DarkStates] = {
    "scalar": DarkStates(2, 1, 0.5, False),  # complex
    "majorana": DarkStates(2, 4, 1.0, True),
    # two Majorana states whose splitting is small against the temperature annihilate as one Dirac fermion
    "pseudo-dirac": DarkStates(4, 4, 0.5, False),
    "dirac": DarkStates(4, 4, 0.5, False),
}


def vector_width(kind: Kind, energy: Floats, mass: float, alpha_dark: float) -> Floats:
    """Return the width (GeV) of a vector of mass `energy` (GeV) into dark matter of a mass (GeV).

    Dirac and pseudo-Dirac: (α_D M/3)(1 + 2r)β; complex scalar: (α_D M/12)β³; Majorana with ½ g_D χ̄γ^μγ₅χ: (α_D M/6)β³;
    r = m²/M².
    """
    r = (mass / energy) ** 2
    beta = np.sqrt(np.maximum(1.0 - 4.0 * r, 0.0))
    if kind == "scalar":
        return np.asarray(alpha_dark * energy / 12.0 * beta**3)
    if kind == "majorana":
        return np.asarray(alpha_dark * energy / 6.0 * beta**3)
    return np.asarray(alpha_dark * energy / 3.0 * (1.0 + 2.0 * r) * beta)


def pseudoscalar_width(energy: Floats, mass: float, coupling: float) -> Floats:
    """Return g_χ² M β/(8π), the width (GeV) of a pseudoscalar into Dirac χχ̄ by i g_χ a χ̄γ₅χ."""
    beta = np.sqrt(np.maximum(1.0 - 4.0 * (mass / energy) ** 2, 0.0))
    return np.asarray(coupling**2 * energy * beta / (8.0 * np.pi))


def cross_section(
    dark: DarkStates,
    spin: int,
    mass: float,
    mediator: tuple[float, float],
    width_in: Callable[[Floats], Floats],
    width_out: Callable[[Floats], Floats],
) -> Callable[[Floats], Floats]:
    """Return σ(√s) in 1/GeV² of √s in GeV.

    Parameters
    ----------
    dark : DarkStates
    spin : int
        Of the mediator, 0 or 1.
    mass : float
        Of the annihilating particles, GeV.
    mediator : (float, float)
        Mass and total width, GeV.
    width_in, width_out : callable
        Widths (GeV) of a mediator of mass √s into the dark particles and into what they annihilate to.
    """
    pole, width = mediator
    number = (2 * spin + 1) * (2.0 if dark.identical else 1.0)

    def sigma(energy: Floats) -> Floats:
        s = energy**2
        beta2 = (energy - 2.0 * mass) * (energy + 2.0 * mass) / s
        line = ((energy - pole) * (energy + pole)) ** 2 + (pole * width) ** 2
        return np.asarray(
            16.0 * np.pi * number * width_in(energy) * width_out(energy) / (dark.spins * beta2 * line)
        )

    return sigma
