"""Runs of commands that `bench/reliability.py` watches: their processes, files and bytes."""

import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from reliability_samples import COMMANDS
from scotopic.app.cli import commands as program
from scotopic.files import PREFIX

GONE_SECONDS, LIMIT_SECONDS = 5.0, 600.0


@dataclass
class Section:
    """What was tried in a section and what went wrong."""

    tried: int = 0
    faults: list[str] = field(default_factory=list)

    def expect(self, right: bool, fault: str) -> None:
        if not right:
            self.faults.append(fault)


@dataclass
class Place:
    """Folders of the campaign."""

    root: Path

    @property
    def inputs(self) -> Path:
        return self.root / "inputs"

    def fresh(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self.root))


def arguments(name: str, place: Place, out: Path, workers: int) -> list[str]:
    words = [word.replace("{out}", str(out)).replace("{in}", str(place.inputs)) for word in COMMANDS[name]]
    many = ["--workers", str(workers)] if takes(words[0], "workers") else []
    return [sys.executable, "-m", "scotopic", *words, *many]


def takes(command: str, option: str) -> bool:
    return any(one.name == option for one in program.commands[command].params)


def start(words: list[str], place: Place, **changes: str) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "SCOTOPIC_CACHE": str(place.root / "cache"),
        **changes,
    }
    return subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
        cwd=place.root,
    )


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(PREFIX)
    }


def left(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob(f"{PREFIX}*")]


def of_session(session: int) -> list[int]:
    """Return the processes of a session that still run."""
    found = []
    for path in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = (path / "stat").read_text().rpartition(")")[2].split()
            if path.name.isdecimal() and int(fields[3]) == session and fields[0] != "Z":
                found.append(int(path.name))
    return found


def orphans(session: int) -> list[int]:
    end = time.monotonic() + GONE_SECONDS
    while (found := of_session(session)) and time.monotonic() < end:
        time.sleep(0.05)
    for process in found:
        with contextlib.suppress(OSError):
            os.kill(process, signal.SIGKILL)
    return found


def undisturbed(name: str, workers: int, place: Place, **changes: str) -> tuple[dict[str, str], str, float]:
    """Return hashes of the files, what was printed without times and folders, and the seconds of a run."""
    out = place.fresh()
    began = time.monotonic()
    process = start(arguments(name, place, out, workers), place, **changes)
    printed, told = process.communicate(timeout=LIMIT_SECONDS)
    seconds = time.monotonic() - began
    if process.returncode != 0:
        raise SystemExit(f"{name} does not run: {told.decode(errors='replace').strip()}")
    found = hashes(out)
    text = re.sub(r'"seconds":[-+.\de]+|in [.\d]+ s\b', "", printed.decode()).replace(str(out), "")
    shutil.rmtree(out)
    return found, text, seconds
