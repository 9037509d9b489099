from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scotopic.detector.card import load_experiment
from scotopic.detector.simulate import simulate
from scotopic.errors import InputError
from scotopic.events.beams import to_lab
from scotopic.events.signals.alp_strahlung import DAUGHTERS, generate_alp_strahlung
from scotopic.numerics.lorentz import cos_polar_angle, momentum, opening_angle
from scotopic.physics.models.alp_photon import decay_length_mm
from scotopic.searches.three_photons.signature import (
    CRYSTAL_DEPTH_MM,
    SignatureFractions,
    signature_fractions,
)

PILOT = load_experiment("belle2-2018")
SQRT_S = PILOT.beams.sqrt_s


def faces(found: SignatureFractions):
    return np.stack([found.resolved, found.merged, found.displaced, found.invisible])


@settings(max_examples=40, deadline=None)
@given(mass=st.floats(1e-3, 9.7), log_g=st.floats(-12.0, 0.0))
def test_an_alp_shows_one_of_four_faces(mass, log_g):
    fractions = faces(signature_fractions(mass, 10.0**log_g, PILOT))
    assert fractions.sum() == pytest.approx(1.0, abs=1e-12)
    assert np.all(fractions > -1e-15)
    assert np.all(fractions < 1.0 + 1e-12)


@pytest.mark.parametrize(
    ("mass", "coupling", "face"),
    [
        (1.0, 1e-3, "resolved"),
        (5.0, 1e-4, "resolved"),
        (0.5, 1e-3, "resolved"),
        (0.05, 1e-1, "merged"),
        (0.02, 1.0, "merged"),
        (0.2, 1e-5, "displaced"),
        (0.05, 2e-4, "displaced"),
        (0.2, 1e-6, "invisible"),
        (0.01, 1e-5, "invisible"),
        (5.0, 1e-11, "invisible"),
    ],
)
def test_each_face_has_its_corner_of_the_plane(mass, coupling, face):
    """Figure 1: resolved at high mass and coupling, merged at low mass, invisible at low coupling."""
    fractions = vars(signature_fractions(mass, coupling, PILOT))
    assert max(fractions, key=fractions.get) == face
    assert fractions[face] > 0.5


def test_photons_merge_below_some_two_hundred_mev():
    """The paper: merged for m_a < 200 MeV; the smallest opening angle of 0.2 GeV is 4.3 degrees in the CM frame."""
    mass = np.geomspace(0.03, 1.0, 60)
    resolved = signature_fractions(mass, 1.0, PILOT).resolved
    assert np.all(np.diff(resolved) >= 0.0)
    assert 0.1 < np.interp(0.5, resolved, mass) < 0.25
    assert signature_fractions(0.3, 1.0, PILOT).resolved > 0.95


def test_a_strong_coupling_is_prompt_and_then_changes_nothing():
    found = faces(signature_fractions(0.2, np.array([1e-1, 1.0, 10.0]), PILOT))
    np.testing.assert_allclose(found[:, 1:] - found[:, :1], 0.0, atol=1e-12)
    np.testing.assert_allclose(found[2:], 0.0, atol=1e-12)


def test_a_weak_coupling_decays_inside_with_its_square():
    """1 - exp(-L/λ) → L/λ, and λ goes as 1/g²."""
    found = faces(signature_fractions(0.2, np.array([1e-8, 2e-8]), PILOT))
    np.testing.assert_allclose(found[:3, 1] / found[:3, 0], 4.0, rtol=1e-4)
    np.testing.assert_allclose(found[3], 1.0, atol=1e-5)


@pytest.mark.parametrize("mass", [0.02, 0.2, 1.0, 9.0])
def test_fewer_escape_and_more_are_prompt_the_stronger_the_coupling(mass):
    found = signature_fractions(mass, np.geomspace(1e-9, 1.0, 50), PILOT)
    assert np.all(np.diff(found.invisible) <= 1e-12)
    assert np.all(np.diff(found.resolved + found.merged) >= -1e-12)


@pytest.mark.parametrize("mass", [0.05, 0.2, 0.5])
def test_the_choice_between_resolved_and_merged_does_not_depend_on_the_lifetime(mass):
    """At weak coupling all decay lengths count alike but for the boost; within some per cent the share holds."""
    found = signature_fractions(mass, np.array([1.0, 1e-8]), PILOT)
    share = found.resolved / (found.resolved + found.merged)
    assert share[1] == pytest.approx(share[0], abs=0.1)


@pytest.mark.parametrize(("mass", "coupling"), [(0.2, 1e-5), (0.2, 3e-6), (0.1, 1e-3), (0.15, 3e-5)])
def test_the_fractions_are_those_of_generated_events(mass, coupling):
    """Events with a drawn decay point each, in the cylinders of tracker and calorimeter."""
    n = 40_000
    events = to_lab(generate_alp_strahlung(mass, n, sqrt_s=SQRT_S, seed=1), PILOT.beams)
    first, second = (events.momenta[slot] for slot in DAUGHTERS)
    alp = first + second
    cos = cos_polar_angle(alp)
    inside = (np.rad2deg(np.arccos(cos)) > 12.4) & (np.rad2deg(np.arccos(cos)) < 155.1)
    rng = np.random.default_rng(2)
    path = decay_length_mm(mass, coupling, momentum(alp)) * rng.exponential(size=n)
    radius, z = path * np.sqrt(1.0 - cos**2), path * cos
    escaped = (radius > 1250.0 + CRYSTAL_DEPTH_MM) | (z > 1960.0 + CRYSTAL_DEPTH_MM)
    escaped |= z < -1020.0 - CRYSTAL_DEPTH_MM
    displaced = (radius > 160.0) & ~escaped
    angle = np.rad2deg(opening_angle(first, second))
    apart = rng.random(n) < (angle - 3.0) / 2.5
    prompt = ~escaped & ~displaced
    expected = np.array(
        [(face & inside).sum() for face in (prompt & apart, prompt & ~apart, displaced, escaped)]
    )
    found = faces(signature_fractions(mass, coupling, PILOT))
    # five standard errors of the events and 3e-3 of the 2048 quasi-random points
    error = 5.0 * np.sqrt(expected + 1.0) / inside.sum() + 3e-3
    assert np.all(np.abs(found - expected / inside.sum()) < error)


def test_a_larger_calorimeter_sees_more_and_a_finer_one_resolves_more():
    calo = PILOT.calo
    larger = replace(
        PILOT, calo=replace(calo, front_radius_mm=2500.0, forward_z_mm=4000.0, backward_z_mm=2000.0)
    )
    finer = replace(PILOT, calo=replace(calo, merge_deg=(1.0, 2.0)))
    usual = signature_fractions(0.2, 1e-5, PILOT)
    assert signature_fractions(0.2, 1e-5, larger).invisible < 0.7 * usual.invisible
    assert signature_fractions(0.2, 1e-5, finer).resolved > usual.resolved
    assert signature_fractions(0.2, 1e-5, finer).invisible == usual.invisible


def test_masses_and_couplings_are_broadcast():
    mass, coupling = np.array([[1.0], [0.1], [1.0]]), np.array([1e-3, 1e-6, 1e-3, 1e-9])
    found = signature_fractions(mass, coupling, PILOT)
    assert all(part.shape == (3, 4) for part in vars(found).values())
    for i, m in enumerate(mass[:, 0]):
        for j, g in enumerate(coupling):
            one = faces(signature_fractions(m, g, PILOT))
            assert one.shape == (4,)
            np.testing.assert_array_equal(faces(found)[:, i, j], one)


def test_the_same_arguments_give_the_same_bits():
    one, two = (faces(signature_fractions(0.17, 4e-6, PILOT)) for _ in range(2))
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("mass", [0.0, -1.0, SQRT_S, 11.0, np.nan, [1.0, np.inf]])
def test_impossible_masses_are_refused(mass):
    with pytest.raises(InputError, match=r"ALP mass must lie between 0 and √s = 10\.580 GeV"):
        signature_fractions(mass, 1e-3, PILOT)


@pytest.mark.parametrize("coupling", [0.0, -1e-3, np.nan, np.inf])
def test_impossible_couplings_are_refused(coupling):
    with pytest.raises(InputError, match="ALP coupling g must be positive and finite"):
        signature_fractions(1.0, coupling, PILOT)


NEAR_THRESHOLD = np.array([10.3, 10.38, 10.39, 10.45, 10.57, np.nextafter(SQRT_S, 0.0)])
"""GeV; from 10.39 on every ALP follows the boost down the beam pipe."""


@pytest.mark.parametrize(("coupling", "face"), [(1e-3, "resolved"), (1e-11, "invisible")])
def test_near_threshold_the_fractions_go_on_as_before(coupling, face):
    found = signature_fractions(NEAR_THRESHOLD, coupling, PILOT)
    np.testing.assert_allclose(getattr(found, face), 1.0, atol=1e-4)
    np.testing.assert_allclose(faces(found).sum(axis=0), 1.0, atol=1e-12)


def test_near_threshold_nothing_jumps():
    found = faces(signature_fractions(np.linspace(10.3, 10.57, 55), 1e-9, PILOT))
    assert np.abs(np.diff(found, axis=1)).max() < 0.02
    assert found.min() > -1e-15


def test_alps_at_rest_in_the_laboratory_have_fractions_too():
    beam = replace(PILOT.beam, electron_GeV=5.0, positron_GeV=5.0, half_crossing_rad=0.0)
    masses = np.array([1.0, 9.9, np.nextafter(10.0, 0.0)])
    found = signature_fractions(masses, 1e-3, replace(PILOT, beam=beam))
    np.testing.assert_allclose(found.resolved, 1.0, atol=1e-3)


@pytest.mark.parametrize(
    ("mass", "coupling", "face"),
    [
        (1.0, 1e-320, "invisible"),
        (1.0, 1e-160, "invisible"),
        (1.0, 1e150, "resolved"),
        (1.0, 1e300, "resolved"),
        (0.001, 1e300, "merged"),
        (1e-8, 1.0, "invisible"),
        (1e-300, 1.0, "invisible"),
        (1e-300, 1e300, "merged"),
    ],
)
def test_extreme_masses_and_couplings_have_their_limit(mass, coupling, face):
    """Any warning would be an error here."""
    assert getattr(signature_fractions(mass, coupling, PILOT), face) == pytest.approx(1.0, abs=1e-3)


def simulated_faces(mass, coupling, n, seed):
    """Fractions from the detector: decay points drawn, clusters counted where they hold the whole energy."""
    made = to_lab(generate_alp_strahlung(mass, n, sqrt_s=SQRT_S, seed=seed), PILOT.beams)
    photons = made.momenta[list(DAUGHTERS)]
    alp = photons.sum(axis=0)
    direction = alp[1:] / momentum(alp)
    path = decay_length_mm(mass, coupling, momentum(alp)) * np.random.default_rng(seed).exponential(size=n)
    place = direction * path
    radius = np.hypot(place[0], place[1])
    theta = np.rad2deg(np.arccos(direction[2]))
    end = np.where(place[2] > 0.0, PILOT.calo.forward_z_mm, PILOT.calo.backward_z_mm) + CRYSTAL_DEPTH_MM
    escaped = (radius > PILOT.calo.front_radius_mm + CRYSTAL_DEPTH_MM) | (np.abs(place[2]) > end)
    late = radius > 10.0 * PILOT.tracker.radii_cm[0]
    decayed = replace(
        made,
        pdg=made.pdg[list(DAUGHTERS)],
        momenta=photons,
        vertices=np.broadcast_to(place, (2, 3, n)).copy(),
        resonance=(),
    )
    seen = simulate(decayed.select(~escaped), PILOT, seed=seed)
    energy = np.zeros(n)
    number = np.zeros(n, dtype=int)
    large = seen.clusters.truth >= 0
    number[~escaped] = sum((large & (seen.clusters.truth == slot)).any(axis=0) for slot in (0, 1))
    energy[~escaped] = np.where(large, seen.clusters.energy, 0.0).sum(axis=0)
    whole = energy > 0.9 * alp[0]  # both photons are in the clusters
    inside = (theta > PILOT.calo.regions_deg[0][0]) & (theta < PILOT.calo.regions_deg[-1][1])
    prompt = inside & ~late & ~escaped & whole
    counts = np.array([(inside & late & ~escaped).sum(), (inside & escaped).sum()]) / inside.sum()
    share = (prompt & (number > 1)).sum() / max(prompt.sum(), 1)
    left = 1.0 - counts.sum()
    return np.array([left * share, left * (1.0 - share), *counts])


@pytest.mark.study
@pytest.mark.parametrize(
    ("mass", "coupling"),
    [(1.0, 1e-3), (0.5, 1e-3), (0.3, 1e-3), (0.2, 1e-3), (0.15, 1e-3), (0.1, 1e-2), (0.2, 1e-5), (0.3, 3e-6),
     (0.05, 2e-4), (0.1, 1e-4), (0.1, 1e-5), (1.0, 3e-7), (5.0, 1e-4)],
)  # fmt: skip
def test_the_fractions_are_those_of_the_simulated_detector(mass, coupling):
    direct = simulated_faces(mass, coupling, 20_000, 5)
    found = faces(signature_fractions(mass, coupling, PILOT))
    print(
        f"{mass:g} {coupling:g} " + " ".join(f"{a:.3f}/{b:.3f}" for a, b in zip(found, direct, strict=True))
    )
    assert np.all(np.abs(found - direct) < 0.05)
