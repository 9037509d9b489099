"""A folder of results is one whole, and its mark names nothing that is touched unseen."""

import json
import os
import subprocess
import sys

import pytest

from scotopic.errors import InputError
from scotopic.files import write_whole
from scotopic.results_folder import MARK, filling, is_whole, read_state


def fill(folder, names, stop=None):
    with filling(folder):
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            write_whole(folder / name, name.encode())
        assert not read_state(folder).complete
        if stop is not None:
            raise stop


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_folder_is_whole_only_after_the_last_file(tmp_path):
    folder = tmp_path / "results"
    with pytest.raises(KeyboardInterrupt):
        fill(folder, ["a.csv"], KeyboardInterrupt())
    assert not is_whole(folder)
    fill(folder, ["a.csv", "sub/b.csv"])
    assert is_whole(folder)
    (folder / "a.csv").write_text("changed")
    assert not is_whole(folder)


def test_files_of_an_earlier_run_are_not_mixed_in(tmp_path, capsys):
    fill(tmp_path, ["a.csv", "b.csv", "c.csv"])
    (tmp_path / "c.csv").write_text("changed by its user")
    (tmp_path / "mine.txt").write_text("mine")
    fill(tmp_path, ["b.csv"])
    assert names(tmp_path) == sorted([MARK, "b.csv", "c.csv", "mine.txt"])
    assert "1 files of an earlier run were removed" in capsys.readouterr().err


def test_an_interrupted_run_leaves_the_earlier_files(tmp_path):
    fill(tmp_path, ["a.csv", "b.csv"])
    with pytest.raises(KeyboardInterrupt):
        fill(tmp_path, ["b.csv"], KeyboardInterrupt())
    assert not is_whole(tmp_path)
    assert "a.csv" in names(tmp_path)
    fill(tmp_path, ["b.csv"])
    assert names(tmp_path) == sorted([MARK, "b.csv"])


def test_files_of_a_first_run_that_was_ended_are_not_mixed_in(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        fill(tmp_path, ["a.csv", "sub/b.csv"], KeyboardInterrupt())
    fill(tmp_path, ["c.csv"])
    assert names(tmp_path) == sorted([MARK, "c.csv"])
    assert is_whole(tmp_path)


def test_only_folders_of_results_are_looked_into(tmp_path, monkeypatch):
    fill(tmp_path, ["a.csv", "sub/b.csv"])
    (tmp_path / "home" / "deep").mkdir(parents=True)
    (tmp_path / "loop").symlink_to(tmp_path)
    looked, scandir = [], os.scandir
    monkeypatch.setattr(os, "scandir", lambda place: looked.append(place) or scandir(place))
    assert is_whole(tmp_path)
    assert looked == [tmp_path, tmp_path / "sub"]


@pytest.mark.parametrize(
    "mark",
    ["", "[]", "{", "1", '{"complete": 1, "files": {}}', '{"complete": true, "files": [1]}', "[" * 100_000],
)
def test_a_damaged_mark_is_no_mark(tmp_path, mark):
    (tmp_path / MARK).write_text(mark)
    assert read_state(tmp_path) is None
    assert not is_whole(tmp_path)
    fill(tmp_path, ["a.csv"])
    assert is_whole(tmp_path)


def test_names_in_a_mark_reach_nothing_outside(tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("x")
    folder = tmp_path / "results"
    folder.mkdir()
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"  # of "x"
    files = {"../outside.txt": digest, str(outside): digest, "results/../../outside.txt": digest}
    (folder / MARK).write_text(json.dumps({"complete": True, "files": files}))
    fill(folder, ["a.csv"])
    assert outside.exists()


def test_a_file_in_the_way_is_one_line(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot write"):
        fill(tmp_path / "file", ["a.csv"])


HOLD = """
import sys, time
from pathlib import Path
from scotopic.results_folder import filling
with filling(Path(sys.argv[1])):
    print("inside", flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(os.name == "nt", reason="no locks on folders")
def test_a_folder_takes_one_run_at_a_time_and_is_free_when_that_is_dead(tmp_path):
    with filling(tmp_path):
        with pytest.raises(InputError, match="another run writes its results into"), filling(tmp_path):
            pass
        with filling(tmp_path / "below"):  # another folder
            pass
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"inside\n"
        with pytest.raises(InputError, match="another run writes its results into"), filling(tmp_path):
            pass
        assert not read_state(tmp_path).complete  # the refused run changed nothing
        other.kill()
    with filling(tmp_path):
        pass
    assert is_whole(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"folder.json", "below"}
