"""The expanding plasma of the Standard Model: effective degrees of freedom, entropy, expansion rate.

From 1 MeV to 280 GeV, g(T) of the energy density and h of the entropy density are cubic splines of the lattice equation
of state by S. Borsanyi et al., Nature 539 (2016) 69 (arXiv:1606.07494), table S2, good to about a per cent.
Below, photons and free e± with neutrinos that decoupled at once (DERIVED); far above, the free 106.75.
"""

import math
from functools import cache

import numpy as np
from scipy.interpolate import CubicSpline, PchipInterpolator
from scipy.special import roots_laguerre

from scotopic.numerics.arrays import Floats
from scotopic.physics.standard_model import ELECTRON_MASS

PLANCK_MASS_GEV = 1.220890e19
ENTROPY_TODAY_PER_CM3 = 2891.2
CRITICAL_DENSITY_GEV_PER_CM3 = 1.053672e-5
"""Of h = 1."""

LATTICE = np.array(
    [
        (0.00, 10.71, 1.00228), (0.50, 10.74, 1.00029), (1.00, 10.76, 1.00048), (1.25, 11.09, 1.00505),
        (1.60, 13.68, 1.02159), (2.00, 17.61, 1.02324), (2.15, 24.07, 1.05423), (2.20, 29.84, 1.07578),
        (2.40, 47.83, 1.06118), (2.50, 53.04, 1.04690), (3.00, 73.48, 1.01778), (4.00, 83.10, 1.00123),
        (4.30, 85.56, 1.00389), (4.60, 91.97, 1.00887), (5.00, 102.17, 1.00750), (5.45, 104.98, 1.00023),
    ]
)  # fmt: skip
"""log10(T/MeV), g, g/h."""
COLD = (-2.4, -1.9, -1.6, -1.4, -1.2, -1.0, -0.8, -0.6, -0.4)  # knots (log10 T/MeV) of free electrons
HOT = (6.5, 106.75)  # log10(T/MeV) from which all is free, and its g = h
MEV = 1e-3  # GeV
NEUTRINOS = 6.0 * 7.0 / 8.0


def energy_degrees(temperature: Floats) -> Floats:
    """Return g(T), ρ = (π²/30) g T⁴, of a temperature in GeV."""
    return _degrees(temperature, 0)


def entropy_degrees(temperature: Floats) -> Floats:
    """Return h(T), s = (2π²/45) h T³, of a temperature in GeV."""
    return _degrees(temperature, 1)


def effective_degrees(temperature: Floats) -> Floats:
    """Return g*^(1/2) = h/√g (1 + ⅓ d ln h/d ln T) of the equation for the yield.

    P. Gondolo and G. Gelmini, Nucl. Phys. B 360 (1991) 145.
    """
    entropy = entropy_degrees(temperature)
    slope = _degrees(temperature, 1, derivative=1) / (math.log(10.0) * entropy)
    return np.asarray(entropy / np.sqrt(energy_degrees(temperature)) * (1.0 + slope / 3.0))


def relic_density(mass: float, yield_: float) -> float:
    """Return Ωh² of particles of a mass (GeV) with n/s = `yield_`."""
    return mass * yield_ * ENTROPY_TODAY_PER_CM3 / CRITICAL_DENSITY_GEV_PER_CM3


def annihilation_scale(mass: float) -> float:
    """Return √(π/45) M_Planck m in GeV², which multiplies g*^(1/2) ⟨σv⟩/x² in dY/dx."""
    return math.sqrt(math.pi / 45.0) * PLANCK_MASS_GEV * mass


def _degrees(temperature: Floats, which: int, derivative: int = 0) -> Floats:
    at = np.log10(np.asarray(temperature, dtype=np.float64) / MEV)
    lattice, free = _splines()[which]
    known = (at >= LATTICE[0, 0]) & (at <= LATTICE[-1, 0])
    beyond = np.clip(at, COLD[0], HOT[0])
    outside = np.where(at == beyond, free(beyond, derivative), free(beyond) if derivative == 0 else 0.0)
    return np.where(known, lattice(at, derivative), outside)


@cache
def _splines() -> tuple[tuple[CubicSpline, PchipInterpolator], ...]:
    """Return for g and h against log10(T/MeV): the lattice's spline, and a monotonous curve on both sides of it."""
    cold = np.array([_free_electrons(10.0**at * MEV) for at in COLD]).T
    lattice = np.array([LATTICE[:, 1], LATTICE[:, 1] / LATTICE[:, 2]])
    at = np.concatenate([COLD, LATTICE[[0, -1], 0], HOT[:1]])
    free = np.concatenate([cold, lattice[:, [0, -1]], np.full((2, 1), HOT[1])], axis=1)
    curves = [PchipInterpolator(at, outer) for outer in free]
    return tuple(
        (CubicSpline(LATTICE[:, 0], inner, bc_type=("not-a-knot", (1, curve(at[-2], 1)))), curve)
        for inner, curve in zip(lattice, curves, strict=True)
    )


def _free_electrons(temperature: float) -> tuple[float, float]:
    """Return g and h of photons, free e± and three neutrinos that decoupled while e± were relativistic."""
    node, weight = roots_laguerre(60)
    x = ELECTRON_MASS / temperature
    # energies y T above the rest mass: p dp = E dE
    y = x + node
    p = np.sqrt(y**2 - x**2)
    filled = weight * np.exp(-x) / (1.0 + np.exp(-y))
    density = 4.0 / (2.0 * np.pi**2) * (filled * p * y**2).sum()
    pressure = 4.0 / (6.0 * np.pi**2) * (filled * p**3).sum()
    energy = 30.0 / np.pi**2 * density
    entropy = 45.0 / (2.0 * np.pi**2) * (density + pressure)
    cooled = (2.0 + entropy) / (2.0 + 3.5)  # (T_ν/T)³
    return 2.0 + energy + NEUTRINOS * cooled ** (4.0 / 3.0), 2.0 + entropy + NEUTRINOS * cooled
