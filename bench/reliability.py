"""Kills, faults, damaged inputs, hostile command lines and equal bytes: one table of what went wrong.

Usage: python bench/reliability.py [--kills N] [--faults N] [--inputs N] [--commands N] [--pairs N] [--seconds S]
       [--seed K] [--only kills|faults|inputs|commands|same] [--short] [--keep FOLDER]

kills     a command ends at a random moment by SIGKILL, SIGTERM or SIGINT, with 1 and 2 workers; then orphans, half
          files, half folders, the exit code, and a second run, whose bytes must be those of a run that nobody disturbed
faults    a limit on the size of files, a folder that takes no file, a worker that is killed as for want of memory
inputs    good files of every reader with one to four faults, read in a process that may die
commands  command lines from the program's own tree of commands: wrong types, huge numbers, absent files, odd encodings
same      two workers, another hash seed, two threads: the same bytes as with one worker

Each section ends after S seconds at the latest. Linux. The exit code is 1 if anything went wrong.
"""

import argparse
import contextlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from reliability_hostile import hostile_line
from reliability_runs import (
    Place,
    Section,
    arguments,
    hashes,
    left,
    of_session,
    orphans,
    start,
    takes,
    undisturbed,
)
from reliability_samples import COMMANDS, LONG, write_inputs
from scotopic.results_folder import MARK, is_whole

LIMIT_SECONDS, STARTED_SECONDS = 600.0, 0.15
REFUSED_SECONDS, REFUSED_BYTES = 5.0, 500_000_000  # of processor time; of memory
HOSTILE_SECONDS = 20.0  # of work that a hostile line may ask for rightly; then it is ended
ENDS = {signal.SIGKILL: (-9,), signal.SIGTERM: (143, -15), signal.SIGINT: (130, -2)}


def kill_campaign(place: Place, names: list[str], number: int, rng: random.Random, end: float) -> Section:
    section = Section()
    known: dict[tuple[str, int], tuple[dict[str, str], float]] = {}
    for _ in range(number):
        name = rng.choice(names)
        workers = rng.choice((1, 2)) if takes(COMMANDS[name][0], "workers") else 1
        if time.monotonic() > end:
            break
        if (name, workers) not in known:
            files, _, seconds = undisturbed(name, workers, place)
            known[name, workers] = files, seconds
        number_of = rng.choice(list(ENDS))
        _kill(section, name, workers, number_of, rng.random(), known[name, workers], place)
        section.tried += 1
    return section


def _kill(
    section: Section,
    name: str,
    workers: int,
    number: signal.Signals,
    moment: float,
    known: tuple[dict[str, str], float],
    place: Place,
) -> None:
    files, seconds = known
    out = place.fresh()
    label = f"{name}, {workers} workers, {number.name} at {moment:.3f} of {seconds:.1f} s"
    process = start(arguments(name, place, out, workers), place)
    # an interpreter that starts prints a traceback on Ctrl-C, before any of the program's code
    time.sleep(max(moment * seconds, STARTED_SECONDS if number == signal.SIGINT else 0.0))
    process.send_signal(number)
    sent = time.monotonic()
    _, told = process.communicate(timeout=LIMIT_SECONDS)
    took = time.monotonic() - sent
    section.expect(process.returncode in (0, *ENDS[number]), f"{label}: exit code {process.returncode}")
    section.expect(not orphans(process.pid), f"{label}: orphans")
    if process.returncode != 0:
        section.expect(took < 3.0, f"{label}: ended {took:.1f} s later")
    if number != signal.SIGKILL:
        section.expect(b"Traceback" not in told, f"{label}: a traceback")
        section.expect(not left(out), f"{label}: temporary files {left(out)}")
    for path, digest in hashes(out).items():
        if Path(path).name != MARK:
            section.expect(files.get(path) == digest, f"{label}: {path} is half or of other bytes")
    for mark in out.rglob(MARK):
        section.expect(
            not is_whole(mark.parent) or hashes(out) == files, f"{label}: a half folder is marked whole"
        )
    again = start(arguments(name, place, out, workers), place)
    _, told = again.communicate(timeout=LIMIT_SECONDS)
    section.expect(again.returncode == 0, f"{label}: run again, exit code {again.returncode}")
    section.expect(hashes(out) == files, f"{label}: run again, other bytes")
    section.expect(not left(out), f"{label}: run again, temporary files {left(out)}")
    shutil.rmtree(out)


def fault_campaign(place: Place, names: list[str], number: int, rng: random.Random, end: float) -> Section:
    section = Section()
    for _ in range(number):
        if time.monotonic() > end:
            break
        kind = rng.choice(("full", "refused", "worker"))
        writing = [one for one in names if any("{out}" in word for word in COMMANDS[one])]
        name = rng.choice(
            [one for one in names if "in processes" in one] or writing if kind == "worker" else writing
        )
        if kind == "worker":
            _kill_worker(section, name, place, rng.random())
        else:
            _refuse(section, name, kind, place, rng.choice((0, 100, 4096)))
        section.tried += 1
    return section


def _refuse(section: Section, name: str, kind: str, place: Place, size: int) -> None:
    out = place.fresh()
    label = (
        f"{name}, files of {size} bytes at most" if kind == "full" else f"{name}, a folder that takes no file"
    )
    words = arguments(name, place, out if kind == "full" else Path("/proc/self"), 1)
    if kind == "full":  # Python ignores the signal, the system call fails
        words = ["sh", "-c", 'exec prlimit --fsize="$0" "$@"', str(size), *words]
    process = start(words, place, PYTHONDONTWRITEBYTECODE="1", MPLCONFIGDIR=str(place.root))
    _, told = process.communicate(timeout=LIMIT_SECONDS)
    text = told.decode(errors="replace")
    section.expect(process.returncode == 2, f"{label}: exit code {process.returncode}: {text[-200:]}")
    section.expect("Traceback" not in text, f"{label}: a traceback")
    section.expect(not left(out), f"{label}: temporary files {left(out)}")
    shutil.rmtree(out)


def _kill_worker(section: Section, name: str, place: Place, moment: float) -> None:
    files, _, seconds = undisturbed(name, 2, place)
    out = place.fresh()
    process = start(arguments(name, place, out, 2), place)
    time.sleep(moment * seconds)
    children = [one for one in of_session(process.pid) if one != process.pid]
    workers = [one for one in children if b"spawn_main" in _command_of(one)]
    if workers:
        with contextlib.suppress(OSError):
            os.kill(workers[0], signal.SIGKILL)
    _, told = process.communicate(timeout=LIMIT_SECONDS)
    label = f"{name}, worker killed at {moment:.3f}"
    section.expect(process.returncode == 0, f"{label}: exit code {process.returncode}: {told[-200:]!r}")
    section.expect(hashes(out) == files, f"{label}: other bytes")
    section.expect(not orphans(process.pid), f"{label}: orphans")
    shutil.rmtree(out)


def _command_of(process: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""


def input_campaign(place: Place, number: int, seed: int, end: float) -> Section:
    section = Section()
    readers = json.loads((place.inputs / "readers.json").read_text())
    total = sum(map(len, readers.values()))
    for reader, files in readers.items():
        first, last = 0, max(1, number * len(files) // total)
        results = place.root / f"{reader.replace(' ', '-')}.jsonl"
        while first < last and time.monotonic() < end:
            count = min(200, last - first)
            first += _fuzz(section, reader, first, count, seed, results, place)
        with contextlib.suppress(OSError):
            lines = [json.loads(line) for line in results.read_text().splitlines()]
            kinds = Counter((one["file"], one["fault"]) for one in lines)
            first_of = {(one["file"], one["fault"]): one["number"] for one in reversed(lines)}
            for (file, fault), count in kinds.items():
                section.faults.append(
                    f"{reader} ({file}): {fault}, {count} times, first {first_of[file, fault]}"
                )
    return section


def _fuzz(
    section: Section, reader: str, first: int, count: int, seed: int, results: Path, place: Place
) -> int:
    """Read so many inputs, or up to the one that ended the process, and return their number."""
    script = str(Path(__file__).with_name("reliability_fuzz.py"))
    words = [
        sys.executable,
        script,
        str(place.inputs),
        reader,
        str(first),
        str(count),
        str(seed),
        str(results),
    ]
    process = start(words, place)
    try:
        printed, told = process.communicate(timeout=60.0 + 2.0 * count)
        reason = f"exit code {process.returncode}: {told.decode(errors='replace').strip()[-200:]}"
    except subprocess.TimeoutExpired:
        process.kill()
        printed, _ = process.communicate()
        reason = "never ended"
    section.expect(not printed, f"{reader}, inputs from {first}: printed {printed[:80]!r}")
    now = Path(f"{results}.now")
    if not now.exists():
        section.expect(process.returncode == 0, f"{reader}, inputs from {first}: {reason}")
        section.tried += count
        return count
    at, name = now.read_text().split(maxsplit=1)
    now.unlink()
    section.faults.append(f"{reader} {at} ({name}): {reason}")
    section.tried += int(at) + 1 - first
    return int(at) + 1 - first


def command_campaign(place: Place, number: int, rng: random.Random, end: float) -> Section:
    section = Section()
    for _ in range(number):
        if time.monotonic() > end:
            break
        _hostile(section, hostile_line(place.inputs, rng), place)
        section.tried += 1
    return section


def _hostile(section: Section, words: list[str], place: Place) -> None:
    folder = place.fresh()
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "SCOTOPIC_CACHE": str(place.root / "cache")}
    label = " ".join(repr(word if len(word) < 60 else word[:20] + "…") for word in words)
    with (folder / ".stdout").open("wb+") as printed, (folder / ".stderr").open("wb+") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "scotopic", *words],
            stdout=printed, stderr=told, stdin=subprocess.DEVNULL, env=environment, cwd=folder, start_new_session=True,
        )  # fmt: skip
        code, used = _wait(process)
    out, text = (folder / ".stdout").read_bytes(), (folder / ".stderr").read_text(errors="replace")
    section.expect(code in (0, 2, 143), f"{label}: exit code {code}: {text.strip()[-200:]}")
    section.expect("Traceback" not in text, f"{label}: a traceback")
    section.expect(not orphans(process.pid), f"{label}: orphans")
    if code == 2:
        section.expect(not out, f"{label}: refused, and printed {out[:80]!r}")
        section.expect(
            used.ru_utime + used.ru_stime < REFUSED_SECONDS, f"{label}: refused after {used.ru_utime:.1f} s"
        )
        section.expect(1024 * used.ru_maxrss < REFUSED_BYTES, f"{label}: refused with {used.ru_maxrss} kB")
    if code == 0 and "--json" in words:
        try:
            json.loads(out)
        except ValueError:
            section.expect("-h" in words or "--help" in words, f"{label}: printed no JSON: {out[:80]!r}")
    section.expect(not left(folder), f"{label}: temporary files {left(folder)}")
    shutil.rmtree(folder)


def _wait(process: "subprocess.Popen[bytes]") -> tuple[int, resource.struct_rusage]:
    """Wait, end what works for too long, and return exit code and use."""
    end, last = time.monotonic() + HOSTILE_SECONDS, time.monotonic() + 3.0 * HOSTILE_SECONDS
    sent = False
    while True:
        number, status, used = os.wait4(process.pid, os.WNOHANG)
        if number:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, used
        if time.monotonic() > end and not sent:
            process.terminate()
            sent = True
        if time.monotonic() > last:
            process.kill()
        time.sleep(0.02)


def same_campaign(place: Place, names: list[str], number: int, end: float) -> Section:
    section = Section()
    variants = [(2, {}), (1, {"PYTHONHASHSEED": "7"}), (1, {"OMP_NUM_THREADS": "2"})]
    for name in sorted(names, key=lambda one: one in LONG)[:number]:
        if time.monotonic() > end:
            break
        plain = undisturbed(name, 1, place, PYTHONHASHSEED="0")[:2]
        for workers, changes in variants:
            if workers == 1 or takes(COMMANDS[name][0], "workers"):
                found = undisturbed(name, workers, place, **changes)[:2]
                other = [path for path in plain[0] | found[0] if plain[0].get(path) != found[0].get(path)]
                section.expect(not other, f"{name}, {workers} workers, {changes}: other bytes of {other}")
                section.expect(plain[1] == found[1], f"{name}, {workers} workers, {changes}: other print")
                section.tried += 1
    return section


@contextlib.contextmanager
def folders(keep: Path | None) -> Iterator[Place]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield Place(keep.resolve())
        return
    with tempfile.TemporaryDirectory(prefix="reliability-") as root:
        yield Place(Path(root))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, number in (
        ("kills", 200),
        ("faults", 60),
        ("inputs", 100_000),
        ("commands", 2000),
        ("pairs", 100),
    ):
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--seconds", type=float, default=7200.0, help="of each section at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("kills", "faults", "inputs", "commands", "same"), action="append")
    parser.add_argument("--short", action="store_true", help="leave out commands that take minutes")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="work there, and leave inputs that went wrong"
    )
    given = parser.parse_args()
    names = [name for name in COMMANDS if not (given.short and name in LONG)]
    sections: dict[str, Section] = {}
    with folders(given.keep) as place:
        readers = write_inputs(place.inputs)
        (place.inputs / "readers.json").write_text(json.dumps(readers))
        runs = {
            "kills": lambda rng, end: kill_campaign(place, names, given.kills, rng, end),
            "faults": lambda rng, end: fault_campaign(place, names, given.faults, rng, end),
            "inputs": lambda rng, end: input_campaign(place, given.inputs, given.seed, end),
            "commands": lambda rng, end: command_campaign(place, given.commands, rng, end),
            "same": lambda rng, end: same_campaign(place, names, given.pairs, end),
        }
        for name, run in runs.items():
            if not given.only or name in given.only:
                sections[name] = run(random.Random(f"{given.seed} {name}"), time.monotonic() + given.seconds)
                print(
                    f"{name:10s} {sections[name].tried:8d} tried {len(sections[name].faults):6d} faults",
                    flush=True,
                )
    for name, section in sections.items():
        for fault in section.faults:
            print(f"{name}: {' '.join(fault.split())}".encode(errors="replace").decode())
    return 1 if any(section.faults for section in sections.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
