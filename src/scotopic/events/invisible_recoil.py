"""Signals of one photon: e+e- → γA′ and e+e- → γa whose mediator leaves nothing, from their exact two-body laws."""

from dataclasses import replace

import numpy as np

from scotopic.errors import InputError
from scotopic.events.alp_strahlung import DAUGHTERS, generate_alp_strahlung
from scotopic.events.record import Events
from scotopic.numerics.lorentz import from_angles, two_body_momentum
from scotopic.numerics.rng import stream
from scotopic.physics.models.dark_photon_radiation import excess, radiation_cross_section
from scotopic.physics.particles import pdg_code

COS_MAX = 0.95
"""The photon of a generated γA′ event has |cosθ*| below: nobody sees it beyond, where the cross section diverges."""


def generate_dark_photon(mass: float, n: int, *, sqrt_s: float, seed: int, epsilon: float = 1e-3) -> Events:
    """Return n unweighted events e+e- → γA′ with |cosθ*| < `COS_MAX` in the centre of mass.

    Parameters
    ----------
    mass : float
        GeV, from 0 to below √s.
    epsilon : float
        The weights sum to σ(ε) within `COS_MAX`, in pb.

    Notes
    -----
    dσ/dcosθ ∝ (1 + c² + K)/(1 - c²), flat in rapidity but for the factor (1 + c² + K), by which events are kept.
    """
    if not 0.0 <= mass < sqrt_s:
        raise InputError(f"dark photon mass = {mass} GeV, must lie between 0 and √s = {sqrt_s:.4f} GeV")
    if n < 1:
        raise InputError(f"number of events = {n}, must be at least 1")
    rng = stream(seed, "dark-photon", f"{mass!r}")
    k, largest = float(excess(mass, sqrt_s**2)), float(np.arctanh(COS_MAX))
    kept: list[np.ndarray] = []
    while sum(map(len, kept)) < n:  # half of them are kept, or more
        cos = np.tanh(largest * (2.0 * rng.random(2 * n) - 1.0))
        kept.append(cos[rng.random(2 * n) * (1.0 + COS_MAX**2 + k) < 1.0 + cos**2 + k])
    cos, phi = np.concatenate(kept)[:n], 2.0 * np.pi * rng.random(n)
    momentum = float(two_body_momentum(sqrt_s, mass, 0.0))
    photon = from_angles(momentum, 0.0, cos, phi)
    hidden = from_angles(sqrt_s - momentum, mass, -cos, phi + np.pi)
    sigma = float(radiation_cross_section(mass, epsilon, sqrt_s**2, COS_MAX))
    return Events(
        pdg=np.array([[pdg_code("gamma")], [pdg_code("Ap")]], dtype=np.int32) * np.ones(n, dtype=np.int32),
        momenta=np.stack([photon, hidden]),
        weights=np.full(n, sigma / n),
        frame="cm",
        sqrt_s=sqrt_s,
        process="e- e+ > gamma Ap",
        cross_section_pb=sigma,
        cross_section_error_pb=0.0,
        seed=seed,
    )


def generate_hidden_alp(mass: float, n: int, *, sqrt_s: float, seed: int, g: float = 1e-3) -> Events:
    """Return n unweighted events e+e- → γa whose ALP leaves nothing; arguments as for `generate_alp_strahlung`."""
    made = generate_alp_strahlung(mass, n, sqrt_s=sqrt_s, seed=seed, g=g)
    alp = made.momenta[list(DAUGHTERS)].sum(axis=0)
    return replace(
        made,
        pdg=np.array([[pdg_code("gamma")], [pdg_code("a")]], dtype=np.int32) * np.ones(n, dtype=np.int32),
        momenta=np.stack([made.momenta[0], alp]),
        process="e- e+ > gamma a",
        resonance=(),
    )
