"""e+e− → 6π: isovector by G parity, η → 3π of `eta_three_pions` and ηω taken off.

Our fit (mark P) to 3(π+π−) of BaBar, B. Aubert et al., Phys. Rev. D 73 (2006) 052003, and CMD-3, R. R.
Akhmetshin et al., Phys. Lett. B 723 (2013) 82, and to 2(π+π−π0) of BaBar, from 1.3 to 2.1 GeV (mark R): χ² = 20
for 25 degrees of freedom. π+π−4π0 is not measured: 0.0625 of 3(π+π−) and 0.145 of 2(π+π−π0) by isospin, as
evaluations of the muon's moment take it (mark M: recalled).
"""

import cmath

from scotopic.physics.hadrons.masses import CHARGED_PION
from scotopic.physics.hadrons.resonance_sum import resonant_channel

_THRESHOLD = 6.0 * CHARGED_PION
# mass, width, amplitude
_RESONANCES = ((1.730, 0.2466, 1.0), (2.083, 0.2760, 0.1807 * cmath.exp(1.023j)))

SIX_PIONS = resonant_channel(
    "6pi", "rho", _THRESHOLD, norm=11.55, power=8.0, resonances=_RESONANCES, error=0.1
)
