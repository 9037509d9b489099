"""Breit–Wigner propagators of vector mesons, phases and momenta of two-body decays.

All are 1 at s = 0 or M²/(M² − s − i M Γ(s)); s in GeV², masses and widths in GeV.
"""

import math
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from scotopic.numerics.arrays import Complexes, Floats


def momentum(s: ArrayLike, one: ArrayLike, other: ArrayLike) -> Floats:
    """Return the momentum of two particles of masses `one` and `other` at s; 0 below threshold."""
    s = np.asarray(s, dtype=np.float64)
    one, other = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    opening = (s - (one + other) ** 2) * (s - (one - other) ** 2)
    positive = (opening > 0.0) & (s > (one + other) ** 2)
    return np.asarray(np.where(positive, np.sqrt(np.abs(opening)) / (2.0 * np.sqrt(np.abs(s) + 1e-300)), 0.0))


def fixed(s: ArrayLike, mass: float, width: float) -> Complexes:
    """Return M²/(M² − s − i M Γ)."""
    return np.asarray(mass**2 / (mass**2 - np.asarray(s) - 1j * mass * width))


def p_wave(s: ArrayLike, mass: float, width: float, one: float, other: float) -> Complexes:
    """Return M²/(M² − s − i√s Γ(s)), Γ(s) = Γ (M²/s) (p(s)/p(M²))³, of a decay to masses `one` and `other`.

    J. H. Kühn, A. Santamaria, Z. Phys. C 48 (1990) 445.
    """
    s = np.asarray(s, dtype=np.float64)
    ratio = momentum(s, one, other) / momentum(mass**2, one, other)
    imaginary = mass**2 * width * ratio**3 / np.sqrt(np.maximum(s, 1e-12))
    return np.asarray(mass**2 / (mass**2 - s - 1j * imaginary))


def gounaris_sakurai(s: ArrayLike, mass: float, width: float, pion: float) -> Complexes:
    """Return the Gounaris–Sakurai propagator of a resonance that decays to two pions, 1 at s = 0.

    (M² + d M Γ)/(M² − s + f(s) − i M Γ(s)), G. J. Gounaris and J. J. Sakurai, Phys. Rev. Lett. 21 (1968) 244;
    s may be negative, f is then real.
    """
    s = np.asarray(s, dtype=np.float64)
    peak = float(momentum(mass**2, pion, pion))
    h_peak, slope, d = _constants(mass, pion)
    squared = 0.25 * s - pion**2  # k², negative below threshold
    f = width * mass**2 / peak**3 * (squared * (_h(s, pion) - h_peak) + (mass**2 - s) * peak**2 * slope)
    running = width * (np.sqrt(np.maximum(squared, 0.0)) / peak) ** 3 * mass / np.sqrt(np.maximum(s, 1e-12))
    return np.asarray((mass**2 + d * mass * width) / (mass**2 - s + f - 1j * mass * running))


def _h(s: Floats, pion: float) -> Floats:
    """Return h(s) = (2/π)(k/√s) ln((√s + 2k)/2m), continued below threshold and to s < 0."""
    ratio = 1.0 - 4.0 * pion**2 / np.where(s == 0.0, 1e-12, s)
    beta = np.sqrt(np.abs(ratio))
    with np.errstate(divide="ignore", invalid="ignore"):
        above = beta / math.pi * np.log(np.sqrt(np.maximum(s, 0.0)) * (1.0 + beta) / (2.0 * pion))
        between = beta / math.pi * np.arctan(1.0 / beta)  # with −i k/√s, which is real there
        below = beta / math.pi * np.log(np.sqrt(np.maximum(-s, 0.0)) * (1.0 + beta) / (2.0 * pion))
    return np.asarray(np.where(ratio < 0.0, between, np.where(s > 0.0, above, below)))


@cache
def _constants(mass: float, pion: float) -> tuple[float, float, float]:
    """Return h(M²), dh/ds(M²) and d of the Gounaris–Sakurai formula."""
    peak = math.sqrt(0.25 * mass**2 - pion**2)
    log = math.log((mass + 2.0 * peak) / (2.0 * pion))
    h = 2.0 / math.pi * peak / mass * log
    slope = h * (0.125 / peak**2 - 0.5 / mass**2) + 0.5 / (math.pi * mass**2)
    d = (
        3.0 / math.pi * pion**2 / peak**2 * log
        + mass / (2.0 * math.pi * peak)
        - pion**2 * mass / (math.pi * peak**3)
    )
    return h, slope, d
