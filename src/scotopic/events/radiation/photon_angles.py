"""The angle between a radiated photon and its beam.

For one photon of energy share y = 1 - x the density is that of the exact first-order emission from the initial
state, divided between the two beams: with the beam's velocity β

    (1 + x²)/(1 - β cosθ) - x (1 - β²)/(1 - β cosθ)² - y²/2.

Its integral is (1 + x²)(ln(s/m_e²) - 1), the splitting function with its logarithm (G. Bonneau and F. Martin, Nucl.
Phys. B 27 (1971) 381); for soft photons it is the eikonal factor, for large angles the two beams add up to
(2 - 2y + y²)/sin²θ - y²/2.
"""

import math

import numpy as np

from scotopic.numerics.arrays import Floats
from scotopic.physics.standard_model import ELECTRON_MASS

NEWTON_STEPS = 6


def emission_angles(u: Floats, missing: Floats, energy: float) -> tuple[Floats, Floats, Floats]:
    """Return 1 - cosθ to the beam, the weight, density over map, whose mean over `u` is one, and the place.

    The place is the probability of smaller angles.

    Parameters
    ----------
    u : (N,)
        Uniform numbers; the map is flat in ln(1 - β cosθ).
    missing : (N,)
        Energy share y of the photon.
    energy : float
        Of the beam, GeV.
    """
    mass2, beta, smallest = _kinematics(energy)
    log_range = math.log((1.0 + beta) / smallest)
    away = np.minimum(smallest * np.expm1(log_range * u) / beta, 2.0)
    pole = smallest + beta * away
    x = 1.0 - missing
    splitting = 1.0 + x * x
    density = splitting - x * mass2 / pole - 0.5 * missing**2 * pole
    everything = splitting * (log_range - beta)
    below = splitting * log_range * u - _rest(pole, missing, mass2, smallest)
    return away, density * log_range / everything, below / everything


def angle_at(place: Floats, missing: Floats, energy: float) -> Floats:
    """Return 1 - cosθ to the beam, below which angles have the probability `place` (N,), by Newton's method."""
    mass2, beta, smallest = _kinematics(energy)
    x = 1.0 - missing
    splitting = 1.0 + x * x
    log_range = math.log((1.0 + beta) / smallest)
    wanted = place * splitting * (log_range - beta)
    # of ln(1 - β cosθ); the start is right but near the ends
    log_pole = np.minimum((wanted + x * (1.0 + beta)) / splitting, log_range)
    for _ in range(NEWTON_STEPS):
        pole = smallest * np.exp(log_pole)
        slope = splitting - x * mass2 / pole - 0.5 * missing**2 * pole
        step = (_integral(pole, missing, mass2, smallest) - wanted) / np.maximum(slope, 1e-9)
        log_pole = np.clip(log_pole - step, 0.0, log_range)
    return np.asarray(np.minimum(smallest * np.expm1(log_pole) / beta, 2.0))


def restriction(away: Floats, missing: Floats, energy: float, share: Floats) -> Floats:
    """Return the weight of a photon where only 1 - β cosθ < 2 `share` is allowed; its mean is one, too.

    Parameters
    ----------
    away, missing, energy : as for `emission_angles`
    share : (N,)
        Scale of the radiation over s.
    """
    mass2, beta, smallest = _kinematics(energy)
    highest = np.minimum(2.0 * share, 1.0 + beta)
    allowed = _integral(highest, missing, mass2, smallest)
    everything = (1.0 + (1.0 - missing) ** 2) * (math.log((1.0 + beta) / smallest) - beta)
    inside = smallest + beta * away < highest
    return np.divide(everything, allowed, out=np.zeros_like(allowed), where=inside & (allowed > 0.0))


def _integral(pole: Floats, missing: Floats, mass2: float, smallest: float) -> Floats:
    """Return the integral of the density up to 1 - β cosθ = `pole`."""
    splitting = 1.0 + (1.0 - missing) ** 2
    return np.asarray(splitting * np.log(pole / smallest) - _rest(pole, missing, mass2, smallest))


def _rest(pole: Floats, missing: Floats, mass2: float, smallest: float) -> Floats:
    """Return what is taken off the logarithm in that integral."""
    mass_term = (1.0 - missing) * mass2 * (1.0 / smallest - 1.0 / pole)
    return np.asarray(mass_term + 0.5 * missing**2 * (pole - smallest))


def _kinematics(energy: float) -> tuple[float, float, float]:
    """Return 1 - β², β and 1 - β of a beam."""
    mass2 = (ELECTRON_MASS / energy) ** 2
    beta = math.sqrt(1.0 - mass2)
    return mass2, beta, mass2 / (1.0 + beta)
