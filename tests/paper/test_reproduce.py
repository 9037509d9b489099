"""`reproduce`: registry, going on where a run stopped, damaged stores, table, pages, submission, command line."""

import csv
import io
import json
import re
import warnings
from html import unescape
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
import yaml
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from scotopic.app.cli import run
from scotopic.errors import InputError
from scotopic.io.csv_file import write_csv
from scotopic.io.hepdata import Axis, Column, Table, write_submission
from scotopic.io.hepdata_joined import join_submissions
from scotopic.paper import reproduce as reproduction
from scotopic.paper import store
from scotopic.paper.captions import CAPTIONS
from scotopic.paper.page_pdf import write_pdf
from scotopic.paper.report import check, verdict

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from hepdata_validator.full_submission_validator import FullSubmissionValidator

pytestmark = pytest.mark.filterwarnings("ignore:jsonschema.RefResolver:DeprecationWarning")

CHECKS = [
    check("<limit> & 'more'", 2.0, 2.2, "a paper", "R", error=0.05, accepted=(1.0, 3.0)),
    check("far off | and out", 1.0, 9.0, "a paper", "M", accepted=(0.5, 2.0)),
    check("nothing published", None, 3.0, "ours", "D"),
    check("no number", 1.0, float("nan"), "ours", "D"),
]


PICTURE = io.BytesIO()
FigureCanvasAgg(Figure((1.0, 0.8))).print_png(PICTURE)
PICTURE = PICTURE.getvalue()


class Maker:
    """Makes figures with a picture, a table and a submission each, and counts how often."""

    def __init__(self, *names):
        self.names, self.calls = names, 0

    def __call__(self, out, *, quick, seed, workers):
        self.calls += 1
        return {name: self.figure(name, out) for name in self.names}

    def figure(self, name, out):
        picture = out / f"{name}.png"
        picture.write_bytes(PICTURE)
        numbers = np.arange(2.0)
        table = Table("t", f"T of {name}", "", (Axis("x", "", numbers),), (Column("c", "", numbers),))
        files = [
            picture,
            write_csv(out / f"{name}.csv", {"x": numbers}),
            *write_submission([table], out / "hepdata" / name, comment=f"of {name}"),
        ]
        return {"files": [str(one) for one in files], "checks": CHECKS}


@pytest.fixture
def makers(monkeypatch):
    # pages take a second each to draw; one test below has them
    monkeypatch.setattr(reproduction, "write_pdf", lambda page, path: path)
    groups = {("fig1",): Maker("fig1"), ("fig4a", "fig4b"): Maker("fig4a", "fig4b")}
    monkeypatch.setattr(reproduction, "GROUPS", groups)
    monkeypatch.setattr(reproduction, "FIGURES", ("fig1", "fig4a", "fig4b"))
    return {names[0]: maker for names, maker in groups.items()}


def test_every_figure_of_the_registry_has_one_group_and_a_caption():
    names = [name for group in reproduction.GROUPS for name in group]
    assert len(set(names)) == len(names)
    assert set(names) == set(reproduction.FIGURES) <= set(CAPTIONS)


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        ((), ("fig1", "fig4a", "fig4b")),
        (("all",), ("fig1", "fig4a", "fig4b")),
        (("fig4",), ("fig4a", "fig4b")),
        (("fig4b", "fig1", "fig4"), ("fig4b", "fig1", "fig4a")),
    ],
)
def test_names(makers, names, chosen):
    assert reproduction.chosen_figures(names) == chosen


@pytest.mark.parametrize("name", ["fig", "fig4c", "Fig1", "fig44", ""])
def test_unknown_names_are_refused_with_all_there_are(makers, name):
    with pytest.raises(InputError, match="fig1, fig4a, fig4b, all"):
        reproduction.chosen_figures((name,))


def test_missing_pythia_is_told_before_any_work(makers, monkeypatch, tmp_path):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"fig4a, fig4b need Pythia: pip install"):
        reproduction.reproduce(out=tmp_path / "out")
    assert makers["fig1"].calls == 0
    assert not (tmp_path / "out").exists()


def test_a_second_run_keeps_what_is_finished(makers, tmp_path, capsys):
    first = reproduction.reproduce(out=tmp_path, quick=True)
    assert capsys.readouterr().err == ""
    second = reproduction.reproduce(out=tmp_path, quick=True)
    assert first == second
    assert [maker.calls for maker in makers.values()] == [1, 1]
    said = capsys.readouterr().err
    assert said.splitlines() == [
        "fig1: kept, made here before with the same settings",
        "fig4a and fig4b: kept, made here before with the same settings",
    ]


@pytest.mark.parametrize(
    ("settings", "why"), [({"seed": 2, "quick": True}, "another seed"), ({"quick": False}, "another quick")]
)
def test_other_settings_make_all_again(makers, tmp_path, capsys, settings, why):
    reproduction.reproduce(out=tmp_path, quick=True)
    reproduction.reproduce(out=tmp_path, **settings)
    assert [maker.calls for maker in makers.values()] == [2, 2]
    assert capsys.readouterr().err.count(why) == 2


def test_another_source_of_the_program_makes_all_again(makers, tmp_path, capsys, monkeypatch):
    reproduction.reproduce(("fig1",), out=tmp_path)
    monkeypatch.setattr(store, "_digest_of_source", lambda: "other")
    reproduction.reproduce(("fig1",), out=tmp_path)
    assert makers["fig1"].calls == 2
    assert "another source of the program" in capsys.readouterr().err


def damage(name, text):
    return lambda out: (out / name).write_text(text)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda out: (out / "fig4b.png").unlink(), "fig4b.png is missing"),
        (damage("fig4a.csv", "x\n"), "fig4a.csv was changed"),
        (damage("finished/fig4b.json", "{"), "fig4b.json is damaged"),
        (damage("finished/fig4b.json", '{"settings": 1}'), "fig4b.json is damaged"),
        (lambda out: (out / "finished" / "fig4a.json").write_bytes(b"\xff\x00"), "fig4a.json is damaged"),
        (lambda out: (out / "finished" / "fig4a.json").unlink(), ""),
    ],
)
def test_only_the_damaged_group_is_made_again(makers, tmp_path, capsys, spoil, why):
    first = reproduction.reproduce(out=tmp_path)
    spoil(tmp_path)
    assert reproduction.reproduce(out=tmp_path) == first
    assert [maker.calls for maker in makers.values()] == [1, 2]
    assert why in capsys.readouterr().err


def test_a_stopped_run_goes_on(makers, tmp_path, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    working = makers["fig4a"]
    monkeypatch.setitem(reproduction.GROUPS, ("fig4a", "fig4b"), stop)
    with pytest.raises(KeyboardInterrupt):
        reproduction.reproduce(out=tmp_path)
    monkeypatch.setitem(reproduction.GROUPS, ("fig4a", "fig4b"), working)
    assert list(reproduction.reproduce(out=tmp_path)["figures"]) == ["fig1", "fig4a", "fig4b"]
    assert [maker.calls for maker in makers.values()] == [1, 1]


def test_results_may_move_to_another_folder(makers, tmp_path):
    reproduction.reproduce(out=tmp_path / "here")
    (tmp_path / "here").rename(tmp_path / "there")
    found = reproduction.reproduce(out=tmp_path / "there")
    assert [maker.calls for maker in makers.values()] == [1, 1]
    assert all(Path(file).exists() for one in found["figures"].values() for file in one["files"])


def test_table_of_all_checks(makers, tmp_path):
    reproduction.reproduce(out=tmp_path)
    with open(tmp_path / "comparison.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    assert len(rows) == 3 * len(CHECKS)
    for row, one in zip(rows, 3 * CHECKS, strict=True):
        assert (row["check"], row["verdict"], row["mark"]) == (one["what"], verdict(one), one["mark"])
        for key in ("published", "ours", "ratio"):
            assert row[key] == ("" if one[key] is None else repr(one[key]))
    lines = (tmp_path / "comparison.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2 + len(rows)
    assert {len(re.split(r"(?<!\\)\|", line)) for line in lines} == {10}
    assert "| 2.20 ± 0.05 |" in lines[2] or "| 2.2 ± 0.05 |" in lines[2]


def test_page_holds_every_figure_and_check_and_nothing_from_outside(makers, tmp_path):
    found = reproduction.reproduce(out=tmp_path, quick=True)
    text = (tmp_path / "figures.html").read_text(encoding="utf-8")
    assert text.count("data:image/png;base64,") == 3
    assert not re.search(r"""(src|href)=["'](?!data:|#)|<script|@import|url\(""", text)
    assert 'name="viewport"' in text
    plain = unescape(re.sub(r"<(?!limit)[^>]*>", "\n", text))
    for name in found["figures"]:
        assert plain.count(f"{name}: {CAPTIONS[name].title}") == 1
    for one in CHECKS:
        assert plain.count(one["what"]) >= 3
    assert "Of 2 checks with a stated tolerance: 1 good, 1 missed." in plain
    assert "from 1.1 to 9." in plain
    assert "quick run" in plain
    assert "Search zprime-invisible" in plain
    assert "recalled" in plain


def test_pdf_has_an_overview_a_page_per_figure_and_the_assumptions(makers, tmp_path, monkeypatch):
    monkeypatch.setattr(reproduction, "write_pdf", write_pdf)
    before = dict(mpl.rcParams)
    reproduction.reproduce(out=tmp_path)
    content = (tmp_path / "figures.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    (pages,) = re.findall(rb"/Count (\d+)", content)
    assert int(pages) >= 1 + 3 + 1
    assert dict(mpl.rcParams) == before


def test_one_figure_alone_leaves_the_others_on_the_page(makers, tmp_path):
    reproduction.reproduce(out=tmp_path)
    found = reproduction.reproduce(("fig1",), out=tmp_path)
    assert list(found["figures"]) == ["fig1"]
    assert "fig4b: " in (tmp_path / "figures.html").read_text(encoding="utf-8")


def test_one_submission_of_all_figures(makers, tmp_path):
    reproduction.reproduce(out=tmp_path)
    folder = tmp_path / "hepdata" / "all"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the validator leaves its files open
        assert FullSubmissionValidator(schema_version="1.1.1").validate(directory=str(folder))
    first, *tables = yaml.safe_load_all((folder / "submission.yaml").read_text(encoding="utf-8"))
    assert first["comment"].endswith("fig1: of fig1; fig4a: of fig4a; fig4b: of fig4b")
    assert [one["name"] for one in tables] == [f"{name}: T of {name}" for name in ("fig1", "fig4a", "fig4b")]
    for name, one in zip(("fig1", "fig4a", "fig4b"), tables, strict=True):
        assert (folder / one["data_file"]).read_bytes() == (
            tmp_path / "hepdata" / name / "t.yaml"
        ).read_bytes()


@pytest.mark.parametrize("text", ["", "---\n", "---\ncomment: none\n", '---\ncomment: "c"\n---\nname: "n"\n'])
def test_what_is_no_submission_is_not_joined(tmp_path, text):
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "submission.yaml").write_text(text)
    with pytest.raises(InputError, match=r"submission\.yaml: is no submission written here"):
        join_submissions({"fig1": tmp_path / "part"}, tmp_path / "all", comment="")
    assert not (tmp_path / "all").exists()


def test_long_names_are_refused(tmp_path):
    numbers = np.arange(2.0)
    table = Table("t", "n" * 60, "", (Axis("x", "", numbers),), (Column("c", "", numbers),))
    write_submission([table], tmp_path / "part", comment="")
    with pytest.raises(InputError, match="66 characters, 64 are allowed"):
        join_submissions({"fig1": tmp_path / "part"}, tmp_path / "all", comment="")


def test_command(makers, tmp_path, capsys):
    out = str(tmp_path / "out")
    assert run(["reproduce", "fig1", "--quick", "--out", out, "--json"]) == 0
    captured = capsys.readouterr()
    found = json.loads(captured.out)
    assert list(found["figures"]) == ["fig1"]
    assert found["figures"]["fig1"]["checks"][3]["ours"] is None
    assert {Path(one).name for one in found["files"]} >= {"figures.html", "figures.pdf", "comparison.csv"}
    assert run(["reproduce", "--quick", "--out", out]) == 0
    captured = capsys.readouterr()
    assert "fig1: kept" in captured.err
    assert "missed" in captured.out
    assert "figures.html" in captured.out
