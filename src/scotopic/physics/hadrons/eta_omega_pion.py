"""e+e− → ηωπ0, isovector by G parity.

Our fit (mark P) to cross sections of BaBar, J. P. Lees et al., Phys. Rev. D 98 (2018) 112015, and SND, M. N.
Achasov et al., Phys. Rev. D 94 (2016) 032010, from 1.55 to 2.1 GeV (mark R); SND is higher by half: χ² = 14 for
18 degrees of freedom.
"""

from scotopic.physics.hadrons.breit_wigner import Array
from scotopic.physics.hadrons.channel import Channel, Currents
from scotopic.physics.hadrons.masses import ETA, NEUTRAL_PION, OMEGA
from scotopic.physics.hadrons.resonance_sum import resonance_sum

_THRESHOLD = ETA + OMEGA + NEUTRAL_PION
_NORM, _POWER = 0.3154, 1.172
_RESONANCES = ((1.938, 0.4549, 1.0),)


def _currents(sqrt_s: Array) -> Currents:
    return resonance_sum(sqrt_s, _THRESHOLD, _NORM, _POWER, _RESONANCES), 0.0, 0.0


ETA_OMEGA_PION = Channel("eta omega pi0", _THRESHOLD, _currents, error=0.3)
