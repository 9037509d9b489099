"""e+e− → ωπ+π− and ωπ0π0, isoscalar by G parity.

Our fit (mark P) to cross sections of BaBar, B. Aubert et al., Phys. Rev. D 76 (2007) 092005 (ωπ+π−), and J. P.
Lees et al., Phys. Rev. D 98 (2018) 112015 (ωπ0π0), from 1.15 to 2.1 GeV (mark R): χ² = 21 for 31 degrees of
freedom.
"""

import cmath

from scotopic.physics.hadrons.masses import NEUTRAL_PION, OMEGA
from scotopic.physics.hadrons.resonance_sum import resonant_channel

_THRESHOLD = OMEGA + 2.0 * NEUTRAL_PION
# mass, width, amplitude
_RESONANCES = ((1.628, 0.2589, 1.0), (1.339, 0.1938, -1.548 * cmath.exp(2.052j)))

OMEGA_TWO_PIONS = resonant_channel(
    "omega pi pi", "omega", _THRESHOLD, norm=0.538, power=2.598, resonances=_RESONANCES, error=0.1
)
