"""e+e− → KK̄π through K*K̄: isovector and isoscalar, which do not interfere in the sum over charges.

Amplitudes of ρ, ρ′, ρ″ and of φ′, φ″ as fitted by T. Plehn, P. Reimitz, P. Richardson, SciPost Phys. 8 (2020)
092 (mark R: read in a program that implements it), with their K*Kπ coupling.
"""

import cmath
import math

import numpy as np

from scotopic.physics.hadrons.breit_wigner import Array, fixed, momentum
from scotopic.physics.hadrons.channel import Channel, Currents
from scotopic.physics.hadrons.masses import CHARGED_KAON, CHARGED_PION, K_STAR, K_STAR_WIDTH
from scotopic.physics.hadrons.quasi_two_body import phase_space

_COUPLING = 2.0 * 5.37392 / math.sqrt(6.0)  # of γ*K(K*→)Kπ0
_ISOVECTOR = (
    (0.77526, 0.1491, -2.34),
    (1.470, 0.400, 0.594 * cmath.exp(0.317j)),
    (1.720, 0.250, -0.0179 * cmath.exp(2.57j)),
)
_ISOSCALAR = ((1.6334, 0.218, 0.233), (1.957, 0.267, 0.0405 * cmath.exp(5.19j)))


def _amplitude(sqrt_s: Array, resonances: tuple[tuple[float, float, complex], ...]) -> np.ndarray:
    shape = sum(c * fixed(sqrt_s**2, m, w) for m, w, c in resonances)
    daughters = (CHARGED_KAON, CHARGED_PION)
    # Γ(K* → Kπ) = 3 g² p³/(6π M²), g that of Kπ0
    width = K_STAR_WIDTH / 3.0
    g = math.sqrt(6.0 * math.pi * K_STAR**2 * width / float(momentum(K_STAR**2, *daughters)) ** 3)
    space = phase_space(sqrt_s, CHARGED_KAON, K_STAR, K_STAR_WIDTH, daughters)
    # four pairs of charges K*K̄, each |a₀ ± a₁|²
    return np.asarray(2.0 * _COUPLING / (2.0 * g) * shape * np.sqrt(space))


def _isovector(sqrt_s: Array) -> Currents:
    return _amplitude(sqrt_s, _ISOVECTOR), 0.0, 0.0


def _isoscalar(sqrt_s: Array) -> Currents:
    return 0.0, 0.0, _amplitude(sqrt_s, _ISOSCALAR)


_THRESHOLD = 2.0 * CHARGED_KAON + CHARGED_PION
ISOVECTOR_KAONS_PION = Channel("K K~ pi (I=1)", _THRESHOLD, _isovector, error=0.15)
ISOSCALAR_KAONS_PION = Channel("K K~ pi (I=0)", _THRESHOLD, _isoscalar, error=0.15)
