"""Events from and to files of any format."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.chunks import Arrays, Chunks, Store
from scotopic.errors import InputError
from scotopic.events.event_chunks import EventChunks, arrays_of, cut, joined
from scotopic.events.record import Decayed, Events, Frame
from scotopic.io.file_frame import FrameChoice, check_energy
from scotopic.io.headers import Positive, Slots, Stamp
from scotopic.io.hepmc import read_hepmc, write_hepmc
from scotopic.io.incoming import require_beams
from scotopic.io.kinds import format_of
from scotopic.io.lhe import check_lhe, read_lhe, write_lhe
from scotopic.io.parquet import fitting, join, read_header, read_portions, split, write_table
from scotopic.io.particles import assemble
from scotopic.io.portions import require_memory
from scotopic.io.root import kind_of_root, read_root_header, read_root_portions, write_root
from scotopic.numerics.arrays import Floats

BEAMS = tuple(f"{beam}_{name}" for beam in ("electron", "positron") for name in ("E", "px", "py", "pz"))
COMPONENTS = ("E", "px", "py", "pz")
AXES = ("x", "y", "z")
TIME = "ct"
DECAYED = ("decayed_pdg", "decayed_mother", *(f"decayed_{name}" for name in COMPONENTS))
"""Numbers of particles that decayed; as many as the header says."""
SCALARS = ("sqrt_s", "frame", "process", "cross_section_pb", "cross_section_error_pb", "source", "seed")


class EventsHeader(Stamp):
    """What a file of events tells of all of them; fields with a default are missing in older files."""

    sqrt_s: Positive
    frame: Frame
    process: str
    cross_section_pb: float | None
    cross_section_error_pb: float | None
    source: str
    seed: int | None
    beam_spread: bool
    slots: Slots
    vertices: bool
    decayed: Slots = 0
    resonance: tuple[Slots, ...] = ()
    efficiency: float | None = None
    overweight: float = 0.0
    times: bool = False
    beams: bool = False
    notes: tuple[str, ...] = ()


def read_events(path: Path, *, frame: FrameChoice = "auto", sqrt_s: float | None = None) -> Events:
    """Return the events of an LHE, HepMC3 (plain or packed), scotopic Parquet or scotopic ROOT file.

    Parameters
    ----------
    frame : {"auto", "cm", "lab"}
        Frame of the momenta; "auto" reads it off the beam particles.
    sqrt_s : float, optional
        Centre-of-mass energy that the file must have within 50 MeV, GeV.

    Raises
    ------
    InputError
        If the file is missing, damaged, empty, of another kind, frame or energy, or larger than the memory.
    """
    chunks = read_event_chunks(path, [], frame=frame, sqrt_s=sqrt_s)
    arrays = arrays_of(chunks.about).values()
    row = sum(values.itemsize * math.prod(values.shape[:-1]) for values in arrays)
    require_memory(len(chunks), row, Path(path))
    return joined(chunks)


def read_event_chunks(
    path: Path, store: Store, *, frame: FrameChoice = "auto", sqrt_s: float | None = None
) -> EventChunks:
    """Return the events of a file in chunks; arguments and errors as for `read_events`.

    A text file is read once, into `store`, such as `scotopic.chunks.Spool` on disk, which must live as long as the
    events are read; others are read again whenever the events are.
    """
    path = Path(path)
    form = format_of(path)
    if form == "root" and kind_of_root(path) != "events":
        raise InputError(
            f"{path} is a ROOT file of candidates; expected events (LHE, HepMC3, Parquet, scotopic's ROOT)"
        )
    if form in ("lhe", "hepmc"):
        header = read_lhe(path, store) if form == "lhe" else read_hepmc(path, store)
        return assemble(header, store, path, frame, sqrt_s)
    chunks = _parquet_chunks(path) if form == "parquet" else _root_chunks(path)
    about = chunks.about
    if frame not in ("auto", about.frame):
        raise InputError(f"{path} holds events in the frame {about.frame!r}, not {frame!r}")
    check_energy(about.sqrt_s, sqrt_s, path)
    return chunks


def write_events(events: Events | EventChunks, path: Path) -> None:
    """Write events; the ending chooses the format: .lhe[.gz], .hepmc[.gz], .parquet or .root."""
    path = Path(path)
    events = cut(events) if isinstance(events, Events) else events
    name = path.name.removesuffix(".gz")
    if name.endswith(".lhe"):
        write_lhe(events, path)
    elif name.endswith((".hepmc", ".hepmc3")):
        write_hepmc(events, path)
    elif path.name.endswith(".parquet"):
        _write_parquet(events, path)
    elif path.name.endswith(".root"):
        _write_root(events, path)
    else:
        raise InputError(
            f"cannot write {path}: expected a name ending in .lhe[.gz], .hepmc[.gz], .parquet or .root"
        )


def writable(chunks: Iterator[Events], path: Path) -> Iterator[Events]:
    """Yield chunks of events, but refuse at the first one what the format of a file, by its ending, cannot hold."""
    name = path.name.removesuffix(".gz")
    for number, events in enumerate(chunks):
        if number == 0 and name.endswith(".lhe"):
            check_lhe(events, path)
        if number == 0 and name.endswith((".hepmc", ".hepmc3")):
            require_beams(events, path)
        yield events


def _write_parquet(chunks: EventChunks, path: Path) -> None:
    def columns(events: Events) -> Arrays:
        table: Arrays = {"weight": events.weights}
        for name, values in _parts(events).items():
            table |= split(name, values)
        return table | _beam_columns(events)

    write_table(path, "events", _header(chunks.about), columns(chunks.about), map(columns, chunks))


def _parquet_chunks(path: Path) -> EventChunks:
    header, rows = read_header(path, "events", EventsHeader)

    def read() -> Iterator[Events]:
        for columns in read_portions(path):
            with _fitting(path):
                n = columns["weight"].size
                parts = {
                    name: join(name, columns, header.decayed if name in DECAYED else header.slots, n, kind)
                    for name, kind in _names(header).items()
                }
                yield _from_parts(header, parts, columns)

    return Chunks(_about(header, path), rows, read)


def _write_root(chunks: EventChunks, path: Path) -> None:
    def columns(events: Events) -> Arrays:
        table: Arrays = {"weight": events.weights} | _beam_columns(events)
        if events.pdg.shape[0] > 0:  # branches of length 0 are nothing that ROOT reads
            table |= {name: np.ascontiguousarray(values.T) for name, values in _parts(events).items()}
        return table

    about = chunks.about
    write_root(path, "events", _header(about), columns(about), map(columns, chunks), len(chunks))


def _root_chunks(path: Path) -> EventChunks:
    header, entries = read_root_header(path, "events", EventsHeader)

    def read() -> Iterator[Events]:
        for columns in read_root_portions(path, "events", entries):
            with _fitting(path):
                n = columns["weight"].size
                parts = {}
                for name, kind in _names(header).items():
                    rows = header.decayed if name in DECAYED else header.slots
                    values = columns[name] if header.slots else np.zeros((n, rows), kind)
                    if values.shape != (n, rows):
                        raise ValueError(
                            f"its branch {name} has {values.shape[1:]} numbers a row; expected {rows}"
                        )
                    parts[name] = np.ascontiguousarray(fitting(name, values, kind).T)
                yield _from_parts(header, parts, columns)

    return Chunks(_about(header, path), entries, read)


def _about(header: EventsHeader, path: Path) -> Events:
    """Return the record of a file without its events."""
    with _fitting(path):
        parts = {
            name: np.zeros((header.decayed if name in DECAYED else header.slots, 0), kind)
            for name, kind in _names(header).items()
        }
        return _from_parts(header, parts, dict.fromkeys(("weight", *BEAMS), np.zeros(0)))


@contextmanager
def _fitting(path: Path) -> Iterator[None]:
    """Refuse columns that are missing or do not fit the header."""
    try:
        yield
    except KeyError as fault:
        raise InputError(f"{path} lacks {fault}; expected a file of events") from None
    except ValueError as fault:
        raise InputError(f"{path}: {fault}; its header does not fit its columns") from None


def _header(events: Events) -> dict[str, Any]:
    """Return all of the record that is not an array per event."""
    return {name: getattr(events, name) for name in SCALARS} | {
        "beam_spread": events.beam_spread,
        "slots": events.pdg.shape[0],
        "resonance": events.resonance,
        "efficiency": events.efficiency,
        "overweight": events.overweight,
        "vertices": events.vertices is not None,
        "times": events.times is not None,
        "beams": events.beams is not None,
        "notes": events.notes,
        "decayed": 0 if events.decayed is None else events.decayed.pdg.shape[0],
    }


def _names(header: EventsHeader) -> dict[str, Any]:
    """Return name and type of the numbers per particle."""
    kinds: dict[str, Any] = {"pdg": np.int32}
    kinds |= dict.fromkeys(COMPONENTS + (AXES if header.vertices else ()), np.float64)
    if header.times:
        kinds[TIME] = np.float64
    if header.decayed:
        kinds |= {name: np.int32 if name in DECAYED[:2] else np.float64 for name in DECAYED}
        kinds["origin"] = np.int32
    return kinds


def _parts(events: Events) -> dict[str, NDArray[Any]]:
    """Return the numbers per particle as (slots, N) arrays by name."""
    parts: dict[str, NDArray[Any]] = {"pdg": events.pdg}
    parts |= {name: events.momenta[:, k] for k, name in enumerate(COMPONENTS)}
    if events.vertices is not None:
        parts |= {name: events.vertices[:, k] for k, name in enumerate(AXES)}
    if events.times is not None:
        parts[TIME] = events.times
    if events.decayed is not None:
        told = events.decayed
        values = (told.pdg, told.mothers, *np.moveaxis(told.momenta, 1, 0))
        parts |= dict(zip(DECAYED, values, strict=True)) | {"origin": told.origins}
    return parts


def _beam_columns(events: Events) -> dict[str, Floats]:
    """Return the numbers per event of the beams by name, none where the events have no own ones."""
    if events.beams is None:
        return {}
    return dict(zip(BEAMS, np.ascontiguousarray(events.beams.reshape(8, -1)), strict=True))


def _from_parts(
    header: EventsHeader, parts: dict[str, NDArray[Any]], columns: Mapping[str, NDArray[Any]]
) -> Events:
    vertices = np.stack([parts[name] for name in AXES], axis=1) if header.vertices else None
    decayed = None
    if header.decayed:
        told, mothers, *components = (parts[name] for name in DECAYED)
        decayed = Decayed(told, np.stack(components, axis=1), mothers, parts["origin"])
        for rows in (mothers, parts["origin"]):
            if not ((rows >= -1) & (rows < header.decayed)).all():
                raise ValueError("it names mothers that are not there")
    if (
        len(set(header.resonance)) != len(header.resonance)
        or max(header.resonance, default=-1) >= header.slots
    ):
        raise ValueError(f"its resonance has the places {list(header.resonance)[:8]} of {header.slots}")
    beams = None
    if header.beams:
        beams = np.stack([fitting(name, columns[name], np.float64) for name in BEAMS]).reshape(2, 4, -1)
    return Events(
        decayed=decayed,
        pdg=parts["pdg"],
        momenta=np.stack([parts[name] for name in COMPONENTS], axis=1),
        weights=fitting("weight", columns["weight"], np.float64),
        beam_spread=header.beam_spread,
        vertices=vertices,
        times=parts.get(TIME),
        beams=beams,
        notes=header.notes,
        resonance=header.resonance,
        efficiency=header.efficiency,
        overweight=header.overweight,
        **{name: getattr(header, name) for name in SCALARS},
    )
