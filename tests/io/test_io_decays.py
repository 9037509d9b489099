"""Weighted events, with radiation and decayed τ's, through files of every format and their own readers."""

import json
from dataclasses import replace

import numpy as np
import pyhepmc
import pylhe
import pytest
import uproot

from scotopic.app.cli import run
from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.events.beams import to_lab
from scotopic.events.decays.tau_decays import decay_taus
from scotopic.events.frames import without_spread
from scotopic.events.generate import generate
from scotopic.io import read_events, write_events
from scotopic.numerics.lorentz import invariant_mass

pytest.importorskip("pythia8mc")

N = 60
ENDINGS = ("lhe", "lhe.gz", "hepmc", "hepmc.gz", "parquet", "root")


@pytest.fixture(scope="module")
def events():
    """Weighted τ pairs with radiation, in the laboratory of beams with a spread, decayed in flight."""
    made = generate(
        "e- e+ > tau- tau+", N, isr="pt", seed=7, sqrt_s=load_experiment("belle2-2018").beams.sqrt_s
    )
    lab = to_lab(made, load_experiment("belle2-2018").beams, np.random.default_rng(2))
    return decay_taus(lab, seed=8)


def rows(events, i):
    """Return code, momentum, place and time of the particles of an event, sorted."""
    kept = np.flatnonzero(events.pdg[:, i])
    order = kept[np.lexsort((events.momenta[kept, 0, i], events.pdg[kept, i]))]
    return (
        events.pdg[order, i],
        events.momenta[order, :, i],
        events.vertices[order, :, i],
        events.times[order, i],
    )


@pytest.mark.parametrize("ending", ENDINGS)
def test_round_trip(events, tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    write_events(events, path)
    back = read_events(path)
    frame = "cm" if "lhe" in ending else "lab"  # LHE has no crossing angle
    assert (back.frame, back.process, back.seed, back.beam_spread) == (
        frame,
        events.process,
        7,
        frame == "lab",
    )
    expected = without_spread(events) if frame == "cm" else events
    digits = 1e-7 if "hepmc" in ending else 1e-12  # HepMC3 writes cross sections with 8 digits
    np.testing.assert_allclose(back.weights, events.weights, rtol=digits)
    assert np.ptp(back.weights) > 0.0
    assert back.cross_section_pb == pytest.approx(events.cross_section_pb, rel=digits)
    assert back.cross_section_error_pb == pytest.approx(events.cross_section_error_pb, rel=1e-6)
    assert back.sqrt_s == pytest.approx(events.sqrt_s, rel=1e-12)
    for i in range(N):
        (*kept, place, time), (*kept_back, place_back, time_back) = rows(expected, i), rows(back, i)
        for one, other in zip(kept, kept_back, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)
        tolerance = 2e-3 if frame == "cm" else 1e-9  # LHE keeps proper times, the spread moves momenta
        np.testing.assert_allclose(place_back, place, rtol=tolerance, atol=1e-9)
        np.testing.assert_allclose(time_back, time, rtol=tolerance, atol=1e-9)


@pytest.mark.parametrize("ending", ["parquet", "root"])
def test_our_own_formats_keep_what_decayed(events, tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    write_events(events, path)
    back = read_events(path).decayed
    for name in ("pdg", "momenta", "mothers", "origins"):
        np.testing.assert_array_equal(getattr(back, name), getattr(events.decayed, name))


def test_pyhepmc_sees_the_tree(events, tmp_path):
    write_events(events, tmp_path / "a.hepmc")
    with pyhepmc.open(str(tmp_path / "a.hepmc")) as file:
        read = list(file)
    assert len(read) == N
    assert read[0].cross_section.xsec() == pytest.approx(events.cross_section_pb, rel=1e-7)
    for i, event in enumerate(read):
        assert event.weights[0] == pytest.approx(events.weights[i], rel=1e-12)
        taus = [p for p in event.particles if abs(p.pid) == 15]
        assert sorted(p.pid for p in taus) == [-15, 15]
        for tau in taus:
            assert tau.status == 2
            assert [abs(p.pid) for p in tau.production_vertex.particles_in] == [11, 11]
            made = tau.end_vertex.particles_out
            total = np.sum(
                [[p.momentum.e, p.momentum.px, p.momentum.py, p.momentum.pz] for p in made], axis=0
            )
            p = tau.momentum
            np.testing.assert_allclose(total, [p.e, p.px, p.py, p.pz], atol=3e-6)
            place = tau.end_vertex.position
            across = np.cross([p.px, p.py, p.pz], [place.x, place.y, place.z])
            np.testing.assert_allclose(across, 0.0, atol=1e-8)


def test_pylhe_sees_the_tree(events, tmp_path):
    write_events(events, tmp_path / "a.lhe")
    read = list(pylhe.LHEFile.fromfile(tmp_path / "a.lhe").events)
    assert len(read) == N
    assert np.mean([one.eventinfo.weight for one in read]) == pytest.approx(events.cross_section_pb, rel=1e-9)
    for one in read:
        taus = [number for number, p in enumerate(one.particles, 1) if abs(p.id) == 15]
        for number in taus:
            tau = one.particles[number - 1]
            assert (tau.status, tau.mother1, tau.mother2) == (2, 1, 2)
            assert tau.lifetime > 0.0
            products = [p for p in one.particles if p.mother1 == number and p.status > 0]
            assert sum(p.e for p in products) == pytest.approx(tau.e, abs=3e-6)


def test_uproot_sees_columns(events, tmp_path):
    write_events(events, tmp_path / "a.root")
    with uproot.open(tmp_path / "a.root") as file:
        tree = file["events"]
        np.testing.assert_array_equal(tree["decayed_pdg"].array(library="np").T, events.decayed.pdg)
        np.testing.assert_array_equal(tree["origin"].array(library="np").T, events.decayed.origins)
        assert json.loads(str(file["scotopic"]))["decayed"] == events.decayed.pdg.shape[0]


def test_displaced_events_without_their_mothers_are_no_lhe(events, tmp_path):
    with pytest.raises(InputError, match=r"by what decayed there.*write \.hepmc or \.parquet"):
        write_events(replace(events, decayed=None), tmp_path / "a.lhe")
    assert not list(tmp_path.iterdir())


def test_commands_decay_taus_and_make_hadrons(capsys, tmp_path):
    file = tmp_path / "taus.hepmc.gz"
    given = ["--events", "30", "--isr", "pt", "--output", str(file), "--seed", "3", "--decay-taus"]
    assert run(["generate", "e- e+ > tau- tau+", *given, "--experiment", "belle2-2018"]) == 0
    events = read_events(file)
    assert events.frame == "lab"
    assert not np.isin(np.abs(events.pdg), 15).any()
    assert np.isin(np.abs(events.pdg), (12, 14, 16)).any()
    assert events.vertices is not None
    assert run(["simulate", str(file), "--output", str(tmp_path / "d.parquet")]) == 0
    file = tmp_path / "hadrons.root"
    assert run(["generate", "e- e+ > hadrons", "--events", "20", "--output", str(file)]) == 0
    events = read_events(file)
    np.testing.assert_allclose(invariant_mass(events.momenta.sum(axis=0)), 10.58, atol=1e-6)
    capsys.readouterr()
    for process, said in {
        "e- e+ > mu- mu+": "no single pair of τ- and τ+",
        "e- e+ > hadrons": "--decay-taus",
    }.items():
        given = ["--events", "5", "--output", str(tmp_path / "no.root"), "--decay-taus"]
        assert run(["generate", process, *given]) == 2
        assert said in capsys.readouterr().err
    assert not (tmp_path / "no.root").exists()


def test_commands_continue_a_sample_of_decays(tmp_path):
    files = [tmp_path / f"{k}.parquet" for k in range(2)]
    for file, more in zip(files, (["--events", "30"], ["--events", "12", "--skip", "18"]), strict=True):
        given = ["generate", "e- e+ > tau- tau+", "--decay-taus", "--output", str(file), *more]
        assert run(given) == 0
    whole, part = (read_events(file) for file in files)
    slots = part.pdg.shape[0]
    np.testing.assert_array_equal(whole.momenta[:slots, :, 18:], part.momenta)
