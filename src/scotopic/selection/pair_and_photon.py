"""Two charged particles and one photon that take all of the beams' energy: observables of the fitted event."""

from dataclasses import dataclass

import numpy as np

from scotopic.numerics.arrays import Bools, Floats, Ints
from scotopic.numerics.lorentz import boost, cos_polar_angle, opening_angle
from scotopic.selection.kinematic_fit import Fitted


@dataclass(frozen=True)
class HardestPhoton:
    """The photon of each event: its slot (N,), energy in the centre of mass, and that of the next one (GeV)."""

    slot: Ints
    energy_cm: Floats
    next_energy_cm: Floats


def hardest_photon(energy: Floats, theta: Floats, phi: Floats, neutral: Bools, beta: Floats) -> HardestPhoton:
    """Return the photon with the largest energy in the centre of mass; arrays are (slots, N)."""
    sin = np.sin(theta)
    along = beta[0] * sin * np.cos(phi) + beta[1] * sin * np.sin(phi) + beta[2] * np.cos(theta)
    energy_cm = np.where(neutral, energy * (1.0 - along) / np.sqrt(1.0 - float(beta @ beta)), 0.0)
    n = energy_cm.shape[1]
    if not len(energy_cm):
        return HardestPhoton(np.zeros(n, dtype=np.int64), np.zeros(n), np.zeros(n))
    slot = energy_cm.argmax(axis=0)
    others = energy_cm.copy()
    others[slot, np.arange(n)] = 0.0
    return HardestPhoton(slot, energy_cm.max(axis=0), others.max(axis=0))


def fitted_observables(fitted: Fitted, mass: Floats, beta: Floats) -> dict[str, Floats]:
    """Return observables of pairs (negative, positive) and a photon, fitted to the beams.

    ``reduced_mass`` is √(m² − 4m_ℓ²), GeV: the pair's phase space begins at its zero, and spectra are smooth there.
    ``cos_negative`` and ``cos_positive`` are those of polar angles in the centre of mass, from the electron beam;
    ``angle_to_photon`` is the smallest angle between a charged particle and the photon there, rad.
    """
    negative, positive, photon = (boost(p, -beta) for p in fitted.momenta)
    return {
        "reduced_mass": _reduced_mass(fitted.momenta[0], fitted.momenta[1], mass),
        "chi2": fitted.chi2,
        "cos_negative": cos_polar_angle(negative),
        "cos_positive": cos_polar_angle(positive),
        "angle_to_photon": np.minimum(opening_angle(negative, photon), opening_angle(positive, photon)),
    }


def _reduced_mass(p: Floats, q: Floats, mass: Floats) -> Floats:
    # m² − 4m_ℓ² = 2(p·q − m_ℓ²), with E E′ − |p||p′| − m_ℓ² = m_ℓ²(|p| − |p′|)²/(E E′ + |p||p′| + m_ℓ²) kept exact
    a, b = np.sqrt((p[1:] ** 2).sum(axis=0)), np.sqrt((q[1:] ** 2).sum(axis=0))
    half = 2.0 * np.sin(0.5 * opening_angle(p, q)) ** 2  # 1 − cos of the opening angle
    slow = mass**2 * (a - b) ** 2 / (p[0] * q[0] + a * b + mass**2)
    return np.asarray(np.sqrt(2.0 * (slow + a * b * half)))
