"""Widths of a vector that couples to fermions and quarks."""

import math

import numpy as np

from scotopic.physics.hadrons import ELECTRIC, QuarkCharges, hadronic_ratios
from scotopic.physics.model import Decay


def vector_width(mass: float, coupling: float, fermion_mass: float) -> float:
    """Return Γ(V → ff̄) = (g²M/12π)(1 + 2r)√(1 − 4r), r = m_f²/M², in GeV; 0 below threshold.

    Dirac fermion, vector coupling g ψ̄γ^μψ V_μ.
    """
    r = (fermion_mass / mass) ** 2
    if r >= 0.25:
        return 0.0
    return coupling**2 * mass / (12.0 * math.pi) * (1.0 + 2.0 * r) * math.sqrt(1.0 - 4.0 * r)


def hadronic_decays(
    vector: str, mass: float, coupling: float, charges: QuarkCharges = ELECTRIC
) -> tuple[Decay, ...]:
    """Return the open decays of a vector to hadrons, Γ = (g²M/12π) R, g times `charges` its coupling.

    R by final state up to 1.7 GeV, ``"hadrons"`` above; without J/ψ, ψ(2S), Υ(1S–3S), with which a vector
    mixes within their widths.
    """
    unit = coupling**2 * mass / (12.0 * math.pi)
    ratios = hadronic_ratios(np.array([mass]), charges)
    return tuple(
        Decay(vector, products, unit * float(ratio[0]))
        for products, ratio in ratios.items()
        if ratio[0] > 0.0
    )
