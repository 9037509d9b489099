"""The expanding plasma of the Standard Model: effective degrees of freedom, entropy, expansion rate.

g(T) of the energy and h(T) of the entropy density are the fits of O. Wantz and E. P. S. Shellard, Phys. Rev. D 82
(2010) 123508 (arXiv:0910.1066), sums of steps in ln T at the thresholds and at the QCD crossover. Their coefficients
are RECALLED; that they give 3.36 and 3.91 today, 10.75 between muons and electrons, and 106.75 far above the top quark
is tested. The fits are good to about a per cent, at the crossover (0.1 to 0.3 GeV) to several.
"""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PLANCK_MASS_GEV = 1.220890e19
ENTROPY_TODAY_PER_CM3 = 2891.2
CRITICAL_DENSITY_GEV_PER_CM3 = 1.053672e-5
"""Of h = 1."""

# heights, places (ln of T in GeV) and widths of the steps
ENERGY_STEPS = np.array(
    [
        (0.572, 0.330, 0.579, 0.138, 0.108),
        (-8.77, -2.95, -1.80, -0.162, 3.76),
        (0.682, 1.01, 0.165, 0.934, 0.869),
    ]
)
ENTROPY_STEPS = np.array(
    [
        (0.498, 0.327, 0.579, 0.140, 0.109),
        (-8.74, -2.89, -1.79, -0.102, 3.82),
        (0.693, 1.01, 0.155, 0.963, 0.907),
    ]
)
LOG_ENERGY_TODAY, LOG_ENTROPY_TODAY = 1.21, 1.36


def energy_degrees(temperature: Floats) -> Floats:
    """Return g(T), ρ = (π²/30) g T⁴, of a temperature in GeV."""
    return np.exp(LOG_ENERGY_TODAY + _steps(temperature, ENERGY_STEPS)[0])


def entropy_degrees(temperature: Floats) -> Floats:
    """Return h(T), s = (2π²/45) h T³, of a temperature in GeV."""
    return np.exp(LOG_ENTROPY_TODAY + _steps(temperature, ENTROPY_STEPS)[0])


def effective_degrees(temperature: Floats) -> Floats:
    """Return g*^(1/2) = h/√g (1 + ⅓ d ln h/d ln T) of the equation for the yield.

    P. Gondolo and G. Gelmini, Nucl. Phys. B 360 (1991) 145.
    """
    slope = _steps(temperature, ENTROPY_STEPS)[1]
    return entropy_degrees(temperature) / np.sqrt(energy_degrees(temperature)) * (1.0 + slope / 3.0)


def relic_density(mass: float, yield_: float) -> float:
    """Return Ωh² of particles of a mass (GeV) with n/s = `yield_`."""
    return mass * yield_ * ENTROPY_TODAY_PER_CM3 / CRITICAL_DENSITY_GEV_PER_CM3


def annihilation_scale(mass: float) -> float:
    """Return √(π/45) M_Planck m in GeV², which multiplies g*^(1/2) ⟨σv⟩/x² in dY/dx."""
    return math.sqrt(math.pi / 45.0) * PLANCK_MASS_GEV * mass


def _steps(temperature: Floats, steps: Floats) -> tuple[Floats, Floats]:
    height, place, width = steps
    turn = np.tanh((np.log(np.asarray(temperature, dtype=np.float64))[..., None] - place) / width)
    return (height * (1.0 + turn)).sum(axis=-1), (height * (1.0 - turn**2) / width).sum(axis=-1)
