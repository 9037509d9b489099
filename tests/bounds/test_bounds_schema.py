"""The validator of bound files (every fault, with its place) and the noun that it builds."""

import numpy as np
import pytest

from scotopic.bounds import read_bound
from scotopic.bounds.files import parse_bound
from scotopic.errors import InputError


@pytest.fixture
def bound_text():
    return """
schema = 1
name = "mine"
label = "mine"
experiment = "Belle II"
process = "e+ e- > gamma a, a > gamma gamma"
model = "alp-photon"
convention = "alp-photon:g"
unit = "1/GeV"
mass_unit = "GeV"
kind = "observed"
level = 0.95
level_kind = "frequentist"
luminosity = "445/pb"
branching_fraction = 1.0
shape = "function"
supersedes = []

[citation]
text = "somebody, Journal 1 (2020) 1"
arxiv = "2007.13071"
doi = ""
bibtex = "@article{somebody}"
mark = "M"

[reading]
how = "by eye"
source = "figure 2"
licence = "MIT"
mark = "R"

[[piece]]
points = [[0.1, 1e-3], [1.0, 1e-4], [10.0, 1e-3]]
"""


def faults(text):
    with pytest.raises(InputError) as caught:
        parse_bound(text, "my.toml")
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_good_file(bound_text, tmp_path):
    path = tmp_path / "good.toml"
    path.write_text(bound_text, encoding="utf-8")
    bound = read_bound(path)
    assert (bound.kind, bound.level, bound.luminosity_fb) == ("observed", 0.95, 0.445)
    assert bound.citation.arxiv == "2007.13071"
    assert bound.branching_fraction == 1.0


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('unit = "1/GeV"', 'unit = "1/TeV"', "unit: is '1/TeV', but alp-photon:g is in 1/GeV"),
        ('mass_unit = "GeV"', 'mass_unit = "MeV"', "mass_unit: is 'MeV', must be GeV"),
        ('"alp-photon:g"', '"alp-photon:f"', "convention: is 'alp-photon:f', must be one of alp-photon:g"),
        ("level = 0.95\n", "", "level: missing"),
        ("level = 0.95\n", "level = 95\n", "level: is 95, must be a probability"),
        ("level = 0.95\n", "level = 1.0\n", "level: is 1, must be below 1"),
        ("level = 0.95\n", "level = true\n", "level: is True"),
        ('"frequentist"', '"sure"', "level_kind: is 'sure'"),
        ('kind = "observed"', 'kind = "seen"', "kind: is 'seen', must be one of observed"),
        ('"445/pb"', '"445"', "luminosity: luminosity '445': expected a number with a unit"),
        ('luminosity = "445/pb"', "luminosity = 445", "luminosity: is 445, must be a text"),
        ("branching_fraction = 1.0", "branching_fraction = 1.2", "branching_fraction: is 1.2"),
        ("[1.0, 1e-4]", "[1.0, nan]", "piece 1, point 2: coupling is nan, must be positive"),
        ("[1.0, 1e-4]", "[-1.0, 1e-4]", "piece 1, point 2: mass is -1.0, must be positive"),
        ("[1.0, 1e-4]", "[1.0]", "piece 1, point 2: is [1.0], must be a pair"),
        ("[1.0, 1e-4]", "[0.05, 1e-4]", "piece 1, point 2: mass 0.05 does not rise above 0.1"),
        ('shape = "function"', 'shape = "blob"', "shape: is 'blob', must be one of function, region"),
        ("schema = 1", "schema = 2", "schema: is 2, this version reads 1"),
        ('label = "mine"', 'lable = "mine"', "lable: unknown key"),
        ('label = "mine"', 'lable = "mine"', "label: missing"),
        ('"2007.13071"', '"hep 12"', "[citation] arxiv: is 'hep 12'"),
        ("[reading]", "[reeding]", "[reading]: missing"),
        ('licence = "MIT"', 'licence = ""', "[reading] licence: is '', must be a text"),
        ("supersedes = []", 'supersedes = "x"', "supersedes: is 'x', must be a list"),
    ],
)
def test_one_fault(bound_text, old, new, message):
    assert old in bound_text
    assert f"my.toml: {message}" in faults(bound_text.replace(old, new))


def test_crossing_outline(bound_text):
    region = bound_text.replace('"function"', '"region"')
    bow = region.replace("[0.1, 1e-3], [1.0, 1e-4], [10.0, 1e-3]", "[1, 1], [10, 10], [10, 1], [1, 10]")
    assert "my.toml: piece 1: edges 1 and 3 cross" in faults(bow)
    closed = region.replace("[10.0, 1e-3]", "[10.0, 1e-3], [0.1, 1e-3]")
    assert "the last corner is the first one" in faults(closed)
    assert parse_bound(region, "my.toml").shape == "region"


def test_all_faults_at_once(bound_text):
    text = bound_text.replace('"1/GeV"', '"1/TeV"').replace("[1.0, 1e-4]", "[1.0, nan]")
    text = text.replace("level = 0.95\n", "")
    message = faults(text)
    for part in ("unit: ", "point 2: coupling is nan", "level: missing"):
        assert part in message
    assert message.count("my.toml: ") == 3


def test_band_needs_no_level(bound_text):
    text = bound_text.replace("level = 0.95\n", "").replace('kind = "observed"', 'kind = "band"')
    assert parse_bound(text, "my.toml").level is None


def test_broken_toml_and_missing_file(tmp_path):
    assert "not valid TOML" in faults("a = [")
    with pytest.raises(InputError, match=r"nowhere\.toml: No such file"):
        read_bound(tmp_path / "nowhere.toml")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not a readable text file"):
        read_bound(binary)


def test_function_interpolates_on_logarithmic_axes(bound_text):
    bound = parse_bound(bound_text, "x.toml")
    np.testing.assert_allclose(bound.at([0.1, 1.0, 10.0]), [1e-3, 1e-4, 1e-3])
    np.testing.assert_allclose(bound.at(np.sqrt(0.1)), np.sqrt(1e-7))
    assert np.isnan(bound.at([0.09, 11.0, 0.0, -1.0])).all()
    assert bound.contains([[1.0], [20.0]], [2e-4, 0.5e-4]).tolist() == [[True, False], [False, False]]


def test_gap_between_pieces_has_no_limit(bound_text):
    bound = parse_bound(bound_text + "\n[[piece]]\npoints = [[20.0, 1e-3], [30.0, 1e-3]]\n", "x.toml")
    assert np.isnan(bound.at(15.0))
    assert bound.at(25.0) == pytest.approx(1e-3)
    assert bound.mass_range == (0.1, 30.0)


def test_numbers_of_a_bound_cannot_be_changed(bound_text):
    mass, _ = parse_bound(bound_text, "x.toml").pieces[0]
    with pytest.raises(ValueError, match="read-only"):
        mass[0] = 2.0
