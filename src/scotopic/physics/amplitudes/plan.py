"""The plan of a tree amplitude: which off-shell currents to build and how to close them.

A current is named by its kind, its field and the bit mask of the external legs it contains. Every tree of
three-point vertices with n legs has one vertex that leaves at most n/2 legs on each side (or, n even, one edge
with n/2 on both), so no current of more than n/2 legs is needed and no diagram is ever listed. The recursion is that of
F. A. Berends and W. T. Giele, Nucl. Phys. B 306 (1988) 759; masks and the Fermi sign as in A. Kanaki and
C. G. Papadopoulos, Comput. Phys. Commun. 132 (2000) 306.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Literal, NamedTuple

from scotopic.physics.model import Model

Kind = Literal["ket", "bra", "vector", "scalar"]
Rule = Literal[
    "vector ket",
    "bra vector",
    "bra ket",
    "scalar ket",
    "bra scalar",
    "bra ket scalar",
    "vector vector",
    "vector scalar",
    "vector dot vector",
    "vector times scalar",
    "scalar pair",
    "vector along scalar",
    "triple vector",
]


class Leg(NamedTuple):
    """An external leg: its field (the particle's name), whether it is the antiparticle, whether outgoing."""

    field: str
    anti: bool
    outgoing: bool


class Key(NamedTuple):
    """An off-shell current."""

    kind: Kind
    field: str
    mask: int


class Term(NamedTuple):
    """One vertex that joins two currents; the Fermi sign sits in the couplings."""

    rule: Rule
    a: Key
    b: Key
    couplings: tuple[float, ...]


@dataclass(frozen=True)
class Plan:
    """What to compute, in order.

    Attributes
    ----------
    legs : external legs
    currents : (key, terms) of every current of two and more legs, each after those that it needs
    closings : (key C, terms) that close the amplitude, Σ (Σ terms)·C
    diagrams : number of Feynman diagrams contained
    scale : coupling that was divided out of every vertex, n - 2 powers of it in the amplitude
    mirrored : whether opposite helicities of all fermions give the same squared amplitude
    """

    model: Model
    legs: tuple[Leg, ...]
    currents: tuple[tuple[Key, tuple[Term, ...]], ...]
    closings: tuple[tuple[Key, tuple[Term, ...]], ...]
    diagrams: int
    scale: float
    mirrored: bool = False


_Joins = dict[tuple[Kind, str, Kind, str], list[tuple[Rule, Kind, str, tuple[float, ...]]]]
_DUAL: dict[Kind, Kind] = {"ket": "bra", "bra": "ket", "vector": "vector", "scalar": "scalar"}


@lru_cache(maxsize=64)
def make_plan(model: Model, legs: tuple[Leg, ...], root: int | None = None) -> Plan:
    """Return the plan of an amplitude.

    Parameters
    ----------
    model : Model
    legs : external legs
    root : int, optional
        The leg that the closing current contains; the cheapest is taken if it is not given. The amplitude
        does not depend on it.
    """
    scale = max((abs(g) for vertex in model.vertices for g in vertex.couplings), default=1.0)
    joins = _joins(model, scale)
    if root is None:
        plans = [_plan(model, legs, joins, scale, leg) for leg in range(len(legs))]
        return min(plans, key=lambda plan: cost(plan))
    return _plan(model, legs, joins, scale, root)


def external_kind(leg: Leg, spin2: int) -> Kind:
    """Return what the external state of a leg is."""
    if spin2 == 1:
        return "ket" if leg.anti == leg.outgoing else "bra"
    return "vector" if spin2 == 2 else "scalar"


def external_key(model: Model, leg: Leg, i: int) -> Key:
    """Return the key of external leg i: of a boson, the field operator that it takes up."""
    particle = model.particle(leg.field)
    kind = external_kind(leg, particle.spin2)
    if kind in ("ket", "bra"):
        return Key(kind, leg.field, 1 << i)
    return Key(kind, particle.name if leg.anti == leg.outgoing else particle.anti, 1 << i)


def _joins(model: Model, scale: float) -> _Joins:
    joins: _Joins = {}

    def join(
        a: tuple[Kind, str], b: tuple[Kind, str], rule: Rule, result: tuple[Kind, str], sign: float = 1.0
    ) -> None:
        entry = (rule, *result, tuple(sign * g for g in couplings))
        entries = joins.setdefault((*a, *b), [])
        if entry not in entries:
            entries.append(entry)

    for vertex in model.vertices:
        if not any(vertex.couplings):
            continue
        x, y, z = vertex.fields
        couplings = tuple(g / scale for g in vertex.couplings)
        if vertex.kind[:2] == "FF":
            boson: Kind = "vector" if vertex.kind == "FFV" else "scalar"
            rules: tuple[Rule, Rule, Rule] = (
                ("vector ket", "bra vector", "bra ket")
                if boson == "vector"
                else ("scalar ket", "bra scalar", "bra ket scalar")
            )
            join((boson, z), ("ket", y), rules[0], ("ket", x))
            join(("bra", x), (boson, z), rules[1], ("bra", y))
            join(("bra", x), ("ket", y), rules[2], (boson, model.conjugate(z)))
            continue
        # what joins two fields is the conjugate of the third
        cx, cy, cz = (model.conjugate(field) for field in vertex.fields)
        if vertex.kind == "VVV":
            join(("vector", x), ("vector", y), "triple vector", ("vector", cz))
            join(("vector", y), ("vector", z), "triple vector", ("vector", cx))
            join(("vector", z), ("vector", x), "triple vector", ("vector", cy))
        elif vertex.kind == "VSS":
            join(("scalar", y), ("scalar", z), "scalar pair", ("vector", cx))
            join(("vector", x), ("scalar", y), "vector along scalar", ("scalar", cz))
            join(("vector", x), ("scalar", z), "vector along scalar", ("scalar", cy), -1.0)
        else:
            pair, single = _VECTOR_RULES[vertex.kind]
            join(("vector", x), ("vector", y), pair, ("scalar", cz))
            join(("vector", x), ("scalar", z), single, ("vector", cy))
            if x != y:
                join(("vector", y), ("scalar", z), single, ("vector", cx))
    return joins


_VECTOR_RULES: dict[str, tuple[Rule, Rule]] = {
    "VVP": ("vector vector", "vector scalar"),
    "VVS": ("vector dot vector", "vector times scalar"),
}


def _plan(model: Model, legs: tuple[Leg, ...], joins: _Joins, scale: float, root: int) -> Plan:
    n = len(legs)
    spins = [model.particle(leg.field).spin2 for leg in legs]
    fermions = sum(1 << i for i, spin2 in enumerate(spins) if spin2 == 1)
    keys: dict[int, list[Key]] = {}
    counts: dict[Key, int] = {}
    for i, leg in enumerate(legs):
        key = external_key(model, leg, i)
        keys[1 << i], counts[key] = [key], 1

    def terms(mask: int, limit: float) -> Iterator[tuple[Kind, str, Term]]:
        for part in _submasks(mask):
            rest = mask ^ part
            if max(part.bit_count(), rest.bit_count()) > limit:
                continue
            for a in keys.get(part, ()):
                for b in keys.get(rest, ()):
                    found = [(a, b, r) for r in joins.get((a.kind, a.field, b.kind, b.field), ())]
                    if (a.kind, a.field) != (b.kind, b.field):
                        found += [(b, a, r) for r in joins.get((b.kind, b.field, a.kind, a.field), ())]
                    for x, y, (rule, kind, field, couplings) in found:
                        sign = _sign(x.mask & fermions, y.mask & fermions)
                        yield kind, field, Term(rule, x, y, tuple(sign * g for g in couplings))

    made: dict[Key, list[Term]] = {}
    for size in range(2, n // 2 + 1):
        for mask in _masks(n, size):
            for kind, field, term in terms(mask, size):
                if model.particle(field).external:
                    continue
                key = Key(kind, field, mask)
                made.setdefault(key, []).append(term)
                counts[key] = counts.get(key, 0) + counts[term.a] * counts[term.b]
            keys[mask] = [key for key in made if key.mask == mask]

    closings: dict[Key, list[Term]] = {}
    diagrams = 0
    for c in counts:
        if not c.mask >> root & 1:
            continue
        for kind, field, term in terms((1 << n) - 1 ^ c.mask, (n - 1) // 2):
            dual = c.field if c.kind in ("ket", "bra") else model.conjugate(c.field)
            if (kind, field) != (_DUAL[c.kind], dual):
                continue
            order = (term.a.mask | term.b.mask, c.mask)
            first, second = (order[1], order[0]) if c.kind == "bra" else order
            sign = _sign(first & fermions, second & fermions)
            signed = term._replace(couplings=tuple(sign * g for g in term.couplings))
            closings.setdefault(c, []).append(signed)
            diagrams += counts[term.a] * counts[term.b] * counts[c]

    needed = set(closings) | {key for ts in closings.values() for t in ts for key in (t.a, t.b)}
    for key in reversed(made):
        if key in needed:
            needed |= {part for term in made[key] for part in (term.a, term.b)}
    currents = tuple((key, tuple(ts)) for key, ts in made.items() if key in needed)
    closed = tuple((key, tuple(ts)) for key, ts in closings.items())
    return Plan(model, legs, currents, closed, diagrams, scale, _is_mirrored(model, legs, currents))


def _is_mirrored(
    model: Model, legs: tuple[Leg, ...], currents: tuple[tuple[Key, tuple[Term, ...]], ...]
) -> bool:
    # Parity and real couplings without widths: reflected momenta flip helicities and conjugate amplitudes.
    inner = {model.particle(key.field) for key, _ in currents}
    fields = {particle.name for particle in inner} | {model.particle(leg.field).name for leg in legs}
    parities: set[tuple[str, bool]] = set()
    for vertex in model.vertices:
        names = [model.particle(field).name for field in vertex.fields]
        if not fields.issuperset(names):
            continue
        if vertex.kind == "VVV" or (vertex.kind == "FFV" and vertex.couplings[0] != vertex.couplings[1]):
            return False
        if vertex.kind == "FFS":
            parities |= {(names[2], bool(odd)) for odd, g in enumerate(vertex.couplings) if g}
        elif vertex.kind in ("VVS", "VVP"):
            parities.add((names[2], vertex.kind == "VVP"))
    one_each = len({name for name, _ in parities}) == len(parities)
    return one_each and not any(particle.width for particle in inner)


def _sign(a: int, b: int) -> float:
    """Return the sign of sorting the fermions of mask a followed by those of mask b."""
    swaps, rest = 0, a >> 1
    while rest:
        swaps += (rest & b).bit_count()
        rest >>= 1
    return -1.0 if swaps & 1 else 1.0


def _masks(n: int, size: int) -> Iterator[int]:
    for legs in combinations(range(n), size):
        yield sum(1 << leg for leg in legs)


def _submasks(mask: int) -> Iterator[int]:
    """Yield one of the two parts of each splitting of a mask: the part with its lowest bit."""
    lowest = mask & -mask
    rest = sub = mask ^ lowest
    while sub:
        sub = (sub - 1) & rest
        yield sub | lowest


def cost(plan: Plan) -> int:
    """Return about how many vertex applications a plan takes."""
    states = [plan.model.particle(leg.field).states for leg in plan.legs]

    def size(mask: int) -> int:
        product = 1
        for i, number in enumerate(states):
            product *= number if mask >> i & 1 else 1
        return product

    own = sum(size(key.mask) * len(terms) for key, terms in plan.currents)
    closing = sum(size(t.a.mask | t.b.mask) for _, terms in plan.closings for t in terms)
    return own + closing + sum(size((1 << len(states)) - 1) // 4 for _ in plan.closings)


def most_of(rule: Rule, plan: Plan) -> int:
    """Return how many vertices of one rule a diagram of a plan has at most."""
    most = {external_key(plan.model, leg, i): 0 for i, leg in enumerate(plan.legs)}

    def joined(terms: tuple[Term, ...]) -> int:
        return max((term.rule == rule) + most[term.a] + most[term.b] for term in terms)

    for key, terms in plan.currents:
        most[key] = joined(terms)
    return max(most[key] + joined(terms) for key, terms in plan.closings)
