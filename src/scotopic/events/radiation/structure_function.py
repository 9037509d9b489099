"""The electron's structure function: which share of its energy an electron has left after it radiated.

Leading logarithms of the non-singlet evolution, soft photons exponentiated to all orders (V. N. Gribov and
L. N. Lipatov, Sov. J. Nucl. Phys. 15 (1972) 438), hard photons to third order (M. Skrzypek and S. Jadach,
Z. Phys. C 49 (1991) 577), as W. Beenakker et al., hep-ph/9602351, write it down.
"""

import math

import numpy as np
from scipy.special import gamma, spence

from scotopic.numerics.arrays import Floats
from scotopic.physics.standard_model import ALPHA_0, ELECTRON_MASS

TINY = 1e-300


def radiator_exponent(s: float) -> float:
    """Return η = (α/π)(ln(s/m_e²) - 1), the exponent of (1 - x)^(η - 1); s in GeV²."""
    return ALPHA_0 / math.pi * (math.log(s / ELECTRON_MASS**2) - 1.0)


def structure_function(missing: Floats, eta: float | Floats) -> Floats:
    """Return D(x)/[η (1 - x)^(η - 1)].

    D(x) = e^{η(3/4 - γ)}/Γ(1 + η) η (1-x)^(η-1) - (η/2)(1+x)
    - (η²/8)[(1+3x²)/(1-x) ln x + 4(1+x) ln(1-x) + 5 + x]
    - (η³/48){(1+x)[6 Li₂(x) + 12 ln²(1-x) - 3π²] + [(3/2)(1+8x+3x²) ln x + 6(x+5)(1-x) ln(1-x)
    + 12(1+x²) ln x ln(1-x) - (1+7x²)/2 ln²x + (39-24x-15x²)/4]/(1-x)}, and ∫D dx = 1 up to η⁴.

    Parameters
    ----------
    missing : (N,)
        1 - x, the share of the beam's energy that photons took, below 1.
    eta : float or (N,)
        As `radiator_exponent` returns it.
    """
    y = np.maximum(missing, TINY)
    x = 1.0 - y
    log_y = np.log(y)
    log_x = np.log1p(-y) / y  # ln x/(1 - x), which is -1 for y = 0
    first = 1.0 + x
    second = (1.0 + 3.0 * x * x) * log_x + 4.0 * (1.0 + x) * log_y + 5.0 + x
    third = (1.0 + x) * (6.0 * spence(y) + 12.0 * log_y**2 - 3.0 * math.pi**2)
    third += 1.5 * (1.0 + 8.0 * x + 3.0 * x * x) * log_x + 6.0 * (x + 5.0) * log_y
    third += 12.0 * (1.0 + x * x) * log_x * log_y - 0.5 * (1.0 + 7.0 * x * x) * log_x**2 * y
    third += 0.75 * (18.0 - 5.0 * y)
    hard = first / 2.0 + eta / 8.0 * second + eta**2 / 48.0 * third
    return np.asarray(soft_factor(eta) - hard * y ** (1.0 - eta))


def soft_factor(eta: float | Floats) -> Floats:
    """Return e^{η(3/4 - γ)}/Γ(1 + η); times δ^η it is the probability that photons take less than a small δ."""
    return np.asarray(np.exp(eta * (0.75 - np.euler_gamma)) / gamma(1.0 + eta))
