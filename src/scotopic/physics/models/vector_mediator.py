"""A vector Z′ of any charges, L = g Z′_μ (Σ x_f f̄γ^μf), with an invisible partner χ.

Neutrinos are left-handed. Hadrons come by vector-meson dominance: `scotopic.physics.hadrons`.
"""

import math
from dataclasses import dataclass, field

from scotopic.errors import InputError
from scotopic.physics.hadrons import QuarkCharges
from scotopic.physics.model import Decay, Model, Vertex
from scotopic.physics.models.partner import partner_decay
from scotopic.physics.models.sm import LEPTONS, checked_alpha, qed_vertices
from scotopic.physics.models.vector_widths import hadronic_decays, vector_width
from scotopic.physics.particles import NEUTRINOS, PHOTON, Particle, pdg_code


@dataclass(frozen=True)
class VectorCharges:
    """VectorCharges x_f in units of g: e, μ, τ; their neutrinos; quarks."""

    leptons: tuple[float, float, float] = (0.0, 0.0, 0.0)
    neutrinos: tuple[float, float, float] = (0.0, 0.0, 0.0)
    quarks: QuarkCharges = field(default_factory=lambda: QuarkCharges(0.0, 0.0, 0.0, 0.0, 0.0))


def vector_mediator(
    name: str,
    charges: VectorCharges,
    mass: float,
    g: float,
    gchi: float,
    mchi: float | None,
    partner: str,
    alpha_inv: float,
) -> Model:
    """Return the model of a Z′ of a mass (GeV) and coupling g.

    `gchi` is the partner's coupling, `mchi` its mass (GeV, a third of the Z′'s where None), `partner` its kind,
    see `partner_decay`.
    """
    chi_mass = mass / 3.0 if mchi is None else mchi
    for what, value in (("mass", mass), ("mchi", chi_mass)):
        if not 0.0 < value < math.inf:
            raise InputError(f"{name}: {what} = {value} GeV, must be positive and finite")
    for what, value in (("g", g), ("gchi", gchi)):
        if not 0.0 <= value < math.inf:
            raise InputError(f"{name}: {what} = {value}, must not be negative")
    decays, vertices = [], []
    for lepton, x in zip(LEPTONS, charges.leptons, strict=True):
        if x:
            decays.append(Decay("Zp", f"{lepton.name} {lepton.anti}", vector_width(mass, g * x, lepton.mass)))
            vertices.append(Vertex("FFV", (lepton.name, lepton.name, "Zp"), (g * x, g * x), name))
    for neutrino, x in zip(NEUTRINOS, charges.neutrinos, strict=True):
        if x:
            # one helicity: half of a massless Dirac fermion
            width = 0.5 * vector_width(mass, g * x, 0.0)
            decays.append(Decay("Zp", f"{neutrino.name} {neutrino.anti}", width))
            vertices.append(Vertex("FFV", (neutrino.name, neutrino.name, "Zp"), (g * x, 0.0), name))
    decays += hadronic_decays("Zp", mass, g, charges.quarks)
    decays.append(partner_decay("Zp", mass, gchi, chi_mass, partner))
    dark: tuple[Vertex, ...] = ()
    chi: tuple[Particle, ...] = ()
    if partner == "dirac":
        chi = (Particle("chi", "chi~", pdg_code("chi"), 1, 0, chi_mass),)
        dark = (Vertex("FFV", ("chi", "chi", "Zp"), (gchi, gchi), "dark"),)
    total = math.fsum(decay.width for decay in decays)
    return Model(
        name=name,
        parameters=(
            ("mass", mass),
            ("g", g),
            ("gchi", gchi),
            ("mchi", chi_mass),
            ("partner", partner),
            ("alpha_inv", alpha_inv),
        ),
        particles=(
            *LEPTONS,
            *NEUTRINOS,
            PHOTON,
            Particle("Zp", "Zp", pdg_code("Zp"), 2, 0, mass, total),
            *chi,
        ),
        vertices=(*qed_vertices(checked_alpha(alpha_inv)), *vertices, *dark),
        decays=tuple(decays),
        mediator="Zp",
    )
