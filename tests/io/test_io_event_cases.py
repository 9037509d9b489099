"""Event files in the dialects of other programs: what their records mean. The events are ours."""

import json

import numpy as np
import pytest

from helpers.places import DATA
from scotopic.app.cli import run
from scotopic.detector.card import load_experiment
from scotopic.detector.simulate import simulate
from scotopic.errors import InputError
from scotopic.events.frames import missing_momentum
from scotopic.io import read_events
from scotopic.numerics.lorentz import boost, invariant_mass2
from scotopic.searches import get_search
from scotopic.study.observation import observe

CASES = DATA / "event_files"
MUON = 0.1056584


def case(name):
    return next(CASES.glob(f"{name}-*"))


def seen(name, card="belle2-2018"):
    """Return the experiment, the generated and the detected events of a case."""
    experiment = load_experiment(card)
    events = read_events(case(name), sqrt_s=experiment.beams.sqrt_s)
    return experiment, events, simulate(events, experiment, seed=1)


def notes_of(name, tmp_path, capsys, *options):
    """Return what the command says of a case."""
    given = ["simulate", str(case(name)), "--output", str(tmp_path / "d.parquet"), "--json", *options]
    assert run(given) == 0
    return json.loads(capsys.readouterr().out)


def recoil(name):
    found = get_search("zprime-invisible").selection.find(seen(name)[2])
    return found["m2_recoil"]


@pytest.mark.parametrize("name", ["F01", "F07", "F14", "F23", "F24"])
def test_the_recoil_against_two_muons_is_that_of_the_z_prime(name):
    """1 GeV², as wide as where the Z' is stable: Z' → νν̄ in the file, another laboratory, beams that vary."""
    m2, plain = recoil(name), recoil("F14")
    width, expected = (0.5 * np.diff(np.percentile(values, [16, 84]))[0] for values in (m2, plain))
    assert np.median(m2) == pytest.approx(1.0, abs=3.5 * 1.25 * width / np.sqrt(len(m2)))  # error of a median
    assert width == pytest.approx(expected, rel=0.25)


@pytest.mark.parametrize("name", ["F02", "F03"])
def test_a_photon_beside_neutrinos_keeps_its_energy(name):
    experiment, events, detected = seen(name, "belle2-phase3")
    energy, theta, phi = (getattr(detected.clusters, what) for what in ("energy", "theta", "phi"))
    sin = np.sin(theta)
    p = energy * np.stack([np.ones_like(theta), sin * np.cos(phi), sin * np.sin(phi), np.cos(theta)])
    slot = np.argmax(events.pdg == 22, axis=0)
    own = detected.clusters.truth == slot
    measured = boost(p, -experiment.beams.boost)[0]
    true = np.broadcast_to(np.take_along_axis(events.momenta[:, 0], slot[None], axis=0), own.shape)
    assert own.any(axis=0).mean() > 0.8
    assert np.median(measured[own] / true[own]) == pytest.approx(1.0, abs=0.01)
    if name == "F03":
        assert np.median(measured[own]) == pytest.approx(3.588, abs=0.02)


@pytest.mark.parametrize(("name", "median"), [("F04", 1.70), ("F05", 5.28)])
def test_muons_keep_their_energy_where_the_record_lacks_momentum(name, median):
    experiment, events, detected = seen(name)
    tracks = detected.tracks
    here = np.isfinite(tracks.pt) & (np.sin(tracks.theta) > 0.7)  # forward tracks are measured badly
    pt, theta, phi = (getattr(tracks, what)[here] for what in ("pt", "theta", "phi"))
    p = pt / np.sin(theta)
    four = np.stack([np.hypot(p, MUON), pt * np.cos(phi), pt * np.sin(phi), p * np.cos(theta)])
    energy = boost(four, -experiment.beams.boost)[0]
    assert np.median(energy) == pytest.approx(median, abs=0.08)
    assert (energy > 5.29 * 1.03).mean() < 0.01
    lacks = np.abs(missing_momentum(events)).max(axis=0)
    assert (lacks.max() > 0.5) == (name == "F05")


def test_what_left_the_beams_is_said(tmp_path, capsys):
    said = " ".join(notes_of("F05", tmp_path, capsys)["notes"])
    assert "130 of 200 collisions have less energy than the beams of <init>" in said
    assert "lacks four-momentum of its beams in 130 of 200 events" in said


def test_another_laboratory_is_moved_with_a_note(tmp_path, capsys):
    said = " ".join(notes_of("F07", tmp_path, capsys)["notes"])
    assert "(0.000, 0.000, 3.002) GeV, the card's (0.457, 0.000, 2.999)" in said
    assert "made at √s = 10.5887 GeV" in said


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("F08", r"u~ \(PDG code -2\), which is coloured"),
        ("F09", r"1000024\), which is charged \([-+]1\) and not known"),
    ],
)
def test_what_cannot_be_simulated_is_refused_by_name(name, reason, tmp_path):
    with pytest.raises(InputError, match=reason):
        seen(name)
    assert run(["simulate", str(case(name)), "--output", str(tmp_path / "d.parquet")]) == 2
    assert not list(tmp_path.iterdir())


def test_what_is_taken_as_unseen_is_listed(tmp_path, capsys):
    found = notes_of("F10", tmp_path, capsys)
    assert found["unseen"] == {"9000005": 100}
    assert "unseen: 9000005 × 100" in found["notes"]


def test_what_is_taken_as_unseen_is_listed_for_data_too():
    found = observe(case("F10"), get_search("alp-gammagamma"), load_experiment("belle2-2018"))
    assert "unseen: 9000005 × 100" in found.notes
    assert len(found.candidates) == 0
    with pytest.raises(InputError, match=r"d03_gA_uubar_partons\.lhe.* which is coloured"):
        observe(case("F08"), get_search("darkphoton-invisible"), load_experiment("belle2-phase3"))


def test_a_beam_spot_is_no_decay():
    _, events, detected = seen("F12")
    np.testing.assert_allclose(events.vertices[:, 2][events.pdg != 0], 0.4)
    assert np.isfinite(detected.clusters.energy).sum() > 2 * len(events)


def test_a_flying_alp_is_boosted_with_its_vertex():
    """Its vertex has the time 0 in the file, before the ALP can be there: its flight tells the time."""
    _, events, detected = seen("F13")
    pair = (events.pdg == 22) & (np.linalg.norm(events.vertices, axis=1) > 0.0)
    assert (pair.sum(axis=0) == 2).all()
    alp = (events.momenta * pair[:, None]).sum(axis=0)
    np.testing.assert_allclose(invariant_mass2(alp), 4.0, atol=1e-4)
    place = np.nanmax(np.where(pair[:, None], events.vertices, -np.inf), axis=0)
    time = np.where(pair, events.times, 0.0).max(axis=0)
    np.testing.assert_allclose(place, time * alp[1:] / alp[0], rtol=1e-6, atol=1e-5)
    assert np.isfinite(detected.clusters.energy).any(axis=0).mean() > 0.9


def test_beams_of_equal_energy_are_no_laboratory(tmp_path, capsys):
    with pytest.raises(InputError, match=r"total momentum 0 .*centre-of-mass frame, not lab"):
        read_events(case("F14"), frame="lab")
    assert run(["simulate", str(case("F14")), "--frame", "lab", "--output", str(tmp_path / "d.parquet")]) == 2
    assert "centre-of-mass frame, not lab" in capsys.readouterr().err


def test_an_event_without_particles_is_named():
    with pytest.raises(InputError, match="event 101"):
        read_events(case("F16"))


@pytest.mark.parametrize(
    ("name", "words"), [("F23", "photons of negative energy: 1, taken as changes"), ("F24", "")]
)
def test_a_file_with_its_own_beam_spread_gets_none(name, words, tmp_path, capsys):
    said = notes_of(name, tmp_path, capsys)["notes"]
    assert "the events carry their own beam-energy spread; none was added" in said
    assert any(words in note for note in said)
    events = read_events(case(name))
    assert (events.frame, events.beam_spread) == ("cm", True)
    assert events.beams is not None
    assert (events.momenta[:, 0] >= 0.0).all()
