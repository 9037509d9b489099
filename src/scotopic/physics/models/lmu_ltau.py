"""A Z′ that gauges L_μ − L_τ: g′ to μ and ν_μ, −g′ to τ and ν_τ; no mixing with the photon."""

import math

from scotopic.errors import InputError
from scotopic.physics.model import Decay, Model, Vertex
from scotopic.physics.models.sm import LEPTONS, checked_alpha, qed_vertices
from scotopic.physics.models.vector_widths import vector_width
from scotopic.physics.particles import MUON, NEUTRINOS, PHOTON, TAU, Particle, pdg_code
from scotopic.physics.standard_model import ALPHA_0


def model(mass: float, gprime: float, invisible: str = "standard", alpha_inv: float = 1.0 / ALPHA_0) -> Model:
    """Return the model; mass in GeV.

    `invisible` is ``standard``, decays to neutrinos beside those to μ and τ, or ``dark``: dark matter takes
    all decays, with the standard total width in place of the unknown one.
    """
    if not mass > 0.0:
        raise InputError(f"lmu-ltau: mass = {mass} GeV, must be positive")
    if not gprime >= 0.0:
        raise InputError(f"lmu-ltau: gprime = {gprime}, must not be negative")
    if invisible not in ("standard", "dark"):
        raise InputError(f"lmu-ltau: invisible = {invisible!r}, expected standard or dark")
    charges = ((MUON, NEUTRINOS[1], gprime), (TAU, NEUTRINOS[2], -gprime))
    decays = []
    vertices = []
    for lepton, neutrino, g in charges:
        decays.append(Decay("Zp", f"{lepton.name} {lepton.anti}", vector_width(mass, g, lepton.mass)))
        # one helicity: half of a massless Dirac fermion
        decays.append(Decay("Zp", f"{neutrino.name} {neutrino.anti}", 0.5 * vector_width(mass, g, 0.0)))
        vertices.append(Vertex("FFV", (lepton.name, lepton.name, "Zp"), (g, g), "lmu-ltau"))
        vertices.append(Vertex("FFV", (neutrino.name, neutrino.name, "Zp"), (g, 0.0), "lmu-ltau"))
    total = math.fsum(decay.width for decay in decays)
    if invisible == "dark":
        decays = [Decay("Zp", "invisible", total)]
    boson = Particle("Zp", "Zp", pdg_code("Zp"), 2, 0, mass, total)
    return Model(
        name="lmu-ltau",
        parameters=(("mass", mass), ("gprime", gprime), ("invisible", invisible), ("alpha_inv", alpha_inv)),
        particles=(*LEPTONS, *NEUTRINOS[1:], PHOTON, boson),
        vertices=(*qed_vertices(checked_alpha(alpha_inv)), *vertices),
        decays=tuple(decays),
        mediator="Zp",
    )
