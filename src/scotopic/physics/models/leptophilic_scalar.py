"""A scalar that couples to charged leptons in proportion to their masses, L = −ξ Σ (m_l/v) φ l̄l.

B. Batell et al., Phys. Rev. D 95 (2017) 075003. Photons come by loops of leptons.
"""

import math

from scotopic.errors import InputError
from scotopic.physics.model import Decay, Model, Vertex
from scotopic.physics.models.sm import LEPTONS, checked_alpha, qed_vertices
from scotopic.physics.models.triangle_loop import LEPTON_MASSES, scalar_loop
from scotopic.physics.particles import PHOTON, Particle, pdg_code
from scotopic.physics.standard_model import ALPHA_0, FERMI_CONSTANT

V = math.sqrt(1.0 / (math.sqrt(2.0) * FERMI_CONSTANT))
"""Vacuum expectation value of the Higgs field, 246.22 GeV."""


def model(mass: float, xi: float, alpha_inv: float = 1.0 / ALPHA_0) -> Model:
    """Return the model of a scalar of a mass (GeV) with `xi` times the Higgs boson's couplings to leptons."""
    if not mass > 0.0:
        raise InputError(f"leptophilic-scalar: mass = {mass} GeV, must be positive")
    alpha = checked_alpha(alpha_inv)
    decays = (
        *(Decay("phi", f"{x.name} {x.anti}", lepton_width(mass, xi, x.mass)) for x in LEPTONS),
        Decay("phi", "gamma gamma", photon_width(mass, xi, alpha)),
    )
    total = math.fsum(decay.width for decay in decays)
    return Model(
        name="leptophilic-scalar",
        parameters=(("mass", mass), ("xi", xi), ("alpha_inv", alpha_inv)),
        particles=(*LEPTONS, PHOTON, Particle("phi", "phi", pdg_code("phi"), 0, 0, mass, total)),
        vertices=(
            *qed_vertices(alpha),
            *(Vertex("FFS", (x.name, x.name, "phi"), (-xi * x.mass / V, 0.0), "scalar") for x in LEPTONS),
        ),
        decays=decays,
        mediator="phi",
    )


def lepton_width(mass: float, xi: float, lepton_mass: float) -> float:
    """Return Γ(φ → l⁺l⁻) = ξ² m_l² m (1 − 4m_l²/m²)^{3/2}/(8πv²) in GeV; 0 below threshold."""
    opening = max(1.0 - (2.0 * lepton_mass / mass) ** 2, 0.0)
    return (xi * lepton_mass / V) ** 2 * mass * opening * math.sqrt(opening) / (8.0 * math.pi)


def photon_width(mass: float, xi: float, alpha: float = ALPHA_0) -> float:
    """Return Γ(φ → γγ) = ξ² α² m³ |Σ A|²/(256 π³ v²) in GeV."""
    loops = sum(scalar_loop(mass, lepton) for lepton in LEPTON_MASSES)
    return (xi * alpha * abs(loops) / V) ** 2 * mass**3 / (256.0 * math.pi**3)
