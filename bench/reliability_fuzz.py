"""Damaged inputs for every reader, from good ones; run by `bench/reliability.py` in a process that may die.

Usage: python bench/reliability_fuzz.py INPUTS READER FIRST COUNT SEED RESULTS

A line of JSON per fault goes to RESULTS, and the number of the input at work to RESULTS.now.
"""

import contextlib
import gzip
import json
import random
import resource
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import uproot
from pyarrow import parquet

from scotopic.bounds.files import read_bound
from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.io import read_candidates, read_detected, read_events, read_histogram
from scotopic.physics.registry import get_model
from scotopic.study.histogram.scan_card import read_scan_card

SLOWEST, LARGEST = 5.0, 500_000_000  # seconds of processor time; bytes beyond the start
GIVEN = {"convention": "dark-photon:epsilon", "level": "0.9", "kind": "observed", "label": "Mine"}
TOKENS = [
    b"nan", b"inf", b"-inf", b"-1", b"0", b"1e999", b"9" * 400, b"1e-320", b"null", b"true", b'""', b"{}", b"[]",
    b"[" * 5000, b"{" * 5000, b"(" * 300, b"\x00", b"\xff\xfe", b"\xc3\xa9", b"$\\frac{$", b"&a [*a,*a]",
    b"!!python/object:os.system", b"../../x.toml", b"/dev/zero", b"\r", b"\n\n", b"#", b",", b":", b"=", b"'", b'"',
    b"2147483648", b"18446744073709551616",
]  # fmt: skip


def mutate(content: bytes, rng: random.Random) -> bytes:
    """Return content with one to four faults."""
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4))):
        if not data:
            break
        at = rng.randrange(len(data))
        end = min(len(data), at + rng.choice((1, 2, 8, 64, 512)))
        kind = rng.randrange(9)
        if kind == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del data[at:]
        elif kind == 2:
            del data[at:end]
        elif kind == 3:
            data[at:at] = data[at:end] * rng.choice((1, 2, 50))
        elif kind == 4:
            data[at:end] = bytes(rng.randrange(256) for _ in range(end - at))
        elif kind == 5:
            data[at:end] = bytes(end - at)
        elif kind == 6:
            data[at:at] = rng.choice(TOKENS)
        else:
            _replace_word(data, at, rng)
    return bytes(data)


def damage(good: Path, path: Path, rng: random.Random) -> None:
    """Write a good file with faults, half of the time inside its packing: gzip, or the header of a table."""
    if rng.random() < 0.5 and good.suffix == ".gz":
        path.write_bytes(gzip.compress(mutate(gzip.decompress(good.read_bytes()), rng), mtime=0))
    elif rng.random() < 0.5 and good.suffix == ".parquet":
        table = parquet.read_table(good)
        header = {key: mutate(value, rng) for key, value in table.schema.metadata.items()}
        parquet.write_table(table.replace_schema_metadata(header), path)
    elif rng.random() < 0.5 and good.name == "events.root":
        with uproot.open(good) as old:
            header, columns = str(old["scotopic"]), old["events"].arrays(library="np")
        with uproot.recreate(path) as new:
            tree = new.mktree("events", {key: np.dtype((v.dtype, v.shape[1:])) for key, v in columns.items()})
            tree.extend(columns)
            new["scotopic"] = mutate(header.encode(), rng).decode(errors="replace")
    else:
        path.write_bytes(mutate(good.read_bytes(), rng))


def _replace_word(data: bytearray, at: int, rng: random.Random) -> None:
    breaks = b" \t\n,:=[]{}\"'"
    first = last = at
    while first > 0 and data[first - 1] not in breaks and at - first < 64:
        first -= 1
    while last < len(data) and data[last] not in breaks and last - at < 64:
        last += 1
    data[first:last] = rng.choice(TOKENS)


def _readers(inputs: Path) -> dict[str, Callable[[Path], object]]:
    return {
        "events": read_events,
        "detected": read_detected,
        "candidates": read_candidates,
        "mapping": lambda path: read_candidates(inputs / "candidates.root", path),
        "histogram": read_histogram,
        "bound": _read_bound,
        "experiment": load_experiment,
        "scan card": read_scan_card,
        "charges": lambda path: get_model(str(path), mass=1.0, g=0.1),
    }


def _read_bound(path: Path) -> object:
    if path.suffix == ".lmt":
        path = path.with_suffix(".py")
    return read_bound(path, {} if path.suffix in (".toml", ".py") else GIVEN)


def main() -> None:
    inputs, reader, first, count, seed, results = sys.argv[1:]
    files = json.loads((Path(inputs) / "readers.json").read_text())[reader]
    read = _readers(Path(inputs))[reader]
    place = Path(results).with_suffix("")
    place.mkdir(exist_ok=True)
    for name in ("mine.py", "mine.lmt"):
        (place / name).write_bytes((Path(inputs) / name).read_bytes())
    warnings.simplefilter("ignore")
    with open(results, "a") as faults:
        for number in range(int(first), int(first) + int(count)):
            rng = random.Random(f"{seed} {reader} {number}")
            name = rng.choice(files)
            path = place / name
            damage(Path(inputs) / name, path, rng)
            Path(f"{results}.now").write_text(f"{number} {name}")
            fault = _fault_of(read, path)
            if fault:
                (place / f"kept-{number}-{name}").write_bytes(path.read_bytes())
                faults.write(json.dumps({"number": number, "file": name, "fault": fault}) + "\n")
                faults.flush()
            path.write_bytes((Path(inputs) / name).read_bytes())
    Path(f"{results}.now").unlink()


def _fault_of(read: Callable[[Path], object], path: Path) -> str:
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    fault = ""
    try:
        read(path)
    except InputError as refused:
        if "\n" in str(refused):
            fault = "a refusal of several lines"
    except BaseException as other:
        last = traceback.extract_tb(other.__traceback__)[-1]
        ours = [
            frame for frame in traceback.extract_tb(other.__traceback__) if "/scotopic/" in frame.filename
        ]
        here = ours[-1] if ours else last
        fault = f"{type(other).__name__} at {Path(here.filename).name}:{here.lineno}"
    if time.process_time() - began > SLOWEST:
        fault = fault or f"slower than {SLOWEST:g} s"
    if 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) > LARGEST:
        fault = fault or "more than 500 MB"
    return fault


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        main()
