"""The yield of a particle that falls out of equilibrium: the Boltzmann equation.

dY/dx = −√(π/45) M_Planck g*^(1/2) (m/x²) ⟨σv⟩ (Y² − Y_eq²), Y = n/s, x = m/T (P. Gondolo and G. Gelmini, Nucl. Phys.
B 360 (1991) 145), with n the density of all states, antiparticles included, and ⟨σv⟩ averaged over them.
"""

from collections.abc import Callable

import numpy as np
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline
from scipy.special import kve

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats
from scotopic.physics.dark_matter.expansion import (
    annihilation_scale,
    effective_degrees,
    entropy_degrees,
    relic_density,
)

FIRST_X, LAST_X = 2.0, 1e6
LARGEST = 300.0  # exponent of a trial step that the solver will reject
GRID = np.geomspace(FIRST_X, LAST_X, 260)


def log_equilibrium(x: Floats, states: int, entropy: Floats) -> Floats:
    """Return ln Y_eq, Y_eq = 45/(4π⁴) (states/h) x² K₂(x)."""
    return np.asarray(np.log(45.0 * states / (4.0 * np.pi**4 * entropy) * x**2 * kve(2, x)) - x)


def freeze_out(mass: float, states: int, average: Callable[[Floats], Floats]) -> float:
    """Return Ωh² after freeze-out.

    Parameters
    ----------
    mass : float
        GeV.
    states : int
        Spin states of particle and antiparticle together.
    average : callable
        ⟨σv⟩ (1/GeV²) of x = m/T, averaged over pairs of those states.

    Raises
    ------
    InputError
        If the mass is not positive or the average is not positive and finite.
    """
    if not (np.isfinite(mass) and mass > 0.0):
        raise InputError(f"dark matter: mass = {mass} GeV, must be positive")
    rate = np.asarray(average(GRID), dtype=np.float64)
    if not (np.isfinite(rate).all() and (rate > 0.0).all()):
        raise InputError("dark matter: <σv> must be positive and finite at all temperatures")
    temperature = mass / GRID
    log_x = np.log(GRID)
    log_strength = CubicSpline(
        log_x, np.log(annihilation_scale(mass) * effective_degrees(temperature) * rate / GRID)
    )
    log_equal = CubicSpline(log_x, log_equilibrium(GRID, states, entropy_degrees(temperature)))

    def rates(t: float, log_y: Floats) -> tuple[Floats, Floats]:
        # λ Y, by which the yield falls, and λ Y_eq²/Y, by which it grows
        y = np.clip(log_y, -LARGEST, LARGEST)
        falling = np.exp(np.minimum(log_strength(t) + y, LARGEST))
        return falling, np.exp(np.minimum(log_strength(t) + 2.0 * log_equal(t) - y, LARGEST))

    def slope(t: float, log_y: Floats) -> Floats:
        falling, growing = rates(t, log_y)
        return np.asarray(growing - falling)  # d ln Y/d ln x

    def jacobian(t: float, log_y: Floats) -> Floats:
        falling, growing = rates(t, log_y)
        return np.asarray(-growing - falling)[:, None]

    solved = solve_ivp(
        slope,
        (log_x[0], log_x[-1]),
        [float(log_equal(log_x[0]))],
        method="Radau",
        jac=jacobian,
        rtol=1e-6,
        atol=1e-8,
    )
    if not solved.success:
        raise InputError(
            f"dark matter: the Boltzmann equation of {mass:g} GeV has no solution: {solved.message}"
        )
    return relic_density(mass, float(np.exp(solved.y[0, -1])))
