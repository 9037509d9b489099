"""What the detector saw: clusters, tracks and trigger bits of N events."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Clusters:
    """Calorimeter clusters, slots first, events last; NaN (or -1) marks an empty slot.

    Slots are sorted by falling energy. Angles are laboratory angles in radians as seen from the
    interaction point, energies in GeV, times in ns.
    """

    energy: Floats  # (slots, N) reconstructed energy
    theta: Floats
    phi: Floats
    time: Floats
    dt99: Floats  # |time| that contains 99 % of true photons
    region: NDArray[np.int32]  # 1 forward, 2 barrel, 3 backward, 11 and 13 gaps, 0 outside, -1 empty
    truth: NDArray[np.int32]  # slot in the generated events; -2 beam background, -1 empty
    pdg: NDArray[np.int32]  # code of the particle that made the cluster; 0 background
    track: NDArray[np.int32]  # slot of the matched track, -1 if neutral


@dataclass(frozen=True)
class Tracks:
    """Reconstructed tracks, slots first, events last; NaN (or -1) marks an empty slot."""

    pt: Floats  # (slots, N), GeV
    theta: Floats
    phi: Floats
    charge: NDArray[np.int32]
    from_ip: NDArray[np.bool_]  # passes the impact-parameter definition of the card
    muon: NDArray[np.bool_]  # identified as muon
    electron: NDArray[np.bool_]  # identified as electron
    truth: NDArray[np.int32]  # slot in the generated events, -1 empty
    pdg: NDArray[np.int32]  # true PDG code
    cluster_energy: Floats  # energy of the matched cluster, 0 if none


@dataclass(frozen=True)
class Detected:
    """A sample after detector and trigger.

    Attributes
    ----------
    clusters, tracks : Clusters, Tracks
    trigger : dict of (N,) bool
        Fired level-1 lines by name.
    weights : (N,) float64
        As in the generated events (pb where the cross section is known), times the weights of any
        biased sampling inside the simulation.
    boost : (3,) float64
        Nominal velocity of the centre of mass in the laboratory, used in reconstruction.
    sqrt_s : float
        Nominal centre-of-mass energy, GeV.
    experiment : str
        Name of the card.
    beam_spread : bool
        Whether the events carry the beams' energy spread.
    """

    clusters: Clusters
    tracks: Tracks
    trigger: dict[str, NDArray[np.bool_]]
    weights: Floats
    boost: Floats
    sqrt_s: float
    experiment: str
    beam_spread: bool

    def __len__(self) -> int:
        """Return the number of events."""
        return int(self.weights.shape[0])
