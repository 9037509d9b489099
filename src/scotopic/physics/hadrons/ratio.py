"""R(s) = σ(e+e− → hadrons)/σ_pt, σ_pt = 4πα²/3s, without vacuum polarisation, and its like for other vectors.

Sum of final states up to 1.7 GeV, perturbative QCD from 2 GeV, a smooth step between; ψ and Υ above the
thresholds of DD̄ and BB̄. J/ψ, ψ(2S), Υ(1S–3S) are left out: `NARROW`.
"""

from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from scotopic.numerics.arrays import Floats
from scotopic.physics.hadrons.channel import ELECTRIC, QuarkCharges
from scotopic.physics.hadrons.dispersion import nodes, real_delta_alpha
from scotopic.physics.hadrons.eta_four_pions import ETA_FOUR_PIONS
from scotopic.physics.hadrons.eta_omega_pion import ETA_OMEGA_PION
from scotopic.physics.hadrons.eta_pions import ETA_TWO_PIONS
from scotopic.physics.hadrons.eta_three_pions import ETA_THREE_PIONS
from scotopic.physics.hadrons.eta_vector import ETA_OMEGA, ETA_PHI
from scotopic.physics.hadrons.five_pions import FIVE_PIONS
from scotopic.physics.hadrons.four_charged_pions import FOUR_CHARGED_PIONS
from scotopic.physics.hadrons.kaons_pion import ISOSCALAR_KAONS_PION, ISOVECTOR_KAONS_PION
from scotopic.physics.hadrons.kaons_two_pions import KAONS_TWO_PIONS
from scotopic.physics.hadrons.omega_pion import OMEGA_PION
from scotopic.physics.hadrons.omega_two_pions import OMEGA_TWO_PIONS
from scotopic.physics.hadrons.perturbative import quark_ratio
from scotopic.physics.hadrons.quarkonium import bottomonium_ratio, charmonium_ratio
from scotopic.physics.hadrons.radiative import ETA_GAMMA, PI0_GAMMA
from scotopic.physics.hadrons.six_pions import SIX_PIONS
from scotopic.physics.hadrons.three_pions import THREE_PIONS
from scotopic.physics.hadrons.two_charged_two_neutral_pions import TWO_CHARGED_TWO_NEUTRAL_PIONS
from scotopic.physics.hadrons.two_kaons import CHARGED_KAONS, NEUTRAL_KAONS
from scotopic.physics.hadrons.two_pions import TWO_PIONS
from scotopic.physics.leptonic_polarisation import leptonic_delta_alpha
from scotopic.physics.standard_model import ALPHA_0

CHANNELS = (
    TWO_PIONS,
    THREE_PIONS,
    FOUR_CHARGED_PIONS,
    TWO_CHARGED_TWO_NEUTRAL_PIONS,
    OMEGA_PION,
    CHARGED_KAONS,
    NEUTRAL_KAONS,
    ISOVECTOR_KAONS_PION,
    ISOSCALAR_KAONS_PION,
    ETA_TWO_PIONS,
    OMEGA_TWO_PIONS,
    ETA_OMEGA,
    ETA_PHI,
    ETA_THREE_PIONS,
    ETA_OMEGA_PION,
    ETA_FOUR_PIONS,
    FIVE_PIONS,
    SIX_PIONS,
    KAONS_TWO_PIONS,
    PI0_GAMMA,
    ETA_GAMMA,
)
"""Final states whose sum is R below `MATCHING`."""

MATCHING = (1.70, 2.00)
"""√s in GeV where the sum of final states hands over to quarks."""


def r_ratio(sqrt_s: ArrayLike, charges: QuarkCharges = ELECTRIC) -> Floats:
    """Return R at √s, continuum with ρ, ω, φ and the broad ψ and Υ, without `NARROW`.

    Parameters
    ----------
    sqrt_s : array
        GeV; R is 0 below the threshold of π0γ.
    charges : QuarkCharges
        Of the vector; for the photon this is R. Then Γ(V → hadrons) = (g²M/12π) R(M).
    """
    energy = np.asarray(sqrt_s, dtype=np.float64)
    parts = hadronic_ratios(np.atleast_1d(energy), charges)
    return np.asarray(sum(parts.values())).reshape(energy.shape)


def hadronic_ratios(sqrt_s: Floats, charges: QuarkCharges = ELECTRIC) -> dict[str, Floats]:
    """Return the parts of R: final states by their products, and ``"hadrons"`` for what quarks describe."""
    bare = undress(sqrt_s)
    late = _step(sqrt_s)
    parts = {c.products: (1.0 - late) * bare * c.ratio(sqrt_s, charges) for c in CHANNELS}
    parts["hadrons"] = _quarks(sqrt_s, charges, bare)
    return parts


def undress(sqrt_s: Floats) -> Floats:
    """Return |1 − Δα(s)|² at √s (GeV), which takes vacuum polarisation out of a measured cross section.

    Fits of resonances describe data with the photon's vacuum polarisation in them; R has none. Δα is here of
    R with it, which is 3 % off, and without J/ψ and the like: 0.3 % in the result, 3 % in the peak of φ, 2 %
    at 3 GeV.
    """
    energies, factors = _undressing()
    return np.asarray(np.interp(sqrt_s, energies, factors))


@cache
def _undressing() -> tuple[Floats, Floats]:
    energies = nodes()
    s = energies**2
    late = _step(energies)
    dressed = np.asarray(sum((1.0 - late) * channel.ratio(energies) for channel in CHANNELS))
    dressed += _quarks(energies, ELECTRIC, np.ones_like(energies))
    used = energies < 12.0
    real = real_delta_alpha(s[used], s, dressed)
    delta = real - 1j * ALPHA_0 / 3.0 * dressed[used] + leptonic_delta_alpha(s[used])
    return energies[used], np.abs(1.0 - delta) ** 2


def _quarks(sqrt_s: Floats, charges: QuarkCharges, bare: Floats) -> Floats:
    """Return R of what quarks and the broad ψ and Υ describe."""
    found = np.zeros_like(sqrt_s)
    on = sqrt_s > MATCHING[0]
    energy = sqrt_s[on]
    resonances = charges.c**2 / ELECTRIC.c**2 * charmonium_ratio(energy)
    resonances += charges.b**2 / ELECTRIC.b**2 * bottomonium_ratio(energy)
    found[on] = _step(energy) * (quark_ratio(energy, charges) + bare[on] * resonances)
    return found


def _step(sqrt_s: Floats) -> Floats:
    """Return a smooth step from 0 to 1 over `MATCHING`."""
    low, high = MATCHING
    x = np.clip((sqrt_s - low) / (high - low), 0.0, 1.0)
    return np.asarray(x * x * (3.0 - 2.0 * x))
