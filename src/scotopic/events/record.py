"""The record of a sample of events, whoever generated it."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.numerics.arrays import Bools, Floats, ShortInts

Frame = Literal["cm", "lab"]


@dataclass(frozen=True)
class Decayed:
    """Particles that decayed within N events.

    Attributes
    ----------
    pdg : (rows, N) int32
        PDG codes; 0 marks an empty row.
    momenta : (rows, 4, N) float64
        (E, px, py, pz) in GeV, in the frame of the events.
    mothers : (rows, N) int32
        Row of the particle that each came from; -1 where it came from the collision.
    origins : (slots, N) int32
        The same for the final-state particles of the events.
    """

    pdg: ShortInts
    momenta: Floats
    mothers: ShortInts
    origins: ShortInts

    def select(self, which: Bools | NDArray[np.integer] | slice) -> "Decayed":
        """Return those of the chosen events."""
        return Decayed(
            self.pdg[:, which], self.momenta[:, :, which], self.mothers[:, which], self.origins[:, which]
        )


@dataclass(frozen=True)
class Events:
    """Final-state particles of N events, one slot per particle.

    Attributes
    ----------
    pdg : (slots, N) int32
        PDG codes; 0 marks an empty slot (samples whose events differ in multiplicity).
    momenta : (slots, 4, N) float64
        (E, px, py, pz) in GeV; zeros in empty slots. +z is the electron beam.
    weights : (N,) float64
        In pb where the cross section is known (they sum to it), else dimensionless.
    frame : {"cm", "lab"}
        The frame of `momenta`.
    sqrt_s : float
        Nominal centre-of-mass energy, GeV.
    process : str
        As in ``"e- e+ > gamma gamma gamma"``; free text for foreign files.
    cross_section_pb, cross_section_error_pb : float or None
        Cross section of the sample within its generation cuts and its Monte Carlo error.
    source : str
        Who generated the sample (``"scotopic"``, a file's generator name, ...).
    seed : int or None
        Seed of the sample.
    beam_spread : bool
        Whether the events carry the beams' energy spread.
    vertices : (slots, 3, N) float64 or None
        Production point of each particle, mm; None means the interaction point.
    times : (slots, N) float64 or None
        Time of the production of each particle, times c, mm; None where the sample does not tell it.
    beams : (2, 4, N) float64 or None
        Momenta of the electron and the positron of each collision, in the frame of the events. None means in the
        centre of mass the nominal ones along ±z, in the laboratory that they are not known. Particles that the
        record lacks carry what these have more than its sum.
    decayed : Decayed or None
        The particles that decayed, where the sample tells.
    resonance : tuple of int
        Slots of the particles that a narrow resonance decayed to; empty if there is none or it is unknown.
    efficiency : float or None
        Share of the points tried that were kept when generating.
    overweight : float
        Share of the cross section that weights above the largest one lost in unweighting.
    notes : tuple of str
        What a reader of the sample must know, such as what its file does not tell.
    """

    pdg: ShortInts
    momenta: Floats
    weights: Floats
    frame: Frame
    sqrt_s: float
    process: str = ""
    cross_section_pb: float | None = None
    cross_section_error_pb: float | None = None
    source: str = "scotopic"
    seed: int | None = None
    beam_spread: bool = False
    vertices: Floats | None = None
    times: Floats | None = None
    beams: Floats | None = None
    decayed: Decayed | None = None
    resonance: tuple[int, ...] = ()
    efficiency: float | None = None
    overweight: float = 0.0
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse arrays that do not belong together and values that are no momenta."""
        slots, n = self.pdg.shape
        if self.momenta.shape != (slots, 4, n):
            raise InputError(f"events: momenta have shape {self.momenta.shape}, expected {(slots, 4, n)}")
        if self.weights.shape != (n,):
            raise InputError(f"events: weights have shape {self.weights.shape}, expected {(n,)}")
        if self.vertices is not None and self.vertices.shape != (slots, 3, n):
            raise InputError(f"events: vertices have shape {self.vertices.shape}, expected {(slots, 3, n)}")
        if self.times is not None and self.times.shape != (slots, n):
            raise InputError(f"events: times have shape {self.times.shape}, expected {(slots, n)}")
        if self.beams is not None and self.beams.shape != (2, 4, n):
            raise InputError(f"events: beams have shape {self.beams.shape}, expected {(2, 4, n)}")
        if self.decayed is not None and self.decayed.origins.shape != (slots, n):
            found = self.decayed.origins.shape
            raise InputError(f"events: origins have shape {found}, expected {(slots, n)}")
        if not (np.isfinite(self.momenta).all() and np.isfinite(self.weights).all()):
            raise InputError("events: momenta or weights are not finite")
        if not self.sqrt_s > 0.0:
            raise InputError(f"events: sqrt(s) = {self.sqrt_s} GeV, must be positive")

    def __len__(self) -> int:
        """Return the number of events."""
        return int(self.pdg.shape[1])

    def select(self, which: Bools | NDArray[np.integer] | slice) -> "Events":
        """Return the chosen events; weights and cross section are left as they are."""
        return replace(
            self,
            pdg=self.pdg[:, which],
            momenta=self.momenta[:, :, which],
            weights=self.weights[which],
            vertices=None if self.vertices is None else self.vertices[:, :, which],
            times=None if self.times is None else self.times[:, which],
            beams=None if self.beams is None else self.beams[:, :, which],
            decayed=None if self.decayed is None else self.decayed.select(which),
        )
