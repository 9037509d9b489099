"""e+e− → KK̄ππ, all charges; taken as the current of strange quarks.

Our fit (mark P) to the sum of six cross sections from 1.4 to 2.1 GeV (mark R), χ² = 17 for 25 degrees of
freedom: K+K−π+π− (J. P. Lees et al. (BaBar), Phys. Rev. D 86 (2012) 012008; D. N. Shemyakin et al. (CMD-3), Phys.
Lett. B 756 (2016) 153), K+K−2π0 (the first), K_S K_L π+π− and twice K_S K_S π+π− (BaBar, Phys. Rev. D 89 (2014)
092002), K_S K_L 2π0 (BaBar, Phys. Rev. D 95 (2017) 052001), twice K_S K±π∓π0 (BaBar, Phys. Rev. D 95 (2017)
092005). Its shares of isospin are not measured: φππ is isoscalar, K*Kπ and KK̄ρ are both, so a vector that is
not the photon has it with an error of its own size.
"""

from scotopic.physics.hadrons.masses import CHARGED_KAON, CHARGED_PION
from scotopic.physics.hadrons.resonance_sum import resonant_channel

_THRESHOLD = 2.0 * CHARGED_KAON + 2.0 * CHARGED_PION
_RESONANCES = ((1.802, 0.5101, 1.0),)

KAONS_TWO_PIONS = resonant_channel(
    "K K~ pi pi", "phi", _THRESHOLD, norm=3.007, power=2.400, resonances=_RESONANCES, error=0.08
)
