"""Relativistic thermal average of an annihilation cross section, resonances and thresholds resolved.

⟨σv⟩ = ∫ σ (s − 4m²) √s K₁(√s/T) ds / [8 m⁴ T K₂(m/T)²] with both particles in the plasma's frame (P. Gondolo and
G. Gelmini, Nucl. Phys. B 360 (1991) 145).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import kve

from scotopic.numerics.arrays import Floats

ORDER = 10  # Gauss-Legendre points per segment
DECADES = np.logspace(-7.0, np.log10(20.0), 70)  # of √s/2m − 1
ACROSS = np.array([0.25, 0.5, 1.0, 1.6, 2.5, 4.0, 7.0, 15.0, 40.0, 120.0, 400.0, 2e3, 1e4])
"""Widths from a pole at which a segment ends."""


@dataclass(frozen=True)
class Pole:
    """A resonance or, with a width of zero, a threshold in √s; GeV."""

    mass: float
    width: float = 0.0


@dataclass(frozen=True)
class Spectrum:
    """σ (s − 4m²) √s ds on nodes of √s, each with its weight in a quadrature."""

    mass: float
    energy: Floats
    weight: Floats

    def average(self, x: Floats) -> Floats:
        """Return ⟨σv⟩ at x = m/T, in the unit of the cross section."""
        t = self.mass / np.asarray(x, dtype=np.float64)[..., None]
        z = self.energy / t
        # K₁(z)/K₂(x)² with the exponentials taken out
        ratio = kve(1, z) / kve(2, self.mass / t) ** 2 * np.exp(2.0 * self.mass / t - z)
        return np.asarray((self.weight * ratio / (8.0 * self.mass**4 * t)).sum(axis=-1))


def tabulate(mass: float, cross_section: Callable[[Floats], Floats], poles: Sequence[Pole] = ()) -> Spectrum:
    """Return the spectrum of a cross section of √s (GeV) for particles of a mass (GeV).

    Parameters
    ----------
    cross_section : callable
        σ(√s), finite above √s = 2m; may grow there as 1/β.
    poles : sequence of Pole
        Where it changes fast.
    """
    edges = [2.0 * mass * (1.0 + DECADES), np.array([2.0 * mass])]
    for pole in poles:
        edges.append(np.array([pole.mass]))
        edges += [pole.mass + sign * pole.width * ACROSS for sign in (-1.0, 1.0) if pole.width > 0.0]
    joined = np.unique(np.concatenate(edges))
    joined = joined[(joined >= 2.0 * mass) & (joined <= edges[0].max())]
    joined = joined[np.concatenate([[True], np.diff(joined) > 1e-14 * mass])]
    points, weights = np.polynomial.legendre.leggauss(ORDER)
    half = 0.5 * np.diff(joined)
    energy = (joined[:-1, None] + half[:, None] * (1.0 + points)).ravel()
    width = (half[:, None] * weights).ravel()
    s = energy**2
    excess = (energy - 2.0 * mass) * (energy + 2.0 * mass)
    return Spectrum(mass, energy, width * 2.0 * energy * cross_section(energy) * excess * np.sqrt(s))
