from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scotopic.detector.card import load_experiment
from scotopic.detector.track_resolution import exit_radius_mm, momentum_resolution
from scotopic.detector.tracker import (
    Particles,
    calorimeter_entry,
    charges,
    draw_found,
    finding_efficiency,
    helix,
    impact,
    measure,
    radiate,
)
from scotopic.numerics.lorentz import from_angles

CARDS = ("babar", "belle", "belle2-2018", "belle2-phase3", "bes3", "kloe")
BELLE2 = load_experiment("belle2-2018")
FIELD = BELLE2.beam.field_T


def particles(pdg, momentum, vertex=(0.0, 0.0, 0.0)):
    n = momentum.shape[1]
    return Particles(
        np.arange(n),
        np.zeros(n, dtype=np.int32),
        np.full(n, pdg, dtype=np.int32),
        momentum,
        np.tile(np.array(vertex)[:, None], (1, n)),
    )


def pions(pt, theta, phi=0.0, vertex=(0.0, 0.0, 0.0), pdg=211):
    p = np.atleast_1d(pt / np.sin(theta)) * np.ones(np.size(phi))
    return particles(pdg, from_angles(np.hypot(p, 0.13957), 0.13957, np.cos(theta), phi), vertex)


def test_charges_of_codes():
    codes = np.array([11, -11, 13, 22, 211, -321, 2212, 12, 9000005, 52, 0], dtype=np.int32)
    assert charges(codes).tolist() == [-1, 1, -1, 0, 1, -1, 1, 0, 0, 0, 0]


def test_radius_of_a_track():
    # R = pT/(0.2998 B): 1 GeV in 1.5 T is 2.224 m
    one = pions(1.0, 1.2)
    assert helix(one, charges(one.pdg), FIELD).radius[0] == pytest.approx(2223.7, rel=1e-4)


@pytest.mark.parametrize("pdg", [211, -211])
def test_a_helix_from_the_origin_turns_by_its_half_angle(pdg):
    one = pions(1.0, 1.4, 0.3, pdg=pdg)
    theta, phi, present = calorimeter_entry(one, charges(one.pdg), FIELD, BELLE2.calo)
    radius = 1000.0 / (0.299792458 * FIELD)
    half = np.arcsin(1250.0 / (2.0 * radius))
    z = 2.0 * radius * half / np.tan(1.4)
    assert present[0]
    assert phi[0] == pytest.approx(0.3 - np.sign(pdg) * half)
    assert theta[0] == pytest.approx(np.arctan2(1250.0, z))


def test_pt_that_reaches_the_barrel():
    # basf2 acceptance variables: 0.28 GeV
    for pt, reached in ((0.279, False), (0.283, True)):
        one = pions(pt, np.pi / 2)
        assert calorimeter_entry(one, charges(one.pdg), FIELD, BELLE2.calo)[2][0] == reached
    curler = pions(0.2, np.deg2rad(40.0))
    theta, _, present = calorimeter_entry(curler, charges(curler.pdg), FIELD, BELLE2.calo)
    assert present[0]  # through the forward disc
    assert theta[0] < np.deg2rad(32.2)


@given(st.floats(0.25, 2.7), st.floats(-3.1, 3.1))
def test_photons_fly_straight(theta, phi):
    one = particles(22, from_angles(np.array([2.0]), 0.0, np.cos(theta), phi))
    found = calorimeter_entry(one, np.zeros(1, dtype=np.int32), FIELD, BELLE2.calo)
    assert found[0][0] == pytest.approx(theta, abs=1e-9)
    assert found[1][0] == pytest.approx(phi, abs=1e-9)
    assert found[2][0]


def test_displaced_photons():
    momentum = from_angles(np.array([2.0]), 0.0, 0.0, 0.0)
    shifted = particles(22, momentum, (0.0, 1250.0 * np.sin(0.2), 0.0))
    none = np.zeros(1, dtype=np.int32)
    theta, phi, present = calorimeter_entry(shifted, none, FIELD, BELLE2.calo)
    assert (theta[0], phi[0]) == (pytest.approx(np.pi / 2), pytest.approx(0.2))
    assert present[0]
    behind = particles(22, momentum, (1300.0, 0.0, 0.0))
    assert not calorimeter_entry(behind, none, FIELD, BELLE2.calo)[2][0]


def test_impact_parameters_are_the_distance_from_the_axis():
    prompt = pions(0.5, 1.0, 0.7, (0.0, 0.0, 3.0))
    d0, z0 = impact(prompt, helix(prompt, charges(prompt.pdg), FIELD))
    assert (d0[0], z0[0]) == (pytest.approx(0.0, abs=1e-9), pytest.approx(3.0))
    aside = pions(2.0, 1.0, 0.0, (0.0, 10.0, 0.0))
    d0, z0 = impact(aside, helix(aside, charges(aside.pdg), FIELD))
    assert (d0[0], z0[0]) == (pytest.approx(10.0), pytest.approx(0.0, abs=1e-9))
    rng = np.random.default_rng(1)
    for one, expected in ((prompt, True), (aside, False)):
        circle = helix(one, charges(one.pdg), FIELD)
        assert measure(one, circle, BELLE2.tracker, rng).from_ip[0] == expected


def test_efficiency_is_that_of_the_card():
    # detector card: 0.97 above 0.3 GeV, 0.90 at 0.2, nothing below 0.1 and outside 17-150 degrees
    for pt, theta, expected in ((1.0, 90, 0.97), (0.2, 90, 0.90), (0.09, 90, 0.0), (2.0, 16, 0.0)):
        one = pions(pt, np.deg2rad(theta))
        assert finding_efficiency(one, BELLE2.tracker)[0] == pytest.approx(expected)
    halfway = pions(1.0, np.pi / 2, 0.0, (639.7, 0.0, 0.0))
    assert finding_efficiency(halfway, BELLE2.tracker)[0] == pytest.approx(0.5 * 0.97)


@given(st.floats(0.0, 1.0), st.floats(1.0, 100.0))
def test_boosted_loss_keeps_expectations(efficiency, boost):
    n = 4000
    found, weight = draw_found(np.full(n, efficiency), boost, np.random.default_rng(3))
    lost = np.where(found, 0.0, weight)
    largest = max(weight.max(), 1.0)
    assert lost.mean() == pytest.approx(1.0 - efficiency, abs=5.0 * largest / np.sqrt(n) * 0.5 + 1e-12)
    assert weight.mean() == pytest.approx(1.0, abs=5.0 * largest / np.sqrt(n) * 0.5 + 1e-12)
    if 0.03 < 1.0 - efficiency < 0.05 and boost > 10.0:
        assert (~found).mean() > 0.2


def test_momentum_resolution_at_90_degrees_is_that_of_the_card():
    # 0.12 % pT (+) 0.25 %/beta
    n = 20_000
    rng = np.random.default_rng(2)
    for pt in (1.0, 5.0):
        many = pions(pt, 0.5 * np.pi, np.zeros(n))
        measured = measure(many, helix(many, charges(many.pdg), FIELD), BELLE2.tracker, rng)
        beta = 1.0 / np.hypot(1.0, 0.13957 / pt)
        expected = 0.01 * np.hypot(0.12 * pt, 0.25 / beta)
        assert (pt / measured.pt - 1.0).std() == pytest.approx(expected, rel=0.03)
        assert np.median(measured.pt) == pytest.approx(pt, rel=5e-4)


def test_tracks_leave_through_wall_and_ends():
    # Belle II wires: the outer layer ends at z = 157.6 cm, which is 35.2 degrees; 20 degrees meets the cone between
    # (43.8, 142.0) and (111.14, 157.6) cm, 150 degrees that between (16.8, -29.9) and (32.98, -56.9) cm
    theta = np.deg2rad([90.0, 60.0, 36.0, 20.0, 150.0])
    radius = exit_radius_mm(theta, np.zeros(5), np.zeros(5), BELLE2.tracker)
    assert radius[:3] == pytest.approx(1111.4)
    slope = (157.6 - 142.0) / (111.14 - 43.8)
    assert radius[3] == pytest.approx(10.0 * (142.0 - slope * 43.8) / (1.0 / np.tan(theta[3]) - slope))
    back = (56.9 - 29.9) / (32.98 - 16.8)
    assert radius[4] == pytest.approx(10.0 * (29.9 - back * 16.8) / (-1.0 / np.tan(theta[4]) - back))


@given(st.sampled_from(CARDS), st.floats(0.2, 5.0), st.floats(0.0, 1.0))
def test_momentum_resolution_grows_with_shorter_lever_arms(card, pt, share):
    tracker = load_experiment(card).tracker
    low, high = np.deg2rad(tracker.theta_deg)
    theta = np.array([0.5 * np.pi, 0.5 * np.pi + share * (high - 0.5 * np.pi) * 0.99, low + 0.01])
    sigma = momentum_resolution(np.full(3, pt), np.ones(3), theta, tracker)
    assert np.all(sigma >= sigma[0] * (1.0 - 1e-12))
    born = 10.0 * (tracker.radii_cm[0] + share * (tracker.radii_cm[1] - tracker.radii_cm[0]))
    late = momentum_resolution(np.full(3, pt), np.ones(3), theta, tracker, born, born / np.tan(theta))
    assert np.all(late >= sigma * (1.0 - 1e-12))


def test_momentum_resolution_follows_gluckstern():
    # half the lever arm of a chamber alone: curvature 4 sqrt(60/32) times worse, scattering sqrt(2)
    tracker = replace(BELLE2.tracker, first_radius_cm=16.8, sigma_pt_percent=(0.12, 0.0))
    half = 5.0 * (16.8 + 111.14)
    right = np.full(1, 0.5 * np.pi)
    one = np.ones(1)
    worse = momentum_resolution(one, one, right, tracker, half) / momentum_resolution(
        one, one, right, tracker
    )
    assert worse[0] == pytest.approx(4.0 * np.sqrt(60.0 / 32.0))
    scattered = replace(tracker, sigma_pt_percent=(0.0, 0.25))
    ratio = momentum_resolution(one, one, right, scattered, half) / momentum_resolution(
        one, one, right, scattered
    )
    assert ratio[0] == pytest.approx(np.sqrt(2.0))


def test_bremsstrahlung_keeps_exp_minus_t_on_average():
    # Heitler's law: <E'/E> = exp(-t)
    n = 200_000
    electrons = particles(11, from_angles(np.full(n, 3.0), 0.51099895e-3, 0.5, 0.0))
    slowed, photons = radiate(electrons, 0.04, np.random.default_rng(4))
    t = 0.04 / np.sqrt(0.75)
    assert slowed.momentum[0].mean() / 3.0 == pytest.approx(np.exp(-t), abs=2e-3)
    total = slowed.momentum[1:].sum(axis=1) + photons.momentum[1:].sum(axis=1)
    np.testing.assert_allclose(total, electrons.momentum[1:].sum(axis=1), rtol=1e-9, atol=1e-6)


def test_muons_do_not_radiate():
    muons = particles(13, from_angles(np.full(5, 3.0), 0.1056583755, 0.5, 0.0))
    slowed, photons = radiate(muons, 0.04, np.random.default_rng(4))
    np.testing.assert_allclose(slowed.momentum, muons.momentum)
    assert len(photons) == 0


def test_tracks_with_few_layers_are_not_made():
    # a superlayer of 56 layers: the cone of Belle II's chamber follows 17.2 degrees
    theta = np.deg2rad(np.array([17.05, 17.15, 18.5, 30.0]))
    for card in ("belle2-2018", "belle2-phase3"):
        efficiency = finding_efficiency(pions(1.0, theta, np.zeros(4)), load_experiment(card).tracker)
        assert efficiency[0] == efficiency[1] == 0.0
        np.testing.assert_allclose(efficiency[2:], 0.97)
    # what is measured there by a fluctuation has a finite error
    sigma = momentum_resolution(np.full(4, 2.0), np.ones(4), theta, BELLE2.tracker)
    assert sigma.max() < 0.5
