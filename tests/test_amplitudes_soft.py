"""Soft photons: |M|² of a process with a photon tends to the eikonal factor times |M|² without it."""

import numpy as np
import pytest

from scotopic.numerics.lorentz import boost, dot, from_angles, two_body_momentum, velocity
from scotopic.physics.amplitudes.squared import squared_amplitude
from scotopic.physics.model import Model, charged_scalar
from scotopic.physics.models.sm import LEPTONS, qed_vertices
from scotopic.physics.particles import PHOTON, Particle
from scotopic.physics.processes import parse_process

SQRT_S = 10.58
E = np.sqrt(4.0 * np.pi / 137.035999)
PION = Particle("pi+", "pi-", 211, 0, 1, 0.13957)
AUXILIARY, VERTICES = charged_scalar("gamma", PION, -E, "QED")
SCALARS = Model(
    "toy",
    (("alpha_inv", 137.035999),),
    (*LEPTONS, PHOTON, PION, AUXILIARY),
    (*qed_vertices(1.0 / 137.035999), *VERTICES),
)
PAIRS = [
    ("e- e+ > mu- mu+", None, (-1, 1)),
    ("e- e+ > e- e+", None, (-1, 1)),
    ("e- e+ > tau- tau+", None, (-1, 1)),
    ("e- e+ > pi+ pi-", SCALARS, (1, -1)),
]


def pair(process, mass, cos, phi):
    """Outgoing pair of an invariant mass in its rest frame."""
    m = process.masses[2]
    p = two_body_momentum(mass, m, m)
    first = from_angles(np.hypot(p, m), m, cos, phi)
    return first, np.concatenate([first[:1], -first[1:]])


@pytest.mark.parametrize(("text", "model", "charges"), PAIRS, ids=[text for text, _, _ in PAIRS])
def test_soft_photon_factorises(text, model, charges):
    hard = parse_process(text, model) if model else parse_process(text)
    soft = parse_process(text + " gamma", hard.model)
    rng = np.random.default_rng(5)
    n = 40
    cos, phi, cos_k, phi_k = (rng.uniform(*r, n) for r in ((-0.8, 0.8), (-3, 3), (-0.8, 0.8), (-3, 3)))
    beam = np.sqrt(0.25 * SQRT_S**2 - hard.masses[0] ** 2)
    beams = [np.array([[0.5 * SQRT_S], [0.0], [0.0], [sign * beam]]) * np.ones(n) for sign in (1.0, -1.0)]
    born = squared_amplitude(hard, np.stack([*beams, *pair(hard, SQRT_S, cos, phi)]))
    off = []
    for energy in (1e-2, 1e-3):
        k = from_angles(energy, 0.0, cos_k, phi_k)
        total = np.array([[SQRT_S], [0.0], [0.0], [0.0]]) - k
        mass = np.sqrt(SQRT_S * (SQRT_S - 2.0 * energy))
        out = [boost(p, velocity(total)) for p in pair(hard, mass, cos, phi)]
        legs = [*beams, *out]
        # charge times +1 for what goes in, −1 for what comes out
        flow = [-1.0, 1.0, *(-float(charge) for charge in charges)]
        current = sum(q * p / dot(p, k) for q, p in zip(flow, legs, strict=True))
        eikonal = -(E**2) * dot(current, current)
        ratio = squared_amplitude(soft, np.stack([*legs, k])) / (eikonal * born)
        off.append(np.abs(ratio - 1.0).max())
    assert off[1] < 0.01
    assert off[1] < 0.2 * off[0]  # the correction is of first order in the photon's energy
