"""The same content gives the same bytes in every format, at another time, under another name, with any hash seed."""

import hashlib
import os
import subprocess
import sys

import pytest

EVENTS = ("lhe", "lhe.gz", "hepmc", "hepmc.gz", "parquet", "root")
CARD = """
masses = "8:32:4"
background_order = 1
half_width = 6
signal = {shape = "gaussian", resolution = 1.0}
"""
WRITE = """
import sys
from pathlib import Path
from scotopic.detector.card import load_experiment
from scotopic.detector.simulate import simulate
from scotopic.events.beams import to_lab
from scotopic.events.generate import generate
from scotopic.io import write_detected, write_events

folder, stem = Path(sys.argv[1]), sys.argv[2]
card = load_experiment("belle2-2018")
events = to_lab(generate("e- e+ > mu- mu+", 50, sqrt_s=card.beams.sqrt_s, seed=3), card.beams)
for ending in sys.argv[3:]:
    write_events(events, folder / f"{stem}.{ending}")
write_detected(simulate(events, card, seed=3), folder / f"{stem}-detected.parquet", marks=card.marks())
"""


def hashes(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def run(folder, seed, *arguments):
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": f"UTC-{seed}"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_events_and_detected_events(tmp_path):
    for name in ("1", "2"):
        (tmp_path / name).mkdir()
        run(tmp_path / name, name, "-c", WRITE, ".", "a", *EVENTS)
    first, second = hashes(tmp_path / "1"), hashes(tmp_path / "2")
    assert len(first) == len(EVENTS) + 1
    assert first == second


@pytest.mark.parametrize("ending", ["lhe.gz", "hepmc.gz", "root"])
def test_the_name_of_a_file_is_not_in_it(tmp_path, ending):
    from scotopic import generate, write_events

    events = generate("e- e+ > mu- mu+", 5, sqrt_s=10.58)
    for name in ("a", "another"):
        write_events(events, tmp_path / f"{name}.{ending}")
    assert len(set(hashes(tmp_path).values())) == 1


def test_folders_of_results(tmp_path):
    """Figures, tables, JSON, HEPData, workspaces and their mark."""
    printed = set()
    for name in ("1", "2"):
        (tmp_path / name).mkdir()
        command = ("-m", "scotopic", "exclude", "--model", "dark-photon", "--no-projections", "--json")
        printed.add(run(tmp_path / name, name, *command, "--out", "exclude"))
        (tmp_path / name / "counts.csv").write_text(
            "low,high,counts\n" + "".join(f"{k},{k + 1},{90 - k}\n" for k in range(40))
        )
        (tmp_path / name / "card.toml").write_text(CARD)
        command = ("-m", "scotopic", "scan", "counts.csv", "--card", "card.toml", "--toys", "20", "--json")
        printed.add(run(tmp_path / name, name, *command, "--out", "scan"))
    assert len(printed) == 2
    first, second = hashes(tmp_path / "1"), hashes(tmp_path / "2")
    endings = {name.rpartition(".")[2] for name in first}
    assert endings >= {"json", "csv", "png", "pdf", "yaml", "bib"}
    assert first == second
