"""From a generator's list of particles to `Events`: final state, frame, energy, weights."""

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from scotopic.chunks import LENGTH, Arrays, Chunks, ExactSum, Store
from scotopic.errors import InputError
from scotopic.events.event_chunks import EventChunks
from scotopic.events.record import Events, Frame
from scotopic.io.file_beams import ROUNDING, FileBeams, survey_incoming
from scotopic.io.file_frame import FrameChoice, find_frame
from scotopic.io.record_sum import check_sum
from scotopic.numerics.arrays import Floats
from scotopic.numerics.lorentz import from_axis

PHOTON = 22
ALONG_BEAM = 1e-2  # rad; a change of the beams flies no further off them


@dataclass(frozen=True)
class FileHeader:
    """What a file says about its sample, whose events a `ParticleWriter` has kept.

    Attributes
    ----------
    ids, energies : PDG codes and energies (GeV) of the beams in a block of their own, None where there is none
    notes : what a reader of the sample must know
    cross_section_pb, cross_section_error_pb : of the file, None if unknown
    """

    ids: tuple[int, int] | None = None
    energies: tuple[float, float] = (0.0, 0.0)
    cross_section_pb: float | None = None
    cross_section_error_pb: float | None = None
    source: str = "unknown"
    process: str = ""
    seed: int | None = None
    frame: Frame | None = None
    sqrt_s: float | None = None
    beam_spread: bool = False
    notes: tuple[str, ...] = ()


class ParticleWriter:
    """Keeps the final states and incoming particles of events, read one by one, as arrays of a chunk in a store.

    Attributes
    ----------
    pdg, momenta : of the final-state particles of the chunk, one behind the other, (E, px, py, pz) in GeV
    places : when and where they were made, (ct, x, y, z) in mm
    displaced : whether some of the chunk were made away from the interaction point
    incoming : PDG code, px, py, pz and E of each incoming particle
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._start()

    def _start(self) -> None:
        self.pdg, self.momenta, self.places = array("q"), array("d"), array("d")
        self.incoming = array("d")
        self.displaced = False
        self._counts, self._incoming_counts, self._weights = array("q"), array("q"), array("d")

    def end_event(self, weight: float) -> None:
        """Count all that was added as an event of this weight."""
        self._weights.append(weight)
        self._counts.append(len(self.pdg))
        self._incoming_counts.append(len(self.incoming) // 5)
        if len(self._weights) == LENGTH:
            self.end()

    def end(self) -> None:
        """Keep what was added."""
        if not self._weights:
            return
        arrays: Arrays = {
            "counts": np.diff(np.array(self._counts, dtype=np.int64), prepend=0),
            "pdg": np.array(self.pdg, dtype=np.int32),
            "momenta": np.array(self.momenta).reshape(-1, 4),
            "weights": np.array(self._weights),
            "incoming": np.array(self.incoming).reshape(-1, 5),
            "incoming_counts": np.diff(np.array(self._incoming_counts, dtype=np.int64), prepend=0),
        }
        if self.displaced:
            arrays["places"] = np.array(self.places).reshape(-1, 4)
        self._store.append(arrays)
        self._start()


def from_header(told: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a `FileHeader` that scotopic's own header tells in a file of another format."""
    return {
        "process": told.get("process", ""),
        "seed": int(told["seed"]) if told.get("seed") else None,
        "frame": told["frame"] if told.get("frame") in ("cm", "lab") else None,
        "sqrt_s": float(told["sqrt_s"]) if "sqrt_s" in told else None,
        "beam_spread": told.get("beam_spread") == "True",
    }


def assemble(
    header: FileHeader, store: Store, path: Path, frame: FrameChoice, sqrt_s: float | None
) -> EventChunks:
    """Return the events of the particles that a store keeps.

    Momenta turn so that the electron beam runs along +z, photons of negative energy become a change of the beams, and
    the weights are scaled so that they sum to the cross section where it is known.
    """
    incoming = survey_incoming(store)
    beams = incoming.beams(header.ids, header.energies, store, path)
    survey = _survey(header, beams, store, path)
    if beams is not None:
        beams = replace(beams, momentum_error=survey.momentum_error)
    where, energy = find_frame(beams, header.frame, header.sqrt_s, path, frame, sqrt_s)
    if beams is None or not incoming.codes:
        check_sum(store, beams, where, energy, path)
    turn = _onto_z(beams, where)
    scale = _scale(header, survey.weights, path)
    slots = max(1, survey.slots)
    empty = np.zeros((slots, 4, 0))
    about = Events(
        pdg=np.zeros((slots, 0), dtype=np.int32),
        momenta=empty,
        weights=np.zeros(0),
        frame=where,
        sqrt_s=energy,
        process=header.process,
        cross_section_pb=header.cross_section_pb,
        cross_section_error_pb=header.cross_section_error_pb,
        source=header.source,
        seed=header.seed,
        beam_spread=header.beam_spread or survey.own_beams,
        vertices=empty[:, 1:] if survey.displaced else None,
        times=empty[:, 0] if survey.displaced else None,
        # in the centre of mass nominal ones need no record
        beams=np.zeros((2, 4, 0)) if survey.own_beams or (beams is not None and where == "lab") else None,
        notes=_notes(header, beams, survey, where),
    )

    def read() -> Iterator[Events]:
        start = 0
        for arrays in store:
            yield _events(about, *_absorbed(arrays, beams, start, path), turn, scale)
            start += len(arrays["counts"])

    return Chunks(about, survey.size, read)


def _events(
    about: Events, arrays: Arrays, momenta_of_beams: Floats | None, turn: Floats, scale: float
) -> Events:
    n, counts = len(arrays["counts"]), arrays["counts"]
    slots = about.pdg.shape[0]
    event = np.repeat(np.arange(n), counts)
    slot = np.arange(event.size) - np.repeat(np.cumsum(counts) - counts, counts)
    pdg = np.zeros((slots, n), dtype=np.int32)
    pdg[slot, event] = arrays["pdg"]
    p = np.zeros((slots, 4, n))
    p[slot, :, event] = arrays["momenta"] @ turn
    places = None
    if about.vertices is not None:
        places = np.zeros((slots, 4, n))
        if "places" in arrays:
            places[slot, :, event] = arrays["places"] @ turn
    own = None
    if about.beams is not None and momenta_of_beams is not None:
        own = np.moveaxis(momenta_of_beams @ turn, 0, 2)
    return replace(
        about,
        pdg=pdg,
        momenta=p,
        weights=arrays["weights"] * scale,
        vertices=None if places is None else places[:, 1:],
        times=None if places is None else places[:, 0],
        beams=own,
    )


def _onto_z(beams: FileBeams | None, frame: Frame) -> Floats:
    """Return the rotation (4, 4), from the right, that lets the electron beam run along +z.

    In the laboratory, where beams cross, it is half a turn about y at most.
    """
    turn = np.eye(4)
    if beams is None:
        return turn
    axis = beams.nominal[0, 1:] / np.linalg.norm(beams.nominal[0, 1:])
    if frame == "cm" and np.abs(axis[:2]).max() > ROUNDING:
        turn[1:, 1:] = from_axis(np.eye(3), axis[:, None]).T
    elif axis[2] < 0.0:
        turn = np.diag([1.0, -1.0, 1.0, -1.0])
    return turn


@dataclass(frozen=True)
class _Survey:
    """What the particles of all events tell.

    Attributes
    ----------
    size, slots : events, most particles of an event
    weights : their sum
    displaced : whether particles start away from the interaction point
    own_beams : whether collisions have other beams than the nominal ones, by more than rounding
    momentum_error : (3,) standard error of the mean total momentum of the beams, GeV
    absorbed : photons of negative energy
    """

    size: int
    slots: int
    weights: float
    displaced: bool
    own_beams: bool
    momentum_error: Floats
    absorbed: int


def _survey(header: FileHeader, beams: FileBeams | None, store: Store, path: Path) -> _Survey:
    nominal = beams
    if beams is not None and header.frame == "cm" and header.sqrt_s is not None:
        half = 0.5 * header.sqrt_s  # scotopic's own header tells the nominal ones
        nominal = replace(beams, nominal=np.array([[half, 0.0, 0.0, half], [half, 0.0, 0.0, -half]]))
    size, particles, slots, absorbed, displaced, own = 0, 0, 0, 0, False, False
    weights = ExactSum()
    sums = np.zeros((2, 3))
    for arrays in store:
        if not arrays["pdg"].all():
            raise InputError(f"{path} holds final-state particles of PDG code 0; expected codes of particles")
        if not (np.isfinite(arrays["momenta"]).all() and np.isfinite(arrays["weights"]).all()):
            raise InputError(f"{path} holds momenta or weights that are not finite numbers")
        kept, of_beams = _absorbed(arrays, beams, size, path)
        size += len(arrays["counts"])
        particles += len(arrays["pdg"])
        slots = max(slots, int(kept["counts"].max()))
        absorbed += len(arrays["pdg"]) - len(kept["pdg"])
        displaced = displaced or "places" in arrays
        weights.add(arrays["weights"])
        if of_beams is not None and nominal is not None and beams is not None:
            own = own or nominal.differ(of_beams)
            away = of_beams[:, :, 1:].sum(axis=1) - beams.nominal[:, 1:].sum(axis=0)
            sums += np.stack([away.sum(axis=0), (away**2).sum(axis=0)])
    if size == 0:
        raise InputError(f"{path} holds no events")
    if particles == 0:
        raise InputError(f"{path} holds no final-state particles (status 1) in any of its {size} events")
    mean, square = sums / size
    error = np.sqrt(np.maximum(square - mean**2, 0.0) / size)
    return _Survey(size, slots, weights.value, displaced, own, error, absorbed)


def _notes(header: FileHeader, beams: FileBeams | None, survey: _Survey, frame: Frame) -> tuple[str, ...]:
    if beams is None:
        return (*header.notes, f"the file does not name its beams; taken as {frame} of the card's")
    if not survey.absorbed:
        return (*header.notes, *beams.notes)
    said = f"photons of negative energy: {survey.absorbed}, taken as changes of the beams, not as particles"
    return (said, *header.notes, *beams.notes)


def _absorbed(
    arrays: Arrays, beams: FileBeams | None, start: int, path: Path
) -> tuple[Arrays, Floats | None]:
    """Return a chunk without photons of negative energy, and its beams (n, 2, 4), which have that energy more.

    KKMCee balances the spread of its beams so. `start` is the number of the chunk's first event.

    Raises
    ------
    InputError
        If other particles have negative energies, or such a photon does not fly along a beam.
    """
    of_beams = None if beams is None else beams.of(arrays)
    negative = arrays["momenta"][:, 0] < 0.0
    if not negative.any():
        return arrays, of_beams
    event = np.repeat(np.arange(len(arrays["counts"])), arrays["counts"])
    number = start + int(event[np.argmax(negative)]) + 1
    if (arrays["pdg"][negative] != PHOTON).any() or of_beams is None:
        raise InputError(
            f"{path} holds final-state particles of negative energy (event {number}); only photons along beams that "
            "the file names are taken, as changes of the beams"
        )
    for at, change in zip(event[negative], -arrays["momenta"][negative], strict=True):
        cos = of_beams[at, :, 1:] @ change[1:] / np.linalg.norm(of_beams[at, :, 1:], axis=1) / change[0]
        side = int(np.argmax(cos))
        if not cos[side] > np.cos(ALONG_BEAM):
            raise InputError(
                f"{path} holds a photon of negative energy that flies along no beam (event {start + at + 1}); expected "
                "changes of the beams"
            )
        of_beams[at, side] += change
    keep = ~negative
    kept = {name: arrays[name][keep] for name in ("pdg", "momenta", "places") if name in arrays}
    return arrays | kept | {"counts": np.bincount(event[keep], minlength=len(arrays["counts"]))}, of_beams


def _scale(header: FileHeader, total: float, path: Path) -> float:
    """Return the factor on the weights of the file."""
    if header.cross_section_pb is None:
        return 1.0
    if not total > 0.0:
        raise InputError(f"{path}: the event weights sum to {total:g}; expected a positive sum")
    scale = header.cross_section_pb / total
    if not (np.isfinite(total) and 0.0 < scale < np.inf):
        raise InputError(
            f"{path}: the event weights sum to {total:g}, out of the range of numbers; scale them"
        )
    return scale
