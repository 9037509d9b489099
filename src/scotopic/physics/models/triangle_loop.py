"""Loops of charged leptons between a spin-0 particle and two photons.

With x = m²/4m_l² and f(x) = arcsin²√x, continued above threshold (A. Djouadi, Phys. Rept. 457 (2008) 1).
"""

import cmath
import math

from scotopic.physics.standard_model import ELECTRON_MASS, MUON_MASS, TAU_MASS

LEPTON_MASSES = (ELECTRON_MASS, MUON_MASS, TAU_MASS)
_SMALL = 1e-3


def scalar_loop(mass: float, fermion_mass: float) -> complex:
    """Return A = 2 (x + (x − 1) f)/x², 4/3 for a heavy fermion and 0 for a light one."""
    x = (0.5 * mass / fermion_mass) ** 2
    if x < _SMALL:
        return 4.0 / 3.0 + 14.0 / 45.0 * x
    return 2.0 * (x + (x - 1.0) * _f(x)) / x**2


def derivative_loop(mass: float, fermion_mass: float) -> complex:
    """Return 1 − f/x of a pseudoscalar with a derivative coupling, −x/3 for a heavy fermion, 1 for a light one."""
    x = (0.5 * mass / fermion_mass) ** 2
    return -x / 3.0 - 8.0 / 45.0 * x**2 if x < _SMALL else 1.0 - _f(x) / x


def _f(x: float) -> complex:
    if x <= 1.0:
        return complex(math.asin(math.sqrt(x)) ** 2)
    root = math.sqrt(1.0 - 1.0 / x)
    # (1 + root)/(1 − root) without cancellation
    return -0.25 * (cmath.log(x * (1.0 + root) ** 2) - 1j * math.pi) ** 2
