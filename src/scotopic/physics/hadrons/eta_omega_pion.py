"""e+e− → ηωπ0, isovector by G parity.

Our fit (mark P) to cross sections of BaBar, J. P. Lees et al., Phys. Rev. D 98 (2018) 112015, and SND, M. N.
Achasov et al., Phys. Rev. D 94 (2016) 032010, from 1.55 to 2.1 GeV (mark R); SND is higher by half: χ² = 14 for
18 degrees of freedom.
"""

from scotopic.physics.hadrons.masses import ETA, NEUTRAL_PION, OMEGA
from scotopic.physics.hadrons.resonance_sum import resonant_channel

_THRESHOLD = ETA + OMEGA + NEUTRAL_PION
_RESONANCES = ((1.938, 0.4549, 1.0),)

ETA_OMEGA_PION = resonant_channel(
    "eta omega pi0", "rho", _THRESHOLD, norm=0.3154, power=1.172, resonances=_RESONANCES, error=0.3
)
