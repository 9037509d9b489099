"""e+e− → 6π and KK̄ππ: rises from threshold to the hand-over to quarks.

Cross sections near 1.8 GeV of BaBar, B. Aubert et al., Phys. Rev. D 73 (2006) 052003 (6π), Phys. Rev. D 76
(2007) 012008 (KK̄ππ, completed by isospin), mark M: recalled to 30 %; the powers are ours (mark P).
"""

import math

import numpy as np

from scotopic.numerics.units import GEV2_TO_PB
from scotopic.physics.hadrons.breit_wigner import Array
from scotopic.physics.hadrons.channel import Channel, Currents
from scotopic.physics.standard_model import ALPHA_0

_UNIT = 4.0 * math.pi * ALPHA_0**2 / 3.0 * GEV2_TO_PB  # σ_pt s, pb GeV²
_AT = 1.8  # GeV


def _rise(sqrt_s: Array, start: float, picobarn: float, power: float) -> Array:
    """Return √R of a cross section `picobarn` at 1.8 GeV that rises with a power of √s − `start`."""
    ratio = picobarn * _AT**2 / _UNIT * ((sqrt_s - start) / (_AT - start)) ** power
    return np.asarray(np.sqrt(ratio))


def _six_pions(sqrt_s: Array) -> Currents:
    return _rise(sqrt_s, 1.3, 3400.0, 3.0), 0.0, 0.0


def _kaons_two_pions(sqrt_s: Array) -> Currents:
    return 0.0, 0.0, _rise(sqrt_s, 1.35, 7000.0, 2.5)


SIX_PIONS = Channel("6pi", 1.3, _six_pions, error=0.3)
KAONS_TWO_PIONS = Channel("K K~ pi pi", 1.35, _kaons_two_pions, error=0.3)
