"""e+e− → ηω and ηφ.

Our fits (mark P) from threshold to 2 GeV (mark R). ηω: SND, M. N. Achasov et al., Phys. Rev. D 94 (2016) 092002
and Phys. Rev. D 99 (2019) 112004, and CMD-3, R. R. Akhmetshin et al., Phys. Lett. B 773 (2017) 150, χ² = 60 for
58 degrees of freedom. ηφ: BaBar, B. Aubert et al., Phys. Rev. D 77 (2008) 092002, and CMD-3, V. L. Ivanov et
al., Phys. Lett. B 798 (2019) 134946, χ² = 67 for 78.
"""

import cmath

from scotopic.physics.hadrons.breit_wigner import Array
from scotopic.physics.hadrons.channel import Channel, Currents
from scotopic.physics.hadrons.masses import ETA, OMEGA, PHI
from scotopic.physics.hadrons.resonance_sum import resonance_sum

# mass, width, amplitude
_ETA_OMEGA = ((1.676, 0.1221, 1.0), (1.412, 0.080, 2.003 * cmath.exp(3.067j)))
_ETA_PHI = ((1.662, 0.1506, 1.0), (1.903, 0.242, -0.1588 * cmath.exp(3.219j)))


def _eta_omega(sqrt_s: Array) -> Currents:
    return 0.0, resonance_sum(sqrt_s, ETA + OMEGA, 0.3972, 1.907, _ETA_OMEGA), 0.0


def _eta_phi(sqrt_s: Array) -> Currents:
    return 0.0, 0.0, resonance_sum(sqrt_s, ETA + PHI, 0.1289, 0.5702, _ETA_PHI)


ETA_OMEGA = Channel("eta omega", ETA + OMEGA, _eta_omega, error=0.06)
ETA_PHI = Channel("eta phi", ETA + PHI, _eta_phi, error=0.05)
