"""The sum of a record's momenta against beams that are stated for a whole file, or for which a user vouches.

Only complete records tell: those whose sum has the energy, or the mass, of the beams. Others lack neutrinos.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.events.record import Frame
from scotopic.io.file_beams import FileBeams
from scotopic.numerics.lorentz import invariant_mass

Floats = NDArray[np.float64]

COMPLETE = 1e-4  # relative, of the energy or mass
OFF = 1e-2  # of the energy; a total momentum that far off is another one
MOST = 0.5  # part of the events


def check_sum(
    counts: NDArray[np.int64],
    momenta: Floats,
    beams: FileBeams | None,
    frame: Frame,
    sqrt_s: float,
    path: Path,
) -> None:
    """Refuse a file most of whose complete events have another total momentum than its stated beams or frame.

    Parameters
    ----------
    counts : (N,) particles of each event
    momenta : (P, 4) of all of them, GeV

    Raises
    ------
    InputError
        With the median of what they have.
    """
    edges = np.concatenate([[0], np.cumsum(counts)])
    sums = np.concatenate([np.zeros((1, 4)), np.cumsum(momenta, axis=0)])
    total = sums[edges[1:]] - sums[edges[:-1]]
    if beams is not None:
        expected = beams.nominal.sum(axis=0)
        complete = np.abs(total[:, 0] / expected[0] - 1.0) < COMPLETE
        off = complete & (np.abs(total - expected).max(axis=1) > OFF * expected[0])
        if np.count_nonzero(off) > MOST * len(total):
            raise InputError(
                f"{path}: its <init> names beams without their directions, which head-on have the total momentum "
                f"({_shown(expected)}) GeV, its events have ({_shown(np.median(total[off], axis=0))}); expected "
                "incoming particles in the events, or the centre of mass"
            )
        return
    complete = np.abs(invariant_mass(total.T) / sqrt_s - 1.0) < COMPLETE
    at_rest = np.abs(total[:, 1:]).max(axis=1) < OFF * sqrt_s
    off = complete & (at_rest if frame == "lab" else ~at_rest)
    if np.count_nonzero(off) > MOST * len(total):
        raise InputError(
            f"{path}: its events have the total momentum ({_shown(np.median(total[off], axis=0))}) GeV, so they are "
            f"not in the frame {frame}; give --frame {'cm' if frame == 'lab' else 'lab'}"
        )


def _shown(total: Floats) -> str:
    return ", ".join(f"{round(x, 6) + 0.0:.3g}" for x in total[1:].tolist())
