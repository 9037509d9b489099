"""Whole files: temporary names, links, what is no file, dead runs."""

import os
import subprocess
import sys

import pytest

from scotopic import files
from scotopic.errors import InputError
from scotopic.files import PREFIX, replacing, sweep_unfinished, write_whole


def stop_half_way(path, stop):
    with replacing(path) as temporary:
        temporary.write_bytes(b"half")
        stop()


def test_a_file_appears_whole(tmp_path):
    write_whole(tmp_path / "a.txt", b"old")
    with pytest.raises(ZeroDivisionError):
        stop_half_way(tmp_path / "a.txt", lambda: 1 / 0)
    assert (tmp_path / "a.txt").read_bytes() == b"old"
    write_whole(str(tmp_path / "a.txt"), b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_bytes() == b"new"


def test_links_are_followed(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real" / "a.txt")
    write_whole(tmp_path / "link", b"1")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "a.txt").read_bytes() == b"1"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_what_is_no_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(InputError, match="no regular file"):
            write_whole(tmp_path / name, b"1")
    with pytest.raises(InputError, match="does not exist"):
        write_whole(tmp_path / "absent" / "a", b"1")


def test_loops_of_links_and_long_names_are_one_line(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for path in (tmp_path / "loop", tmp_path / ("a" * 300)):
        with pytest.raises(InputError, match="cannot write") as fault:
            write_whole(path, b"1")
        assert "\n" not in str(fault.value)
    write_whole(tmp_path / ("a" * 250 + ".txt"), b"1")
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="no masks of permissions")
def test_the_mask_of_permissions_holds(tmp_path):
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "a", b"1")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


def test_temporary_files_of_dead_runs_are_swept(tmp_path):
    code = f"""
import os, signal
from scotopic.files import replacing
with replacing({str(tmp_path / "a.lhe")!r}) as temporary:
    temporary.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code], check=False)
    left = [file.name for file in tmp_path.iterdir()]
    assert len(left) == 1
    assert left[0].startswith(PREFIX)
    assert left[0].endswith("a.lhe")
    with replacing(tmp_path / "b") as temporary:
        temporary.write_text("b")
        assert sorted(file.name for file in tmp_path.iterdir()) == [temporary.name]
    assert [file.name for file in tmp_path.iterdir()] == ["b"]


def test_unfinished_files_of_this_run_can_be_swept(tmp_path):
    with pytest.raises(InputError, match="cannot write"):
        stop_half_way(tmp_path / "a", sweep_unfinished)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no masks of permissions")
def test_permissions_of_a_file_are_kept_and_heeded(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "a").chmod(0o600)
    write_whole(tmp_path / "a", b"new")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # the super-user may write everywhere
    with pytest.raises(InputError, match="protected from writing"):
        write_whole(tmp_path / "a", b"newer")
    assert (tmp_path / "a").read_bytes() == b"new"


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links")
def test_a_link_under_the_temporary_name_is_not_followed(tmp_path, monkeypatch):
    (tmp_path / "victim").write_bytes(b"kept")
    monkeypatch.setattr(files, "_temporary_name", lambda name: ".scotopic-guessed")
    (tmp_path / ".scotopic-guessed").symlink_to(tmp_path / "victim")
    with pytest.raises(InputError, match="cannot write"):
        write_whole(tmp_path / "a", b"1")
    assert (tmp_path / "victim").read_bytes() == b"kept"


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are text elsewhere")
def test_names_that_are_no_utf8_are_written(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.txt")
    write_whole(path, b"1")
    assert os.listdir(os.fsencode(tmp_path)) == [b"caf\xe9.txt"]


def test_process_numbers_of_any_length_are_no_fault():
    assert not files.is_alive(10**40, 1)
    assert files.is_alive(os.getpid(), files.own_start())
