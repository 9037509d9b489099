"""A Z′ that gauges L_μ − L_τ: g′ to μ and ν_μ, −g′ to τ and ν_τ; with mixing = loops it mixes with the photon."""

import math

from scotopic.errors import InputError
from scotopic.physics.model import Decay, Model
from scotopic.physics.models.sm import LEPTONS, checked_alpha, qed_vertices
from scotopic.physics.models.vector_charges import VectorCharges, of_leptons
from scotopic.physics.models.vector_mediator import couple
from scotopic.physics.particles import NEUTRINOS, PHOTON, Particle, pdg_code
from scotopic.physics.standard_model import ALPHA_0

CHARGES = VectorCharges(of_leptons(0.0, 1.0, -1.0))


def model(
    mass: float,
    gprime: float,
    invisible: str = "standard",
    mixing: str = "none",
    alpha_inv: float = 1.0 / ALPHA_0,
) -> Model:
    """Return the model; mass in GeV, `mixing` ``none`` or ``loops``.

    `invisible` is ``standard``, decays to neutrinos beside those to μ and τ, or ``dark``: dark matter takes
    all decays, with the standard total width in place of the unknown one.
    """
    if not mass > 0.0:
        raise InputError(f"lmu-ltau: mass = {mass} GeV, must be positive")
    if not gprime >= 0.0:
        raise InputError(f"lmu-ltau: gprime = {gprime}, must not be negative")
    if invisible not in ("standard", "dark"):
        raise InputError(f"lmu-ltau: invisible = {invisible!r}, expected standard or dark")
    decays, vertices = couple("Zp", CHARGES.mixed(mixing), mass, gprime, "lmu-ltau")
    total = math.fsum(decay.width for decay in decays)
    if invisible == "dark":
        decays = (Decay("Zp", "invisible", total),)
    boson = Particle("Zp", "Zp", pdg_code("Zp"), 2, 0, mass, total)
    return Model(
        name="lmu-ltau",
        parameters=(
            ("mass", mass),
            ("gprime", gprime),
            ("invisible", invisible),
            ("mixing", mixing),
            ("alpha_inv", alpha_inv),
        ),
        particles=(*LEPTONS, *NEUTRINOS[1:], PHOTON, boson),
        vertices=(*qed_vertices(checked_alpha(alpha_inv)), *vertices),
        decays=decays,
        mediator="Zp",
    )
