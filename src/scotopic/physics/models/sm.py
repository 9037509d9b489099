"""The Standard Model as far as it is needed here: quantum electrodynamics of the charged leptons."""

import math

from scotopic.errors import InputError
from scotopic.physics.model import Model, Vertex
from scotopic.physics.particles import ELECTRON, MUON, PHOTON, TAU, Particle
from scotopic.physics.standard_model import ALPHA_0

LEPTONS = (ELECTRON, MUON, TAU)


def qed_vertices(alpha: float) -> tuple[Vertex, ...]:
    """Return -Q e ψ̄γ^μψ A_μ of each charged lepton."""
    e = math.sqrt(4.0 * math.pi * alpha)

    def vertex(lepton: Particle) -> Vertex:
        g = -lepton.charge * e
        return Vertex("FFV", (lepton.name, lepton.name, PHOTON.name), (g, g), "QED")

    return tuple(vertex(lepton) for lepton in LEPTONS)


def checked_alpha(alpha_inv: float) -> float:
    """Return α from 1/α, refusing what cannot be one."""
    if not 50.0 < alpha_inv < 200.0:
        raise InputError(f"alpha_inv = {alpha_inv}: 1/α is 137.035999 at zero momentum; expected 50 to 200")
    return 1.0 / alpha_inv


def model(alpha_inv: float = 1.0 / ALPHA_0) -> Model:
    """Return QED of e, μ, τ with 1/α = `alpha_inv`."""
    vertices = qed_vertices(checked_alpha(alpha_inv))
    return Model("sm", (("alpha_inv", alpha_inv),), (*LEPTONS, PHOTON), vertices)
