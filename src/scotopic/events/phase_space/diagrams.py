"""The Feynman diagrams of a plan, as the sets of propagators that phase space must follow."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from scotopic.physics.amplitudes.plan import Key, Plan, Term

BEAMS = 0b11
ENERGY = 10.0
"""GeV, of the programme's colliders."""
DIMENSIONS = {"vector vector": 1, "vector scalar": 1, "vector dot vector": -1, "vector times scalar": -1}
"""Of the coupling, in 1/GeV."""


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
Trees = dict[frozenset[Propagator], float]


@lru_cache(maxsize=64)
def diagrams_of(plan: Plan) -> dict[Diagram, float]:
    """Return the diagrams of a plan without repetition, each with its product of squared couplings.

    Those with the same propagators count once, with the sum of their products; the propagator at √s, the same
    everywhere, is left out, and so are auxiliary fields, which have no dynamics. Couplings with a dimension count
    in units of ENERGY.
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
    def trees(key: Key) -> Trees:
        if key.mask.bit_count() == 1:
            return {frozenset(): 1.0}
        own = {frozenset(propagator(key)): 1.0}
        return _summed(_joined(own, joined(term)) for term in terms[key])

    def joined(term: Term) -> Trees:
        coupling = max(abs(g) for g in term.couplings) * ENERGY ** DIMENSIONS.get(term.rule, 0)
        return {tree: coupling**2 * value for tree, value in _joined(trees(term.a), trees(term.b)).items()}

    found = _summed(_joined(joined(term), trees(c)) for c, closing in plan.closings for term in closing)
    return {tuple(sorted(tree)): found[tree] for tree in sorted(found, key=sorted)}


@lru_cache(maxsize=64)
def annihilates(plan: Plan) -> bool:
    """Return whether the beams become one virtual vector in every diagram of a plan."""
    joined = (BEAMS, ((1 << len(plan.legs)) - 1) ^ BEAMS)
    terms = dict(plan.currents)

    @cache
    def holds(key: Key) -> bool:
        # whether that vector is a propagator in each of a current's diagrams
        if key.mask in joined:
            return key.kind == "vector"
        return key in terms and all(any_holds(term) for term in terms[key])

    def any_holds(term: Term) -> bool:
        return holds(term.a) or holds(term.b)

    return all(holds(c) or any_holds(term) for c, closing in plan.closings for term in closing)


def _joined(one: Trees, other: Trees) -> Trees:
    return _summed({a | b: x * y} for a, x in one.items() for b, y in other.items())


def _summed(parts: Iterable[Trees]) -> Trees:
    total: Trees = {}
    for part in parts:
        for tree, value in part.items():
            total[tree] = total.get(tree, 0.0) + value
    return total
