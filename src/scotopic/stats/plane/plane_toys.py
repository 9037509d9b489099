"""Toys of a whole plane: events are drawn, not the counts of its many windows, which overlap.

The number of events of a toy is a Poisson number; each falls into a cell of the plane by the alias method (A. J.
Walker, ACM Trans. Math. Softw. 3 (1977) 253), one uniform number and two look-ups. The error of the background,
common to all cells, is one Gaussian number per toy, truncated where a cell would expect less than nothing; events
are thinned out accordingly. Counts in windows are then differences of a cumulative table, and the largest
significance is looked up.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri, ndtri_exp

from scotopic.numerics.arrays import Floats, Indices, Ints, ShortInts
from scotopic.numerics.rng import stream
from scotopic.progress import track
from scotopic.stats.counting.background_prior import PRIORS, Background, Parametric
from scotopic.stats.plane.plane_input import PlaneInput
from scotopic.stats.plane.plane_windows import Cells

BLOCK = 50  # toys
TABLE_WIDTHS = 12.0  # standard deviations up to which significances are tabulated
FEWEST = 40  # counts beyond


@dataclass(frozen=True)
class Alias:
    """Cells that are drawn with a probability proportional to their content.

    Attributes
    ----------
    total : float
        Sum of the contents.
    stay, other : (G,)
        Probability of cell g, when g was hit, and the cell taken instead.
    """

    total: float
    stay: Floats
    other: ShortInts

    @classmethod
    def build(cls, content: Floats) -> "Alias":
        """Return the tables of contents (G,)."""
        number, total = len(content), float(content.sum())
        share = (content * (number / total)).tolist() if total > 0.0 else [1.0] * number
        other = list(range(number))
        small = [g for g, one in enumerate(share) if one < 1.0]
        large = [g for g, one in enumerate(share) if one >= 1.0]
        while small and large:
            lesser, greater = small.pop(), large[-1]
            other[lesser] = greater
            share[greater] -= 1.0 - share[lesser]
            if share[greater] < 1.0:
                small.append(large.pop())
        stay = np.array(share)
        stay[[*small, *large]] = 1.0  # what rounding leaves over
        return cls(total, stay, np.array(other, dtype=np.int32))

    def draw(self, number: int, generator: np.random.Generator) -> ShortInts:
        """Return cells (number,)."""
        place = generator.random(number) * len(self.stay)
        cell = place.astype(np.int32)
        place -= cell
        return np.where(place < self.stay[cell], cell, self.other[cell])


@dataclass(frozen=True)
class PlaneToys:
    """What toys of a plane need.

    Attributes
    ----------
    grid : Cells
    alias : Alias
        Of the expected events per cell.
    relative_error : (G,)
        Of the expectation of each cell, common to all.
    table : (W, n + 1)
        Significance of 0, 1 … n events in each window.
    """

    grid: Cells
    alias: Alias
    relative_error: Floats
    table: Floats

    @classmethod
    def build(cls, grid: Cells, plane: PlaneInput) -> "PlaneToys":
        """Return the toys of a plane, of windows made up of the cells of a grid."""
        expected, error = (grid.integrate(plane.edges, one) for one in (plane.background, plane.error))
        relative = np.divide(error, expected, out=np.zeros_like(error), where=expected > 0.0)
        windows = grid.windows()
        sums = (windows.integrate(plane.edges, one) for one in (plane.background, plane.error))
        log_p = log_p_table(Parametric(PRIORS["gaussian"], *sums))
        significance = np.maximum(-ndtri_exp(log_p), 0.0)
        return cls(grid, Alias.build(expected.ravel()), relative.ravel(), significance)

    def significance(self, counts: Ints) -> Floats:
        """Return the significance (W,) of counts (W,); of more than are tabulated, that of the most."""
        last = self.table.shape[1] - 1
        return np.asarray(self.table[np.arange(len(counts)), np.minimum(counts, last)])

    def cells(self, toy: int, seed: int) -> ShortInts:
        """Return the cells of the events of one toy; toy number n is always the same."""
        generator = stream(seed, "plane toy", toy)
        least, largest = float(self.relative_error.min()), float(self.relative_error.max())
        shift = 0.0
        if largest > 0.0:  # truncated, so that no cell expects less than nothing
            lowest = ndtr(-1.0 / largest)
            shift = float(ndtri(lowest + (1.0 - lowest) * generator.random()))
        most = 1.0 + shift * (largest if shift > 0.0 else least)
        cells = self.alias.draw(int(generator.poisson(self.alias.total * most)), generator)
        if shift == 0.0:
            return cells
        kept = generator.random(len(cells)) * most < 1.0 + shift * self.relative_error[cells]
        return cells[kept]

    def counts(self, toy: int, seed: int) -> Ints:
        """Return the events (W,) in the windows of one toy."""
        return self._windowed(self.cells(toy, seed), self.grid.corners())

    def _windowed(self, cells: ShortInts, corners: Indices) -> Ints:
        shape = self.grid.shape
        table = np.zeros((shape[0] + 1, shape[1] + 1), dtype=np.int32)
        inner = table[1:, 1:]
        inner[:] = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)
        np.cumsum(inner, axis=0, out=inner)
        np.cumsum(inner, axis=1, out=inner)
        flat = table.ravel()
        found = flat[corners[0]]
        found -= flat[corners[1]]
        found -= flat[corners[2]]
        found += flat[corners[3]]
        counts: Ints = found.sum(axis=1, dtype=np.int64)
        return counts

    def largest(self, toys: int, keep: int, seed: int, workers: int) -> tuple[Floats, Floats]:
        """Return the largest significance (T,) of every toy, and all (keep, W) of the first ones."""
        corners = self.grid.corners()
        kept = np.empty((min(keep, toys), len(self.table)))

        def work(first: int) -> list[float]:
            found = []
            for toy in range(first, min(first + BLOCK, toys)):
                counts = self._windowed(self.cells(toy, seed), corners)
                z = self.significance(counts)
                if toy < len(kept):
                    kept[toy] = z
                found.append(float(z.max()))
            return found

        with ThreadPoolExecutor(workers) as pool:
            blocks = range(0, toys, BLOCK)
            done = track(pool.map(work, blocks), "toys of the plane", total=len(blocks))
            return np.array([one for block in done for one in block]), kept


def log_p_table(background: Background, largest: int = 0) -> Floats:
    """Return the logarithm of the p-value of n = 0, 1 … events (W, n + 1), up to all n that matter and `largest`."""
    spread = np.sqrt(background.mean + background.error**2)
    last = int(max(largest, (background.mean + TABLE_WIDTHS * spread).max())) + FEWEST
    logs = background.log_predictive(last)
    return np.minimum(np.logaddexp.accumulate(logs[:, ::-1], axis=1)[:, ::-1], 0.0)
