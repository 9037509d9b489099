"""Beam particles for files that must name them."""

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.events.record import Events
from scotopic.numerics.lorentz import boost

Floats = NDArray[np.float64]


def incoming_beams(events: Events) -> Floats:
    """Return momenta (2, 4, N) of an electron and a positron that add up to each event.

    In the centre-of-mass frame they carry √s/2 each along z. In the laboratory they are those beams
    boosted with the velocity of the event's total momentum (`Events` does not keep the beams).
    """
    n = len(events)
    half = 0.5 * events.sqrt_s
    beams = np.zeros((2, 4, n))
    beams[:, 0] = half
    beams[0, 3], beams[1, 3] = half, -half
    if events.frame == "lab" and n:
        total = events.momenta.sum(axis=0)
        if not (np.linalg.norm(total[1:], axis=0) < total[0]).all():
            raise InputError(
                "laboratory events with a single photon or nothing seen do not tell their beams, which LHE and "
                "HepMC name; write .parquet"
            )
        beta = total[1:] / total[0]
        beams = np.stack([np.asarray(boost(p, beta)) for p in beams])
    return beams
