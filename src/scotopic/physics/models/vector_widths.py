"""Widths of a vector that couples to fermions."""

import math


def vector_width(mass: float, coupling: float, fermion_mass: float) -> float:
    """Return Γ(V → ff̄) = (g²M/12π)(1 + 2r)√(1 − 4r), r = m_f²/M², in GeV; 0 below threshold.

    Dirac fermion, vector coupling g ψ̄γ^μψ V_μ.
    """
    r = (fermion_mass / mass) ** 2
    if r >= 0.25:
        return 0.0
    return coupling**2 * mass / (12.0 * math.pi) * (1.0 + 2.0 * r) * math.sqrt(1.0 - 4.0 * r)
