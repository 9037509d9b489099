"""The Feynman diagrams of a plan, as the sets of propagators that phase space must follow."""

from dataclasses import dataclass
from functools import cache, lru_cache

from scotopic.physics.amplitudes.plan import Key, Plan, Term

BEAMS = 0b11


@dataclass(frozen=True, order=True)
class Propagator:
    """A propagator by the external legs on that side of it which does not hold the electron beam.

    Attributes
    ----------
    legs : int
        Bit mask; with bit 1, the positron beam, it is a t-channel propagator.
    mass, width : float
        GeV.
    """

    legs: int
    mass: float
    width: float

    @property
    def exchanged(self) -> bool:
        """Whether it is a t-channel propagator."""
        return bool(self.legs & 0b10)


Diagram = tuple[Propagator, ...]


@lru_cache(maxsize=64)
def diagrams_of(plan: Plan) -> tuple[Diagram, ...]:
    """Return the diagrams of a plan without repetition.

    Those with the same propagators count once; the propagator at √s, the same everywhere, is left out, and so
    are auxiliary fields, which have no dynamics.
    """
    everything = (1 << len(plan.legs)) - 1
    terms = dict(plan.currents)

    def propagator(key: Key) -> Diagram:
        particle = plan.model.particle(key.field)
        legs = everything ^ key.mask if key.mask & 1 else key.mask
        if particle.auxiliary or legs == everything ^ BEAMS:
            return ()
        return (Propagator(legs, particle.mass, particle.width),)

    @cache
    def trees(key: Key) -> frozenset[frozenset[Propagator]]:
        if key.mask.bit_count() == 1:
            return frozenset({frozenset()})
        own = frozenset(propagator(key))
        return frozenset(own | tree for term in terms[key] for tree in joined(term))

    def joined(term: Term) -> set[frozenset[Propagator]]:
        return {a | b for a in trees(term.a) for b in trees(term.b)}

    found = {
        tree | other
        for c, closing in plan.closings
        for term in closing
        for tree in joined(term)
        for other in trees(c)
    }
    return tuple(sorted(tuple(sorted(diagram)) for diagram in found))
