"""e+e− → π+π−π0 through ω, φ, ω′ and ω″.

R from σ = (12π/s^{3/2}) F_ρπ |Σ_V Γ_V M_V^{3/2} √(B_ee B_3π) e^{iφ_V}/(D_V √F_ρπ(M_V))|², D_V = M² − s − i√s
Γ_V, F_ρπ the phase space through ρπ with all three pairs. Our fit (mark P) to cross sections from 0.66 to 2 GeV
(mark R), χ² = 232 for 254 degrees of freedom: SND, M. N. Achasov et al., Phys. Rev. D 68 (2003) 052006, 66 (2002)
032001 and Eur. Phys. J. C 80 (2020) 993; CMD-2, R. R. Akhmetshin et al., Phys. Lett. B 476 (2000) 33; BaBar, B.
Aubert et al., Phys. Rev. D 70 (2004) 072004; BESIII, arXiv:1912.11208 (above 1.04 GeV).
"""

import cmath
import math
from functools import cache

import numpy as np

from scotopic.numerics.arrays import Complexes, Floats
from scotopic.physics.hadrons.breit_wigner import p_wave
from scotopic.physics.hadrons.channel import Channel, Currents
from scotopic.physics.hadrons.masses import (
    CHARGED_PION,
    NEUTRAL_PION,
    OMEGA,
    OMEGA_WIDTH,
    PHI,
    PHI_WIDTH,
    RHO,
    RHO_WIDTH,
)
from scotopic.physics.standard_model import ALPHA_0

# mass, width, B(ee) B(3π), phase; ω carries all but φ
_OMEGAS = (
    (OMEGA, OMEGA_WIDTH, 6.595e-5, 0.0),
    (1.20477, 0.63703, 0.2187e-6, 1.61712),
    (1.62591, 0.15336, 2.5283e-6, -1.2242),
)
_PHI = (PHI, PHI_WIDTH, 4.4993e-5, 2.93198)
_THRESHOLD = 2.0 * CHARGED_PION + NEUTRAL_PION


def _currents(sqrt_s: Floats) -> Currents:
    # R = σ/σ_pt with σ_pt = 4πα²/3s
    factor = 3.0 / ALPHA_0 * np.sqrt(_phase_space(sqrt_s) * sqrt_s / sqrt_s**2)
    omega = sum(_resonance(sqrt_s, *one) for one in _OMEGAS)
    return 0.0, factor * omega, factor * _resonance(sqrt_s, *_PHI)


def _resonance(sqrt_s: Floats, mass: float, width: float, product: float, phase: float) -> Complexes:
    propagator = 1.0 / (mass**2 - sqrt_s**2 - 1j * sqrt_s * width)
    strength = width * mass**1.5 * math.sqrt(product) / math.sqrt(float(_phase_space(np.array([mass]))[0]))
    return np.asarray(strength * cmath.exp(1j * phase) * propagator)


def _phase_space(sqrt_s: Floats) -> Floats:
    """Return F_ρπ, in arbitrary units."""
    nodes, values = _phase_space_table()
    return np.asarray(np.exp(np.interp(np.log(np.maximum(sqrt_s - _THRESHOLD, 1e-4)), nodes, values)))


@cache
def _phase_space_table() -> tuple[Floats, Floats]:
    """Return ln(√s − threshold) and ln ∫|p₊ × p₋|² |Σ BW_ρ|² dE₊dE₋ over the Dalitz plot."""
    logs = np.linspace(math.log(1e-4), math.log(3.0), 160)
    energies = _THRESHOLD + np.exp(logs)
    nodes, weights = np.polynomial.legendre.leggauss(40)
    integrals = [_dalitz(float(energy), nodes, weights) for energy in energies]
    return logs, np.log(np.array(integrals))


def _dalitz(sqrt_s: float, nodes: Floats, weights: Floats) -> float:
    low, high = (2.0 * CHARGED_PION) ** 2, (sqrt_s - NEUTRAL_PION) ** 2
    # mass² of π+π−, and cosine of π+ in that pair's rest frame
    pair = 0.5 * (low + high) + 0.5 * (high - low) * nodes
    p = 0.5 * np.sqrt(pair - low)
    energy0 = 0.5 * (pair + NEUTRAL_PION**2 - sqrt_s**2) / np.sqrt(pair)  # of π0 seen as incoming: negative
    q_rest = np.sqrt(np.maximum(energy0**2 - NEUTRAL_PION**2, 0.0))
    cosine = nodes
    mixed = CHARGED_PION**2 + NEUTRAL_PION**2
    plus = mixed - np.sqrt(pair)[:, None] * energy0[:, None] - 2.0 * (p * q_rest)[:, None] * cosine
    minus = mixed - np.sqrt(pair)[:, None] * energy0[:, None] + 2.0 * (p * q_rest)[:, None] * cosine
    rho = (
        p_wave(pair, RHO, RHO_WIDTH, CHARGED_PION, CHARGED_PION)[:, None]
        + p_wave(plus, RHO, RHO_WIDTH, CHARGED_PION, NEUTRAL_PION)
        + p_wave(minus, RHO, RHO_WIDTH, CHARGED_PION, NEUTRAL_PION)
    )
    q = q_rest * np.sqrt(pair) / sqrt_s  # π0's momentum in the frame of all
    cross = (q * p)[:, None] ** 2 * (1.0 - cosine**2)
    measure = 0.5 * (high - low) * weights * q * p / (2.0 * sqrt_s * np.sqrt(pair))
    return float(measure @ (cross * np.abs(rho) ** 2) @ weights)


THREE_PIONS = Channel("pi+ pi- pi0", _THRESHOLD, _currents, error=0.03)
