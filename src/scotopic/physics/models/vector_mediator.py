"""A vector Z′ of any charges, L = g Z′_μ (Σ x_f f̄γ^μf), with an invisible partner χ.

Neutrinos are left-handed. Hadrons come by vector-meson dominance: `scotopic.physics.hadrons`.
"""

import math

import numpy as np

from scotopic.errors import InputError
from scotopic.physics.model import Decay, Model, Vertex
from scotopic.physics.models.partner import partner_decay
from scotopic.physics.models.sm import LEPTONS, checked_alpha, qed_vertices
from scotopic.physics.models.vector_charges import LEPTON_MASSES, NEUTRINO_NAMES, VectorCharges
from scotopic.physics.models.vector_widths import partial_widths
from scotopic.physics.particles import NEUTRINOS, PHOTON, Particle, pdg_code


def couple(
    vector: str, charges: VectorCharges, mass: float, g: float, interaction: str
) -> tuple[tuple[Decay, ...], tuple[Vertex, ...]]:
    """Return decays of a vector of a mass (GeV) and coupling g to known particles, and its lepton vertices.

    Leptons with a charge are in the decays below their threshold, too, with a width of 0.
    """
    at = np.array([mass])
    x = {fermion: float(charges.of(fermion, at)[0]) for fermion in (*LEPTON_MASSES, *NEUTRINO_NAMES)}
    widths = {products: float(width[0]) for products, width in partial_widths(charges, at).items()}
    charged = {f"{lepton}- {lepton}+": x[lepton] for lepton in LEPTON_MASSES}
    charged |= {f"{neutrino} {neutrino}~": x[neutrino] for neutrino in NEUTRINO_NAMES}
    decays = tuple(
        Decay(vector, products, g**2 * width)
        for products, width in widths.items()
        if width > 0.0 or charged.get(products)
    )
    vertices = []
    for particle, name in zip((*LEPTONS, *NEUTRINOS), x, strict=True):
        if x[name]:
            right = 0.0 if name in NEUTRINO_NAMES else g * x[name]
            fields = (particle.name, particle.name, vector)
            vertices.append(Vertex("FFV", fields, (g * x[name], right), interaction))
    return decays, tuple(vertices)


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
    known, vertices = couple("Zp", charges, mass, g, name)
    decays = (*known, partner_decay("Zp", mass, gchi, chi_mass, partner))
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
        decays=decays,
        mediator="Zp",
    )
