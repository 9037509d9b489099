"""Channels of phase space from the Feynman diagrams of any process.

The integrand is split among the diagrams in the ratio of their squared propagators and couplings (F. Maltoni
and T. Stelzer, JHEP 02 (2003) 027). Diagrams that differ by the exchange of identical particles have equal
integrals: one of them is sampled and counts for all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import permutations

import numpy as np

from scotopic.events.phase_space.channel import Channel
from scotopic.events.phase_space.cuts import GenerationCut
from scotopic.events.phase_space.diagram_maps import map_of
from scotopic.events.phase_space.diagrams import Diagram, Propagator, diagrams_of
from scotopic.numerics.arrays import Floats
from scotopic.numerics.spinors import (
    Momentum,
    momentum_square,
    momentum_sum,
    momentum_transfer,
    twice_product,
)
from scotopic.physics.amplitudes.squared import light_cone
from scotopic.physics.processes import Process
from scotopic.physics.standard_model import ELECTRON_MASS


def diagram_channels(
    process: Process, cuts: Sequence[GenerationCut], sqrt_s: float, *, radiated: bool
) -> tuple[Channel, ...]:
    """Return one channel per diagram, identical particles taken together."""
    diagrams = diagrams_of(process.plan)
    chosen: dict[Diagram, int] = {}
    for diagram in diagrams:
        alike = {_permuted(diagram, order) for order in _exchanges(process)}
        first = min(alike & diagrams.keys())
        chosen[first] = chosen.get(first, 0) + 1
    numbers = list(diagrams)
    shares = _Shares(process, tuple(diagrams), tuple(diagrams.values()))
    channels = []
    for number, (diagram, multiplicity) in enumerate(chosen.items()):
        made = map_of(process, diagram, cuts, sqrt_s, radiated=radiated)
        share = partial(shares.of, numbers.index(diagram), multiplicity)
        channels.append(Channel(f"diagram {number}", made.dimensions, made.build, share))
    return tuple(channels)


def _exchanges(process: Process) -> list[dict[int, int]]:
    names = process.outgoing
    slots = range(len(names))
    return [
        {a + 2: b + 2 for a, b in zip(slots, order, strict=True)}
        for order in permutations(slots)
        if all(names[a] == names[b] for a, b in zip(slots, order, strict=True))
    ]


def _permuted(diagram: Diagram, order: dict[int, int]) -> Diagram:
    def moved(legs: int) -> int:
        return legs & 0b11 | sum(1 << new for old, new in order.items() if legs >> old & 1)

    return tuple(sorted(Propagator(moved(one.legs), one.mass, one.width) for one in diagram))


@dataclass(frozen=True)
class _Shares:
    process: Process
    diagrams: tuple[Diagram, ...]
    couplings: tuple[float, ...]

    def of(self, number: int, multiplicity: int, momenta: Floats, sqrt_s: Floats) -> Floats:
        """Return the part of the integrand that a diagram samples."""
        legs = [_beam(sqrt_s, 0), _beam(sqrt_s, 1)]
        made = light_cone(momenta, self.process.masses[2:])
        legs += [(p[0], p[1], p[2], p[3]) for p in made]
        squares = {
            one: 1.0 / ((x := self._distance(one, legs)) * x + (one.mass * one.width) ** 2)
            for one in {one for diagram in self.diagrams for one in diagram}
        }
        # diagrams with fewer propagators have √s in the place of those that are left out
        longest = max(len(diagram) for diagram in self.diagrams)
        peaks = [
            coupling * np.prod([sqrt_s ** -(4 * (longest - len(one))), *(squares[p] for p in one)], axis=0)
            for one, coupling in zip(self.diagrams, self.couplings, strict=True)
        ]
        return np.asarray(multiplicity * peaks[number] / np.sum(peaks, axis=0))

    def _distance(self, one: Propagator, legs: list[Momentum]) -> Floats:
        # q² - m², without cancellation where two external legs make it
        outgoing = [i for i in range(2, len(legs)) if one.legs >> i & 1]
        masses = self.process.masses
        if not one.exchanged:
            if len(outgoing) == 2:
                i, j = outgoing
                square = twice_product(legs[i], legs[j], masses[i], masses[j])
                return np.asarray(square + (masses[i] ** 2 + masses[j] ** 2 - one.mass**2))
            return np.asarray(momentum_square(_sum([legs[i] for i in outgoing])) - one.mass**2)
        beam = 1
        others = [i for i in range(2, len(legs)) if i not in outgoing]
        if len(others) < len(outgoing):
            beam, outgoing = 0, others
        if len(outgoing) == 1:
            mass = masses[outgoing[0]]
            if mass == ELECTRON_MASS and one.mass == 0.0:
                return np.asarray(momentum_transfer(legs[beam], legs[outgoing[0]], mass))
            constant = ELECTRON_MASS**2 + mass**2 - one.mass**2
            return constant - np.asarray(twice_product(legs[beam], legs[outgoing[0]], ELECTRON_MASS, mass))
        a, b, c, d = _sum([legs[i] for i in outgoing])
        return np.asarray(momentum_square(_sum([legs[beam], (-a, -b, -c, -d)])) - one.mass**2)


def _sum(momenta: list[Momentum]) -> Momentum:
    total = momenta[0]
    for p in momenta[1:]:
        total = momentum_sum(total, p)
    return total


def _beam(sqrt_s: Floats, side: int) -> Momentum:
    large = 0.5 * sqrt_s + np.sqrt(0.25 * sqrt_s**2 - ELECTRON_MASS**2)
    small = ELECTRON_MASS**2 / large
    zero = 0.0 * large
    return (large, small, zero, zero) if side == 0 else (small, large, zero, zero)
