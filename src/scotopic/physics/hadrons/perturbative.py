"""R of quarks in perturbative QCD to α_s³.

R = 3 Σ q² (1 + a + r₂ a² + r₃ a³) + (Σ q)² s₃ a³, a = α_s/π: S. G. Gorishny, A. L. Kataev, S. A. Larin, Phys.
Lett. B 259 (1991) 144; L. R. Surguladze, M. A. Samuel, Phys. Rev. Lett. 66 (1991) 560. Charm and bottom open
with β(3 − β²)/2, β from the mass of D and B mesons (mark P: an effective threshold, 3 % in R at 4 to 5 GeV).
"""

import math

import numpy as np
from numpy.typing import NDArray

from scotopic.physics.hadrons.channel import ELECTRIC, QuarkCharges
from scotopic.physics.hadrons.masses import B_MESON, D_MESON
from scotopic.physics.hadrons.strong_coupling import strong_coupling

Array = NDArray[np.float64]


def quark_ratio(sqrt_s: Array, charges: QuarkCharges = ELECTRIC) -> Array:
    """Return R of open quarks at √s (GeV) for a vector with these charges."""
    charm, bottom = _opening(sqrt_s, D_MESON), _opening(sqrt_s, B_MESON)
    n = 3.0 + charm + bottom
    a = strong_coupling(sqrt_s) / math.pi
    correction = 1.0 + a + (1.9857 - 0.1152 * n) * a**2 + (-6.6369 - 1.2001 * n - 0.0052 * n**2) * a**3
    q = charges
    squares = q.u**2 + q.d**2 + q.s**2 + q.c**2 * charm + q.b**2 * bottom
    total = q.u + q.d + q.s + q.c * charm + q.b * bottom
    return np.asarray(3.0 * squares * correction - 1.2395 * total**2 * a**3)


def _opening(sqrt_s: Array, mass: float) -> Array:
    beta = np.sqrt(np.maximum(1.0 - 4.0 * mass**2 / sqrt_s**2, 0.0))
    return np.asarray(beta * (3.0 - beta**2) / 2.0)
