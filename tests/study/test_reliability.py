"""The reliability campaign at its small size: nothing lost, nothing left, nothing let in."""

import subprocess
import sys

import pytest

from helpers.places import ROOT

CAMPAIGN = ROOT / "bench" / "reliability.py"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("part", ["kills", "system", "inputs", "lines", "same"])
def test_nothing_goes_wrong_in_a_part_of_the_campaign(part):
    command = [sys.executable, str(CAMPAIGN), "--size", "small", "--seed", "1", "--part", part]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    row = done.stdout.splitlines()[-1].split(" | ")
    assert row[0] == f"| {part}"
    assert row[2] == "0"
    assert int(row[1].partition(":")[0]) >= {"inputs": 2000, "lines": 60, "same": 4}.get(part, 6)
