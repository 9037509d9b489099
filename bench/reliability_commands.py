"""Hostile command lines of `bench/reliability.py`: exit codes 0 and 2 alone, and one JSON object or nothing on stdout.

One line in ten runs as a program of its own. The others run in copies of a process that has loaded the program, which
takes a tenth of the time; memory counts what was loaded, time does not.
"""

import json
import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence

from reliability_hostile import hostile_line
from reliability_runs import Part, Place, Running, clear, left, load, orphans, start

REFUSED_SECONDS, REFUSED_KB = 5.0, 500_000  # of a processor
WORK_SECONDS, OWN_WORK_SECONDS = 2.0, 8.0  # of a processor, that a line may take for work; then SIGTERM
STUCK_SECONDS = 200.0


def command_steps(place: Place, numbers: range, seed: int, part: Part) -> Iterator[int]:
    """Yield the number of each line once it is judged."""
    load()
    for number in numbers:
        words = hostile_line(place.inputs, random.Random(f"{seed} line {number}"))
        own = number % 10 == 0
        part.count("as programs of their own" if own else "in copies of a process")
        _judge(part, words, place, own)
        yield number


def _judge(part: Part, words: list[str], place: Place, own: bool) -> None:
    folder = place.fresh()
    label = " ".join(repr(word if len(word) < 60 else word[:20] + "…") for word in words)
    running = start([sys.executable, "-m", "scotopic", *words], place, folder, own=own, cwd=folder)
    ended = _wait(running, OWN_WORK_SECONDS if own else WORK_SECONDS)
    code, out, text, used = running.code, running.printed, running.told, running.used
    assert used is not None
    if ended:
        part.count("of them at work, ended by SIGTERM")
    part.expect(code in ((143,) if ended else (0, 2)), "exit codes", f"{label}: {code} {text.strip()[-300:]}")
    part.expect(code >= 0, "signals", f"{label}: {code}")
    part.expect("Traceback" not in text, "tracebacks", f"{label}: {text.strip()[-300:]}")
    part.expect(not orphans(running.process), "orphans", label)
    if code == 2:
        part.count("of them refused")
        took = used.ru_utime + used.ru_stime
        part.measure("slowest refusal, s" if own else "slowest refusal without loading, s", took)
        part.measure("largest memory of a refusal, MB", used.ru_maxrss / 1000.0)
        errors = [line for line in text.splitlines() if line.startswith("scotopic: error:")]
        last = text.rstrip().splitlines()[-1:]
        part.expect(
            len(errors) == 1 and errors == last, "one line of error, the last", f"{label}: {text[-300:]}"
        )
        part.expect(not out, "refused, and print on stdout", f"{label}: {out[:80]!r}")
        part.expect(took < REFUSED_SECONDS, "refused later than 5 s", f"{label}: {took:.1f} s")
        part.expect(
            used.ru_maxrss < REFUSED_KB, "refused with more than 500 MB", f"{label}: {used.ru_maxrss} kB"
        )
    if code == 0 and "--json" in words:
        part.expect(_is_one_object(out, words), "one JSON object on stdout", f"{label}: {out[:80]!r}")
    part.expect(not left(folder), "temporary files", f"{label}: {left(folder)}")
    clear(folder)


def _is_one_object(out: bytes, words: Sequence[str]) -> bool:
    if {"-h", "--help", "--version"} & set(words):
        return True  # asked for other text
    try:
        return isinstance(json.loads(out), dict)
    except ValueError:
        return False


def _wait(running: Running, seconds: float) -> bool:
    """Wait for a line, and return whether it was at work for so long that it was ended."""
    ended, last = False, time.monotonic() + STUCK_SECONDS
    while not running.poll():
        if not ended and running.processor_seconds() > seconds:
            running.send(signal.SIGTERM)
            ended = True
        if time.monotonic() > last:
            running.send(signal.SIGKILL)
        time.sleep(0.01)
    return ended
