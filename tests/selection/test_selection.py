import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scotopic.numerics.lorentz import boost, from_angles, polar_angle
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import Cut, apply_cuts, passes
from scotopic.selection.three_photons import hardest_three, pairing_candidates

SQRT_S = 10.58
BOOST = np.array([0.0413, 0.0, 0.2838])
SEPARATION = (0.014, 0.4)


def alp_photons(mass, n, seed=3):
    """Exact e+e- → γa, a → γγ in the laboratory: (3, 4, N)."""
    rng = np.random.default_rng(seed)
    momentum = (SQRT_S**2 - mass**2) / (2.0 * SQRT_S)
    cos, phi = rng.uniform(-0.9, 0.9, n), rng.uniform(-np.pi, np.pi, n)
    recoil = from_angles(momentum, 0.0, cos, phi)
    alp = from_angles(np.hypot(momentum, mass), mass, -cos, phi + np.pi)
    cos, phi = rng.uniform(-1.0, 1.0, n), rng.uniform(-np.pi, np.pi, n)
    first = boost(from_angles(0.5 * mass, 0.0, cos, phi), alp[1:] / alp[0])
    return np.stack([boost(p, BOOST) for p in (recoil, first, alp - first)])


def candidates_of(photons, signal=True):
    n = photons.shape[2]
    truth = np.repeat(np.arange(3, dtype=np.int32)[:, None], n, axis=1)
    ones = np.ones((3, n))
    triplets = hardest_three(
        photons[:, 0],
        np.array([polar_angle(p) for p in photons]),
        np.arctan2(photons[:, 2], photons[:, 1]),
        0.0 * ones,
        ones,
        truth,
        np.ones((3, n), dtype=bool),
    )
    return pairing_candidates(
        triplets,
        boost=BOOST,
        sqrt_s=SQRT_S,
        n_tracks=np.zeros(n, dtype=np.int64),
        weights=np.ones(n),
        separation=SEPARATION,
        signal_daughters=(1, 2) if signal else None,
    )


@given(st.floats(0.2, 9.7))
def test_true_pairing_has_the_mass_of_the_alp_by_both_formulas(mass):
    found = candidates_of(alp_photons(mass, 20))
    true = found.select(found.truth)
    assert len(true) == 20
    np.testing.assert_allclose(true["m2_gg"], mass**2, atol=1e-6)
    np.testing.assert_allclose(true["m2_recoil"], mass**2, atol=1e-6)


def test_three_pairings_of_each_event_share_the_event_and_the_three_photon_mass():
    found = candidates_of(alp_photons(2.0, 50))
    assert len(found) == 150
    assert (np.bincount(found.event) == 3).all()
    np.testing.assert_allclose(found["m_3g"], SQRT_S, rtol=1e-9)
    sums = np.bincount(found.event, weights=found["m2_gg"])
    np.testing.assert_allclose(sums, SQRT_S**2, rtol=1e-9)


def test_the_three_hardest_eligible_photons_are_taken():
    energy = np.array([[1.0, 5.0], [2.0, np.nan], [3.0, 1.0], [4.0, 2.0]])
    eligible = np.array([[True, True], [True, False], [True, True], [False, True]])
    slot = np.repeat(np.arange(4, dtype=np.int32)[:, None], 2, axis=1)
    found = hardest_three(energy, energy, energy, energy, energy, slot, eligible)
    np.testing.assert_array_equal(found.truth, [[2, 0], [1, 3], [0, 2]])


def test_events_with_fewer_than_three_photons_drop_out():
    eligible = np.array([[True, True], [True, True], [True, False]])
    values = np.ones((3, 2))
    found = hardest_three(values, values, values, values, values, values.astype(np.int32), eligible)
    np.testing.assert_array_equal(found.event, [0])


@pytest.mark.parametrize(
    ("delta_theta", "delta_phi", "separated"),
    [(0.0, 0.5, 1.0), (0.02, 0.0, 1.0), (0.01, 0.3, 0.0), (0.0, 2 * np.pi - 0.1, 0.0)],
)
def test_conversion_separation_needs_one_of_the_two_angles(delta_theta, delta_phi, separated):
    theta = np.array([[1.0], [1.0 + delta_theta], [2.0]])
    phi = np.array([[-3.0], [-3.0 + delta_phi], [1.5]])
    one = np.ones((3, 1))
    slots = np.arange(3, dtype=np.int32)[:, None]
    photons = hardest_three(3.0 * one, theta, phi, one, one, slots, one.astype(bool))
    found = pairing_candidates(
        photons,
        boost=BOOST,
        sqrt_s=SQRT_S,
        n_tracks=np.zeros(1, dtype=np.int64),
        weights=np.ones(1),
        separation=SEPARATION,
    )
    assert (found["separated"] == separated).all()


def two_per_event():
    return Candidates({"x": np.array([0.1, 0.9, 0.4, np.nan])}, np.array([0, 0, 1, 2]), np.array([2.0] * 4))


def test_cut_flow_counts_events_not_candidates():
    cut = Cut("x", "x", 0.0, 0.5, "P", "test")
    kept, flow = apply_cuts(two_per_event(), [cut])
    np.testing.assert_array_equal(kept.event, [0, 1])
    assert [step.events for step in flow] == [3, 2]
    assert [step.weight for step in flow] == [6.0, 4.0]
    assert flow[1].weight_error == pytest.approx(np.sqrt(8.0))


def test_nan_never_passes():
    assert not passes(Cut("x", "x", -np.inf, np.inf, "P", "test"), two_per_event())[3]


def test_cut_without_its_column_is_left_out_and_said_so():
    kept, flow = apply_cuts(two_per_event(), [Cut("y", "y", 0.0, 1.0, "P", "test")])
    assert len(kept) == 4
    assert not flow[1].applied
