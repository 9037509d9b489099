"""Matching of radiated photons with those of the matrix element: no photon is counted twice.

The photons of a process with photons are the hardest ones that pass its cuts. If a radiated photon is harder than
one of them and the cuts would let it take that one's place, the same final state is also generated with their roles
exchanged, and the event is dropped. The structure functions are normalised to one, so that what remains is
weighted with the probability that no such photon was radiated.

That holds for photons that the charges radiate. One without which there is no process, as in e+e- → γa by a virtual
photon, is none of them: radiated photons are further ones, however hard.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from scotopic.events.phase_space.cuts import GenerationCut, passes_all
from scotopic.numerics.arrays import Bools, Floats
from scotopic.physics.processes import Process


def counted_twice(process: Process, cuts: Sequence[GenerationCut], momenta: Floats, photons: Floats) -> Bools:
    """Return which events are also events of the process with a radiated photon in a softer one's place.

    Parameters
    ----------
    momenta : (slots, 4, N)
        Of the process, in the frame of the cuts.
    photons : (any number, 4, N)
        Radiated ones in the same frame.
    """
    twice = np.zeros(momenta.shape[-1], dtype=bool)
    for slot in radiated_slots(process):
        for photon in photons:
            harder = np.flatnonzero((photon[0] > momenta[slot, 0]) & ~twice)
            exchanged = momenta[:, :, harder].copy()
            exchanged[slot] = photon[:, harder]
            twice[harder] = passes_all(cuts, exchanged)
    return twice


@lru_cache(maxsize=64)
def radiated_slots(process: Process) -> tuple[int, ...]:
    """Return the slots of photons without which the model has the process as well."""
    slots = []
    for slot, name in enumerate(process.outgoing):
        others = process.outgoing[:slot] + process.outgoing[slot + 1 :]
        if name == "gamma" and replace(process, outgoing=others).plan.diagrams:
            slots.append(slot)
    return tuple(slots)
