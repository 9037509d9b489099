"""A dark photon that mixes kinetically with the photon, and a Dirac fermion of its own charge.

L = ε e Q ψ̄γ^μψ A′_μ + g_D χ̄γ^μχ A′_μ with g_D² = 4π α_D. Decays to hadrons follow R.
"""

import math

from scotopic.errors import InputError
from scotopic.physics.model import Decay, Model, Vertex
from scotopic.physics.models.sm import LEPTONS, checked_alpha, qed_vertices
from scotopic.physics.models.vector_charges import ELECTROMAGNETIC, E, VectorCharges
from scotopic.physics.models.vector_mediator import couple
from scotopic.physics.models.vector_widths import vector_width
from scotopic.physics.particles import PHOTON, Particle, pdg_code
from scotopic.physics.standard_model import ALPHA_0

CHARGES = VectorCharges(tuple((fermion, E * x) for fermion, x in ELECTROMAGNETIC.direct))
"""Charges in units of ε."""


def model(
    mass: float,
    epsilon: float,
    alphaD: float = 0.1,
    mchi: float | None = None,
    alpha_inv: float = 1.0 / ALPHA_0,
) -> Model:
    """Return the model; `mchi` (GeV) is a third of the dark photon's mass unless given."""
    chi_mass = mass / 3.0 if mchi is None else mchi
    for name, value in (("mass", mass), ("mchi", chi_mass)):
        if not value > 0.0:
            raise InputError(f"dark-photon: {name} = {value} GeV, must be positive")
    for name, value in (("epsilon", epsilon), ("alphaD", alphaD)):
        if not value >= 0.0:
            raise InputError(f"dark-photon: {name} = {value}, must not be negative")
    alpha = checked_alpha(alpha_inv)
    visible = epsilon * math.sqrt(4.0 * math.pi * alpha)
    dark = math.sqrt(4.0 * math.pi * alphaD)
    chi = Particle("chi", "chi~", pdg_code("chi"), 1, 0, chi_mass)
    known, couplings = couple_to_matter(mass, visible)
    decays = (*known, Decay("Ap", "chi chi~", vector_width(mass, dark, chi_mass)))
    total = math.fsum(decay.width for decay in decays)
    boson = Particle("Ap", "Ap", pdg_code("Ap"), 2, 0, mass, total)
    return Model(
        name="dark-photon",
        parameters=(
            ("mass", mass),
            ("epsilon", epsilon),
            ("alphaD", alphaD),
            ("mchi", chi_mass),
            ("alpha_inv", alpha_inv),
        ),
        particles=(*LEPTONS, PHOTON, boson, chi),
        vertices=(
            *qed_vertices(alpha),
            *couplings,
            Vertex("FFV", ("chi", "chi", "Ap"), (dark, dark), "dark"),
        ),
        decays=decays,
        mediator="Ap",
    )


def couple_to_matter(mass: float, visible: float) -> tuple[tuple[Decay, ...], tuple[Vertex, ...]]:
    """Return decays, to hadrons too, and lepton vertices of a dark photon of a mass (GeV), `visible` = ε e."""
    return couple("Ap", ELECTROMAGNETIC, mass, visible, "dark")
