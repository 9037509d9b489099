"""A dark photon that couples χ₁ to a heavier χ₂, which decays back by an off-shell A′: displaced.

L = ε e Q ψ̄γ^μψ A′_μ + g_D χ̄₂γ^μχ₁ A′_μ (of Majorana fermions: i g_D), g_D² = 4π α_D (D. Tucker-Smith, N. Weiner, Phys.
Rev. D 64 (2001) 043502; E. Izaguirre, G. Krnjaic, B. Shuve, Phys. Rev. D 93 (2016) 063523).
"""

import math

import numpy as np

from scotopic.errors import InputError
from scotopic.physics.hadrons import tabulated_ratios
from scotopic.physics.hadrons.breit_wigner import momentum
from scotopic.physics.model import Decay, Model
from scotopic.physics.models.dark_photon import CHARGES, couple_to_matter
from scotopic.physics.models.sm import LEPTONS, checked_alpha, qed_vertices
from scotopic.physics.models.vector_charges import E
from scotopic.physics.models.vector_widths import partial_widths
from scotopic.physics.particles import PHOTON, Particle, pdg_code
from scotopic.physics.standard_model import ALPHA_0, ELECTRON_MASS, MUON_MASS, TAU_MASS

THRESHOLDS = (ELECTRON_MASS, MUON_MASS, TAU_MASS)
NODES, WEIGHTS = np.polynomial.legendre.leggauss(48)


def model(
    mass: float,
    epsilon: float,
    mchi: float | None = None,
    splitting: float = 0.1,
    alphaD: float = 0.1,
    alpha_inv: float = 1.0 / ALPHA_0,
) -> Model:
    """Return the model; `mchi` is χ₁'s mass (GeV, a third of the A′'s unless given), `splitting` (m₂ − m₁)/m₁."""
    light = mass / 3.0 if mchi is None else mchi
    for name, value in (("mass", mass), ("mchi", light), ("splitting", splitting)):
        if not value > 0.0:
            raise InputError(f"inelastic-dark-matter: {name} = {value}, must be positive")
    for name, value in (("epsilon", epsilon), ("alphaD", alphaD)):
        if not value >= 0.0:
            raise InputError(f"inelastic-dark-matter: {name} = {value}, must not be negative")
    heavy = light * (1.0 + splitting)
    if heavy - light >= mass:
        raise InputError(
            f"inelastic-dark-matter: χ₂ is heavier than χ₁ by {heavy - light} GeV and decays to an A′ of "
            f"{mass} GeV on its shell; the splitting must be below mass/mchi"
        )
    alpha = checked_alpha(alpha_inv)
    known, vertices = couple_to_matter(mass, epsilon * math.sqrt(4.0 * math.pi * alpha))
    dark = 4.0 * math.pi * alphaD
    decays = (*known, Decay("Ap", "chi1 chi2", pair_width(mass, light, heavy, dark)))
    total = math.fsum(decay.width for decay in decays)
    # per ε² the width of A′ to matter goes with the model's α
    strength = epsilon**2 * dark * 4.0 * math.pi * alpha / E**2
    after = tuple(
        Decay("chi2", f"chi1 {products}", strength * width)
        for products, width in three_body_widths(mass, light, heavy).items()
        if width > 0.0
    )
    lasting = math.fsum(decay.width for decay in after)
    return Model(
        name="inelastic-dark-matter",
        parameters=(
            ("mass", mass),
            ("epsilon", epsilon),
            ("mchi", light),
            ("splitting", splitting),
            ("alphaD", alphaD),
            ("alpha_inv", alpha_inv),
        ),
        particles=(
            *LEPTONS,
            PHOTON,
            Particle("Ap", "Ap", pdg_code("Ap"), 2, 0, mass, total),
            Particle("chi1", "chi1", pdg_code("chi1"), 1, 0, light),
            Particle("chi2", "chi2", pdg_code("chi2"), 1, 0, heavy, lasting),
        ),
        vertices=(*qed_vertices(alpha), *vertices),
        decays=(*decays, *after),
        mediator="Ap",
    )


def _squared(s: np.ndarray, light: float, heavy: float) -> np.ndarray:
    """Return Σ|M|² of χ₁, χ₂ and a vector of mass² s per g², all spins summed, the vector's −g + kk/s."""
    product = 0.5 * (light**2 + heavy**2 - s)  # p₁·p₂ in χ₂ → χ₁V
    both = light * heavy
    return np.asarray(8.0 * product - 16.0 * both + 4.0 * (heavy - light) ** 2 * (product + both) / s)


def pair_width(mass: float, light: float, heavy: float, squared: float) -> float:
    """Return Γ(A′ → χ₁χ₂) in GeV for g_D² = `squared`."""
    s = np.array([mass**2])
    width = -_squared(s, light, heavy) / 3.0 * momentum(s, light, heavy) / (8.0 * math.pi * s)
    return squared * float(width[0])


def three_body_widths(mass: float, light: float, heavy: float) -> dict[str, float]:
    """Return Γ(χ₂ → χ₁ A′* → χ₁ X) in GeV by X, per ε² g_D².

    ∫ ds/π Γ(χ₂ → χ₁V_s) √s Γ(V_s → X)/(s − M²)², s between pieces that thresholds and ρ, ω, φ separate. For
    m_e ≪ Δ ≪ m_χ this is Γ(χ₁e⁺e⁻) = 4 α α_D ε² Δ⁵/(15π M⁴).
    """
    end = heavy - light
    cuts = [2.0 * x for x in THRESHOLDS] + [
        0.28,
        0.6,
        0.75,
        0.77,
        0.80,
        1.0,
        1.015,
        1.024,
        1.1,
        1.7,
        1.9,
        3.7,
    ]
    edges = np.unique([2.0 * ELECTRON_MASS, *(x for x in cuts if x < end), end])
    if end <= 2.0 * ELECTRON_MASS:
        return {}
    low, high = np.log(edges[:-1, None]), np.log(edges[1:, None])
    q = np.exp(low + 0.5 * (high - low) * (1.0 + NODES)).ravel()
    measure = (WEIGHTS * 0.5 * (high - low)).ravel() * 2.0 * q**2  # ds
    s = q**2
    squared = 0.5 * _squared(s, light, heavy)
    # momentum of χ₁ where χ₂ decays to χ₁ and V_s
    away = ((heavy + light) ** 2 - s) * (end**2 - s)
    two_body = squared * np.sqrt(np.maximum(away, 0.0)) / (2.0 * heavy) / (8.0 * math.pi * heavy**2)
    weight = measure / math.pi * two_body * q / (s - mass**2) ** 2
    return {
        products: float(weight @ w) for products, w in partial_widths(CHARGES, q, tabulated_ratios).items()
    }
