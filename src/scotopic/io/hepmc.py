"""HepMC3 ASCII files through pyhepmc."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from scotopic.errors import InputError
from scotopic.events.record import Events
from scotopic.files import replacing
from scotopic.io.decay_tree import PRIMARY, branches
from scotopic.io.guests import guest
from scotopic.io.incoming import incoming_beams
from scotopic.io.kinds import opened
from scotopic.io.particles import ParticleList, from_header
from scotopic.progress import track

NOMINAL = ("nominal", "Nominal", "Default", "Weight", "0")
FINAL, DECAYED, BEAM = 1, 2, 4  # HepMC status codes
UNITS = ("GEV MM", "GEV CM", "MEV MM", "MEV CM")


def read_hepmc(path: Path) -> ParticleList:
    """Return the final states (status 1) of a plain or gzipped HepMC3 file, in GeV and mm.

    Of several weights the nominal one is used: the one so named, else the first. The cross section is
    the last event's, in pb.
    """
    pyhepmc = guest("pyhepmc")
    counts: list[int] = []
    pdg, momenta, vertices = [], [], []
    weights: list[float] = []
    source, header = "HepMC3", from_header({})
    sigma: Any = None
    beams, n_weights = None, 0
    displaced = False
    try:
        expected = _events(path)
        with opened(path) as raw, _quiet(pyhepmc), pyhepmc.open(raw) as file:
            for event in track(file, f"reading {path.name}"):
                event.set_units(pyhepmc.Units.MomentumUnit.GEV, pyhepmc.Units.LengthUnit.MM)
                p = event.numpy.particles
                final = np.flatnonzero(p.status == FINAL)
                four = np.stack([p.e, p.px, p.py, p.pz], axis=1)
                counts.append(final.size)
                pdg.append(p.pid[final])
                momenta.append(four[final])
                place = np.zeros((final.size, 3))
                v = event.numpy.vertices
                if len(v.x) and (np.any(v.x) or np.any(v.y) or np.any(v.z)):
                    displaced = True
                    particles = event.particles
                    for row, i in enumerate(final):
                        at = particles[i].production_vertex.position
                        place[row] = at.x, at.y, at.z
                vertices.append(place)
                n_weights = len(event.weights)
                if not weights:
                    source, header, nominal = _run(event)
                    found = {int(p.pid[i]): four[i] for i in np.flatnonzero(p.status == BEAM)}
                    beams = np.stack([found[11], found[-11]]) if {11, -11} <= found.keys() else None
                weights.append(event.weights[nominal] if n_weights else 1.0)
                sigma = event.cross_section or sigma
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError(f"{path} is a damaged gzip file; expected a complete one") from None
    except InputError:
        raise
    except (OSError, RuntimeError, ValueError, IndexError) as fault:
        raise InputError(f"{path} is no valid HepMC3 file: {str(fault).splitlines()[0]}") from None
    if not expected:
        raise InputError(f"{path} holds no events")
    if len(counts) != expected:
        raise InputError(f"{path}: cannot read event {len(counts) + 1} of {expected}; expected valid HepMC3")
    value = float(sigma.xsec()) if sigma is not None else 0.0
    several = f" (nominal of {n_weights} weights)" if n_weights > 1 else ""
    return ParticleList(
        counts=np.array(counts, dtype=np.int64),
        pdg=np.concatenate(pdg).astype(np.int32),
        momenta=np.concatenate(momenta),
        weights=np.array(weights, dtype=np.float64),
        beams=beams,
        vertices=np.concatenate(vertices) if displaced else None,
        cross_section_pb=value if value > 0.0 else None,
        cross_section_error_pb=float(sigma.xsec_err()) if value > 0.0 else None,
        source=source + several,
        **header,
    )


def _events(path: Path) -> int:
    """Return the number of events in a complete file; the library ends at a cut one's end, in silence."""
    n, end, last = 0, b"HepMC::Asciiv3-END_EVENT_LISTING", b""
    with opened(path) as file:
        for line in file:
            last = line.strip() or last
            if line.startswith(b"E "):
                n += 1
            elif line.startswith(b"U ") and (units := _text(last.split()[1:])) not in UNITS:
                raise InputError(f"{path} has units {units!r}; expected one of: {', '.join(UNITS)}")
            elif last.endswith(b"-START_EVENT_LISTING"):
                end = last.replace(b"-START_", b"-END_")
    if last != end:
        raise InputError(f"{path} ends before {_text([end])}; expected a complete HepMC3 file")
    return n


def _text(words: list[bytes]) -> str:
    return b" ".join(words).decode(errors="replace")


@contextmanager
def _quiet(pyhepmc: Any) -> Iterator[None]:
    """Keep the C++ library from writing to the terminal; what is wrong becomes an `InputError`."""
    setup = pyhepmc.Setup
    usual = setup.print_errors, setup.print_warnings, setup.debug_level
    setup.print_errors, setup.print_warnings, setup.debug_level = False, False, 0
    try:
        yield
    finally:
        setup.print_errors, setup.print_warnings, setup.debug_level = usual


def _run(event: Any) -> tuple[str, dict[str, Any], int]:
    """Return who made the sample, what scotopic's own header tells, and the number of the nominal weight."""
    names = list(event.run_info.weight_names) if event.run_info is not None else []
    nominal = next((names.index(name) for name in NOMINAL if name in names), 0)
    tools = event.run_info.tools if event.run_info is not None else []
    lines = [line for tool in tools if tool.version == "scotopic" for line in tool.description.split(";")]
    told = dict(line.split("=", 1) for line in lines if "=" in line)
    return tools[0].name if len(tools) else "HepMC3", from_header(told), nominal


def write_hepmc(events: Events, path: Path) -> None:
    """Write events as HepMC3 ASCII; gzipped where the name ends in .gz.

    The cross section in the file is the sum of the weights.
    """
    pyhepmc = guest("pyhepmc")
    run = pyhepmc.GenRunInfo()
    run.weight_names = ["nominal"]
    tell = {
        "process": events.process,
        "seed": "" if events.seed is None else events.seed,
        "frame": events.frame,
        "sqrt_s": repr(float(events.sqrt_s)),
        "beam_spread": events.beam_spread,
    }
    description = ";".join(f"{key}={value}" for key, value in tell.items())
    run.tools = [pyhepmc.GenRunInfo.ToolInfo(events.source, "scotopic", description)]
    sigma, error = float(events.weights.sum()), 0.0
    if events.cross_section_pb and events.cross_section_error_pb is not None:
        error = sigma * events.cross_section_error_pb / events.cross_section_pb
    beams = incoming_beams(events)
    with replacing(path) as temporary, pyhepmc.open(str(temporary), "w", precision=16) as file:
        for i in track(range(len(events)), f"writing {path.name}", total=len(events)):
            event = pyhepmc.GenEvent(pyhepmc.Units.GEV, pyhepmc.Units.MM)
            event.run_info = run
            event.event_number = i
            _fill(pyhepmc, event, events, beams[:, :, i], i)
            event.weights = [float(events.weights[i])]
            if events.cross_section_pb is not None:
                cross_section = pyhepmc.GenCrossSection()
                event.cross_section = cross_section
                cross_section.set_cross_section(sigma, error)
            file.write(event)


def _fill(pyhepmc: Any, event: Any, events: Events, beams: np.ndarray, i: int) -> None:
    def particle(p: np.ndarray, pdg: int, status: int) -> Any:
        return pyhepmc.GenParticle((p[1], p[2], p[3], p[0]), pdg, status)

    primary = pyhepmc.GenVertex()
    for code, p in zip((11, -11), beams, strict=True):
        primary.add_particle_in(particle(p, code, BEAM))
    if events.decayed is not None:
        made: dict[int, Any] = {}
        for branch in branches(events, i):
            vertex = primary
            if branch.mother != PRIMARY:
                vertex = pyhepmc.GenVertex((*branch.place, 0.0))
                vertex.add_particle_in(made[branch.mother])
            event.add_vertex(vertex)
            for row in branch.decayed:
                code = int(events.decayed.pdg[row, i])
                made[row] = particle(events.decayed.momenta[row, :, i], code, DECAYED)
                vertex.add_particle_out(made[row])
            for k in branch.final:
                vertex.add_particle_out(particle(events.momenta[k, :, i], int(events.pdg[k, i]), FINAL))
        return
    places: dict[tuple[float, ...], list[int]] = {}
    for slot in np.flatnonzero(events.pdg[:, i]):
        place = (0.0,) * 3 if events.vertices is None else tuple(events.vertices[slot, :, i].tolist())
        places.setdefault(place, []).append(int(slot))
    event.add_vertex(primary)
    for place, slots in places.items():
        vertex = primary
        if any(place):
            mother = particle(events.momenta[slots, :, i].sum(axis=0), 0, DECAYED)
            primary.add_particle_out(mother)
            vertex = pyhepmc.GenVertex((*place, 0.0))
            vertex.add_particle_in(mother)
            event.add_vertex(vertex)
        for k in slots:
            vertex.add_particle_out(particle(events.momenta[k, :, i], int(events.pdg[k, i]), FINAL))
