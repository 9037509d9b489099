"""Les Houches event files (hep-ph/0609017): a streaming reader and a writer."""

import gzip
import re
import zlib
from collections.abc import Iterator
from html import escape, unescape
from io import TextIOWrapper
from itertools import takewhile
from pathlib import Path
from typing import IO

import numpy as np

from scotopic.errors import InputError
from scotopic.events.record import Events
from scotopic.files import replacing
from scotopic.io.decay_tree import PRIMARY, branches
from scotopic.io.incoming import incoming_beams
from scotopic.io.kinds import opened
from scotopic.io.particles import ParticleList, from_header
from scotopic.progress import track

MASSES = {11: 0.51099895e-3, 13: 0.1056583755, 15: 1.77686}  # GeV, PDG 2024

ORIGIN = np.zeros(3)


def read_lhe(path: Path) -> ParticleList:
    """Return the particles of a plain or gzipped LHE file.

    The weights are XWGTUP. The cross section is the sum of XSECUP where positive; else, for
    IDWTUP = ±1 and ±4, the mean of XWGTUP; else unknown.
    """
    try:
        with TextIOWrapper(opened(path), errors="replace") as file:
            return _parse(file, path)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError(f"{path} is a damaged gzip file; expected a complete one") from None
    except (ValueError, IndexError) as fault:
        if isinstance(fault, InputError):
            raise
        raise InputError(f"{path} is no valid LHE file: {fault}") from None


def _block(lines: Iterator[str], end: str, path: Path) -> list[str]:
    block: list[str] = []
    for line in lines:
        if end in line:
            return block
        if line.lstrip().startswith("<event"):
            raise InputError(f"{path} has an <event> before {end}; expected one behind the other")
        block.append(line)
    raise InputError(f"{path} ends before {end}; expected a complete LHE file")


def _parse(file: IO[str], path: Path) -> ParticleList:
    lines = iter(file)
    head, init = [], None
    for line in lines:
        if line.lstrip().startswith("<init"):
            init = _block(lines, "</init>", path)
            break
        head.append(line)
        if "<event" in line:
            break
    if init is None:
        raise InputError(f"{path} has no <init> block; expected an LHE file with beams and cross section")
    setup = init[0].split()
    strategy, n_processes = abs(int(setup[8])), int(setup[9])
    rows = np.array([line.split()[:3] for line in init[1 : 1 + n_processes]], dtype=np.float64)
    sigma, error = float(rows[:, 0].sum()), float(np.sqrt((rows[:, 1] ** 2).sum()))
    weights: list[float] = []
    counts: list[int] = []
    final: list[list[str]] = []
    incoming: list[list[str]] = []
    places: list[np.ndarray] = []
    displaced = False
    complete = False
    for line in track(lines, f"reading {path.name}"):
        if "</LesHouchesEvents>" in line:
            complete = True
        if "<event" not in line:
            continue
        block = _block(lines, "</event>", path)
        fields = block[0].split()
        weights.append(float(fields[2]))
        particles = [row.split() for row in takewhile(_is_particle, block[1:])]
        if len(particles) != int(fields[0]):
            raise InputError(
                f"{path}: event {len(weights)} has {len(particles)} lines of particles; expected its NUP, {fields[0]}"
            )
        count = 0
        flown = _places(particles)
        displaced = displaced or bool(flown)
        for k, particle in enumerate(particles):
            if particle[1] == "1":
                places.append(flown[k] if flown else ORIGIN)
                final.append([particle[0], *particle[6:10]])
                count += 1
            elif particle[1] == "-1" and len(incoming) < 2:
                incoming.append([particle[0], *particle[6:10]])
        counts.append(count)
    if not complete:
        raise InputError(f"{path} ends before </LesHouchesEvents>; expected a complete LHE file")
    table = np.array(final, dtype=np.float64).reshape(-1, 5)
    x = np.array(weights)
    if not sigma > 0.0:
        known = strategy in (1, 4) and x.size > 0
        sigma, error = (float(x.mean()), float(x.std() / np.sqrt(x.size))) if known else (0.0, 0.0)
    text = "".join(init)
    name = re.search(r"<generator[^>]*>([^<]*)</generator>", text)
    own = re.search(r"<scotopic ([^>]*)/>", "".join(head))
    told = {key: unescape(v) for key, v in re.findall(r'(\w+)="([^"]*)"', own.group(1))} if own else {}
    return ParticleList(
        counts=np.array(counts, dtype=np.int64),
        pdg=table[:, 0].astype(np.int32),
        momenta=table[:, [4, 1, 2, 3]],
        weights=x,
        vertices=np.stack(places) if displaced else None,
        beams=_beams(setup, np.array(incoming, dtype=np.float64), own is not None),
        cross_section_pb=sigma if sigma > 0.0 else None,
        cross_section_error_pb=error if sigma > 0.0 else None,
        source=name.group(1).strip() if name else "LHE",
        **from_header(told),
    )


def _places(particles: list[list[str]]) -> list[np.ndarray]:
    """Return where the particles of an event were made, mm, by VTIMUP of their mothers; nothing if none flew."""
    if not any(p[1] == "2" and float(p[11]) > 0.0 for p in particles):
        return []
    made = [ORIGIN] * len(particles)
    for k, particle in enumerate(particles):  # mothers stand before what comes from them
        mother = int(particle[2]) - 1
        if 0 <= mother < k and particles[mother][1] == "2":
            x, y, z, energy = (float(text) for text in particles[mother][6:10])
            p = np.array([x, y, z])
            mass = np.sqrt(max(energy**2 - p @ p, 0.0))
            proper = float(particles[mother][11])
            made[k] = made[mother] + (proper / mass * p if proper > 0.0 and mass > 0.0 else 0.0)
    return made


def _is_particle(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith(("#", "<"))


def _beams(setup: list[str], incoming: np.ndarray, own: bool) -> np.ndarray | None:
    ids, energies = [int(i) for i in setup[:2]], [float(e) for e in setup[2:4]]
    if sorted(ids) != [-11, 11] or min(energies) <= 0.0:
        if incoming.shape != (2, 5) or sorted(incoming[:, 0]) != [-11.0, 11.0]:
            return None
    elif incoming.shape != (2, 5) or not (
        own or np.allclose(sorted(incoming[:, 4]), sorted(energies), rtol=1e-3)
    ):
        m = MASSES[11]  # incoming legs after radiation, or absent: beams head-on, the first along +z
        pz = np.sqrt(np.maximum(np.square(energies) - m**2, 0.0)) * [1.0, -1.0]
        incoming = np.array([[i, 0.0, 0.0, z, e] for i, z, e in zip(ids, pz, energies, strict=True)])
    order = np.argsort(-incoming[:, 0])
    return incoming[order][:, [4, 1, 2, 3]]


def write_lhe(events: Events, path: Path) -> None:
    """Write events as LHE; gzipped where the name ends in .gz.

    Equal weights are written with IDWTUP = 3 and XWGTUP = 1, others with ±4 and XWGTUP in pb whose
    mean is the cross section. XSECUP is the sum of the weights. Particles that decayed have status 2 and in VTIMUP
    their proper time times c, in mm.
    """
    if events.vertices is not None and events.decayed is None:
        raise InputError(
            f"{path}: LHE tells displaced vertices by what decayed there, which is unknown; write .hepmc or .parquet"
        )
    known = events.cross_section_pb is not None
    n, weights = len(events), events.weights
    sigma = float(weights.sum()) if known else 0.0
    error = 0.0
    if known and events.cross_section_error_pb is not None and events.cross_section_pb:
        error = sigma * events.cross_section_error_pb / float(events.cross_section_pb)
    equal = n > 0 and bool(np.allclose(weights, weights[0], rtol=1e-12, atol=0.0)) and weights[0] > 0.0
    strategy = 3 if equal or not known else (-4 if (weights < 0.0).any() else 4)
    x = np.ones(n) if equal and known else weights * n if known else weights
    beams = incoming_beams(events)
    ebeam = beams[:, 0].mean(axis=1)
    tell = {
        "process": events.process,
        "seed": "" if events.seed is None else events.seed,
        "frame": events.frame,
        "sqrt_s": repr(float(events.sqrt_s)),
        "beam_spread": events.beam_spread,
    }
    attributes = " ".join(f'{key}="{escape(str(value))}"' for key, value in tell.items())
    with replacing(path) as temporary:
        opener = gzip.open if path.name.endswith(".gz") else open
        with opener(temporary, "wt") as file:
            file.write(f'<LesHouchesEvents version="3.0">\n<header>\n<scotopic {attributes}/>\n</header>\n')
            file.write(f"<init>\n11 -11 {ebeam[0]:.10e} {ebeam[1]:.10e} 0 0 0 0 {strategy} 1\n")
            file.write(f"{sigma:.16e} {error:.16e} {np.abs(x).max(initial=0.0):.16e} 1\n")
            source = escape(events.source)
            file.write(f'<generator name="{source}" version="1">{source}</generator>\n</init>\n')
            for i in track(range(n), f"writing {path.name}", total=n):
                file.write(_event(events, beams[:, :, i], float(x[i]), i))
            file.write("</LesHouchesEvents>\n")


def _event(events: Events, beams: np.ndarray, weight: float, i: int) -> str:
    rows = [_row(code, -1, p) for code, p in zip((11, -11), beams, strict=True)]
    if events.decayed is None:
        slots = np.flatnonzero(events.pdg[:, i])
        rows += [_row(int(events.pdg[s, i]), 1, events.momenta[s, :, i]) for s in slots]
    else:
        rows += _decay_rows(events, i)
    top = f"{len(rows)} 1 {weight:.16e} {events.sqrt_s:.10e} -1 -1\n"
    return "<event>\n" + top + "".join(rows) + "</event>\n"


def _decay_rows(events: Events, i: int) -> list[str]:
    told = events.decayed
    assert told is not None
    tree = list(branches(events, i))
    ends = {branch.mother: branch.place for branch in tree}
    lines, number = [], {PRIMARY: "1 2"}
    for branch in tree:
        mothers = number[branch.mother]
        for row in branch.decayed:
            p = told.momenta[row, :, i]
            flown = float(np.linalg.norm(ends[row] - branch.place))
            mass = np.sqrt(max(0.0, p[0] ** 2 - p[1:] @ p[1:]))
            proper = flown * mass / float(np.linalg.norm(p[1:])) if flown else 0.0
            lines.append(_row(int(told.pdg[row, i]), 2, p, mothers, proper))
            number[row] = f"{len(lines) + 2} 0"
        for slot in branch.final:
            lines.append(_row(int(events.pdg[slot, i]), 1, events.momenta[slot, :, i], mothers))
    return lines


def _row(pdg: int, status: int, p: np.ndarray, mothers: str = "", proper: float = 0.0) -> str:
    mass = 0.0 if pdg == 22 else MASSES.get(abs(pdg), float(np.sqrt(max(0.0, p[0] ** 2 - p[1:] @ p[1:]))))
    mothers = mothers or ("0 0" if status == -1 else "1 2")
    four = " ".join(f"{x:.16e}" for x in (*p[1:], p[0]))
    return f"{pdg} {status} {mothers} 0 0 {four} {mass:.10e} {proper:.16e} 9.0\n"
