"""e+e− → π+π−2π0 without ωπ0, which `omega_pion` has: a₁π, ρ+ρ−, all isovector.

Our fit (mark P) to the cross section of BaBar, J. P. Lees et al., Phys. Rev. D 96 (2017) 092009, from 1 to 2.1
GeV (mark R), less ωπ0 with ω → 3π: χ² = 48 for 47 degrees of freedom.
"""

import cmath

from scotopic.physics.hadrons.breit_wigner import Array
from scotopic.physics.hadrons.channel import Channel, Currents
from scotopic.physics.hadrons.masses import CHARGED_PION
from scotopic.physics.hadrons.resonance_sum import resonance_sum

_THRESHOLD = 4.0 * CHARGED_PION
_NORM, _POWER = 1.977, 3.665
# mass, width, amplitude
_RESONANCES = (
    (1.663, 0.7744, 1.0),
    (1.872, 0.2692, 0.05344 * cmath.exp(3.348j)),
    (1.096, 0.2484, 0.3377 * cmath.exp(2.509j)),
)


def _currents(sqrt_s: Array) -> Currents:
    return resonance_sum(sqrt_s, _THRESHOLD, _NORM, _POWER, _RESONANCES), 0.0, 0.0


TWO_CHARGED_TWO_NEUTRAL_PIONS = Channel("pi+ pi- 2pi0", _THRESHOLD, _currents, error=0.05)
