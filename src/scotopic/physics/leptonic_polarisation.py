"""Vacuum polarisation by e, μ and τ."""

import math

import numpy as np
from numpy.typing import ArrayLike

from scotopic.numerics.arrays import Complexes, Floats
from scotopic.physics.standard_model import ALPHA_0, ELECTRON_MASS, MUON_MASS, TAU_MASS

_ZETA_3 = 1.2020569031595942


def leptonic_delta_alpha(q2: ArrayLike) -> Complexes:
    """Return Δα of e, μ, τ at q² (GeV²), space-like (negative) or time-like.

    One loop exactly, −(αq²/3π) ∫ R ds/(s(s − q² − i0)) with R = β(3 − β²)/2; two loops by their logarithm and
    constant at large |q²|/m², M. Steinhauser, Phys. Lett. B 429 (1998) 158, fading out at |q²| ~ m².
    """
    q2 = np.asarray(q2, dtype=np.float64)
    found = np.zeros(q2.shape, dtype=np.complex128)
    for mass in (ELECTRON_MASS, MUON_MASS, TAU_MASS):
        ratio = q2 / mass**2
        found += ALPHA_0 / math.pi * (_one_loop(ratio) + ALPHA_0 / math.pi * _two_loops(ratio))
    return found


def _one_loop(ratio: Floats) -> Complexes:
    """Return Δα in units of α/π, q²/m² = `ratio`."""
    small = np.abs(ratio) < 1e-3
    x = np.where(small, 1.0, ratio)
    root = np.sqrt((1.0 - 4.0 / x).astype(np.complex128))
    # ln((β + 1)/(β − 1)), with −iπ above threshold (q² + i0) and 2i·arccot below
    with np.errstate(divide="ignore", invalid="ignore"):
        logarithm = np.log((root + 1.0) / (root - 1.0))
    logarithm = np.where(x > 4.0, logarithm.real - 1j * math.pi, logarithm)
    exact = (-5.0 / 3.0 - 4.0 / x + (1.0 + 2.0 / x) * root * np.where(x == 4.0, 0.0, logarithm)) / 3.0
    series = -ratio / 15.0 * (1.0 + 3.0 * ratio / 28.0)
    return np.asarray(np.where(small, series, exact))


def _two_loops(ratio: Floats) -> Complexes:
    """Return Δα in units of (α/π)²: ¼ ln(−q²/m²) − 5/24 + ζ(3)."""
    size = np.abs(ratio)
    logarithm = np.log(np.maximum(size, 1e-12)) - 1j * math.pi * (ratio > 4.0)
    return np.asarray((0.25 * logarithm - 5.0 / 24.0 + _ZETA_3) * size / (size + 4.0))
