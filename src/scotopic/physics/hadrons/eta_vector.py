"""e+e− → ηω and ηφ.

Our fits (mark P) from threshold to 2 GeV (mark R). ηω: SND, M. N. Achasov et al., Phys. Rev. D 94 (2016) 092002
and Phys. Rev. D 99 (2019) 112004, and CMD-3, R. R. Akhmetshin et al., Phys. Lett. B 773 (2017) 150, χ² = 60 for
58 degrees of freedom. ηφ: BaBar, B. Aubert et al., Phys. Rev. D 77 (2008) 092002, and CMD-3, V. L. Ivanov et
al., Phys. Lett. B 798 (2019) 134946, χ² = 67 for 78.
"""

import cmath

from scotopic.physics.hadrons.masses import ETA, OMEGA, PHI
from scotopic.physics.hadrons.resonance_sum import resonant_channel

# mass, width, amplitude
_ETA_OMEGA = ((1.676, 0.1221, 1.0), (1.412, 0.080, 2.003 * cmath.exp(3.067j)))
_ETA_PHI = ((1.662, 0.1506, 1.0), (1.903, 0.242, -0.1588 * cmath.exp(3.219j)))

ETA_OMEGA = resonant_channel(
    "eta omega", "omega", ETA + OMEGA, norm=0.3972, power=1.907, resonances=_ETA_OMEGA, error=0.06
)
ETA_PHI = resonant_channel(
    "eta phi", "phi", ETA + PHI, norm=0.1289, power=0.5702, resonances=_ETA_PHI, error=0.05
)
