"""Fit of measured particles to the four-momentum of the beams: least squares with constraints.

Two tracks (pT, θ, φ) and a photon (E, θ, φ) share the beams' energy and momentum, of which the energies fluctuate from
event to event. With y the measured numbers of covariance V, P(y) the sum of the four-momenta, B = ∂P/∂y and V_b the
covariance of the beams' four-momentum P_b, the fit repeats

    λ = (B V Bᵀ + V_b)⁻¹ [P(y) + B(y₀ − y) − P_b],   y ← y₀ − V Bᵀλ,

and χ² = [P(y) + B(y₀ − y) − P_b] λ has four degrees of freedom (PDG review, *Statistics*, and any text on constrained
fits). Everything is in the laboratory, GeV and radians.
"""

from dataclasses import dataclass

import numpy as np

from scotopic.numerics.arrays import Floats

STEPS = 4
FLOOR = 1e-12  # of the trace of the covariance
SHORTEST = 0.1  # of the measured pT or energy: a step cannot go below


@dataclass(frozen=True)
class Measured:
    """Two tracks and a photon of K events, with errors; all (3, K).

    Attributes
    ----------
    size
        pT of the tracks, energy of the photon, GeV.
    theta, phi
    size_error, theta_error, phi_error
    """

    size: Floats
    theta: Floats
    phi: Floats
    size_error: Floats
    theta_error: Floats
    phi_error: Floats


@dataclass(frozen=True)
class Fitted:
    """Fitted four-momenta (3, 4, K) and χ² (K,)."""

    momenta: Floats
    chi2: Floats


def fit_to_beams(measured: Measured, mass: Floats, total: Floats, total_covariance: Floats) -> Fitted:
    """Return the fitted four-momenta.

    Parameters
    ----------
    measured : Measured
    mass : (K,)
        Of both charged particles.
    total : (4,)
        Nominal four-momentum of the beams.
    total_covariance : (4, 4)
        Of their energy spread.
    """
    start = np.stack([measured.size, measured.theta, measured.phi])  # (3 numbers, 3 particles, K)
    variance = np.stack([measured.size_error, measured.theta_error, measured.phi_error]) ** 2
    y, chi2 = start, np.zeros(start.shape[-1])
    for _ in range(STEPS):
        momenta, slope = _momenta(y, mass)
        miss = momenta.sum(axis=0) + np.einsum("cpik,ipk->ck", slope, start - y) - total[:, None]
        weighted = slope * np.moveaxis(variance, 0, 1)
        system = np.einsum("cpik,dpik->kcd", weighted, slope) + total_covariance
        # rounding of far tails would make it singular
        system += FLOOR * np.trace(system, axis1=1, axis2=2)[:, None, None] * np.eye(4)
        multiplier = np.linalg.solve(system, miss.T[:, :, None])[:, :, 0].T
        chi2 = (miss * multiplier).sum(axis=0)
        y = start - np.moveaxis(np.einsum("cpik,ck->pik", weighted, multiplier), 0, 1)
        y[0] = np.maximum(y[0], SHORTEST * start[0])
        y[1] = np.clip(y[1], 1e-3, np.pi - 1e-3)
    return Fitted(_momenta(y, mass)[0], chi2)


def _momenta(y: Floats, mass: Floats) -> tuple[Floats, Floats]:
    """Return four-momenta (3, 4, K) and their derivatives (4, 3 particles, 3 numbers, K)."""
    size, theta, phi = y
    sin, cos = np.sin(theta), np.cos(theta)
    pt = size * np.stack([np.ones_like(sin[0]), np.ones_like(sin[0]), sin[2]])
    pz = pt * cos / sin
    masses = np.stack([mass, mass, np.zeros_like(mass)])
    energy = np.sqrt((pt / sin) ** 2 + masses**2)
    px, py = pt * np.cos(phi), pt * np.sin(phi)
    momenta = np.stack([energy, px, py, pz], axis=1)
    # a track keeps its pT when θ turns, a photon its energy
    turn = np.stack([np.zeros_like(pt[0]), np.zeros_like(pt[0]), size[2] * cos[2]])  # ∂pT/∂θ
    along = np.stack([-pt[0] / sin[0] ** 2, -pt[1] / sin[1] ** 2, -size[2] * sin[2]])  # ∂pz/∂θ
    by_size = np.stack([(pt / sin) ** 2 / energy, px, py, pz]) / size
    by_theta = np.stack([(pt * turn + pz * along) / energy, turn * np.cos(phi), turn * np.sin(phi), along])
    by_phi = np.stack([np.zeros_like(px), -py, px, np.zeros_like(px)])
    return momenta, np.stack([by_size, by_theta, by_phi], axis=2)
