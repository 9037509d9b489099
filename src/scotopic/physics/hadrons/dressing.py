"""|1 − Δα|², which turns cross sections as measured into those R is made of.

Fits of resonances describe data with the photon's vacuum polarisation in them; R has none. Here Δα needs only
a few per cent of its own size: leptons, ρ, ω, φ as poles, and constant R above thresholds.
`scotopic.physics.vacuum_polarisation` has the precise one.
"""

import math

import numpy as np

from scotopic.physics.hadrons.breit_wigner import Array, ComplexArray
from scotopic.physics.hadrons.masses import (
    OMEGA,
    OMEGA_EE,
    OMEGA_WIDTH,
    PHI,
    PHI_EE,
    PHI_WIDTH,
    RHO,
    RHO_EE,
    RHO_WIDTH,
)
from scotopic.physics.leptonic_polarisation import leptonic_delta_alpha
from scotopic.physics.standard_model import ALPHA_0

_POLES = ((RHO, RHO_WIDTH, RHO_EE), (OMEGA, OMEGA_WIDTH, OMEGA_EE), (PHI, PHI_WIDTH, PHI_EE))
# from √s on (GeV), R
_CONTINUA = ((1.3, 2.2), (3.8, 1.4), (10.6, 0.35))


def undress(sqrt_s: Array) -> Array:
    """Return |1 − Δα(s)|² to 0.3 % (1 % at the peak of φ); √s in GeV."""
    return np.asarray(np.abs(1.0 - approximate_delta_alpha(sqrt_s**2)) ** 2)


def approximate_delta_alpha(s: Array) -> ComplexArray:
    """Return Δα(s), s > 0 in GeV²."""
    found = leptonic_delta_alpha(s)
    for mass, width, electrons in _POLES:
        found = found - 3.0 * electrons / (ALPHA_0 * mass) * s / (mass**2 - s - 1j * mass * width)
    for start, ratio in _CONTINUA:
        # −(αs/3π) ∫ R ds′/(s′(s′ − s)), thresholds smeared by a fifth
        found = found + ALPHA_0 / (3.0 * math.pi) * ratio * np.log(1.0 - s / (start**2 * (1.0 - 0.2j)))
    return np.asarray(found)
