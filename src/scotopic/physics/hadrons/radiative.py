"""e+e− → π0γ and ηγ through ρ, ω and φ.

Each amplitude √R has the height (3/α) √(B_ee B_f) and the phase space q³ about it. Branching fractions of PDG
2022, phases of SND: M. N. Achasov et al., Phys. Lett. B 559 (2003) 171 (π0γ) and Phys. Rev. D 74 (2006)
014016 (ηγ). Mark M: recalled.
"""

import cmath
import math
from collections.abc import Sequence

import numpy as np

from scotopic.numerics.arrays import Complexes, Floats
from scotopic.physics.hadrons.breit_wigner import fixed, momentum, p_wave
from scotopic.physics.hadrons.channel import Channel, Currents
from scotopic.physics.hadrons.masses import (
    CHARGED_PION,
    ETA,
    NEUTRAL_PION,
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
from scotopic.physics.standard_model import ALPHA_0

_DEGREE = math.pi / 180.0
# fraction of ρ, ω, φ that decays so, phase
_PI0_GAMMA = ((4.7e-4, -12.7 * _DEGREE), (0.0835, 0.0), (1.32e-3, 158.0 * _DEGREE))
_ETA_GAMMA = ((3.0e-4, 0.0), (4.5e-4, 11.3 * _DEGREE), (1.303e-2, 170.0 * _DEGREE))
_VECTORS = ((RHO, RHO_WIDTH, RHO_EE), (OMEGA, OMEGA_WIDTH, OMEGA_EE), (PHI, PHI_WIDTH, PHI_EE))


def _three(sqrt_s: Floats, meson: float, fractions: Sequence[tuple[float, float]]) -> Currents:
    found = []
    for (mass, width, electrons), (fraction, phase) in zip(_VECTORS, fractions, strict=True):
        peak = 3.0 / ALPHA_0 * math.sqrt(electrons / width * fraction) * cmath.exp(1j * phase)
        found.append(peak * _shape(sqrt_s, mass, width, meson))
    return found[0], found[1], found[2]


def _shape(sqrt_s: Floats, mass: float, width: float, meson: float) -> Complexes:
    """Return the amplitude of a resonance, of modulus 1 at its peak."""
    s = sqrt_s**2
    if mass == RHO:
        propagator: Complexes = p_wave(s, mass, width, CHARGED_PION, CHARGED_PION)
    else:
        propagator = fixed(s, mass, width)
    phase_space = momentum(s, meson, 0.0) ** 1.5 / momentum(mass**2, meson, 0.0) ** 1.5
    return np.asarray(propagator * width / mass * phase_space * np.sqrt(mass / sqrt_s))


def _pi0_gamma(sqrt_s: Floats) -> Currents:
    return _three(sqrt_s, NEUTRAL_PION, _PI0_GAMMA)


def _eta_gamma(sqrt_s: Floats) -> Currents:
    return _three(sqrt_s, ETA, _ETA_GAMMA)


PI0_GAMMA = Channel("pi0 gamma", NEUTRAL_PION, _pi0_gamma, error=0.04)
ETA_GAMMA = Channel("eta gamma", ETA, _eta_gamma, error=0.04)
