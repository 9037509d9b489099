"""Damaged inputs of `bench/reliability.py` for every reader, read in processes that may die.

Nine in ten are good files with faults in their bytes or inside their packing; for texts of TOML, JSON and YAML one in
ten is a tree of values in which hypothesis changed some. A reader may return or raise `InputError` of one line, in less
than five seconds of a processor and with less than 500 MB; nothing may appear on standard output.
"""

import json
import mmap
import os
import random
import resource
import shutil
import signal
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import yaml
from hypothesis import strategies as st

from reliability_damage import TREES, damage, load_tree, trees, write_tree
from reliability_runs import Part, Place
from scotopic import get_model
from scotopic.app.options import read_masses, read_parameters
from scotopic.bounds.files import read_bound
from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.events.phase_space.cuts import parse_cuts
from scotopic.io import kind_of, read_candidates, read_detected, read_events, read_histogram
from scotopic.numerics.units import parse_luminosity
from scotopic.physics.processes import parse_process
from scotopic.results_folder import read_state
from scotopic.study.histogram.scan_card import read_scan_card

SLOWEST, LARGEST = 5.0, 500_000  # seconds of a processor; kB
MOST_MEMORY = 6_000_000_000
STUCK_SECONDS = 90.0
BATCH = 500
SHARES = {
    "events": 28, "detected": 4, "candidates": 5, "mapping": 2, "histogram": 14, "bound": 20, "experiment": 5,
    "scan card": 5, "charges": 3, "folder mark": 2, "process": 4, "cut": 2, "luminosity": 2, "masses": 2,
    "parameter": 2,
}  # fmt: skip
"""Inputs of each reader, of a hundred."""
GIVEN = {"convention": "dark-photon:epsilon", "level": "0.9", "kind": "observed", "label": "Mine"}


def readers(inputs: Path) -> dict[str, Callable[[Path], object]]:
    return {
        "events": _read_events,
        "detected": read_detected,
        "candidates": read_candidates,
        "mapping": lambda path: read_candidates(inputs / "candidates.root", path),
        "histogram": read_histogram,
        "bound": _read_bound,
        "experiment": lambda path: load_experiment(str(path)),
        "scan card": read_scan_card,
        "charges": lambda path: get_model(str(path), mass=1.0, g=0.1),
        "folder mark": lambda path: read_state(path.parent),
        "process": lambda path: parse_process(_text(path)),
        "cut": lambda path: parse_cuts([_text(path)], ["mu-", "mu+"]),
        "luminosity": lambda path: parse_luminosity(_text(path)),
        "masses": lambda path: read_masses(None, None, _text(path)),  # type: ignore[arg-type]
        "parameter": lambda path: read_parameters(None, None, (_text(path),)),  # type: ignore[arg-type]
    }


def _text(path: Path) -> str:
    return path.read_bytes().decode(errors="surrogateescape")


def _read_events(path: Path) -> object:
    kind_of(path)
    return read_events(path)


def _read_bound(path: Path) -> object:
    if path.suffix == ".lmt":
        path = path.with_suffix(".py")
    return read_bound(path, {} if path.suffix in (".toml", ".py") else GIVEN)


def input_steps(place: Place, numbers: range, seed: int, part: Part) -> Iterator[int]:
    """Yield the number of the last input of each batch; the number alone, with the seed, decides what it is."""
    files = json.loads(place.readers.read_text())
    most = max(numbers.stop, 100)
    order = [reader for reader, share in SHARES.items() for _ in range(-(-most * share // (100 * BATCH)))]
    first = 0
    sizes = {reader: most * share // 100 for reader, share in SHARES.items()}
    done = dict.fromkeys(SHARES, 0)
    for reader in order:
        count = min(BATCH, sizes[reader] - done[reader])
        if first >= numbers.start:
            _batch(place, reader, files[reader], range(done[reader], done[reader] + count), seed, part)
            yield first + count - 1
        done[reader] += count
        first += count


def _batch(place: Place, reader: str, files: list[str], numbers: range, seed: int, part: Part) -> None:
    """Read inputs in a process, and in the next one those after an input that ended it."""
    work = place.root / "damaged"
    while numbers:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        at = mmap.mmap(-1, 8)
        at.write((numbers.start).to_bytes(8, "little"))
        child = os.fork()
        if child == 0:
            _run_child(place, reader, files, numbers, seed, work, at)
        code = _wait(child, at)
        last = int.from_bytes(at[:8], "little")
        for line in (work / "faults.jsonl").read_text().splitlines():
            rule, fault = json.loads(line)
            part.expect(False, rule, fault)
        printed = (work / "stdout").read_bytes()
        part.expect(not printed, "print on stdout", f"{reader} from {numbers.start}: {printed[:80]!r}")
        if (work / "measured.json").exists():
            found = json.loads((work / "measured.json").read_text())
            for quantity, value in found["measured"].items():
                part.measure(quantity, value)
            part.count("by hypothesis", found["drawn"])
        told = (work / "stderr").read_text(errors="replace").strip()[-200:]
        part.expect(code == 0, "signals and ends of the process", f"{reader} {last}: {code}, {told}")
        if code != 0:
            _keep(place, reader, last, work)
        next_ = numbers.stop if code == 0 else last + 1
        part.count(reader, next_ - numbers.start)
        numbers = range(next_, numbers.stop)
    for rule in ("other exceptions", "refusals of several lines", "slower than 5 s", "more than 500 MB"):
        part.expect(True, rule, "")


def _wait(child: int, at: mmap.mmap) -> int:
    """Return how a process ended; one that stays at an input is ended."""
    seen, since = b"", time.monotonic()
    while True:
        number, status = os.waitpid(child, os.WNOHANG)
        if number:
            return os.waitstatus_to_exitcode(status)
        if at[:8] != seen:
            seen, since = at[:8], time.monotonic()
        if time.monotonic() - since > STUCK_SECONDS:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.02)


def _keep(place: Place, reader: str, number: int, work: Path) -> None:
    kept = place.root / "faults" / f"{reader.replace(' ', '-')}-{number}"
    shutil.copytree(work, kept, dirs_exist_ok=True)


def _run_child(
    place: Place, reader: str, files: list[str], numbers: range, seed: int, work: Path, at: mmap.mmap
) -> None:
    """Read inputs and end the process."""
    code = 1
    try:
        for number, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(os.open(work / name, os.O_CREAT | os.O_WRONLY | os.O_TRUNC), number)
        (work / "faults.jsonl").touch()
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", RuntimeWarning)  # arithmetic that was not thought of
        _Batch(place, reader, seed, work).read_all(files, numbers, at)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


class _Batch:
    """Inputs of one reader in one process."""

    def __init__(self, place: Place, reader: str, seed: int, work: Path) -> None:
        self.place, self.reader, self.seed, self.work = place, reader, seed, work
        self.read = readers(place.inputs)[reader]
        self.slowest, self.drawn = 0.0, 0

    def read_all(self, files: list[str], numbers: range, at: mmap.mmap) -> None:
        several = [name for name in files if Path(name).suffix in TREES]
        drawn = range(numbers.stop - len(numbers) // 10, numbers.stop) if several else range(0)
        for number in numbers:
            at[:8] = number.to_bytes(8, "little")
            if number not in drawn:
                rng = random.Random(f"{self.seed} {self.reader} {number}")
                good = self.place.inputs / rng.choice(files)
                path = self._place_of(good)
                damage(good, path, rng)
                self.judge(path, number)
        if drawn:
            good = self.place.inputs / random.Random(f"{self.seed} {drawn.start}").choice(several)
            self._draw(good, drawn, at)
        measured = {"slowest, s": self.slowest, "largest memory, MB": _memory() / 1000.0}
        (self.work / "measured.json").write_text(json.dumps({"measured": measured, "drawn": self.drawn}))

    def _place_of(self, good: Path) -> Path:
        """Return where the damaged file goes; the other of Darkcast's pair of files lies beside it."""
        if self.reader == "bound":
            for other in (good.with_suffix(".py"), good.with_suffix(".lmt")):
                if good.suffix in (".py", ".lmt") and other.exists():
                    shutil.copyfile(other, self.work / other.name)
        return self.work / good.name

    def _draw(self, good: Path, numbers: range, at: mmap.mmap) -> None:
        tree = load_tree(good)
        waiting = iter(numbers)

        @hypothesis.seed(f"{self.seed} {self.reader} {numbers.start}")
        @hypothesis.settings(
            max_examples=len(numbers),
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(st.data())
        def run(data: st.DataObject) -> None:
            number = next(waiting, numbers.stop - 1)
            at[:8] = number.to_bytes(8, "little")
            path = self.work / good.name
            try:
                write_tree(data.draw(trees(tree)), path, good.suffix)
            except (RecursionError, ValueError, yaml.YAMLError):
                return  # not a text of this format
            self.judge(path, number)
            self.drawn += 1

        run()

    def judge(self, path: Path, number: int) -> None:
        before, began = _memory(), time.process_time()
        rule = why = ""
        try:
            self.read(path)
        except InputError as refused:
            if "\n" in str(refused):
                rule, why = "refusals of several lines", repr(str(refused))[:200]
        except BaseException as other:
            rule, why = "other exceptions", f"{type(other).__name__} at {_ours(other)}: {other}"[:300]
        took = time.process_time() - began
        self.slowest = max(self.slowest, took)
        if took > SLOWEST:
            rule, why = rule or "slower than 5 s", why or f"{took:.1f} s"
        if before < LARGEST <= _memory():
            rule, why = rule or "more than 500 MB", why or f"{before} to {_memory()} kB"
        if rule:
            with open(self.work / "faults.jsonl", "a") as faults:
                faults.write(json.dumps([rule, f"{self.reader} {number}, {path.name}: {why}"]) + "\n")
            kept = self.place.root / "faults"
            kept.mkdir(exist_ok=True)
            shutil.copyfile(path, kept / f"{self.reader.replace(' ', '-')}-{number}-{path.name}")


def _ours(fault: BaseException) -> str:
    """Return the last place of our own code where a fault passed."""
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [frame for frame in frames if "/scotopic/" in frame.filename] or list(frames)
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"


def _memory() -> int:
    """Return the most memory of this process, in kB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1])
    return 0
