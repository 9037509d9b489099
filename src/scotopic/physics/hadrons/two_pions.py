"""e+e− → π+π−: the pion's form factor.

Gounaris–Sakurai ρ, ρ′, ρ″, ρ‴ and ρ–ω mixing with the parameters of BaBar's fit from threshold to 3 GeV: J.
P. Lees et al., Phys. Rev. D 86 (2012) 032013, table VI (mark M: recalled). The fitted cross section holds
vacuum polarisation.
"""

import cmath

import numpy as np
from numpy.typing import ArrayLike

from scotopic.physics.hadrons.breit_wigner import Array, ComplexArray, fixed, gounaris_sakurai
from scotopic.physics.hadrons.channel import Channel, Currents
from scotopic.physics.hadrons.masses import CHARGED_PION

_RHO, _RHO_WIDTH = 0.77502, 0.14959
_OMEGA, _OMEGA_WIDTH, _MIXING = 0.78191, 0.00813, 1.644e-3 * cmath.exp(-0.011j)
# mass, width, coefficient of ρ′, ρ″, ρ‴
_EXCITED = (
    (1.493, 0.427, 0.158 * cmath.exp(3.76j)),
    (1.861, 0.316, 0.068 * cmath.exp(1.39j)),
    (2.254, 0.109, 0.0051 * cmath.exp(0.70j)),
)
_SUM = 1.0 + sum(c for _, _, c in _EXCITED)


def pion_form_factor(s: ArrayLike) -> ComplexArray:
    """Return F_π(s), with vacuum polarisation; 1 at s = 0.

    Parameters
    ----------
    s : array
        GeV²; time-like (positive) or space-like. Good to 1 % from threshold to 1 GeV, 3 % to 1.4 GeV.
    """
    rho, omega = _parts(np.asarray(s, dtype=np.float64))
    return np.asarray(rho + omega)


def _parts(s: Array) -> tuple[ComplexArray, ComplexArray]:
    """Return what comes by the isovector current and what comes by ω."""
    rho = gounaris_sakurai(s, _RHO, _RHO_WIDTH, CHARGED_PION) / (1.0 + _MIXING)
    excited = sum(c * gounaris_sakurai(s, m, w, CHARGED_PION) for m, w, c in _EXCITED)
    omega = rho * _MIXING * fixed(s, _OMEGA, _OMEGA_WIDTH)
    return (rho + excited) / _SUM, omega / _SUM


def _currents(sqrt_s: Array) -> Currents:
    s = sqrt_s**2
    phase_space = 0.5 * (1.0 - 4.0 * CHARGED_PION**2 / s) ** 0.75
    rho, omega = _parts(s)
    return phase_space * rho, phase_space * omega, 0.0


TWO_PIONS = Channel("pi+ pi-", 2.0 * CHARGED_PION, _currents, error=0.01)
