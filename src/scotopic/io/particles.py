"""From a generator's list of particles to `Events`: final state, frame, energy, weights."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.events.record import Events, Frame
from scotopic.io.file_beams import ROUNDING, FileBeams
from scotopic.io.file_frame import FrameChoice, find_frame
from scotopic.io.record_sum import check_sum
from scotopic.numerics.lorentz import from_axis

Floats = NDArray[np.float64]

PHOTON = 22
ALONG_BEAM = 1e-2  # rad; a change of the beams flies no further off them


@dataclass(frozen=True)
class ParticleList:
    """The final states of N events in file order, and what the file says about the sample.

    Attributes
    ----------
    counts : (N,) final-state particles of each event
    pdg : (P,), momenta : (P, 4) in GeV
    vertices : (P, 4) (ct, x, y, z) in mm, or None
    weights : (N,) as in the file
    beams : of each collision, None where the file does not name them
    notes : what a reader of the sample must know
    beams_incoming : whether the beams are those of incoming particles, of each event
    cross_section_pb, cross_section_error_pb : of the file, None if unknown
    """

    counts: NDArray[np.int64]
    pdg: NDArray[np.int32]
    momenta: Floats
    weights: Floats
    beams: FileBeams | None
    vertices: Floats | None = None
    cross_section_pb: float | None = None
    cross_section_error_pb: float | None = None
    source: str = "unknown"
    process: str = ""
    seed: int | None = None
    frame: Frame | None = None
    sqrt_s: float | None = None
    beam_spread: bool = False
    notes: tuple[str, ...] = ()
    beams_incoming: bool = True


def from_header(told: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a `ParticleList` that scotopic's own header tells in a file of another format."""
    return {
        "process": told.get("process", ""),
        "seed": int(told["seed"]) if told.get("seed") else None,
        "frame": told["frame"] if told.get("frame") in ("cm", "lab") else None,
        "sqrt_s": float(told["sqrt_s"]) if "sqrt_s" in told else None,
        "beam_spread": told.get("beam_spread") == "True",
    }


def assemble(particles: ParticleList, path: Path, frame: FrameChoice, sqrt_s: float | None) -> Events:
    """Return the events of a particle list.

    Momenta turn so that the electron beam runs along +z, photons of negative energy become a change of the beams, and
    the weights are scaled so that they sum to the cross section where it is known.
    """
    n = particles.counts.size
    if n == 0:
        raise InputError(f"{path} holds no events")
    if particles.pdg.size == 0:
        raise InputError(f"{path} holds no final-state particles (status 1) in any of its {n} events")
    if not particles.pdg.all():
        raise InputError(f"{path} holds final-state particles of PDG code 0; expected codes of particles")
    if not (np.isfinite(particles.momenta).all() and np.isfinite(particles.weights).all()):
        raise InputError(f"{path} holds momenta or weights that are not finite numbers")
    particles = beams_absorb_photons(particles, path)
    where, energy = find_frame(particles.beams, particles.frame, particles.sqrt_s, path, frame, sqrt_s)
    if particles.beams is None or not particles.beams_incoming:
        check_sum(particles.counts, particles.momenta, particles.beams, where, energy, path)
    own = _own_beams(particles)
    beams = particles.beams if where == "lab" else own  # in the centre of mass nominal ones need no record
    event = np.repeat(np.arange(n), particles.counts)
    slot = np.arange(event.size) - np.repeat(np.cumsum(particles.counts) - particles.counts, particles.counts)
    slots = max(1, int(particles.counts.max()))
    turn = _onto_z(particles.beams, where)
    pdg = np.zeros((slots, n), dtype=np.int32)
    pdg[slot, event] = particles.pdg
    p = np.zeros((slots, 4, n))
    p[slot, :, event] = particles.momenta @ turn
    places = None
    if particles.vertices is not None:
        places = np.zeros((slots, 4, n))
        places[slot, :, event] = particles.vertices @ turn
    return Events(
        pdg=pdg,
        momenta=p,
        weights=_weights(particles, path),
        frame=where,
        sqrt_s=energy,
        process=particles.process,
        cross_section_pb=particles.cross_section_pb,
        cross_section_error_pb=particles.cross_section_error_pb,
        source=particles.source,
        seed=particles.seed,
        beam_spread=particles.beam_spread or own is not None,
        vertices=None if places is None else places[:, 1:],
        times=None if places is None else places[:, 0],
        beams=None if beams is None else np.moveaxis(beams.momenta @ turn, 0, 2),
        notes=_beam_notes(particles, where),
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


def _own_beams(particles: ParticleList) -> FileBeams | None:
    """Return the beams of the collisions where they are not the nominal ones, else None."""
    beams = particles.beams
    if beams is not None and particles.frame == "cm" and particles.sqrt_s is not None:
        half = 0.5 * particles.sqrt_s  # scotopic's own header tells the nominal ones
        beams = replace(beams, nominal=np.array([[half, 0.0, 0.0, half], [half, 0.0, 0.0, -half]]))
    return beams if beams is not None and beams.differ else None


def _beam_notes(particles: ParticleList, frame: Frame) -> tuple[str, ...]:
    if particles.beams is None:
        return (*particles.notes, f"the file does not name its beams; taken as {frame} of the card's")
    return (*particles.notes, *particles.beams.notes)


def beams_absorb_photons(particles: ParticleList, path: Path) -> ParticleList:
    """Return the particles without photons of negative energy, whose beams have that energy more.

    KKMCee balances the spread of its beams so.

    Raises
    ------
    InputError
        If other particles have negative energies, or such a photon does not fly along a beam.
    """
    negative = particles.momenta[:, 0] < 0.0
    if not negative.any():
        return particles
    event = np.repeat(np.arange(particles.counts.size), particles.counts)
    number = int(event[np.argmax(negative)]) + 1
    if (particles.pdg[negative] != PHOTON).any() or particles.beams is None:
        raise InputError(
            f"{path} holds final-state particles of negative energy (event {number}); only photons along beams that "
            "the file names are taken, as changes of the beams"
        )
    beams = particles.beams.momenta.copy()
    for at, change in zip(event[negative], -particles.momenta[negative], strict=True):
        cos = beams[at, :, 1:] @ change[1:] / np.linalg.norm(beams[at, :, 1:], axis=1) / change[0]
        side = int(np.argmax(cos))
        if not cos[side] > np.cos(ALONG_BEAM):
            raise InputError(
                f"{path} holds a photon of negative energy that flies along no beam (event {at + 1}); expected "
                "changes of the beams"
            )
        beams[at, side] += change
    said = f"photons of negative energy: {np.count_nonzero(negative)}, taken as changes of the beams, not as particles"
    keep = ~negative
    return replace(
        particles,
        counts=np.bincount(event[keep], minlength=particles.counts.size),
        pdg=particles.pdg[keep],
        momenta=particles.momenta[keep],
        vertices=None if particles.vertices is None else particles.vertices[keep],
        beams=replace(particles.beams, momenta=beams),
        notes=(*particles.notes, said),
    )


def _weights(particles: ParticleList, path: Path) -> Floats:
    total = float(particles.weights.sum())
    if particles.cross_section_pb is None:
        return particles.weights
    if not total > 0.0:
        raise InputError(f"{path}: the event weights sum to {total:g}; expected a positive sum")
    scale = particles.cross_section_pb / total
    if not (np.isfinite(total) and 0.0 < scale < np.inf):
        raise InputError(
            f"{path}: the event weights sum to {total:g}, out of the range of numbers; scale them"
        )
    return particles.weights * scale
