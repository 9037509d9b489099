"""Two leptons of opposite charge and what recoils against them.

The recoil is the beams' nominal four-momentum less that of the pair: M²_rec = s + M²_ll − 2√s E*_ll. Arrays hold
tracks or clusters in slots, events last; GeV and radians in the laboratory unless a name says otherwise.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scotopic.numerics.arrays import Bools, Floats, Ints
from scotopic.numerics.lorentz import boost, from_angles, wrapped
from scotopic.selection.candidates import Candidates

NEAR_RECOIL = np.deg2rad(15.0)


@dataclass(frozen=True)
class PairTracks:
    """Two tracks of opposite charge in each of K events, negative first; arrays are (2, K).

    Attributes
    ----------
    pt, theta, phi : (2, K)
    slot : (2, K)
        Place among the event's tracks.
    event : (K,)
    """

    pt: Floats
    theta: Floats
    phi: Floats
    slot: Ints
    event: Ints


def two_tracks(
    pt: Floats, theta: Floats, phi: Floats, charge: NDArray[np.integer], good: Bools
) -> PairTracks:
    """Return the events with exactly two good tracks, of opposite charge.

    Parameters
    ----------
    pt, theta, phi, charge : (slots, N)
    good : (slots, N)
        Which tracks count.
    """
    negative, positive = good & (charge < 0), good & (charge > 0)
    event = np.flatnonzero((negative.sum(axis=0) == 1) & (positive.sum(axis=0) == 1))
    slot = (
        np.stack([one[:, event].argmax(axis=0) for one in (negative, positive)])
        if len(pt)
        else np.empty((2, 0), dtype=np.int64)
    )

    def take(values: Floats) -> Floats:
        return np.stack([values[one, event] for one in slot])

    return PairTracks(take(pt), take(theta), take(phi), slot.astype(np.int64), event.astype(np.int64))


def recoil_candidates(
    pairs: PairTracks,
    masses: tuple[Floats, Floats],
    photons: tuple[Floats, Floats, Floats],
    *,
    beta: Floats,
    sqrt_s: float,
    weights: Floats,
    source: str = "",
) -> Candidates:
    """Return one candidate per pair with the observables of pair and recoil.

    Parameters
    ----------
    pairs : PairTracks
    masses : two of (K,)
        Of the negative and of the positive lepton.
    photons : three of (slots, N)
        Energy, polar angle and azimuth of neutral clusters of all events; NaN marks none.
    beta : (3,)
        Nominal velocity of the centre of mass.
    sqrt_s : float
        Nominal centre-of-mass energy.
    weights : (N,)

    Notes
    -----
    ``pt_recoil``: recoil momentum transverse to the beams, in the centre of mass. ``pt_recoil_hard`` and
    ``pt_recoil_soft``: transverse to the lepton with the larger and with the smaller momentum there.
    ``sin_helicity``: of the angle between the negative lepton in the pair's rest frame and the pair's flight.
    ``photon_near_recoil``: energy of the hardest photon within 15° of the recoil in the laboratory.
    """
    tracks = [
        from_angles(np.hypot(pt / np.sin(theta), mass), mass, np.cos(theta), phi)
        for pt, theta, phi, mass in zip(pairs.pt, pairs.theta, pairs.phi, masses, strict=True)
    ]
    leptons = np.stack([boost(track, -beta) for track in tracks])
    pair = leptons.sum(axis=0)
    recoil = -pair
    recoil[0] += sqrt_s
    momentum = np.sqrt((leptons[:, 1:] ** 2).sum(axis=1))
    direction = leptons[:, 1:] / momentum[:, None]
    across = np.stack([_length(np.cross(recoil[1:], one, axis=0)) for one in direction])
    hard = (momentum[1] > momentum[0]).astype(np.intp)
    lane = np.arange(len(pairs.event))
    away = boost(recoil, beta)
    photon_energy, near = _photons_near(tuple(values[:, pairs.event] for values in photons), away)
    size = np.maximum(_length(away[1:]), 1e-300)
    turn = np.abs(wrapped(pairs.phi[0] - pairs.phi[1]))
    return Candidates(
        observables={
            "m_ll": np.sqrt(np.maximum(_square(pair), 0.0)),
            "m2_recoil": _square(recoil),
            "p_recoil": _length(recoil[1:]),
            "pt_recoil": np.hypot(recoil[1], recoil[2]),
            "pt_recoil_hard": across[hard, lane],
            "pt_recoil_soft": across[1 - hard, lane],
            "sin_helicity": _sin_helicity(leptons[0], pair),
            "theta_recoil": np.arccos(np.clip(away[3] / size, -1.0, 1.0)),
            "phi_recoil": np.arctan2(away[2], away[1]),
            "theta_low": pairs.theta.min(axis=0),
            "theta_high": pairs.theta.max(axis=0),
            "theta_negative": pairs.theta[0],
            "theta_positive": pairs.theta[1],
            "pt_low": pairs.pt.min(axis=0),
            "opening_phi": turn,
            "photon_near_recoil": np.where(near, photon_energy, 0.0).max(axis=0, initial=0.0),
            "e_extra": photon_energy.sum(axis=0),
        },
        event=pairs.event,
        weights=weights[pairs.event],
        source=source,
    )


def _photons_near(photons: tuple[Floats, ...], away: Floats) -> tuple[Floats, Bools]:
    """Return energies, 0 for none, of photons given by energy and angles, and which are near the recoil `away`."""
    energy, theta, phi = photons
    present = np.isfinite(energy)
    cos = (
        np.sin(theta) * np.cos(phi) * away[1]
        + np.sin(theta) * np.sin(phi) * away[2]
        + np.cos(theta) * away[3]
    ) / np.maximum(_length(away[1:]), 1e-300)
    with np.errstate(invalid="ignore"):
        near = present & (cos > np.cos(NEAR_RECOIL))
    return np.where(present, energy, 0.0), near


def _sin_helicity(lepton: Floats, pair: Floats) -> Floats:
    at_rest = boost(lepton, -pair[1:] / pair[0])[1:]
    cos = (at_rest * pair[1:]).sum(axis=0) / np.maximum(_length(at_rest) * _length(pair[1:]), 1e-300)
    return np.asarray(np.sqrt(np.clip(1.0 - cos**2, 0.0, 1.0)))


def _square(p: Floats) -> Floats:
    return np.asarray(p[0] ** 2 - (p[1:] ** 2).sum(axis=0))


def _length(v: Floats) -> Floats:
    return np.asarray(np.sqrt((v**2).sum(axis=0)))
