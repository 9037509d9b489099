"""e+e− → KK̄π, mostly through K*K̄: isovector and isoscalar, which do not interfere in the sum over charges.

Our fit (mark P) from threshold to 2.1 GeV (mark R) to the sum over charges, twice K_S K±π∓ and K+K−π0 of BaBar,
B. Aubert et al., Phys. Rev. D 77 (2008) 092002 (K+K−π0 also SND, M. N. Achasov et al., Eur. Phys. J. C 80 (2020)
1139), K_S K_L π0 of BaBar, J. P. Lees et al., Phys. Rev. D 95 (2017) 052001, and SND, Phys. Rev. D 97 (2018)
032011, and at once to the isoscalar and isovector parts of K*K̄ of BaBar's Dalitz plots (the first paper).
"""

import cmath

from scotopic.physics.hadrons.masses import CHARGED_KAON, CHARGED_PION
from scotopic.physics.hadrons.resonance_sum import resonant_channel

_THRESHOLD = 2.0 * CHARGED_KAON + CHARGED_PION
# mass, width, amplitude
_ISOVECTOR = ((1.4891, 0.1721, 1.0), (1.9100, 0.0800, 0.0300 * cmath.exp(-1.9715j)))
_ISOSCALAR = ((1.6583, 0.2706, 1.0), (1.7892, 0.3107, -0.3266 * cmath.exp(0.5277j)))

ISOVECTOR_KAONS_PION = resonant_channel(
    "K K~ pi (I=1)", "rho", _THRESHOLD, norm=2.610, power=3.2234, resonances=_ISOVECTOR, error=0.15
)
ISOSCALAR_KAONS_PION = resonant_channel(
    "K K~ pi (I=0)", "phi", _THRESHOLD, norm=0.8035, power=1.705, resonances=_ISOSCALAR, error=0.08
)
