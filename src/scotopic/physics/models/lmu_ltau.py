"""A Z′ that gauges L_μ − L_τ: g′ to μ and ν_μ, −g′ to τ and ν_τ; no mixing with the photon."""

import math

from scotopic.errors import InputError
from scotopic.physics.model import Decay, Model, Vertex
from scotopic.physics.models.sm import LEPTONS, checked_alpha, qed_vertices
from scotopic.physics.models.vector_widths import vector_width
from scotopic.physics.particles import MUON, NEUTRINOS, PHOTON, TAU, Particle, pdg_code
from scotopic.physics.standard_model import ALPHA_0


def model(mass: float, gprime: float, dark: float = 0.0, alpha_inv: float = 1.0 / ALPHA_0) -> Model:
    """Return the model; `dark` is the branching fraction to dark matter that comes on top of neutrinos.

    0: the standard widths; towards 1: a Z′ that is invisible only.
    """
    if not mass > 0.0:
        raise InputError(f"lmu-ltau: mass = {mass} GeV, must be positive")
    if not gprime >= 0.0:
        raise InputError(f"lmu-ltau: gprime = {gprime}, must not be negative")
    if not 0.0 <= dark < 1.0:
        raise InputError(f"lmu-ltau: dark = {dark}, a branching fraction of at least 0 and below 1")
    charges = ((MUON, NEUTRINOS[1], gprime), (TAU, NEUTRINOS[2], -gprime))
    decays = []
    vertices = []
    for lepton, neutrino, g in charges:
        decays.append(Decay("Zp", f"{lepton.name} {lepton.anti}", vector_width(mass, g, lepton.mass)))
        # one helicity: half of a massless Dirac fermion
        decays.append(Decay("Zp", f"{neutrino.name} {neutrino.anti}", 0.5 * vector_width(mass, g, 0.0)))
        vertices.append(Vertex("FFV", (lepton.name, lepton.name, "Zp"), (g, g), "lmu-ltau"))
        vertices.append(Vertex("FFV", (neutrino.name, neutrino.name, "Zp"), (g, 0.0), "lmu-ltau"))
    standard = math.fsum(decay.width for decay in decays)
    decays.append(Decay("Zp", "invisible", standard * dark / (1.0 - dark)))
    boson = Particle("Zp", "Zp", pdg_code("Zp"), 2, 0, mass, standard / (1.0 - dark))
    return Model(
        name="lmu-ltau",
        parameters=(("mass", mass), ("gprime", gprime), ("dark", dark), ("alpha_inv", alpha_inv)),
        particles=(*LEPTONS, *NEUTRINOS[1:], PHOTON, boson),
        vertices=(*qed_vertices(checked_alpha(alpha_inv)), *vertices),
        decays=tuple(decays),
        mediator="Zp",
    )
