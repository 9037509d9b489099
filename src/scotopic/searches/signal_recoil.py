"""The true recoil of a simulated signal, against which the resolution is measured.

With initial-state radiation the measured recoil mass has a tail that is no resolution: radiated photons recoil too.
"""

import numpy as np
from numpy.typing import NDArray

from scotopic.events.record import Events
from scotopic.physics.particles import ELECTRON, MUON
from scotopic.selection.candidates import Candidates

Floats = NDArray[np.float64]


def true_recoil_squared(events: Events) -> Floats:
    """Return M² (GeV²) of all particles of each event but its electrons and muons."""
    lepton = np.isin(np.abs(events.pdg), (ELECTRON.pdg, MUON.pdg))
    recoil = np.where(lepton[:, None], 0.0, events.momenta).sum(axis=0)
    return np.asarray(recoil[0] ** 2 - (recoil[1:] ** 2).sum(axis=0))


def recoil_resolution(found: Candidates, events: Events) -> float:
    """Return half of the central 68 % of measured less true M²_rec (GeV²) of candidates found in `events`."""
    residual = found["m2_recoil"] - true_recoil_squared(events)[found.event]
    low, high = np.quantile(residual, [0.158655, 0.841345])
    return float(0.5 * (high - low))
