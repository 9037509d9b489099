"""e+e− → ηω and ηφ: one p-wave resonance each.

ηω: ω″, B_ee B = 4.4e-7, M = 1.660, Γ = 0.110 GeV, SND, M. N. Achasov et al., Phys. Rev. D 94 (2016) 092002;
ηφ: φ′, Γ_ee B = 138 eV, M = 1.709, Γ = 0.322 GeV, BaBar, B. Aubert et al., Phys. Rev. D 77 (2008) 092002.
Mark M: recalled.
"""

import math

import numpy as np

from scotopic.physics.hadrons.breit_wigner import Array, ComplexArray, momentum
from scotopic.physics.hadrons.channel import Channel, Currents
from scotopic.physics.hadrons.masses import ETA, OMEGA, PHI
from scotopic.physics.standard_model import ALPHA_0


def _resonance(sqrt_s: Array, mass: float, width: float, product: float, vector: float) -> ComplexArray:
    """Return √R of a p-wave resonance with B_ee B_f = `product`."""
    s = sqrt_s**2
    shape = mass * width / (mass**2 - s - 1j * sqrt_s * width)
    opening = (momentum(s, ETA, vector) / momentum(mass**2, ETA, vector)) ** 1.5 * np.sqrt(mass / sqrt_s)
    return np.asarray(3.0 / ALPHA_0 * math.sqrt(product) * shape * opening)


def _eta_omega(sqrt_s: Array) -> Currents:
    return 0.0, _resonance(sqrt_s, 1.660, 0.110, 4.4e-7, OMEGA), 0.0


def _eta_phi(sqrt_s: Array) -> Currents:
    return 0.0, 0.0, _resonance(sqrt_s, 1.709, 0.322, 138e-9 / 0.322, PHI)


ETA_OMEGA = Channel("eta omega", ETA + OMEGA, _eta_omega, error=0.15)
ETA_PHI = Channel("eta phi", ETA + PHI, _eta_phi, error=0.2)
