"""e+e− → K+K− and K0K̄0: the kaons' form factors.

Sums of ρ, ω, φ and their excitations after C. Bruch, A. Khodjamirian and J. H. Kühn, Eur. Phys. J. C 39 (2005)
41. Our fit of coefficients, masses and widths (mark P) to cross sections from threshold to 2.1 GeV (mark R).
K+K−: BaBar, J. P. Lees et al., Phys. Rev. D 88 (2013) 032013; SND, M. N. Achasov et al., Phys. Rev. D 94 (2016)
112006 and 63 (2001) 072002; CMD-2, R. R. Akhmetshin et al., Phys. Lett. B 669 (2008) 217. K_S K_L: CMD-3, E. A.
Kozyrev et al., Phys. Lett. B 760 (2016) 314; BaBar, Phys. Rev. D 89 (2014) 092002; SND, Phys. Rev. D 63 (2001)
072002 and J. Exp. Theor. Phys. 103 (2006) 720; CMD-2, Phys. Lett. B 466 (1999) 385 and 551 (2003) 27. These
disagree by 3 to 6 % at the peak of φ.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from scotopic.numerics.arrays import Complexes, Floats
from scotopic.physics.hadrons.breit_wigner import fixed, p_wave
from scotopic.physics.hadrons.channel import Channel, Currents
from scotopic.physics.hadrons.masses import (
    CHARGED_KAON,
    CHARGED_PION,
    NEUTRAL_KAON,
    OMEGA,
    OMEGA_WIDTH,
    PHI,
    RHO,
    RHO_WIDTH,
)

# mass, width, coefficient; coefficients add to 1 (charge of the kaon)
_RHOS = ((RHO, RHO_WIDTH, 1.10013), (1.550, 0.200, -0.2257), (1.650, 0.10993, 0.12557))
_OMEGAS = ((OMEGA, OMEGA_WIDTH, 1.3128), (1.44496, 0.3032, -0.79661), (1.750, 0.600, 0.48381))
_PHIS = ((PHI, 0.00423, 0.98165), (1.68754, 0.080, 0.01835))
_NEUTRAL_PHI = 1.0406
"""Coupling of φ to K0K̄0 over that to K+K−, as fitted."""


def charged_kaon_form_factor(s: ArrayLike) -> Complexes:
    """Return F_K+(s), 1 at s = 0, with vacuum polarisation; s in GeV²."""
    rho, omega, phi = _parts(np.asarray(s, dtype=np.float64), CHARGED_KAON)
    return np.asarray(rho + omega + phi)


def neutral_kaon_form_factor(s: ArrayLike) -> Complexes:
    """Return F_K0(s), 0 at s = 0, with vacuum polarisation; s in GeV²."""
    rho, omega, phi = _parts(np.asarray(s, dtype=np.float64), NEUTRAL_KAON)
    return np.asarray(-rho + omega + phi)


def _parts(s: Floats, kaon: float) -> tuple[Complexes, Complexes, Complexes]:
    rho = 0.5 * _pion_resonances(s)
    omega = _sum(s, _OMEGAS) / 6.0
    mass, width, coefficient = _PHIS[0]
    if kaon == NEUTRAL_KAON:
        coefficient *= _NEUTRAL_PHI
    phi = coefficient * p_wave(s, mass, width, kaon, kaon) + _sum(s, _PHIS[1:])
    return rho, omega, phi / 3.0


def _pion_resonances(s: Floats) -> Complexes:
    found = [c * p_wave(s, m, w, CHARGED_PION, CHARGED_PION) for m, w, c in _RHOS]
    return np.asarray(sum(found))


def _sum(s: Floats, resonances: Sequence[tuple[float, float, float]]) -> Complexes:
    return np.asarray(sum(c * fixed(s, m, w) for m, w, c in resonances))


def _phase_space(s: Floats, kaon: float) -> Floats:
    return np.asarray(0.5 * (1.0 - 4.0 * kaon**2 / s) ** 0.75)


def _charged(sqrt_s: Floats) -> Currents:
    s = sqrt_s**2
    rho, omega, phi = _parts(s, CHARGED_KAON)
    factor = _phase_space(s, CHARGED_KAON)
    return factor * rho, factor * omega, factor * phi


def _neutral(sqrt_s: Floats) -> Currents:
    s = sqrt_s**2
    rho, omega, phi = _parts(s, NEUTRAL_KAON)
    factor = _phase_space(s, NEUTRAL_KAON)
    return -factor * rho, factor * omega, factor * phi


CHARGED_KAONS = Channel("K+ K-", 2.0 * CHARGED_KAON, _charged, error=0.03)
NEUTRAL_KAONS = Channel("K0 K0~", 2.0 * NEUTRAL_KAON, _neutral, error=0.03)
