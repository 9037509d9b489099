"""Signal shape, efficiency and resolution against mass, from simulation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.interpolate import PchipInterpolator

from scotopic.numerics.arrays import Floats
from scotopic.selection.candidates import Candidates

# Probabilities whose quantiles define the shape; dense in the core, down to 0.05 % in the tails.
PROBABILITIES = np.concatenate([[0.0005, 0.002, 0.005], np.linspace(0.01, 0.99, 50), [0.995, 0.998, 0.9995]])


@dataclass(frozen=True)
class SignalShape:
    """Shape of the peak in x = (mass to a power), horizontally morphed between simulated masses.

    Attributes
    ----------
    mass : (K,)
        Simulated masses, GeV, rising.
    efficiency, efficiency_error : (K,)
        Selected over tree-level cross section, as `scotopic.analysis.radiation.efficiency` defines it.
    acceptance : (K,)
        Share of the generated signal whose particles fly where the search looks for them.
    resolution : (K,)
        Half of the central 68 % of x less its true value, GeV to the power: that of the detector, without radiation.
    quantiles : (K, P)
        Quantiles of the pull (x − m^power)/resolution at `PROBABILITIES`.
    power : float
        2 where spectra are those of a squared mass, 1 of a mass (of a reduced mass, then `mass` holds reduced ones).
    """

    mass: Floats
    efficiency: Floats
    efficiency_error: Floats
    acceptance: Floats
    resolution: Floats
    quantiles: Floats
    power: float = 2.0

    def efficiency_at(self, mass: Floats) -> Floats:
        """Return the efficiency, linear between the simulated masses."""
        return np.interp(mass, self.mass, self.efficiency)

    def efficiency_error_at(self, mass: Floats) -> Floats:
        """Return the statistical error of the efficiency."""
        return np.interp(mass, self.mass, self.efficiency_error)

    def acceptance_at(self, mass: Floats) -> Floats:
        """Return the acceptance."""
        return np.interp(mass, self.mass, self.acceptance)

    def resolution_at(self, mass: Floats) -> Floats:
        """Return the resolution of x."""
        return np.interp(mass, self.mass, self.resolution)

    def template(self, place: float, edges: Floats, width: float = 1.0) -> Floats:
        """Return the fraction in each bin of x of the selected signal that peaks at x = `place`.

        `width` scales the resolution: the variation that a resolution nuisance needs.
        """
        mass = float(place ** (1.0 / self.power))
        pulls = np.array([np.interp(mass, self.mass, column) for column in self.quantiles.T])
        x = place + pulls * width * float(self.resolution_at(np.array(mass)))
        cumulative = PchipInterpolator(x, PROBABILITIES)(np.clip(edges, x[0], x[-1]))
        return np.diff(cumulative)


class Measured(Protocol):
    """Selected signal of one mass, as `scotopic.analysis.simulation.SignalSample` is."""

    @property
    def candidates(self) -> Candidates:
        """Return the candidates, with their radiative tail."""

    @property
    def places(self) -> tuple[float, ...]:
        """Return the true place of the signal."""

    @property
    def resolution(self) -> tuple[float, ...]:
        """Return the resolution."""

    @property
    def efficiency(self) -> float:
        """Return the efficiency."""

    @property
    def efficiency_error(self) -> float:
        """Return its statistical error."""

    @property
    def acceptance(self) -> float:
        """Return the acceptance."""


def measure_shape(
    reduced: Floats, samples: Sequence[Measured], observable: str, power: float = 2.0
) -> SignalShape:
    """Return the shape measured on simulated signal.

    Parameters
    ----------
    reduced : (K,)
        Masses, or reduced masses, GeV, rising.
    samples : sequence of K
    observable : str
        x of the candidates.
    power : float
        Of the mass in x.
    """
    resolution = np.array([sample.resolution[0] for sample in samples])
    pulls = [
        (sample.candidates[observable] - sample.places[0]) / width
        for sample, width in zip(samples, resolution, strict=True)
    ]
    rising = np.maximum.accumulate([np.quantile(one, PROBABILITIES) for one in pulls], axis=1)
    rising += 1e-9 * np.arange(len(PROBABILITIES))
    return SignalShape(
        np.asarray(reduced),
        np.array([sample.efficiency for sample in samples]),
        np.array([sample.efficiency_error for sample in samples]),
        np.array([sample.acceptance for sample in samples]),
        resolution,
        rising,
        power,
    )
