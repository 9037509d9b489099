"""From a generator's list of particles to `Events`: final state, frame, energy, weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.events.record import Events, Frame

Floats = NDArray[np.float64]
FrameChoice = Literal["auto", "cm", "lab"]

NEUTRINOS = (12, 14, 16)
SQRT_S_TOLERANCE = 0.05  # GeV
ASYMMETRY = 1e-3  # beams whose energies differ by more than this relative amount are in the laboratory


@dataclass(frozen=True)
class ParticleList:
    """The final states of N events in file order, and what the file says about the sample.

    Attributes
    ----------
    counts : (N,) final-state particles of each event
    pdg : (P,), momenta : (P, 4) in GeV, vertices : (P, 3) in mm or None
    weights : (N,) as in the file
    beams : (2, 4) momenta of the electron and the positron beam, GeV, or None
    cross_section_pb, cross_section_error_pb : of the file, None if unknown
    """

    counts: NDArray[np.int64]
    pdg: NDArray[np.int32]
    momenta: Floats
    weights: Floats
    beams: Floats | None
    vertices: Floats | None = None
    cross_section_pb: float | None = None
    cross_section_error_pb: float | None = None
    source: str = "unknown"
    process: str = ""
    seed: int | None = None
    frame: Frame | None = None
    sqrt_s: float | None = None
    beam_spread: bool = False


def from_header(told: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a `ParticleList` that scotopic's own header tells in a file of another format."""
    return {
        "process": told.get("process", ""),
        "seed": int(told["seed"]) if told.get("seed") else None,
        "frame": told["frame"] if told.get("frame") in ("cm", "lab") else None,
        "sqrt_s": float(told["sqrt_s"]) if "sqrt_s" in told else None,
        "beam_spread": told.get("beam_spread") == "True",
    }


def invariant_mass(p: Floats) -> float:
    """Return the mass of a four-vector (4,) in GeV, 0 where it is space-like."""
    return float(np.sqrt(max(0.0, p[0] ** 2 - p[1] ** 2 - p[2] ** 2 - p[3] ** 2)))


def assemble(particles: ParticleList, path: Path, frame: FrameChoice, sqrt_s: float | None) -> Events:
    """Return the events of a particle list.

    Neutrinos leave the final state, momenta turn so that the electron beam runs along +z, and the
    weights are scaled so that they sum to the cross section where it is known.
    """
    n = particles.counts.size
    if n == 0:
        raise InputError(f"{path} holds no events")
    if not (np.isfinite(particles.momenta).all() and np.isfinite(particles.weights).all()):
        raise InputError(f"{path} holds momenta or weights that are not finite numbers")
    if (particles.momenta[:, 0] < 0.0).any():
        raise InputError(f"{path} holds final-state particles of negative energy")
    event = np.repeat(np.arange(n), particles.counts)
    found, energy = _frame_and_energy(particles, event, path, frame, sqrt_s)
    keep = ~np.isin(np.abs(particles.pdg), NEUTRINOS)
    event, kind, momenta = event[keep], particles.pdg[keep], particles.momenta[keep]
    counts = np.bincount(event, minlength=n)
    first = np.cumsum(counts) - counts
    slot = np.arange(event.size) - first[event]
    slots = max(1, int(counts.max()))
    turn = particles.beams is not None and particles.beams[0, 3] < 0.0
    sign = np.array([1.0, -1.0, 1.0, -1.0]) if turn else np.ones(4)  # half a turn about y
    pdg = np.zeros((slots, n), dtype=np.int32)
    pdg[slot, event] = kind
    p = np.zeros((slots, 4, n))
    p[slot, :, event] = momenta * sign
    vertices = None
    if particles.vertices is not None:
        vertices = np.zeros((slots, 3, n))
        vertices[slot, :, event] = particles.vertices[keep] * sign[1:]
    return Events(
        pdg=pdg,
        momenta=p,
        weights=_weights(particles, path),
        frame=found,
        sqrt_s=energy,
        process=particles.process,
        cross_section_pb=particles.cross_section_pb,
        cross_section_error_pb=particles.cross_section_error_pb,
        source=particles.source,
        seed=particles.seed,
        beam_spread=particles.beam_spread,
        vertices=vertices,
    )


def _weights(particles: ParticleList, path: Path) -> Floats:
    total = float(particles.weights.sum())
    if particles.cross_section_pb is None:
        return particles.weights
    if not total > 0.0:
        raise InputError(f"{path}: the event weights sum to {total:g}; expected a positive sum")
    return particles.weights * (particles.cross_section_pb / total)


def _frame_and_energy(
    particles: ParticleList,
    event: NDArray[np.int64],
    path: Path,
    frame: FrameChoice,
    sqrt_s: float | None,
) -> tuple[Frame, float]:
    if frame not in ("auto", "cm", "lab"):
        raise InputError(f"frame = {frame!r}; expected auto, cm or lab")
    if sqrt_s is not None and not (np.isfinite(sqrt_s) and sqrt_s > 0.0):
        raise InputError(f"sqrt_s = {sqrt_s} GeV, must be positive and finite")
    told, energy = particles.frame, particles.sqrt_s
    if particles.beams is not None:
        electron, positron = particles.beams[:, 0]
        differ = abs(electron - positron) > ASYMMETRY * (electron + positron)
        told = told or ("lab" if differ else "cm")
        found = invariant_mass(particles.beams.sum(axis=0))
        if energy is not None and not abs(found - energy) <= SQRT_S_TOLERANCE:
            raise InputError(
                f"{path} has beams of √s = {found:.4g} GeV, not the {energy:.4g} GeV of its header"
            )
        energy = energy or found
    if frame == "auto" and told is None:
        raise InputError(f"{path} has no beam particles that tell its frame; give it with --frame cm or lab")
    if frame == "cm" and told == "lab":
        raise InputError(f"{path} has beams of different energy, so it is in the laboratory frame, not cm")
    if energy is None:
        total = np.zeros((particles.counts.size, 4))
        np.add.at(total, event, particles.momenta)
        energy = sqrt_s or float(np.median([invariant_mass(p) for p in total]))
    if not energy > 0.0:
        raise InputError(f"{path} does not tell its centre-of-mass energy; expected beam particles")
    if sqrt_s is not None and abs(energy - sqrt_s) > SQRT_S_TOLERANCE:
        raise InputError(f"{path} was made at √s = {energy:.4g} GeV, not at {sqrt_s:.4g} GeV")
    if frame != "auto":
        return frame, energy
    assert told is not None
    return told, energy
