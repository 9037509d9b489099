import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scotopic.errors import InputError
from scotopic.events.beam_change import follow_beams
from scotopic.events.beams import Beams, to_lab
from scotopic.events.frames import to_cm
from scotopic.events.record import Events
from scotopic.events.signals.alp_strahlung import DAUGHTERS, generate_alp_strahlung
from scotopic.numerics.lorentz import boost, cos_polar_angle, from_angles, invariant_mass, invariant_mass2
from scotopic.physics.models.alp_photon import strahlung_cross_section

SUPERKEKB = Beams(7.004, 4.002, 0.0415, (0.00513, 0.002375))


def test_superkekb_has_its_published_energy_and_boost():
    # basf2 beam parameters, Y(4S): 10.57956 GeV with the crossing angle, βγ = 0.2868, γ = 1.040
    beta = np.linalg.norm(SUPERKEKB.boost)
    gamma = 1.0 / np.sqrt(1.0 - beta**2)
    assert SUPERKEKB.sqrt_s == pytest.approx(10.57956, abs=1e-5)
    assert beta * gamma == pytest.approx(0.2868, abs=1e-4)
    assert gamma == pytest.approx(1.040, abs=5e-4)


def test_head_on_beams():
    # s = 2 m² + 2 (E1 E2 + p1 p2)
    assert Beams(7.004, 4.002, 0.0).sqrt_s == pytest.approx(10.5887, abs=1e-4)


def test_spread_has_the_width_of_both_beams():
    total = SUPERKEKB.sample(40_000, np.random.default_rng(1))
    sqrt_s = invariant_mass(total)
    # s ≈ 4 E1 E2 cos²: δ√s/√s = ½ (δE1/E1 ⊕ δE2/E2)
    expected = 0.5 * SUPERKEKB.sqrt_s * np.hypot(0.00513 / 7.004, 0.002375 / 4.002)
    assert sqrt_s.std() == pytest.approx(expected, rel=4.0 / np.sqrt(2 * 40_000))
    assert sqrt_s.mean() == pytest.approx(SUPERKEKB.sqrt_s, abs=5.0 * expected / 200.0)


@given(st.floats(0.05, 10.0), st.integers(0, 1000))
def test_resonance_keeps_its_mass_when_the_energy_fluctuates(mass, seed):
    events = generate_alp_strahlung(mass, 20, sqrt_s=SUPERKEKB.sqrt_s, seed=seed)
    lab = to_lab(events, SUPERKEKB, np.random.default_rng(seed))
    pair = lab.momenta[list(DAUGHTERS)].sum(axis=0)
    np.testing.assert_allclose(invariant_mass2(pair), mass**2, atol=1e-9)
    assert lab.beam_spread
    assert lab.frame == "lab"
    assert np.ptp(invariant_mass(lab.momenta.sum(axis=0))) > 1e-4


def test_without_spread_the_boost_is_undone_exactly():
    events = generate_alp_strahlung(1.0, 50, sqrt_s=SUPERKEKB.sqrt_s, seed=2)
    lab = to_lab(events, SUPERKEKB)
    np.testing.assert_allclose(to_cm(lab).momenta, events.momenta, atol=1e-12)
    still = [boost(p, -SUPERKEKB.boost) for p in lab.momenta]  # turned by 5.8 mrad, see below
    np.testing.assert_allclose([p[0] for p in still], events.momenta[:, 0], atol=1e-12)
    assert not lab.beam_spread


def test_scaling_keeps_masses_and_directions_of_massive_particles():
    first = from_angles(np.full(4, 5.0), 0.1056584, 0.3, 0.2)
    second = from_angles(np.full(4, 5.0), 0.1056584, -0.3, 0.2 + np.pi)
    momenta = np.stack([first, second])
    events = Events(np.array([[13] * 4, [-13] * 4], dtype=np.int32), momenta, np.ones(4), "cm", 10.0)
    moved = follow_beams(events, np.array([-0.1, 0.0, 0.1, 0.3]), np.full(4, 10.0)).momenta
    np.testing.assert_allclose(moved[:, 0].sum(axis=0), [9.9, 10.0, 10.1, 10.3], rtol=1e-14)
    np.testing.assert_allclose(invariant_mass(moved[0]), 0.1056584, rtol=1e-9)
    np.testing.assert_allclose(cos_polar_angle(moved[0]), 0.3)


@pytest.mark.parametrize(
    "arguments",
    [(-7.0, 4.0, 0.0), (7.0, np.nan, 0.0), (7.0, 4.0, -0.1), (7.0, 4.0, 0.0415, (-1.0, 0.0))],
)
def test_impossible_beams_are_refused(arguments):
    with pytest.raises(InputError, match="beams:"):
        Beams(*arguments)


def test_lab_events_are_not_boosted_twice():
    events = generate_alp_strahlung(1.0, 5, sqrt_s=SUPERKEKB.sqrt_s, seed=2)
    with pytest.raises(InputError, match="already in the lab"):
        to_lab(to_lab(events, SUPERKEKB), SUPERKEKB)


@pytest.mark.parametrize(("mass", "published_fb"), [(0.2, 118.3), (1.0, 115.2), (5.0, 55.5), (9.0, 2.50)])
def test_strahlung_weights_sum_to_the_cross_section(mass, published_fb):
    # σ = (α g²/24)(1 - m²/s)³ at √s = 10.58 GeV, g = 1e-3 (Dolan et al., JHEP 12 (2017) 094)
    events = generate_alp_strahlung(mass, 100, sqrt_s=10.58, seed=1)
    assert 1e3 * events.weights.sum() == pytest.approx(published_fb, rel=2e-3)
    expected = 1e-6 / 24.0 / 137.035999 * (1.0 - mass**2 / 10.58**2) ** 3 * 0.389379e9
    assert events.weights.sum() == pytest.approx(expected, rel=1e-5)
    assert strahlung_cross_section(mass, 1e-3, 10.58**2) == pytest.approx(expected, rel=1e-5)


def test_strahlung_follows_one_plus_cos_squared_and_conserves_momentum():
    events = generate_alp_strahlung(2.0, 200_000, sqrt_s=10.58, seed=5)
    cos = cos_polar_angle(events.momenta[0])
    # <c²> = 2/5 for (3/8)(1 + c²), variance of c² is 3/8 (2/5 + 2/7) - 4/25
    error = np.sqrt(0.375 * (2 / 5 + 2 / 7) - 0.16) / np.sqrt(200_000)
    assert abs((cos**2).mean() - 0.4) < 4.0 * error
    total = events.momenta.sum(axis=0)
    np.testing.assert_allclose(total[0], 10.58, rtol=1e-12)
    assert np.abs(total[1:]).max() < 1e-12


def test_impossible_alps_are_refused():
    with pytest.raises(InputError, match="between 0"):
        generate_alp_strahlung(11.0, 5, sqrt_s=10.58, seed=1)
    with pytest.raises(InputError, match="number of events"):
        generate_alp_strahlung(1.0, 0, sqrt_s=10.58, seed=1)
