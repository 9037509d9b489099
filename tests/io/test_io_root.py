"""Events in ROOT files: round trips, plain uproot, damaged and foreign files."""

import json
from dataclasses import fields, replace

import numpy as np
import pytest
import uproot

from scotopic.errors import InputError
from scotopic.events.record import Events
from scotopic.io import kind_of, portions, read_candidates, read_detected, read_events, root, write_events


def sample(n=7, slots=3, **told):
    rng = np.random.default_rng(3)
    p = np.zeros((slots, 4, n))
    p[:, 1:] = rng.normal(size=(slots, 3, n))
    p[:, 0] = np.linalg.norm(p[:, 1:], axis=1)
    pdg = np.full((slots, n), 22, np.int32)
    return Events(pdg, p, rng.uniform(1.0, 2.0, n), "cm", 10.58, "e- e+ > gamma gamma", **told)


def full():
    """Every field of the record off its default: numbers without short decimals, holes, the ends of float64."""
    events = sample(slots=4)
    rng = np.random.default_rng(4)
    events.pdg[1, 2] = 0
    events.pdg[3, 4:] = [0, -11, 2**31 - 1]
    events.momenta[1, :, 2] = 0.0
    events.momenta[0, :, 0] = [1.7976931348623157e308, 5e-324, -0.0, 0.1 + 0.2]
    return replace(
        events,
        frame="lab",
        sqrt_s=float(np.sqrt(112.0)),
        process="e⁻ e⁺ → anything\n'\"\\",
        cross_section_pb=1.0 / 3.0,
        cross_section_error_pb=np.float64(1e-300),
        source="elsewhere " * 60,
        seed=2**63,
        beam_spread=True,
        vertices=rng.normal(size=(4, 3, 7)),
        resonance=(1, 3),
        efficiency=2.0 / 7.0,
        overweight=0.1,
    )


def identical(back, events):
    for field in fields(Events):
        a, b = getattr(back, field.name), getattr(events, field.name)
        if isinstance(b, np.ndarray):
            assert a.dtype == b.dtype, field.name
            assert a.shape == b.shape, field.name
            assert a.tobytes() == b.tobytes(), field.name  # to the bit, signs of zeros too
        else:
            assert a == b, field.name


def refused(path, reader=read_events, **options):
    """The one line that refuses a file; it names the file."""
    with pytest.raises(InputError) as fault:
        reader(path, **options)
    said = str(fault.value)
    assert str(path) in said
    assert "\n" not in said
    return said


SAMPLES = {
    "full": full,
    "plain": sample,
    "one particle": lambda: sample(slots=1),
    "one event": lambda: sample(1),
    "no events": lambda: sample(0),
    "no particles": lambda: sample(slots=0),
    "points of origin of no events": lambda: sample(0, vertices=np.zeros((3, 3, 0))),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_field_comes_back_exactly(tmp_path, name):
    events, path = SAMPLES[name](), tmp_path / "a:b.root"
    write_events(events, path)
    assert [f.name for f in tmp_path.iterdir()] == [path.name]
    assert kind_of(path) == "events"
    identical(read_events(path), events)


def test_events_are_written_in_portions(tmp_path, monkeypatch):
    for module in (root, portions):
        monkeypatch.setattr(module, "ROWS", 10)
    for n in (9, 10, 11, 137):
        write_events(sample(n), tmp_path / "a.root")
        identical(read_events(tmp_path / "a.root"), sample(n))
    with uproot.open(tmp_path / "a.root") as file:
        assert file["events"]["E"].num_baskets == 14


def test_plain_uproot_reads_them(tmp_path):
    events, path = full(), tmp_path / "a.root"
    write_events(events, path)
    with uproot.open(path) as file:
        assert file.classnames(cycle=False) == {"events": "TTree", "scotopic": "TObjString"}
        tree, told = file["events"], json.loads(str(file["scotopic"]))
        assert tree.num_entries == len(events)
        assert sorted(tree.keys()) == sorted(["weight", "pdg", "E", "px", "py", "pz", "x", "y", "z"])
        assert tree["E"].typename == "double[4]"
        assert tree["pdg"].typename == "int32_t[4]"
        np.testing.assert_array_equal(tree["weight"].array(library="np"), events.weights)
        np.testing.assert_array_equal(tree["pdg"].array(library="np").T, events.pdg)
        for k, name in enumerate(("E", "px", "py", "pz")):
            np.testing.assert_array_equal(tree[name].array(library="np").T, events.momenta[:, k])
        for k, name in enumerate("xyz"):
            np.testing.assert_array_equal(tree[name].array(library="np").T, events.vertices[:, k])
        chosen = tree.arrays(["E"], "weight > 1.5", library="np")["E"]
    assert len(chosen) == (events.weights > 1.5).sum()
    assert told["cross_section_pb"] == events.cross_section_pb
    assert (told["process"], told["frame"], told["seed"]) == (events.process, "lab", 2**63)


def test_frame_and_energy_are_as_asked(tmp_path):
    path = tmp_path / "a.root"
    write_events(sample(), path)
    assert len(read_events(path, frame="cm", sqrt_s=10.6)) == 7
    assert "not 'lab'" in refused(path, frame="lab")
    assert "not at 4" in refused(path, sqrt_s=4.0)


def test_the_content_counts_and_not_the_name(tmp_path):
    write_events(full(), tmp_path / "a.root")
    path = (tmp_path / "a.root").rename(tmp_path / "a.lhe")
    assert kind_of(path) == "events"
    identical(read_events(path), full())


# damaged and foreign files


def test_a_file_cut_anywhere_is_refused(tmp_path):
    path = tmp_path / "a.root"
    write_events(full(), path)
    whole = path.read_bytes()
    for end in [*range(4, 400, 9), *range(400, len(whole), 1009), len(whole) - 1]:
        path.write_bytes(whole[:end])
        for reader in (read_events, kind_of, read_candidates):
            assert "damaged ROOT file" in refused(path, reader), end
    path.write_bytes(b"root" + bytes(5000))
    assert "damaged ROOT file" in refused(path)
    path.write_bytes(b"")
    assert "empty" in refused(path)


def rewritten(path, columns, told=None):
    """A file of the same layout that says something else."""
    with uproot.recreate(path) as file:
        if columns:
            types = {name: np.dtype((values.dtype, values.shape[1:])) for name, values in columns.items()}
            file.mktree("events", types).extend(columns)
        if told is not None:
            file["scotopic"] = told if isinstance(told, str) else json.dumps(told)
    return path


@pytest.fixture
def parts(tmp_path):
    """Columns and header of a good file."""
    path = tmp_path / "good.root"
    write_events(sample(), path)
    with uproot.open(path) as file:
        columns = {branch.name: branch.array(library="np") for branch in file["events"].branches}
        return columns, json.loads(str(file["scotopic"]))


def test_what_does_not_fit_together_is_refused(tmp_path, parts):
    columns, told = parts
    path = tmp_path / "bad.root"
    identical(read_events(rewritten(path, columns, told)), sample())
    unfit, spoilt = "header does not fit its", "header is spoilt"
    bad = columns["E"].copy()
    bad[3, 1] = np.nan
    without = {name: values for name, values in columns.items() if name != "px"}
    for other, header, said in (
        (columns, told | {"version": 9}, "version 9 of the layout"),
        (columns, told | {"kind": "sheep"}, "holds 'sheep'"),
        (columns, told | {"entries": 8}, unfit),
        (columns, told | {"vertices": True}, "lacks 'x'"),
        (columns, told | {"sqrt_s": "much"}, spoilt),
        (columns, told | {"sqrt_s": -1.0}, spoilt),
        (columns, told | {"resonance": 3}, spoilt),
        (
            columns,
            {name: value for name, value in told.items() if name != "seed"},
            "missing required field `seed`",
        ),
        (columns, {name: value for name, value in told.items() if name != "entries"}, spoilt),
        (columns, [1, 2], spoilt),
        (columns, '{"kind": "eve', spoilt),
        (columns, "[" * 5000, spoilt),
        (columns, told | {"resonance": [0, 0]}, "its resonance has the places"),
        (columns | {"E": bad}, told, unfit),
        (columns | {"E": columns["E"][:, :2]}, told, unfit),
        (columns | {"E": columns["E"][:, 0]}, told, unfit),
        (without, told, "lacks 'px'"),
        ({}, told, "damaged"),
    ):
        assert said in refused(rewritten(path, other, header)), said


def test_root_files_of_others_are_candidates(tmp_path, parts):
    columns, _ = parts
    for path in (
        rewritten(tmp_path / "no_header.root", columns),
        rewritten(tmp_path / "empty.root", {}),
        rewritten(tmp_path / "flat.root", {"m2_gg": np.linspace(0.0, 90.0, 7)}),
    ):
        assert kind_of(path) == "candidates"
        assert "a ROOT file of candidates" in refused(path)
    assert len(read_candidates(path)) == 7


def test_events_are_no_candidates_nor_detected_events(tmp_path):
    path = tmp_path / "a.root"
    write_events(sample(), path)
    assert "a ROOT file of events; expected candidates" in refused(path, read_candidates)
    assert "a ROOT file; expected detected events" in refused(path, read_detected)


def test_a_file_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "a.root"
    write_events(sample(), path)
    before = path.read_bytes()
    with pytest.raises(TypeError, match="object in a header"):
        write_events(replace(full(), seed=object()), path)
    monkeypatch.setattr(root, "KEY", 3)  # fails behind the tree
    with pytest.raises(Exception, match=r".+"):
        write_events(full(), path)
    assert path.read_bytes() == before
    assert [f.name for f in tmp_path.iterdir()] == ["a.root"]
    refused(tmp_path / "none" / "a.root", lambda to: write_events(sample(), to))
