"""Round trips of events, foreign readers, and bad files."""

import gzip
import json
from dataclasses import replace

import numpy as np
import pyhepmc
import pylhe
import pytest
from pyarrow import parquet

from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.events.beams import to_lab
from scotopic.events.frames import event_beams, without_spread
from scotopic.events.record import Events
from scotopic.io import kind_of, read_candidates, read_events, write_events


def sample(n=7):
    rng = np.random.default_rng(1)
    p = np.zeros((3, 4, n))
    p[:, 1:] = rng.normal(size=(3, 3, n))
    p[2, 1:] = -p[0, 1:] - p[1, 1:]
    p[:, 0] = np.linalg.norm(p[:, 1:], axis=1)
    p *= 10.58 / p[:, 0].sum(axis=0)
    w = rng.uniform(1, 2, n)
    process = "e- e+ > gamma gamma gamma"
    return Events(np.full((3, n), 22, np.int32), p, w, "cm", 10.58, process, float(w.sum()), 0.1, seed=5)


@pytest.mark.parametrize("ending", ["lhe", "lhe.gz", "hepmc", "hepmc.gz", "parquet"])
def test_round_trip(tmp_path, ending):
    events, path = sample(), tmp_path / f"a.{ending}"
    write_events(events, path)
    back = read_events(path)
    assert kind_of(path) == "events"
    assert [f.name for f in tmp_path.iterdir()] == [path.name]
    np.testing.assert_allclose(back.momenta, events.momenta, rtol=1e-12, atol=1e-13)
    digits = 1e-8 if "hepmc" in ending else 1e-12  # HepMC3 writes cross sections with 8 digits
    np.testing.assert_allclose(back.weights, events.weights, rtol=digits)
    np.testing.assert_array_equal(back.pdg, events.pdg)
    assert (back.frame, back.sqrt_s, back.process, back.seed) == ("cm", 10.58, events.process, 5)
    assert back.cross_section_pb == pytest.approx(events.cross_section_pb, rel=digits)
    assert back.cross_section_error_pb == pytest.approx(0.1, rel=1e-7)


def test_parquet_keeps_all_of_the_record(tmp_path):
    path = tmp_path / "a.parquet"
    told = {"resonance": (1, 2), "efficiency": np.float64(0.25), "overweight": 0.01, "beam_spread": True}
    write_events(replace(sample(), **told), path)
    back = read_events(path)
    assert {name: getattr(back, name) for name in told} == told
    write_events(sample(), path)
    back = read_events(path)
    assert (back.resonance, back.efficiency, back.overweight) == ((), None, 0.0)


def test_parquet_files_of_before_lack_what_was_added_later(tmp_path):
    path = tmp_path / "a.parquet"
    write_events(sample(), path)
    table = parquet.read_table(path)
    header = json.loads(table.schema.metadata[b"scotopic"])
    for name in ("resonance", "efficiency", "overweight"):
        del header[name]
    parquet.write_table(table.replace_schema_metadata({b"scotopic": json.dumps(header).encode()}), path)
    back = read_events(path)
    assert (back.resonance, back.efficiency, back.overweight) == ((), None, 0.0)


@pytest.mark.parametrize("code", [22, 0])
@pytest.mark.parametrize("ending", ["lhe", "hepmc"])
def test_laboratory_events_that_do_not_tell_their_beams_go_to_parquet(tmp_path, ending, code):
    p = np.array([5.0, 0.0, 3.0, 4.0]).reshape(1, 4, 1) * (code != 0)
    events = Events(np.full((1, 1), code, np.int32), p, np.ones(1), "lab", 10.58)
    with pytest.raises(InputError, match=r"do not tell their beams.*write \.parquet"):
        write_events(events, tmp_path / f"a.{ending}")
    write_events(events, tmp_path / "a.parquet")
    assert [f.name for f in tmp_path.iterdir()] == ["a.parquet"]


def test_foreign_readers(tmp_path):
    events = sample()
    write_events(events, tmp_path / "a.lhe.gz")
    write_events(events, tmp_path / "a.hepmc")
    rows = list(pylhe.LHEFile.fromfile(tmp_path / "a.lhe.gz").events)
    assert len(rows) == 7
    assert rows[0].particles[2].e == pytest.approx(events.momenta[0, 0, 0], rel=1e-12)
    with pyhepmc.open(str(tmp_path / "a.hepmc")) as file:
        read = list(file)
    assert len(read) == 7
    assert read[0].cross_section.xsec() == pytest.approx(events.cross_section_pb, rel=1e-8)


def test_bad_files(tmp_path):
    good = tmp_path / "a.lhe.gz"
    write_events(sample(400), good)
    text = gzip.decompress(good.read_bytes())
    cases = {
        "empty.lhe": b"",
        "garbage.lhe": bytes(range(256)),
        "cut.lhe.gz": good.read_bytes()[:-3000],
        "noinit.lhe": text[: text.index(b"<init>")] + text[text.index(b"</init>") + 8 :],
        "nan.lhe": text.replace(b"22 1 1 2 0 0 ", b"22 1 1 2 0 0 nan ", 1),
        "half.lhe": text[:20000],
    }
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError) as fault:
            read_events(tmp_path / name)
        assert "\n" not in str(fault.value), name
    with pytest.raises(InputError):
        read_events(tmp_path / "missing.lhe")
    with pytest.raises(InputError, match="not at 4"):
        read_events(good, sqrt_s=4.0)
    (tmp_path / "cut.root").write_bytes(b"root" + bytes(50))
    with pytest.raises(InputError):
        read_candidates(tmp_path / "cut.root")


@pytest.mark.reference
def test_whizard(reference_folder):
    # shared/samples/README.md: 51,400 events, 116.0 +- 0.1 pb, 10.58 GeV, CM frame
    events = read_events(reference_folder / "samples" / "whizard_ggg_445pb.lhe.gz")
    assert len(events) == 51400
    assert (events.frame, events.source) == ("cm", "WHIZARD")
    assert events.sqrt_s == pytest.approx(10.58, abs=1e-6)
    assert events.weights.sum() == pytest.approx(116.032, abs=0.01)


@pytest.mark.reference
def test_basf2_ntuple(reference_folder):
    found = read_candidates(reference_folder / "samples" / "sigtest.root")
    assert len(found) == 211
    assert np.unique(found.event).size == 46  # distinct events, detector sheet section 12


@pytest.mark.parametrize("ending", ["lhe", "hepmc", "parquet", "root"])
@pytest.mark.parametrize("frame", ["cm", "lab", "lab with spread", "cm with spread"])
@pytest.mark.parametrize("n", range(6))
def test_few_events_keep_beams_and_momenta_in_every_format_and_frame(tmp_path, ending, frame, n):
    beams = load_experiment("belle2-2018").beams
    events = replace(sample(6), sqrt_s=beams.sqrt_s, momenta=sample(6).momenta * beams.sqrt_s / 10.58)
    if frame.startswith("lab"):
        events = to_lab(events, beams, np.random.default_rng(1) if "spread" in frame else None)
    elif "spread" in frame:
        wide = event_beams(events) * np.linspace(0.997, 1.003, 6)
        events = replace(events, beams=wide, beam_spread=True)
    events, path = events.select(slice(0, n)), tmp_path / f"a.{ending}"
    write_events(events, path)
    if n == 0 and ending in ("lhe", "hepmc"):
        with pytest.raises(InputError, match="event"):
            read_events(path)
        return
    back = read_events(path)
    expected = without_spread(events) if ending == "lhe" else events
    assert (back.frame, back.beam_spread) == (expected.frame, expected.beam_spread)
    np.testing.assert_allclose(back.momenta, expected.momenta, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(event_beams(back), event_beams(expected), rtol=1e-12, atol=1e-11)
    assert back.sqrt_s == expected.sqrt_s
