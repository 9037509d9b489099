"""Who came from whom within one event, for files that tell it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scotopic.events.record import Events
from scotopic.numerics.arrays import Floats

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
    place : (4,) when and where, (ct, x, y, z) in mm; the time by the flight of the mother where the record has none
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

    def time(mother: int, start: Floats, end: Floats) -> float:
        if mother in outer and events.times is not None:
            return float(events.times[outer[mother][0], i])
        p = told.momenta[mother, :, i]
        speed = float(np.linalg.norm(p[1:])) / float(p[0])
        flown = float(np.linalg.norm(end - start[1:]))
        return float(start[0]) + (flown / speed if flown > 0.0 else 0.0)

    waiting, starts = [PRIMARY], {PRIMARY: np.zeros(4)}
    while waiting:
        mother = waiting.pop(0)
        at = starts[mother]
        if mother != PRIMARY:
            end = place(mother)
            at = np.array([time(mother, at, end), *end])
        found = tuple(inner.get(mother, ()))
        yield Branch(mother, found, tuple(outer.get(mother, ())), at)
        starts |= dict.fromkeys(found, at)
        waiting.extend(found)
