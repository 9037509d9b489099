"""Who came from whom within one event, for files that tell it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scotopic.events.record import Events

Floats = NDArray[np.float64]
PRIMARY = -1


@dataclass(frozen=True)
class Branch:
    """Particles that one particle decayed to.

    Attributes
    ----------
    mother : int
        Row of `Events.decayed`, or `PRIMARY` for the collision.
    decayed, final : tuple of int
        Rows of the products that decayed, slots of those that did not.
    place : (3,) where, mm
    """

    mother: int
    decayed: tuple[int, ...]
    final: tuple[int, ...]
    place: Floats


def branches(events: Events, i: int) -> Iterator[Branch]:
    """Yield the decays of event i, mothers before what comes from them, the collision first."""
    told = events.decayed
    assert told is not None
    rows, slots = np.flatnonzero(told.pdg[:, i]), np.flatnonzero(events.pdg[:, i])
    inner: dict[int, list[int]] = {}
    outer: dict[int, list[int]] = {}
    for row in rows:
        inner.setdefault(int(told.mothers[row, i]), []).append(int(row))
    for slot in slots:
        outer.setdefault(int(told.origins[slot, i]), []).append(int(slot))

    def place(mother: int) -> Floats:
        # of a stable product; the record has no other, and a particle without one decays to what does not fly
        if mother in outer and events.vertices is not None:
            return events.vertices[outer[mother][0], :, i]
        return place(inner[mother][0]) if mother in inner else np.zeros(3)

    waiting = [PRIMARY]
    while waiting:
        mother = waiting.pop(0)
        found = tuple(inner.get(mother, ()))
        yield Branch(
            mother, found, tuple(outer.get(mother, ())), np.zeros(3) if mother == PRIMARY else place(mother)
        )
        waiting.extend(found)
