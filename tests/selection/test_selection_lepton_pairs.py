"""Lepton pairs and their recoil, and Punzi's figure of merit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scotopic.analysis.radiation import NO_RADIATION
from scotopic.detector.card import load_experiment
from scotopic.detector.simulate import simulate
from scotopic.events.generate import generate
from scotopic.numerics.lorentz import boost, from_angles
from scotopic.physics.standard_model import MUON_MASS
from scotopic.searches.dilepton_and_recoil.selection import find_muons
from scotopic.searches.dilepton_and_recoil.zprime_invisible import generate_signal
from scotopic.selection.lepton_pairs import recoil_candidates, two_tracks
from scotopic.selection.punzi import figure_of_merit, least_signal

CARD = load_experiment("belle2-2018")
BETA, SQRT_S = CARD.beams.boost, CARD.beams.sqrt_s


def measured(first, second):
    """Return the candidate of two muons given in the centre of mass."""
    lab = [boost(p[:, None], BETA) for p in (first, second)]
    pt = np.array([np.hypot(p[1], p[2]) for p in lab])
    theta = np.array([np.arctan2(np.hypot(p[1], p[2]), p[3]) for p in lab])
    phi = np.array([np.arctan2(p[2], p[1]) for p in lab])
    pairs = two_tracks(pt, theta, phi, np.array([[-1], [1]]), np.ones((2, 1), dtype=bool))
    none = np.full((1, 1), np.nan)
    mass = np.array([MUON_MASS])
    return recoil_candidates(
        pairs, (mass, mass), (none, none, none), beta=BETA, sqrt_s=SQRT_S, weights=np.ones(1)
    )


angles = st.floats(0.3, 2.8), st.floats(-3.0, 3.0)


@given(*angles, *angles, st.floats(0.5, 4.5), st.floats(0.5, 4.5))
def test_recoil_is_what_the_beams_leave(theta1, phi1, theta2, phi2, p1, p2):
    first, second = (
        from_angles(np.hypot(p, MUON_MASS), MUON_MASS, np.cos(theta), phi)
        for p, theta, phi in ((p1, theta1, phi1), (p2, theta2, phi2))
    )
    found = measured(first, second)
    pair = first + second
    recoil2 = (SQRT_S - pair[0]) ** 2 - (pair[1:] ** 2).sum()
    np.testing.assert_allclose(found["m2_recoil"], recoil2, rtol=1e-9, atol=1e-8)
    np.testing.assert_allclose(found["pt_recoil"], np.hypot(pair[1], pair[2]), rtol=1e-8, atol=1e-9)
    hard, soft = (first, second) if p1 > p2 else (second, first)
    for name, lepton in (("pt_recoil_hard", hard), ("pt_recoil_soft", soft)):
        across = np.linalg.norm(np.cross(pair[1:], lepton[1:] / np.linalg.norm(lepton[1:])))
        if abs(p1 - p2) > 1e-6:
            np.testing.assert_allclose(found[name], across, rtol=1e-7, atol=1e-8)


def test_only_pairs_of_opposite_charge_count():
    pt = np.ones((3, 4))
    charge = np.array([[1, 1, 1, -1], [-1, 1, -1, 1], [1, -1, 1, 1]])
    good = np.array([[1, 1, 1, 1], [1, 1, 1, 1], [0, 0, 1, 0]], dtype=bool)
    pairs = two_tracks(pt, pt, pt, charge, good)
    np.testing.assert_array_equal(pairs.event, [0, 3])
    np.testing.assert_array_equal(pairs.slot, [[1, 0], [0, 1]])


def test_photons_count_near_the_recoil_and_everywhere():
    muons = generate(
        "e- e+ > mu- mu+ gamma", 400, sqrt_s=SQRT_S, cuts=("E:gamma:2:", "theta:gamma:60:120"), seed=2
    )
    quiet = replace(CARD.calo.background, mean_clusters_above_100MeV=0.0)
    card = replace(CARD, calo=replace(CARD.calo, background=quiet))
    found = find_muons(simulate(muons, card, seed=3))
    # the photon is what the muons recoil against, but for those that the simulation loses
    assert (found["photon_near_recoil"] > 1.5).mean() > 0.85
    assert (found["photon_near_recoil"] <= found["e_extra"] + 1e-12).all()
    assert np.median(np.abs(found["m2_recoil"])) < 0.5


@pytest.mark.parametrize(
    ("mass", "full_simulation"), [(0.5, 0.262), (2.0, 0.311), (5.0, 0.243), (7.0, 0.158)]
)
def test_resolution_is_that_of_the_full_simulation(mass, full_simulation):
    """Widths of github.com/feichtip/punzinet, made at fixed beam energies; 15 %."""
    card = replace(CARD, beam=replace(CARD.beam, use_spread=False))
    events = generate_signal((mass,), 6000, sqrt_s=SQRT_S, seed=1, radiation=NO_RADIATION)
    found = find_muons(simulate(events, card, seed=2))
    kept = (found["theta_low"] > np.deg2rad(37.0)) & (found["theta_high"] < np.deg2rad(120.0))
    kept &= (found["pt_low"] > 0.4) & (found["pt_recoil"] > 1.0)
    low, high = np.quantile(found["m2_recoil"][kept], [0.158655, 0.841345])
    assert 0.5 * (high - low) == pytest.approx(full_simulation, rel=0.15)


def test_punzi_has_its_limits():
    """a²/8 + 9b²/13 + b²/2 without background; (a + b)√B with much."""
    a, b = 3.0, 1.28155
    assert least_signal(np.array(0.0)) == pytest.approx(a**2 / 8 + 9 * b**2 / 13 + b**2 / 2)
    assert least_signal(np.array(1e8)) / 1e4 == pytest.approx(a + b, rel=1e-3)
    assert figure_of_merit(np.array(0.2), np.array(4.0)) > figure_of_merit(np.array(0.2), np.array(5.0))
