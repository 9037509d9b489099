"""e+e− → ηπ+π− through ηρ.

Anomalous coupling 1/(4√3 π² f_π³) and ρ, ρ′, ρ″ after H. Czyż, M. Gunia, J. H. Kühn, JHEP 08 (2013) 110, with
the parameters as used by T. Plehn, P. Reimitz, P. Richardson, SciPost Phys. 8 (2020) 092 (mark R: read in a
program that implements it).
"""

import math

import numpy as np

from scotopic.numerics.arrays import Floats
from scotopic.physics.hadrons.breit_wigner import momentum, p_wave
from scotopic.physics.hadrons.channel import Channel, Currents
from scotopic.physics.hadrons.masses import CHARGED_PION, ETA, RHO, RHO_WIDTH
from scotopic.physics.hadrons.quasi_two_body import phase_space

_PION_DECAY = 0.0924
# mass, width, amplitude (signs: phases 0, π, π)
_RHOS = ((0.77549, 0.1494, 1.0), (1.54, 0.356, -0.326), (1.76, 0.113, -0.0115))


def _currents(sqrt_s: Floats) -> Currents:
    s = sqrt_s**2
    mass, width, first = _RHOS[0]
    shape = first * p_wave(s, mass, width, CHARGED_PION, CHARGED_PION)
    for mass, width, amplitude in _RHOS[1:]:
        shape = shape + amplitude * mass**2 / (mass**2 - s - 1j * sqrt_s * width * s / mass**2)
    shape /= sum(amplitude for _, _, amplitude in _RHOS)
    contact = RHO**2 / (4.0 * math.sqrt(3.0) * math.pi**2 * _PION_DECAY**3)
    pions = (CHARGED_PION, CHARGED_PION)
    # Γ(ρ → ππ) = g² p³/(6π M²)
    coupling = math.sqrt(6.0 * math.pi * RHO**2 * RHO_WIDTH / float(momentum(RHO**2, *pions)) ** 3)
    space = phase_space(sqrt_s, ETA, RHO, RHO_WIDTH, pions)
    return np.asarray(contact / (2.0 * coupling) * shape * np.sqrt(space)), 0.0, 0.0


ETA_TWO_PIONS = Channel("eta pi+ pi-", ETA + 2.0 * CHARGED_PION, _currents, error=0.10)
