"""e+e− → 2π+2π−π0 and π+π−3π0 without ωππ and ηππ, which have their own files; isoscalar by G parity.

Our fit (mark P) to cross sections of BaBar, B. Aubert et al., Phys. Rev. D 76 (2007) 092005, and J. P. Lees et
al., Phys. Rev. D 98 (2018) 112015, from 1.2 to 2.1 GeV (mark R), less ωππ and ηππ of the same papers: χ² = 14
for 33 degrees of freedom.
"""

from scotopic.physics.hadrons.breit_wigner import Array
from scotopic.physics.hadrons.channel import Channel, Currents
from scotopic.physics.hadrons.masses import CHARGED_PION
from scotopic.physics.hadrons.resonance_sum import resonance_sum

_THRESHOLD = 5.0 * CHARGED_PION
_NORM, _POWER = 6.406, 8.0
_RESONANCES = ((1.676, 0.8076, 1.0),)


def _currents(sqrt_s: Array) -> Currents:
    return 0.0, resonance_sum(sqrt_s, _THRESHOLD, _NORM, _POWER, _RESONANCES), 0.0


FIVE_PIONS = Channel("5pi", _THRESHOLD, _currents, error=0.25)
