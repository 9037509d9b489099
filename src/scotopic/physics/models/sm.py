"""The Standard Model of leptons and pion pairs: quantum electrodynamics, and the weak force for neutrinos.

At 10.6 GeV the interference with the Z shifts angular distributions of charged leptons by a per cent and total
rates by less; weak vertices are used only in processes that QED does not lead to, unless ``weak`` is ``always``.
"""

import math

from scotopic.errors import InputError
from scotopic.physics.model import Model, Vertex
from scotopic.physics.models.pions import HADRONIC_PHOTON, PION, PION_PAIR, pion_vertices
from scotopic.physics.particles import ELECTRON, MUON, NEUTRINOS, PHOTON, TAU, Particle
from scotopic.physics.standard_model import ALPHA_0, FERMI_CONSTANT, W_MASS, Z_MASS, Z_WIDTH

LEPTONS = (ELECTRON, MUON, TAU)

ORDERS = {
    "needed": (("QED",), ("QED", "pions"), ("QED", "weak")),
    "always": (("QED", "weak"), ("QED", "pions")),
}
"""Interactions that are used alone, first choice first."""


def qed_vertices(alpha: float) -> tuple[Vertex, ...]:
    """Return -Q e ψ̄γ^μψ A_μ of each charged lepton."""
    e = math.sqrt(4.0 * math.pi * alpha)

    def vertex(lepton: Particle) -> Vertex:
        g = -lepton.charge * e
        return Vertex("FFV", (lepton.name, lepton.name, PHOTON.name), (g, g), "QED")

    return tuple(vertex(lepton) for lepton in LEPTONS)


def weak_vertices(alpha: float, fermi: float, w_mass: float, z_mass: float) -> tuple[Vertex, ...]:
    """Return the vertices of W and Z with leptons, W⁺W⁻γ and W⁺W⁻Z.

    g² = 4√2 G_F m_W², sin²θ = 1 - m_W²/m_Z² (on-shell scheme): (g/√2) ν̄γ^μP_L l W⁺_μ + h.c. and
    (g/cosθ) f̄γ^μ(T₃P_L - Q sin²θ) f Z_μ. The photon keeps its own α.
    """
    g = math.sqrt(4.0 * math.sqrt(2.0) * fermi) * w_mass
    sin2 = 1.0 - (w_mass / z_mass) ** 2
    neutral = g / math.sqrt(1.0 - sin2)
    e = math.sqrt(4.0 * math.pi * alpha)
    vertices = [
        Vertex("VVV", (PHOTON.name, "W+", "W-"), (e,), "weak"),
        Vertex("VVV", ("Z", "W+", "W-"), (-g * w_mass / z_mass,), "weak"),  # -g cosθ, as A couples by -Q e
    ]
    for lepton, neutrino in zip(LEPTONS, NEUTRINOS, strict=True):
        charged = (g / math.sqrt(2.0), 0.0)
        vertices += [
            Vertex("FFV", (neutrino.name, lepton.name, "W+"), charged, "weak"),
            Vertex("FFV", (lepton.name, neutrino.name, "W-"), charged, "weak"),
            Vertex("FFV", (neutrino.name, neutrino.name, "Z"), (0.5 * neutral, 0.0), "weak"),
            Vertex("FFV", (lepton.name, lepton.name, "Z"), ((sin2 - 0.5) * neutral, sin2 * neutral), "weak"),
        ]
    return tuple(vertices)


def checked_alpha(alpha_inv: float) -> float:
    """Return α from 1/α, refusing what cannot be one."""
    if not 50.0 < alpha_inv < 200.0:
        raise InputError(f"alpha_inv = {alpha_inv}: 1/α is 137.035999 at zero momentum; expected 50 to 200")
    return 1.0 / alpha_inv


def model(
    alpha_inv: float = 1.0 / ALPHA_0,
    fermi: float = FERMI_CONSTANT,
    w_mass: float = W_MASS,
    z_mass: float = Z_MASS,
    weak: str = "needed",
) -> Model:
    """Return QED of e, μ, τ and pion pairs with 1/α = `alpha_inv`, and weak vertices from G_F, m_W, m_Z (GeV).

    `weak` is ``needed``, W and Z where QED leads to no process, or ``always``.
    """
    alpha = checked_alpha(alpha_inv)
    if weak not in ORDERS:
        raise InputError(f"sm: weak = {weak!r}, expected {' or '.join(ORDERS)}")
    if not (fermi > 0.0 and 0.0 < w_mass < z_mass):
        raise InputError(
            f"sm: fermi = {fermi}, w_mass = {w_mass}, z_mass = {z_mass}: expected 0 < w_mass < z_mass"
        )
    return Model(
        name="sm",
        parameters=(
            ("alpha_inv", alpha_inv),
            ("fermi", fermi),
            ("w_mass", w_mass),
            ("z_mass", z_mass),
            ("weak", weak),
        ),
        particles=(
            *LEPTONS,
            *NEUTRINOS,
            PHOTON,
            PION,
            HADRONIC_PHOTON,
            Particle("W+", "W-", 24, 2, 1, w_mass),
            Particle("Z", "Z", 23, 2, 0, z_mass, Z_WIDTH),
        ),
        vertices=(*qed_vertices(alpha), *pion_vertices(alpha), *weak_vertices(alpha, fermi, w_mass, z_mass)),
        leading=ORDERS[weak],
        form_factors=(PION_PAIR,),
    )
