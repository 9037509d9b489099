"""Bins of half a resolution, and the mass hypotheses of a spectrum."""

import numpy as np

from scotopic.analysis.region import ROUNDING, Region
from scotopic.analysis.signal_shape import SignalShape
from scotopic.numerics.arrays import Floats

BINS_PER_RESOLUTION = 2


def anchored_edges(region: Region, shape: SignalShape) -> Floats:
    """Return bin edges in x = m², half a resolution wide; the region's lowest mass is the centre of a bin."""

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


def central_masses(region: Region, edges: Floats) -> Floats:
    """Return the masses (GeV) at the bin centres that the region tests: steps of half a resolution."""
    mass = np.sqrt(0.5 * (edges[1:] + edges[:-1]))
    return mass[(mass >= region.mass_low - ROUNDING) & (mass < region.mass_high - ROUNDING)]


def rising_edges(region: Region, shape: SignalShape) -> Floats:
    """Return bin edges in a reduced mass (GeV), half a resolution wide, from the lowest one on."""
    edges = [region.spectrum_low]
    while edges[-1] < region.spectrum_high:
        edges.append(edges[-1] + float(shape.resolution_at(np.array(edges[-1]))) / BINS_PER_RESOLUTION)
    return np.array(edges[:-1])


def falling_edges(region: Region, shape: SignalShape) -> Floats:
    """Return bin edges in x = m², half a resolution wide, from the region's end downwards."""
    edges = [region.spectrum_high]
    while edges[-1] > region.spectrum_low:
        x = edges[-1]
        edges.append(x - float(shape.resolution_at(np.sqrt(max(x, 0.0)))) / BINS_PER_RESOLUTION)
    return np.array(edges[::-1])


def stepped_masses(region: Region, shape: SignalShape) -> Floats:
    """Return masses (GeV) from the region's lowest on, half a resolution of m² apart."""
    squares = [region.mass_low**2]
    while squares[-1] < region.mass_high**2:
        step = float(shape.resolution_at(np.sqrt(squares[-1]))) / BINS_PER_RESOLUTION
        squares.append(squares[-1] + step)
    return np.sqrt(squares[:-1])
