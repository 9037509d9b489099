"""e+e- → π+π- and π+π-γ: form factor, radiative return, what is refused."""

import numpy as np
import pytest

from scotopic.errors import InputError
from scotopic.events.cross_section import cross_section
from scotopic.events.generate import generate
from scotopic.numerics.lorentz import cos_polar_angle, invariant_mass
from scotopic.physics.hadrons.masses import CHARGED_PION
from scotopic.physics.hadrons.two_pions import pion_form_factor
from scotopic.physics.processes import parse_process
from scotopic.searches.dilepton_and_recoil.backgrounds import BACKGROUNDS

ALPHA = 1.0 / 137.035999
PB = 0.3893794e9
SQRT_S = 10.58


def born(mass):
    """σ(e+e- → π+π-) = πα²β³|F_π|²/(3s) in pb."""
    beta = np.sqrt(1.0 - 4.0 * CHARGED_PION**2 / mass**2)
    return np.pi * ALPHA**2 * beta**3 / (3.0 * mass**2) * np.abs(pion_form_factor(mass**2)) ** 2 * PB


def returned(mass, c):
    """dσ/dM in pb/GeV with a photon within |cosθ| < c, the electron's mass neglected.

    (2M/s) W(x) σ(M), W = α/(πx) [(2 - 2x + x²) ln((1 + c)/(1 - c)) - x² c], x = 1 - M²/s: M. Benayoun et al.,
    Mod. Phys. Lett. A 14 (1999) 2605.
    """
    x = 1.0 - mass**2 / SQRT_S**2
    radiator = ALPHA / (np.pi * x) * ((2.0 - 2.0 * x + x * x) * np.log((1.0 + c) / (1.0 - c)) - x * x * c)
    return 2.0 * mass / SQRT_S**2 * radiator * born(mass)


@pytest.mark.parametrize("sqrt_s", [0.6, 0.775, 1.0, 3.0, 10.58])
def test_pion_pairs(sqrt_s):
    found = cross_section("e- e+ > pi+ pi-", sqrt_s=sqrt_s, rel_error=0.002)
    assert found.value_pb == pytest.approx(born(sqrt_s), abs=4.0 * found.error_pb + 1e-5 * found.value_pb)


@pytest.mark.parametrize(("theta", "energy"), [(20.0, 3.0), (45.0, 1.0), (60.0, 5.0)])
def test_radiative_return(theta, energy):
    cuts = (f"E:gamma:{energy}:", f"theta:gamma:{theta}:{180.0 - theta}")
    found = cross_section("e- e+ > pi+ pi- gamma", sqrt_s=SQRT_S, cuts=cuts, rel_error=0.002)
    top = np.sqrt(SQRT_S * (SQRT_S - 2.0 * energy))
    mass = np.linspace(2.0 * CHARGED_PION, top, 40_001)[1:]
    expected = np.trapezoid(returned(mass, np.cos(np.deg2rad(theta))), mass)
    assert found.value_pb == pytest.approx(expected, rel=0.002, abs=4.0 * found.error_pb)


def test_pairs_follow_the_rho():
    cuts = ("E:gamma:3:", "theta:gamma:30:150")
    events = generate("e- e+ > pi+ pi- gamma", 40_000, cuts=cuts, unweighted=True, seed=3)
    assert events.efficiency > 0.1
    mass = invariant_mass(events.momenta[:2].sum(axis=0))
    edges = np.array([0.4, 0.6, 0.7, 0.75, 0.78, 0.8, 0.9, 1.1])
    counts = np.histogram(mass, edges)[0] * events.weights[0]
    for low, high, one in zip(edges[:-1], edges[1:], counts, strict=True):
        grid = np.linspace(low, high, 401)
        expected = np.trapezoid(returned(grid, np.cos(np.deg2rad(30.0))), grid)
        assert one == pytest.approx(expected, abs=4.0 * np.sqrt(one * events.weights[0]) + 0.003 * expected)


def test_pions_fly_as_from_a_vector_of_the_beams():
    """sin²θ without a photon."""
    events = generate("e- e+ > pi+ pi-", 20_000, unweighted=True)
    c = cos_polar_angle(events.momenta[0])
    assert (c * c).mean() == pytest.approx(0.2, abs=4.0 * np.sqrt(0.046 / len(events)))


def test_pions_come_as_one_pair_with_photons():
    for text in ("e- e+ > pi+ pi- mu- mu+", "e- e+ > pi+ pi- pi+ pi-"):
        with pytest.raises(InputError, match="one pair, which only photons accompany"):
            parse_process(text)
    with pytest.raises(InputError, match="infinite without a cut"):
        cross_section("e- e+ > pi+ pi- gamma", sqrt_s=SQRT_S)
    with pytest.raises(InputError, match="charge"):
        parse_process("e- e+ > pi+ pi+ gamma")
    with pytest.raises(InputError, match=r"is not enough"):
        cross_section("e- e+ > pi+ pi-", sqrt_s=0.25)


def test_background_of_the_searches():
    from scotopic.detector.card import load_experiment

    found = next(one for one in BACKGROUNDS if one.name == "pipi")
    events = found.generate(200, experiment=load_experiment("belle2-2018"), seed=1, workers=1)
    assert set(events.pdg[:2, 0]) == {211, -211}
    assert (invariant_mass(events.momenta[:2].sum(axis=0)) < 10.5).all()
