"""Observables of events with one photon and nothing else."""

from dataclasses import dataclass

import numpy as np

from scotopic.numerics.arrays import Floats, Ints
from scotopic.numerics.lorentz import azimuth, boost, cos_polar_angle, from_angles, polar_angle
from scotopic.numerics.units import DEGREE
from scotopic.selection.candidates import Candidates


@dataclass(frozen=True)
class Area:
    """An area of the photon's (E*, θ) between two parabolas, or a range of |cosθ*|.

    Attributes
    ----------
    low, high : (float, float, float)
        Coefficients of E*², E* and 1 (E* in GeV) of the smallest and the largest laboratory polar angle, degrees.
    cos_max : float
        Largest |cosθ*|, used where the area has no parabolas.
    """

    low: tuple[float, float, float] | None = None
    high: tuple[float, float, float] | None = None
    cos_max: float = 1.0

    def depth(self, energy_cm: Floats, theta: Floats, cos_cm: Floats) -> Floats:
        """Return how deep inside the area a photon lies, degrees of θ or 100 |Δcosθ*|; negative outside.

        Parameters
        ----------
        energy_cm, theta, cos_cm : (N,)
            E* in GeV, laboratory polar angle in radians, cosθ*.
        """
        if self.low is None or self.high is None:
            return np.asarray(100.0 * (self.cos_max - np.abs(cos_cm)))
        degrees = theta / DEGREE
        first, last = np.polyval(self.low, energy_cm), np.polyval(self.high, energy_cm)
        return np.asarray(np.minimum(degrees - first, last - degrees))


def cluster_energies_cm(energy: Floats, theta: Floats, phi: Floats, beta: Floats) -> Floats:
    """Return energies (GeV) of clusters in the centre of mass, 0 in empty slots; any shape, `beta` its velocity."""
    sin = np.sin(theta)
    along = beta[0] * sin * np.cos(phi) + beta[1] * sin * np.sin(phi) + beta[2] * np.cos(theta)
    return np.asarray(np.nan_to_num(energy * (1.0 - along) / np.sqrt(1.0 - float(beta @ beta))))


def photon_candidates(
    photon: tuple[Floats, Floats, Floats],
    event: Ints,
    others: dict[str, Floats],
    areas: dict[str, Area],
    *,
    beta: Floats,
    sqrt_s: float,
    weights: Floats,
    source: str = "",
) -> Candidates:
    """Return one candidate per photon with the observables of the photon and of what recoils.

    Parameters
    ----------
    photon : three of (M,)
        Energy (GeV), polar angle and azimuth (rad), laboratory.
    event : (M,)
        Event of each.
    others : mapping of name to (M,)
        Further observables.
    areas : mapping of name to Area
        Each becomes the observable ``depth_<name>``.
    beta : (3,)
        Nominal velocity of the centre of mass.
    weights : (N,)
        Of all events.

    Notes
    -----
    ``e_cm``, ``theta``, ``m2_recoil`` = s - 2√s E*; ``theta_partner``, ``phi_partner``: where the other photon of e+e-
    → γγ would have gone, in the laboratory.
    """
    momenta = from_angles(photon[0], 0.0, np.cos(photon[1]), photon[2])
    here = boost(momenta, -beta)
    partner = boost(np.concatenate([here[:1], -here[1:]]), beta)
    cos = cos_polar_angle(here)
    return Candidates(
        observables={
            "e_cm": here[0],
            "theta": photon[1],
            "cos_cm": cos,
            "m2_recoil": sqrt_s * (sqrt_s - 2.0 * here[0]),
            "theta_partner": polar_angle(partner),
            "phi_partner": azimuth(partner),
            **{f"depth_{name}": area.depth(here[0], photon[1], cos) for name, area in areas.items()},
            **others,
        },
        event=event,
        weights=weights[event],
        source=source,
    )
