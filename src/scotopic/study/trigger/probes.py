"""Probes of single-photon lines: e+e- → μ+μ-γ taken by the track trigger, the photon predicted from the muons.

The tag uses nothing of the photon. A probe is a photon predicted from the recoil against the muon pair, whether
the calorimeter saw it or not; a probe is found if a cluster lies near the predicted direction.
"""

import numpy as np

from scotopic.analysis.radiation import RADIATION
from scotopic.detector.experiment import Experiment
from scotopic.detector.record import Clusters, Detected
from scotopic.detector.schema.trigger import ClusterLine, TrackLine
from scotopic.detector.trigger import LINES
from scotopic.detector.trigger_cells import fill_cells, find_clusters
from scotopic.errors import InputError
from scotopic.events.generate import generate
from scotopic.events.record import Events
from scotopic.numerics.arrays import Bools, Floats, Ints
from scotopic.numerics.units import DEGREE
from scotopic.physics.standard_model import MUON_MASS
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import Cut
from scotopic.selection.lepton_pairs import recoil_candidates, two_tracks

NEAR = 15.0 * DEGREE  # of the predicted direction: there a cluster is the photon
ALONE = (
    30.0 * DEGREE
)  # around the photon there is no other filled cell: cells are 10° wide, clusters join neighbours
QUIET = 0.25  # GeV, most energy of another cluster: the lines veto above 0.3 GeV
OURS = "our choice"

PROBE_CUTS = (
    Cut("track trigger", "tagged", 1.0, 1.0, "R", "basf2 final-decision tables"),
    Cut("no further track", "tracks", 2.0, 2.0, "P", OURS),
    Cut("massless recoil (GeV²)", "m2_recoil", -1.0, 1.0, "P", OURS),
    Cut("no other cluster that the lines veto", "e_other", -np.inf, QUIET, "P", OURS),
    Cut("no other cluster near the photon", "near_other", 0.0, 0.0, "P", OURS),
)


def tag_and_probe_lines(experiment: Experiment) -> tuple[tuple[str, ...], dict[str, ClusterLine]]:
    """Return the card's track lines, which tag, and its lines on one cluster, which are measured."""
    lines = {name: getattr(experiment.trigger, name) for name in LINES}
    tags = tuple(name for name, line in lines.items() if isinstance(line, TrackLine))
    probed = {name: line for name, line in lines.items() if isinstance(line, ClusterLine)}
    if not tags or not probed:
        wanted = "track line to tag with" if not tags else "line on one cluster to measure"
        raise InputError(f"{experiment.name} has no {wanted}; the measurement needs both")
    return tags, probed


def generate_radiative_muons(n: int, experiment: Experiment, *, seed: int, workers: int = 1) -> Events:
    """Return e+e- → μ+μ-γ of equal weights, with radiation; photons from 0.25 GeV."""
    return generate(
        "e- e+ > mu- mu+ gamma",
        n,
        sqrt_s=experiment.beams.sqrt_s,
        cuts=("E:gamma:0.25:", "theta:gamma:20:160", "theta:mu:20:160"),
        seed=seed,
        **RADIATION.options,
        unweighted=True,
        workers=workers,
    )


def find_probes(detected: Detected, experiment: Experiment) -> Candidates:
    """Return one candidate for each event with two identified muons of opposite charge.

    Notes
    -----
    ``e_predicted``: momentum of the recoil in the centre of mass. ``found``: a neutral cluster lies within 15° of its
    direction; ``e_photon``: that cluster's energy in the centre of mass as level 1 computes it, from the centre of the
    trigger cell; ``theta_photon``: its polar angle. ``e_other``: energy (GeV) of the hardest cluster of trigger cells
    that all others would make; ``near_other``: number of cells that they fill within 30° of the photon. One observable
    per line: fired or not.
    """
    tags, lines = tag_and_probe_lines(experiment)
    tracks, clusters = detected.tracks, detected.clusters
    pairs = two_tracks(tracks.pt, tracks.theta, tracks.phi, tracks.charge, tracks.from_ip & tracks.muon)
    event = pairs.event
    masses = np.full(len(event), MUON_MASS)
    nothing = np.full(clusters.energy.shape, np.nan)
    found = recoil_candidates(
        pairs,
        (masses, masses),
        (nothing, nothing, nothing),
        beta=detected.boost,
        sqrt_s=detected.sqrt_s,
        weights=detected.weights,
        source="mumu",
    )
    photon, others = _split(clusters, event, found["theta_recoil"], found["phi_recoil"])
    at = [
        np.asarray(values[:, event])
        for values in (clusters.energy, clusters.theta, clusters.phi, clusters.time)
    ]
    energy, theta, phi, time = (_at(values, photon) for values in at)
    seen = np.isfinite(energy)
    cells = experiment.trigger.cells
    own = fill_cells(np.where(seen, energy, 0.0)[None], theta[None], phi[None], time[None], cells)
    e, t, p, when = (np.where(others, values, np.nan) for values in at)
    rest = fill_cells(e, t, p, when, cells)
    close = _angle(at[1], at[2], theta, phi) < ALONE
    fired = {name: detected.trigger[name][event] for name in (*tags, *lines)}
    extra = {
        "e_predicted": found["p_recoil"],
        "tagged": np.any([fired[name] for name in tags], axis=0),
        "tracks": np.isfinite(tracks.pt).sum(axis=0)[event],
        "found": seen,
        "e_photon": find_clusters(own, cells, detected.boost).energy_cm[0],
        "theta_photon": theta,
        "e_other": find_clusters(rest, cells, detected.boost).energy.max(axis=0, initial=0.0),
        "near_other": ((rest.energy > 0.0) & close).sum(axis=0),
        **{name: fired[name] for name in lines},
    }
    observables = found.observables | {name: values.astype(np.float64) for name, values in extra.items()}
    return Candidates(observables, found.event, found.weights, None, found.source)


def _split(clusters: Clusters, event: Ints, theta: Floats, phi: Floats) -> tuple[Ints, Bools]:
    """Return the slot (K,) of the hardest neutral cluster near a direction, -1 if none, and all others (slots, K)."""
    present = np.isfinite(clusters.energy[:, event])
    near = present & (clusters.track[:, event] == -1)
    near &= _angle(clusters.theta[:, event], clusters.phi[:, event], theta, phi) < NEAR
    photon = np.where(near.any(axis=0), near.argmax(axis=0), -1)  # slots are sorted by energy
    return photon, present & (np.arange(len(present))[:, None] != photon)


def _at(values: Floats, slot: Ints) -> Floats:
    return np.where(slot >= 0, np.take_along_axis(values, np.maximum(slot, 0)[None], axis=0)[0], np.nan)


def _angle(theta: Floats, phi: Floats, other_theta: Floats, other_phi: Floats) -> Floats:
    """Return the angle between directions; π where one is missing."""
    cos = np.cos(theta) * np.cos(other_theta) + np.sin(theta) * np.sin(other_theta) * np.cos(phi - other_phi)
    return np.asarray(np.arccos(np.clip(np.nan_to_num(cos, nan=-1.0), -1.0, 1.0)))
