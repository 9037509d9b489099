"""The triangle of two masses m_h < m_A, m_h + m_A < √s, on which signal is simulated and interpolated.

A place in it is m_A and the fraction of m_h in the largest one, min(m_A, √s − m_A): the simulated signal then lies on a
rectangular grid, between whose points everything is linear.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.interpolate import RegularGridInterpolator

from scotopic.analysis.signal import Point
from scotopic.analysis.simulation import SignalSample, Simulation
from scotopic.numerics.arrays import Floats


def point_of(coordinates: Point, sqrt_s: float) -> Point:
    """Return (m_A, m_h) of m_A and a fraction."""
    mass, fraction = coordinates
    return mass, fraction * min(mass, sqrt_s - mass)


def triangle_grid(masses: tuple[float, ...], fractions: tuple[float, ...]) -> tuple[Point, ...]:
    """Return all pairs of m_A (GeV) and fraction, the fraction running fastest."""
    return tuple((mass, fraction) for mass in masses for fraction in fractions)


@dataclass(frozen=True)
class SignalGrid:
    """The simulated signal in rows of m_A and columns of fractions."""

    simulation: Simulation

    @cached_property
    def axes(self) -> tuple[Floats, Floats]:
        """Return m_A and fractions."""
        masses, fractions = zip(*(one.coordinates for one in self.simulation.signal), strict=True)
        return np.unique(masses), np.unique(fractions)

    @property
    def shape(self) -> tuple[int, int]:
        """Return the numbers of rows and columns."""
        return len(self.axes[0]), len(self.axes[1])

    def at(self, row: int, column: int) -> SignalSample:
        """Return one point."""
        return self.simulation.signal[row * self.shape[1] + column]

    def values(self, name: str) -> Floats:
        """Return an attribute of all points (A, F, ...)."""
        found = np.array([getattr(one, name) for one in self.simulation.signal])
        return found.reshape(*self.shape, *found.shape[1:])

    def place(self, mass: Floats, m2_recoil: Floats) -> Floats:
        """Return m_A and fraction (2, ...), moved into the grid."""
        largest = np.maximum(np.minimum(mass, self.simulation.sqrt_s - mass), 1e-3)
        fraction = np.sqrt(np.maximum(m2_recoil, 0.0)) / largest
        return np.stack(
            [np.clip(one, axis[0], axis[-1]) for one, axis in zip((mass, fraction), self.axes, strict=True)]
        )

    def interpolate(self, values: Floats, mass: Floats, m2_recoil: Floats) -> Floats:
        """Return values (A, F) at other masses."""
        where = np.moveaxis(self.place(mass, m2_recoil), 0, -1)
        return np.asarray(RegularGridInterpolator(self.axes, values)(where))

    def resolutions(self, mass: Floats, m2_recoil: Floats) -> Floats:
        """Return the resolutions (..., 2) of both observables."""
        known = self.values("resolution")
        return np.stack([self.interpolate(known[:, :, i], mass, m2_recoil) for i in (0, 1)], axis=-1)

    def correlations(self, mass: Floats, m2_recoil: Floats) -> Floats:
        """Return the correlations of the observables."""
        return self.interpolate(self.values("correlation"), mass, m2_recoil)

    def nearest(self, values: Floats, mass: Floats, m2_recoil: Floats) -> Floats:
        """Return values (A, F, ...) of the nearest points."""
        place = self.place(mass, m2_recoil)
        at = [np.abs(one[:, None] - axis).argmin(axis=1) for one, axis in zip(place, self.axes, strict=True)]
        return np.asarray(values[at[0], at[1]])
