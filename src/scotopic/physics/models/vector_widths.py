"""Widths of a vector that couples to fermions and quarks."""

import math
from collections.abc import Callable

import numpy as np

from scotopic.numerics.arrays import Floats
from scotopic.physics.hadrons import ELECTRIC, QuarkCharges, hadronic_ratios, narrow_ratios
from scotopic.physics.models.vector_charges import LEPTON_MASSES, NEUTRINO_NAMES, VectorCharges

Ratios = Callable[[Floats, QuarkCharges], dict[str, Floats]]


def vector_width(mass: float, coupling: float, fermion_mass: float) -> float:
    """Return Γ(V → ff̄) = (g²M/12π)(1 + 2r)√(1 − 4r), r = m_f²/M², in GeV; 0 below threshold.

    Dirac fermion, vector coupling g ψ̄γ^μψ V_μ.
    """
    opening = float(_opening(np.array([mass]), fermion_mass)[0])
    return coupling**2 * mass / (12.0 * math.pi) * opening


def partial_widths(
    charges: VectorCharges, mass: Floats, ratios: Ratios = hadronic_ratios
) -> dict[str, Floats]:
    """Return partial widths per squared coupling in GeV at masses (GeV), by products, decays to dark ones left out.

    Γ = (g²M/12π) times x_f²(1 + 2r)√(1 − 4r) for leptons, half of x_ν² for neutrinos, R for hadrons: by final
    state up to 1.7 GeV, ``"hadrons"`` above. Narrow J/ψ, ψ(2S), Υ(1S–3S) are Breit–Wigner shapes that share out
    among leptons and ``"hadrons"``; they do not interfere with the rest. A vector of quarks alone reaches leptons by
    mesons and a photon, too: that is mixing, and left to `VectorCharges.mixing`.

    Parameters
    ----------
    ratios : function
        How R comes: exactly, or from a table with `tabulated_ratios`.
    """
    unit = mass / (12.0 * math.pi)
    mixing, quarks = np.ones(mass.shape), charges.quarks
    mixes = charges.loops and not any((quarks.u, quarks.d, quarks.s, quarks.c, quarks.b))
    amplitude = charges.mixing(mass) if charges.loops else None
    if mixes and amplitude is not None:
        mixing, quarks = amplitude**2, ELECTRIC
    leptonic, hadronic = narrow_ratios(mass, quarks)
    found = {}
    for lepton, lepton_mass in LEPTON_MASSES.items():
        opening = _opening(mass, lepton_mass)
        squared = charges.of(lepton, mass, amplitude) ** 2
        if mixes or dict(charges.direct).get(lepton):
            squared = squared + mixing * leptonic
        found[f"{lepton}- {lepton}+"] = unit * squared * opening
    for neutrino in NEUTRINO_NAMES:
        # one helicity: half of a massless Dirac fermion
        found[f"{neutrino} {neutrino}~"] = 0.5 * unit * charges.of(neutrino, mass) ** 2
    if not any((quarks.u, quarks.d, quarks.s, quarks.c, quarks.b)):
        return found
    for products, ratio in ratios(mass, quarks).items():
        found[products] = unit * mixing * (ratio + hadronic if products == "hadrons" else ratio)
    return found


def visible_fractions(charges: VectorCharges, mass: Floats) -> dict[str, Floats]:
    """Return the branching fractions at masses (GeV), by products, where there are no decays to dark particles."""
    widths = partial_widths(charges, mass)
    total = sum(widths.values())
    return {products: width / total for products, width in widths.items()}


def _opening(mass: Floats, fermion_mass: float) -> Floats:
    r = np.minimum((fermion_mass / mass) ** 2, 0.25)
    return np.asarray((1.0 + 2.0 * r) * np.sqrt(1.0 - 4.0 * r))
