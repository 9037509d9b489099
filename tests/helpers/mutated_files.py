"""Mutations of good files against every reader of `scotopic.io`: ``python mutated_files.py SEED SECONDS [NAME]``.

Run as a process of its own, for a reader in C++ may end it. It prints, as JSON, how many inputs were read and refused
by reader, every other fault with the seed that makes it, the slowest refusal, and the largest memory.
"""

import gzip
import json
import lzma
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyhepmc
import uproot

from scotopic.detector.card import load_experiment
from scotopic.detector.simulate import simulate
from scotopic.errors import InputError
from scotopic.events.record import Decayed, Events
from scotopic.io import (
    kind_of,
    read_candidates,
    read_detected,
    read_events,
    read_histogram,
    write_detected,
    write_events,
)

TOKENS = [
    b"nan",
    b"-inf",
    b"1e999",
    b"1e300",
    b"-1",
    b"0",
    b"2147483648",
    b"9" * 400,
    b"",
    b"<event>",
    b"</event>",
    b"<init>",
]
TOKENS += [
    b"1.0D+02",
    b"\xff\xfe",
    b"<!--",
    b"]]>",
    b"[" * 3000,
    b'{"a":',
    b"null",
    b"true",
    b'"text"',
    b"1_0",
    b"#",
]
TOKENS += [b"99999999", b"@", b"[1,2]", b"\\|", b"P 1 0 11 0 0 0 0 0 4", b"V -1 0 []", b"W 1 2 3"]


def sample(n: int = 6) -> Events:
    """Return pairs of photons, of which one came from a particle that flew."""
    rng = np.random.default_rng(1)
    direction = rng.normal(size=(3, n))
    direction *= 5.29 / np.linalg.norm(direction, axis=0)
    p = np.stack([np.vstack([np.full(n, 5.29), sign * direction]) for sign in (1.0, -1.0)])
    vertices = np.zeros((2, 3, n))
    vertices[1] = 0.3 * p[1, 1:]
    told = Decayed(
        np.full((1, n), 54, np.int32),
        p[1:] * np.array([1.1, 1.0, 1.0, 1.0])[:, None],
        np.full((1, n), -1, np.int32),
        np.array([[-1] * n, [0] * n], np.int32),
    )
    return Events(
        np.full((2, n), 22, np.int32),
        p,
        np.full(n, 2.0),
        "cm",
        10.58,
        "e- e+ > gamma gamma",
        2.0 * n,
        0.1,
        vertices=vertices,
        decayed=told,
    )


def good_files(folder: Path) -> dict[str, tuple[bytes, Callable[[Path], object]]]:
    """Return one good file, as bytes, and its reader for every format."""
    events = sample()
    for name in ("a.lhe", "a.hepmc", "a.parquet", "a.root"):
        write_events(events, folder / name)
    with pyhepmc.open(str(folder / "a.hepmc")) as file:
        old = list(file)
    pyhepmc.Setup.print_warnings = False
    with pyhepmc.open(str(folder / "a.hepmc2"), "w", format="HepMC2") as file:
        for event in old:
            file.write(event)
    prompt = replace(events, vertices=None, decayed=None)
    write_detected(simulate(prompt, load_experiment("belle2-2018"), seed=1), folder / "d.parquet")
    columns = {"m2_gg": np.arange(5.0), "m_3g": np.ones(5), "__event__": np.arange(5)}
    edges = np.linspace(0.0, 3.0, 4)
    with uproot.recreate(folder / "n.root") as file:
        file.mktree("variables", {name: values.dtype for name, values in columns.items()})
        file["variables"].extend(columns)
        file["mass"] = (np.array([1.0, 2.0, 3.0]), edges)
    with uproot.recreate(folder / "r.root") as file:
        file.mkrntuple("variables", columns)
    axis = {
        "type": "variable",
        "edges": edges.tolist(),
        "underflow": False,
        "overflow": False,
        "circular": False,
    }
    storage = {"type": "int", "values": [1, 2, 3]}
    (folder / "h.json").write_text(json.dumps({"uhi_schema": 1, "axes": [axis], "storage": storage}))
    (folder / "h.csv").write_text("low,high,counts\n0,1,4\n1,2,0\n2,3,7\n")
    (folder / "p.csv").write_text(
        "#: name: Table 1\nM,M LOW,M HIGH,EVENTS,stat +,stat -\n1,0,2,4,2,-2\n3,2,4,9,3,-3\n"
    )
    readers: dict[str, Callable[[Path], object]] = {
        "a.lhe": read_events,
        "a.hepmc": read_events,
        "a.hepmc2": read_events,
        "a.parquet": read_events,
        "a.root": read_events,
        "d.parquet": read_detected,
        "n.root": read_candidates,
        "r.root": read_candidates,
        "h.json": read_histogram,
        "h.csv": read_histogram,
        "p.csv": read_histogram,
    }
    files = {name: ((folder / name).read_bytes(), reader) for name, reader in readers.items()}
    files["n.root:mass"] = (files["n.root"][0], read_histogram)
    files["a.lhe.gz"] = (gzip.compress(files["a.lhe"][0], mtime=0), read_events)
    files["a.hepmc.xz"] = (lzma.compress(files["a.hepmc"][0]), read_events)
    return files


def mutated(content: bytes, rng: np.random.Generator) -> bytes:
    """Return the file with one to four faults."""
    out = bytearray(content)
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.integers(0, max(1, len(out))))
        end = min(len(out), at + int(rng.integers(1, 9)))
        kind = int(rng.integers(0, 8))
        if kind == 0:
            out[at:end] = rng.bytes(end - at)
        elif kind == 1:
            out = out[:at]
        elif kind == 2:
            out[at:at] = out[at : at + 200]
        elif kind == 3:
            del out[at : at + int(rng.integers(1, 200))]
        elif kind == 4:
            out[at:end] = TOKENS[int(rng.integers(0, len(TOKENS)))]
        elif kind == 5 and (words := bytes(out).split(b" ")):
            words[int(rng.integers(0, len(words)))] = TOKENS[int(rng.integers(0, len(TOKENS)))]
            out = bytearray(b" ".join(words))
        elif kind == 6 and (lines := bytes(out).split(b"\n")):
            one, two = (int(k) for k in rng.integers(0, len(lines), 2))
            lines[one] = lines[two]
            out = bytearray(b"\n".join(lines))
        elif at < len(out):
            out[at] ^= 1 << int(rng.integers(0, 8))
    return bytes(out)


def seeds(first: int, seconds: float) -> Iterator[int]:
    """Yield seeds until the time is over."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        yield first
        first += 1


def largest_memory() -> float:
    """Return the most memory that this process had, MB; 0 where the system does not tell.

    That of `resource.getrusage` holds what the parent had before the program started.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024.0 for line in lines if line.startswith("VmHWM")), 0.0)


def main(first: int, seconds: float, only: str = "") -> None:
    """Try mutations in turn for all files, or `only` for one."""
    warnings.simplefilter("error")
    read, refused, faults, slowest = 0, 0, [], (0.0, "", 0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {key: value for key, value in good_files(folder).items() if only in ("", key)}
        for key, (content, reader) in files.items():
            (folder / "good").write_bytes(content)
            reader(folder / f"good{key[len('n.root') :]}" if ":" in key else folder / "good")
        for seed in seeds(first, seconds):
            key = list(files)[seed % len(files)]
            content, reader = files[key]
            path = folder / "x"
            path.write_bytes(mutated(content, np.random.default_rng(seed)))
            print(key, seed, file=sys.stderr, flush=True)
            start = time.process_time()
            try:
                if reader is not read_histogram:
                    kind_of(path)
                reader(folder / "x:mass" if ":" in key else path)
                read += 1
            except InputError as fault:
                refused += 1
                if "\n" in str(fault):
                    faults.append([key, seed, "several lines", str(fault)[:200]])
            except Exception as fault:
                faults.append([key, seed, type(fault).__name__, str(fault)[:200]])
            slowest = max(slowest, (time.process_time() - start, key, seed))
    result = {
        "read": read,
        "refused": refused,
        "faults": faults,
        "slowest": slowest,
        "memory_MB": largest_memory(),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), *sys.argv[3:])
