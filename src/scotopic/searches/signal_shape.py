"""Signal shape, efficiency and resolution against mass, from simulation."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

Floats = NDArray[np.float64]

# Probabilities whose quantiles define the shape; dense in the core, down to 0.05 % in the tails.
PROBABILITIES = np.concatenate([[0.0005, 0.002, 0.005], np.linspace(0.01, 0.99, 50), [0.995, 0.998, 0.9995]])


@dataclass(frozen=True)
class SignalShape:
    """Shape of the peak in x = (squared mass), horizontally morphed between simulated masses.

    Attributes
    ----------
    mass : (K,)
        Simulated masses, GeV, rising.
    efficiency, efficiency_error : (K,)
        Selected fraction of the generated signal and its binomial error.
    acceptance : (K,)
        Share of the generated signal whose particles fly where the search looks for them.
    resolution : (K,)
        Half of the central 68 % interval of x, GeV².
    quantiles : (K, P)
        Quantiles of the pull (x − m²)/resolution at `PROBABILITIES`.
    """

    mass: Floats
    efficiency: Floats
    efficiency_error: Floats
    acceptance: Floats
    resolution: Floats
    quantiles: Floats

    def efficiency_at(self, mass: Floats) -> Floats:
        """Return the efficiency, linear between the simulated masses."""
        return np.interp(mass, self.mass, self.efficiency)

    def efficiency_error_at(self, mass: Floats) -> Floats:
        """Return the statistical error of the efficiency."""
        return np.interp(mass, self.mass, self.efficiency_error)

    def resolution_at(self, mass: Floats) -> Floats:
        """Return the resolution of x in GeV²."""
        return np.interp(mass, self.mass, self.resolution)

    def template(self, mass2: float, edges: Floats, width: float = 1.0) -> Floats:
        """Return the fraction of the selected signal of squared mass `mass2` in each bin of x.

        `width` scales the resolution: the variation that a resolution nuisance needs.
        """
        mass = float(np.sqrt(mass2))
        pulls = np.array([np.interp(mass, self.mass, column) for column in self.quantiles.T])
        x = mass2 + pulls * width * float(self.resolution_at(np.array(mass)))
        cumulative = PchipInterpolator(x, PROBABILITIES)(np.clip(edges, x[0], x[-1]))
        return np.diff(cumulative)


def measure_shape(masses: Sequence[float], samples: Sequence[tuple[Floats, int, float]]) -> SignalShape:
    """Return the shape measured on simulated signal.

    Parameters
    ----------
    masses : sequence of float
        GeV, rising.
    samples : sequence of (x, generated, acceptance)
        Selected true candidates' squared masses (GeV²), the number of generated events and their acceptance.
    """
    efficiency, error, accepted, resolution, quantiles = [], [], [], [], []
    for mass, (x, generated, acceptance) in zip(masses, samples, strict=True):
        fraction = len(x) / generated
        low, high = np.quantile(x, [0.158655, 0.841345])
        efficiency.append(fraction)
        accepted.append(acceptance)
        error.append(np.sqrt(fraction * (1.0 - fraction) / generated))
        resolution.append(0.5 * (high - low))
        quantiles.append(np.quantile((x - mass**2) / resolution[-1], PROBABILITIES))
    rising = np.maximum.accumulate(np.array(quantiles), axis=1)
    rising += 1e-9 * np.arange(len(PROBABILITIES))
    return SignalShape(
        np.array(masses),
        np.array(efficiency),
        np.array(error),
        np.array(accepted),
        np.array(resolution),
        rising,
    )
