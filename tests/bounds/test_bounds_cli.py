"""The command ``bounds`` as a user types it."""

import json

import pytest

from scotopic.app.cli import run
from scotopic.bounds import bounds


def output(capsys, *arguments):
    code = run(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_list(capsys):
    code, out, _ = output(capsys, "bounds", "--json")
    assert code == 0
    assert json.loads(out)["names"] == list(bounds())
    code, out, _ = output(
        capsys, "bounds", "--model", "b-minus-l", "--experiment", "belle", "--kind", "projection", "--json"
    )
    found = json.loads(out)["bounds"]
    assert {one["convention"] for one in found} == {"b-minus-l:g"}
    assert len(found) == 2
    code, out, err = output(capsys, "bounds", "--model", "nobody")
    assert code == 2
    assert "there is model: alp-photon" in err


def test_show(capsys):
    code, out, _ = output(capsys, "bounds", "dp-faser-2023", "--json")
    bound = json.loads(out)["bound"]
    assert code == 0
    assert len(bound["mass_GeV"]) == len(bound["coupling"]) == len(bound["piece"])
    assert bound["citation"]["arxiv"] in bound["citation"]["bibtex"]
    code, out, _ = output(capsys, "bounds", "dp-faser-2023")
    assert code == 0
    assert "@article" in out


def test_check(capsys, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("schema = 1\nname = 'mine'\n", encoding="utf-8")
    code, out, err = output(capsys, "bounds", "--check", str(path))
    assert (code, out) == (2, "")
    assert err.count("mine.toml: ") > 8
    curve = tmp_path / "mine.csv"
    curve.write_text(
        "# convention: b-minus-l:g\n# confidence_level: 0.9\nmass_GeV,coupling\n1,1e-3\n2,2e-3\n",
        encoding="utf-8",
    )
    code, out, _ = output(capsys, "bounds", "--check", str(curve))
    assert code == 0
    assert "no fault; b-minus-l:g, observed, function, 2 points" in out


@pytest.mark.parametrize("pair", ["convention", "=x", "convention="])
def test_as_needs_pairs(capsys, pair):
    code, _, err = output(capsys, "bounds", "x.csv", "--as", pair)
    assert code == 2
    assert "expected KEY=VALUE" in err
