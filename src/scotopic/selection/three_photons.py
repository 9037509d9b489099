"""The three hardest photons of an event, and what their pairings say about a resonance."""

from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from scotopic.numerics.arrays import Bools, Floats, Ints, ShortInts
from scotopic.numerics.lorentz import wrapped
from scotopic.selection.candidates import Candidates

T = TypeVar("T", bound=np.generic)

# (recoil photon, first daughter, second daughter) of the three pairings
PAIRINGS = ((0, 1, 2), (1, 0, 2), (2, 0, 1))


@dataclass(frozen=True)
class PhotonTriplets:
    """Three photons of each of N events, hardest first; arrays are (3, N).

    Energies in GeV and angles in radians, both in the laboratory; times in ns. `truth` is the slot
    of the generated particle, negative where there is none.
    """

    energy: Floats
    theta: Floats
    phi: Floats
    time: Floats
    dt99: Floats
    truth: ShortInts
    event: Ints


def hardest_three(
    energy: Floats,
    theta: Floats,
    phi: Floats,
    time: Floats,
    dt99: Floats,
    truth: ShortInts,
    eligible: Bools,
) -> PhotonTriplets:
    """Return the three hardest eligible photons of the events that have three.

    Parameters
    ----------
    energy, theta, phi, time, dt99, truth : (slots, N) arrays
    eligible : (slots, N) bool
        Which clusters may serve as photons.
    """
    enough = np.flatnonzero(eligible.sum(axis=0) >= 3)
    rank = np.where(eligible[:, enough], energy[:, enough], -np.inf)
    slots = np.argsort(-rank, axis=0, kind="stable")[:3]

    def take(values: NDArray[T]) -> NDArray[T]:
        return np.take_along_axis(values[:, enough], slots, axis=0)

    return PhotonTriplets(
        energy=take(energy),
        theta=take(theta),
        phi=take(phi),
        time=take(time),
        dt99=take(dt99),
        truth=take(truth),
        event=enough.astype(np.int64),
    )


def pairing_candidates(
    photons: PhotonTriplets,
    *,
    boost: Floats,
    sqrt_s: float,
    n_tracks: Ints,
    weights: Floats,
    separation: tuple[float, float],
    signal_daughters: tuple[int, int] | None = None,
    source: str = "",
) -> Candidates:
    """Return all three pairings of each triplet as candidates for e+e- → γ a, a → γγ.

    Parameters
    ----------
    boost : (3,)
        Nominal velocity of the centre of mass in the laboratory.
    sqrt_s : float
        Nominal centre-of-mass energy, GeV.
    n_tracks, weights : (N_events,)
        Of all events of the sample; `photons.event` picks from them.
    separation : (float, float)
        A pair counts as separated when |Δθ| or |Δφ| (rad) exceeds these.
    signal_daughters : (int, int), optional
        Truth slots of the resonance's photons; the pairing that holds both is marked true.

    Notes
    -----
    M²γγ = 2 E₁E₂ (1 − cos ψ₁₂); M²rec = s − 2√s E*γ of the third photon.
    """
    gamma = 1.0 / np.sqrt(1.0 - float(boost @ boost))
    sin, cos = np.sin(photons.theta), np.cos(photons.theta)
    direction = np.stack([sin * np.cos(photons.phi), sin * np.sin(photons.phi), cos])
    energy_cm = gamma * photons.energy * (1.0 - np.einsum("k,kin->in", boost, direction))
    pair_mass2 = {
        (i, j): 2.0
        * photons.energy[i]
        * photons.energy[j]
        * (1.0 - np.einsum("kn,kn->n", direction[:, i], direction[:, j]))
        for i, j in combinations(range(3), 2)
    }
    inverse = 1.0 / photons.dt99**2
    mean_time = (photons.time * inverse).sum(axis=0) / inverse.sum(axis=0)
    common = {
        "m_3g": np.sqrt(sum(pair_mass2.values())),
        "e_min": photons.energy.min(axis=0),
        "theta_min": photons.theta.min(axis=0),
        "theta_max": photons.theta.max(axis=0),
        "timing": np.abs((photons.time - mean_time) / photons.dt99).max(axis=0),
        "n_tracks": n_tracks[photons.event].astype(np.float64),
        "separated": _separated(photons, separation).astype(np.float64),
    }
    columns: dict[str, list[Floats]] = {}
    truth: list[Bools] = []
    for recoil, first, second in PAIRINGS:
        one = common | {
            "m2_gg": pair_mass2[(first, second)],
            "m2_recoil": sqrt_s**2 - 2.0 * sqrt_s * energy_cm[recoil],
            "e_recoil": photons.energy[recoil],
            "e_recoil_cm": energy_cm[recoil],
            "e_daughter1": photons.energy[first],
            "e_daughter2": photons.energy[second],
        }
        for name, values in one.items():
            columns.setdefault(name, []).append(values)
        if signal_daughters is not None:
            slots = np.sort(photons.truth[[first, second]], axis=0)
            truth.append((slots[0] == min(signal_daughters)) & (slots[1] == max(signal_daughters)))
    order = np.argsort(np.tile(photons.event, 3), kind="stable")
    event = np.tile(photons.event, 3)[order]
    return Candidates(
        observables={name: np.concatenate(parts)[order] for name, parts in columns.items()},
        event=event,
        weights=weights[event],
        truth=np.concatenate(truth)[order] if signal_daughters is not None else None,
        source=source,
    )


def _separated(photons: PhotonTriplets, separation: tuple[float, float]) -> Bools:
    """Return where all pairs are further apart than |Δθ| or |Δφ|."""
    delta_theta, delta_phi = separation
    apart = np.ones(photons.event.shape, dtype=bool)
    for i, j in combinations(range(3), 2):
        dphi = np.abs(wrapped(photons.phi[i] - photons.phi[j]))
        apart &= (np.abs(photons.theta[i] - photons.theta[j]) > delta_theta) | (dphi > delta_phi)
    return apart
