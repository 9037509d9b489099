"""Beams, frames and what a record lacks: nothing is made up, whatever is missing."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.events.beam_change import follow_beams
from scotopic.events.beams import Beams, to_lab
from scotopic.events.event_chunks import cut, joined
from scotopic.events.frames import (
    event_beams,
    missing_momentum,
    sum_beams,
    to_cm,
    with_beams_of,
    without_spread,
)
from scotopic.events.record import Events
from scotopic.events.signals.alp_strahlung import DAUGHTERS, generate_alp_strahlung
from scotopic.numerics.lorentz import boost, invariant_mass, invariant_mass2, velocity

CARDS = ("belle2-2018", "belle2-phase3", "belle", "babar", "bes3", "kloe")
SUPERKEKB = load_experiment("belle2-2018").beams


def alps(n=50, beams=SUPERKEKB, mass=0.5, seed=1):
    return generate_alp_strahlung(mass * beams.sqrt_s / 10.0, n, sqrt_s=beams.sqrt_s, seed=seed)


def without(events, slots):
    """The events without some of their particles."""
    kept = [slot for slot in range(events.pdg.shape[0]) if slot not in slots]
    return replace(events, pdg=events.pdg[kept], momenta=events.momenta[kept], resonance=())


def angles(beams):
    """Angles of electron and positron beam to the axis of the solenoid, rad."""
    electron, positron = beams.nominal[:, 1:] / np.linalg.norm(beams.nominal[:, 1:], axis=1, keepdims=True)
    return np.arccos(electron[2]), np.arccos(-positron[2])


@pytest.mark.parametrize(
    ("card", "electron", "positron"),
    [
        ("belle2-2018", 0.0415, 0.0415),  # basf2 beam parameters
        ("belle2-phase3", 0.0415, 0.0415),
        ("belle", 0.022, 0.0),  # Belle's detector paper: positrons along the solenoid
        ("babar", 0.020, 0.020),
        ("bes3", 0.011, 0.011),
        ("kloe", 0.0125, 0.0125),
    ],
)
def test_beams_fly_at_the_angles_of_the_card(card, electron, positron):
    np.testing.assert_allclose(angles(load_experiment(card).beams), [electron, positron], atol=1e-7)


@pytest.mark.parametrize("card", CARDS)
def test_electrons_along_z_of_the_centre_of_mass_fly_along_their_beam(card):
    beams = load_experiment(card).beams
    half = 0.5 * beams.sqrt_s
    p = np.array([[half, 0.0, 0.0, half], [half, 0.0, 0.0, -half]]).reshape(2, 4, 1)
    lab = to_lab(Events(np.array([[11], [-11]], np.int32), p, np.ones(1), "cm", beams.sqrt_s), beams)
    np.testing.assert_allclose(lab.momenta[:, :, 0], beams.nominal, atol=2e-6 * half)
    np.testing.assert_allclose(lab.beams[:, :, 0], beams.nominal, rtol=1e-12)
    np.testing.assert_array_equal(lab.momenta[0], beams.in_laboratory(p[0]))


def test_the_axis_of_the_solenoid_turns_all_in_the_plane_of_the_beams():
    tilted = replace(SUPERKEKB, solenoid_axis_rad=0.0415)
    np.testing.assert_allclose(angles(tilted), [0.0, 0.083], atol=1e-7)
    assert tilted.sqrt_s == pytest.approx(SUPERKEKB.sqrt_s, rel=1e-14)
    one, other = (to_lab(alps(), beams).momenta for beams in (SUPERKEKB, tilted))
    np.testing.assert_allclose(one[:, 0], other[:, 0], rtol=1e-12)
    np.testing.assert_allclose(one[:, 2], other[:, 2], atol=1e-12)
    with pytest.raises(InputError, match="solenoid_axis_rad"):
        Beams(7.0, 4.0, 0.0415, solenoid_axis_rad=1.6)


@pytest.mark.parametrize("card", CARDS)
@pytest.mark.parametrize("spread", [False, True])
def test_the_laboratory_is_left_as_it_was_entered(card, spread):
    beams = load_experiment(card).beams
    made = alps(beams=beams)
    lab = to_lab(made, beams, np.random.default_rng(2) if spread else None)
    assert (lab.frame, lab.beam_spread) == ("lab", spread)
    chunks = cut(lab)
    assert sum_beams(chunks).fit(beams)
    assert with_beams_of(chunks, beams, sum_beams(chunks)) is chunks
    np.testing.assert_allclose(missing_momentum(lab), 0.0, atol=1e-9)
    np.testing.assert_allclose(without_spread(lab).momenta, made.momenta, atol=1e-9)
    if not spread:
        np.testing.assert_allclose(to_cm(lab).momenta, made.momenta, atol=1e-9)


@given(st.sets(st.integers(0, 2), max_size=2), st.integers(0, 50))
@settings(max_examples=20)
def test_what_is_seen_does_not_depend_on_what_the_record_holds(dropped, seed):
    """To no more than the spread of √s, of 5 MeV; a single photon moves exactly as it does in the complete event."""
    made = alps(20, seed=seed)
    whole = to_lab(made, SUPERKEKB, np.random.default_rng(seed))
    part = to_lab(without(made, dropped), SUPERKEKB, np.random.default_rng(seed))
    kept = [slot for slot in range(3) if slot not in dropped]
    np.testing.assert_allclose(part.momenta, whole.momenta[kept], atol=0.02)
    if kept == [0]:
        np.testing.assert_allclose(part.momenta, whole.momenta[:1], atol=1e-9)
    expected = whole.momenta[list(dropped)].sum(axis=0) if dropped else np.zeros((4, 20))
    np.testing.assert_allclose(missing_momentum(part), expected, atol=0.03)


@given(st.floats(0.0, 10.0), st.integers(0, 100))
@settings(max_examples=20)
def test_beams_that_do_not_change_change_nothing(energy, seed):
    rng = np.random.default_rng(seed)
    p = np.zeros((3, 4, 5))
    p[:, 1:] = rng.normal(size=(3, 3, 5))
    p[:, 0] = np.sqrt((p[:, 1:] ** 2).sum(axis=1)) + energy  # the sum has nothing to do with the beams
    events = Events(np.full((3, 5), 22, np.int32), p, np.ones(5), "cm", 10.58)
    assert follow_beams(events, np.zeros(5), np.full(5, 10.58)) is events
    lab = to_lab(events, SUPERKEKB)
    for before, after in zip(p, lab.momenta, strict=True):
        np.testing.assert_allclose(invariant_mass2(before), invariant_mass2(after), atol=1e-9)
    np.testing.assert_allclose(to_cm(lab).momenta, p, atol=1e-10)


def test_the_energy_changes_by_as_much_as_that_of_the_beams():
    made = alps(200)
    lab = to_lab(made, SUPERKEKB, np.random.default_rng(3))
    np.testing.assert_allclose(lab.momenta.sum(axis=0), lab.beams.sum(axis=0), atol=1e-9)
    pair = lab.momenta[list(DAUGHTERS)].sum(axis=0)
    np.testing.assert_allclose(
        invariant_mass2(pair), invariant_mass2(made.momenta[list(DAUGHTERS)].sum(axis=0)), atol=1e-9
    )
    s = invariant_mass2(lab.beams.sum(axis=0))
    still = boost(lab.momenta[0], -velocity(lab.beams.sum(axis=0)))
    np.testing.assert_allclose(still[0], (s - invariant_mass2(pair)) / (2.0 * np.sqrt(s)), rtol=1e-9)


def test_records_without_momentum_to_change_only_get_the_boost():
    nothing = Events(np.zeros((1, 3), np.int32), np.zeros((1, 4, 3)), np.ones(3), "cm", SUPERKEKB.sqrt_s)
    lab = to_lab(nothing, SUPERKEKB, np.random.default_rng(1))
    assert not lab.momenta.any()
    np.testing.assert_array_equal(missing_momentum(lab), lab.beams.sum(axis=0))
    rest = np.zeros((1, 4, 3))
    rest[:, 0] = SUPERKEKB.sqrt_s
    lab = to_lab(
        replace(nothing, pdg=np.full((1, 3), 553, np.int32), momenta=rest),
        SUPERKEKB,
        np.random.default_rng(1),
    )
    np.testing.assert_allclose(invariant_mass(lab.momenta[0]), SUPERKEKB.sqrt_s, rtol=1e-12)


def test_events_of_their_own_beams_get_no_others():
    made = alps(30)
    rng = np.random.default_rng(4)
    beams = event_beams(made) * (1.0 + 0.01 * rng.normal(size=(2, 1, 30)))
    own = replace(made, beams=beams, beam_spread=True)
    lab, other = (to_lab(own, SUPERKEKB, np.random.default_rng(k)) for k in (1, 2))
    np.testing.assert_array_equal(lab.momenta, other.momenta)
    np.testing.assert_allclose(to_lab(made, SUPERKEKB).momenta, lab.momenta, atol=1e-12)
    np.testing.assert_allclose(
        invariant_mass(lab.beams.sum(axis=0)), invariant_mass(beams.sum(axis=0)), rtol=1e-9
    )


def test_laboratories_of_other_beams_are_known_and_left():
    head_on = Beams(7.004, 4.002, 0.0)
    lab = to_lab(alps(beams=head_on), head_on)
    sums = sum_beams(cut(lab))
    assert not sums.fit(SUPERKEKB)
    still = joined(with_beams_of(cut(lab), SUPERKEKB, sums))
    assert (still.frame, still.beams) == ("cm", None)
    assert still.sqrt_s == pytest.approx(head_on.sqrt_s)
    mirrored = replace(lab, beams=lab.beams * np.array([1.0, 1.0, 1.0, -1.0])[:, None])
    assert not sum_beams(cut(mirrored)).fit(head_on)
    assert sum_beams(cut(replace(lab, beams=None))).fit(SUPERKEKB)  # nothing tells


def test_beams_of_laboratory_events_without_them_are_not_made_up():
    lab = replace(to_lab(alps(), SUPERKEKB), beams=None)
    for ask in (event_beams, missing_momentum, to_cm, without_spread):
        with pytest.raises(InputError, match="do not keep their beams"):
            ask(lab)


def test_places_move_with_their_times():
    """A straight flight from the origin stays one, at the velocity of the particle."""
    made = alps(40)
    time = np.linspace(1.0, 300.0, 40)
    alp = made.momenta[list(DAUGHTERS)].sum(axis=0)
    vertices, times = np.zeros((3, 3, 40)), np.zeros((3, 40))
    vertices[list(DAUGHTERS)], times[list(DAUGHTERS)] = time * alp[1:] / alp[0], time
    lab = to_lab(replace(made, vertices=vertices, times=times), SUPERKEKB)
    moved = lab.momenta[list(DAUGHTERS)].sum(axis=0)
    for slot in DAUGHTERS:
        np.testing.assert_allclose(lab.vertices[slot], lab.times[slot] * moved[1:] / moved[0], atol=1e-9)
    np.testing.assert_array_equal(lab.vertices[0], 0.0)
    back = to_cm(lab)
    np.testing.assert_allclose(back.vertices, vertices, atol=1e-9)
    np.testing.assert_allclose(back.times, times, atol=1e-9)
    for move, events in ((lambda e: to_lab(e, SUPERKEKB), replace(made, vertices=vertices)), (to_cm, lab)):
        with pytest.raises(InputError, match="at times that are not kept"):
            move(replace(events, times=None))
