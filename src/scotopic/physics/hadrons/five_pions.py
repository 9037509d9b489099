"""e+e− → 2π+2π−π0 and π+π−3π0 without ωππ and ηππ, which have their own files; isoscalar by G parity.

Our fit (mark P) to cross sections of BaBar, B. Aubert et al., Phys. Rev. D 76 (2007) 092005, and J. P. Lees et
al., Phys. Rev. D 98 (2018) 112015, from 1.2 to 2.1 GeV (mark R), less ωππ and ηππ of the same papers: χ² = 14
for 33 degrees of freedom.
"""

from scotopic.physics.hadrons.masses import CHARGED_PION
from scotopic.physics.hadrons.resonance_sum import resonant_channel

_THRESHOLD = 5.0 * CHARGED_PION
_RESONANCES = ((1.676, 0.8076, 1.0),)

FIVE_PIONS = resonant_channel(
    "5pi", "omega", _THRESHOLD, norm=6.406, power=8.0, resonances=_RESONANCES, error=0.25
)
