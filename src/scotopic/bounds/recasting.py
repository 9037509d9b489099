"""A published bound carried over to another model: production × branching fraction × lifetime, solved per mass.

The excluded couplings of the new model are those whose rate reaches the rate at the published edge. Where a bound
has two edges, their equal rates fix the momentum of what flies; elsewhere it comes from the production's kinematics.
"""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from scotopic.bounds import polygon
from scotopic.bounds.bound import Bound
from scotopic.bounds.carriers import Carrier, Vector, get_carrier
from scotopic.bounds.excluded import NOTHING, Excluded, Intervals
from scotopic.bounds.instruments import INSTRUMENTS
from scotopic.bounds.production import OWN, SCATTERING
from scotopic.bounds.rescaling import (
    AnyLifetime,
    Flight,
    ProperTimes,
    RequiredRate,
    Rescaling,
    Shielded,
)
from scotopic.bounds.scattering import equivalent
from scotopic.bounds.signal_rate import SignalRate, solve, window_scale
from scotopic.numerics.units import HBAR_GEV_NS

Floats = NDArray[np.float64]
Texts = NDArray[np.object_]

SPACING = 0.02
"""Largest step of ln m between masses, which follows the structure of hadronic widths."""

KEPT = 256
"""Bounds whose own side is kept."""


@dataclass(frozen=True, eq=False)
class Recast:
    """A bound in another model.

    Attributes
    ----------
    bound : Bound or None
        In the convention of the new model; None if it carries over nowhere.
    mass : (M,)
        Masses of the published bound, GeV.
    excluded : Excluded
        Excluded couplings, by mass.
    why : (M,) of str
        Why the bound does not carry over; empty where it does.
    """

    bound: Bound | None
    mass: Floats
    excluded: Excluded
    why: Texts

    @cached_property
    def intervals(self) -> Intervals:
        """Return, per mass, a list of excluded couplings (low, high); inf where there is no upper end."""
        return self.excluded.lists(len(self.mass))

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """Return, per mass, why the bound does not carry over; empty where it does."""
        return tuple(self.why.tolist())

    @property
    def gaps(self) -> list[tuple[float, float, str]]:
        """Return (first mass, last mass, reason) of every range without a limit."""
        found: list[tuple[float, float, str]] = []
        running = ""
        for mass, reason in zip(self.mass.tolist(), self.reasons, strict=True):
            if reason and reason == running:
                found[-1] = (found[-1][0], mass, reason)
            elif reason:
                found.append((mass, mass, reason))
            running = reason
        return found


@dataclass(frozen=True, eq=False)
class _Edges:
    """Published edges: one case per mass and interval; `at` counts masses."""

    at: NDArray[np.intp]
    mass: Floats
    low: Floats
    high: Floats


def recast(bound: Bound, model: Carrier) -> Recast:
    """Return a bound in another model.

    Raises
    ------
    InputError
        If the bound's quantity has no conversion to a coupling of its own model.
    """
    source, stated, mass = _stated(bound)
    rescaling = stated.rescaling
    if rescaling is None or rescaling.refused:
        if stands_as_it_is(bound, model):
            return Recast(stated, mass, Excluded.of_lists(stated.intervals(mass)), _texts(mass))
        why = f"it is a bound on {source.name}; " + (
            rescaling.refused if rescaling else "how it carries over is not stated in its file"
        )
        return _nowhere(mass, why)
    if rescaling.production.mechanisms == (OWN,) and model.name != source.name:
        return _nowhere(mass, f"its production makes the particle of {source.name}, not that of {model.name}")
    edges, own = _own_side(bound)
    if isinstance(rescaling.lifetime, RequiredRate):
        mass = edges.mass
    found, whys = _solve(rescaling, source, model, edges, own, stated.shape == "region")
    excluded = found.moved(edges.at).united()
    reasons = _texts(mass, "nothing is published at this mass")
    reasons[edges.at] = whys
    reasons[excluded.at] = ""
    pieces, shape = excluded.pieces(mass)
    if not pieces:
        return Recast(None, mass, excluded, reasons)
    made = replace(
        stated,
        model=model.name,
        convention=model.convention,
        kind=stated.kind if model == source or stated.kind != "observed" else "recast",
        pieces=pieces,
        shape=shape,  # type: ignore[arg-type]
        assumptions=(),
        rescaling=None,
    )
    return Recast(made, mass, excluded, reasons)


@lru_cache(maxsize=KEPT)
def _stated(bound: Bound) -> tuple[Carrier, Bound, Floats]:
    """Return a bound's own model, the bound in its convention, and masses; once for all models."""
    source = own_model(bound)
    stated = bound.converted(source.convention)
    mass = _masses(stated)
    mass.setflags(write=False)
    return source, stated, mass


@lru_cache(maxsize=KEPT)
def _own_side(bound: Bound) -> tuple[_Edges, SignalRate]:
    """Return the edges of a bound and the rate of its own model there; once for all models."""
    source, stated, mass = _stated(bound)
    how = stated.rescaling
    assert how is not None
    if isinstance(how.lifetime, RequiredRate):
        mass = how.lifetime.masses
        edges = _Edges(np.arange(len(mass)), mass, np.ones(len(mass)), np.ones(len(mass)))
    else:
        edges = _edges(stated, mass)
    return edges, _signal(how, source, edges.mass)


def own_model(bound: Bound) -> Carrier:
    """Return the model in which a bound is stated, with the invisible branching fraction that it assumes."""
    share = bound.rescaling.invisible_fraction if bound.rescaling else None
    return get_carrier(bound.model, None if share is None else {"invisible": share})


def stands_as_it_is(bound: Bound, model: Carrier) -> bool:
    """Return whether a bound without a recipe applies to a model: it is the bound's own, and decays alike."""
    return own_model(bound) == model


def _nowhere(mass: Floats, why: str) -> Recast:
    return Recast(None, mass, NOTHING, _texts(mass, why))


def _texts(mass: Floats, text: str = "") -> Texts:
    return np.array([text] * len(mass), dtype=np.object_)


def _masses(bound: Bound) -> Floats:
    """Return the masses of all points, filled up to `SPACING`."""
    points = np.unique(np.concatenate([m for m, _ in bound.pieces]))
    steps = np.ceil(np.diff(np.log(points)) / SPACING).astype(int)
    done = np.arange(steps.sum()) - np.repeat(np.cumsum(steps) - steps, steps)
    share = done / np.repeat(steps, steps)
    low, high = np.repeat(points[:-1], steps), np.repeat(points[1:], steps)
    return np.append(low * (high / low) ** share, points[-1])


def _edges(bound: Bound, mass: Floats) -> _Edges:
    if bound.shape == "function":
        low = bound.at(mass)
        at = np.flatnonzero(np.isfinite(low))
        return _Edges(at, mass[at], low[at], np.full(len(at), np.inf))
    every = Excluded.of_lists(bound.intervals(mass))
    return _Edges(every.at, mass[every.at], every.low, every.high)


def _solve(
    how: Rescaling, source: Carrier, model: Carrier, edges: _Edges, here: SignalRate, two_sided: bool
) -> tuple[Excluded, Texts]:
    """Return excluded couplings and reasons, per case."""
    mechanisms = how.production.mechanisms
    if any(one in SCATTERING for one in mechanisms):
        return _scattered(mechanisms[0], source, model, edges)
    ratio, why_not_made = _production_ratio(how, source, model, edges.mass)
    there = replace(_signal(how, model, edges.mass), production=ratio)
    seen_here, seen_there = here.steady + here.flying, there.steady + there.flying
    products = " or ".join(how.decays)
    why = {
        why_not_made: ~(ratio > 0.0),
        f"{model.name} does not decay to {products} at this mass": ~(seen_there > 0.0),
        f"{source.name} itself does not decay to {products} at this mass": ~(seen_here > 0.0),
    }
    reasons = _texts(
        edges.mass, f"{model.name}: nowhere are enough made with a lifetime that this search sees"
    )
    usable = np.ones(len(ratio), dtype=bool)
    for reason, cases in reversed(why.items()):
        reasons[cases] = reason
        usable &= ~cases
    chosen = np.flatnonzero(usable)
    if not chosen.size:
        return NOTHING, reasons
    here, there = here.chosen(chosen), there.chosen(chosen)
    low, high = edges.low[chosen], edges.high[chosen]
    if isinstance(how.lifetime, RequiredRate):
        solved = _from_table(how.lifetime.at(chosen), here, there, source, model)
    elif isinstance(how.lifetime, AnyLifetime):
        factor = np.sqrt(here.steady / (there.production * there.steady))
        solved = Excluded(np.arange(len(chosen)), low * factor, high * factor)
    else:
        solved = _through_flight(here, there, low, high, two_sided)
    found = solved.moved(chosen)
    reasons[found.at] = ""
    return found, reasons


def _through_flight(
    here: SignalRate, there: SignalRate, low: Floats, high: Floats, two_sided: bool
) -> Excluded:
    """Return intervals of couplings where the flight decides."""
    lower = here.log(2.0 * np.log(low))
    if not two_sided:
        found = solve(there, lower)
        if (here.first > 0.0).any():
            return found
        # a function excludes all couplings above; where its own decays come too early it does so for other reasons
        lowest = found.lowest(len(low))
        return Excluded.where(np.isfinite(lowest), lowest, np.full(len(low), np.inf))
    scale = window_scale(here, low, high)
    known = np.isfinite(scale)
    factor = np.where(known, scale, 1.0)
    here, there = here.scaled(factor), there.scaled(factor)
    lower = here.log(2.0 * np.log(low))
    found = solve(there, lower)
    if known.all():
        return found
    # no flight before it is seen: each edge by itself
    others = np.flatnonzero(~known)
    upper = solve(there.chosen(others), here.log(2.0 * np.log(high))[others])
    bottom, top = found.lowest(len(low))[others], upper.lowest(len(others))
    return found.chosen(known[found.at]).joined(Excluded.where(top >= bottom, bottom, top).moved(others))


def _signal(how: Rescaling, model: Carrier, mass: Floats) -> SignalRate:
    """Return the rate of a model per unit of production."""
    width, share = model.seen(how.decays, mass)
    per_ns = width / HBAR_GEV_NS
    if not how.decays:  # exchanged: nothing decays
        steady, flying = np.ones(mass.shape), np.zeros(mass.shape)
    elif how.decays == ("invisible",):
        # what does not decay at all is missing energy, too
        steady = np.where(width > 0.0, share, 1.0)
        flying = 1.0 - steady
    else:
        steady, flying = np.zeros(mass.shape), share
    match how.lifetime:
        case Flight(instrument):
            first, last, weight = INSTRUMENTS[instrument].proper_times(mass)
        case ProperTimes():
            early, late = how.lifetime.window(mass)
            first, last, weight = early[:, None], late[:, None], np.ones((len(mass), 1))
        case Shielded(shield, volume):
            # the shield's proper time is 1 ns until both edges fix it
            first = np.ones((len(mass), 1))
            last, weight = first * (1.0 + volume / shield), np.ones((len(mass), 1))
        case _:
            first, last, weight = (
                np.zeros((len(mass), 1)),
                np.full((len(mass), 1), np.inf),
                np.ones((len(mass), 1)),
            )
            if how.decays != ("invisible",):
                steady, flying = steady + flying, np.zeros(mass.shape)
            else:
                flying = np.zeros(mass.shape)
    with np.errstate(invalid="ignore"):
        late = np.where(np.isinf(last), np.inf, last * per_ns[:, None])
    return SignalRate(np.ones(mass.shape), steady, flying, first * per_ns[:, None], late, weight)


def _production_ratio(how: Rescaling, source: Carrier, model: Carrier, mass: Floats) -> tuple[Floats, str]:
    """Return the production per squared coupling relative to the bound's own model, and why it is 0 where it is."""
    total = np.zeros(mass.shape)
    shares = how.production.shares_at(mass)
    for mechanism, share in zip(how.production.mechanisms, shares, strict=True):
        if mechanism == OWN:
            total += share
            continue
        made, reference = model.rate(mechanism, mass), source.rate(mechanism, mass)
        if made is None or reference is None:
            continue
        total += share * np.divide(made, reference, out=np.zeros_like(made), where=reference > 0.0)
    names = ", ".join(how.production.mechanisms)
    return total, f"{model.name} has no coupling to its production ({names})"


def _scattered(name: str, source: Carrier, model: Carrier, edges: _Edges) -> tuple[Excluded, Texts]:
    if not isinstance(source, Vector) or not isinstance(model, Vector):
        return NOTHING, _texts(edges.mass, f"neutrinos and electrons do not exchange {model.name}")
    coupling = equivalent(name, source.charges, model.charges, edges.mass, edges.low)
    found = Excluded.where(np.isfinite(coupling), coupling, np.full(len(coupling), np.inf))
    why = _texts(edges.mass, f"{model.name} does not couple to both electrons and the neutrinos of {name}")
    why[found.at] = ""
    return found, why


def _from_table(
    table: RequiredRate, here: SignalRate, there: SignalRate, source: Carrier, model: Carrier
) -> Excluded:
    """Return intervals from required over expected rates at the table's masses, taken at equal lifetimes."""
    # equal lifetimes: g² Γ₁ is the same; the rates then differ by one factor
    squared = source.width(table.masses) / model.width(table.masses)
    more = squared * there.production * there.steady / here.steady
    found: Intervals = []
    for couplings, ratios, factor, scale in zip(
        table.couplings, table.ratios, more, squared**0.5, strict=True
    ):
        below = polygon.below_zero(np.log(couplings), np.log(ratios / factor))
        found.append([(low * float(scale), high * float(scale)) for low, high in below])
    return Excluded.of_lists(found)
