"""Clusters of beam background, independent of the collision."""

import numpy as np

from scotopic.detector.schema.calorimeter import Calorimeter
from scotopic.numerics.arrays import Floats

LOWEST_GeV = 0.1
"""The card's mean number counts clusters above this energy."""


def draw_background(
    n: int, calo: Calorimeter, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return energy, θ, φ and time (slots, n) of background clusters above 0.1 GeV; NaN in empty slots.

    A Poisson number per event with an exponential spectrum, spread over forward, barrel and backward by the card's
    fractions (flat in cosθ within each), flat in azimuth and in time within the card's window.
    """
    number = rng.poisson(calo.background.mean_clusters_above_100MeV, n)
    slots = int(number.max(initial=0))
    present = np.arange(slots)[:, None] < number
    energy = LOWEST_GeV + rng.exponential(calo.background.slope_GeV, (slots, n))
    share = np.cumsum(calo.background.fractions) / np.sum(calo.background.fractions)
    region = np.searchsorted(share, rng.random((slots, n)))
    ranges = np.cos(np.deg2rad(calo.regions_deg))
    low, high = ranges[region].transpose(2, 0, 1)
    theta = np.arccos(low + (high - low) * rng.random((slots, n)))
    phi = np.pi * (2.0 * rng.random((slots, n)) - 1.0)
    time = calo.time_window_ns * (2.0 * rng.random((slots, n)) - 1.0)
    return tuple(np.where(present, values, np.nan) for values in (energy, theta, phi, time))  # type: ignore[return-value]
