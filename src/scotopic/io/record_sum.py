"""The sum of a record's momenta against beams that are stated for a whole file, or for which a user vouches.

Only complete records tell: those whose sum has the energy, or the mass, of the beams. Others lack neutrinos.
"""

from pathlib import Path

import numpy as np

from scotopic.chunks import Arrays, Store
from scotopic.errors import InputError
from scotopic.events.record import Frame
from scotopic.io.file_beams import FileBeams
from scotopic.numerics.arrays import Bools, Floats
from scotopic.numerics.lorentz import invariant_mass

COMPLETE = 1e-4  # relative, of the energy or mass
OFF = 1e-2  # of the energy; a total momentum that far off is another one
MOST = 0.5  # part of the events


def check_sum(store: Store, beams: FileBeams | None, frame: Frame, sqrt_s: float, path: Path) -> None:
    """Refuse a file most of whose complete events have another total momentum than its stated beams or frame.

    Parameters
    ----------
    store : chunks with the particles of each event, `counts`, and the `momenta` (P, 4) of all of them, GeV

    Raises
    ------
    InputError
        With the median of what they have, of those of the first chunk.
    """
    size = far = 0
    shown = ""
    for arrays in store:
        total = _totals(arrays)
        off = _are_off(total, beams, frame, sqrt_s)
        size += len(off)
        far += int(np.count_nonzero(off))
        if off.any() and not shown:
            shown = _shown(np.median(total[off], axis=0))
    if far <= MOST * size:
        return
    if beams is not None:
        raise InputError(
            f"{path}: its <init> names beams without their directions, which head-on have the total momentum "
            f"({_shown(beams.nominal.sum(axis=0))}) GeV, its events have ({shown}); expected incoming particles in "
            "the events, or the centre of mass"
        )
    raise InputError(
        f"{path}: its events have the total momentum ({shown}) GeV, so they are not in the frame {frame}; give "
        f"--frame {'cm' if frame == 'lab' else 'lab'}"
    )


def _totals(arrays: Arrays) -> Floats:
    """Return the sum of the momenta of each event (N, 4)."""
    edges = np.concatenate([[0], np.cumsum(arrays["counts"])])
    sums = np.concatenate([np.zeros((1, 4)), np.cumsum(arrays["momenta"], axis=0)])
    return np.asarray(sums[edges[1:]] - sums[edges[:-1]])


def _are_off(total: Floats, beams: FileBeams | None, frame: Frame, sqrt_s: float) -> Bools:
    """Return which events are complete but have another total momentum than their beams or their frame."""
    if beams is not None:
        expected = beams.nominal.sum(axis=0)
        complete = np.abs(total[:, 0] / expected[0] - 1.0) < COMPLETE
        return np.asarray(complete & (np.abs(total - expected).max(axis=1) > OFF * expected[0]))
    complete = np.abs(invariant_mass(total.T) / sqrt_s - 1.0) < COMPLETE
    at_rest = np.abs(total[:, 1:]).max(axis=1) < OFF * sqrt_s
    return np.asarray(complete & (at_rest if frame == "lab" else ~at_rest))


def _shown(total: Floats) -> str:
    return ", ".join(f"{round(x, 6) + 0.0:.3g}" for x in total[1:].tolist())
