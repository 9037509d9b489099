"""e+e− → 2π+2π−, isovector: a₁π, f₀ρ.

Our fit (mark P) to cross sections of BaBar, J. P. Lees et al., Phys. Rev. D 85 (2012) 112009, CMD-2, R. R.
Akhmetshin et al., Phys. Lett. B 595 (2004) 101, and SND, M. N. Achasov et al., J. Exp. Theor. Phys. 96 (2003)
789, from 0.7 to 2.1 GeV (mark R): χ² = 190 for 128 degrees of freedom.
"""

import cmath

from scotopic.physics.hadrons.masses import CHARGED_PION
from scotopic.physics.hadrons.resonance_sum import resonant_channel

_THRESHOLD = 4.0 * CHARGED_PION
# mass, width, amplitude
_RESONANCES = (
    (1.481, 0.4915, 1.0),
    (1.873, 0.2127, 0.02745 * cmath.exp(4.267j)),
    (1.185, 0.2429, 0.1034 * cmath.exp(4.903j)),
)

FOUR_CHARGED_PIONS = resonant_channel(
    "2pi+ 2pi-", "rho", _THRESHOLD, norm=2.135, power=4.258, resonances=_RESONANCES, error=0.03
)
