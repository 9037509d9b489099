"""Signal templates between the masses at which they were simulated.

A. L. Read, Nucl. Instrum. Meth. A 425 (1999) 357: quantiles move linearly from one mass to the next, so that a
peak slides instead of fading here and rising there. The sum (the efficiency) is interpolated linearly too.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import PchipInterpolator

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats
from scotopic.stats.checks import arrays_of

QUANTILES = 4001


@dataclass(frozen=True)
class InterpolatedTemplate:
    """``template(mass, edges, width=1.0)`` for `scan`: masses (G,), quantiles (G, Q) and sums (G,)."""

    masses: Floats
    quantiles: Floats
    sums: Floats

    def __call__(self, mass: float, edges: ArrayLike, width: float = 1.0) -> Floats:
        """Return the fraction of the signal in every bin; `width` scales distances to the median."""
        if not self.masses[0] <= mass <= self.masses[-1]:
            raise InputError(
                f"mass {mass:g} lies outside the simulated ones, {self.masses[0]:g} to {self.masses[-1]:g}"
            )
        after = int(np.clip(np.searchsorted(self.masses, mass), 1, len(self.masses) - 1))
        share = (mass - self.masses[after - 1]) / (self.masses[after] - self.masses[after - 1])
        place = (1.0 - share) * self.quantiles[after - 1] + share * self.quantiles[after]
        total = (1.0 - share) * self.sums[after - 1] + share * self.sums[after]
        median = place[len(place) // 2]
        place = median + width * (place - median)
        below = np.interp(np.asarray(edges, dtype=np.float64), place, _levels())
        fractions: Floats = total * np.diff(below)
        return fractions


def interpolate_templates(masses: ArrayLike, edges: ArrayLike, fractions: ArrayLike) -> InterpolatedTemplate:
    """Return templates between simulated ones.

    Parameters
    ----------
    masses : (G,)
        Rising, at least two.
    edges : (B + 1,)
    fractions : (G, B)
        Fraction of the signal of each mass in every bin, at least 0, of sum at most one.

    Raises
    ------
    InputError
        For arrays that do not fit together and templates with NaN, negative numbers or nothing in them.
    """
    at, borders, shapes = arrays_of(masses=masses, edges=edges, fractions=fractions)
    if at.ndim != 1 or len(at) < 2 or not np.isfinite(at).all() or (np.diff(at) <= 0.0).any():
        raise InputError("masses must be at least two finite, rising numbers")
    if borders.ndim != 1 or not np.isfinite(borders).all() or (np.diff(borders) <= 0.0).any():
        raise InputError("edges must be one array of finite, rising numbers")
    if shapes.shape != (len(at), len(borders) - 1):
        raise InputError(f"fractions have shape {shapes.shape}, expected ({len(at)}, {len(borders) - 1})")
    sums = shapes.sum(axis=1)
    wrong = ~(np.isfinite(sums) & (shapes >= 0.0).all(axis=1) & (sums > 0.0) & (sums < 1.0 + 1e-6))
    if wrong.any():
        raise InputError(
            f"the template of mass {at[wrong][0]:g} must be fractions of at least 0 that add up to at most 1"
        )
    quantiles = np.array([_quantiles(borders, shape) for shape in shapes / sums[:, None]])
    return InterpolatedTemplate(at, quantiles, sums)


def _levels() -> Floats:
    # Denser at both ends, where the tails are.
    return 0.5 * (1.0 - np.cos(np.linspace(0.0, np.pi, QUANTILES)))


def _quantiles(edges: Floats, shape: Floats) -> Floats:
    # The cumulative sum, smooth and rising between the edges, turned around.
    fine = np.interp(
        np.linspace(0.0, len(edges) - 1.0, 16 * (len(edges) - 1) + 1), np.arange(len(edges)), edges
    )
    cumulative = PchipInterpolator(edges, np.append(0.0, np.cumsum(shape)))(fine)
    cumulative = np.clip(cumulative / cumulative[-1], 0.0, 1.0)
    rising = np.append(True, np.diff(np.maximum.accumulate(cumulative)) > 0.0)
    first = max(int(np.flatnonzero(rising)[1]) - 1, 0)  # where the signal begins
    rising[0], rising[first] = first == 0, True
    quantiles: Floats = np.interp(_levels(), cumulative[rising], fine[rising])
    return quantiles
