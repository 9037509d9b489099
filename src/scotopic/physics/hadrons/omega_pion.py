"""e+e− → ωπ0 through ρ, ρ′ and ρ″.

F = (g_ρωπ/f_ρ)(BW_ρ + A₁ e^{iφ₁} BW_ρ′ + A₂ e^{iφ₂} BW_ρ″). Our fit (mark P) to cross sections of SND, M. N.
Achasov et al., Phys. Rev. D 94 (2016) 112001, and CMD-2, R. R. Akhmetshin et al., Phys. Lett. B 562 (2003) 173
(ω → π0γ), and BaBar, J. P. Lees et al., Phys. Rev. D 96 (2017) 092009 (ω → 3π), from threshold to 2.1 GeV (mark
R): χ² = 141 for 102 degrees of freedom, SND lies 5 % above BaBar. It is the larger part of π+π−2π0 below 1.3 GeV.
"""

import cmath
import math

import numpy as np

from scotopic.numerics.arrays import Complexes, Floats
from scotopic.physics.hadrons.breit_wigner import momentum
from scotopic.physics.hadrons.channel import Channel, Currents
from scotopic.physics.hadrons.masses import CHARGED_PION, NEUTRAL_PION, OMEGA, RHO, RHO_EE, RHO_WIDTH
from scotopic.physics.hadrons.quasi_two_body import phase_space
from scotopic.physics.standard_model import ALPHA_0

_COUPLING = 16.448  # 1/GeV, g_ρωπ
_F_RHO = math.sqrt(4.0 * math.pi * ALPHA_0**2 * RHO / (3.0 * RHO_EE))
# mass, width, amplitude
_EXCITED = (
    (1.51735, 0.37417, 0.13336 * cmath.exp(2.28376j)),
    (2.02063, 0.17297, 0.00451 * cmath.exp(1.8946j)),
)


def _currents(sqrt_s: Floats) -> Currents:
    s = sqrt_s**2
    space = phase_space(sqrt_s, NEUTRAL_PION, OMEGA)
    pions = momentum(s, CHARGED_PION, CHARGED_PION) / momentum(RHO**2, CHARGED_PION, CHARGED_PION)
    # ρ → ωπ is open and adds to the width of ρ
    width = RHO_WIDTH * RHO**2 / s * pions**3 + _COUPLING**2 / (12.0 * math.pi) * space * sqrt_s
    shape: Complexes = np.asarray(RHO**2 / (RHO**2 - s - 1j * sqrt_s * width), dtype=np.complex128)
    for mass, excited, amplitude in _EXCITED:
        shape = shape + amplitude * mass**2 / (mass**2 - s - 1j * sqrt_s * excited)
    return _COUPLING / _F_RHO * shape * np.sqrt(space), 0.0, 0.0


OMEGA_PION = Channel("omega pi0", OMEGA + NEUTRAL_PION, _currents, error=0.05)
