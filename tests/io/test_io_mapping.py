"""What a user's mapping may say, and which files a reader takes."""

import gzip

import numpy as np
import pyarrow
import pytest
import uproot
from pyarrow import parquet

from scotopic.errors import InputError
from scotopic.events.record import Events
from scotopic.io import read_candidates, read_detected, read_ntuple, write_events


@pytest.fixture
def ntuple(tmp_path):
    path = tmp_path / "a.root"
    with uproot.recreate(path) as file:
        file.mktree("variables", {"invM": "float64"})
        file["variables"].extend({"invM": np.array([1.0, 2.0])})
    return path


def refused(reader, *arguments):
    with pytest.raises(InputError) as fault:
        reader(*arguments)
    said = str(fault.value)
    assert "\n" not in said
    return said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'm = { column = "invM", factor = "mm" }',
            "m: factor: is 'mm', must be a finite number other than 0",
        ),
        ('m = { column = "invM", factor = nan }', "m: factor: is nan, must be a finite number"),
        ('m = { column = "invM", factor = true }', "m: factor: is True, must be a finite number"),
        ('m = { column = "invM", factor = 0 }', "m: factor: is 0, must be a finite number"),
        (f'm = {{ column = "invM", factor = 1{"0" * 400} }}', "must be a finite number"),
        ('m = { column = "invM", squared = "no" }', "m: squared: is 'no', must be true or false"),
        ("m = { column = 3 }", "m: column: is 3, must be the name of a column"),
        ('m = ""', "m: column: is '', must be the name of a column"),
        ("m = []", "m: is [], must be a column"),
        ('m = ["invM"]', "m: is 'invM', must be a table of column, factor and squared"),
        ('m = "invM"\n[observable]\nx = "y"', "observable: unknown key, did you mean observables?"),
    ],
)
def test_a_mapping_of_wrong_values_is_refused(ntuple, tmp_path, text, message):
    mapping = tmp_path / "map.toml"
    mapping.write_text(f"[observables]\n{text}\n")
    said = refused(read_candidates, ntuple, mapping)
    assert said.startswith(str(mapping))
    assert message in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("observables = 3", "[observables]: missing; observable = column"),
        ('observables = "invM"', "[observables]: missing; observable = column"),
        ('tree = 3\n[observables]\nm = "invM"', "tree: is 3, must be the name of a tree"),
        ('trees = "a"\n[observables]\nm = "invM"', "trees: unknown key"),
    ],
)
def test_a_mapping_of_wrong_sections_is_refused(ntuple, tmp_path, text, message):
    mapping = tmp_path / "map.toml"
    mapping.write_text(text)
    said = refused(read_candidates, ntuple, mapping)
    assert said.startswith(str(mapping))
    assert message in said


@pytest.mark.parametrize("reader", [read_candidates, read_detected, read_ntuple])
def test_a_file_that_is_missing_or_a_folder_is_called_so(tmp_path, reader):
    assert refused(reader, tmp_path / "no").endswith("no: No such file or directory")
    assert refused(reader, tmp_path).endswith(f"{tmp_path}: Is a directory")


def test_a_file_of_another_format_is_called_by_its_own(ntuple, tmp_path):
    table, packed, events = (tmp_path / name for name in ("a.parquet", "a.gz", "a.lhe.gz"))
    parquet.write_table(pyarrow.table({"x": [1.0]}), table)
    packed.write_bytes(gzip.compress(b"hello"))
    p = np.array([[[5.0], [0.0], [3.0], [4.0]], [[5.0], [0.0], [-3.0], [-4.0]]])
    write_events(Events(np.full((2, 1), 22, np.int32), p, np.ones(1), "cm", 10.0), events)
    expected = "expected candidates in a flat ROOT ntuple"
    assert refused(read_candidates, table) == f"{table} is a Parquet file; {expected}"
    assert refused(read_candidates, events) == f"{events} is an LHE file; {expected}"
    assert "none of LHE, HepMC3, scotopic Parquet, ROOT" in refused(read_candidates, packed)
    expected = "expected detected events in Parquet"
    assert refused(read_detected, ntuple) == f"{ntuple} is a ROOT file; {expected}"
    assert refused(read_detected, events) == f"{events} is an LHE file; {expected}"
    assert "none of LHE, HepMC3, scotopic Parquet, ROOT" in refused(read_detected, packed)
