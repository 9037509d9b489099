"""Digits of |M|² for electrons along the beams: double precision against long double on the same momenta."""

import numpy as np
import pytest

from helpers.amplitudes import SQRT_S
from scotopic.physics.amplitudes.kernel import sum_of_squares
from scotopic.physics.amplitudes.squared import light_cone
from scotopic.physics.processes import parse_process

Long = np.longdouble


def from_rest(p, frame):
    """Momenta in the rest frame of a system, seen where the system has the momentum `frame`."""
    mass = np.sqrt(frame[0] ** 2 - (frame[1:] ** 2).sum(axis=0))
    energy = (frame[0] * p[0] + (frame[1:] * p[1:]).sum(axis=0)) / mass
    return np.concatenate([energy[None], p[1:] + frame[1:] * (p[0] + energy) / (frame[0] + mass)])


def electron(rng, n, angle, side, energy):
    """An electron at an angle (rad) to its beam."""
    m = Long(0.51099895e-3)
    phi = rng.uniform(-np.pi, np.pi, n).astype(Long)
    p = np.sqrt(energy**2 - m**2)
    return np.stack(
        [energy, p * np.sin(angle) * np.cos(phi), p * np.sin(angle) * np.sin(phi), side * p * np.cos(angle)]
    )


def pair(rng, system, mass):
    """Two particles of a mass that a system decays to."""
    n = system.shape[-1]
    total = np.sqrt(system[0] ** 2 - (system[1:] ** 2).sum(axis=0))
    cos, phi = rng.uniform(-0.8, 0.8, n).astype(Long), rng.uniform(-np.pi, np.pi, n).astype(Long)
    p = np.sqrt(0.25 * total**2 - mass**2)
    sin = np.sqrt(1.0 - cos**2)
    n = p * np.stack([sin * np.cos(phi), sin * np.sin(phi), cos])
    return [from_rest(np.concatenate([0.5 * total[None], sign * n]), system) for sign in (1.0, -1.0)]


def forward(process, angle, n=300):
    """Light-cone momenta of all legs in long double; electrons at about an angle to the beams."""
    rng = np.random.default_rng(11)
    m, root = Long(0.51099895e-3), Long(SQRT_S)
    zero, beam = np.zeros(n, dtype=Long), np.sqrt(0.25 * root**2 - m**2)
    beams = [np.stack([0.5 * root + zero, zero, zero, sign * beam + zero]) for sign in (1, -1)]
    angles = (angle * rng.uniform(0.5, 2.0, (2, n))).astype(Long)
    energies = rng.uniform(1.0, 4.0, (2, n)).astype(Long)
    first = electron(rng, n, angles[0], 1, energies[0])
    if len(process.outgoing) == 3:  # the positron balances the photon
        system = sum(beams) - first
        s = system[0] ** 2 - (system[1:] ** 2).sum(axis=0)
        mass = np.sqrt(s)
        cos, phi = rng.uniform(-0.8, 0.8, n).astype(Long), rng.uniform(-np.pi, np.pi, n).astype(Long)
        sin, k = np.sqrt(1.0 - cos**2), (s - m**2) / (2.0 * mass)
        direction = np.stack([sin * np.cos(phi), sin * np.sin(phi), cos])
        photon = from_rest(np.concatenate([k[None], k * direction]), system)
        second = from_rest(np.concatenate([np.sqrt(k**2 + m**2)[None], -k * direction]), system)
        legs = [*beams, first, second, photon]
    else:
        second = electron(rng, n, angles[1], -1, energies[1])
        legs = [*beams, first, second, *pair(rng, sum(beams) - first - second, Long(process.masses[4]))]
    return light_cone(np.stack(legs), process.masses)


def relative_error(process, angle, gauge=True):
    double = forward(process, angle).astype(np.float64)
    exact = sum_of_squares(process.plan, tuple(tuple(leg) for leg in double.astype(Long)))
    found = sum_of_squares(process.plan, tuple(tuple(leg) for leg in double), gauge)
    assert exact.dtype == Long
    return np.abs((found / exact - 1.0).astype(float))


@pytest.mark.skipif(np.finfo(Long).nmant <= 52, reason="no long double on this machine")
@pytest.mark.parametrize("angle", [1e-2, 1e-3, 1e-4, 1e-5])
@pytest.mark.parametrize(
    ("outgoing", "worst"),
    [
        ("e- e+ gamma", 1e-14),
        ("e- e+ mu- mu+", 1e-14),
        ("e- e+ e- e+", 1e-14),
        # two photons balance each other and the diagrams cancel: 1e-11 is left of 1e-6 in Feynman gauge
        ("e- e+ gamma gamma", 1e-10),
    ],
)
def test_forward_electrons_keep_their_digits(outgoing, worst, angle):
    assert relative_error(parse_process(f"e- e+ > {outgoing}"), angle).max() < worst


@pytest.mark.skipif(np.finfo(Long).nmant <= 52, reason="no long double on this machine")
def test_feynman_gauge_loses_them():
    process = parse_process("e- e+ > e- e+ mu- mu+")
    assert relative_error(process, 1e-5, gauge=False).max() > 1e-9
