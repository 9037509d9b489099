"""Charged particles: way to the calorimeter, bremsstrahlung, finding and measuring of tracks.

Particles of a chunk of events are flat lists (K,), each with the index of its event.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scotopic.detector.schema.calorimeter import Calorimeter
from scotopic.detector.schema.tracker import Tracker
from scotopic.detector.track_resolution import (
    LEAST_LAYERS,
    angle_resolution,
    crossed_layers,
    momentum_resolution,
)
from scotopic.numerics.arrays import Bools, Floats, Ints, ShortInts
from scotopic.numerics.lorentz import wrapped
from scotopic.numerics.units import DEGREE, SPEED_OF_LIGHT_MM_PER_NS

ELECTRON, MUON, PHOTON = 11, 13, 22

CHARGES = {11: -1, 13: -1, 211: 1, 321: 1, 2212: 1, 3222: 1, 3112: -1, 3312: -1, 3334: -1, 1000010020: 1}
"""Charges of the particles that live long enough to leave a track: e, μ, π, K, p, hyperons, d."""

BOOSTED_LOSS_MAX = (
    0.5  # a boosted probability of loss stays below this, so that found tracks keep sane weights
)
TURNS_MAX = 2.0  # a curling particle is given up after so many turns


@dataclass(frozen=True)
class Particles:
    """K particles of a chunk of events.

    Attributes
    ----------
    event : (K,) int64
        Index of the event within the chunk.
    slot : (K,) int32
        Slot of the generated particle it is or descends from.
    pdg : (K,) int32
    momentum : (4, K) float64
        (E, px, py, pz) in the laboratory, GeV.
    vertex : (3, K) float64
        Production point, mm.
    """

    event: Ints
    slot: ShortInts
    pdg: ShortInts
    momentum: Floats
    vertex: Floats

    def __len__(self) -> int:
        """Return the number of particles."""
        return int(self.event.shape[0])

    def select(self, which: Bools | NDArray[np.integer]) -> "Particles":
        """Return the chosen particles."""
        return Particles(
            self.event[which],
            self.slot[which],
            self.pdg[which],
            self.momentum[:, which],
            self.vertex[:, which],
        )


def join(parts: list[Particles]) -> Particles:
    """Return the particles of all lists in one."""
    return Particles(
        np.concatenate([part.event for part in parts]),
        np.concatenate([part.slot for part in parts]),
        np.concatenate([part.pdg for part in parts]),
        np.concatenate([part.momentum for part in parts], axis=1),
        np.concatenate([part.vertex for part in parts], axis=1),
    )


def charges(pdg: ShortInts) -> ShortInts:
    """Return the electric charges (in units of e) of what the simulation sees of PDG codes, else 0."""
    codes, where = np.unique(pdg, return_inverse=True)
    values = np.array([np.sign(code) * CHARGES.get(abs(int(code)), 0) for code in codes], dtype=np.int32)
    return values[where].reshape(pdg.shape)


@dataclass(frozen=True)
class Helix:
    """Circles of charged particles in the transverse plane, mm."""

    centre: Floats  # (2, K)
    radius: Floats
    sense: Floats  # +1 counter-clockwise; with the field along +z a positive particle turns clockwise
    slope: Floats  # dz per transverse path, pz/pT


def helix(particles: Particles, charge: ShortInts, field_T: float) -> Helix:
    """Return the circles: R = pT/(0.2998 |q| B) with pT in GeV, R in m and B in tesla."""
    px, py, pz = particles.momentum[1:]
    pt = np.maximum(np.hypot(px, py), 1e-9)
    radius = pt / (SPEED_OF_LIGHT_MM_PER_NS * 1e-6 * field_T * np.abs(charge))
    sense = -np.sign(charge).astype(np.float64)
    # the centre lies to the left of the direction of flight for counter-clockwise motion
    centre = particles.vertex[:2] + sense * radius * np.stack([-py, px]) / pt
    return Helix(centre, radius, sense, pz / pt)


def impact(particles: Particles, circle: Helix) -> tuple[Floats, Floats]:
    """Return d0 (unsigned) and z0 of the points of closest approach to the z axis, mm."""
    d0 = np.abs(np.hypot(*circle.centre) - circle.radius)
    start = particles.vertex[:2] - circle.centre
    turned = (
        _angle(-circle.centre, start) * circle.sense
    )  # from the closest point to the start, along the flight
    return d0, particles.vertex[2] - turned * circle.radius * circle.slope


def calorimeter_entry(
    particles: Particles, charge: ShortInts, field_T: float, calo: Calorimeter
) -> tuple[Floats, Floats, Bools]:
    """Return polar angle, azimuth (rad, seen from the origin) and presence at the calorimeter's face.

    Neutral particles fly straight, charged ones on a helix; the face is a cylinder closed by two discs.
    Absent are particles born behind it and those that curl up before they reach it.
    """
    point = np.full((3, len(particles)), np.nan)
    straight = charge == 0
    point[:, straight] = _straight(particles.select(straight), calo)
    if not straight.all():
        point[:, ~straight] = _curved(particles.select(~straight), charge[~straight], field_T, calo)
    vertex = particles.vertex
    inside = np.hypot(vertex[0], vertex[1]) < calo.front_radius_mm
    inside &= (vertex[2] < calo.forward_z_mm) & (vertex[2] > -calo.backward_z_mm)
    present = inside & np.isfinite(point).all(axis=0)
    theta = np.arctan2(np.hypot(point[0], point[1]), point[2])
    return theta, np.arctan2(point[1], point[0]), present


def _straight(particles: Particles, calo: Calorimeter) -> Floats:
    x, y, z = particles.vertex
    ux, uy, uz = particles.momentum[1:] / np.sqrt((particles.momentum[1:] ** 2).sum(axis=0))
    a, b = ux**2 + uy**2, x * ux + y * uy
    c = x**2 + y**2 - calo.front_radius_mm**2
    with np.errstate(divide="ignore", invalid="ignore"):
        barrel = np.where(a > 0.0, (-b + np.sqrt(np.maximum(b**2 - a * c, 0.0))) / a, np.inf)
        disc = np.where(uz > 0.0, calo.forward_z_mm - z, -calo.backward_z_mm - z) / uz
    path = np.minimum(barrel, np.where(uz == 0.0, np.inf, disc))
    return np.stack([x + path * ux, y + path * uy, z + path * uz])


def _curved(particles: Particles, charge: ShortInts, field_T: float, calo: Calorimeter) -> Floats:
    circle = helix(particles, charge, field_T)
    start = particles.vertex[:2] - circle.centre
    distance = np.maximum(np.hypot(*circle.centre), 1e-9)
    # on the circle |x| = front radius at the angle ±far from the point of closest approach
    cos_far = (circle.radius**2 + distance**2 - calo.front_radius_mm**2) / (2.0 * circle.radius * distance)
    far = np.arccos(np.clip(cos_far, -1.0, 1.0))
    begin = _angle(-circle.centre, start) * circle.sense
    z = particles.vertex[2]
    face = np.where(circle.slope > 0.0, calo.forward_z_mm - z, -calo.backward_z_mm - z)
    with np.errstate(divide="ignore", invalid="ignore"):
        disc = np.where(circle.slope == 0.0, np.inf, face / (circle.slope * circle.radius))
    barrel = np.where(np.abs(cos_far) <= 1.0, (far - begin) % (2.0 * np.pi), np.inf)
    turn = np.minimum(barrel, disc)
    turn = np.where(turn < 2.0 * np.pi * TURNS_MAX, turn, np.nan)
    sin, cos = np.sin(turn * circle.sense), np.cos(turn * circle.sense)
    x = circle.centre[0] + cos * start[0] - sin * start[1]
    y = circle.centre[1] + sin * start[0] + cos * start[1]
    return np.stack([x, y, z + turn * circle.radius * circle.slope])


def _angle(a: Floats, b: Floats) -> Floats:
    return np.asarray(np.arctan2(a[0] * b[1] - a[1] * b[0], (a * b).sum(axis=0)))


def radiate(particles: Particles, x0: float, rng: np.random.Generator) -> tuple[Particles, Particles]:
    """Return particles after bremsstrahlung in `x0` radiation lengths at 90°, and the photons.

    An electron keeps the fraction z of its energy, with -ln z from a Gamma distribution of order t/ln 2
    behind t radiation lengths (W. Heitler, *The quantum theory of radiation*, section 37). Photons of one
    electron are one, along its direction; other particles do not radiate.
    """
    electron = np.abs(particles.pdg) == ELECTRON
    momentum = particles.momentum
    modulus = np.maximum(np.sqrt((momentum[1:] ** 2).sum(axis=0)), 1e-12)
    sin_theta = np.hypot(momentum[1], momentum[2]) / modulus
    depth = np.maximum(x0, 1e-6) / np.maximum(sin_theta, 0.05)
    kept = np.where(electron, np.exp(-rng.gamma(depth / np.log(2.0))), 1.0)
    lost = (1.0 - kept) * modulus
    direction = momentum[1:] / modulus
    rest2 = np.maximum(momentum[0] ** 2 - modulus**2, 0.0)
    after = kept * modulus
    slowed = Particles(
        particles.event,
        particles.slot,
        particles.pdg,
        np.concatenate([np.hypot(np.sqrt(rest2), after)[np.newaxis], after * direction]),
        particles.vertex,
    )
    photons = Particles(
        particles.event,
        particles.slot,
        np.full(len(particles), PHOTON, dtype=np.int32),
        np.concatenate([lost[np.newaxis], lost * direction]),
        particles.vertex,
    )
    return slowed, photons.select(lost > 0.0)


def finding_efficiency(particles: Particles, tracker: Tracker) -> Floats:
    """Return the probability (K,) that a track is found.

    Nothing outside the polar range, below the least pT and with fewer layers than `LEAST_LAYERS`; the card's
    efficiency against pT, linear between its points; for tracks born inside the chamber it falls in proportion to the
    lever arm that is left.
    """
    px, py, pz = particles.momentum[1:]
    pt = np.hypot(px, py)
    low, high = (DEGREE * edge for edge in tracker.theta_deg)
    theta = np.arctan2(pt, pz)
    seen = (theta > low) & (theta < high) & (pt > tracker.pt_min_GeV)
    by_pt = np.interp(pt, tracker.efficiency_pt_GeV, tracker.efficiency_low_pt)
    by_pt = np.where(pt >= tracker.efficiency_pt_GeV[-1], tracker.efficiency, by_pt)
    inner, outer = (10.0 * radius for radius in tracker.radii_cm)
    born = np.hypot(particles.vertex[0], particles.vertex[1])
    seen &= crossed_layers(theta, born, particles.vertex[2], tracker) >= LEAST_LAYERS
    lever = np.clip((outer - born) / (outer - inner), 0.0, 1.0)
    return np.asarray(np.where(seen, by_pt * lever, 0.0))


def draw_found(efficiency: Floats, boost: float, rng: np.random.Generator) -> tuple[Bools, Floats]:
    """Return which tracks are found, and weights (K,) that undo a boosted loss.

    The probability of loss 1-ε is multiplied by `boost`, up to `BOOSTED_LOSS_MAX`; lost tracks weigh
    (1-ε)/loss, found ones ε/(1-loss), so that every expectation is unchanged.
    """
    true_loss = 1.0 - efficiency
    loss = np.maximum(np.minimum(boost * true_loss, BOOSTED_LOSS_MAX), true_loss)
    found = rng.random(efficiency.shape) >= loss
    if boost == 1.0:
        return found, np.ones_like(efficiency)
    kept = np.divide(efficiency, 1.0 - loss, out=np.ones_like(loss), where=loss < 1.0)
    gone = np.divide(true_loss, loss, out=np.ones_like(loss), where=loss > 0.0)
    return found, np.where(found, kept, gone)


@dataclass(frozen=True)
class Measured:
    """Measured parameters (K,) of found tracks: pT in GeV, angles in rad."""

    pt: Floats
    theta: Floats
    phi: Floats
    from_ip: Bools


def measure(particles: Particles, circle: Helix, tracker: Tracker, rng: np.random.Generator) -> Measured:
    """Return measured tracks; the curvature 1/pT is Gaussian."""
    energy, px, py, pz = particles.momentum
    pt, p = np.hypot(px, py), np.sqrt(px**2 + py**2 + pz**2)
    beta = p / energy
    theta, phi = np.arctan2(pt, pz), np.arctan2(py, px)
    sigma_angle = angle_resolution(p, beta, theta, tracker)
    born = np.hypot(particles.vertex[0], particles.vertex[1])
    sigma_pt = momentum_resolution(pt, beta, theta, tracker, born, particles.vertex[2])
    draws = rng.standard_normal((5, len(particles)))
    curvature = np.maximum(1.0 + sigma_pt * draws[0], 0.1)
    d0, z0 = impact(particles, circle)
    d0 = d0 + 1e-3 * tracker.d0_um * draws[3]
    z0 = z0 + 1e-3 * tracker.z0_um * draws[4]
    from_ip = (np.abs(d0) < 10.0 * tracker.ip_dr_cm) & (np.abs(z0) < 10.0 * tracker.ip_dz_cm)
    measured_theta = np.clip(theta + sigma_angle * draws[1], 1e-6, np.pi - 1e-6)
    measured_phi = wrapped(phi + sigma_angle * draws[2])
    return Measured(pt / curvature, measured_theta, measured_phi, from_ip)
