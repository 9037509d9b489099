"""The subtracted dispersion integral Δα(q²) = −(αq²/3π) P∫ R(s) ds/(s(s − q²)) of a piecewise linear R/s."""

import math

import numpy as np

from scotopic.numerics.arrays import Floats
from scotopic.physics.standard_model import ALPHA_0


def nodes() -> Floats:
    """Return √s (GeV) from the threshold to 10 TeV, dense where R is steep."""
    steep = [
        np.linspace(mass - 14.0 * width, mass + 14.0 * width, 181)
        for mass, width in ((0.78266, 0.00868), (1.019461, 0.004249), (10.5794, 0.0205))
    ]
    wide = [
        np.linspace(0.135, 0.66, 120),
        np.linspace(0.66, 1.2, 260),
        np.linspace(1.2, 3.7, 200),
        np.linspace(3.72, 4.7, 200),
        np.linspace(4.75, 10.5, 60),
        np.linspace(10.5, 11.3, 120),
        np.geomspace(11.4, 1.0e4, 160),
    ]
    return np.unique(np.concatenate(steep + wide))


def real_delta_alpha(q2: Floats, s: Floats, ratio: Floats) -> Floats:
    """Return the real part of Δα at q² (GeV²) from `ratio`, R at s; R/s is linear between, R constant above."""
    density = ratio / s
    slopes = np.diff(density) / np.diff(s)
    # ∫ (a + b s)/(s − q²) ds over a piece is Δ[(a + b q²) ln|s − q²|] + b Δs; summed by parts over the nodes.
    # ln|q²| may be taken off the logarithm, which keeps its small values at s << |q²| exact
    bends = np.diff(np.concatenate([[0.0], slopes, [0.0]]))
    at = np.where(np.abs(q2) < 1e-12, 1e-12, q2)
    x = s / at[:, None]
    with np.errstate(divide="ignore"):
        logs = np.log1p(np.where(x < 1.0, -x, x - 2.0))  # ln|1 − x|
    logs[x == 1.0] = 0.0  # (s − q²) ln|s − q²| is 0 there
    integral = ((s - at[:, None]) * logs) @ bends + density[-1] * logs[:, -1] + slopes @ np.diff(s)
    tail = -np.log1p(-at / s[-1]) / at
    return np.asarray(-ALPHA_0 * q2 / (3.0 * math.pi) * (integral + ratio[-1] * tail))
