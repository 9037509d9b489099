"""Tracks of charged particles: acceptance, efficiency, resolution, and where they enter the calorimeter."""

import numpy as np
from numpy.typing import NDArray

from scotopic.detector.experiment import Calorimeter, Tracker

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LIGHT_BEND = 0.299792458e-3
"""pT (GeV) = LIGHT_BEND × B (T) × radius (mm)."""


def track_efficiency(pt: Floats, theta: Floats, tracker: Tracker) -> Floats:
    """Return the probability to find the track of a prompt charged particle."""
    degrees = np.rad2deg(theta)
    inside = (degrees > tracker.theta_deg[0]) & (degrees < tracker.theta_deg[1]) & (pt > tracker.pt_min_GeV)
    low = np.interp(pt, tracker.efficiency_pt_GeV, tracker.efficiency_low_pt)
    plateau = np.where(pt >= tracker.efficiency_pt_GeV[-1], tracker.efficiency, low)
    return np.asarray(np.where(inside, plateau, 0.0))


def find_tracks(
    efficiency: Floats, rng: np.random.Generator, lost_boost: float = 1.0
) -> tuple[Bools, Floats]:
    """Return which tracks are found, and the weight of each particle's outcome.

    Parameters
    ----------
    efficiency : array
    lost_boost : float
        Factor on the probability of a loss inside the acceptance (at most to one half, where it was less). The weights,
        true over drawn probability of what happened, undo it.
    """
    lost = 1.0 - efficiency
    drawn = np.where(efficiency > 0.0, np.maximum(lost, np.minimum(lost_boost * lost, 0.5)), lost)
    found = rng.random(efficiency.shape) >= drawn
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(found, efficiency / (1.0 - drawn), lost / drawn)
    return found, np.where(np.isfinite(weight), weight, 1.0)


def smear_tracks(
    pt: Floats, theta: Floats, phi: Floats, mass: Floats, tracker: Tracker, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Return measured pT, θ, φ: σ(pT)/pT = a pT ⊕ b/β and σ(angle) = a ⊕ b/(pβ sin^1.5 θ)."""
    sin = np.maximum(np.sin(theta), 1e-3)
    momentum = pt / sin
    beta = momentum / np.hypot(momentum, mass)
    a, b = tracker.sigma_pt_percent
    sigma_pt = 0.01 * pt * np.hypot(a * pt, b / beta)
    c, d = tracker.sigma_angle_mrad
    sigma_angle = 1e-3 * np.hypot(c, d / (momentum * beta * sin**1.5))
    measured_pt = np.maximum(pt + sigma_pt * rng.standard_normal(pt.shape), 0.1 * pt)
    measured_theta = np.abs(theta + sigma_angle * rng.standard_normal(pt.shape))
    turned = phi + sigma_angle * rng.standard_normal(pt.shape)
    return measured_pt, measured_theta, np.remainder(turned + np.pi, 2.0 * np.pi) - np.pi


def enter_calorimeter(
    pt: Floats, theta: Floats, phi: Floats, charge: Floats, field_T: float, calo: Calorimeter
) -> tuple[Floats, Bools]:
    """Return the azimuth where particles from the centre reach the calorimeter, and whether they do.

    A helix from the axis has turned by arcsin(r/2R) at the radius r, R = pT/(0.3 B); positive charges turn towards
    smaller azimuth in a field along +z.
    """
    face = np.where(np.cos(theta) > 0.0, calo.forward_z_mm, calo.backward_z_mm)
    radius = np.minimum(calo.front_radius_mm, face * np.abs(np.tan(theta)))
    half_turn = 0.5 * radius * LIGHT_BEND * field_T / np.maximum(pt, 1e-6)
    reached = half_turn < 1.0
    turned = phi - np.sign(charge) * np.arcsin(np.minimum(half_turn, 1.0))
    return np.asarray(np.remainder(turned + np.pi, 2.0 * np.pi) - np.pi), reached


def from_interaction_point(
    vertex: Floats | None, theta: Floats, phi: Floats, tracker: Tracker, rng: np.random.Generator
) -> Bools:
    """Return which tracks pass the impact-parameter definition of the card.

    Parameters
    ----------
    vertex : (slots, 3, N) or None
        Production points in mm; None means the interaction point.
    """
    d0 = 1e-3 * tracker.d0_um * rng.standard_normal(theta.shape)
    z0 = 1e-3 * tracker.z0_um * rng.standard_normal(theta.shape)
    if vertex is not None:
        x, y, z = np.moveaxis(vertex, 1, 0)
        d0 = d0 + x * np.sin(phi) - y * np.cos(phi)
        z0 = z0 + z - (x * np.cos(phi) + y * np.sin(phi)) / np.tan(np.clip(theta, 1e-3, np.pi - 1e-3))
    return np.asarray((np.abs(d0) < 10.0 * tracker.ip_dr_cm) & (np.abs(z0) < 10.0 * tracker.ip_dz_cm))
