"""e+e− → ηπ+π−π0 without ηω and ηφ: a₀ρ and a part without resonances, isoscalar by G parity.

Our fit (mark P) to cross sections of CMD-3, R. R. Akhmetshin et al., Phys. Lett. B 773 (2017) 150 (less ηω and
ηφ), and SND, M. N. Achasov et al., Phys. Rev. D 99 (2019) 112004, from 1.4 to 2 GeV (mark R): χ² = 33 for 28
degrees of freedom.
"""

import cmath

from scotopic.physics.hadrons.masses import CHARGED_PION, ETA
from scotopic.physics.hadrons.resonance_sum import resonant_channel

_THRESHOLD = ETA + 3.0 * CHARGED_PION
# mass, width, amplitude
_RESONANCES = ((1.659, 0.1068, 1.0), (1.911, 0.080, 0.04462 * cmath.exp(2.553j)))

ETA_THREE_PIONS = resonant_channel(
    "eta pi+ pi- pi0", "omega", _THRESHOLD, norm=12.85, power=7.508, resonances=_RESONANCES, error=0.1
)
