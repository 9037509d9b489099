"""Conversion of photons to e+e- pairs in the material in front of the calorimeter."""

import numpy as np

from scotopic.detector.calorimeter import find_region
from scotopic.detector.ecl_resolution import BARREL
from scotopic.detector.schema.calorimeter import Calorimeter
from scotopic.numerics.arrays import Bools, Floats, ShortInts

NONE, BEFORE_TRACKER, IN_TRACKER, BEHIND_TRACKER = 0, 1, 2, 3


def conversion_probability(x0: Floats) -> Floats:
    """Return 1 - exp(-7/9 x) of a thickness of x radiation lengths (high-energy limit)."""
    return np.asarray(-np.expm1(-7.0 / 9.0 * x0))


def thickness(theta: Floats, calo: Calorimeter) -> tuple[Floats, Floats, Floats]:
    """Return radiation lengths before, in and behind the tracker along straight lines from the centre."""
    sin = np.maximum(np.sin(theta), 1e-3)
    cos = np.maximum(np.abs(np.cos(theta)), 1e-3)
    barrel = find_region(theta, calo) == BARREL
    behind = np.where(barrel, calo.x0_barrel / sin, calo.x0_endcap / cos)
    return calo.x0_before_cdc / sin, calo.x0_cdc / sin, np.asarray(behind)


def convert(theta: Floats, photon: Bools, calo: Calorimeter, rng: np.random.Generator) -> ShortInts:
    """Return where each photon converts: 0 nowhere, 1 before, 2 in, 3 behind the tracker."""
    place = np.zeros(theta.shape, dtype=np.int32)
    free = photon.copy()
    for code, x0 in zip((BEFORE_TRACKER, IN_TRACKER, BEHIND_TRACKER), thickness(theta, calo), strict=True):
        here = free & (rng.random(theta.shape) < conversion_probability(x0))
        place[here] = code
        free &= ~here
    return place


def energy_share(shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Draw the electron's share of the pair's energy from 1 - (4/3) x(1 - x), complete screening.

    Y.-S. Tsai, Rev. Mod. Phys. 46 (1974) 815; the PDG review of passage of particles through matter, eq. 34.31.
    """
    x = np.linspace(0.0, 1.0, 257)
    cumulative = (x - 2.0 / 3.0 * x**2 + 4.0 / 9.0 * x**3) * 9.0 / 7.0
    return np.interp(rng.random(shape), cumulative, x)
