"""Collinear initial-state radiation: the electron's structure function.

Exponentiated soft part times the leading-logarithmic hard part to second order in α (E. A. Kuraev and V. S. Fadin,
Sov. J. Nucl. Phys. 41 (1985) 466; O. Nicrosini and L. Trentadue, Phys. Lett. B 196 (1987) 551). Not included: the
photons' transverse momentum, final-state radiation, interference, vacuum polarisation, non-logarithmic K factors
(α/π(π²/3 - 1/2), 0.6 %).
"""

import math

import numpy as np
from numpy.typing import NDArray

from scotopic.physics.standard_model import ALPHA_0, ELECTRON_MASS

Floats = NDArray[np.float64]


def radiator_exponent(s: float) -> float:
    """Return β/2 = (α/π)(ln(s/m_e²) - 1), the exponent of (1 - x)^(β/2 - 1)."""
    return ALPHA_0 / math.pi * (math.log(s / ELECTRON_MASS**2) - 1.0)


def structure_function(missing: Floats, s: float) -> Floats:
    """Return D(x)/[(β/2)(1 - x)^(β/2 - 1)] at the energy share `missing` = 1 - x that photons took.

    D(x) = (β/2)(1-x)^(β/2-1)[1 + 3β/8 - β²/48 (L/3 + π² - 47/8)] - (β/4)(1+x)
    + (β²/32)[4(1+x) ln(1/(1-x)) - (1+3x²)/(1-x) ln x - 5 - x], with β = (2α/π)(L - 1), L = ln(s/m_e²).
    """
    half = radiator_exponent(s)
    beta, log = 2.0 * half, math.log(s / ELECTRON_MASS**2)
    x = 1.0 - missing
    soft = 1.0 + 0.375 * beta - beta**2 / 48.0 * (log / 3.0 + math.pi**2 - 5.875)
    with np.errstate(divide="ignore", invalid="ignore"):
        bracket = (
            -4.0 * (1.0 + x) * np.log(missing) - (1.0 + 3.0 * x**2) / missing * np.log1p(-missing) - 5.0 - x
        )
    hard = -0.25 * beta * (1.0 + x) + beta**2 / 32.0 * np.where(missing > 0.0, bracket, 0.0)
    return np.asarray(soft + hard * missing ** (1.0 - half) / half)


def radiate(u: Floats, s: float, least_share: float) -> tuple[Floats, Floats]:
    """Return the energy shares (2, N) that photons take from both beams, and their weight (N,).

    Parameters
    ----------
    u : (2, N)
        Uniform numbers; 1 - x = u^(2/β), so that the soft peak is flat.
    s : float
        GeV².
    least_share : float
        Least x₁x₂ with enough energy for the process; the weight is zero below.
    """
    missing = u ** (1.0 / radiator_exponent(s))
    weight = np.prod(structure_function(missing, s), axis=0)
    possible = np.prod(1.0 - missing, axis=0) > least_share
    return missing, np.where(possible, weight, 0.0)
