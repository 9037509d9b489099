"""e+e− → η2π+2π− and ηπ+π−2π0 without ηωπ0: isovector by G parity.

Our fit (mark P) to cross sections of BaBar, B. Aubert et al., Phys. Rev. D 76 (2007) 092005, and J. P. Lees et
al., Phys. Rev. D 98 (2018) 112015 (less ηωπ0 with ω → 3π), and CMD-3, R. R. Akhmetshin et al., Phys. Lett. B
792 (2019) 419, from 1.6 to 2.1 GeV (mark R): χ² = 9 for 21 degrees of freedom.
"""

from scotopic.physics.hadrons.masses import CHARGED_PION, ETA
from scotopic.physics.hadrons.resonance_sum import resonant_channel

_THRESHOLD = ETA + 4.0 * CHARGED_PION
_RESONANCES = ((2.013, 0.2328, 1.0),)

ETA_FOUR_PIONS = resonant_channel(
    "eta 4pi", "rho", _THRESHOLD, norm=4.092, power=6.137, resonances=_RESONANCES, error=0.2
)
