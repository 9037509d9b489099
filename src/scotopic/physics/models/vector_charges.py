"""Charges of a vector: of leptons, neutrinos and quarks, with the mixing that loops bring."""

import math
from dataclasses import dataclass, replace

import numpy as np

from scotopic.errors import InputError
from scotopic.numerics.arrays import Complexes, Floats
from scotopic.physics.hadrons import QuarkCharges
from scotopic.physics.standard_model import ALPHA_0, ELECTRON_MASS, MUON_MASS, TAU_MASS

E = math.sqrt(4.0 * math.pi * ALPHA_0)
LEPTON_MASSES = {"e": ELECTRON_MASS, "mu": MUON_MASS, "tau": TAU_MASS}
NEUTRINO_NAMES = ("nu_e", "nu_mu", "nu_tau")
QUARKS = ("u", "d", "s", "c", "b")
FERMIONS = (*LEPTON_MASSES, *NEUTRINO_NAMES, *QUARKS)
ELECTRIC_CHARGES = {
    "e": -1.0,
    "mu": -1.0,
    "tau": -1.0,
    "u": 2 / 3,
    "d": -1 / 3,
    "s": -1 / 3,
    "c": 2 / 3,
    "b": -1 / 3,
}
MIXINGS = ("none", "loops")


@dataclass(frozen=True)
class VectorCharges:
    """Charges that multiply one coupling: L = g Σ x_f f̄γ^μf V_μ, neutrinos left-handed.

    Attributes
    ----------
    direct : tuple of (str, float)
        x_f by fermion, one of `FERMIONS`; what is not named has none.
    loops : bool
        Whether fermions without a direct charge get one from kinetic mixing by loops.
    """

    direct: tuple[tuple[str, float], ...]
    loops: bool = False

    def mixed(self, mixing: str) -> "VectorCharges":
        """Return these charges with ``"none"`` or ``"loops"`` as mixing with the photon.

        Raises
        ------
        InputError
            For another text, and where loops are infinite: charges of e, μ, τ that do not sum to 0.
        """
        if mixing not in MIXINGS:
            raise InputError(f"mixing = {mixing!r}, expected {' or '.join(MIXINGS)}")
        given = dict(self.direct)
        if mixing == "loops" and abs(sum(given.get(lepton, 0.0) for lepton in LEPTON_MASSES)) > 1e-9:
            raise InputError("mixing = 'loops' is finite only where the charges of e, mu and tau sum to 0")
        return replace(self, loops=mixing == "loops")

    def of(self, fermion: str, mass: Floats, mixing: Floats | None = None) -> Floats:
        """Return the charge of a fermion at masses of V (GeV); `mixing` where it is known already."""
        charge = dict(self.direct).get(fermion, 0.0)
        if charge == 0.0 and self.loops and fermion in ELECTRIC_CHARGES:
            return ELECTRIC_CHARGES[fermion] * (self.mixing(mass) if mixing is None else mixing)
        return np.full(mass.shape, charge)

    @property
    def quarks(self) -> QuarkCharges:
        """Direct charges of the quarks."""
        given = dict(self.direct)
        return QuarkCharges(*(given.get(quark, 0.0) for quark in QUARKS))

    def mixing(self, mass: Floats) -> Floats:
        """Return ε e per unit of g from loops at q² = m²; a fermion's charge is its electric charge times this.

        (e²/2π²) |Σ x_l ∫ x(1 - x) ln(m_l² - x(1 - x) m²) dx| of charged leptons, finite because their charges
        sum to 0: D. W. P. Amaral et al., Eur. Phys. J. C 80 (2020) 1191. Where only quarks have charges, the
        size that a loop typically has, e²/(4π)²: S. Tulin, Phys. Rev. D 89 (2014) 114008.
        """
        given = dict(self.direct)
        if not any(given.get(lepton) for lepton in LEPTON_MASSES):
            return np.full(mass.shape, E**2 / (4.0 * math.pi) ** 2)
        total = np.zeros(mass.shape, dtype=np.complex128)
        for lepton, lepton_mass in LEPTON_MASSES.items():
            if charge := given.get(lepton, 0.0):
                total += charge * (math.log(lepton_mass**2) / 6.0 + _loop((mass / lepton_mass) ** 2))
        return np.asarray(E**2 / (2.0 * math.pi**2) * np.abs(total))


def _loop(ratio: Floats) -> Complexes:
    """Return ∫ x(1 - x) ln(1 - x(1 - x) r) dx from 0 to 1, r = q²/m² > 0."""
    small = ratio < 1e-3
    r = np.where(small, 1.0, ratio)
    root = np.sqrt((1.0 - 4.0 / r).astype(np.complex128))
    with np.errstate(divide="ignore", invalid="ignore"):
        logarithm = np.log((root + 1.0) / (root - 1.0))
    logarithm = np.where(r > 4.0, logarithm.real - 1j * math.pi, logarithm)
    exact = -5.0 / 18.0 - 2.0 / (3.0 * r) + (1.0 + 2.0 / r) * root * np.where(r == 4.0, 0.0, logarithm) / 6.0
    return np.asarray(np.where(small, -ratio / 30.0 * (1.0 + 3.0 * ratio / 28.0), exact))


def of_leptons(e: float, mu: float, tau: float) -> tuple[tuple[str, float], ...]:
    """Return charges of leptons, each neutrino's that of its lepton."""
    pairs = (("e", e), ("mu", mu), ("tau", tau))
    return tuple((prefix + name, x) for name, x in pairs if x for prefix in ("", "nu_"))


def of_quarks(up: float, down: float) -> tuple[tuple[str, float], ...]:
    """Return charges of quarks, alike in all generations."""
    return tuple((quark, up if quark in "uc" else down) for quark in QUARKS)


ELECTROMAGNETIC = VectorCharges(tuple(ELECTRIC_CHARGES.items()))
"""Charges of the photon in units of e."""
