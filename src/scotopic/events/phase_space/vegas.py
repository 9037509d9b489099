"""Adaptive importance sampling of the unit cube.

The grid of G. P. Lepage, J. Comput. Phys. 27 (1978) 192, without stratification; the final estimate uses a frozen
grid and equal weights, because averages weighted by estimated variances are biased low where cuts run through
the cube.
"""

from dataclasses import dataclass

import numpy as np

from scotopic.numerics.arrays import Floats

BINS = 64
DAMPING = 0.7
UNIFORM = 0.03
"""Part of the density that stays uniform, so that a place which few points have seen is not given up."""


@dataclass(frozen=True)
class Grid:
    """Piecewise-constant density: `edges` (d, BINS + 1) of equally probable bins.

    Dimensions beyond the first d stay as they are.
    """

    edges: Floats

    def map(self, y: Floats) -> tuple[Floats, Floats]:
        """Return points and dx/dy (N,) of uniform numbers y (d or more, N)."""
        position = y[: len(self.edges)] * BINS
        index = np.minimum(position.astype(np.intp), BINS - 1)
        position -= index
        index += BINS * np.arange(len(self.edges))[:, None]
        width = np.diff(self.edges).ravel().take(index)
        x = self.edges[:, :-1].ravel().take(index) + position * width
        return np.concatenate([x, y[len(self.edges) :]]), np.prod(width * BINS, axis=0)

    def refined(self, y: Floats, weights: Floats) -> "Grid":
        """Return the grid adapted to |f| dx/dy = `weights` (N,) seen at y (d or more, N)."""
        edges = np.empty_like(self.edges)
        for d, column in enumerate(y[: len(self.edges)]):
            bins = np.minimum((column * BINS).astype(np.intp), BINS - 1)
            seen = np.bincount(bins, weights=weights**2, minlength=BINS)
            smooth = (np.roll(seen, 1) + 6.0 * seen + np.roll(seen, -1)) / 8.0
            smooth[0], smooth[-1] = (7.0 * seen[0] + seen[1]) / 8.0, (7.0 * seen[-1] + seen[-2]) / 8.0
            share = smooth / smooth.sum() if smooth.sum() > 0.0 else np.full(BINS, 1.0 / BINS)
            share = np.clip(share, 1e-12, 1.0 - 1e-12)
            importance = ((share - 1.0) / np.log(share)) ** DAMPING
            cumulative = np.concatenate([[0.0], np.cumsum(importance) / importance.sum()])
            cumulative = (1.0 - UNIFORM) * cumulative + UNIFORM * self.edges[d]
            edges[d] = np.interp(np.linspace(0.0, 1.0, BINS + 1), cumulative, self.edges[d])
            edges[d, 0], edges[d, -1] = 0.0, 1.0
        return Grid(edges)

    def extended(self, dimensions: int) -> "Grid":
        """Return the grid with so many further dimensions, flat ones."""
        return Grid(np.concatenate([self.edges, flat_grid(dimensions).edges]))


def flat_grid(dimensions: int) -> Grid:
    """Return the grid of uniform density."""
    return Grid(np.tile(np.linspace(0.0, 1.0, BINS + 1), (dimensions, 1)))
