"""HepMC3 ASCII files through pyhepmc."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np

from scotopic.chunks import Store, exact_sum
from scotopic.errors import InputError
from scotopic.events.event_chunks import EventChunks
from scotopic.events.frames import event_beams
from scotopic.events.record import Events
from scotopic.files import replacing
from scotopic.io.compression import opened
from scotopic.io.decay_tree import PRIMARY, branches
from scotopic.io.guests import guest
from scotopic.io.gzip_writer import writing
from scotopic.io.hepmc_syntax import CheckedEvents
from scotopic.io.incoming import require_beams
from scotopic.io.particles import FileHeader, ParticleWriter, from_header
from scotopic.progress import track

NOMINAL = ("nominal", "Nominal", "Default", "Weight", "0")
FINAL, DECAYED, BEAM = 1, 2, 4  # HepMC status codes
EARLY_MM = 1e-6  # rounding of times


def read_hepmc(path: Path, store: Store) -> FileHeader:
    """Keep the final states (status 1) of a plain or packed HepMC3 file, in GeV and mm, with their beams, in a store.

    Of several weights the nominal one is used: the one so named, else the first. The cross section is
    the last event's, in pb.
    """
    pyhepmc = guest("pyhepmc")
    kept = ParticleWriter(store)
    source, header, nominal = "HepMC3", from_header({}), 0
    sigma: Any = None
    events, n_weights = 0, 0
    try:
        with opened(path) as raw, _quiet(pyhepmc):
            checked = CheckedEvents(raw, path)
            with pyhepmc.open(BufferedReader(checked), format=checked.style) as file:
                for event in track(file, f"reading {path.name}"):
                    event.set_units(pyhepmc.Units.MomentumUnit.GEV, pyhepmc.Units.LengthUnit.MM)
                    _keep_particles(event, kept)
                    n_weights = len(event.weights)
                    if not events:
                        source, header, nominal = _run(event)
                    events += 1
                    kept.end_event(event.weights[nominal] if n_weights else 1.0)
                    sigma = event.cross_section or sigma
            checked.require_end(events)
    except (RuntimeError, ValueError, IndexError) as fault:
        if isinstance(fault, InputError):
            raise
        raise InputError(f"{path} is no valid HepMC3 file: {str(fault).splitlines()[0]}") from None
    kept.end()
    value = float(sigma.xsec()) if sigma is not None else 0.0
    several = f" (nominal of {n_weights} weights)" if n_weights > 1 else ""
    return FileHeader(
        cross_section_pb=value if value > 0.0 else None,
        cross_section_error_pb=float(sigma.xsec_err()) if value > 0.0 else None,
        source=source + several,
        notes=(f"every event has {n_weights} weights; the nominal one is taken",) if n_weights > 1 else (),
        **header,
    )


def _keep_particles(event: Any, kept: ParticleWriter) -> None:
    p = event.numpy.particles
    final, beam = np.flatnonzero(p.status == FINAL), np.flatnonzero(p.status == BEAM)
    four = np.stack([p.e, p.px, p.py, p.pz], axis=1)
    kept.pdg.frombytes(p.pid[final].astype(np.int64).tobytes())
    kept.momenta.frombytes(four[final].tobytes())
    kept.incoming.frombytes(np.column_stack([p.pid[beam], four[beam][:, [1, 2, 3, 0]]]).tobytes())
    place = np.zeros((final.size, 4))
    v = event.numpy.vertices
    if len(v.x) and (np.any(v.x) or np.any(v.y) or np.any(v.z)):
        kept.displaced = True
        particles = event.particles
        known: dict[int, np.ndarray] = {}
        for row, i in enumerate(final):
            if particles[i].production_vertex is not None:
                place[row] = _place(particles[i].production_vertex, known)
    kept.places.frombytes(place.tobytes())


def _place(vertex: Any, known: dict[int, np.ndarray]) -> np.ndarray:
    """Return when and where a vertex is, (ct, x, y, z) in mm.

    Many files give decay vertices the time 0, before what decays can be there: then its flight tells the time.
    """
    if vertex.id not in known:
        at = vertex.position
        place = np.array([at.t, at.x, at.y, at.z])
        mothers = vertex.particles_in
        if len(mothers) == 1 and mothers[0].production_vertex is not None:
            start, p = _place(mothers[0].production_vertex, known), mothers[0].momentum
            flown, modulus = float(np.linalg.norm(place[1:] - start[1:])), float(np.hypot(p.pt(), p.pz))
            if flown > EARLY_MM + place[0] - start[0] and modulus > 0.0:
                place[0] = start[0] + flown * p.e / modulus
        known[vertex.id] = place
    return known[vertex.id]


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


def write_hepmc(chunks: EventChunks, path: Path) -> None:
    """Write events as HepMC3 ASCII; gzipped where the name ends in .gz.

    The cross section in the file is the sum of the weights.

    Raises
    ------
    InputError
        For laboratory events that do not keep their beams.
    """
    pyhepmc = guest("pyhepmc")
    about = chunks.about
    require_beams(about, path)
    run = pyhepmc.GenRunInfo()
    run.weight_names = ["nominal"]
    tell = {
        "process": about.process,
        "seed": "" if about.seed is None else about.seed,
        "frame": about.frame,
        "sqrt_s": repr(float(about.sqrt_s)),
        "beam_spread": about.beam_spread,
    }
    description = ";".join(f"{key}={value}" for key, value in tell.items())
    run.tools = [pyhepmc.GenRunInfo.ToolInfo(about.source, "scotopic", description)]
    known = about.cross_section_pb is not None
    sigma, error = exact_sum(chunk.weights for chunk in chunks) if known else 0.0, 0.0
    if about.cross_section_pb and about.cross_section_error_pb is not None:
        error = sigma * about.cross_section_error_pb / about.cross_section_pb
    with (
        replacing(path) as temporary,
        writing(temporary, path.name.endswith(".gz")) as raw,
        _writing_events(pyhepmc, raw) as write,
    ):
        number = 0
        for events in track(chunks, f"writing {path.name}"):
            beams = event_beams(events)
            for i in range(len(events)):
                event = pyhepmc.GenEvent(pyhepmc.Units.GEV, pyhepmc.Units.MM)
                event.run_info = run
                event.event_number = number
                _fill(pyhepmc, event, events, beams[:, :, i], i)
                event.weights = [float(events.weights[i])]
                if known:
                    cross_section = pyhepmc.GenCrossSection()
                    event.cross_section = cross_section
                    cross_section.set_cross_section(sigma, error)
                write(event)
                number += 1


@contextmanager
def _writing_events(pyhepmc: Any, file: IO[bytes]) -> Iterator[Callable[[Any], None]]:
    """Yield what writes an event to a file.

    The library writes to memory: it takes an exception of a stream, of a full disk or of Ctrl-C, for its end and goes
    on without a word.
    """
    memory = BytesIO()

    def move() -> None:
        file.write(memory.getvalue())
        memory.seek(0)
        memory.truncate()

    def write(event: Any) -> None:
        library.write(event)
        move()

    with pyhepmc.open(memory, "w", precision=16) as library:
        yield write
    move()


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
                vertex = pyhepmc.GenVertex((*branch.place[1:], branch.place[0]))
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
        places.setdefault(_start(events, int(slot), i), []).append(int(slot))
    if len(places) == 1:  # all from one point: that of the collision
        primary.position = next(iter(places))
    event.add_vertex(primary)
    for place, slots in places.items():
        vertex = primary
        if any(place) and len(places) > 1:
            mother = particle(events.momenta[slots, :, i].sum(axis=0), 0, DECAYED)
            primary.add_particle_out(mother)
            vertex = pyhepmc.GenVertex(place)
            vertex.add_particle_in(mother)
            event.add_vertex(vertex)
        for k in slots:
            vertex.add_particle_out(particle(events.momenta[k, :, i], int(events.pdg[k, i]), FINAL))


def _start(events: Events, slot: int, i: int) -> tuple[float, ...]:
    """Return where a particle was made, (x, y, z, ct) in mm."""
    if events.vertices is None:
        return (0.0,) * 4
    time = 0.0 if events.times is None else float(events.times[slot, i])
    return (*events.vertices[slot, :, i].tolist(), time)
