"""Crossing of legs from one side to the other, and exchange of particles, for every process."""

from collections import defaultdict
from itertools import combinations, permutations

import numpy as np
import pytest

from helpers.amplitudes import EVERY, SQRT_S, components, every_process, listed, some_momenta
from scotopic.numerics.lorentz import boost, dot, from_angles, two_body_momentum
from scotopic.physics.amplitudes.kernel import sum_of_squares
from scotopic.physics.amplitudes.plan import make_plan
from scotopic.physics.amplitudes.squared import light_cone, squared_amplitude
from scotopic.physics.processes import Process, parse_process

E2 = 4.0 * np.pi / 137.035999


def crossed(process, i, j):
    """Legs of a process with leg i coming in as what went out as j, and leg j going out as what came in as i."""
    legs = list(process.plan.legs)
    legs[i], legs[j] = (
        legs[j]._replace(anti=not legs[j].anti, outgoing=False),
        legs[i]._replace(anti=not legs[i].anti, outgoing=True),
    )
    return tuple(legs)


@every_process
def test_crossing(process):
    """Each outgoing particle against the positron: the same function of momenta that change their sign.

    One fermion that changes sides changes the sign of the sum over spins.
    """
    momenta = components(process, some_momenta(process, n=6))
    expected = sum_of_squares(process.plan, momenta)
    for j in range(2, len(process.names)):
        moved = list(momenta)
        moved[1], moved[j] = (tuple(-c for c in momenta[k]) for k in (j, 1))
        legs = crossed(process, 1, j)
        spins = [process.model.particle(process.names[k]).spin2 for k in (1, j)]
        sign = (-1.0) ** spins.count(1)
        found = sign * sum_of_squares(make_plan(process.plan.model, legs), tuple(moved))
        np.testing.assert_allclose(found, expected, rtol=1e-8)


def scattering(process, legs, masses, n=20):
    """Σ|M|² of a crossed 2 → 2 process at physical momenta, with s, t, u of its own."""
    rng = np.random.default_rng(2)
    cos = rng.uniform(-0.9, 0.9, n)
    p, k = two_body_momentum(SQRT_S, *masses[:2]), two_body_momentum(SQRT_S, *masses[2:])
    one = np.ones(n)
    momenta = np.stack(
        [
            from_angles(np.hypot(p, masses[0]), masses[0], one, 0.0),
            from_angles(np.hypot(p, masses[1]), masses[1], -one, 0.0),
            from_angles(np.hypot(k, masses[2]), masses[2], cos, 0.7),
            from_angles(np.hypot(k, masses[3]), masses[3], -cos, 0.7 + np.pi),
        ]
    )
    # off the axis, for a photon that comes in along -z has no ε with ε⁺ = 0
    moved = np.stack([boost(leg, [0.3, 0.0, 0.0]) for leg in momenta])
    made = light_cone(moved, masses)
    found = sum_of_squares(make_plan(process.plan.model, legs), tuple(tuple(leg) for leg in made))
    s, t = SQRT_S**2, masses[0] ** 2 + masses[2] ** 2 - 2.0 * dot(momenta[0], momenta[2])
    return found, s, t, sum(m * m for m in masses) - s - t


def test_annihilation_to_muons_crosses_to_electron_muon_scattering():
    """Σ|M|² = 8e⁴[(s − Σ)² + (u − Σ)² + 2tΣ]/t² with Σ = m_e² + m_μ² (Peskin & Schroeder, section 5.4)."""
    process = parse_process("e- e+ > mu- mu+")
    e, mu = process.masses[1:3]
    found, s, t, u = scattering(process, crossed(process, 1, 2), (e, mu, e, mu))
    both = e * e + mu * mu
    expected = 8.0 * E2**2 * ((s - both) ** 2 + (u - both) ** 2 + 2.0 * t * both) / t**2
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_annihilation_to_photons_crosses_to_compton_scattering():
    """Klein-Nishina (Peskin & Schroeder, eq. 5.87): Σ|M|² = 8e⁴[b/a + a/b + 2m²(1/a − 1/b) + m⁴(1/a − 1/b)²]."""
    process = parse_process("e- e+ > gamma gamma")
    m = process.masses[0]
    found, s, _, u = scattering(process, crossed(process, 1, 2), (m, 0.0, m, 0.0))
    a, b = 0.5 * (s - m * m), 0.5 * (m * m - u)
    x = 1.0 / a - 1.0 / b
    np.testing.assert_allclose(
        found, 8.0 * E2**2 * (b / a + a / b + 2.0 * m * m * x + m**4 * x * x), rtol=1e-9
    )


def test_bhabha_crosses_to_moller_scattering():
    """s ↔ u: 2e⁴·4[(s² + u²)/t² + 2s²/tu + (s² + t²)/u²] up to m_e²/t."""
    process = parse_process("e- e+ > e- e+")
    m = process.masses[0]
    found, s, t, u = scattering(process, crossed(process, 1, 3), (m,) * 4)
    expected = 8.0 * E2**2 * ((s**2 + u**2) / t**2 + 2.0 * s**2 / (t * u) + (s**2 + t**2) / u**2)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_bhabha_scattering_is_the_crossed_muon_pair_with_interference():
    """2e⁴[(s² + u²)/t² + 2u²/st + (t² + u²)/s²] up to m_e²/t."""
    process = parse_process("e- e+ > e- e+")
    momenta = some_momenta(process)
    s = SQRT_S**2
    t = -0.5 * s * (1.0 - momenta[2][3] / np.sqrt((momenta[2][1:] ** 2).sum(axis=0)))
    u = -s - t
    expected = 2.0 * E2**2 * ((s**2 + u**2) / t**2 + 2.0 * u**2 / (s * t) + (t**2 + u**2) / s**2)
    np.testing.assert_allclose(squared_amplitude(process, momenta), expected, rtol=1e-5)


def exchanges(process):
    slots = defaultdict(list)
    for i, name in enumerate(process.names):
        if i > 1:
            slots[name].append(i)
    return [pair for same in slots.values() for pair in combinations(same, 2)]


@pytest.mark.parametrize(
    "process", [process for process in EVERY if exchanges(process)], ids=lambda process: process.text
)
def test_exchange_of_identical_particles_changes_nothing(process):
    momenta = some_momenta(process, n=12)
    expected = squared_amplitude(process, momenta)
    for i, j in exchanges(process):
        order = list(range(len(process.names)))
        order[i], order[j] = j, i
        np.testing.assert_allclose(squared_amplitude(process, momenta[order]), expected, rtol=1e-9)


@every_process
def test_order_of_writing_changes_nothing(process):
    momenta = some_momenta(process, n=6)
    expected = squared_amplitude(process, momenta)
    for order in list(permutations(range(2, len(process.names))))[1:6]:
        names = tuple(process.names[i] for i in order)
        other = Process(process.model, process.incoming, names)
        np.testing.assert_allclose(squared_amplitude(other, momenta[[0, 1, *order]]), expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("e- e+ > gamma gamma gamma", [1, 0, 2, 3, 4]),
        ("e- e+ > mu- mu+ gamma", [1, 0, 3, 2, 4]),
        ("e- e+ > tau- tau+ gamma", [1, 0, 3, 2, 4]),
        ("e- e+ > e- e+ gamma gamma", [1, 0, 3, 2, 4, 5]),
        ("e- e+ > e- e+ mu- mu+", [1, 0, 3, 2, 5, 4]),
        ("e- e+ > e- e+ a", [1, 0, 3, 2, 4]),
        ("e- e+ > mu- mu+ Zp", [1, 0, 3, 2, 4]),
    ],
)
def test_charge_conjugation_and_parity_hold_each(text, order):
    process = listed(text)
    momenta = some_momenta(process, n=12)
    expected = squared_amplitude(process, momenta)
    np.testing.assert_allclose(squared_amplitude(process, momenta[order]), expected, rtol=1e-8)
    mirrored = momenta * np.array([1.0, 1.0, -1.0, 1.0])[:, None]
    np.testing.assert_allclose(squared_amplitude(process, mirrored), expected, rtol=1e-8)


def test_exchange_of_muons_alone_is_no_symmetry_of_radiation():
    """Radiation off initial and final states interferes with the sign of the charges."""
    process = parse_process("e- e+ > mu- mu+ gamma")
    momenta = some_momenta(process, n=12)
    ratio = squared_amplitude(process, momenta[[0, 1, 3, 2, 4]]) / squared_amplitude(process, momenta)
    assert np.abs(ratio - 1.0).max() > 0.1
