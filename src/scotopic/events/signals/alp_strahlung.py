"""Events of ALP-strahlung, e+e- → γa, from the exact two-body law: the ALP decayed to γγ, or as it is."""

from dataclasses import replace

import numpy as np

from scotopic.errors import InputError
from scotopic.events.decays.two_body_decay import decay_evenly
from scotopic.events.record import Events
from scotopic.events.signals.two_body import TwoBodyLaw, generate_two_body
from scotopic.numerics.arrays import Floats
from scotopic.physics.models.alp_photon import strahlung_cross_section
from scotopic.physics.processes import parse_process
from scotopic.physics.registry import get_model

ALP = 1
"""Slot of the ALP; slot 0 is the recoil photon."""
DAUGHTERS = (1, 2)
"""Slots of the ALP's photons after its decay."""


def strahlung_law(mass: float, g: float) -> TwoBodyLaw:
    """Return e+e- → γa, dσ/dcosθ = (3/8)(1 + cos²θ) σ: a vector photon into a pseudoscalar and a photon.

    `mass` in GeV, `g` in 1/GeV.
    """

    def sample(u: Floats, s: Floats) -> tuple[Floats, Floats]:
        # cumulative of (3/8)(1 + c²): c³ + 3c = 8u - 4
        half = 4.0 * u - 2.0
        root = np.cbrt(half + np.sqrt(half**2 + 1.0))
        return root - 1.0 / root, strahlung_cross_section(mass, g, s)

    return TwoBodyLaw(parse_process("e- e+ > gamma a", get_model("alp-photon", mass=mass, g=g)), sample)


def generate_hidden_alp(
    mass: float, n: int, *, sqrt_s: float, seed: int, g: float = 1e-3, isr: str = "none"
) -> Events:
    """Return n unweighted events e+e- → γa in the centre of mass, the ALP as it is.

    Parameters
    ----------
    mass : float
        GeV, below √s.
    n : int
    sqrt_s : float
        GeV.
    seed : int
    g : float
        Coupling in 1/GeV; the weights sum to σ(g) in pb.
    isr : str
        As for `scotopic.events.generate.generate`.
    """
    if not 0.0 < mass < sqrt_s:
        raise InputError(f"ALP mass = {mass} GeV, must lie between 0 and √s = {sqrt_s:.4f} GeV")
    return generate_two_body(strahlung_law(mass, g), n, sqrt_s=sqrt_s, seed=seed, isr=isr)


def generate_alp_strahlung(
    mass: float, n: int, *, sqrt_s: float, seed: int, g: float = 1e-3, isr: str = "none"
) -> Events:
    """Return n unweighted events e+e- → γa with a → γγ; arguments as for `generate_hidden_alp`.

    The decay is isotropic and prompt; `scotopic.searches.three_photons.signature` says how often it is not.
    """
    made = generate_hidden_alp(mass, n, sqrt_s=sqrt_s, seed=seed, g=g, isr=isr)
    photons = (("gamma", "gamma"), 0.0, 1.0)
    return replace(
        decay_evenly(made, ALP, mass, [photons], seed=seed), process="e- e+ > gamma a, a > gamma gamma"
    )
