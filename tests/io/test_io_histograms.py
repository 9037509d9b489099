"""Histograms from ROOT, CSV and UHI JSON; the files are written here."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
import uproot

from scotopic.errors import InputError
from scotopic.io.histograms import read_histogram

EDGES = np.array([0.0, 1.0, 2.5, 3.0])
COUNTS = np.array([4.0, 0.0, 7.0])
REGULAR = {"type": "regular", "lower": 0, "upper": 3, "bins": 3}
VARIABLE = {"type": "variable", "edges": EDGES.tolist()}
FLOW = {"underflow": True, "overflow": True, "circular": False}
NO_FLOW = {"underflow": False, "overflow": False, "circular": False}


def write_uhi(path: Path, axis: dict, storage: dict, name: str | None = None) -> Path:
    histogram = {"uhi_schema": 1, "axes": [axis], "storage": storage}
    path.write_text(json.dumps({name: histogram} if name else histogram))
    return path


def write_root(path: Path, **histograms: tuple[np.ndarray, ...]) -> Path:
    with uproot.recreate(path) as file:
        for name, values in histograms.items():
            file[name.replace("__", "/")] = values
    return path


def is_ours(found) -> None:
    np.testing.assert_array_equal(found.edges, EDGES)
    np.testing.assert_array_equal(found.counts, COUNTS)
    assert not found.weighted


def test_root(tmp_path):
    path = write_root(tmp_path / "one.root", mass=(COUNTS, EDGES))
    is_ours(read_histogram(path))
    is_ours(read_histogram(Path(f"{path}:mass")))


def test_root_by_name_in_a_folder(tmp_path):
    path = write_root(tmp_path / "two.root", a=(2 * COUNTS, EDGES), fit__b=(COUNTS, EDGES))
    is_ours(read_histogram(Path(f"{path}:fit/b")))
    with pytest.raises(InputError, match=r"several histograms; expected .*: a, fit/b"):
        read_histogram(path)
    with pytest.raises(InputError, match=r"has no histogram 'c'.*a, fit/b"):
        read_histogram(Path(f"{path}:c"))


def test_root_with_other_objects(tmp_path):
    plane = np.ones((2, 3)), np.array([0.0, 1.0, 2.0]), EDGES
    path = write_root(tmp_path / "plane.root", plane=plane)
    with pytest.raises(InputError, match="no one-dimensional histogram"):
        read_histogram(path)
    with pytest.raises(InputError, match="is a TH2D; expected a TH1"):
        read_histogram(Path(f"{path}:plane"))


def test_root_weights(tmp_path):
    path = write_root(tmp_path / "w.root", w=(COUNTS + 0.5, EDGES))
    assert read_histogram(path).weighted


def test_damaged_root(tmp_path):
    path = write_root(tmp_path / "cut.root", mass=(COUNTS, EDGES))
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(InputError, match="damaged ROOT file"):
        read_histogram(path)


@pytest.mark.parametrize(
    "text",
    [
        "0,1,4\n1,2.5,0\n2.5,3,7\n",
        "low,high,counts\n0,1,4\n1,2.5,0\n2.5,3,7\n",
        "# ours\nlow_GeV2, high_GeV2, observed, expected\n0,1,4,3.9\n1,2.5,0,0.1\n\n2.5,3,7,8\n",
        "counts,low [GeV],high [GeV]\r\n4,0,1\r\n0,1,2.5\r\n7,2.5,3\r\n",
    ],
)
def test_csv(tmp_path, text):
    path = tmp_path / "h.csv"
    path.write_bytes(text.encode())
    is_ours(read_histogram(path))
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    is_ours(read_histogram(path))
    path.write_bytes(gzip.compress(text.encode()))
    is_ours(read_histogram(path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("# only a remark\n", "no rows"),
        ("low,high,counts\n", "no rows"),
        ("a,b,c\n0,1,4\n", "0 columns are called low"),
        ("low,low,high,counts\n0,0,1,4\n", "2 columns are called low"),
        ("0,1\n1,2\n", "row 1"),
        ("0,1,4\n1,2.5\n", "row 2"),
        ("0,1,4\n1,two,4\n", "row 2"),
        ("0,1,4,9\n", "row 1"),
        ("low,high,counts\n0,1,\n", "row 1"),
        ("0,1,4\n1.5,2,4\n", "bins that touch"),
        ("1,0,4\n", "finite and rising"),
        ("0,1,-4\n", "holds -4; expected at least 0"),
        ("0,1,nan\n", "holds nan"),
        ("0,inf,3\n", "finite and rising"),
        ('0,1,"4\n', "CSV"),
        ("0,1\0,3\n", "none of ROOT, UHI JSON, CSV"),
        ("just words\n", "0 columns are called low"),
    ],
)
def test_wrong_csv(tmp_path, text, said):
    path = tmp_path / "h.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=said) as fault:
        read_histogram(path)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("axis", "storage"),
    [
        (VARIABLE | NO_FLOW, {"type": "double", "values": [4, 0, 7]}),
        (VARIABLE | FLOW, {"type": "double", "values": [9, 4.0, 0.0, 7.0, 9]}),
        (VARIABLE | FLOW, {"type": "int", "values": [9, 4, 0, 7, 9]}),
        (VARIABLE | FLOW | {"overflow": False}, {"type": "int", "values": [9, 4, 0, 7]}),
        (VARIABLE | FLOW, {"type": "int", "index": [[1, 3, 4]], "values": [4, 7, 2]}),
        (VARIABLE | NO_FLOW, {"type": "weighted", "values": [4, 0, 7], "variances": [4, 0, 7]}),
    ],
)
def test_uhi(tmp_path, axis, storage):
    is_ours(read_histogram(write_uhi(tmp_path / "h.json", axis, storage)))
    path = write_uhi(tmp_path / "h.json", axis, storage, name="mass")
    is_ours(read_histogram(path))
    is_ours(read_histogram(Path(f"{path}:mass")))


def test_uhi_regular_empty_and_weighted(tmp_path):
    found = read_histogram(write_uhi(tmp_path / "r.json", REGULAR | FLOW, {"type": "double"}))
    np.testing.assert_array_equal(found.edges, [0.0, 1.0, 2.0, 3.0])
    np.testing.assert_array_equal(found.counts, 0.0)
    storage = {"type": "weighted", "values": [4, 0, 7], "variances": [8, 0, 7]}
    assert read_histogram(write_uhi(tmp_path / "w.json", REGULAR | NO_FLOW, storage)).weighted


GOOD = {"type": "double", "values": [4, 0, 7]}


@pytest.mark.parametrize(
    ("axis", "storage", "said"),
    [
        ({"type": "category_str", "categories": ["a"]}, GOOD, "regular or variable"),
        ({"type": ["regular"]}, GOOD, "regular or variable"),
        (REGULAR | NO_FLOW | {"circular": True}, GOOD, "circular"),
        (REGULAR | NO_FLOW | {"bins": 0}, GOOD, "bins = 0"),
        (REGULAR | NO_FLOW | {"bins": True}, GOOD, "bins = True"),
        (REGULAR | NO_FLOW | {"upper": "3"}, GOOD, "lower, upper"),
        (REGULAR | NO_FLOW | {"upper": -1}, GOOD, "rising"),
        (VARIABLE | NO_FLOW | {"edges": "path/to"}, GOOD, "edges must be a list"),
        (VARIABLE | NO_FLOW | {"edges": [0, 10**400, 2, 3]}, GOOD, "edges must be a list"),
        (VARIABLE | NO_FLOW, {"type": "mean", "values": [1]}, "storage 'mean'"),
        (VARIABLE | NO_FLOW, "double", "storage 'double'"),
        (VARIABLE | NO_FLOW, {"type": ["int"], "values": [1]}, "storage"),
        (VARIABLE | FLOW, GOOD, "values has 3 numbers; its axis has 5 bins"),
        (VARIABLE | NO_FLOW, GOOD | {"values": [[4], [0], [7]]}, "values must be a list"),
        (VARIABLE | NO_FLOW, GOOD | {"values": [4, 0, -7]}, "holds -7"),
        (VARIABLE | NO_FLOW, GOOD | {"type": "weighted"}, "variances"),
        (VARIABLE | NO_FLOW, GOOD | {"index": [[0, 1, 3]]}, "index must name"),
        (VARIABLE | NO_FLOW, GOOD | {"index": [0, 1, 2]}, "one list of bins"),
    ],
)
def test_wrong_uhi(tmp_path, axis, storage, said):
    with pytest.raises(InputError, match=said):
        read_histogram(write_uhi(tmp_path / "h.json", axis, storage))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"axes": [', "no valid JSON"),
        ('{"a": 1}', "no one-dimensional histogram"),
        ('{"axes": [], "storage": {}}', "0 axes"),
        ('{"axes": 3, "storage": {}}', "no axes"),
        ('{"axes": [1], "storage": {}}', "1 axes"),
        ('{"uhi_schema": 2, "axes": [], "storage": {}}', "version 2"),
        ("{" * 5000, "no valid JSON"),
    ],
)
def test_damaged_uhi(tmp_path, text, said):
    path = tmp_path / "h.json"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        read_histogram(path)


def test_uhi_of_boost_histogram(tmp_path):
    """What `hist` 2.12 writes, as kept here: storage with flow, metadata and who wrote it."""
    axis = VARIABLE | FLOW | {"metadata": {"name": "", "label": "Axis 0"}}
    histogram = {
        "uhi_schema": 1,
        "writer_info": {"boost-histogram": {"version": "1.8.1"}, "hist": {"version": "2.12.1"}},
        "axes": [axis],
        "storage": {"type": "int", "values": [0, 4, 0, 7, 0]},
        "metadata": {},
    }
    path = tmp_path / "h.json"
    path.write_text(json.dumps(histogram, indent=1))
    is_ours(read_histogram(path))


def test_missing_files_and_names(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        read_histogram(tmp_path / "none.csv")
    with pytest.raises(InputError, match="cannot read"):
        read_histogram(tmp_path)
    path = tmp_path / "a:b.csv"
    path.write_text("0,1,4\n1,2.5,0\n2.5,3,7\n")
    is_ours(read_histogram(path))
    with pytest.raises(InputError, match="only HEPData's tables have columns by name"):
        read_histogram(Path(f"{path}:mass"))
    path.write_bytes(gzip.compress(path.read_bytes())[:20])
    with pytest.raises(InputError, match="damaged gzip"):
        read_histogram(path)
