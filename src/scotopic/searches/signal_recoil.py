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


def recoil_residual(found: Candidates, events: Events) -> Floats:
    """Return measured less true M²_rec (GeV²) of candidates found in `events`."""
    return np.asarray(found["m2_recoil"] - true_recoil_squared(events)[found.event])


def recoil_resolution(found: Candidates, events: Events) -> float:
    """Return half of the central 68 % of measured less true M²_rec (GeV²) of candidates found in `events`."""
    return central_width(recoil_residual(found, events))


def central_width(values: Floats) -> float:
    """Return half of the central 68 %: a standard deviation that tails do not move."""
    low, high = np.quantile(values, [0.158655, 0.841345])
    return float(0.5 * (high - low))


def core_correlation(x: Floats, y: Floats) -> float:
    """Return the correlation of the core of two residuals.

    From the central widths of the sum and of the difference of both in units of their own, as variances would give it
    (R. Gnanadesikan and J. R. Kettenring, Biometrics 28 (1972) 81).
    """
    x, y = x / central_width(x), y / central_width(y)
    plus, minus = central_width(x + y) ** 2, central_width(x - y) ** 2
    return float((plus - minus) / (plus + minus))
