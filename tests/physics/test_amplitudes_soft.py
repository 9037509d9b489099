"""Soft photons: |M|² of a process with a photon tends to the eikonal factor times |M|² without it."""

import numpy as np
import pytest

from helpers.amplitudes import SQRT_S, some_momenta
from scotopic.numerics.lorentz import boost, dot, from_angles, velocity
from scotopic.physics.amplitudes.squared import squared_amplitude
from scotopic.physics.model import Model
from scotopic.physics.models.charged_scalar import charged_scalar
from scotopic.physics.models.sm import LEPTONS, qed_vertices
from scotopic.physics.particles import PHOTON, Particle
from scotopic.physics.processes import parse_process
from scotopic.physics.registry import get_model

E = np.sqrt(4.0 * np.pi / 137.035999)
PION = Particle("pi+", "pi-", 211, 0, 1, 0.13957)
AUXILIARY, VERTICES = charged_scalar("gamma", PION, -E, "QED")
SCALARS = Model(
    "toy",
    (("alpha_inv", 137.035999),),
    (*LEPTONS, PHOTON, PION, AUXILIARY),
    (*qed_vertices(1.0 / 137.035999), *VERTICES),
)
SM = get_model("sm")
HARD = [
    ("mu- mu+", SM),
    ("tau- tau+", SM),
    ("e- e+", SM),
    ("gamma gamma", SM),
    ("gamma gamma gamma", SM),
    ("e- e+ gamma", SM),
    ("mu- mu+ gamma", SM),
    ("nu_e nu_e~", SM),
    ("nu_mu nu_mu~", SM),
    ("pi+ pi-", SCALARS),
    ("gamma a", get_model("alp-photon", mass=1.3, g=1e-3)),
    ("gamma Ap", get_model("dark-photon", mass=1.5, epsilon=1e-3)),
    ("chi chi~", get_model("dark-photon", mass=1.5, epsilon=1e-3)),
    ("mu- mu+ Zp", get_model("lmu-ltau", mass=0.8, gprime=0.1)),
]


@pytest.mark.parametrize(("outgoing", "model"), HARD, ids=[outgoing for outgoing, _ in HARD])
def test_soft_photon_factorises(outgoing, model):
    hard, soft = (parse_process(f"e- e+ > {outgoing}{more}", model) for more in ("", " gamma"))
    n = 30
    rng = np.random.default_rng(5)
    cos, phi = rng.uniform(-0.8, 0.8, n), rng.uniform(-3.0, 3.0, n)
    born = squared_amplitude(hard, some_momenta(hard, n)) * hard.symmetry
    off = []
    for energy in (1e-2, 1e-3):
        k = from_angles(energy, 0.0, cos, phi)
        total = np.array([[SQRT_S], [0.0], [0.0], [0.0]]) - k
        recoiling = some_momenta(hard, n, sqrt_s=np.sqrt(SQRT_S * (SQRT_S - 2.0 * energy)))[2:]
        legs = [*some_momenta(hard, n)[:2], *(boost(p, velocity(total)) for p in recoiling)]
        current = np.zeros((4, n))
        for i, (name, p) in enumerate(zip(hard.names, legs, strict=True)):
            particle = hard.model.particle(name)
            charge = particle.charge * (1.0 if name == particle.name else -1.0)
            current += (charge if i < 2 else -charge) * p / dot(p, k)
        eikonal = -(E**2) * dot(current, current)
        found = squared_amplitude(soft, np.stack([*legs, k])) * soft.symmetry
        off.append(np.abs(found / (eikonal * born) - 1.0).max())
    assert off[1] < 0.01
    assert off[1] < 0.2 * off[0]  # the correction is of first order in the photon's energy
