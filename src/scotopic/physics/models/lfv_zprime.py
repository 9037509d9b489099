"""A toy Z′ that couples to e and μ off-diagonally; no limit on a coupling is quoted from it.

L = g (ēγ^μμ + μ̄γ^μe) Z′_μ, a vector without further couplings.
"""

from scotopic.errors import InputError
from scotopic.physics.model import Model, Vertex
from scotopic.physics.models.sm import LEPTONS, checked_alpha, qed_vertices
from scotopic.physics.particles import ELECTRON, MUON, PHOTON, Particle, pdg_code
from scotopic.physics.standard_model import ALPHA_0


def model(mass: float, g: float = 1.0, alpha_inv: float = 1.0 / ALPHA_0) -> Model:
    """Return the model; mass in GeV. The Z′ is kept stable: it is invisible in the search."""
    if not mass > 0.0:
        raise InputError(f"lfv-zprime: mass = {mass} GeV, must be positive")
    if not g > 0.0:
        raise InputError(f"lfv-zprime: g = {g}, must be positive")
    couplings = tuple(
        Vertex("FFV", (one.name, other.name, "Zp"), (g, g), "lfv")
        for one, other in ((ELECTRON, MUON), (MUON, ELECTRON))
    )
    return Model(
        name="lfv-zprime",
        parameters=(("mass", mass), ("g", g), ("alpha_inv", alpha_inv)),
        particles=(*LEPTONS, PHOTON, Particle("Zp", "Zp", pdg_code("Zp"), 2, 0, mass)),
        vertices=(*qed_vertices(checked_alpha(alpha_inv)), *couplings),
        mediator="Zp",
    )
