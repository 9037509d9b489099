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
from scotopic.numerics.arrays import Bools, Floats, Indices
from scotopic.numerics.units import HBAR_GEV_NS

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
class _OwnSide:
    """Published edges, one case per mass and interval, and what the search sees there; the same for all models.

    Attributes
    ----------
    at : (I,)
        Which mass a case belongs to.
    mass, low, high : (I,)
    production : tuple of (str, (I,))
        Mechanisms with their share over the rate in the bound's own model.
    steady, seen : (I,)
        Branching fractions seen whatever the lifetime, and at all.
    window : three of (I, K)
        First and last proper time in ns, and weights.
    lower, upper : (I,)
        Logarithms of the rates at the edges.
    equal : (I,)
        Whether the window makes the rates at both edges equal.
    displaced : bool
        Whether any window begins after the production.
    """

    at: Indices
    mass: Floats
    low: Floats
    high: Floats
    production: tuple[tuple[str, Floats], ...]
    steady: Floats
    seen: Floats
    window: tuple[Floats, Floats, Floats]
    lower: Floats
    upper: Floats
    equal: Bools
    displaced: bool


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
    own = _own_side(bound)
    if isinstance(rescaling.lifetime, RequiredRate):
        mass = own.mass
    found, whys = _solve(rescaling, source, model, own, stated.shape == "region")
    excluded = found.moved(own.at).united()
    reasons = _texts(mass, "nothing is published at this mass")
    reasons[own.at] = whys
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
def _own_side(bound: Bound) -> _OwnSide:
    """Return what a search sees of the bound's own model; once for all models."""
    source, stated, every = _stated(bound)
    how = stated.rescaling
    assert how is not None
    if isinstance(how.lifetime, RequiredRate):
        mass = how.lifetime.masses
        at, low = np.arange(len(mass)), np.ones(len(mass))
        high = low
    else:
        at, low, high = _edges(stated, every)
        mass = every[at]
    window = _window(how, mass)
    here = _signal(how, source, mass, window, np.ones(len(mass)))
    seen = here.steady + here.flying
    scale = np.full(len(mass), np.nan)
    two_sided = stated.shape == "region"
    decays = seen > 0.0
    if two_sided and decays.any():
        scale[decays] = window_scale(here.chosen(decays), low[decays], high[decays])
    equal = np.isfinite(scale)
    factor = np.where(equal, scale, 1.0)
    scaled = here.scaled(factor)
    lower = scaled.log(2.0 * np.log(low))
    upper = scaled.log(2.0 * np.log(high)) if two_sided else lower
    first, last, weight = window
    window = first * factor[:, None], last * factor[:, None], weight
    production = _shares(how, source, mass)
    displaced = bool((here.first > 0.0).any())
    return _OwnSide(
        at, mass, low, high, production, here.steady, seen, window, lower, upper, equal, displaced
    )


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


def _edges(bound: Bound, mass: Floats) -> tuple[Indices, Floats, Floats]:
    """Return which mass an edge belongs to, and lower and upper edges."""
    if bound.shape == "function":
        low = bound.at(mass)
        at = np.flatnonzero(np.isfinite(low))
        return at, low[at], np.full(len(at), np.inf)
    every = Excluded.of_lists(bound.intervals(mass))
    return every.at, every.low, every.high


def _shares(how: Rescaling, source: Carrier, mass: Floats) -> tuple[tuple[str, Floats], ...]:
    """Return mechanisms with their share over the rate in the bound's own model."""
    found = []
    for name, share in zip(how.production.mechanisms, how.production.shares_at(mass), strict=True):
        rate = source.rate(name, mass) if name != OWN else np.ones(mass.shape)
        if rate is not None:
            found.append((name, np.divide(share, rate, out=np.zeros(mass.shape), where=rate > 0.0)))
    return tuple(found)


def _window(how: Rescaling, mass: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the first and the last proper time in ns at which decays are seen, and weights."""
    one = np.ones((len(mass), 1))
    match how.lifetime:
        case Flight(instrument):
            return INSTRUMENTS[instrument].proper_times(mass)
        case ProperTimes():
            early, late = how.lifetime.window(mass)
            return early[:, None], late[:, None], one
        case Shielded(shield, volume):
            # the shield's proper time is 1 ns until both edges fix it
            return one, one * (1.0 + volume / shield), one
        case _:
            return 0.0 * one, np.inf * one, one


def _solve(
    how: Rescaling, source: Carrier, model: Carrier, own: _OwnSide, two_sided: bool
) -> tuple[Excluded, Texts]:
    """Return excluded couplings and reasons, per case."""
    mechanisms = how.production.mechanisms
    if any(one in SCATTERING for one in mechanisms):
        return _scattered(mechanisms[0], source, model, own)
    ratio = np.zeros(own.mass.shape)
    for mechanism, share in own.production:
        made = model.rate(mechanism, own.mass) if mechanism != OWN else 1.0
        if made is not None:
            ratio = ratio + share * made
    there = _signal(how, model, own.mass, own.window, ratio)
    products = " or ".join(how.decays)
    why = {
        f"{model.name} has no coupling to its production ({', '.join(mechanisms)})": ~(ratio > 0.0),
        f"{model.name} does not decay to {products} at this mass": ~(there.steady + there.flying > 0.0),
        f"{source.name} itself does not decay to {products} at this mass": ~(own.seen > 0.0),
    }
    reasons = _texts(own.mass, f"{model.name}: nowhere are enough made with a lifetime that this search sees")
    usable = np.ones(len(ratio), dtype=bool)
    for reason, cases in reversed(why.items()):
        reasons[cases] = reason
        usable &= ~cases
    chosen = np.flatnonzero(usable)
    if not chosen.size:
        return NOTHING, reasons
    there = there.chosen(chosen)
    if isinstance(how.lifetime, RequiredRate):
        solved = _from_table(how.lifetime.at(chosen), own.steady[chosen], there, source, model)
    elif isinstance(how.lifetime, AnyLifetime):
        factor = np.sqrt(own.steady[chosen] / (there.production * there.steady))
        solved = Excluded(np.arange(len(chosen)), own.low[chosen] * factor, own.high[chosen] * factor)
    else:
        solved = _through_flight(own, chosen, there, two_sided)
    found = solved.moved(chosen)
    reasons[found.at] = ""
    return found, reasons


def _through_flight(own: _OwnSide, chosen: Indices, there: SignalRate, two_sided: bool) -> Excluded:
    """Return intervals of couplings where the flight decides, for the chosen cases."""
    found = solve(there, own.lower[chosen])
    if not two_sided:
        if own.displaced:
            return found
        # a function excludes all couplings above; where its own decays come too early it does so for other reasons
        lowest = found.lowest(len(chosen))
        return Excluded.where(np.isfinite(lowest), lowest, np.full(len(chosen), np.inf))
    equal = own.equal[chosen]
    if equal.all():
        return found
    # no flight before it is seen: each edge by itself
    others = np.flatnonzero(~equal)
    upper = solve(there.chosen(others), own.upper[chosen[others]])
    bottom, top = found.lowest(len(chosen))[others], upper.lowest(len(others))
    return found.chosen(equal[found.at]).joined(Excluded.where(top >= bottom, bottom, top).moved(others))


def _signal(
    how: Rescaling,
    model: Carrier,
    mass: Floats,
    window: tuple[Floats, Floats, Floats],
    production: Floats,
) -> SignalRate:
    """Return the rate of a model from its production and a window of proper times."""
    width, steady, flying = np.zeros(mass.shape), np.ones(mass.shape), np.zeros(mass.shape)
    if how.decays:  # else exchanged: nothing decays
        width, share = model.seen(how.decays, mass)
        missing = how.decays == ("invisible",)
        if missing:  # what does not decay at all is missing energy, too
            share = np.where(width > 0.0, share, 1.0)
        if isinstance(how.lifetime, AnyLifetime | RequiredRate):
            steady = share
        elif missing:
            steady, flying = share, 1.0 - share
        else:
            steady, flying = flying, share
    first, last, weight = window
    per_ns = (width / HBAR_GEV_NS)[:, None]
    late = np.full(last.shape, np.inf)
    np.multiply(last, per_ns, out=late, where=np.isfinite(last))
    return SignalRate(production, steady, flying, first * per_ns, late, weight)


def _scattered(name: str, source: Carrier, model: Carrier, own: _OwnSide) -> tuple[Excluded, Texts]:
    if not isinstance(source, Vector) or not isinstance(model, Vector):
        return NOTHING, _texts(own.mass, f"neutrinos and electrons do not exchange {model.name}")
    coupling = equivalent(name, source.charges, model.charges, own.mass, own.low)
    found = Excluded.where(np.isfinite(coupling), coupling, np.full(len(coupling), np.inf))
    why = _texts(own.mass, f"{model.name} does not couple to both electrons and the neutrinos of {name}")
    why[found.at] = ""
    return found, why


def _from_table(
    table: RequiredRate, steady: Floats, there: SignalRate, source: Carrier, model: Carrier
) -> Excluded:
    """Return intervals from required over expected rates at the table's masses, taken at equal lifetimes."""
    # equal lifetimes: g² Γ₁ is the same; the rates then differ by one factor
    squared = source.width(table.masses) / model.width(table.masses)
    more = squared * there.production * there.steady / steady
    found: Intervals = []
    for couplings, ratios, factor, scale in zip(
        table.couplings, table.ratios, more, squared**0.5, strict=True
    ):
        below = polygon.below_zero(np.log(couplings), np.log(ratios / factor))
        found.append([(low * float(scale), high * float(scale)) for low, high in below])
    return Excluded.of_lists(found)
