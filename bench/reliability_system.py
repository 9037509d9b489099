"""Faults of the system in `bench/reliability.py`: full disks, folders that take nothing, workers, closed streams.

Every command meets every fault that it can meet: one that writes meets disks, one with workers meets their end. Exit
codes are 0 and 2, or 1 with one line where a worker or its memory was taken away; nothing half stays, nothing hangs.
"""

import contextlib
import os
import random
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from reliability_runs import (
    Part,
    Place,
    Running,
    arguments,
    clear,
    hashes,
    left,
    of_session,
    orphans,
    start,
    undisturbed,
)
from reliability_samples import COMMANDS, LONG

LITTLE_MEMORY = 700_000_000  # bytes of addresses of a worker
FULL_DISK = """
mount -t tmpfs -o size=8k none "$0"
"$@"
code=$?
ls -A "$0" | grep ^.scotopic && code=98
exit $code
"""


def system_pairs(seed: int) -> list[tuple[str, str]]:
    """Return all (command, fault), in an order by the seed, those of short commands first."""
    pairs = [(name, fault) for name in COMMANDS for fault in FAULTS if _meets(name, fault)]
    random.Random(f"{seed} system").shuffle(pairs)
    return sorted(pairs, key=lambda pair: pair[0] in LONG)


def system_steps(place: Place, numbers: range, seed: int, part: Part) -> Iterator[int]:
    """Yield the number of each fault once it is judged."""
    pairs = system_pairs(seed)
    for number in numbers:
        name, fault = pairs[number]
        part.count(fault)
        FAULTS[fault](part, name, place, random.Random(f"{seed} {name} {fault}"))
        yield number


def _meets(name: str, fault: str) -> bool:
    writes = any("{out}" in word for word in COMMANDS[name])
    if fault.startswith("workers"):
        return name in (
            "generate .parquet",
            "generate photons",
            "generate taus",
            "simulate many",
            "search",
            "xsec",
        )
    return writes if fault.startswith("files") else True


def _refused(
    part: Part, fault: str, name: str, running: Running, out: Path, codes: tuple[int, ...] = (2,)
) -> None:
    label, text = f"{fault}: {name}", running.told
    part.expect(running.code in codes, "exit codes", f"{label}: {running.code} {text.strip()[-300:]}")
    part.expect(
        "Traceback" not in text and "Exception ignored" not in text, "tracebacks", f"{label}: {text[-600:]}"
    )
    part.expect("internal error" not in text, "internal errors", f"{label}: {text[-300:]}")
    part.expect(not left(out), "temporary files", f"{label}: {left(out)}")
    part.expect(not orphans(running.process), "orphans", label)


def _limited(part: Part, name: str, place: Place, rng: random.Random) -> None:
    out, size = place.fresh(), rng.choice((0, 100, 4096))
    words = ["/bin/sh", "-c", 'exec prlimit --fsize="$0" "$@"', str(size), *arguments(name, place, out, 1)]
    running = start(words, place, out, MPLCONFIGDIR=str(place.root))
    running.wait()
    _refused(part, f"files of {size} bytes at most", name, running, out)
    clear(out)


@cache
def _may_mount() -> bool:
    words = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def _full(part: Part, name: str, place: Place, rng: random.Random) -> None:
    """A disk of 8 kB, of its own name space, so that nothing stays mounted."""
    if not _may_mount():
        part.count("of them without a right to mount, not tried")
        return
    out = place.fresh()
    disk = out / "disk"
    disk.mkdir()
    script = ["/usr/bin/env", "unshare", "-rm", "/bin/sh", "-c", FULL_DISK, str(disk)]
    words = [*script, *arguments(name, place, disk, 1)]
    running = start(words, place, out)
    running.wait()
    _refused(part, "files on a full disk", name, running, out)
    clear(out)


def _read_only(part: Part, name: str, place: Place, rng: random.Random) -> None:
    out = place.fresh()
    running = start(arguments(name, place, Path("/proc/self"), 1), place, out)
    running.wait()
    _refused(part, "files in a folder that takes none", name, running, out)
    clear(out)


def _streams(part: Part, name: str, place: Place, rng: random.Random) -> None:
    out = place.fresh()
    redirection, codes = rng.choice(
        (
            (">/dev/full", (0, 2)),
            ("| head -c 1", (0,)),
            (">&-", (0, 2)),
            ("2>&-", (0,)),
            ("2>/dev/full", (0,)),
            ("<&-", (0,)),
        )
    )
    script = (
        f'"$0" "$@" {redirection}; exit $?'
        if "|" not in redirection
        else f'set -o pipefail; "$0" "$@" {redirection}'
    )
    running = start(["/bin/bash", "-c", script, *arguments(name, place, out, 1)], place, out)
    running.wait()
    _refused(part, f"streams, {redirection}", name, running, out, codes)
    clear(out)


def _workers_of(process: int) -> list[int]:
    found = []
    for one in of_session(process):
        with contextlib.suppress(OSError):  # it has ended
            if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes():
                found.append(one)
    return found


@dataclass(frozen=True)
class Hit:
    """What happens to a worker, how often, and the exit codes that may follow."""

    strike: Callable[[int], None]
    times: int
    codes: tuple[int, ...]


def _kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)


def _starve(process: int) -> None:
    resource.prlimit(process, resource.RLIMIT_AS, (LITTLE_MEMORY, LITTLE_MEMORY))


HITS = {
    "workers, one killed": Hit(_kill, 1, (0,)),
    "workers, one killed twice": Hit(_kill, 2, (0, 1)),
    "workers, one without memory": Hit(_starve, 1, (0, 1)),
}


def _workers(fault: str, part: Part, name: str, place: Place, rng: random.Random) -> None:
    """Run a command with two workers and hit one of them, each time that there are new ones."""
    known, out, hit, label = (
        undisturbed(name, 1, place, own=False),
        place.fresh(),
        HITS[fault],
        f"{fault}: {name}",
    )
    running = start(arguments(name, place, out, 2), place, out)
    seen: set[int] = set()
    times = hit.times
    while not running.poll():
        workers = _workers_of(running.process)
        if times and (new := [one for one in workers if one not in seen]):
            time.sleep(rng.random())
            with contextlib.suppress(OSError):  # it has ended
                hit.strike(new[0])
            seen |= set(workers)
            times -= 1
        time.sleep(0.02)
    _refused(part, fault, name, running, out, hit.codes)
    if running.code == 0:
        part.expect(hashes(out) == known.files, "identical files after a retry", label)
    else:
        part.expect(not hashes(out), "nothing half written", f"{label}: {sorted(hashes(out))}")
        part.expect("--workers" in running.told, "the reason is named", f"{label}: {running.told[-300:]}")
    clear(known.folder)
    clear(out)


FAULTS: dict[str, Callable[[Part, str, Place, random.Random], None]] = {
    "files of limited size": _limited,
    "files on a full disk": _full,
    "files in a folder that takes none": _read_only,
    "streams closed or full": _streams,
    **{fault: partial(_workers, fault) for fault in HITS},
}
