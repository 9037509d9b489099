"""Les Houches event files (hep-ph/0609017): a streaming reader and a writer."""

import gzip
import re
from array import array
from collections.abc import Sequence
from html import escape, unescape
from pathlib import Path
from typing import IO

import numpy as np

from scotopic.errors import InputError
from scotopic.events.record import Events
from scotopic.files import replacing
from scotopic.io.compression import opened
from scotopic.io.decay_tree import PRIMARY, branches
from scotopic.io.incoming import incoming_beams
from scotopic.io.lhe_syntax import Particle, Setup, read_blocks
from scotopic.io.particles import ParticleList, from_header
from scotopic.progress import track

MASSES = {11: 0.51099895e-3, 13: 0.1056583755, 15: 1.77686}  # GeV, PDG 2024

ORIGIN = np.zeros(3)


def read_lhe(path: Path) -> ParticleList:
    """Return the particles of a plain or packed LHE file.

    The weights are XWGTUP. The cross section is the sum of XSECUP where positive; else, for
    IDWTUP = ±1 and ±4, the mean of XWGTUP; else unknown.
    """
    with opened(path) as file:
        try:
            return _parse(file, path)
        except ValueError as fault:
            if isinstance(fault, InputError):
                raise
            raise InputError(f"{path} is no valid LHE file: {fault}") from None


def _parse(file: IO[bytes], path: Path) -> ParticleList:
    own: dict[str, str] = {}
    setup: Setup | None = None
    weights, counts = array("d"), array("q")
    codes, momenta, places = array("q"), array("d"), array("d")
    incoming: list[Particle] = []
    displaced = False
    for block in track(read_blocks(file, path), f"reading {path.name}"):
        if isinstance(block, str):
            tag = re.search(r"<scotopic ([^>]*)/>", block)
            own = {key: unescape(v) for key, v in re.findall(r'(\w+)="([^"]*)"', tag[1])} if tag else own
            continue
        if isinstance(block, Setup):
            setup = block
            continue
        flown = _places(block.particles)
        displaced = displaced or bool(flown)
        count = 0
        for k, particle in enumerate(block.particles):
            if particle.status == 1:
                places.extend(flown[k] if flown else ORIGIN)
                codes.append(particle.pdg)
                momenta.extend((particle.energy, particle.px, particle.py, particle.pz))
                count += 1
            elif particle.status == -1 and len(incoming) < 2:
                incoming.append(particle)
        weights.append(block.weight)
        counts.append(count)
    assert setup is not None
    sigma, error = _cross_section(setup, np.array(weights))
    return ParticleList(
        counts=np.array(counts, dtype=np.int64),
        pdg=np.array(codes, dtype=np.int32),
        momenta=np.array(momenta).reshape(-1, 4),
        weights=np.array(weights),
        vertices=np.array(places).reshape(-1, 3) if displaced else None,
        beams=_beams(setup, incoming, bool(own), path),
        cross_section_pb=sigma,
        cross_section_error_pb=error,
        source=setup.generator or "LHE",
        **from_header(own),
    )


def _cross_section(setup: Setup, weights: np.ndarray) -> tuple[float | None, float | None]:
    """Return the cross section and its error, pb."""
    sections = np.array(setup.cross_sections).reshape(-1, 2)
    sigma, error = float(sections[:, 0].sum()), float(np.sqrt((sections[:, 1] ** 2).sum()))
    if sigma > 0.0:
        return sigma, error
    if abs(setup.strategy) in (1, 4) and weights.size and weights.mean() > 0.0:
        return float(weights.mean()), float(weights.std() / np.sqrt(weights.size))
    return None, None


def _places(particles: Sequence[Particle]) -> list[np.ndarray]:
    """Return where the particles of an event were made, mm, by VTIMUP of their mothers; nothing if none flew."""
    if not any(p.status == 2 and p.lifetime > 0.0 for p in particles):
        return []
    made = [ORIGIN] * len(particles)
    for k, particle in enumerate(particles):  # mothers stand before what comes from them
        mother = particle.mother - 1
        if 0 <= mother < k and particles[mother].status == 2:
            flier = particles[mother]
            p = np.array([flier.px, flier.py, flier.pz])
            mass = np.sqrt(max(flier.energy**2 - p @ p, 0.0))
            proper = flier.lifetime
            made[k] = made[mother] + (proper / mass * p if proper > 0.0 and mass > 0.0 else 0.0)
    return made


def _beams(setup: Setup, legs: Sequence[Particle], own: bool, path: Path) -> np.ndarray | None:
    ids, energies = setup.beams, setup.energies
    incoming = np.array([[p.pdg, p.px, p.py, p.pz, p.energy] for p in legs])
    if sorted(ids) != [-11, 11] or min(energies) <= 0.0:
        if incoming.shape != (2, 5) or sorted(incoming[:, 0]) != [-11.0, 11.0]:
            if all(ids):
                raise InputError(
                    f"{path} has beams of the PDG codes {ids[0]} and {ids[1]}; expected e- and e+"
                )
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
