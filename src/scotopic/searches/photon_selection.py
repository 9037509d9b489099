"""Selection of single photons: triggers, vetoes and areas in energy and angle.

The areas for Belle II are the two of the Belle II Physics Book (arXiv:1808.10567), recalled; they close at masses of 7
and 9 GeV. Everywhere else |cosθ*| < 0.6 stands for them, as recalled from BaBar (arXiv:1702.03327).
"""

import numpy as np
from numpy.typing import NDArray

from scotopic.detector.record import Detected
from scotopic.errors import InputError
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import Cut
from scotopic.selection.single_photon import Region, photon_candidates

Floats = NDArray[np.float64]

BOOK = "arXiv:1808.10567"
SKIMS = "basf2 dark-sector skims"

LOW_AREA = Region((5.399, -58.82, 195.71), (-7.982, 87.77, -120.6))
HIGH_AREA = Region((3.3133, -33.58, 108.79), (-5.9133, 54.119, 13.781))
CENTRAL_AREA = Region(cos_max=0.6)
SOFT_AREA = Region((0.0, 0.0, 44.0), (0.0, 0.0, 98.0))
"""Of photons below the high-mass area: the polar range of the high-level trigger's line at 0.5 GeV."""

LINES = ("single_photon", "lml1", "lml6", "lml13")
LEAST_OTHER_GeV = 0.1
CANDIDATE_GeV = 0.4  # least E* of a photon

VETOES = (
    Cut("no track from the interaction point", "n_tracks", 0.0, 0.0, "R", SKIMS),
    Cut("no other cluster in time > 0.1 GeV", "e_other", 0.0, LEAST_OTHER_GeV, "R", f"{SKIMS} of 2019"),
    Cut("no energy outside of good clusters > 0.1 GeV", "e_stray", 0.0, LEAST_OTHER_GeV, "P", "as above"),
    Cut(
        "no cluster in the muon chambers", "n_chambers", 0.0, 0.0, "R", "Belle II proceedings 2021, section 6"
    ),
)


def areas(experiment: str) -> dict[str, Region]:
    """Return the areas in (E*, θ) for an experiment by name of card."""
    if experiment.startswith("belle2"):
        return {"low": LOW_AREA, "high": HIGH_AREA, "soft": SOFT_AREA}
    return {"low": CENTRAL_AREA, "high": CENTRAL_AREA, "soft": CENTRAL_AREA}


def find_candidates(detected: Detected, *, line: str, source: str = "") -> Candidates:
    """Return the hardest photon (E*) of each event that a level-1 line and the high-level trigger took.

    ``e_other`` is the largest energy of another cluster in time; clusters with a track are others too. Truth columns
    ``lost_*`` and ``escaped`` count what the calorimeter and the muon chambers lost.
    """
    if line not in detected.trigger:
        there = ", ".join(name for name in LINES if name in detected.trigger) or "none"
        raise InputError(
            f"{detected.experiment} has no level-1 line {line!r} for single photons; it has {there}"
        )
    clusters = detected.clusters
    fired = detected.trigger[line] & detected.trigger.get("hlt_single_photon", np.bool_(True))
    sin = np.sin(clusters.theta)
    along = sum(
        component * direction
        for component, direction in zip(
            detected.boost,
            (sin * np.cos(clusters.phi), sin * np.sin(clusters.phi), np.cos(clusters.theta)),
            strict=True,
        )
    )
    gamma = 1.0 / np.sqrt(1.0 - float(detected.boost @ detected.boost))
    with np.errstate(invalid="ignore"):
        in_time = np.abs(clusters.time) < clusters.dt99
        energy_cm = np.where(in_time & (clusters.track == -1), gamma * clusters.energy * (1.0 - along), 0.0)
    energy_cm = np.nan_to_num(energy_cm)
    if energy_cm.shape[0] == 0:
        energy_cm = np.zeros((1, len(detected)))
    best = energy_cm.argmax(axis=0)
    every = np.arange(len(detected))
    event = np.flatnonzero(fired & (energy_cm[best, every] > CANDIDATE_GeV))
    at = (best[event], event)
    other = np.where(in_time, np.nan_to_num(clusters.energy), 0.0)
    other[best, every] = 0.0
    missed = detected.missed
    return photon_candidates(
        (clusters.energy[at], clusters.theta[at], clusters.phi[at]),
        event,
        {
            "n_tracks": detected.tracks.from_ip.sum(axis=0)[event].astype(np.float64),
            "e_other": other.max(axis=0)[event],
            "e_stray": missed.stray[event],
            "n_chambers": missed.chambers[event].astype(np.float64),
            "lost_gaps": missed.gaps[event].astype(np.float64),
            "lost_cracks": missed.cracks[event].astype(np.float64),
            "lost_bulk": missed.bulk[event].astype(np.float64),
            "escaped": missed.escaped[event].astype(np.float64),
        },
        areas(detected.experiment),
        beta=detected.boost,
        sqrt_s=detected.sqrt_s,
        weights=detected.weights,
        source=source,
    )
