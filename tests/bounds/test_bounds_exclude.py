"""The commands ``recast`` and ``exclude`` as a user types them."""

import json

import numpy as np
import pytest

from scotopic.app.cli import run
from scotopic.bounds import load_bound, read_bound
from scotopic.bounds.carriers import get_carrier
from scotopic.errors import InputError
from scotopic.study.exclusion import exclude

CARD = """
name = "mine"
[charges]
e = 1.0
mu = -0.5
nu_e = 1.0
u = 0.3
"""


def output(capsys, *arguments):
    code = run(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def card(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(CARD, encoding="utf-8")
    return path


def test_recast(capsys, card, tmp_path):
    table = tmp_path / "curve.csv"
    code, out, _ = output(
        capsys, "recast", "dp-na62-dump-ee", "--to", str(card), "--csv", str(table), "--json"
    )
    assert code == 0
    bound = json.loads(out)["bound"]
    assert bound["model"] == "mine"
    assert bound["kind"] == "recast"
    assert len(bound["mass_GeV"]) == len(bound["coupling"]) > 50
    read = read_bound(table)
    assert (read.convention, read.kind, read.level) == ("vector:g", "recast", bound["level"])
    for i, name in enumerate(("mass_GeV", "coupling")):  # to the last digit
        assert np.concatenate([piece[i] for piece in read.pieces]).tolist() == bound[name]
    assert [len(mass) for mass, _ in read.pieces] == np.bincount(bound["piece"]).tolist()
    code, out, _ = output(capsys, "recast", "dp-na62-dump-ee", "--to", "b-minus-l")
    assert code == 0
    assert "no limit from" in out


def test_recast_without_a_limit(capsys, tmp_path):
    code, out, _ = output(capsys, "recast", "dp-na62-dump-ee", "--to", "lmu-ltau", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["bound"]["mass_GeV"] == found["bound"]["coupling"] == []
    assert "no coupling to its production" in found["no_limit"][0]["reason"]
    table = tmp_path / "curve.csv"
    code, out, _ = output(capsys, "recast", "dp-na62-dump-ee", "--to", "lmu-ltau", "--csv", str(table))
    assert (code, out) == (2, "")
    assert not table.exists()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("recast", "nobody", "--to", "b-minus-l"), "no such bound"),
        (("recast", "dp-na62-dump-ee", "--to", "nobody"), "known are dark-photon"),
        (("recast", "dp-na62-dump-ee", "--to", "b-minus-l", "--set", "invisible=1.5"), "from 0 to 1"),
        (
            ("recast", "dp-na62-dump-ee", "--to", "b-minus-l", "--set", "mass=1"),
            "possible is invisible and mixing",
        ),
        (("recast", "dp-na62-dump-ee", "--to", "b-minus-l", "--csv", "nowhere/x.csv"), "does not exist"),
        (("exclude", "--model", "nobody"), "known are dark-photon"),
        (("exclude", "--model", "b-minus-l", "--experiment", "nobody"), "nobody"),
        (("exclude", "--model", "b-minus-l", "--luminosity", "50"), "with a unit"),
        (("exclude", "--model", "b-minus-l", "--with", "nowhere.csv"), "No such file"),
    ],
)
def test_wrong_input(capsys, arguments, text):
    code, out, err = output(capsys, *arguments)
    assert (code, out) == (2, "")
    assert text in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("charge = 1", "unknown key"),
        ("[charges]\nx = 1", "[charges] x: unknown key"),
        ("[charges]\ne = nan", "finite"),
        ('name = "x"\nmixing = "loops"\n[charges]\ne = 1', "sum to 0"),
        ('name = "x"\nmixing = 2\n[charges]\ne = 1', "none or loops"),
        ("name = 1", "must be a text"),
        ("[", "cannot read the model card"),
    ],
)
def test_wrong_card(capsys, tmp_path, line, text):
    path = tmp_path / "wrong.toml"
    path.write_text(line, encoding="utf-8")
    code, out, err = output(capsys, "recast", "dp-na62-dump-ee", "--to", str(path))
    assert (code, out) == (2, "")
    assert text in err


PYTHON = """
from scotopic.physics.models.vector_charges import VectorCharges
CHARGES = VectorCharges((("e", 1.0), ("mu", -0.5), ("nu_e", 1.0), ("u", 0.3)))
"""


def test_a_python_file_and_a_card_are_one_model(card, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(PYTHON, encoding="utf-8")
    assert get_carrier(str(path)) == get_carrier(str(card))
    path.write_text("x = 1", encoding="utf-8")
    with pytest.raises(InputError, match="expected CHARGES"):
        get_carrier(str(path))


def test_exclude(capsys, card, tmp_path):
    folder = tmp_path / "out"
    code, out, _ = output(
        capsys, "exclude", "--model", str(card), "--no-projections", "--out", str(folder), "--json"
    )
    assert code == 0
    found = json.loads(out)
    envelope = found["envelope"]
    assert len(envelope["mass_GeV"]) == len(envelope["coupling"]) == len(envelope["bound"])
    assert found["projections"] == []
    reasons = {one["bound"]: one["reason"] for one in found["not_applicable"]}
    assert "projection, not a limit" in reasons["dp-belle2-visible-50ab-projection"]
    assert "alp-photon" in reasons["alp-opal"]
    assert not reasons.keys() & set(found["bounds"])
    assert {path.rpartition("/")[2] for path in found["files"]} == {
        "envelope.csv", "bounds.bib", "exclusion.png", "exclusion.pdf",
    }  # fmt: skip
    bibtex = (folder / "bounds.bib").read_text(encoding="utf-8")
    assert bibtex.count("@") == len({load_bound(name).citation.bibtex for name in found["bounds"]})
    code, out, _ = output(capsys, "exclude", "--model", str(card), "--no-projections")
    assert code == 0
    assert "does not apply" in out


def test_envelope_is_the_lowest_edge():
    result = exclude("alp-photon", experiment="belle2-phase3", projected=False)
    every = np.array([one.at(result.mass) for one in result.bounds])
    lowest = np.fmin.reduce(every)
    both = np.isfinite(lowest) & np.isfinite(result.coupling)
    assert result.coupling[both] == pytest.approx(lowest[both])
    names = [one.name for one in result.bounds]
    assert "alp-besiii-2024" in names
    assert "alp-besiii-2022" not in names  # superseded
    for name, coupling, here in zip(result.strongest, result.coupling, result.intervals, strict=True):
        assert bool(name) == np.isfinite(coupling) == bool(here)
        assert not here or here[0][0] == coupling


def test_own_bounds_join(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("# convention: b-minus-l:g\nmass_GeV,coupling\n2,1e-9\n3,1e-9\n", encoding="utf-8")
    result = exclude("b-minus-l", experiment="belle2-phase3", own=[path], projected=False)
    assert set(np.array(result.strongest)[(result.mass > 2.0) & (result.mass < 3.0)]) == {"mine"}


def test_invisible_partner_opens_the_invisible_bounds():
    hidden = exclude("alp-photon", experiment="belle2-phase3", parameters={"invisible": 1.0}, projected=False)
    names = {one.name for one in hidden.bounds}
    assert "quarkonium-belle-2018-y1s-invisible" in names
    assert "alp-opal" not in names
    dark = exclude("dark-photon", experiment="belle2-phase3", parameters={"invisible": 1.0}, projected=False)
    assert "dp-invisible-compilation" in {one.name for one in dark.bounds}
    assert get_carrier("dark-photon", {"invisible": 1.0}).fraction("visible", np.ones(1)) == 0.0


@pytest.mark.study
def test_projections():
    result = exclude("alp-photon", experiment="belle2-phase3", luminosity_fb=50_000.0)
    (projection,) = result.projections
    assert projection.luminosity_fb == 50_000.0
    assert np.isfinite(projection.coupling.median).all()
