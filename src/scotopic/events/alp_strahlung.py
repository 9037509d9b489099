"""Events of ALP-strahlung, e+e- → γ a with a → γγ, from the exact two-body law."""

import numpy as np

from scotopic.errors import InputError
from scotopic.events.record import Events
from scotopic.numerics.lorentz import boost, from_angles, two_body_momentum, velocity
from scotopic.numerics.rng import stream
from scotopic.physics.models.alp_photon import strahlung_cross_section
from scotopic.physics.particles import pdg_code

DAUGHTERS = (1, 2)
"""Slots of the ALP's photons; slot 0 is the recoil photon."""


def generate_alp_strahlung(mass: float, n: int, *, sqrt_s: float, seed: int, g: float = 1e-3) -> Events:
    """Return n unweighted events in the centre of mass.

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

    Notes
    -----
    dσ/dcosθ ∝ 1 + cos²θ and an isotropic decay: a vector photon into a pseudoscalar and a photon.
    The decay is prompt; `scotopic.searches.alp_signature` says how often it is not.
    """
    if not 0.0 < mass < sqrt_s:
        raise InputError(f"ALP mass = {mass} GeV, must lie between 0 and √s = {sqrt_s:.4f} GeV")
    if n < 1:
        raise InputError(f"number of events = {n}, must be at least 1")
    rng = stream(seed, "alp-strahlung", f"{mass!r}")
    # cumulative of (3/8)(1 + c²): c³ + 3c = 8u - 4
    half = 4.0 * rng.random(n) - 2.0
    root = np.cbrt(half + np.sqrt(half**2 + 1.0))
    cos, phi = root - 1.0 / root, 2.0 * np.pi * rng.random(n)
    momentum = float(two_body_momentum(sqrt_s, mass, 0.0))
    recoil = from_angles(momentum, 0.0, cos, phi)
    alp = from_angles(sqrt_s - momentum, mass, -cos, phi + np.pi)
    cos_decay, phi_decay = 2.0 * rng.random(n) - 1.0, 2.0 * np.pi * rng.random(n)
    first = boost(from_angles(0.5 * mass, 0.0, cos_decay, phi_decay), velocity(alp))
    second = boost(from_angles(0.5 * mass, 0.0, -cos_decay, phi_decay + np.pi), velocity(alp))
    sigma = float(strahlung_cross_section(mass, g, sqrt_s**2))
    return Events(
        pdg=np.full((3, n), pdg_code("gamma"), dtype=np.int32),
        momenta=np.stack([recoil, first, second]),
        weights=np.full(n, sigma / n),
        frame="cm",
        sqrt_s=sqrt_s,
        process="e- e+ > gamma a, a > gamma gamma",
        cross_section_pb=sigma,
        cross_section_error_pb=0.0,
        seed=seed,
        resonance=DAUGHTERS,
    )
