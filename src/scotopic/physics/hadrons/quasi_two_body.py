"""Final states of a vector meson and a pseudoscalar, γ* → V P with the amplitude e F ε_{μναβ} ε^μ P^ν k^α ε′^β.

R = F² q³/√s for a narrow V, averaged over its line shape otherwise.
"""

import math

import numpy as np

from scotopic.numerics.arrays import Floats
from scotopic.physics.hadrons.breit_wigner import momentum

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)


def phase_space(
    sqrt_s: Floats,
    bachelor: float,
    mass: float,
    width: float = 0.0,
    daughters: tuple[float, float] = (0.0, 0.0),
) -> Floats:
    """Return q³/√s, with V of a width that decays to two pseudoscalars (p-wave) averaged over its line shape.

    sqrt_s, masses and the width in GeV, the result in GeV².
    """
    if width == 0.0:
        return np.asarray(momentum(sqrt_s**2, bachelor, mass) ** 3 / sqrt_s)
    # substitution m² − M² = M Γ tan φ makes the line shape flat
    low = math.atan((sum(daughters) ** 2 - mass**2) / (mass * width))
    high = np.arctan((np.maximum(sqrt_s - bachelor, sum(daughters)) ** 2 - mass**2) / (mass * width))
    half = 0.5 * (high - low)
    angle = low + half[:, None] * (1.0 + _NODES)
    squared = mass**2 + mass * width * np.tan(angle)
    p, peak = momentum(squared, *daughters), momentum(mass**2, *daughters)
    imaginary = width * (p / peak) ** 3 * mass**2 / np.sqrt(squared)  # √s′ Γ(s′)
    jacobian = ((squared - mass**2) ** 2 + (mass * width) ** 2) / (mass * width)
    shape = imaginary / ((squared - mass**2) ** 2 + imaginary**2) * jacobian / math.pi
    q = momentum(sqrt_s[:, None] ** 2, bachelor, np.sqrt(squared))
    return np.asarray((shape * q**3) @ _WEIGHTS * half / sqrt_s)
