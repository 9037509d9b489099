"""Planck's bound on dark matter that still annihilates when the microwave background forms.

f ⟨σv⟩/m < 3.2e-28 cm³/s/GeV at 95 % (Planck 2018, arXiv:1807.06209, RECALLED) for identical particles, f the share of
energy that heats the plasma. S-waves are as strong then as at freeze-out, p-waves (scalar, Majorana) and pseudo-Dirac
dark matter, whose heavier state is gone, are free of it. It forbids thermal s-waves below some 10 GeV.
"""

import math
from collections.abc import Callable

import numpy as np

from scotopic.numerics.arrays import Floats
from scotopic.numerics.units import GEV2_TO_PB, SPEED_OF_LIGHT_MM_PER_NS
from scotopic.physics.dark_matter.annihilation import STATES
from scotopic.physics.dark_matter.relic_target import alp_cross_section, dark_photon_cross_section

P_ANN = 3.2e-28  # cm³/s/GeV
HEATING = (
    0.4  # RECALLED: 0.3 to 0.7 for electrons and photons of 1 MeV to 10 GeV, T. Slatyer, arXiv:1506.03811
)
SLOW = 1e-4  # velocity (c) that stands for rest
SMALL_EPSILON, SMALL_G = 1e-6, 1e-9  # (1/GeV) of which the mediator's width does not know
CM3_PER_S = GEV2_TO_PB * 1e-36 * SPEED_OF_LIGHT_MM_PER_NS * 1e8  # of 1/GeV²


def largest_annihilation(mass: float) -> float:
    """Return the largest ⟨σv⟩ (1/GeV²), averaged over all pairs, of dark matter of a mass (GeV)."""
    return P_ANN * mass / HEATING / CM3_PER_S


def annihilation_at_rest(mass: float, sigma: Callable[[Floats], Floats]) -> float:
    """Return σv (1/GeV²) of two particles of a mass (GeV) at rest, from σ(√s) in 1/GeV²."""
    return 2.0 * SLOW * float(sigma(np.array([2.0 * mass / math.sqrt(1.0 - SLOW**2)]))[0])


def dark_photon_planck_limit(mass: float, *, mass_ratio: float = 1.0 / 3.0, alpha_dark: float = 0.1) -> float:
    """Return the largest ε that Planck leaves to Dirac dark matter; masses in GeV as for `dark_photon_target`."""
    sigma, _ = dark_photon_cross_section(
        mass, SMALL_EPSILON, kind="dirac", mass_ratio=mass_ratio, alpha_dark=alpha_dark
    )
    return SMALL_EPSILON * _allowed(mass_ratio * mass, sigma)


def alp_planck_limit(mass: float, *, mass_ratio: float, dark_coupling: float) -> float:
    """Return the largest g_aγγ (1/GeV) that Planck leaves to Dirac dark matter; as for `alp_target`."""
    sigma, _ = alp_cross_section(mass, SMALL_G, mass_ratio=mass_ratio, dark_coupling=dark_coupling)
    return SMALL_G * _allowed(mass_ratio * mass, sigma)


def _allowed(mass: float, sigma: Callable[[Floats], Floats]) -> float:
    # σv goes as the square of the visible coupling
    at_rest = STATES["dirac"].pairs * annihilation_at_rest(mass, sigma)
    return math.sqrt(largest_annihilation(mass) / at_rest)
