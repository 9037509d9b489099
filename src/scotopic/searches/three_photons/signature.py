"""The four faces of an ALP that decays to photons: resolved, merged, displaced, invisible.

Figure 1 of the paper: the decay length in the laboratory against the tracker's inner radius and the
calorimeter's outer surface, the opening angle of the photons against what the calorimeter separates.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import qmc

from scotopic.detector.experiment import Experiment
from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats
from scotopic.numerics.lorentz import (
    boost,
    cos_polar_angle,
    from_angles,
    momentum,
    opening_angle,
    two_body_momentum,
    velocity,
)
from scotopic.physics.models.alp_photon import decay_length_mm

CRYSTAL_DEPTH_MM = 300.0  # Belle II TDR, arXiv:1011.0352: crystals of 30 cm
DIRECTIONS = 2048  # points of the quasi-random average
LIGHTEST = 1e-7  # of √s: the photons of lighter ALPs are parallel, and a larger boost loses its digits


@dataclass(frozen=True)
class SignatureFractions:
    """Fractions of the ALPs inside the calorimeter's acceptance, each in the shape of the arguments.

    Attributes
    ----------
    resolved, merged : prompt decays whose photons make two clusters, or one
    displaced : decays between the tracker's inner radius and the calorimeter's outer surface
    invisible : decays behind the calorimeter
    """

    resolved: Floats
    merged: Floats
    displaced: Floats
    invisible: Floats


def signature_fractions(mass: ArrayLike, coupling: ArrayLike, experiment: Experiment) -> SignatureFractions:
    """Return how often an ALP from e+e- → γa shows itself in each way.

    Parameters
    ----------
    mass : array
        GeV, below √s.
    coupling : array
        g in 1/GeV, broadcast against `mass`; decays to γγ only.
    experiment : Experiment
        Beams and geometry.

    Notes
    -----
    The average runs over the production angle (1 + cos²θ in the centre of mass) and an isotropic
    decay, with a fixed Sobol sequence of `DIRECTIONS` points: the same arguments give the same bits.

    The fractions refer to ALPs that fly into the acceptance. Close to threshold (from 10.38 GeV at Belle II)
    all follow the boost down the beam pipe; then the direction nearest to the acceptance counts, on the path
    along the acceptance's edge. The fractions so go on smoothly and sum to one: what decays promptly shows
    its two photons, what lives long escapes.
    """
    masses, couplings = np.broadcast_arrays(np.asarray(mass, float), np.asarray(coupling, float))
    sqrt_s = experiment.beams.sqrt_s
    if not (np.isfinite(masses).all() and (masses > 0.0).all() and (masses < sqrt_s).all()):
        raise InputError(f"ALP mass must lie between 0 and √s = {sqrt_s:.3f} GeV")
    if not (np.isfinite(couplings).all() and (couplings > 0.0).all()):
        raise InputError("ALP coupling g must be positive and finite, in 1/GeV")
    result = np.empty((4, masses.size))
    different, which = np.unique(masses, return_inverse=True)
    for number, one in enumerate(different):
        slots = np.flatnonzero(which.reshape(-1) == number)
        result[:, slots] = _fractions(float(one), couplings.reshape(-1)[slots], experiment)
    return SignatureFractions(*result.reshape(4, *masses.shape))


def _fractions(mass: float, couplings: Floats, experiment: Experiment) -> Floats:
    beams, calo = experiment.beams, experiment.calo
    cos_cm, phi_cm, cos_decay, phi_decay = _directions()
    heavy = max(mass, LIGHTEST * beams.sqrt_s)
    energy = np.hypot(two_body_momentum(beams.sqrt_s, heavy, 0.0), heavy)
    alp = beams.in_laboratory(from_angles(energy, heavy, cos_cm, phi_cm))
    first, second = (
        boost(from_angles(0.5 * heavy, 0.0, sign * cos_decay, phi_decay + turn), velocity(alp))
        for sign, turn in ((1.0, 0.0), (-1.0, np.pi))
    )

    flown = cos_polar_angle(alp)
    cos = np.clip(flown, *np.cos(np.deg2rad([calo.regions_deg[-1][1], calo.regions_deg[0][0]])))
    outside = np.abs(flown - cos)
    inside = outside == outside.min()  # all those inside, or the nearest to it
    sin = np.sqrt(1.0 - cos**2)
    end = np.where(cos > 0.0, calo.forward_z_mm, calo.backward_z_mm) + CRYSTAL_DEPTH_MM
    to_surface = np.minimum((calo.front_radius_mm + CRYSTAL_DEPTH_MM) / sin, end / np.abs(cos))
    to_tracker = np.minimum(10.0 * experiment.tracker.radii_cm[0] / sin, to_surface)
    none, all_ = np.deg2rad(calo.merge_deg)
    separated = np.clip((opening_angle(first, second) - none) / (all_ - none), 0.0, 1.0)

    finite = np.clip(couplings, 1e-60, 1e60)  # beyond, all or nothing decays: the limits to the last digit
    length = decay_length_mm(max(mass, 1e-20), finite[:, None], momentum(alp))
    length = np.maximum(length, 1e-200)  # an ALP at rest decays where it is
    invisible = np.exp(-to_surface / length)
    prompt = -np.expm1(-to_tracker / length)
    displaced = 1.0 - prompt - invisible
    faces = np.stack([prompt * separated, prompt * (1.0 - separated), displaced, invisible])
    return np.asarray(faces[:, :, inside].mean(axis=2))


def _directions() -> tuple[Floats, Floats, Floats, Floats]:
    u = qmc.Sobol(4, scramble=False).random(DIRECTIONS) + 0.5 / DIRECTIONS
    # inverse of the cumulative of (3/8)(1 + c²): c³ + 3c = 8u - 4
    half = 4.0 * u[:, 0] - 2.0
    root = np.cbrt(half + np.sqrt(half**2 + 1.0))
    return root - 1.0 / root, 2.0 * np.pi * u[:, 1], 2.0 * u[:, 2] - 1.0, 2.0 * np.pi * u[:, 3]
