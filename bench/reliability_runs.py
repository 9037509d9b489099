"""Runs of commands that `bench/reliability.py` watches: their processes, files and bytes."""

import atexit
import contextlib
import hashlib
import importlib
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from reliability_samples import COMMANDS, SMALL_SEARCHES
from scotopic.app.cli import commands as program
from scotopic.files import PREFIX

GONE_SECONDS, LIMIT_SECONDS = 10.0, 900.0
LOADED = (
    "scotopic.app.cli", "scotopic.io", "scotopic.events.cross_section", "scotopic.events.generate",
    "scotopic.bounds.files", "scotopic.detector.card", "scotopic.detector.simulate", "scotopic.study.search",
    "scotopic.study.projection", "scotopic.study.exclusion", "rich.table", "reliability_program",
)  # fmt: skip
"""Modules that most commands load."""


@dataclass
class Part:
    """What was tried in a part of the campaign, and what went wrong.

    Attributes
    ----------
    tried : dict of str to int
        By kind.
    failed : dict of str to int
        By the rule that was broken; rules that held have 0.
    faults : list of str
        One line for each break of a rule.
    measured : dict of str to float
        The largest value of each quantity.
    """

    tried: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    measured: dict[str, float] = field(default_factory=dict)

    def count(self, kind: str, number: int = 1) -> None:
        self.tried[kind] = self.tried.get(kind, 0) + number

    def expect(self, right: bool, rule: str, fault: str) -> None:
        self.failed[rule] = self.failed.get(rule, 0) + (not right)
        if not right:
            self.faults.append(f"{rule}: {fault}")

    def measure(self, quantity: str, value: float) -> None:
        self.measured[quantity] = max(self.measured.get(quantity, value), value)


@dataclass(frozen=True)
class Place:
    """Folders of the campaign."""

    root: Path

    @property
    def inputs(self) -> Path:
        return self.root / "inputs"

    @property
    def readers(self) -> Path:
        """The file that names good inputs by reader."""
        return self.root / "readers.json"

    def fresh(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="run-", dir=self.root))
        (folder / TEMPORARY).mkdir()
        return folder


TEMPORARY = ".tmp"
"""In a folder of results: what Python's `tempfile` uses."""


@dataclass(frozen=True)
class Done:
    """An undisturbed run: its folder, the hashes of its files, what it printed without times and folders, seconds."""

    folder: Path
    files: dict[str, str]
    printed: str
    seconds: float


def arguments(name: str, place: Place, out: Path, workers: int) -> list[str]:
    words = [word.replace("{out}", str(out)).replace("{in}", str(place.inputs)) for word in COMMANDS[name]]
    many = ["--workers", str(workers)] if takes(words[0], "workers") else []
    small = str(Path(__file__).with_name("reliability_program.py"))
    start = [small] if words[0] in SMALL_SEARCHES else ["-m", "scotopic"]
    return [sys.executable, *start, *words, *many]


def takes(command: str, option: str) -> bool:
    return any(one.name == option for one in program.commands[command].params)


@dataclass
class Running:
    """A process that runs a command, in a session of its own; what it prints goes to files without a name."""

    process: int
    printed_to: IO[bytes]
    told_to: IO[bytes]
    code: int = 0
    used: resource.struct_rusage | None = None

    def poll(self) -> bool:
        """Return whether the process has ended."""
        if self.used is None:
            number, status, used = os.wait4(self.process, os.WNOHANG)
            if number:
                self.code, self.used = os.waitstatus_to_exitcode(status), used
        return self.used is not None

    def wait(self, seconds: float = LIMIT_SECONDS) -> None:
        """Wait for its end, or end it after so many seconds."""
        end = time.monotonic() + seconds
        while not self.poll():
            if time.monotonic() > end:
                os.kill(self.process, signal.SIGKILL)
            time.sleep(0.005)

    def send(self, number: signal.Signals, group: bool = False) -> None:
        with contextlib.suppress(ProcessLookupError):
            if group:
                os.killpg(self.process, number)
            elif not self.poll():
                os.kill(self.process, number)

    def processor_seconds(self) -> float:
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def printed(self) -> bytes:
        self.printed_to.seek(0)
        return self.printed_to.read()

    @property
    def told(self) -> str:
        self.told_to.seek(0)
        return self.told_to.read().decode(errors="replace")


def start(
    words: list[str], place: Place, out: Path, *, own: bool = True, cwd: Path | None = None, **changes: str
) -> Running:
    """Start a command as a program of its own, or in a copy of this process, which has loaded the program."""
    if not own:
        load()
    running = Running(0, *(tempfile.TemporaryFile() for _ in range(2)))  # noqa: SIM115, closed with the process
    running.process = os.fork()
    if running.process == 0:
        environment = {
            "OMP_NUM_THREADS": "1",
            "SCOTOPIC_CACHE": str(place.root / "cache"),
            "TMPDIR": str(out / TEMPORARY),
        }
        os.environ.update(environment | changes)
        _run_child(words, running, own, cwd or place.root)
    return running


def load() -> None:
    """Load the program into this process, for copies of it."""
    for name in LOADED:
        importlib.import_module(name)


def _run_child(words: list[str], running: Running, own: bool, cwd: Path) -> None:
    """Become the command, and end."""
    os.setsid()
    os.chdir(cwd)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, handle in enumerate((nothing, running.printed_to.fileno(), running.told_to.fileno())):
        os.dup2(handle, number)
    # a shell starts what runs in the background with Ctrl-C ignored, which programs inherit
    signal.signal(signal.SIGINT, signal.SIG_DFL if own else signal.default_int_handler)
    code = 1
    try:
        if own:
            os.execv(words[0], words)
        sys.stdin, sys.stdout, sys.stderr = (
            open(number, mode, closefd=False)  # noqa: SIM115
            for number, mode in ((0, "r"), (1, "w"), (2, "w"))
        )
        sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr
        module = "scotopic.__main__" if words[1] == "-m" else Path(words[1]).stem
        program_ = importlib.import_module(module)
        sys.modules["__main__"] = importlib.import_module("scotopic.__main__")  # which workers import
        sys.argv = ["scotopic", *words[3 if words[1] == "-m" else 2 :]]
        program_.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        atexit._run_exitfuncs()
    except ValueError:  # a word with a zero byte, which no shell can give
        code = 2
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(PREFIX) and TEMPORARY not in path.parts
    }


def left(folder: Path) -> list[str]:
    """Return the temporary files in a folder of results, and in the one of `tempfile`."""
    ours = [path.name for path in folder.rglob(f"{PREFIX}*")]
    return ours + [path.name for path in (folder / TEMPORARY).glob("*")]


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
    """Return the processes of a session that have not ended by themselves, and end them."""
    end = time.monotonic() + GONE_SECONDS
    while (found := of_session(session)) and time.monotonic() < end:
        time.sleep(0.05)
    for process in found:
        with contextlib.suppress(OSError):
            os.kill(process, signal.SIGKILL)
    return found


def shown(printed: bytes, out: Path) -> str:
    """Return what a command printed without times and folders."""
    return re.sub(r'"seconds":[-+.\de]+|in [.\d]+ s\b', "", printed.decode()).replace(str(out), "")


def undisturbed(name: str, workers: int, place: Place, *, own: bool = True, **changes: str) -> Done:
    """Run a command to its end; the caller removes the folder.

    Raises
    ------
    SystemExit
        If it does not end with 0.
    """
    out = place.fresh()
    began = time.monotonic()
    running = start(arguments(name, place, out, workers), place, out, own=own, **changes)
    running.wait()
    seconds = time.monotonic() - began
    if running.code != 0:
        raise SystemExit(f"{name} does not run: {running.code} {running.told.strip()}")
    return Done(out, hashes(out), shown(running.printed, out), seconds)


def clear(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
