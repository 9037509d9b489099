"""Kills of `bench/reliability.py`: a command ends at a random moment, then it runs again.

The moment is uniform over the command's duration, and for one kill in eight in its first 50 ms. Half of the commands
write over results of an earlier run; a third of the signals goes to all processes of the command, as Ctrl-C of a
terminal does; a fifth comes twice; one command in ten starts with an empty cache of compiled code. One command in five
is a program of its own; the others run in copies of a process that has loaded the program, so that moments are not all
of its loading.
"""

import random
import re
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reliability_runs import (
    TEMPORARY,
    Done,
    Part,
    Place,
    arguments,
    clear,
    hashes,
    left,
    orphans,
    shown,
    start,
    takes,
    undisturbed,
)
from reliability_samples import COMMANDS, LONG
from scotopic.results_folder import MARK, is_whole

START_SECONDS = 0.05
ENDED_SECONDS = 10.0  # after the signal; on a machine that is busy with other work
CODES = {signal.SIGKILL: (-9,), signal.SIGTERM: (143, -15), signal.SIGINT: (130, -2)}
OURS = re.compile(r'File "[^"]*(/scotopic/(?!__init__|__main__)|/bench/)[^"]*"')


@dataclass(frozen=True)
class Kill:
    """A command and how it ends."""

    name: str
    workers: int
    number: signal.Signals
    moment: float  # of the duration
    early: bool  # moment is of START_SECONDS
    over: bool  # results of an earlier run are there
    group: bool  # the signal goes to all processes
    twice: bool
    cold: bool  # no compiled code is kept
    own: bool  # a program of its own, else in a copy of a process that has loaded the program

    def label(self, seconds: float) -> str:
        words = [f"{self.name}, {self.workers} workers, {self.number.name} at {seconds:.3f} s"]
        words += [word for word in ("over", "group", "twice", "cold", "own") if getattr(self, word)]
        return ", ".join(words)


def draw(seed: int, count: int) -> Kill:
    """Return a kill by its number: the first ones are of every command, later ones of three short for each long one."""
    rng = random.Random(f"{seed} kill {count}")
    short = [name for name in COMMANDS for _ in range(1 if name in LONG else 3)]
    name = list(COMMANDS)[count] if count < len(COMMANDS) else rng.choice(short)
    number = rng.choice(list(CODES))
    return Kill(
        name=name,
        workers=rng.choice((1, 2)) if takes(COMMANDS[name][0], "workers") else 1,
        number=number,
        moment=rng.random(),
        early=rng.random() < 0.125,
        over=rng.random() < 0.5,
        group=rng.random() < 1 / 3,
        twice=rng.random() < 0.2 and number != signal.SIGKILL,
        cold=rng.random() < 0.1 and name not in LONG,
        own=rng.random() < 0.2,
    )


def kill_steps(place: Place, numbers: range, seed: int, part: Part) -> Iterator[int]:
    """Yield the number of each kill once it is judged."""
    known: dict[str, Done] = {}
    seconds: dict[tuple[str, int, bool], float] = {}
    for number in numbers:
        kill = draw(seed, number)
        if kill.name not in known:
            known[kill.name] = undisturbed(kill.name, 1, place, own=False)  # two workers give the same bytes
        key = kill.name, kill.workers, kill.own
        # the machine is not always as fast: the last duration counts
        seconds[key] = _kill(part, kill, known[kill.name], seconds.get(key, known[kill.name].seconds), place)
        yield number
    for done in known.values():
        clear(done.folder)


def _kill(part: Part, kill: Kill, known: Done, expected: float, place: Place) -> float:
    """Kill a command, look at what it left, run it again and return how long that took."""
    out = place.fresh()
    if kill.over:
        shutil.copytree(known.folder, out, dirs_exist_ok=True)
    cache = {"SCOTOPIC_CACHE": str(out / TEMPORARY / "cache")} if kill.cold else {}
    words = arguments(kill.name, place, out, kill.workers)
    wait = kill.moment * (START_SECONDS if kill.early else expected)
    label = kill.label(wait)
    running = start(words, place, out, own=kill.own, **cache)
    time.sleep(wait)
    running.send(kill.number, kill.group)
    sent = time.monotonic()
    if kill.twice:
        time.sleep(0.02 + 0.2 * kill.moment)
        running.send(kill.number, kill.group)
    running.wait()
    took, text = time.monotonic() - sent, running.told
    ended = running.code != 0
    part.count(kill.number.name)
    part.expect(not orphans(running.process), "orphans", label)
    if ended:
        part.expect(took < ENDED_SECONDS, f"ended later than {ENDED_SECONDS:g} s", f"{label}: {took:.1f} s")
        part.measure("longest end, s", took)
    if kill.number == signal.SIGINT and "Traceback" in text and not OURS.search(text):
        part.count("of them Ctrl-C while the interpreter starts, before a line of ours")
    else:
        codes = (0, *CODES[kill.number])
        part.expect(running.code in codes, "exit codes", f"{label}: {running.code} {text[-300:]}")
        part.expect("Traceback" not in text, "tracebacks", f"{label}: {text[-900:]}")
    if not ended:
        part.count("of them at the command's end, which it reached")
    _look(part, kill, known, out, label, ended)
    if kill.number != signal.SIGKILL:
        files = [one for one in left(out) if one != "cache"]
        part.expect(not files, "temporary files after SIGTERM or SIGINT", f"{label}: {files}")
    began = time.monotonic()
    again = start(words, place, out, own=kill.own, **cache)
    again.wait()
    seconds = time.monotonic() - began
    part.expect(again.code == 0, "the next run ends with 0", f"{label}: {again.code} {again.told[-300:]}")
    clear(out / TEMPORARY / "cache")
    part.expect(not left(out), "temporary files after the next run", f"{label}: {left(out)}")
    part.expect(hashes(out) == known.files, "identical files of the next run", label)
    part.expect(shown(again.printed, out) == known.printed, "identical print of the next run", label)
    clear(out)
    return seconds


def _look(part: Part, kill: Kill, known: Done, out: Path, label: str, ended: bool) -> None:
    """Compare the files that a killed command left with those of one that nobody disturbed."""
    there = hashes(out)
    for path, digest in there.items():
        if Path(path).name != MARK:
            part.expect(known.files.get(path) == digest, "half files", f"{label}: {path}")
    for mark in out.rglob(MARK):
        whole = not is_whole(mark.parent) or there == known.files
        part.expect(whole, "half folders marked whole", f"{label}: {mark.parent.name}")
    if kill.over or not ended:
        missing = set(known.files) - set(there)
        part.expect(not missing, "lost results", f"{label}: {sorted(missing)}")
