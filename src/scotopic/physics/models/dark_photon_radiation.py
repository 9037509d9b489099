"""e+e- → γA′ in closed form: the crossed Compton amplitude with a massive photon, at leading order in m_e²/s."""

import numpy as np
from numpy.typing import ArrayLike

from scotopic.numerics.arrays import Floats
from scotopic.numerics.units import GEV2_TO_PB
from scotopic.physics.standard_model import ALPHA_0, ELECTRON_MASS


def excess(mass: ArrayLike, s: float) -> Floats:
    """Return K = 4x/(1 - x)², x = m²/s, of the angular law (1 + c² + K)/(1 - c²)."""
    x = np.asarray(mass, dtype=np.float64) ** 2 / s
    return np.asarray(4.0 * x / (1.0 - x) ** 2)


def radiation_cross_section(
    mass: ArrayLike, epsilon: ArrayLike, s: float, cos_max: float, alpha: float = ALPHA_0
) -> Floats:
    """Return σ(e+e- → γA′) in pb with the photon within |cosθ*| < `cos_max`, below 1.

    (2πα²ε²/s)(1 - x){(2 + K) ln[(1 + c)/(1 - c)] - 2c}: dσ/dcosθ = (2πα²ε²/s)(1 - x)(1 + c² + K)/(1 - c²), which is
    e+e- → γγ for x → 0 (without its factor 1/2 for identical photons).

    Parameters
    ----------
    mass : array
        GeV, below √s.
    epsilon : array
        Kinetic mixing.
    s : float
        GeV².
    """
    x = np.asarray(mass, dtype=np.float64) ** 2 / s
    angular = (2.0 + excess(mass, s)) * np.log((1.0 + cos_max) / (1.0 - cos_max)) - 2.0 * cos_max
    flux = 2.0 * np.pi * alpha**2 * np.asarray(epsilon) ** 2 / s * GEV2_TO_PB
    return np.asarray(flux * (1.0 - x) * angular)


def angular_cross_section(cos: Floats, mass: float, epsilon: float, s: Floats) -> Floats:
    """Return dσ/dcosθ of e+e- → γA′ in pb, with the electron's mass where the photon is along a beam; s in GeV².

    The splitting function of either beam, with β its velocity and x = m²/s,
    (2πα²ε²/s)/(1 - x) {Σ± [(1 + x²)/(1 ∓ βc) - x(1 - β²)/(1 ∓ βc)²] - (1 - x)²},
    which is the formula above wherever the angle to the beams is larger than m_e/E.
    """
    x, mass2 = mass**2 / s, 4.0 * ELECTRON_MASS**2 / s
    beta = np.sqrt(1.0 - mass2)
    poles = [1.0 - sign * beta * cos for sign in (1.0, -1.0)]
    both = sum((1.0 + x**2) / pole - x * mass2 / pole**2 for pole in poles)
    flux = 2.0 * np.pi * ALPHA_0**2 * epsilon**2 / s * GEV2_TO_PB
    return np.asarray(np.where(x < 1.0, flux / np.maximum(1.0 - x, 1e-12) * (both - (1.0 - x) ** 2), 0.0))
