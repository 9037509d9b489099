"""Neutrino-electron scattering with a vector boson: what its exchange adds to the Standard Model's rate.

With left-handed neutrinos of charge x_ν and electrons of charge x_e, the exchange shifts the couplings of electrons
by δ = g² x_ν x_e / (2√2 G_F (m² + 2 m_e T)) at a recoil energy T (M. Lindner et al., JHEP 05 (2018) 098):

dσ/dT = (2 G_F² m_e/π) (g_L² + g_R² (1 - T/E)² - g_L g_R m_e T/E²), antineutrinos with g_L and g_R exchanged.
"""

import math
from dataclasses import dataclass

import numpy as np

from scotopic.numerics.arrays import Floats
from scotopic.physics.models.vector_charges import VectorCharges
from scotopic.physics.standard_model import ELECTRON_MASS

FERMI = 1.1663788e-5
"""G_F in 1/GeV²."""

SIN2_THETA = 0.2386
"""Weak mixing angle at low energies."""

NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)


@dataclass(frozen=True)
class Scattering:
    """Neutrinos of one energy on electrons.

    Attributes
    ----------
    flavours : tuple of (str, float)
        Shares of ``nu_e``, ``nu_mu``, ``nu_tau``.
    energy : float
        GeV.
    recoil : (float, float)
        Recoil energies that are seen, GeV; the upper one at most the kinematic end.
    antineutrinos : bool
    """

    flavours: tuple[tuple[str, float], ...]
    energy: float
    recoil: tuple[float, float]
    antineutrinos: bool = False


END_BE7 = 2.0 * 8.62e-4**2 / (ELECTRON_MASS + 2.0 * 8.62e-4)

SCATTERINGS = {
    # survival 0.5 of ⁷Be neutrinos, the rest half and half; Borexino sees recoils from some 0.2 MeV on. M
    "nu_sun e- > nu_sun e-": Scattering(
        (("nu_e", 0.52), ("nu_mu", 0.24), ("nu_tau", 0.24)), 8.62e-4, (2e-4, END_BE7)
    ),
    # CHARM-II: mean energy 23.7 GeV, electrons of 3 to 24 GeV. M
    "nu_mu e- > nu_mu e-": Scattering((("nu_mu", 1.0),), 23.7, (3.0, 23.6)),
    # TEXONO: recoils of 3 to 8 MeV; few reactor neutrinos have more than 8 MeV. M
    "nu_e~ e- > nu_e~ e-": Scattering((("nu_e", 1.0),), 6.5e-3, (3e-3, 6.2e-3), antineutrinos=True),
}
"""What the experiments scatter."""


def excess(name: str, charges: VectorCharges, mass: Floats) -> tuple[Floats, Floats]:
    """Return (A, B) of the added rate A g² + B g⁴, in units of the Standard Model's 2 G_F² m_e/π and GeV."""
    kind = SCATTERINGS[name]
    low, high = np.log(kind.recoil)
    recoil = np.exp(low + (high - low) * 0.5 * (1.0 + NODES))
    measure = WEIGHTS * recoil * 0.5 * (high - low)
    falling = (1.0 - recoil / kind.energy) ** 2
    crossed = ELECTRON_MASS * recoil / kind.energy**2
    electron = charges.of("e", mass)
    linear, square = np.zeros(mass.shape), np.zeros(mass.shape)
    for flavour, share in kind.flavours:
        left, right = SIN2_THETA - 0.5 + (flavour == "nu_e"), SIN2_THETA
        one, two = (right, left) if kind.antineutrinos else (left, right)
        product = charges.of(flavour, mass) * electron
        unit = product[:, None] / (
            2.0 * math.sqrt(2.0) * FERMI * (mass[:, None] ** 2 + 2.0 * ELECTRON_MASS * recoil)
        )
        linear += share * (measure * unit * (2.0 * one + 2.0 * two * falling - (left + right) * crossed)).sum(
            axis=1
        )
        square += share * (measure * unit**2 * (1.0 + falling - crossed)).sum(axis=1)
    return linear, square


def equivalent(
    name: str, source: VectorCharges, target: VectorCharges, mass: Floats, coupling: Floats
) -> Floats:
    """Return the lowest coupling of `target` whose added rate has the size of that of `source`; inf if none."""
    a, b = excess(name, source, mass)
    wanted = np.abs(a * coupling**2 + b * coupling**4)
    a, b = excess(name, target, mass)
    with np.errstate(divide="ignore", invalid="ignore"):
        # b g⁴ + a g² = ±wanted; 2c/(-a ± √…) has no cancellation for a weak coupling
        more = 2.0 * wanted / (a + np.sqrt(a**2 + 4.0 * b * wanted))
        less = 2.0 * wanted / (-a + np.sqrt(a**2 - 4.0 * b * wanted))
    candidates = np.stack([np.where(one > 0.0, one, np.inf) for one in (more, less)])
    return np.asarray(np.sqrt(np.fmin(candidates[0], candidates[1])))
