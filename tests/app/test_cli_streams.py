"""Output into pipes that close, disks that are full, and terminals without UTF-8."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scotopic.progress import say, track

COMMAND = (sys.executable, "-m", "scotopic")
full_disk = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")


def run(arguments, **settings):
    return subprocess.run([*COMMAND, *arguments], check=False, stderr=subprocess.PIPE, **settings)


@pytest.mark.parametrize("arguments", [("list", "bounds"), ("list", "bounds", "--json"), ("--help",)])
def test_a_reader_that_goes_away_is_no_fault(arguments):
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as command:
        command.stdout.close()
        assert command.stderr.read() == b""
    assert command.returncode == 0


@full_disk
@pytest.mark.parametrize("arguments", [("list", "bounds"), ("list", "bounds", "--json"), ("--help",)])
def test_a_full_disk_is_one_line(arguments):
    with open("/dev/full", "wb") as full:
        done = run(arguments, stdout=full)
    assert done.returncode == 2
    assert done.stderr == b"scotopic: error: cannot write to standard output: No space left on device\n"


@full_disk
def test_a_full_standard_error_leaves_the_exit_code():
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*COMMAND, "limit", "--observed", "x"], check=False, stderr=full)
    assert done.returncode == 2


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_encoding_shows_tables_and_json(encoding):
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    for kind in ("searches", "bounds", "models"):
        table = run(["list", kind], stdout=subprocess.PIPE, env=environment)
        assert (table.returncode, table.stderr) == (0, b"")
        text = run(["list", kind, "--json"], stdout=subprocess.PIPE, env=environment)
        assert text.returncode == 0
        assert json.loads(text.stdout.decode("utf-8"))["names"]
    wrong = run(["xsec", "e- e+ > γ γ"], stdout=subprocess.PIPE, env=environment)
    assert wrong.returncode == 2
    assert wrong.stderr.startswith(b"scotopic: error: ")


@pytest.mark.skipif(not Path("/bin/sh").exists(), reason="closes streams in a shell")
@pytest.mark.parametrize(
    ("closed", "ending"),
    [("<&-", "lhe"), (">&-", "parquet"), ("2>&-", "hepmc.gz"), ("<&- >&- 2>&-", "root")],
)
def test_closed_streams_change_neither_file_nor_exit_code(tmp_path, closed, ending):
    """A file that is opened next must not take the number of a closed stream."""
    made = []
    for name, redirection in (("open", ""), ("closed", closed)):
        path = tmp_path / f"{name}.{ending}"
        words = ["generate", "e- e+ > mu- mu+", "--events", "5", "--output", str(path)]
        script = ["/bin/sh", "-c", f'"$0" "$@" {redirection}', *COMMAND, *words]
        done = subprocess.run(script, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        made.append(path.read_bytes())
    assert made[0] == made[1]


def test_progress_without_a_standard_error(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stderr", None)
    assert list(track([1, 2], "counting")) == [1, 2]
    say("a note")
    assert capsys.readouterr().out == ""
