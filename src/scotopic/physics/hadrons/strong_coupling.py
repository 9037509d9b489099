"""α_s(μ) in the MS-bar scheme, three loops, α_s(M_Z) = 0.1180 ± 0.0009 (PDG 2022)."""

import math
from functools import cache

import numpy as np
from scipy.integrate import solve_ivp

from scotopic.numerics.arrays import Floats
from scotopic.physics.standard_model import Z_MASS

ALPHA_S_Z = 0.1180
CHARM_MASS, BOTTOM_MASS = 1.27, 4.18
"""m(m) in the MS-bar scheme, GeV, PDG 2022: flavours join there."""

_LOWEST, _HIGHEST = 1.0, 1e4


def strong_coupling(scale: Floats) -> Floats:
    """Return α_s at a scale (GeV), held at its ends below 1 GeV and above 10 TeV."""
    logs, values = _table()
    return np.asarray(np.interp(np.log(scale), logs, values))


def _beta(log_scale: float, alpha: float) -> float:
    """Return dα_s/dlnμ."""
    n = 3 + (log_scale > math.log(CHARM_MASS)) + (log_scale > math.log(BOTTOM_MASS))
    b0 = 11.0 - 2.0 * n / 3.0
    b1 = 102.0 - 38.0 * n / 3.0
    b2 = 1428.5 - 5033.0 * n / 18.0 + 325.0 * n**2 / 54.0
    a = alpha / (4.0 * math.pi)
    return -2.0 * alpha * a * (b0 + a * (b1 + a * b2))


@cache
def _table() -> tuple[Floats, Floats]:
    start = math.log(Z_MASS)
    pieces = []
    for end, points in ((math.log(_LOWEST), 240), (math.log(_HIGHEST), 60)):
        at = np.linspace(start, end, points)
        found = solve_ivp(
            lambda x, y: [_beta(x, y[0])], (start, end), [ALPHA_S_Z], t_eval=at, rtol=1e-8, max_step=0.1
        )
        pieces.append((at, found.y[0]))
    (down, below), (up, above) = pieces
    return np.concatenate([down[::-1], up[1:]]), np.concatenate([below[::-1], above[1:]])
