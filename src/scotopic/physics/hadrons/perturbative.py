"""R of quarks in perturbative QCD to α_s³.

R = 3 Σ q² (1 + a + r₂ a² + r₃ a³) + (Σ q)² s₃ a³, a = α_s/π: S. G. Gorishny, A. L. Kataev, S. A. Larin, Phys.
Lett. B 259 (1991) 144; L. R. Surguladze, M. A. Samuel, Phys. Rev. Lett. 66 (1991) 560. Bottom opens with
β(3 − β²)/2, β from the mass of B mesons (mark P). The continuum of charm opens with DD̄ and DD̄*, so that ψ of
`quarkonium` are not counted twice,

β(3 − β²)/2 Σ wᵢ (1 − exp(−(√s − tᵢ)/Δ)), β from a quark of 1.6 GeV (pole mass 1.67 ± 0.07, PDG 2022),

w and Δ and the ψ from our fit (mark P) to R from 3.74 to 10 GeV (mark R), χ² = 118 for 203 points with their
published errors, at least 3 %: Crystal Ball, A. Osterheld et al., SLAC-PUB-4160 (1986), and C. Edwards et al.,
SLAC-PUB-5160 (1990); BES, J. Z. Bai et al., Phys. Rev. Lett. 84 (2000) 594 and 88 (2002) 101802; CLEO, D. Besson et
al., Phys. Rev. D 76 (2007) 072008, and D. Cronin-Hennessy et al., Phys. Rev. D 80 (2009) 072001.
"""

import math

import numpy as np

from scotopic.numerics.arrays import Floats
from scotopic.physics.hadrons.channel import ELECTRIC, QuarkCharges
from scotopic.physics.hadrons.masses import B_MESON, D_MESON, D_STAR
from scotopic.physics.hadrons.strong_coupling import strong_coupling

_CHARM_QUARK, _CHARM_RISE = 1.6, 0.302  # GeV
_CHARM_THRESHOLDS = ((2.0 * D_MESON, 0.474), (D_MESON + D_STAR, 0.526))


def quark_ratio(sqrt_s: Floats, charges: QuarkCharges = ELECTRIC) -> Floats:
    """Return R of open quarks at √s (GeV) for a vector with these charges."""
    charm, bottom = _charm(sqrt_s), _opening(sqrt_s, B_MESON)
    n = 3.0 + charm + bottom
    a = strong_coupling(sqrt_s) / math.pi
    correction = 1.0 + a + (1.9857 - 0.1152 * n) * a**2 + (-6.6369 - 1.2001 * n - 0.0052 * n**2) * a**3
    q = charges
    squares = q.u**2 + q.d**2 + q.s**2 + q.c**2 * charm + q.b**2 * bottom
    total = q.u + q.d + q.s + q.c * charm + q.b * bottom
    return np.asarray(3.0 * squares * correction - 1.2395 * total**2 * a**3)


def _charm(sqrt_s: Floats) -> Floats:
    """Return the share of the charm continuum that is open."""
    above = [(weight, np.maximum(sqrt_s - at, 0.0)) for at, weight in _CHARM_THRESHOLDS]
    risen = sum(-weight * np.expm1(-excess / _CHARM_RISE) for weight, excess in above)
    return np.asarray(_opening(sqrt_s, _CHARM_QUARK) * risen)


def _opening(sqrt_s: Floats, mass: float) -> Floats:
    beta = np.sqrt(np.maximum(1.0 - 4.0 * mass**2 / sqrt_s**2, 0.0))
    return np.asarray(beta * (3.0 - beta**2) / 2.0)
