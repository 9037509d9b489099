"""Bins of half a resolution and the mass hypotheses at their centres."""

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.searches.search import Region
from scotopic.searches.signal_shape import SignalShape

Floats = NDArray[np.float64]

BINS_PER_RESOLUTION = 2


def make_edges(region: Region, shape: SignalShape) -> Floats:
    """Return bin edges in x = (squared mass), GeV², half a resolution wide everywhere.

    The region's lowest mass hypothesis is a bin centre.
    """

    def width(x: float) -> float:
        return float(shape.resolution_at(np.sqrt(max(x, 0.0)))) / BINS_PER_RESOLUTION

    anchor = region.mass_low**2
    half = 0.5 * width(anchor)
    up, down = [anchor + half], [anchor - half]
    while up[-1] < region.spectrum_high:
        up.append(up[-1] + width(up[-1]))
    while down[-1] - width(down[-1]) > region.spectrum_low:
        down.append(down[-1] - width(down[-1]))
    return np.array(down[::-1] + up)


def mass_hypotheses(region: Region, edges: Floats) -> Floats:
    """Return the masses (GeV) at the bin centres that the region tests: steps of half a resolution."""
    mass = np.sqrt(0.5 * (edges[1:] + edges[:-1]))
    tolerance = 1e-9
    return mass[(mass >= region.mass_low - tolerance) & (mass < region.mass_high - tolerance)]


def check_masses(masses: Floats, low: float, high: float) -> None:
    """Refuse mass hypotheses that the search does not cover."""
    if masses.size == 0:
        raise InputError("no mass hypothesis was given; expected rising masses in GeV such as 0.5:2:0.1")
    if not np.isfinite(masses).all() or (np.diff(masses) <= 0.0).any():
        raise InputError("mass hypotheses must be finite and rising, in GeV")
    outside = masses[(masses < low) | (masses > high)]
    if outside.size:
        raise InputError(f"mass {outside[0]:g} GeV lies outside this search's range, {low:g} to {high:g} GeV")
