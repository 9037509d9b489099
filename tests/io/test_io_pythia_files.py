"""Pythia's files of decayed events in the centre of mass through our readers, and our files through Pythia's."""

import numpy as np
import pytest

from helpers.pythia_files import (
    B_PAIRS,
    TAU_PAIRS,
    finals,
    pythia_events,
    write_pythia_hepmc,
    write_pythia_lhe,
)
from scotopic.detector.card import load_experiment
from scotopic.detector.particle_codes import unseen_particles
from scotopic.detector.simulate import simulate
from scotopic.events.beams import to_lab
from scotopic.events.decays.tau_decays import decay_taus
from scotopic.events.generate import generate
from scotopic.io import read_events, write_events
from scotopic.numerics.lorentz import boost

pythia8mc = pytest.importorskip("pythia8mc")
CARD = load_experiment("belle2-2018")
N = 40


@pytest.fixture(scope="module", params=["tau", "b"])
def records(request):
    return pythia_events({"tau": TAU_PAIRS, "b": B_PAIRS}[request.param], N, sqrt_s=CARD.beams.sqrt_s)


@pytest.mark.parametrize("ending", ["lhe", "hepmc"])
def test_places_and_times_are_those_of_pythia_and_move_to_the_laboratory(records, ending, tmp_path):
    path = tmp_path / f"a.{ending}"
    if ending == "lhe":
        write_pythia_lhe(path, records, CARD.beams.sqrt_s)
    else:
        write_pythia_hepmc(path, records)
    events = read_events(path)
    assert (events.frame, events.beam_spread, len(events)) == ("cm", False, N)
    for i, record in enumerate(records):
        code, p, place = finals(record)
        kept = np.flatnonzero(events.pdg[:, i])
        np.testing.assert_array_equal(events.pdg[kept, i], code)
        np.testing.assert_allclose(events.momenta[kept, :, i], p, rtol=1e-12)
        read = np.column_stack([events.times[kept, i], events.vertices[kept, :, i]])
        np.testing.assert_allclose(read, place, rtol=1e-9, atol=1e-9)
    lab = to_lab(events, CARD.beams)
    pairs = (
        np.concatenate([lab.times[:, None], lab.vertices], axis=1),
        np.concatenate([events.times[:, None], events.vertices], axis=1),
    )
    lengths = [p[:, 0] ** 2 - (p[:, 1:] ** 2).sum(axis=1) for p in pairs]
    np.testing.assert_allclose(*lengths, rtol=1e-6, atol=1e-6)
    simulate(events, CARD, seed=1)
    assert {12, 14, 16} & {abs(code) for code in unseen_particles(events)}


@pytest.mark.parametrize("spread", [False, True])
def test_pythia_reads_what_we_write_in_a_laboratory_with_a_crossing_angle(spread, tmp_path):
    made = generate("e- e+ > mu- mu+", N, sqrt_s=CARD.beams.sqrt_s, seed=1)
    write_events(to_lab(made, CARD.beams, np.random.default_rng(1) if spread else None), tmp_path / "a.lhe")
    pythia = pythia8mc.Pythia("", False)
    for line in (
        "Print:quiet = on",
        "Beams:frameType = 4",
        f"Beams:LHEF = {tmp_path / 'a.lhe'}",
        "PDF:lepton = off",
    ):
        assert pythia.readString(line)
    assert pythia.init()
    for i in range(N):
        assert pythia.next()
        muon = next(q for q in (pythia.process[k] for k in range(pythia.process.size())) if q.id() == 13)
        np.testing.assert_allclose([muon.px(), muon.py(), muon.pz()], made.momenta[0, 1:, i], atol=1e-6)


@pytest.mark.parametrize("ending", ["lhe", "hepmc", "parquet", "root"])
@pytest.mark.parametrize("lab", [False, True])
def test_taus_of_ours_fly_in_both_frames_through_every_format(ending, lab, tmp_path):
    """The flight of a τ is along its momentum, at its velocity, whatever file it went through."""
    made = generate("e- e+ > tau- tau+", N, sqrt_s=CARD.beams.sqrt_s, seed=1, isr="pt")
    made = decay_taus(to_lab(made, CARD.beams, np.random.default_rng(1)) if lab else made, seed=2)
    path = tmp_path / f"a.{ending}"
    write_events(made, path)
    events = read_events(path)
    if events.frame == "cm":
        events = to_lab(events, CARD.beams)
    reference = made if lab else to_lab(made, CARD.beams)
    for i in range(N):
        one, other = (np.flatnonzero(np.abs(e.pdg[:, i]) == 16) for e in (events, reference))
        here = one[np.argsort(events.pdg[one, i])], other[np.argsort(reference.pdg[other, i])]
        place, expected = events.vertices[here[0], :, i], reference.vertices[here[1], :, i]
        np.testing.assert_allclose(place, expected, rtol=5e-3, atol=5e-3 * np.abs(expected).max())
        np.testing.assert_allclose(events.times[here[0], i], reference.times[here[1], i], rtol=5e-3)
    assert np.linalg.norm(boost(events.momenta[0], -CARD.beams.boost)[1:], axis=0).max() < 5.4
