"""Kills, faults of the system, damaged inputs, hostile command lines, equal bytes: a table of what went wrong.

Usage: python bench/reliability.py [--size small|full] [--seed N] [--part PART ...] [--keep FOLDER]

kills   a command ends at a random moment by SIGKILL, SIGTERM or SIGINT, with 1 and 2 workers; then orphans, half files,
        half folders, lost results, the exit code, and a second run, whose bytes must be those of an undisturbed run
system  full disks, folders that take no file, workers killed or without memory, closed and full streams
inputs  good files of every reader with faults, read in a process that may die
lines   command lines from the program's own tree of commands: wrong types, huge numbers, absent files, odd encodings
same    two workers, another hash seed, two threads, a restart with an empty cache: the same bytes of every command

With --keep the campaign goes on where it stopped in that folder, and inputs that went wrong stay there. Linux. The
exit code is 1 if anything went wrong.
"""

import argparse
import contextlib
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from reliability_commands import command_steps
from reliability_inputs import input_steps
from reliability_kills import kill_steps
from reliability_runs import Part, Place, clear
from reliability_same import same_steps
from reliability_samples import COMMANDS, write_inputs
from reliability_system import system_pairs, system_steps

Steps = Callable[[Place, range, int, Part], Iterator[int]]
STEPS: dict[str, Steps] = {
    "kills": kill_steps,
    "system": system_steps,
    "inputs": input_steps,
    "lines": command_steps,
    "same": same_steps,
}
SIZES = {
    "full": {
        "kills": 200,
        "system": len(system_pairs(1)),
        "inputs": 100_000,
        "lines": 2000,
        "same": len(COMMANDS),
    },
    "small": {"kills": 6, "system": 6, "inputs": 2000, "lines": 60, "same": 1},
}


def run_part(name: str, number: int, seed: int, place: Place) -> Part:
    """Run a part of the campaign from where it stopped, and return it whole."""
    kept = place.root / f"{name}-{seed}.json"
    part, first = Part(), 0
    if kept.exists():
        content = json.loads(kept.read_text())
        part, first = Part(**content["part"]), content["next"]
    for last in STEPS[name](place, range(first, number), seed, part):
        first = last + 1
        kept.write_text(json.dumps({"next": first, "part": asdict(part)}, indent=1))
    return part


def table(parts: dict[str, Part]) -> str:
    """Return the Markdown table of the parts."""
    rows = ["| part | tried | failures | by rule | largest |", "| --- | --- | --- | --- | --- |"]
    for name, part in parts.items():
        tried = sum(number for kind, number in part.tried.items() if not kind.startswith(("of them", "by ")))
        kinds = ", ".join(f"{number} {kind}" for kind, number in part.tried.items())
        rules = ", ".join(f"{number} {rule}" for rule, number in part.failed.items())
        measured = ", ".join(f"{quantity}: {value:.3g}" for quantity, value in part.measured.items())
        rows.append(f"| {name} | {tried}: {kinds} | {sum(part.failed.values())} | {rules} | {measured} |")
    return "\n".join(rows)


@contextlib.contextmanager
def folders(keep: Path | None) -> Iterator[Place]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield Place(keep.resolve())
        return
    root = tempfile.mkdtemp(
        prefix="reliability-"
    )  # no TemporaryDirectory, which copies of this process would remove
    try:
        yield Place(Path(root))
    finally:
        clear(Path(root))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=tuple(SIZES), default="full")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", choices=tuple(STEPS), action="append")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    given = parser.parse_args()
    with folders(given.keep) as place:
        if not place.readers.exists():
            place.readers.write_text(json.dumps(write_inputs(place.inputs)))
        parts = {
            name: run_part(name, number, given.seed, place)
            for name, number in SIZES[given.size].items()
            if not given.part or name in given.part
        }
    print(table(parts))
    for name, part in parts.items():
        for fault in part.faults:
            print(f"{name}: {' '.join(fault.split())}".encode(errors="replace").decode(), file=sys.stderr)
    return 1 if any(part.faults for part in parts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
