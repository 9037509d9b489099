"""Mechanisms that make a mediator, and how their rates go with the charges of a vector.

Rates are relative: at one mass they compare models, not mechanisms. Meson decays and mixing by vector-meson
dominance with U(3) charges (P. Ilten, Y. Soreq, M. Williams, W. Xue, JHEP 06 (2018) 004).
"""

import math
from collections.abc import Callable

import numpy as np

from scotopic.numerics.arrays import Complexes, Floats
from scotopic.physics.hadrons.breit_wigner import fixed, p_wave
from scotopic.physics.hadrons.masses import CHARGED_PION, OMEGA, OMEGA_WIDTH, PHI, PHI_WIDTH, RHO, RHO_WIDTH
from scotopic.physics.models.vector_charges import VectorCharges

Rate = Callable[[VectorCharges, Floats], Floats]

# diagonals (u, d, s) of U(3) generators; η and η′ with sin θ = -1/3
GENERATORS = {
    "gamma": np.array([2.0, -1.0, -1.0]) / 3.0,
    "rho0": np.array([1.0, -1.0, 0.0]) / 2.0,
    "pi0": np.array([1.0, -1.0, 0.0]) / 2.0,
    "omega": np.array([1.0, 1.0, 0.0]) / 2.0,
    "phi": np.array([0.0, 0.0, 1.0]) / math.sqrt(2.0),
    "eta": np.array([1.0, 1.0, -1.0]) / math.sqrt(6.0),
    "eta'": np.array([1.0, 1.0, 2.0]) / math.sqrt(12.0),
}
VECTOR_MESONS = ("rho0", "omega", "phi")


def _propagators(mass: Floats) -> dict[str, Complexes]:
    s = mass**2
    return {
        "rho0": p_wave(s, RHO, RHO_WIDTH, CHARGED_PION, CHARGED_PION),
        "omega": fixed(s, OMEGA, OMEGA_WIDTH),
        "phi": fixed(s, PHI, PHI_WIDTH),
    }


def _light_quarks(charges: VectorCharges, mass: Floats) -> Floats:
    return np.stack([charges.of(q, mass) for q in ("u", "d", "s")])


def fermion_squared(fermion: str) -> Rate:
    """Return the rate of emission off a fermion, x_f²."""
    return lambda charges, mass: charges.of(fermion, mass) ** 2


def meson_decay(parent: str, daughter: str) -> Rate:
    """Return the rate of parent → daughter V: |Σ_ρωφ Tr(T_P T_D T_v) Tr(T_v Q) BW_v(m)|²."""
    product = GENERATORS[parent] * GENERATORS[daughter]

    def rate(charges: VectorCharges, mass: Floats) -> Floats:
        quarks = _light_quarks(charges, mass)
        waves = _propagators(mass)
        amplitude = sum(product @ GENERATORS[v] * (GENERATORS[v] @ quarks) * waves[v] for v in VECTOR_MESONS)
        return np.asarray(np.abs(amplitude) ** 2)

    return rate


def vector_mixing(meson: str) -> Rate:
    """Return the rate of mixing with a vector meson, Tr(T Q)²."""
    return lambda charges, mass: np.asarray((GENERATORS[meson] @ _light_quarks(charges, mass)) ** 2)


def _proton(charges: VectorCharges, mass: Floats) -> Floats:
    return np.asarray((2.0 * charges.of("u", mass) + charges.of("d", mass)) ** 2)


RATES: dict[str, Rate] = {
    "e- e+ > gamma V": fermion_squared("e"),
    "e- Z > e- Z V": fermion_squared("e"),
    "mu- Z > mu- Z V": fermion_squared("mu"),
    "tau- Z > tau- Z V": fermion_squared("tau"),
    "e- e+ > mu- mu+ V": fermion_squared("mu"),  # radiated by muons; what electrons radiate only adds
    "pi0 > gamma V": meson_decay("pi0", "gamma"),
    "eta > gamma V": meson_decay("eta", "gamma"),
    "eta' > gamma V": meson_decay("eta'", "gamma"),
    "omega > pi0 V": meson_decay("omega", "pi0"),
    "phi > eta V": meson_decay("phi", "eta"),
    "rho0 > V": vector_mixing("rho0"),
    "omega > V": vector_mixing("omega"),
    "phi > V": vector_mixing("phi"),
    "p Z > p Z V": _proton,
    **{f"{q} {q}~ > V": fermion_squared(q) for q in ("u", "d", "s", "c", "b")},
    "e magnetic moment": fermion_squared("e"),
    "mu magnetic moment": fermion_squared("mu"),
}
"""Rates per squared coupling of a vector, by mechanism."""

SCATTERING = ("nu_sun e- > nu_sun e-", "nu_mu e- > nu_mu e-", "nu_e~ e- > nu_e~ e-")
"""Exchange in the scattering of neutrinos: see `scotopic.bounds.scattering`."""

OWN = "own"
"""Whatever makes the bound's own particle: rates change with the coupling only."""

MECHANISMS = (*RATES, *SCATTERING, OWN)
