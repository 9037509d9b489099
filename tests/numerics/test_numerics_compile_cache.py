"""Compiled programs on disk: whole, checked, of this machine, and of this user only."""

import os
import subprocess
import sys

import pytest

from scotopic.numerics import compile_cache
from scotopic.numerics.compile_cache import machine_key, open_cache


def kept(folder):
    return sorted((folder / "jax" / machine_key() / "kept").iterdir())


def test_entries_are_kept_whole_and_found_again(tmp_path):
    first = open_cache(tmp_path)
    (first.work / "program-cache").write_bytes(b"native code")
    first.publish()
    first.publish()
    assert [entry.read_bytes() for entry in kept(tmp_path)] == [b"native code"]
    (first.work / "program-cache").unlink()
    again = open_cache(tmp_path)
    assert (again.work / "program-cache").read_bytes() == b"native code"


@pytest.mark.parametrize("content", [b"", b"native cod", b"native codf", b"native code more"])
def test_damaged_entries_are_removed(tmp_path, content):
    first = open_cache(tmp_path)
    (first.work / "program-cache").write_bytes(b"native code")
    first.publish()
    (first.work / "program-cache").unlink()
    kept(tmp_path)[0].write_bytes(content)
    (kept(tmp_path)[0].parent / ".123-half").write_bytes(b"half")
    again = open_cache(tmp_path)
    assert list(again.work.iterdir()) == []
    assert kept(tmp_path) == []


def test_another_version_or_processor_has_entries_of_its_own(tmp_path, monkeypatch):
    first = open_cache(tmp_path)
    (first.work / "program-cache").write_bytes(b"native code")
    first.publish()
    monkeypatch.setattr(compile_cache, "version", lambda name: "0.0")
    assert list(open_cache(tmp_path).work.iterdir()) == []
    monkeypatch.undo()
    monkeypatch.setattr(compile_cache, "_processor", lambda: ["another"])
    assert list(open_cache(tmp_path).work.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no owners of folders")
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o722])
def test_folders_that_others_can_write_to_are_not_used(tmp_path, mode):
    folder = tmp_path / "cache"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.warns(UserWarning, match="others can write there"):
        assert open_cache(folder) is None


def test_a_place_that_cannot_be_written_only_costs_time(tmp_path):
    (tmp_path / "file").write_text("x")
    assert open_cache(tmp_path / "file") is None


def test_folders_of_dead_processes_are_swept(tmp_path):
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    left = tmp_path / "jax" / machine_key() / f"run-{int(dead.stdout)}-1"
    left.mkdir(parents=True, mode=0o700)
    for folder in (tmp_path, tmp_path / "jax", left.parent):
        folder.chmod(0o700)
    (left / "half-cache").write_bytes(b"half")
    open_cache(tmp_path)
    assert not left.exists()


def test_a_program_is_compiled_once(tmp_path):
    code = """
import numpy as np
from scotopic.numerics.engine import compiled
def formula(x):
    for _ in range(150):
        x = (x * 1.0001 + 0.5 / (1.0 + x * x)) ** 0.5 + abs(x) ** 0.3
    return x
print(float(compiled(formula)(np.arange(8.0)).sum()))
"""
    environment = {**os.environ, "SCOTOPIC_CACHE": str(tmp_path)}
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
        )
        for _ in range(2)
    ]
    assert runs[0].stdout == runs[1].stdout
    before = [entry.stat().st_mtime_ns for entry in kept(tmp_path)]
    assert before
    # damaged: removed without a word, and made again
    kept(tmp_path)[0].write_bytes(kept(tmp_path)[0].read_bytes()[:100])
    third = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert third.stdout == runs[0].stdout
    assert third.stderr == ""
    assert len(kept(tmp_path)) == len(before)
    assert not list((tmp_path / "jax" / machine_key()).glob("run-*"))
