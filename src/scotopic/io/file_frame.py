"""The frame and the energy of the events of a file, by its beams, its header and what the user says."""

from pathlib import Path
from typing import Literal

import numpy as np

from scotopic.errors import InputError
from scotopic.events.record import Frame
from scotopic.io.file_beams import FileBeams
from scotopic.numerics.lorentz import invariant_mass

FrameChoice = Literal["auto", "cm", "lab"]

SQRT_S_TOLERANCE = 0.05  # GeV
AT_REST = 1e-3  # of the beams' energy; a smaller total momentum is that of a centre of mass
STANDARD_ERRORS = 5.0  # of the mean of beams that vary


def find_frame(
    beams: FileBeams | None,
    header_frame: Frame | None,
    header_sqrt_s: float | None,
    path: Path,
    frame: FrameChoice,
    sqrt_s: float | None,
) -> tuple[Frame, float]:
    """Return the frame and √s (GeV) of a file.

    Raises
    ------
    InputError
        If beams, header and user contradict one another, or do not tell frame and energy.
    """
    if frame not in ("auto", "cm", "lab"):
        raise InputError(f"frame = {frame!r}; expected auto, cm or lab")
    if sqrt_s is not None and not (np.isfinite(sqrt_s) and sqrt_s > 0.0):
        raise InputError(f"sqrt_s = {sqrt_s} GeV, must be positive and finite")
    stated, energy = header_frame, header_sqrt_s
    if beams is not None:
        at_rest = _at_rest(beams)
        if stated == "cm" and not at_rest:
            raise InputError(
                f"{path} has beams of total momentum {_momentum(beams)} GeV, but its header says cm; expected beams "
                "that fit the header"
            )
        stated = stated or ("cm" if at_rest else "lab")
        seen = float(invariant_mass(beams.nominal.sum(axis=0)))
        if energy is not None and not abs(seen - energy) <= SQRT_S_TOLERANCE:
            raise InputError(
                f"{path} has beams of √s = {seen:.4g} GeV, not the {energy:.4g} GeV of its header"
            )
        energy = energy or seen
    if frame == "auto" and stated is None:
        raise InputError(f"{path} has no beam particles that tell its frame; give it with --frame cm or lab")
    if frame == "cm" and stated == "lab":
        raise InputError(
            f"{path} has beams of total momentum that is not 0{_shown(beams)}, so it is in the laboratory frame, not cm"
        )
    if frame == "lab" and stated == "cm":
        raise InputError(
            f"{path} has beams of total momentum 0{_shown(beams)}, so it is in the centre-of-mass frame, not lab"
        )
    energy = energy or sqrt_s
    if energy is None or not energy > 0.0:
        raise InputError(f"{path} does not tell its centre-of-mass energy; expected beam particles")
    check_energy(energy, sqrt_s, path)
    where: Frame | None = stated if frame == "auto" else frame
    assert where is not None
    return where, energy


def check_energy(energy: float, sqrt_s: float | None, path: Path) -> None:
    """Refuse a file whose √s is not the wanted one, GeV."""
    if sqrt_s is not None and not abs(energy - sqrt_s) <= SQRT_S_TOLERANCE:
        raise InputError(
            f"{path} was made at √s = {energy:.6g} GeV, not at {sqrt_s:.6g} GeV; choose the experiment that fits the "
            "file"
        )


def _at_rest(beams: FileBeams) -> bool:
    nominal = beams.nominal.sum(axis=0)
    allowed = AT_REST * nominal[0] + STANDARD_ERRORS * beams.momentum_error
    return bool((np.abs(nominal[1:]) <= allowed).all())


def _momentum(beams: FileBeams) -> str:
    return f"({', '.join(f'{x:.3g}' for x in beams.nominal.sum(axis=0)[1:])})"


def _shown(beams: FileBeams | None) -> str:
    if beams is None:
        return ""
    electron, positron = beams.nominal[:, 0]
    return f" (e- {electron:.5g}, e+ {positron:.5g} GeV)"
