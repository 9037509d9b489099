"""Generation cuts as text, such as ``E:gamma:0.5:`` or ``M:gamma,gamma:0.2:``.

A cut reads WHAT:PARTICLES:MIN:MAX, with MIN or MAX empty where there is no bound. WHAT is one of E, p, pt, theta,
costheta, abscostheta (each for one particle), M and angle (for a pair); GeV and degrees in the centre-of-mass
frame. PARTICLES is one name (the cut holds for every such particle) or two with a comma (for every such pair);
``e``, ``mu``, ``tau`` and ``pi`` mean both charges.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from scotopic.errors import InputError
from scotopic.numerics.arrays import Bools, Floats
from scotopic.numerics.lorentz import (
    cos_polar_angle,
    invariant_mass,
    momentum,
    opening_angle,
    polar_angle,
    transverse_momentum,
)

What = Literal["E", "p", "pt", "theta", "costheta", "abscostheta", "M", "angle"]

SINGLE = ("E", "p", "pt", "theta", "costheta", "abscostheta")
PAIR = ("M", "angle")
LARGEST = {"theta": 180.0, "angle": 180.0, "costheta": 1.0, "abscostheta": 1.0}


@dataclass(frozen=True)
class GenerationCut:
    """One cut on the particles of some slots.

    Attributes
    ----------
    what : str
    slots : tuple of tuple of int
        The outgoing particles (or pairs) that the cut holds for.
    low, high : float
        GeV or degrees.
    text : str
        As the user wrote it.
    """

    what: What
    slots: tuple[tuple[int, ...], ...]
    low: float
    high: float
    text: str

    def passes(self, momenta: Floats) -> Bools:
        """Return which events (slots, 4, N) pass."""
        passed = np.ones(momenta.shape[-1], dtype=bool)
        for slots in self.slots:
            with np.errstate(invalid="ignore"):  # a particle at rest has no angle and passes no cut on it
                value = _value(self.what, [momenta[slot] for slot in slots])
            passed &= (value >= self.low) & (value <= self.high)
        return passed


def parse_cuts(texts: Sequence[str], names: Sequence[str]) -> tuple[GenerationCut, ...]:
    """Return cuts on the outgoing particles `names` of a process.

    Raises
    ------
    InputError
        Names every fault of every text.
    """
    cuts, faults = [], []
    for text in texts:
        try:
            cuts.append(_parse(text, names))
        except InputError as fault:
            faults.append(str(fault))
    if faults:
        raise InputError("; ".join(faults))
    return tuple(cuts)


def passes_all(cuts: Sequence[GenerationCut], momenta: Floats) -> Bools:
    """Return which events (slots, 4, N) of outgoing momenta pass all cuts."""
    passed = np.ones(momenta.shape[-1], dtype=bool)
    for cut in cuts:
        passed &= cut.passes(momenta)
    return passed


def lowest(cuts: Sequence[GenerationCut], what: What, slot: int) -> float:
    """Return the highest lower bound of the cuts on one particle, -inf if there is none."""
    bounds = [cut.low for cut in cuts if cut.what == what and (slot,) in cut.slots]
    return max(bounds, default=-math.inf)


def highest(cuts: Sequence[GenerationCut], what: What, slot: int) -> float:
    """Return the lowest upper bound of the cuts on one particle, inf if there is none."""
    bounds = [cut.high for cut in cuts if cut.what == what and (slot,) in cut.slots]
    return min(bounds, default=math.inf)


def cos_range(cuts: Sequence[GenerationCut], slot: int, sqrt_s: float) -> tuple[float, float]:
    """Return the range of cosθ that the cuts leave to one particle (an interval that holds it).

    A particle of transverse momentum pt is at sinθ > 2 pt/√s.
    """
    low, high = -1.0, 1.0
    for cut in cuts:
        if (slot,) not in cut.slots:
            continue
        if cut.what == "theta":
            bounds = [math.cos(math.radians(min(max(x, 0.0), 180.0))) for x in (cut.high, cut.low)]
        elif cut.what == "costheta":
            bounds = [cut.low, cut.high]
        elif cut.what == "abscostheta":
            bounds = [-cut.high, cut.high]
        elif cut.what == "pt" and cut.low > 0.0:
            widest = math.sqrt(max(1.0 - (2.0 * cut.low / sqrt_s) ** 2, 0.0))
            bounds = [-widest, widest]
        else:
            continue
        low, high = max(low, bounds[0]), min(high, bounds[1])
    return low, high


def _parse(text: str, names: Sequence[str]) -> GenerationCut:
    parts = text.split(":")
    if len(parts) != 4:
        raise InputError(f"cut {text!r}: expected WHAT:PARTICLES:MIN:MAX, for instance E:gamma:0.5:")
    what, particles, *bounds = parts
    if what not in SINGLE + PAIR:
        raise InputError(
            f"cut {text!r}: unknown quantity {what!r}, expected one of {' '.join(SINGLE + PAIR)}"
        )
    kinds = particles.split(",")
    if len(kinds) != (2 if what in PAIR else 1):
        needed = (
            "two particles, as in M:gamma,gamma:0.2:" if what in PAIR else "one particle, as in E:gamma:0.5:"
        )
        raise InputError(f"cut {text!r}: {what} takes {needed}")
    groups = []
    for kind in kinds:
        members = {kind, kind + "-", kind + "+"} if kind in ("e", "mu", "tau", "pi") else {kind}
        found = [slot for slot, name in enumerate(names) if name in members]
        if not found:
            raise InputError(
                f"cut {text!r}: no {kind!r} comes out; there are: {' '.join(sorted(set(names)))}"
            )
        groups.append(found)
    if len(groups) == 1:
        slots: tuple[tuple[int, ...], ...] = tuple((slot,) for slot in groups[0])
    elif kinds[0] == kinds[1]:
        slots = tuple(combinations(groups[0], 2))
    else:
        slots = tuple((a, b) for a in groups[0] for b in groups[1] if a != b)
    if not slots:
        raise InputError(f"cut {text!r}: there is no pair of {particles!r}")
    low, high = (
        _bound(text, bound, empty) for bound, empty in zip(bounds, (-math.inf, math.inf), strict=True)
    )
    if not low < high:
        raise InputError(f"cut {text!r}: its minimum {low:g} is not below its maximum {high:g}")
    if low > LARGEST.get(what, math.inf) or high < (-1.0 if what == "costheta" else 0.0):
        raise InputError(f"cut {text!r}: no value of {what} lies between {low:g} and {high:g}")
    return GenerationCut(what, slots, low, high, text)  # type: ignore[arg-type]


def _bound(text: str, bound: str, empty: float) -> float:
    if not bound:
        return empty
    try:
        value = float(bound)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"cut {text!r}: {bound!r} is no number")
    return value


def _value(what: What, particles: list[Floats]) -> Floats:
    p = particles[0]
    if what == "E":
        return np.asarray(p[0])
    if what == "p":
        return momentum(p)
    if what == "pt":
        return transverse_momentum(p)
    if what == "theta":
        return np.asarray(np.rad2deg(polar_angle(p)))
    if what == "costheta":
        return cos_polar_angle(p)
    if what == "abscostheta":
        return np.abs(cos_polar_angle(p))
    if what == "M":
        return invariant_mass(p + particles[1])
    return np.asarray(np.rad2deg(opening_angle(p, particles[1])))
