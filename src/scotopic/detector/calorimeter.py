"""The electromagnetic calorimeter: acceptance, merging of close photons, energy, direction and time.

All functions take and return arrays of clusters in any shape; GeV, radians and ns.
"""

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import ndtri

from scotopic.detector.cluster_resolution import angle_resolutions, energy_resolution
from scotopic.detector.ecl_resolution import BACKWARD, BARREL, FORWARD
from scotopic.detector.schema.calorimeter import Calorimeter, Tail
from scotopic.numerics.arrays import Bools, Floats, ShortInts
from scotopic.numerics.lorentz import wrapped

FORWARD_GAP, BACKWARD_GAP = 11, 13
OUTSIDE, EMPTY = 0, -1
LOW_ENERGY_GeV = 1.0  # the plateau of `single_photon_eff` holds from here
LEAST_SHARE = 0.1  # of its energy that a found shower shows
VISIBLE_GeV = 0.1  # energy that a search for nothing else would see


def find_region(theta: Floats, calo: Calorimeter) -> ShortInts:
    """Return the region of polar angles: 1 forward, 2 barrel, 3 backward, 11 and 13 gaps, 0 outside."""
    degrees = np.rad2deg(theta)
    edges = [edge for region in calo.regions_deg for edge in region]
    codes = np.array([OUTSIDE, FORWARD, FORWARD_GAP, BARREL, BACKWARD_GAP, BACKWARD], dtype=np.int32)
    codes = np.append(codes[: len(edges)], np.int32(OUTSIDE))
    return np.asarray(codes[np.searchsorted(edges, degrees, side="right")])


def loss_probability(theta: Floats, phi: Floats, region: ShortInts, calo: Calorimeter) -> Floats:
    """Return the probability that a photon leaves less than 0.1 GeV.

    It is lost in the gaps, in the seam at 90°, in cracks in azimuth of the barrel, and rarely anywhere else.
    """
    loss = calo.loss
    at_seam = np.abs(np.rad2deg(theta) - 90.0) < loss.seam_halfwidth_deg
    probability = np.where(at_seam, loss.seam, loss.bulk)
    if loss.phi_cracks is not None:
        pitch = 360.0 / loss.phi_cracks
        from_crack = np.abs(np.remainder(np.rad2deg(phi) + 0.5 * pitch, pitch) - 0.5 * pitch)
        cracked = (region == BARREL) & (from_crack < loss.phi_crack_halfwidth_deg)
        probability = np.where(cracked, np.maximum(loss.phi_crack, probability), probability)
    probability = np.where(region == FORWARD_GAP, loss.forward_gap, probability)
    probability = np.where(region == BACKWARD_GAP, loss.backward_gap, probability)
    return np.asarray(np.where(region == OUTSIDE, 1.0, probability))


@dataclass(frozen=True)
class Found:
    """What became of K showers; those neither found nor lost leave energy but no good cluster.

    Attributes
    ----------
    found, lost : (K,) bool
        Made a good cluster; left nothing in the crystals.
    weight : (K,)
        Undoes a raised probability of loss.
    """

    found: Bools
    lost: Bools
    weight: Floats


def find_photons(
    energy: Floats,
    theta: Floats,
    phi: Floats,
    region: ShortInts,
    calo: Calorimeter,
    rng: np.random.Generator,
    least_loss: float = 0.0,
) -> Found:
    """Return which photons make a cluster and which leave nothing: acceptance, loss, efficiency.

    The card's efficiency is that of a good cluster: a photon that misses it has left its energy nevertheless. With
    `least_loss`, photons above `VISIBLE_GeV` are lost with at least this probability, for rare losses to be studied.
    """
    excess = np.maximum(energy - calo.min_cluster_GeV, 0.0)
    seen = -np.expm1(-excess / calo.low_energy_slope_GeV) * (1.0 - loss_probability(theta, phi, region, calo))
    raised = (energy > VISIBLE_GeV) & (1.0 - seen < least_loss)
    share = np.where(raised, 1.0 - least_loss, seen)
    u = rng.random(energy.shape)
    found, lost = u < calo.single_photon_eff * share, u >= share
    undo = np.where(lost, (1.0 - seen) / max(least_loss, 1e-300), seen / (1.0 - least_loss))
    weight = np.where(raised, undo, 1.0)
    return Found(found, lost, weight)


def separation(theta1: Floats, phi1: Floats, theta2: Floats, phi2: Floats) -> Floats:
    """Return the angle between two directions, exact for small ones (haversine)."""
    a, b = np.sin(0.5 * (theta1 - theta2)), np.sin(0.5 * (phi1 - phi2))
    h = a * a + np.sin(theta1) * np.sin(theta2) * b * b
    return np.asarray(2.0 * np.arcsin(np.sqrt(np.minimum(h, 1.0))))


def merge_close(
    energy: Floats, theta: Floats, phi: Floats, present: Bools, calo: Calorimeter, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats, ShortInts, Bools]:
    """Merge showers that the calorimeter does not resolve.

    Parameters
    ----------
    energy, theta, phi : (slots, N)
    present : (slots, N)

    Returns
    -------
    energy, theta, phi : (slots, N)
        Merged energy and energy-weighted direction in the slot of the harder shower.
    host : (slots, N)
        The slot that a shower ended in, its own if it stayed alone.
    overlapped : (slots, N)
        Showers with a resolved neighbour closer than `calo.overlap.below_deg`.
    """
    energy, theta, phi = energy.copy(), theta.copy(), phi.copy()
    slots, n = energy.shape
    host = np.repeat(np.arange(slots, dtype=np.int32)[:, None], n, axis=1)
    overlapped = np.zeros(energy.shape, dtype=bool)
    none, everything = np.deg2rad(calo.merge_deg)
    below = np.deg2rad(calo.overlap.below_deg)
    for i, j in combinations(range(slots), 2):
        both = np.flatnonzero(present[i] & present[j] & (host[i] == i) & (host[j] == j))
        if both.size == 0:
            continue
        angle = separation(theta[i, both], phi[i, both], theta[j, both], phi[j, both])
        near = angle < below
        both, angle = both[near], angle[near]
        resolved = rng.random(both.size) < (angle - none) / (everything - none)
        overlapped[i, both[resolved]] = overlapped[j, both[resolved]] = True
        merged = both[~resolved]
        into = np.where(energy[i, merged] >= energy[j, merged], i, j)
        gone = i + j - into
        total = energy[i, merged] + energy[j, merged]
        share = energy[gone, merged] / np.where(total > 0.0, total, 1.0)
        turn = wrapped(phi[gone, merged] - phi[into, merged])
        theta[into, merged] += share * (theta[gone, merged] - theta[into, merged])
        phi[into, merged] += share * turn
        energy[into, merged] = total
        host[gone, merged] = into
    return energy, theta, phi, host, overlapped


def smear(
    energy: Floats,
    theta: Floats,
    phi: Floats,
    region: ShortInts,
    overlapped: Bools,
    converted: Bools,
    calo: Calorimeter,
    rng: np.random.Generator,
) -> tuple[Floats, Floats, Floats]:
    """Return measured energy, polar angle and azimuth of clusters.

    The energy has a Gaussian core that peaks at the true energy and a power-law tail to lower values;
    a share `calo.conversion_tail` of the photons that converted in front of the crystals is all tail.
    """
    overlap = calo.overlap
    safe = np.where(energy > 0.0, energy, 1.0)
    sigma_e = safe * energy_resolution(safe, region, calo) * calo.resolution_scale
    sigma_theta, sigma_phi = angle_resolutions(safe, region, calo)
    sigma_e *= np.where(overlapped, overlap.sigma_energy, 1.0)
    pull = draw_response(energy.shape, calo.tail, rng)
    all_tail = converted & (rng.random(energy.shape) < calo.conversion_tail)
    pull = np.where(all_tail, _tail_pull(rng.random(energy.shape), calo.tail), pull)
    angle_scale = [np.where(overlapped, factor, 1.0) for factor in (overlap.sigma_theta, overlap.sigma_phi)]
    d_theta = sigma_theta * angle_scale[0] * rng.standard_normal(energy.shape)
    d_phi = sigma_phi * angle_scale[1] * rng.standard_normal(energy.shape)
    measured_theta = np.abs(theta + d_theta)
    measured_phi = wrapped(phi + d_phi)
    # the card's losses say how often less is left, not the end of the tail
    return np.maximum(energy + sigma_e * pull, LEAST_SHARE * energy), measured_theta, measured_phi


def draw_response(shape: tuple[int, ...], tail: Tail, rng: np.random.Generator) -> Floats:
    """Draw (E - E_true)/σ from a Crystal Ball: Gaussian above -alpha, (B - z)^-n below."""
    u = rng.random(shape)
    share = tail_share(tail)
    core_low = 0.5 * math.erfc(tail.alpha / math.sqrt(2.0))
    core = ndtri(core_low + (1.0 - core_low) * np.maximum(u - share, 0.0) / (1.0 - share))
    return np.asarray(np.where(u < share, _tail_pull(u / share, tail), core))


def tail_share(tail: Tail) -> float:
    """Return the share of a Crystal Ball's area that lies in its power-law tail."""
    in_tail = tail.n / tail.alpha / (tail.n - 1.0) * math.exp(-0.5 * tail.alpha**2)
    core = math.sqrt(0.5 * math.pi) * (1.0 + math.erf(tail.alpha / math.sqrt(2.0)))
    return in_tail / (in_tail + core)


def _tail_pull(u: Floats, tail: Tail) -> Floats:
    # inverse of the cumulative distribution ((B - z)/(n/alpha))^(1 - n) of the tail alone, B = n/alpha - alpha
    safe = np.clip(u, 1e-12, 1.0)
    return np.asarray(
        tail.n / tail.alpha - tail.alpha - tail.n / tail.alpha * safe ** (-1.0 / (tail.n - 1.0))
    )


def time_resolution(energy: Floats, calo: Calorimeter) -> Floats:
    """Return σ(t) in ns, a constant and a noise term that falls as 1/E, in quadrature."""
    safe = np.where(energy > 0.0, energy, np.inf)
    return np.hypot(calo.time_sigma_ns, calo.time_noise_ns_GeV / safe)
