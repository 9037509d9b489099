"""An axion-like particle that couples to photons and to charged leptons.

L = −(g/4) a F F̃ + (g_l/2) ∂_μa Σ l̄γ^μγ₅l, both in 1/GeV; on shell the second is −i g_l m_l a l̄γ₅l. Loops of leptons
add to the decay to photons (M. Bauer, M. Neubert, A. Thamm, JHEP 12 (2017) 044).
"""

import math

from scotopic.errors import InputError
from scotopic.physics.model import Decay, Model, Vertex
from scotopic.physics.models.sm import LEPTONS, checked_alpha, qed_vertices
from scotopic.physics.models.triangle_loop import LEPTON_MASSES, derivative_loop
from scotopic.physics.particles import PHOTON, Particle, pdg_code
from scotopic.physics.standard_model import ALPHA_0


def model(
    mass: float, g: float = 0.0, gl: float = 0.0, invisible: float = 0.0, alpha_inv: float = 1.0 / ALPHA_0
) -> Model:
    """Return the model with an ALP of a mass (GeV), couplings `g`, `gl` (1/GeV) and invisible branching fraction."""
    if not mass > 0.0:
        raise InputError(f"alp-lepton: mass = {mass} GeV, must be positive")
    if not 0.0 <= invisible < 1.0:
        raise InputError(
            f"alp-lepton: invisible = {invisible}, a branching fraction of at least 0 and below 1"
        )
    alpha = checked_alpha(alpha_inv)
    visible = [Decay("a", "gamma gamma", photon_width(mass, g, gl, alpha))]
    visible += [Decay("a", f"{x.name} {x.anti}", lepton_width(mass, gl, x.mass)) for x in LEPTONS]
    seen = math.fsum(decay.width for decay in visible)
    decays = (*visible, Decay("a", "invisible", seen * invisible / (1.0 - invisible)))
    alp = Particle("a", "a", pdg_code("a"), 0, 0, mass, seen / (1.0 - invisible))
    return Model(
        name="alp-lepton",
        parameters=(
            ("mass", mass),
            ("g", g),
            ("gl", gl),
            ("invisible", invisible),
            ("alpha_inv", alpha_inv),
        ),
        particles=(*LEPTONS, PHOTON, alp),
        vertices=(
            *qed_vertices(alpha),
            Vertex("VVP", (PHOTON.name, PHOTON.name, "a"), (g,), "ALP"),
            *(Vertex("FFS", (x.name, x.name, "a"), (0.0, -gl * x.mass), "ALP") for x in LEPTONS),
        ),
        decays=decays,
        mediator="a",
    )


def lepton_width(mass: float, gl: float, lepton_mass: float) -> float:
    """Return Γ(a → l⁺l⁻) = g_l² m_l² m √(1 − 4m_l²/m²)/8π in GeV; 0 below threshold."""
    opening = max(1.0 - (2.0 * lepton_mass / mass) ** 2, 0.0)
    return gl**2 * lepton_mass**2 * mass * math.sqrt(opening) / (8.0 * math.pi)


def photon_width(mass: float, g: float, gl: float, alpha: float = ALPHA_0) -> float:
    """Return Γ(a → γγ) = |g − (α/π) g_l Σ (1 − f/x)|² m³/64π in GeV."""
    loops = sum(derivative_loop(mass, lepton) for lepton in LEPTON_MASSES)
    return abs(g - alpha / math.pi * gl * loops) ** 2 * mass**3 / (64.0 * math.pi)
