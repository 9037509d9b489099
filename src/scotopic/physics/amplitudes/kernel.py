"""Evaluate a plan: off-shell currents, closed to amplitudes, squared and summed over all helicities.

The functions take light-cone momenta (p⁺, p⁻, x, y) of any array framework, events on the last axis, and are
plain formulas on `Pair`s: NumPy runs them as they stand, a compiler traces them once.
"""

from scotopic.numerics.complex_pair import ZERO, Pair, Real, add, multiply, negative
from scotopic.numerics.spinors import (
    Momentum,
    as_vector,
    bra,
    bra_slash,
    dot_half,
    epsilon_half_vector,
    half_current,
    kets,
    longitudinal_polarisation,
    momentum_square,
    momentum_sum,
    momentum_transfer,
    photon_polarisations,
    product,
    scaled,
    slash_ket,
    spinor_norm,
    times,
    total,
    twice_product,
)
from scotopic.physics.amplitudes.dressed_photon import dressing
from scotopic.physics.amplitudes.plan import Key, Plan, Term, external_key, external_kind
from scotopic.physics.particles import PHOTON

Helicities = tuple[int, ...]
Field = tuple[Pair, Pair, Pair, Pair]
"""A spinor or a vector; a scalar is its first component."""
Current = dict[Helicities, Field]
"""Values by the helicities of the legs contained, in the order of the legs."""


def sum_of_squares(plan: Plan, momenta: tuple[Momentum, ...], gauge: bool = True) -> Real:
    """Return Σ|M|² over all helicities, couplings included, without averages.

    Parameters
    ----------
    plan : Plan
    momenta : one light-cone momentum per leg, physical (positive energy) for incoming and outgoing
    gauge : bool
        Propagate massless vectors in the axial gauge that keeps forward electrons stable.
    """
    opposite = _first_fermion(plan) if plan.mirrored else None
    amplitudes = helicity_amplitudes(plan, momenta, gauge, one_helicity_of=opposite)
    squared: Real = None
    for amplitude in amplitudes.values():
        squared = add(squared, amplitude.squared_modulus())
    if squared is None:  # no helicities whose amplitude does not vanish
        return None
    for i, leg in enumerate(plan.legs):
        if plan.model.particle(leg.field).spin2 == 1:
            squared = squared / spinor_norm(momenta[i], mirrored=_backward(plan, i))
    factor = 1.0 if opposite is None else 2.0
    return multiply(factor * plan.scale ** (2 * (len(plan.legs) - 2)), squared)


def helicity_amplitudes(
    plan: Plan, momenta: tuple[Momentum, ...], gauge: bool = True, one_helicity_of: int | None = None
) -> dict[Helicities, Pair]:
    """Return the amplitudes that do not vanish, by the helicities of all legs.

    Without the powers of `Plan.scale` and the norms of the spinors (`spinor_norm`). Parameters as of
    `sum_of_squares`; of the fermion `one_helicity_of`, only the first helicity is computed.
    """
    flows = [_flow(momenta[i], leg.outgoing) for i, leg in enumerate(plan.legs)]
    externals = [_external(plan, i, momenta[i]) for i in range(len(plan.legs))]
    if one_helicity_of is not None:
        externals[one_helicity_of] = externals[one_helicity_of][:1]
    currents: dict[Key, Current] = {}
    for i, leg in enumerate(plan.legs):
        currents[external_key(plan.model, leg, i)] = {
            (h,): f for h, f in enumerate(externals[i]) if _alive(f)
        }
    for key, terms in plan.currents:
        source = _joined(plan, key.kind, terms, currents, flows)
        currents[key] = _propagated(plan, key, source, momenta, flows, gauge)
    amplitudes: dict[Helicities, Pair] = {}
    for c, terms in plan.closings:
        dual = {"ket": "bra", "bra": "ket"}.get(c.kind, c.kind)
        source = _joined(plan, dual, terms, currents, flows)
        rest = terms[0].a.mask | terms[0].b.mask
        for h1, value in source.items():
            for h2, other in currents[c].items():
                helicities = _merge(rest, h1, c.mask, h2)
                closed = _close(c.kind, value, other)
                if closed:
                    old = amplitudes.get(helicities)
                    amplitudes[helicities] = closed if old is None else old + closed
    return amplitudes


def _first_fermion(plan: Plan) -> int | None:
    return next((i for i, leg in enumerate(plan.legs) if plan.model.particle(leg.field).spin2 == 1), None)


def _backward(plan: Plan, i: int) -> bool:
    # the second beam flies along -z, where p⁺ is tiny
    return i == 1 and not plan.legs[i].outgoing


def _flow(p: Momentum, outgoing: bool) -> Momentum:
    return (negative(p[0]), negative(p[1]), negative(p[2]), negative(p[3])) if outgoing else p


def _external(plan: Plan, i: int, p: Momentum) -> tuple[Field, ...]:
    leg = plan.legs[i]
    particle = plan.model.particle(leg.field)
    if particle.spin2 == 0:
        return ((Pair(1.0), ZERO, ZERO, ZERO),)
    if particle.spin2 == 2:
        transverse = photon_polarisations(p)
        return (*transverse, longitudinal_polarisation(p, particle.mass)) if particle.mass else transverse
    made = kets(p, particle.mass, antiparticle=leg.anti, mirrored=_backward(plan, i))
    if external_kind(leg, 1) == "ket":
        return made
    return tuple(bra(one) for one in made)


def _alive(field: Field) -> bool:
    return any(bool(component) for component in field)


def _merge(mask1: int, h1: Helicities, mask2: int, h2: Helicities) -> Helicities:
    both, first, second = mask1 | mask2, iter(h1), iter(h2)
    merged, bit = [], 1
    while bit <= both:
        if mask1 & bit:
            merged.append(next(first))
        elif mask2 & bit:
            merged.append(next(second))
        bit <<= 1
    return tuple(merged)


def _momentum(mask: int, flows: list[Momentum]) -> Momentum:
    result: Momentum | None = None
    for i, p in enumerate(flows):
        if mask >> i & 1:
            result = p if result is None else momentum_sum(result, p)
    assert result is not None
    return result


def _joined(
    plan: Plan, kind: str, terms: tuple[Term, ...], currents: dict[Key, Current], flows: list[Momentum]
) -> Current:
    """Sum of the vertices of a current; vectors as half of their value."""
    result: Current = {}
    for term in terms:
        for ha, a in currents[term.a].items():
            for hb, b in currents[term.b].items():
                value = _vertex(term, a, b, flows)
                if not _alive(value):
                    continue
                h = _merge(term.a.mask, ha, term.b.mask, hb)
                old = result.get(h)
                result[h] = value if old is None else total(old, value)
    return result


def _chiral(psi: Field, left: float, right: float) -> Field:
    return psi[0].scaled(left), psi[1].scaled(left), psi[2].scaled(right), psi[3].scaled(right)


def _vertex(term: Term, a: Field, b: Field, flows: list[Momentum]) -> Field:
    if term.rule == "vector ket":
        return slash_ket(a, _chiral(b, *term.couplings))
    if term.rule == "bra vector":
        return _chiral(bra_slash(a, b), *term.couplings)
    if term.rule == "bra ket":
        return half_current(a, b, *term.couplings)
    if term.rule == "scalar ket":
        return times(_scalar_coupled(b, *term.couplings), a[0])
    if term.rule == "bra scalar":
        return times(_scalar_coupled(a, *term.couplings), b[0])
    if term.rule == "bra ket scalar":
        return product(a, _scalar_coupled(b, *term.couplings)), ZERO, ZERO, ZERO
    return _boson_vertex(term, a, b, flows)


def _scalar_coupled(psi: Field, scalar: float, pseudoscalar: float) -> Field:
    """(g_S + i g_P γ₅)ψ, of a bra too: γ₅ is -1 for left and +1 for right components."""
    left, right = Pair(scalar or None, -pseudoscalar or None), Pair(scalar or None, pseudoscalar or None)
    return psi[0] * left, psi[1] * left, psi[2] * right, psi[3] * right


def _boson_vertex(term: Term, a: Field, b: Field, flows: list[Momentum]) -> Field:
    (g,) = term.couplings
    if term.rule == "vector dot vector":
        return dot_half(scaled(a, 0.5), b).scaled(g), ZERO, ZERO, ZERO
    if term.rule == "vector times scalar":
        return times(scaled(a, 0.5 * g), b[0])
    k1, k2 = as_vector(_momentum(term.a.mask, flows)), as_vector(_momentum(term.b.mask, flows))
    if term.rule == "scalar pair":
        return times(scaled(total(k1, scaled(k2, -1.0)), 0.5 * g), a[0] * b[0])
    if term.rule == "vector along scalar":
        return dot_half(scaled(a, 0.5 * g), total(scaled(k2, 2.0), k1)) * b[0], ZERO, ZERO, ZERO
    if term.rule == "triple vector":
        # k₃ = -(k₁ + k₂): J = a·b (k₁ - k₂) + b (k₂ - k₃)·a + a (k₃ - k₁)·b
        ab = dot_half(scaled(a, 0.5), b)
        along_a = dot_half(scaled(a, 0.5), total(scaled(k2, 2.0), k1))
        along_b = dot_half(scaled(b, -0.5), total(scaled(k1, 2.0), k2))
        joined = total(times(total(k1, scaled(k2, -1.0)), ab), times(b, along_a))
        return scaled(total(joined, times(a, along_b)), 0.5 * g)
    if term.rule == "vector vector":
        return dot_half(epsilon_half_vector(k1, a, k2), b).scaled(g), ZERO, ZERO, ZERO
    return times(epsilon_half_vector(k1, a, scaled(k2, -1.0)), b[0].scaled(g))


def _close(kind: str, value: Field, other: Field) -> Pair:
    if kind == "vector":
        return dot_half(value, other)
    if kind == "scalar":
        return value[0] * other[0]
    return product(other, value) if kind == "bra" else product(value, other)


def _virtuality(plan: Plan, key: Key, momenta: tuple[Momentum, ...], flows: list[Momentum]) -> Real:
    """k² - m² of a current, without cancellation where two external legs make it."""
    mass = plan.model.particle(key.field).mass
    pair = [i for i in range(len(plan.legs)) if key.mask >> i & 1]
    if len(pair) == 2:
        i, j = pair
        masses = [plan.model.particle(plan.legs[k].field).mass for k in pair]
        same_side = plan.legs[i].outgoing == plan.legs[j].outgoing
        if not same_side and masses[0] == masses[1] and mass == 0.0:
            return momentum_transfer(momenta[i], momenta[j], masses[0])
        constant = masses[0] ** 2 + masses[1] ** 2 - mass**2
        dot = twice_product(momenta[i], momenta[j], *masses)
        return add(dot if same_side else negative(dot), constant or None)
    square = momentum_square(_momentum(key.mask, flows))
    return square - mass * mass if mass else square


def _propagated(
    plan: Plan, key: Key, source: Current, momenta: tuple[Momentum, ...], flows: list[Momentum], gauge: bool
) -> Current:
    particle = plan.model.particle(key.field)
    if particle.auxiliary:
        return {h: scaled(value, -2.0) for h, value in source.items()}
    virtuality = _virtuality(plan, key, momenta, flows)
    k = _momentum(key.mask, flows)
    if particle.width:
        denominator = virtuality * virtuality + (particle.mass * particle.width) ** 2
        factor = Pair(virtuality / denominator, -particle.mass * particle.width / denominator)
    else:
        factor = Pair(1.0 / virtuality)
    if plan.model.running_alpha and key.field == PHOTON.name:
        factor = factor * dressing(virtuality)
    if key.kind == "scalar":
        return {h: times(value, factor) for h, value in source.items()}
    if key.kind in ("ket", "bra"):
        slash = slash_ket if key.kind == "ket" else lambda v, psi: bra_slash(psi, v)
        along = times(as_vector(k), factor if key.kind == "ket" else -factor)
        mass = factor.scaled(particle.mass or None)
        return {h: total(slash(along, psi), times(psi, mass)) for h, psi in source.items()}
    massless = particle.mass == 0.0
    twice = factor.scaled(-2.0)
    result: Current = {}
    for h, half in source.items():
        result[h] = times(_axial(half, k, key.mask) if massless and gauge else half, twice)
        if not massless and not plan.model.is_conserved(key.field):
            along = as_vector(k)
            shift = dot_half(half, along).scaled(particle.mass**-2)
            result[h] = total(result[h], times(along, shift * factor))
    return result


def _axial(half: Field, q: Momentum, mask: int) -> Field:
    """J - q (n·J)/(n·q), n along the beam whose leg the current contains."""
    if mask & 3 in (0, 3):
        return half
    place = 0 if mask & 1 else 1
    shift = half[place].scaled(1.0 / q[place])
    field = as_vector(q)
    return total(half, scaled(times(field, shift), -1.0))
