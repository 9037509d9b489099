"""Charges of a vector boson: of leptons, neutrinos and quarks, with the mixing that lepton loops bring."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scotopic.physics.standard_model import ALPHA_0, ELECTRON_MASS, MUON_MASS, TAU_MASS

Floats = NDArray[np.float64]

E = math.sqrt(4.0 * math.pi * ALPHA_0)
LEPTON_MASSES = {"e": ELECTRON_MASS, "mu": MUON_MASS, "tau": TAU_MASS}
ELECTRIC = {"e": -1.0, "mu": -1.0, "tau": -1.0, "u": 2 / 3, "d": -1 / 3, "s": -1 / 3, "c": 2 / 3, "b": -1 / 3}
FERMIONS = ("e", "mu", "tau", "nu_e", "nu_mu", "nu_tau", "u", "d", "s", "c", "b")


@dataclass(frozen=True)
class Charges:
    """Charges that multiply one coupling: L = g Σ x_f f̄γ^μf V_μ, neutrinos left-handed.

    Attributes
    ----------
    direct : tuple of (str, float)
        x_f by fermion; what is not named has none.
    loops : bool
        Whether fermions without a direct charge get one from kinetic mixing by loops of charged leptons.
    """

    direct: tuple[tuple[str, float], ...]
    loops: bool = False

    def of(self, fermion: str, mass: Floats) -> Floats:
        """Return the charge of a fermion at masses of V (GeV)."""
        charge = dict(self.direct).get(fermion, 0.0)
        if charge == 0.0 and self.loops and fermion in ELECTRIC:
            return ELECTRIC[fermion] * self.mixing(mass)
        return np.full(mass.shape, charge)

    def mixing(self, mass: Floats) -> Floats:
        """Return ε e per unit of g from lepton loops at q² = m²; finite because Σ x over charged leptons is 0.

        (e²/2π²) |Σ x_l ∫ x(1 - x) ln(m_l² - x(1 - x) m²) dx|, D. W. P. Amaral et al., Eur. Phys. J. C 80 (2020)
        1191; a charge of a fermion is its electric charge times this.
        """
        given = dict(self.direct)
        total = np.zeros(mass.shape, dtype=np.complex128)
        for lepton, lepton_mass in LEPTON_MASSES.items():
            if charge := given.get(lepton, 0.0):
                total += charge * (math.log(lepton_mass**2) / 6.0 + _loop((mass / lepton_mass) ** 2))
        return np.asarray(E**2 / (2.0 * math.pi**2) * np.abs(total))


def _loop(ratio: Floats) -> NDArray[np.complex128]:
    """Return ∫ x(1 - x) ln(1 - x(1 - x) r) dx from 0 to 1, r = q²/m² > 0."""
    small = ratio < 1e-3
    r = np.where(small, 1.0, ratio)
    root = np.sqrt((1.0 - 4.0 / r).astype(np.complex128))
    with np.errstate(divide="ignore", invalid="ignore"):
        logarithm = np.log((root + 1.0) / (root - 1.0))
    logarithm = np.where(r > 4.0, logarithm.real - 1j * math.pi, logarithm)
    exact = -5.0 / 18.0 - 2.0 / (3.0 * r) + (1.0 + 2.0 / r) * root * np.where(r == 4.0, 0.0, logarithm) / 6.0
    return np.asarray(np.where(small, -ratio / 30.0 * (1.0 + 3.0 * ratio / 28.0), exact))


def _leptons(e: float, mu: float, tau: float) -> tuple[tuple[str, float], ...]:
    pairs = (("e", e), ("mu", mu), ("tau", tau))
    return tuple((prefix + name, x) for name, x in pairs if x for prefix in ("", "nu_"))


def _quarks(up: float, down: float) -> tuple[tuple[str, float], ...]:
    return tuple((q, up if q in "uc" else down) for q in "udscb")


LOOP_OF_BARYONS = E**2 / (4.0 * math.pi) ** 2
"""Charge of leptons under B, a typical loop: e²/(4π)² of the electric charge (S. Tulin, Phys. Rev. D 89 (2014)
114008)."""

VECTORS = {
    "dark-photon": Charges(tuple((f, E * q) for f, q in ELECTRIC.items())),
    "b-l": Charges((*_leptons(-1.0, -1.0, -1.0), *_quarks(1 / 3, 1 / 3))),
    "b": Charges((*((f, -LOOP_OF_BARYONS) for f in LEPTON_MASSES), *_quarks(1 / 3, 1 / 3))),
    "lmu-ltau": Charges(_leptons(0.0, 1.0, -1.0)),
    "lmu-ltau-loops": Charges(_leptons(0.0, 1.0, -1.0), loops=True),
    "le-lmu": Charges(_leptons(1.0, -1.0, 0.0)),
    "le-lmu-loops": Charges(_leptons(1.0, -1.0, 0.0), loops=True),
    "le-ltau": Charges(_leptons(1.0, 0.0, -1.0)),
    "le-ltau-loops": Charges(_leptons(1.0, 0.0, -1.0), loops=True),
    "protophobic": Charges((("e", -1.0), ("mu", -1.0), ("tau", -1.0), *_quarks(-1 / 3, 2 / 3))),
}
"""Vector models by name. The dark photon's coupling is ε, of the others g; protophobic: neutrons have 1."""
