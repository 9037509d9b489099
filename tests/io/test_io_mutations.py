"""Mutations of good files, in a process of its own: no reader ends it, writes to its output or raises anything else."""

import json
import subprocess
import sys

from helpers.places import ROOT


def test_mutated_files_are_read_or_refused_in_one_line():
    script = ROOT / "tests" / "helpers" / "mutated_files.py"
    done = subprocess.run(
        [sys.executable, str(script), "1", "12"], capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stderr[-400:]  # the last line names the input that ended it
    found = json.loads(done.stdout)  # which holds nothing else: no word of a library
    assert found["faults"] == []
    assert found["read"] > 5
    assert found["refused"] > 50
    assert found["slowest"][0] < 5.0
    assert found["memory_MB"] < 500.0
