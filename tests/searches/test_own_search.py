"""A search of one's own: by the path of a Python file, as an object, changed from one that ships."""

import json
from pathlib import Path

import pytest

import scotopic
from scotopic.app.cli import run
from scotopic.errors import InputError
from scotopic.report.projection import write_projection
from scotopic.searches import get_search
from scotopic.study import exclusion
from scotopic.study.conformance import CHECKS
from scotopic.user_code import LOCK

FILE = """
from dataclasses import replace

from scotopic.analysis.region import masses
from scotopic.analysis.simulation import EventNumbers
from scotopic.searches import get_search

OWN = get_search("alp-gammagamma")
LOW = replace(OWN.regions[0], mass_low=0.5, grid=masses(0.5, 2.0, 4.05))
SEARCH = replace(
    OWN,
    name="mine",
    regions=(LOW,),
    backgrounds=OWN.backgrounds[:1],
    statistic=replace(OWN.statistic, events=EventNumbers(800, 3000)),
)
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "my_search.py"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_a_file_is_searched_projected_and_written(file, tmp_path, capsys):
    out = tmp_path / "out"
    arguments = ["search", str(file), "--masses", "1:3:1", "--toys", "0", "--json", "--out", str(out)]
    assert run(arguments) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["search"] == "mine"
    assert found["mass_GeV"] == [1.0, 2.0, 3.0]
    assert {"result.json", "coupling_limit.csv", "spectrum_low.csv"} <= {
        Path(one).name for one in found["files"]
    }
    assert (out / "hepdata" / "submission.yaml").is_file()
    luminosities = ("--luminosity", "1/fb,50/ab")
    assert run(["project", str(file), *luminosities, "--masses", "1:2:1", "--json"]) == 0
    both = json.loads(capsys.readouterr().out)["projections"]
    assert [one["luminosity_fb"] for one in both] == [1.0, 50_000.0]
    assert all(one["sigma_limit_fb"]["observed"] is None for one in both)


def test_the_object_gives_what_the_file_gives(file, tmp_path):
    settings = {"masses": [1.0, 3.0], "toys": 0, "seed": 4}
    one, other = (scotopic.search(what, **settings) for what in (str(file), get_search(str(file))))
    assert one.cross_section.median.tolist() == other.cross_section.median.tolist()
    projection = scotopic.project(get_search(str(file)), luminosities_fb=(1.0,), masses=[1.0, 2.0])
    assert all(path.stat().st_size > 0 for path in write_projection(projection, tmp_path / "projected"))


def test_exclude_takes_it_beside_those_that_ship(file, monkeypatch):
    asked = []

    def survey(search, *_, **__):
        asked.append(search.name)
        raise InputError("not now")

    monkeypatch.setattr(exclusion, "survey", survey)
    found = exclusion.exclude("alp-photon", experiment="belle2-2018", searched=[str(file)])
    assert asked == ["alp-gammagamma", "darkhiggs-invisible", "alp-invisible", "mine"]
    assert ("mine", "not now") in found.not_applicable


def test_no_code_refuses_it(file, capfd, monkeypatch):
    monkeypatch.setenv(LOCK, "1")
    for command in (["search"], ["project"], ["exclude", "--model", "alp-photon", "--search"]):
        assert run([*command, str(file)]) == 2
        assert "--no-code lets none be executed" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "makes none"),
        ("raise ValueError('no')", "ValueError: no"),
        (FILE + "OTHER = replace(OWN, name='other')\ndel SEARCH\nONE = replace(OWN, name='one')\n", "makes"),
    ],
)
def test_files_without_one_search_are_refused(text, said, tmp_path):
    path = tmp_path / "wrong.py"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        get_search(str(path))
    with pytest.raises(InputError, match="does not exist"):
        get_search(str(tmp_path / "nothing.py"))


def test_check_passes_what_is_whole(file, capsys):
    assert run(["check", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["search"] == "mine"
    assert [one["name"] for one in found["checks"]] == list(CHECKS)
    assert all(one["passed"] for one in found["checks"])


@pytest.mark.parametrize(
    ("change", "check", "said"),
    [
        (
            "SEARCH = replace(SEARCH, backgrounds=SEARCH.backgrounds * 2)",
            "names",
            "two backgrounds are called ggg",
        ),
        ("SEARCH = replace(SEARCH, backgrounds=())", "names", "there is no background"),
        (
            "SEARCH = replace(SEARCH, systematics=(replace(OWN.systematics[0], on='yield'),))",
            "names",
            "refers to 'yield'",
        ),
        (
            "SEARCH = replace(SEARCH, systematics=(replace(OWN.systematics[0], mark='X'),))",
            "marks",
            "mark 'X'",
        ),
        (
            "SEARCH = replace(SEARCH, regions=(replace(LOW, grid=masses(1.0, 2.0)),))",
            "grid",
            "from 1 to 2 GeV",
        ),
        (
            "SEARCH = replace(SEARCH, signal=replace(OWN.signal, tree_pb=lambda point, *, sqrt_s: 1e-9))",
            "signal",
            "generated over tree-level cross section",
        ),
        (
            "SEARCH = replace(SEARCH, selection=replace(OWN.selection, observables=('nothing',)))",
            "signal",
            "candidates have no nothing",
        ),
    ],
)
def test_check_says_what_is_wrong(change, check, said, file, capfd):
    file.write_text(f"{FILE}\n{change}\n", encoding="utf-8")
    assert run(["check", str(file), "--json"]) == 2
    printed = capfd.readouterr()
    last = json.loads(printed.out)["checks"][-1]
    assert (last["name"], last["passed"]) == (check, False)
    assert said in last["detail"]
    assert said in printed.err
