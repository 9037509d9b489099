"""The calorimeter's trigger cells: rings of polar angle, energy sums, clusters, the 3-D Bhabha veto.

Belle II's level 1 sees 576 cells of 4x4 crystals in 17 rings (basf2, trigger geometry). Arrays are
(slots, N), events last; an empty slot has energy 0.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from scotopic.detector.schema.trigger import Bhabha3D, TriggerCells
from scotopic.numerics.arrays import Bools, Floats, ShortInts
from scotopic.numerics.lorentz import azimuth, boost, polar_angle, wrapped
from scotopic.numerics.units import DEGREE


@dataclass(frozen=True)
class CellHits:
    """Cells above threshold: energy in GeV, ring from 1, cell within the ring from 0; ring 0 is empty."""

    energy: Floats
    ring: ShortInts
    cell: ShortInts


@dataclass(frozen=True)
class CellClusters:
    """Clusters of cells, hardest first; positions are those of the hottest cell's centre.

    Energies in GeV, angles in radians, in the laboratory and the nominal centre of mass (``_cm``).
    """

    energy: Floats
    energy_cm: Floats
    theta_cm: Floats
    phi_cm: Floats
    ring: ShortInts


def locate(theta: Floats, phi: Floats, cells: TriggerCells) -> tuple[ShortInts, ShortInts]:
    """Return ring (from 1; 0 where there is no cell) and cell of a direction (rad); NaN has no cell."""
    low, high = DEGREE * np.array(cells.theta_low_deg), DEGREE * np.array(cells.theta_high_deg)
    ring = np.searchsorted(low, theta, side="right").astype(np.int32)
    covered = (ring > 0) & (theta < high[np.maximum(ring, 1) - 1])
    ring = np.where(covered, ring, 0).astype(np.int32)
    turn = np.nan_to_num(phi % (2.0 * np.pi)) / (2.0 * np.pi)
    number = np.array((1, *cells.cells_in_ring))[ring]
    return ring, np.minimum(np.floor(turn * number), number - 1).astype(np.int32)


def fill_cells(energy: Floats, theta: Floats, phi: Floats, time: Floats, cells: TriggerCells) -> CellHits:
    """Return the cells above threshold, from clusters (slots, N) in time; NaN marks an empty slot.

    A shower fills one cell; showers in the same cell add up.
    """
    ring, cell = locate(theta, phi, cells)
    used = (ring > 0) & (np.abs(time) < 0.5 * cells.window_ns)
    filled = np.where(used, energy, 0.0)
    for first, second in combinations(range(energy.shape[0]), 2):
        same = (ring[first] == ring[second]) & (cell[first] == cell[second]) & used[first] & used[second]
        if same.any():
            filled[first] += np.where(same, filled[second], 0.0)
            filled[second] = np.where(same, 0.0, filled[second])
            used[second] &= ~same
    above = filled > cells.threshold_GeV
    return CellHits(np.where(above, filled, 0.0), np.where(above, ring, 0).astype(np.int32), cell)


def cell_sum(hits: CellHits, rings: tuple[int, int]) -> Floats:
    """Return the summed energy (N,) of the cells in a range of rings."""
    inside = (hits.ring >= rings[0]) & (hits.ring <= rings[1])
    return np.asarray(np.where(inside, hits.energy, 0.0).sum(axis=0))


def find_clusters(hits: CellHits, cells: TriggerCells, beta: Floats) -> CellClusters:
    """Return clusters: local maxima with the energy of the cells that touch them, hardest first.

    Parameters
    ----------
    hits : CellHits
    cells : TriggerCells
    beta : (3,)
        Nominal velocity of the centre of mass.
    """
    slots = hits.energy.shape[0]
    number = np.array((1, *cells.cells_in_ring))[hits.ring]
    width = 2.0 * np.pi / number
    phi = (hits.cell + 0.5) * width
    centres = 0.5 * DEGREE * (np.array(cells.theta_low_deg) + np.array(cells.theta_high_deg))
    theta = np.concatenate([[0.5 * np.pi], centres])[hits.ring]
    energy = hits.energy.copy()
    peak = hits.ring > 0
    for first, second in combinations(range(slots), 2):
        present = (hits.ring[first] > 0) & (hits.ring[second] > 0)
        touching = present & (np.abs(hits.ring[first] - hits.ring[second]) <= 1)
        if not touching.any():
            continue
        apart = np.abs(wrapped(phi[first] - phi[second]))
        touching &= apart < 0.5 * (width[first] + width[second]) * (1.0 + 1e-9)
        energy[first] += np.where(touching, hits.energy[second], 0.0)
        energy[second] += np.where(touching, hits.energy[first], 0.0)
        harder = hits.energy[first] >= hits.energy[second]
        peak[second] &= ~(touching & harder)
        peak[first] &= ~(touching & ~harder)
    energy = np.where(peak, energy, 0.0)
    order = np.argsort(-energy, axis=0, kind="stable")[: cells.max_clusters]

    energy, theta, phi = (np.take_along_axis(values, order, axis=0) for values in (energy, theta, phi))
    ring = np.where(energy > 0.0, np.take_along_axis(hits.ring, order, axis=0), 0).astype(np.int32)
    sin = np.sin(theta)
    lab = energy * np.stack([np.ones_like(theta), sin * np.cos(phi), sin * np.sin(phi), np.cos(theta)])
    cm = boost(lab, -beta)
    return CellClusters(energy, cm[0], polar_angle(cm), azimuth(cm), ring)


def bhabha_3d(clusters: CellClusters, veto: Bhabha3D) -> Bools:
    """Return the events (N,) with a pair of clusters that looks like e+e- → e+e- in the centre of mass.

    The windows on Δφ* and θ*1 + θ*2 and the energies are basf2's (trigger simulation).
    """
    low_phi, high_phi = (DEGREE * edge for edge in veto.dphi_deg)
    low_theta, high_theta = (DEGREE * edge for edge in veto.sum_theta_deg)
    both, one = veto.e_cm_min_GeV
    found = np.zeros(clusters.energy.shape[1], dtype=bool)
    for i, j in combinations(range(clusters.energy.shape[0]), 2):
        softer = np.minimum(clusters.energy_cm[i], clusters.energy_cm[j])
        harder = np.maximum(clusters.energy_cm[i], clusters.energy_cm[j])
        dphi = np.abs(clusters.phi_cm[i] - clusters.phi_cm[j])
        sum_theta = clusters.theta_cm[i] + clusters.theta_cm[j]
        found |= (
            (softer > both)
            & (harder > one)
            & (dphi > low_phi)
            & (dphi < high_phi)
            & (sum_theta > low_theta)
            & (sum_theta < high_theta)
        )
    return found
