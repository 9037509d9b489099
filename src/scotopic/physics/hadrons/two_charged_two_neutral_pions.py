"""e+e− → π+π−2π0 without ωπ0, which `omega_pion` has: a₁π, ρ+ρ−, all isovector.

Our fit (mark P) to the cross section of BaBar, J. P. Lees et al., Phys. Rev. D 96 (2017) 092009, from 1 to 2.1
GeV (mark R), less ωπ0 with ω → 3π: χ² = 48 for 47 degrees of freedom.
"""

import cmath

from scotopic.physics.hadrons.masses import CHARGED_PION
from scotopic.physics.hadrons.resonance_sum import resonant_channel

_THRESHOLD = 4.0 * CHARGED_PION
# mass, width, amplitude
_RESONANCES = (
    (1.663, 0.7744, 1.0),
    (1.872, 0.2692, 0.05344 * cmath.exp(3.348j)),
    (1.096, 0.2484, 0.3377 * cmath.exp(2.509j)),
)

TWO_CHARGED_TWO_NEUTRAL_PIONS = resonant_channel(
    "pi+ pi- 2pi0", "rho", _THRESHOLD, norm=1.977, power=3.665, resonances=_RESONANCES, error=0.05
)
