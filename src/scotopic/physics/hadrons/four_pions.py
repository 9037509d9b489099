"""e+e− → 2π+2π− and what π+π−2π0 has beside ωπ0: a₁π, ρρ, f₀ρ, all isovector.

Two Breit–Wigner amplitudes times a power that stands for the phase space; parameters are our fit (mark P) to
cross sections of BaBar, J. P. Lees et al., Phys. Rev. D 85 (2012) 112009 and Phys. Rev. D 96 (2017) 092009,
at twelve energies from 0.9 to 2 GeV (mark M: recalled), with ωπ0 of `omega_pion` taken off.
"""

import cmath

import numpy as np

from scotopic.physics.hadrons.breit_wigner import Array
from scotopic.physics.hadrons.channel import Channel, Currents
from scotopic.physics.hadrons.masses import CHARGED_PION

_NORM, _POWER = 0.7217, 3.5
# mass, width, amplitude
_RESONANCES = ((1.0487, 0.3596, 1.0), (1.5479, 0.5775, 3.1166 * cmath.exp(10.276j)))


def _currents(sqrt_s: Array) -> Currents:
    shape = sum(a * m**2 / (m**2 - sqrt_s**2 - 1j * sqrt_s * w) for m, w, a in _RESONANCES)
    return np.asarray(_NORM * (1.0 - 4.0 * CHARGED_PION / sqrt_s) ** _POWER * shape), 0.0, 0.0


FOUR_PIONS = Channel("4pi", 4.0 * CHARGED_PION, _currents, error=0.07)
