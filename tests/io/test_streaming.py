"""Events in chunks: the same bytes as in one piece, in memory that does not grow with their number."""

import gzip
import json
import lzma
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from itertools import pairwise

import numpy as np
import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from scotopic.app.cli import run
from scotopic.chunks import ExactSum, Memory, Spool, exact_sum, spooling
from scotopic.detector import simulate as detector
from scotopic.detector.card import load_experiment
from scotopic.detector.record import keep_detected
from scotopic.errors import InputError
from scotopic.events import event_chunks
from scotopic.events.beams import chunks_to_lab, to_lab
from scotopic.events.decays import tau_decays
from scotopic.events.decays.tau_decays import decay_chunks, decay_taus
from scotopic.events.event_chunks import cut, join_events, joined, regrouped
from scotopic.events.generate import generate, generate_chunks
from scotopic.events.record import Events
from scotopic.io import parquet as tables
from scotopic.io import (
    particles,
    portions,
    read_event_chunks,
    read_events,
    root,
    writable,
    write_detected,
    write_events,
)
from scotopic.numerics.rng import stream
from scotopic.physics.processes import parse_process

CARD = load_experiment("belle2-2018")
ENDINGS = ("lhe", "lhe.gz", "hepmc", "hepmc.gz", "parquet", "root")
N = 45
CHUNKS = (1, 7, 44, 1000)


def cut_at(monkeypatch, length, rows):
    """Let chunks have `length` events and files portions of `rows`."""
    for module in (event_chunks, particles, tau_decays):
        monkeypatch.setattr(module, "LENGTH", length)
    for module in (portions, root, tables):
        monkeypatch.setattr(module, "ROWS", rows)


def identical(a, b):
    for field in fields(Events):
        x, y = getattr(a, field.name), getattr(b, field.name)
        if isinstance(x, np.ndarray):
            assert (x.dtype, x.shape, x.tobytes()) == (y.dtype, y.shape, y.tobytes()), field.name
        elif field.name == "decayed" and x is not None:
            for part in ("pdg", "momenta", "mothers", "origins"):
                np.testing.assert_array_equal(getattr(x, part), getattr(y, part))
        else:
            assert x == y, field.name


@pytest.fixture(scope="module")
def taus():
    """With photons, decays in flight, beams of their own and weights that differ."""
    made = generate("e- e+ > tau- tau+", N, sqrt_s=CARD.beams.sqrt_s, seed=3, isr="pt", fsr="exponentiated")
    return decay_taus(to_lab(made, CARD.beams, np.random.default_rng(1)), seed=3, fsr="exponentiated")


numbers = st.floats(-1e12, 1e12, allow_subnormal=False)


@settings(max_examples=60, deadline=None)
@given(st.lists(numbers, max_size=40), st.integers(1, 9))
def test_a_sum_does_not_depend_on_the_chunks(values, length):
    whole = np.array(values)
    pieces = [whole[start : start + length] for start in range(0, len(whole), length)]
    assert exact_sum(pieces) == exact_sum([whole])
    assert exact_sum(pieces) == pytest.approx(whole.sum(), abs=1e-3)


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1e308, 1e308], np.inf), ([np.inf, -np.inf], np.nan), ([np.nan, 1.0], np.nan), ([], 0.0)],
)
def test_sums_beyond_all_numbers_are_no_fault(values, expected):
    total = ExactSum()
    for value in values:
        total.add(np.array([value]))
    np.testing.assert_equal(total.value, expected)
    np.testing.assert_equal(exact_sum([np.array(values)]), expected)


def test_a_spool_gives_back_what_it_got_and_leaves_nothing(tmp_path):
    rng = np.random.default_rng(1)
    chunks = [
        {
            "a": rng.normal(size=(3, 4, n)),
            "b": rng.integers(0, 9, (n, 2)).astype(np.int32).T,
            "c": np.ones(n) > 0,
        }
        for n in (5, 0, 2)
    ]
    with spooling(tmp_path / "out.lhe") as spool:
        for chunk in chunks:
            spool.append(chunk)
        for _ in range(2):
            for back, chunk in zip(spool, chunks, strict=True):
                assert back.keys() == chunk.keys()
                for name in chunk:
                    assert back[name].dtype == chunk[name].dtype
                    np.testing.assert_array_equal(back[name], chunk[name])
        assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_error(tmp_path):
    with open("/dev/full", "r+b", buffering=0) as full:
        spool = Spool(full, tmp_path / "a.lhe")
        with pytest.raises(InputError, match=r"cannot write .*a\.lhe: .*No space left"):
            spool.append({"a": np.zeros(9)})
    with (
        pytest.raises(InputError, match=r"cannot write .*a\.lhe: No such file"),
        spooling(tmp_path / "x" / "a.lhe"),
    ):
        pass


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 9), max_size=8), st.integers(1, 12), st.integers(1, 12))
def test_groups_hold_all_events_in_order(sizes, length, first):
    p = np.ones((1, 4, sum(sizes)))
    events = Events(np.full((1, sum(sizes)), 22, np.int32), p, np.arange(float(sum(sizes))), "cm", 10.0)
    edges = np.cumsum([0, *sizes])
    parts = [events.select(slice(a, b)) for a, b in pairwise(edges)]
    groups = list(regrouped(parts, length, min(first, length)))
    assert [w for group in groups for w in group.weights] == list(events.weights)
    lengths = [len(group) for group in groups]
    assert all(n == length for n in lengths[1:-1])
    assert not lengths or lengths[0] <= min(first, length)
    assert 0 not in lengths


@pytest.mark.parametrize("ending", ENDINGS)
def test_files_are_the_same_for_every_length_of_the_chunks(tmp_path, ending, taus, monkeypatch):
    whole = tmp_path / f"whole.{ending}"
    write_events(taus, whole)
    back = read_events(whole, frame=taus.frame if "lhe" not in ending else "cm")
    again = tmp_path / f"again.{ending}"
    for length in CHUNKS:
        cut_at(monkeypatch, length, 50_000)
        write_events(taus, again)
        assert again.read_bytes() == whole.read_bytes()
        identical(read_events(whole), back)
        cut_at(monkeypatch, length, 10)
        write_events(taus, again)  # other groups of rows, the same events
        identical(read_events(again), back)
        identical(read_events(whole), back)
    assert sorted(f.name for f in tmp_path.iterdir()) == sorted([whole.name, again.name])


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_packed_files_are_read_in_chunks(tmp_path, pack, taus, monkeypatch):
    write_events(taus, tmp_path / "a.hepmc")
    whole = read_events(tmp_path / "a.hepmc")
    (tmp_path / "a.packed").write_bytes(pack((tmp_path / "a.hepmc").read_bytes()))
    cut_at(monkeypatch, 4, 10)
    with spooling(tmp_path / "a") as spool:
        chunks = read_event_chunks(tmp_path / "a.packed", spool)
        assert len(list(chunks)) == 12
        identical(joined(chunks), whole)


@pytest.mark.parametrize(("skip", "unweighted"), [(0, False), (333, True)])
def test_generated_chunks_are_the_sample(tmp_path, unweighted, skip, monkeypatch):
    """Batches, skipped events, beams of each collision and decays: in memory or on disk, of any length."""
    process = parse_process("e- e+ > tau- tau+")
    told = {"sqrt_s": CARD.beams.sqrt_s, "seed": 5, "unweighted": unweighted, "isr": "pt"}
    rng = stream(5, "beams")
    CARD.beams.sample(skip, rng)
    whole = generate(process, 300, skip=skip, **told)
    whole = decay_taus(to_lab(whole, CARD.beams, rng), seed=5, process=process, skip=skip)

    def change(chunks):
        small = regrouped(chunks, 13)
        lab = chunks_to_lab(small, CARD.beams, stream(5, "beams"), skip)
        return decay_chunks(lab, process, seed=5, workers=1, skip=skip, fsr="none")

    monkeypatch.setattr(tau_decays, "LENGTH", 250)
    with spooling(tmp_path / "a.root") as spool:
        chunks = generate_chunks(process, 300, spool, change=change, skip=skip, **told)
        assert len(list(chunks)) == 2
        identical(joined(chunks), whole)
    assert exact_sum([whole.weights]) == pytest.approx(whole.cross_section_pb, rel=1e-14)


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_detector_sees_the_same_events(tmp_path, ending, taus, monkeypatch, capsys):
    """`simulate` on the command line, however its file is read, against arrays in memory."""
    write_events(taus, tmp_path / f"a.{ending}")
    monkeypatch.setattr(detector, "CHUNK", 20)
    events = read_events(tmp_path / f"a.{ending}", sqrt_s=CARD.beams.sqrt_s)
    write_detected(detector.simulate(events, CARD, seed=1), tmp_path / "whole.parquet", marks=CARD.marks())
    results = []
    for length in (7, 1000):
        cut_at(monkeypatch, length, 50_000)
        command = [
            "simulate",
            str(tmp_path / f"a.{ending}"),
            "--output",
            str(tmp_path / "b.parquet"),
            "--json",
        ]
        assert run(command) == 0
        assert (tmp_path / "b.parquet").read_bytes() == (tmp_path / "whole.parquet").read_bytes()
        results.append(json.loads(capsys.readouterr().out) | {"seconds": 0})
    assert results[0] == results[1]
    assert results[0]["events"] == N
    assert set(results[0]["unseen"]) >= {"16", "-16"}
    assert sorted(f.name for f in tmp_path.iterdir()) == sorted(["b.parquet", "whole.parquet", f"a.{ending}"])


def test_executors_are_handed_in():
    told = {"sqrt_s": 10.58, "seed": 2, "unweighted": True}
    with ThreadPoolExecutor(2) as pool:
        events = generate("e- e+ > mu- mu+", 300, workers=pool, **told)
        identical(events, generate("e- e+ > mu- mu+", 300, **told))
        seen = detector.simulate(events, CARD, seed=1, workers=pool)
    np.testing.assert_array_equal(seen.weights, detector.simulate(events, CARD, seed=1).weights)


def peak(work):
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def through_files(folder, n, ending):
    with spooling(folder / "a") as spool:
        chunks = generate_chunks("e- e+ > mu- mu+", n, spool, sqrt_s=CARD.beams.sqrt_s, unweighted=True)
        write_events(chunks, folder / f"a.{ending}")
    with spooling(folder / "a") as kept, spooling(folder / "a") as spool:
        chunks = read_event_chunks(folder / f"a.{ending}", kept)
        assert len(chunks) == n
        seen = keep_detected(detector.simulate_chunks(chunks, CARD, seed=1), spool)
        write_detected(seen, folder / "d.parquet")


@pytest.mark.parametrize("ending", ["lhe", "hepmc", "parquet", "root"])
def test_memory_does_not_grow_with_the_events(tmp_path, ending, monkeypatch):
    cut_at(monkeypatch, 500, 500)
    monkeypatch.setattr(detector, "CHUNK", 500)
    from scotopic.events import generate as generator

    monkeypatch.setattr(generator, "BATCH", 2000)
    through_files(tmp_path, 100, ending)  # what is loaded once
    few, many = (peak(lambda n=n: through_files(tmp_path, n, ending)) for n in (1000, 3000))
    assert many < few + 100_000  # 50 bytes an event; in memory the arrays alone would be 96, twice
    events = generate("e- e+ > mu- mu+", 6000, sqrt_s=10.58)
    assert peak(lambda: joined(cut(events))) > 400_000


def test_a_small_file_of_many_rows_is_read_in_portions(tmp_path, monkeypatch):
    """Ones pack well: 200,000 rows are a few kilobytes."""
    p = np.zeros((1, 4, 1))
    p[0, 0], p[0, 3] = 5.0, 5.0
    write_events(Events(np.full((1, 1), 22, np.int32), p, np.ones(1), "cm", 10.58), tmp_path / "a.parquet")
    table, rows = parquet.read_table(tmp_path / "a.parquet"), 200_000
    columns = {name: pyarrow.array(np.repeat(table[name].to_numpy(), rows)) for name in table.column_names}
    bomb = pyarrow.table(columns).replace_schema_metadata(table.schema.metadata)
    parquet.write_table(bomb, tmp_path / "a.parquet", compression="zstd")
    assert (tmp_path / "a.parquet").stat().st_size < 50_000
    monkeypatch.setattr(portions, "available_memory", lambda: 8_000_000)
    with pytest.raises(
        InputError, match=r"holds 200000 events, 0\.0088 GB in memory, where 0\.008 GB are free"
    ):
        read_events(tmp_path / "a.parquet")
    monkeypatch.setattr(tables, "ROWS", 1000)
    chunks = read_event_chunks(tmp_path / "a.parquet", Memory())
    assert peak(lambda: [len(chunk) for chunk in chunks]) < 1_000_000
    assert sum(map(len, chunks)) == rows


PROTONS = """<LesHouchesEvents version="3.0">
<init>
2212 2212 6500 6500 0 0 0 0 3 1
1.0 0.1 1.0 1
</init>
<event>
3 1 1.0 91 -1 -1
2 -1 0 0 501 0 0 0 50 50 0 0 9
-2 -1 0 0 0 501 0 0 -50 50 0 0 9
22 1 1 2 0 0 0 0 50 50 0 0 9
</event>
<event>
damaged
"""


def test_beams_of_protons_are_refused_before_the_events(tmp_path):
    (tmp_path / "pp.lhe").write_text(PROTONS)
    with pytest.raises(InputError, match="beams of the PDG codes 2212 and 2212"):
        read_events(tmp_path / "pp.lhe")


def test_what_a_format_cannot_hold_is_refused_at_the_first_chunk(taus, tmp_path, capsys):
    def endless():
        while True:
            yield replace(taus, decayed=None)

    with pytest.raises(InputError, match="LHE tells displaced vertices"):
        list(writable(endless(), tmp_path / "a.lhe.gz"))
    command = ["generate", "e- e+ > hadrons", "--events", "1000000000", "--output", str(tmp_path / "a.lhe")]
    assert run(command) == 2
    assert "LHE tells displaced vertices" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_records_of_other_slots_are_joined(taus):
    parts = [taus.select(slice(0, 20)), taus.select(slice(20, N))]
    few = generate("e- e+ > mu- mu+", 5, sqrt_s=10.58, seed=1)
    more = generate("e- e+ > mu- mu+", 5, sqrt_s=10.58, seed=1, isr="pt")
    assert join_events([few, more]).pdg.shape == (*more.pdg.shape[:1], 10)
    identical(join_events(parts), taus)
