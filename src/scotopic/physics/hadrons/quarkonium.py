"""ψ and Υ: narrow resonances as a list, those above the thresholds of DD̄ and BB̄ as Breit–Wigner shapes.

Narrow states, mass and width of ψ(3770), Υ(4S) to Υ(6S): PDG 2022 (mark M: recalled). The other parameters of
ψ(3770) to ψ(4415) are fitted with the continuum, see `perturbative`, masses and widths held near those of PDG
2022; they describe R and are no measurement of a resonance: Γ_ee of states that interfere has many solutions.
Γ_ee holds vacuum polarisation, as is usual.
"""

import cmath
import math
from dataclasses import dataclass

import numpy as np

from scotopic.numerics.arrays import Floats
from scotopic.physics.hadrons.breit_wigner import momentum
from scotopic.physics.hadrons.channel import ELECTRIC, QuarkCharges
from scotopic.physics.hadrons.masses import B_MESON, D_MESON
from scotopic.physics.standard_model import ALPHA_0


@dataclass(frozen=True)
class Resonance:
    """A vector resonance: mass, width and width to e+e− in GeV; phase in radians."""

    name: str
    mass: float
    width: float
    electrons: float
    phase: float = 0.0


NARROW = (
    Resonance("J/psi", 3.096900, 92.6e-6, 5.53e-6),
    Resonance("psi(2S)", 3.68610, 294e-6, 2.33e-6),
    Resonance("Upsilon(1S)", 9.46030, 54.02e-6, 1.340e-6),
    Resonance("Upsilon(2S)", 10.02326, 31.98e-6, 0.612e-6),
    Resonance("Upsilon(3S)", 10.3552, 20.32e-6, 0.443e-6),
)
"""Resonances that `r_ratio` leaves out; ω and φ are in it."""

_FROM = 1.7  # GeV; below, the tails of Breit–Wigner shapes mean nothing

_CHARMONIA = (
    Resonance("psi(3770)", 3.7737, 27.2e-3, 0.2550e-6),
    Resonance("psi(4040)", 4.0384, 101.9e-3, 0.9141e-6, 3.3251),
    Resonance("psi(4160)", 4.1896, 74.0e-3, 0.4978e-6, -0.2518),
    Resonance("psi(4415)", 4.4151, 80.5e-3, 0.4009e-6, 4.8413),
)
_BOTTOMONIA = (
    Resonance("Upsilon(4S)", 10.5794, 20.5e-3, 0.272e-6),
    Resonance("Upsilon(5S)", 10.8852, 37.0e-3, 0.31e-6),
    Resonance("Upsilon(6S)", 11.000, 24.0e-3, 0.13e-6),
)
_RADIUS = 5.07  # 1/GeV, 1 fm, of the centrifugal barrier


def narrow_ratios(sqrt_s: Floats, charges: QuarkCharges) -> tuple[Floats, Floats]:
    """Return R of `NARROW` for a vector with these charges: to each massless charged lepton, and to hadrons.

    (9/α²) s Γ_ee Γ_f/((s − M²)² + M²Γ²), a Breit–Wigner shape, times the squared charge of c or b relative to
    the electric one. Γ_ee to each lepton, Γ − 3 Γ_ee to hadrons.
    """
    leptonic, hadronic = np.zeros(sqrt_s.shape), np.zeros(sqrt_s.shape)
    if not (sqrt_s > _FROM).any():
        return leptonic, hadronic
    s = sqrt_s**2
    for one in NARROW:
        weight = (charges.b / ELECTRIC.b if one.name.startswith("Upsilon") else charges.c / ELECTRIC.c) ** 2
        line = (s - one.mass**2) ** 2 + (one.mass * one.width) ** 2
        strength = np.where(sqrt_s > _FROM, weight * 9.0 / ALPHA_0**2 * s * one.electrons / line, 0.0)
        leptonic += strength * one.electrons
        hadronic += strength * (one.width - 3.0 * one.electrons)
    return leptonic, hadronic


def charmonium_ratio(sqrt_s: Floats) -> Floats:
    """Return R of ψ(3770) to ψ(4415) for the photon, with vacuum polarisation; 0 below DD̄."""
    return _squared(sqrt_s, _CHARMONIA, D_MESON)


def bottomonium_ratio(sqrt_s: Floats) -> Floats:
    """Return R of Υ(4S) to Υ(6S) for the photon, with vacuum polarisation; 0 below BB̄."""
    return _squared(sqrt_s, _BOTTOMONIA, B_MESON)


def _squared(sqrt_s: Floats, resonances: tuple[Resonance, ...], meson: float) -> Floats:
    """Return (9/α²) |Σ √(Γ_ee Γ) M e^{iφ}/(M² − s − i M Γ(s))|²."""
    amplitude = np.zeros(sqrt_s.shape, dtype=np.complex128)
    for one in resonances:
        opening = _barrier(sqrt_s, meson) / _barrier(np.array([one.mass]), meson)
        strength = one.mass * math.sqrt(one.electrons * one.width) * cmath.exp(1j * one.phase)
        running = one.mass * one.width * np.minimum(opening, 2.0)
        amplitude += strength * np.sqrt(np.minimum(opening, 1.0)) / (one.mass**2 - sqrt_s**2 - 1j * running)
    return np.asarray(9.0 / ALPHA_0**2 * np.abs(amplitude) ** 2)


def _barrier(sqrt_s: Floats, meson: float) -> Floats:
    p = momentum(sqrt_s**2, meson, meson)
    return np.asarray(p**3 / (1.0 + (_RADIUS * p) ** 2) / sqrt_s)
