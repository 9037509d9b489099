"""A published bound carried over to another model: production × branching fraction × lifetime, solved per mass.

The excluded couplings of the new model are those whose rate reaches the rate at the published edge. Where a bound
has two edges, their equal rates fix the momentum of what flies; elsewhere it comes from the production's kinematics.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scotopic.bounds import polygon
from scotopic.bounds.bound import Bound
from scotopic.bounds.carriers import Carrier, Vector, get_carrier
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
from scotopic.bounds.signal_rate import Intervals, SignalRate, solve, window_scale
from scotopic.numerics.units import HBAR_GEV_NS

Floats = NDArray[np.float64]

SPACING = 0.02
"""Largest step of ln m between masses, which follows the structure of hadronic widths."""

KEPT = 256
"""Bounds whose own side is kept."""

CEILING = 10.0
"""Where excluded couplings end at no finite value at some masses only, outlines close this factor above all edges."""


@dataclass(frozen=True, eq=False)
class Recast:
    """A bound in another model.

    Attributes
    ----------
    bound : Bound or None
        In the convention of the new model; None if it carries over nowhere.
    mass : (M,)
        Masses of the published bound, GeV.
    intervals : list of M lists of (low, high)
        Excluded couplings; inf where there is no upper end.
    reasons : tuple of M str
        Why the bound does not carry over; empty where it does.
    """

    bound: Bound | None
    mass: Floats
    intervals: Intervals
    reasons: tuple[str, ...]

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
            return Recast(stated, mass, stated.intervals(mass), ("",) * len(mass))
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
    intervals: Intervals = [[] for _ in mass]
    reasons = [""] * len(mass)
    for case, at in enumerate(edges.at.tolist()):
        intervals[at] += found[case]
        reasons[at] = whys[case]
    for at, more in enumerate(intervals):
        if more:
            intervals[at] = polygon.merge(more) if len(more) > 1 else more
            reasons[at] = ""
        elif not reasons[at]:
            reasons[at] = "nothing is published at this mass"
    pieces, shape = _pieces(mass, intervals)
    if not pieces:
        return Recast(None, mass, intervals, tuple(reasons))
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
    return Recast(made, mass, intervals, tuple(reasons))


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
    return Recast(None, mass, [[] for _ in mass], (why,) * len(mass))


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
    rows = [(at, low, high) for at, here in enumerate(bound.intervals(mass)) for low, high in here]
    numbers = np.array([row[0] for row in rows], dtype=np.intp)
    low, high = (np.array([row[i] for row in rows]) for i in (1, 2))
    return _Edges(numbers, mass[numbers], low, high)


def _solve(
    how: Rescaling, source: Carrier, model: Carrier, edges: _Edges, here: SignalRate, two_sided: bool
) -> tuple[Intervals, list[str]]:
    """Return excluded intervals and reasons, per case."""
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
    reasons = [""] * len(ratio)
    for reason, cases in reversed(why.items()):
        for case in np.flatnonzero(cases).tolist():
            reasons[case] = reason
    usable = ~np.logical_or.reduce(list(why.values()))
    found: Intervals = [[] for _ in reasons]
    if not usable.any():
        return found, reasons
    chosen = np.flatnonzero(usable)
    here, there = here.chosen(chosen), there.chosen(chosen)
    low, high = edges.low[chosen], edges.high[chosen]
    if isinstance(how.lifetime, RequiredRate):
        solved = _from_table(how.lifetime.at(chosen), here, there, source, model)
    elif isinstance(how.lifetime, AnyLifetime):
        factor = np.sqrt(here.steady / (there.production * there.steady))
        solved = [[pair] for pair in zip((low * factor).tolist(), (high * factor).tolist(), strict=True)]
    else:
        solved = _through_flight(here, there, low, high, two_sided)
    for case, one in zip(chosen.tolist(), solved, strict=True):
        found[case] = one
        if not one:
            reasons[case] = f"{model.name}: nowhere are enough made with a lifetime that this search sees"
    return found, reasons


def _through_flight(
    here: SignalRate, there: SignalRate, low: Floats, high: Floats, two_sided: bool
) -> Intervals:
    """Return intervals of couplings where the flight decides."""
    lower = here.log(2.0 * np.log(low))
    if not two_sided:
        found = solve(there, lower)
        displaced = bool((here.first > 0.0).any())
        # a function excludes all couplings above; where its own decays come too early it does so for other reasons
        return [[(pairs[0][0], np.inf)] if not displaced and pairs else pairs for pairs in found]
    scale = window_scale(here, low, high)
    known = np.isfinite(scale)
    factor = np.where(known, scale, 1.0)
    here, there = here.scaled(factor), there.scaled(factor)
    lower = here.log(2.0 * np.log(low))
    found = solve(there, lower)
    others = np.flatnonzero(~known)
    upper = solve(there.chosen(others), here.log(2.0 * np.log(high))[others])
    for case, two in zip(
        others.tolist(), upper, strict=True
    ):  # no flight before it is seen: each edge by itself
        one = found[case]
        found[case] = [(one[0][0], two[0][0])] if one and two and two[0][0] >= one[0][0] else []
    return found


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


def _scattered(name: str, source: Carrier, model: Carrier, edges: _Edges) -> tuple[Intervals, list[str]]:
    if not isinstance(source, Vector) or not isinstance(model, Vector):
        return [[] for _ in edges.mass], [f"neutrinos and electrons do not exchange {model.name}"] * len(
            edges.mass
        )
    coupling = equivalent(name, source.charges, model.charges, edges.mass, edges.low)
    found: Intervals = [[(g, np.inf)] if np.isfinite(g) else [] for g in coupling.tolist()]
    why = f"{model.name} does not couple to both electrons and the neutrinos of {name}"
    return found, ["" if one else why for one in found]


def _from_table(
    table: RequiredRate, here: SignalRate, there: SignalRate, source: Carrier, model: Carrier
) -> Intervals:
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
    return found


def _pieces(mass: Floats, intervals: Intervals) -> tuple[tuple[tuple[Floats, Floats], ...], str]:
    """Return a function where no interval has an upper end, else closed outlines."""
    every = [pair for here in intervals for pair in here]
    if every and min(high for _, high in every) == np.inf:
        pieces: list[tuple[Floats, Floats]] = []
        for run in _runs([bool(here) for here in intervals]):
            if len(run) > 1:
                pieces.append((mass[run], np.array([intervals[i][0][0] for i in run])))
        return tuple(pieces), "function"
    edges = [edge for pair in every for edge in pair if np.isfinite(edge)]
    top = CEILING * max(edges, default=1.0)
    closed = [[(low, min(high, top)) for low, high in here] for here in intervals]
    return polygon.from_intervals(mass, closed), "region"


def _runs(good: Sequence[bool]) -> list[list[int]]:
    """Return runs of neighbouring positions that are good."""
    runs: list[list[int]] = []
    for at, one in enumerate(good):
        if one and at and good[at - 1]:
            runs[-1].append(at)
        elif one:
            runs.append([at])
    return runs
