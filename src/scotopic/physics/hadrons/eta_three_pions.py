"""e+e− → ηπ+π−π0 without ηω and ηφ: a₀ρ and a part without resonances, isoscalar by G parity.

Our fit (mark P) to cross sections of CMD-3, R. R. Akhmetshin et al., Phys. Lett. B 773 (2017) 150 (less ηω and
ηφ), and SND, M. N. Achasov et al., Phys. Rev. D 99 (2019) 112004, from 1.4 to 2 GeV (mark R): χ² = 33 for 28
degrees of freedom.
"""

import cmath

from scotopic.physics.hadrons.breit_wigner import Array
from scotopic.physics.hadrons.channel import Channel, Currents
from scotopic.physics.hadrons.masses import CHARGED_PION, ETA
from scotopic.physics.hadrons.resonance_sum import resonance_sum

_THRESHOLD = ETA + 3.0 * CHARGED_PION
_NORM, _POWER = 12.85, 7.508
# mass, width, amplitude
_RESONANCES = ((1.659, 0.1068, 1.0), (1.911, 0.080, 0.04462 * cmath.exp(2.553j)))


def _currents(sqrt_s: Array) -> Currents:
    return 0.0, resonance_sum(sqrt_s, _THRESHOLD, _NORM, _POWER, _RESONANCES), 0.0


ETA_THREE_PIONS = Channel("eta pi+ pi- pi0", _THRESHOLD, _currents, error=0.1)
