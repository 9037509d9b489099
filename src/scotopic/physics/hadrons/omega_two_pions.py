"""e+e− → ωππ (both charges): ω″, s-wave.

M = 1.667, Γ = 0.222 GeV and a peak of 2.5 nb in ωπ+π−, BaBar, B. Aubert et al., Phys. Rev. D 76 (2007) 092005
(mark M: recalled); ωπ0π0 is half of ωπ+π−.
"""

import math

import numpy as np

from scotopic.numerics.units import GEV2_TO_PB
from scotopic.physics.hadrons.breit_wigner import Array
from scotopic.physics.hadrons.channel import Channel, Currents
from scotopic.physics.hadrons.masses import CHARGED_PION, OMEGA
from scotopic.physics.standard_model import ALPHA_0

_MASS, _WIDTH, _PEAK_PB = 1.667, 0.222, 1.5 * 2470.0
_THRESHOLD = OMEGA + 2.0 * CHARGED_PION


def _currents(sqrt_s: Array) -> Currents:
    unit = 4.0 * math.pi * ALPHA_0**2 / 3.0 * GEV2_TO_PB  # σ_pt s, pb GeV²
    shape = _MASS * _WIDTH / (_MASS**2 - sqrt_s**2 - 1j * sqrt_s * _WIDTH)
    opening = np.sqrt((sqrt_s - _THRESHOLD) / (_MASS - _THRESHOLD))  # three slow particles: E² in σ
    return 0.0, math.sqrt(_PEAK_PB / unit) * _MASS * shape * np.minimum(opening, 1.5) ** 2, 0.0


OMEGA_TWO_PIONS = Channel("omega pi pi", _THRESHOLD, _currents, error=0.2)
