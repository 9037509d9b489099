"""Excluded couplings at many masses: arrays while they are computed, lists for who asks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scotopic.bounds import polygon
from scotopic.numerics.arrays import Bools, Floats, Indices

Intervals = list[list[tuple[float, float]]]

CEILING = 10.0
"""Where excluded couplings end at no finite value at some masses only, outlines close this factor above all edges."""


@dataclass(frozen=True, eq=False)
class Excluded:
    """Excluded intervals of the coupling.

    Attributes
    ----------
    at : (N,)
        Which case, or which mass, an interval belongs to; rising. Several of one stand in rising order.
    low, high : (N,)
        Edges; `high` is inf where there is no upper end.
    """

    at: Indices
    low: Floats
    high: Floats

    @classmethod
    def of_lists(cls, intervals: Sequence[Sequence[tuple[float, float]]]) -> "Excluded":
        """Return the same as arrays, one list per case."""
        pairs = np.array([pair for here in intervals for pair in here], dtype=float).reshape(-1, 2)
        return cls(np.repeat(np.arange(len(intervals)), [len(here) for here in intervals]), *pairs.T)

    @classmethod
    def where(cls, good: Bools, low: Floats, high: Floats) -> "Excluded":
        """Return one interval of each good case; edges (I,)."""
        return cls(np.flatnonzero(good), low[good], high[good])

    def lists(self, count: int) -> Intervals:
        """Return a list of intervals per case, for `count` cases."""
        found: Intervals = [[] for _ in range(count)]
        for at, low, high in zip(self.at.tolist(), self.low.tolist(), self.high.tolist(), strict=True):
            found[at].append((low, high))
        return found

    def lowest(self, count: int) -> Floats:
        """Return the lowest edge per case, NaN without an interval."""
        edge = np.full(count, np.nan)
        edge[self.at[::-1]] = self.low[::-1]  # the first one is written last
        return edge

    def moved(self, to: Indices) -> "Excluded":
        """Return the intervals with case i as case to[i], rising."""
        return Excluded(to[self.at], self.low, self.high)

    def chosen(self, kept: Bools) -> "Excluded":
        """Return some of the intervals."""
        return Excluded(self.at[kept], self.low[kept], self.high[kept])

    def joined(self, other: "Excluded") -> "Excluded":
        """Return the intervals of both, which have no case in common."""
        at = np.concatenate([self.at, other.at])
        order = np.argsort(at, kind="stable")
        low, high = np.concatenate([self.low, other.low]), np.concatenate([self.high, other.high])
        return Excluded(at[order], low[order], high[order])

    def united(self) -> "Excluded":
        """Return the intervals of each case united where they overlap."""
        several = np.unique(self.at[1:][self.at[1:] == self.at[:-1]])
        if not several.size:
            return self
        mixed = np.isin(self.at, several)
        lists = self.chosen(mixed).lists(int(several[-1]) + 1)
        return self.chosen(~mixed).joined(Excluded.of_lists([polygon.merge(here) for here in lists]))

    def pieces(self, mass: Floats) -> tuple[tuple[tuple[Floats, Floats], ...], str]:
        """Return a function of mass where no interval has an upper end, else closed outlines."""
        if self.at.size and self.high.min() == np.inf:
            runs = np.split(np.arange(len(self.at)), np.flatnonzero(np.diff(self.at) > 1) + 1)
            return tuple((mass[self.at[run]], self.low[run]) for run in runs if len(run) > 1), "function"
        ends = np.concatenate([self.low, self.high])
        top = CEILING * ends[np.isfinite(ends)].max(initial=0.0)
        return polygon.outlines(mass, self.at, self.low, np.minimum(self.high, top)), "region"


NOTHING = Excluded(np.empty(0, dtype=np.intp), np.empty(0), np.empty(0))
"""No excluded coupling."""
