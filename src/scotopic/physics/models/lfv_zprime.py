"""Toy models of a Z′ that couples to e and μ off-diagonally; no limit on a coupling is quoted from them.

vector: L = g (ēγ^μμ + μ̄γ^μe) Z′_μ. scalar: L = g (ēμ + μ̄e) Z′ of spin 0. flat: |M|², averaged and summed over
spins, is the constant g² GeV^(4 - 2k) for k outgoing particles, so that they fill phase space evenly.

A Z′ comes out and is never exchanged: e+e- → Z′Z′ → e-μ+Z′ is another signature, and without a width infinite.
"""

from scotopic.errors import InputError
from scotopic.physics.model import Model, Vertex
from scotopic.physics.models.sm import LEPTONS, checked_alpha, qed_vertices
from scotopic.physics.particles import ELECTRON, MUON, PHOTON, Particle, pdg_code
from scotopic.physics.standard_model import ALPHA_0

KINDS = ("vector", "scalar", "flat")


def model(mass: float, g: float = 1.0, kind: str = "vector", alpha_inv: float = 1.0 / ALPHA_0) -> Model:
    """Return the model; mass in GeV. The Z′ is kept stable: it is invisible in the search."""
    if not mass > 0.0:
        raise InputError(f"lfv-zprime: mass = {mass} GeV, must be positive")
    if not g > 0.0:
        raise InputError(f"lfv-zprime: g = {g}, must be positive")
    if kind not in KINDS:
        raise InputError(f"lfv-zprime: kind = {kind!r}, expected one of {', '.join(KINDS)}")
    spinless = kind == "scalar"
    couplings = tuple(
        Vertex("FFS" if spinless else "FFV", (*pair, "Zp"), (g, 0.0) if spinless else (g, g), "lfv")
        for pair in ((ELECTRON.name, MUON.name), (MUON.name, ELECTRON.name))
    )
    return Model(
        name="lfv-zprime",
        parameters=(("mass", mass), ("g", g), ("kind", kind), ("alpha_inv", alpha_inv)),
        particles=(
            *LEPTONS,
            PHOTON,
            Particle("Zp", "Zp", pdg_code("Zp"), 0 if spinless else 2, 0, mass, external=True),
        ),
        vertices=(*qed_vertices(checked_alpha(alpha_inv)), *couplings),
        mediator="Zp",
        flat=g**2 if kind == "flat" else None,
    )
