"""A dark photon whose mass comes from a dark Higgs boson h′.

L = ε e Q ψ̄γ^μψ A′_μ + e_D m_A′ h′ A′·A′, e_D² = 4π α_D: the vertex is 2 e_D m_A′ g^{μν} (B. Batell, M. Pospelov,
A. Ritz, Phys. Rev. D 79 (2009) 115008). h′ is lighter than what it couples to and is kept stable.
"""

import math

from scotopic.errors import InputError
from scotopic.numerics.units import GEV2_TO_PB
from scotopic.physics.model import Model, Vertex
from scotopic.physics.models.dark_photon import couple_to_matter
from scotopic.physics.models.sm import LEPTONS, checked_alpha, qed_vertices
from scotopic.physics.particles import PHOTON, Particle, pdg_code
from scotopic.physics.standard_model import ALPHA_0


def model(
    mAp: float,
    mh: float,
    epsilon: float,
    alphaD: float = 0.1,
    alpha_inv: float = 1.0 / ALPHA_0,
) -> Model:
    """Return the model; masses in GeV."""
    for name, value in (("mAp", mAp), ("mh", mh)):
        if not value > 0.0:
            raise InputError(f"dark-higgs: {name} = {value} GeV, must be positive")
    for name, value in (("epsilon", epsilon), ("alphaD", alphaD)):
        if not value >= 0.0:
            raise InputError(f"dark-higgs: {name} = {value}, must not be negative")
    alpha = checked_alpha(alpha_inv)
    visible = epsilon * math.sqrt(4.0 * math.pi * alpha)
    decays, couplings = couple_to_matter(mAp, visible)
    total = math.fsum(decay.width for decay in decays)
    return Model(
        name="dark-higgs",
        parameters=(
            ("mAp", mAp),
            ("mh", mh),
            ("epsilon", epsilon),
            ("alphaD", alphaD),
            ("alpha_inv", alpha_inv),
        ),
        particles=(
            *LEPTONS,
            PHOTON,
            Particle("Ap", "Ap", pdg_code("Ap"), 2, 0, mAp, total),
            Particle("hd", "hd", pdg_code("hd"), 0, 0, mh),
        ),
        vertices=(
            *qed_vertices(alpha),
            *couplings,
            Vertex("VVS", ("Ap", "Ap", "hd"), (2.0 * math.sqrt(4.0 * math.pi * alphaD) * mAp,), "dark"),
        ),
        decays=decays,
        mediator="Ap",
    )


def higgsstrahlung_cross_section(
    mAp: float,
    mh: float,
    epsilon: float,
    alphaD: float,
    s: float,
    alpha: float = ALPHA_0,
) -> float:
    """Return σ(e+e- → A′h′) in pb, (π α α_D ε²/3s)(1 − x)⁻² √λ (λ + 12x), x = m_A′²/s, λ(1, x, m_h′²/s).

    Batell, Pospelov, Ritz, eq. 21; zero above threshold.
    """
    x, y = mAp**2 / s, mh**2 / s
    triangle = 1.0 + x * x + y * y - 2.0 * (x + y + x * y)
    if mAp + mh >= math.sqrt(s):
        return 0.0
    factor = math.pi * alpha * alphaD * epsilon**2 / (3.0 * s * (1.0 - x) ** 2)
    return factor * math.sqrt(triangle) * (triangle + 12.0 * x) * GEV2_TO_PB
