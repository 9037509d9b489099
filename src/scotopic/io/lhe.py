"""Les Houches event files (hep-ph/0609017): a streaming reader and a writer."""

import re
from collections.abc import Iterator, Sequence
from html import escape, unescape
from io import TextIOWrapper
from pathlib import Path
from typing import IO

import numpy as np

from scotopic.chunks import Store, exact_sum
from scotopic.errors import InputError
from scotopic.events.event_chunks import EventChunks, weight_totals
from scotopic.events.frames import event_beams, without_spread
from scotopic.events.record import Events
from scotopic.files import replacing
from scotopic.io.compression import opened
from scotopic.io.decay_tree import PRIMARY, branches
from scotopic.io.file_beams import check_header
from scotopic.io.gzip_writer import writing
from scotopic.io.incoming import require_beams
from scotopic.io.lhe_syntax import Particle, Setup, read_blocks
from scotopic.io.particles import FileHeader, ParticleWriter, from_header
from scotopic.physics.standard_model import ELECTRON_MASS, MUON_MASS, TAU_MASS
from scotopic.progress import track

MASSES = {11: ELECTRON_MASS, 13: MUON_MASS, 15: TAU_MASS}

ORIGIN = np.zeros(4)


def read_lhe(path: Path, store: Store) -> FileHeader:
    """Keep the particles of a plain or packed LHE file in a store, and return what it says of the sample.

    The weights are XWGTUP. The cross section is the sum of XSECUP where positive; else, for
    IDWTUP = ±1 and ±4, the mean of XWGTUP; else unknown.
    """
    with opened(path) as file:
        try:
            return _parse(file, path, store)
        except ValueError as fault:
            if isinstance(fault, InputError):
                raise
            raise InputError(f"{path} is no valid LHE file: {fault}") from None


def _parse(file: IO[bytes], path: Path, store: Store) -> FileHeader:
    own: dict[str, str] = {}
    setup: Setup | None = None
    kept = ParticleWriter(store)
    for block in track(read_blocks(file, path), f"reading {path.name}"):
        if isinstance(block, str):
            tag = re.search(r"<scotopic ([^>]*)/>", block)
            own = {key: unescape(v) for key, v in re.findall(r'(\w+)="([^"]*)"', tag[1])} if tag else own
            continue
        if isinstance(block, Setup):
            setup = block
            check_header(setup.beams, setup.energies, path)
            continue
        flown = _places(block.particles)
        kept.displaced = kept.displaced or bool(flown)
        for k, particle in enumerate(block.particles):
            if particle.status == 1:
                kept.places.extend(flown[k] if flown else ORIGIN)
                kept.pdg.append(particle.pdg)
                kept.momenta.extend((particle.energy, particle.px, particle.py, particle.pz))
            elif particle.status == -1:
                kept.incoming.extend((particle.pdg, particle.px, particle.py, particle.pz, particle.energy))
        kept.end_event(block.weight)
    kept.end()
    assert setup is not None
    sigma, error = _cross_section(setup, store)
    return FileHeader(
        ids=setup.beams,
        energies=setup.energies,
        cross_section_pb=sigma,
        cross_section_error_pb=error,
        source=setup.generator or "LHE",
        **from_header(own),
    )


def _cross_section(setup: Setup, store: Store) -> tuple[float | None, float | None]:
    """Return the cross section and its error, pb."""
    sections = np.array(setup.cross_sections).reshape(-1, 2)
    sigma, error = float(sections[:, 0].sum()), float(np.sqrt((sections[:, 1] ** 2).sum()))
    if sigma > 0.0:
        return sigma, error
    if abs(setup.strategy) not in (1, 4):
        return None, None
    n = sum(len(arrays["weights"]) for arrays in store)
    mean = exact_sum(arrays["weights"] for arrays in store) / max(n, 1)
    if not mean > 0.0:
        return None, None
    return mean, float(np.sqrt(exact_sum((arrays["weights"] - mean) ** 2 for arrays in store))) / n


def _places(particles: Sequence[Particle]) -> list[np.ndarray]:
    """Return when and where the particles of an event were made, (ct, x, y, z) in mm, by VTIMUP of their mothers.

    Nothing if none flew. A particle that comes from its like, by radiation or as a copy, starts where that did.
    """
    if not any(p.status == 2 and p.lifetime > 0.0 for p in particles):
        return []
    made = [ORIGIN] * len(particles)
    named = [(p.mother - 1, p.pdg) for p in particles]
    radiated = {
        mother for mother, code in named if 0 <= mother < len(particles) and particles[mother].pdg == code
    }
    for k, particle in enumerate(particles):  # mothers stand before what comes from them
        mother = particle.mother - 1
        if 0 <= mother < k and particles[mother].status == 2:
            flier = particles[mother]
            p = np.array([flier.energy, flier.px, flier.py, flier.pz])
            mass = np.sqrt(max(flier.energy**2 - p[1:] @ p[1:], 0.0))
            flies = flier.lifetime > 0.0 and mass > 0.0 and mother not in radiated
            made[k] = made[mother] + (flier.lifetime / mass * p if flies else 0.0)
    return made


def check_lhe(about: Events, path: Path) -> None:
    """Refuse events that LHE cannot hold: see `write_lhe`."""
    if about.vertices is not None and about.decayed is None:
        raise InputError(
            f"{path}: LHE tells displaced vertices by what decayed there, which is unknown; write .hepmc or .parquet"
        )
    require_beams(about, path)


def write_lhe(chunks: EventChunks, path: Path) -> None:
    """Write events as LHE, in the centre of mass; gzipped where the name ends in .gz.

    LHE names one pair of beams, head-on along z: events are written as if every collision had the nominal ones, and
    readers that know the beams put their crossing angle and spread back.
    Equal weights are written with IDWTUP = 3 and XWGTUP = 1, others with ±4 and XWGTUP in pb whose
    mean is the cross section. XSECUP is the sum of the weights. Particles that decayed have status 2 and in VTIMUP
    their proper time times c, in mm.

    Raises
    ------
    InputError
        For laboratory events that do not keep their beams, and for displaced particles without what decayed there.
    """
    about = chunks.about
    check_lhe(about, path)
    still = without_spread(about)
    known = about.cross_section_pb is not None
    weights = weight_totals(chunks)
    sigma = weights.sum if known else 0.0
    error = 0.0
    if known and about.cross_section_error_pb is not None and about.cross_section_pb:
        error = sigma * about.cross_section_error_pb / float(about.cross_section_pb)
    equal = known and weights.equal and not weights.negative and weights.largest > 0.0
    strategy = 3 if equal or not known else (-4 if weights.negative else 4)
    scale = float(len(chunks)) if known else 1.0
    half = 0.5 * still.sqrt_s
    tell = {
        "process": about.process,
        "seed": "" if about.seed is None else about.seed,
        "frame": still.frame,
        "sqrt_s": repr(float(still.sqrt_s)),
        "beam_spread": still.beam_spread,
    }
    attributes = " ".join(f'{key}="{escape(str(value))}"' for key, value in tell.items())
    with (
        replacing(path) as temporary,
        writing(temporary, path.name.endswith(".gz")) as raw,
        TextIOWrapper(raw, encoding="utf-8", newline="\n") as file,
    ):
        file.write(f'<LesHouchesEvents version="3.0">\n<header>\n<scotopic {attributes}/>\n</header>\n')
        file.write(f"<init>\n11 -11 {half:.16e} {half:.16e} 0 0 0 0 {strategy} 1\n")
        file.write(f"{sigma:.16e} {error:.16e} {1.0 if equal else scale * weights.largest:.16e} 1\n")
        source = escape(about.source)
        file.write(f'<generator name="{source}" version="1">{source}</generator>\n</init>\n')
        for events in track(chunks, f"writing {path.name}"):
            x = np.ones(len(events)) if equal else scale * events.weights
            file.writelines(_lines(events, x))
        file.write("</LesHouchesEvents>\n")


def _lines(events: Events, x: np.ndarray) -> Iterator[str]:
    still = without_spread(events)
    beams = event_beams(still)
    for i in range(len(events)):
        yield _event(still, events, beams[:, :, i], float(x[i]), i)


def _event(events: Events, flown: Events, beams: np.ndarray, weight: float, i: int) -> str:
    """Return one event; `flown` are the same events where their vertices are known."""
    rows = [_row(code, -1, p) for code, p in zip((11, -11), beams, strict=True)]
    if events.decayed is None:
        slots = np.flatnonzero(events.pdg[:, i])
        rows += [_row(int(events.pdg[s, i]), 1, events.momenta[s, :, i]) for s in slots]
    else:
        rows += _decay_rows(events, flown, i)
    top = f"{len(rows)} 1 {weight:.16e} {events.sqrt_s:.10e} -1 -1\n"
    return "<event>\n" + top + "".join(rows) + "</event>\n"


def _decay_rows(events: Events, flown: Events, i: int) -> list[str]:
    told, seen = events.decayed, flown.decayed
    assert told is not None
    assert seen is not None
    tree = list(branches(flown, i))
    ends = {branch.mother: branch.place for branch in tree}
    lines, number = [], {PRIMARY: "1 2"}
    for branch in tree:
        mothers = number[branch.mother]
        for row in branch.decayed:
            p = seen.momenta[row, :, i]
            way = float(np.linalg.norm((ends[row] - branch.place)[1:]))
            mass = np.sqrt(max(0.0, p[0] ** 2 - p[1:] @ p[1:]))
            proper = way * mass / float(np.linalg.norm(p[1:])) if way else 0.0
            lines.append(_row(int(told.pdg[row, i]), 2, told.momenta[row, :, i], mothers, proper))
            number[row] = f"{len(lines) + 2} 0"
        for slot in branch.final:
            lines.append(_row(int(events.pdg[slot, i]), 1, events.momenta[slot, :, i], mothers))
    return lines


def _row(pdg: int, status: int, p: np.ndarray, mothers: str = "", proper: float = 0.0) -> str:
    mass = 0.0 if pdg == 22 else MASSES.get(abs(pdg), float(np.sqrt(max(0.0, p[0] ** 2 - p[1:] @ p[1:]))))
    mothers = mothers or ("0 0" if status == -1 else "1 2")
    four = " ".join(f"{x:.16e}" for x in (*p[1:], p[0]))
    return f"{pdg} {status} {mothers} 0 0 {four} {mass:.10e} {proper:.16e} 9.0\n"
