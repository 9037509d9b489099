"""Final states of many particles: Breit–Wigner shapes times a power that stands for the phase space.

√R = N (1 − t/√s)^p Σ a M²/(M² − s − i√s Γ), t the threshold. An effective form: it describes a measured cross
section, and its masses and widths are no measurement of a resonance.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from scotopic.numerics.arrays import Complexes, Floats
from scotopic.physics.hadrons.channel import Channel, Currents

Resonances = Sequence[tuple[float, float, complex]]
"""Mass and width in GeV, amplitude."""


def resonant_channel(
    products: str,
    current: Literal["rho", "omega", "phi"],
    threshold: float,
    *,
    norm: float,
    power: float,
    resonances: Resonances,
    error: float,
) -> Channel:
    """Return the final state that one current reaches through a sum of resonances; threshold in GeV."""

    def currents(sqrt_s: Floats) -> Currents:
        amplitude = resonance_sum(sqrt_s, threshold, norm, power, resonances)
        none = np.zeros_like(amplitude)
        rho, omega, phi = (amplitude if current == one else none for one in ("rho", "omega", "phi"))
        return rho, omega, phi

    return Channel(products, threshold, currents, error)


def resonance_sum(
    sqrt_s: Floats, threshold: float, norm: float, power: float, resonances: Resonances
) -> Complexes:
    """Return √R (complex) at √s above the threshold, both in GeV."""
    shape = sum(a * m**2 / (m**2 - sqrt_s**2 - 1j * sqrt_s * w) for m, w, a in resonances)
    return np.asarray(norm * (1.0 - threshold / sqrt_s) ** power * shape)
