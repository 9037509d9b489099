"""The beams of each collision of a file: its incoming particles against what its header says of the beams."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.physics.standard_model import ELECTRON_MASS

Floats = NDArray[np.float64]

SAME = 1e-3  # relative; energies that differ by less are the same
STANDARD_ERRORS = 5.0  # of a mean over the events
ROUNDING = 1e-6  # relative
ABOVE = 1e-5  # relative; no beam radiates to more energy than it has
PHOTON = 22  # of a beam that radiated
LARGEST_SPREAD = 0.05  # relative; incoming particles that lack more have radiated


@dataclass(frozen=True)
class FileBeams:
    """Beams of N collisions, GeV.

    Attributes
    ----------
    momenta : (N, 2, 4) of the electron and the positron of each
    nominal : (2, 4) their mean, or what the header says
    notes : tuple of str
    """

    momenta: Floats
    nominal: Floats
    notes: tuple[str, ...] = ()

    @property
    def differ(self) -> bool:
        """Whether collisions have other beams than the nominal ones, by more than rounding."""
        return bool((np.abs(self.momenta - self.nominal) > ROUNDING * self.nominal[:, :1]).any())


def collision_beams(rows: Sequence[Floats]) -> Floats | None:
    """Return beams (N, 2, 4), electrons first, from each event's incoming rows (id, px, py, pz, E).

    None where some event with particles does not name one electron and one positron; events without incoming
    particles get the mean of the others.
    """
    known = [row.shape == (2, 5) and sorted(row[:, 0]) == [-11.0, 11.0] for row in rows]
    if not any(known) or any(len(row) > 0 and not good for row, good in zip(rows, known, strict=True)):
        return None
    beams = np.zeros((len(rows), 2, 4))
    beams[known] = [
        row[np.argsort(-row[:, 0])][:, [4, 1, 2, 3]] for row, good in zip(rows, known, strict=True) if good
    ]
    beams[~np.array(known)] = beams[known].mean(axis=0)
    return beams


def beams_of(rows: Sequence[Floats]) -> FileBeams | None:
    """Return the beams of a file without a header, None where it does not name them.

    Incoming particles whose energies vary by more than any beam's spread have radiated: the beams are those that
    radiated least.
    """
    beams = collision_beams(rows)
    if beams is None:
        return None
    energies = beams[:, :, 0]
    if (energies > (1.0 - LARGEST_SPREAD) * energies.max(axis=0)).all():
        return FileBeams(beams, beams.mean(axis=0))
    stated = _stated((11, -11), energies.max(axis=0).tolist(), beams)
    note = "the incoming particles have different energies: they radiated, and the largest are taken for the beams"
    return FileBeams(np.repeat(stated[None], len(beams), axis=0), stated, (note,))


def beams_with_header(
    ids: Sequence[int], energies: Sequence[float], rows: Sequence[Floats], path: Path
) -> FileBeams | None:
    """Return the beams of a file whose header names their codes and energies (GeV).

    Incoming particles that scatter about the energies of the header are the beams with their spread. Those that lack
    energy have radiated: the beams are the header's, and what left them is missing in the record.

    Raises
    ------
    InputError
        If the incoming particles have other energies than the header says.
    """
    beams = collision_beams(rows)
    incoming = sorted({int(code) for row in rows for code in row[:, 0]})
    for place, codes in (("in <init>", ids if all(ids) else []), ("coming in", incoming)):
        if not set(codes) <= {11, -11, PHOTON} or (
            place == "in <init>" and codes and sorted(codes) != [-11, 11]
        ):
            raise InputError(
                f"{path} has beams of the PDG codes {' and '.join(str(code) for code in codes[:6])} {place}; expected "
                "e- and e+"
            )
    if beams is None and any(len(row) == 2 and abs(row[:, 0].sum()) == 22 for row in rows):
        raise InputError(f"{path} has two electrons or two positrons coming in; expected e- and e+")
    if min(energies) < 0.0:
        raise InputError(
            f"{path} has beams of {energies[0]:g} and {energies[1]:g} GeV in <init>; expected energies"
        )
    if sorted(ids) != [-11, 11] or min(energies) == 0.0:
        return beams_of(rows)
    stated = _stated(ids, energies, beams)
    if beams is None:
        return FileBeams(np.repeat(stated[None], len(rows), axis=0), stated)
    share = beams[:, :, 0] / stated[:, 0]
    mean, deviation = share.mean(axis=0), share.std(axis=0)
    one = len(share) == 1
    allowed = LARGEST_SPREAD if one else SAME + STANDARD_ERRORS * deviation / np.sqrt(len(share))
    constant = not one and bool((deviation < ROUNDING).all())
    agree = bool((np.abs(mean - 1.0) <= allowed).all()) and bool((np.abs(share - 1.0) < LARGEST_SPREAD).all())
    radiated = bool((share < 1.0 + ABOVE).all())
    if agree and (constant or not radiated or bool((np.abs(share - 1.0) < SAME).all())):
        return FileBeams(beams, beams.mean(axis=0) if constant else stated)
    if constant or bool((mean > 1.0 + allowed).any()):
        (e, p), (he, hp) = beams.mean(axis=0)[:, 0], stated[:, 0]
        raise InputError(
            f"{path}: the incoming particles of its events have {e:.5g} (e-) and {p:.5g} GeV (e+), its <init> says "
            f"{he:.5g} and {hp:.5g} GeV; expected beams that agree, in one frame"
        )
    lost = (stated[:, 0] - beams[:, :, 0]).sum(axis=1)
    note = (
        f"{np.count_nonzero(lost > SAME * stated[:, 0].sum())} of {len(lost)} collisions have less energy than the "
        "beams of <init>: they radiated, and what the record lacks is taken as missing"
    )
    return FileBeams(np.repeat(stated[None], len(beams), axis=0), stated, (note,))


def _stated(ids: Sequence[int], energies: Sequence[float], beams: Floats | None) -> Floats:
    """Return beams (2, 4) of the header, electrons first.

    They fly as the incoming particles do; without these head-on, the first along +z.
    """
    order = np.argsort(-np.array(ids))
    energy = np.array(energies)[order]
    direction = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]])[order]
    if beams is not None:
        direction = beams[:, :, 1:].mean(axis=0)
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    momentum = np.sqrt(np.maximum(energy**2 - ELECTRON_MASS**2, 0.0))
    return np.concatenate([energy[:, None], momentum[:, None] * direction], axis=1)
