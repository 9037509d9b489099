"""Resolution of clusters as the card states it: basf2's tables, or terms added in quadrature."""

import numpy as np

from scotopic.detector.ecl_resolution import (
    BACKWARD,
    FORWARD,
    phi_resolution,
    relative_energy_resolution,
    theta_resolution,
)
from scotopic.detector.schema.calorimeter import Calorimeter
from scotopic.numerics.arrays import Floats, ShortInts


def energy_resolution(energy: Floats, region: ShortInts, calo: Calorimeter) -> Floats:
    """Return σ(E)/E of clusters of an energy (GeV) in a region; gaps count as barrel."""
    if calo.resolution == "basf2-covariance":
        assert calo.background_level is not None
        return relative_energy_resolution(energy, region, calo.background_level)
    assert calo.energy_percent is not None
    a, b, c, d = _rows(calo.energy_percent, region)
    return np.asarray(0.01 * np.sqrt((a / energy) ** 2 + b**2 / energy + c**2 / np.sqrt(energy) + d**2))


def angle_resolutions(energy: Floats, region: ShortInts, calo: Calorimeter) -> tuple[Floats, Floats]:
    """Return σ(θ) and σ(φ) in rad."""
    if calo.resolution == "basf2-covariance":
        assert calo.background_level is not None
        level = calo.background_level
        return theta_resolution(energy, region, level), phi_resolution(energy, region, level)
    assert calo.angle_mrad is not None
    a, b = _rows(calo.angle_mrad, region)
    sigma = np.asarray(0.001 * np.sqrt(a**2 / energy + b**2))
    return sigma, sigma


def _rows(table: tuple[tuple[float, ...], ...], region: ShortInts) -> Floats:
    """Return the terms (K, ...) of each cluster's region."""
    row = np.where(region == FORWARD, 0, np.where(region == BACKWARD, 2, 1))
    return np.asarray(np.moveaxis(np.array(table)[row], -1, 0))
