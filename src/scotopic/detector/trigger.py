"""Level-1 lines as logic on trigger cells and two-dimensional tracks, and the high-level trigger.

The logic of the lines is that of basf2's final-decision tables and trigger simulation. A line's plateau is
what remains after the causes that are simulated here: track finding, loss of clusters, second clusters, the
Bhabha veto.
"""

from itertools import combinations

import numpy as np
from scipy.special import erf

from scotopic.detector.record import Clusters, Detected
from scotopic.detector.schema.trigger import (
    ClusterLine,
    HighLevelTrigger,
    SinglePhotonFilter,
    SumLine,
    TrackLine,
    Trigger,
    TriggerTrack,
)
from scotopic.detector.trigger_cells import (
    CellClusters,
    CellHits,
    bhabha_3d,
    cell_sum,
    fill_cells,
    find_clusters,
)
from scotopic.errors import InputError
from scotopic.numerics.arrays import Bools, Floats
from scotopic.numerics.lorentz import wrapped
from scotopic.numerics.units import DEGREE

LINES = ("ffo", "hie", "lml1", "lml6", "lml13", "two_tracks", "energy_sum", "single_photon")
IN_TIME = 10.0  # |t|/dt99 of clusters that the high-level trigger counts (basf2, filter calculator)


def turn_on(energy: Floats, line: SumLine | ClusterLine) -> Floats:
    """Return the efficiency of a line at an energy (GeV; laboratory sum or centre of mass, as the line's).

    plateau · ½[1 + erf((E - threshold)/(√2 σ))], without second clusters and veto.
    """
    threshold = line.threshold_sum_GeV if isinstance(line, SumLine) else line.threshold_cm_GeV
    return np.asarray(
        line.plateau * 0.5 * (1.0 + erf((energy - threshold) / (np.sqrt(2.0) * line.sigma_GeV)))
    )


def track_efficiency(pt: Floats, theta: Floats, track: TriggerTrack) -> Floats:
    """Return the probability of a two-dimensional trigger track.

    Full from `pt_min_GeV`, half of it at `pt_half_GeV`, linear between, none below and outside the polar range.
    """
    low, high = (DEGREE * edge for edge in track.theta_deg)
    shape = np.interp(pt, [track.pt_half_GeV, track.pt_min_GeV], [0.5, 1.0], left=0.0)
    return np.asarray(np.where((theta > low) & (theta < high), track.efficiency * shape, 0.0))


def fire_lines(
    trigger: Trigger,
    clusters: Clusters,
    track_phi: Floats,
    boost: Floats,
    rng: np.random.Generator,
) -> dict[str, Bools]:
    """Return the fired level-1 lines (N,) by name.

    Parameters
    ----------
    trigger : Trigger
    clusters : Clusters
    track_phi : (slots, N)
        Azimuth (rad) of two-dimensional trigger tracks; NaN marks an empty slot.
    boost : (3,)
        Nominal velocity of the centre of mass.
    rng : Generator
    """
    hits = fill_cells(clusters.energy, clusters.theta, clusters.phi, clusters.time, trigger.cells)
    cell_clusters = find_clusters(hits, trigger.cells, boost)
    bhabha = bhabha_3d(cell_clusters, trigger.bhabha3d)
    fired = {}
    for name in LINES:
        line: TrackLine | SumLine | ClusterLine | None = getattr(trigger, name)
        if line is None:
            continue
        if isinstance(line, TrackLine):
            passed = fire_track_line(line, track_phi)
        elif isinstance(line, SumLine):
            passed = fire_sum_line(line, hits, rng)
        else:
            passed = fire_cluster_line(line, cell_clusters, rng)
        if line.bhabha_veto:
            passed &= ~bhabha
        fired[name] = passed & (rng.random(bhabha.shape) < line.plateau)
    return fired


def fire_track_line(line: TrackLine, track_phi: Floats) -> Bools:
    """Return the events with enough tracks, two of them at least `opening_deg` apart in azimuth."""
    enough = np.isfinite(track_phi).sum(axis=0) >= line.min_tracks_2d
    open_pair = np.zeros(track_phi.shape[1], dtype=bool)
    for first, second in combinations(range(track_phi.shape[0]), 2):
        apart = np.abs(wrapped(track_phi[first] - track_phi[second]))
        open_pair |= apart >= DEGREE * line.opening_deg  # NaN compares false
    return np.asarray(enough & open_pair)


def fire_sum_line(line: SumLine, hits: CellHits, rng: np.random.Generator) -> Bools:
    """Return the events with an energy sum above the threshold, which is smeared by σ."""
    total = cell_sum(hits, line.tc_theta_ids)
    return np.asarray(total > line.threshold_sum_GeV + line.sigma_GeV * rng.standard_normal(total.shape))


def fire_cluster_line(line: ClusterLine, clusters: CellClusters, rng: np.random.Generator) -> Bools:
    """Return the events with a cluster above the smeared threshold in the line's rings.

    Lines with `other_cluster_max_lab_GeV` ask for one such cluster and no other above that energy anywhere.
    """
    first, last = line.tc_theta_ids
    threshold = line.threshold_cm_GeV + line.sigma_GeV * rng.standard_normal(clusters.energy.shape[1])
    hard = (clusters.ring >= first) & (clusters.ring <= last) & (clusters.energy_cm > threshold)
    if line.other_cluster_max_lab_GeV is None:
        return np.asarray(hard.any(axis=0))
    others = (clusters.energy > line.other_cluster_max_lab_GeV) & ~hard
    return np.asarray((hard.sum(axis=0) == 1) & ~others.any(axis=0))


def filter_events(hlt: HighLevelTrigger, clusters: Clusters, boost: Floats) -> dict[str, Bools]:
    """Return the decisions (N,) of the high-level trigger by name; empty where it passes all."""
    if hlt.mode == "pass" or hlt.single_photon is None:
        return {}
    return {"hlt_single_photon": filter_single_photon(hlt.single_photon, clusters, boost)}


def filter_single_photon(lines: SinglePhotonFilter, clusters: Clusters, boost: Floats) -> Bools:
    """Return the events that any single-photon line without prescale accepts.

    A line asks for one neutral cluster above E* in its polar range, and no other cluster in time with E* above
    the card's limit. Prescaled lines are control samples and do not count.
    """
    sin = np.sin(clusters.theta)
    along = boost[0] * sin * np.cos(clusters.phi) + boost[1] * sin * np.sin(clusters.phi)
    along = along + boost[2] * np.cos(clusters.theta)
    energy_cm = clusters.energy * (1.0 - along) / np.sqrt(1.0 - float(boost @ boost))
    in_time = np.abs(clusters.time) < IN_TIME * clusters.dt99
    visible = in_time & (energy_cm > lines.other_cluster_max_cm_GeV)
    alone = visible.sum(axis=0) == 1
    accepted = np.zeros(len(alone), dtype=bool)
    for least, (low, high), prescale in zip(lines.e_cm_min_GeV, lines.theta_deg, lines.prescale, strict=True):
        if prescale != 1:
            continue
        inside = (clusters.theta > DEGREE * low) & (clusters.theta < DEGREE * high)
        accepted |= ((energy_cm > least) & inside & visible & (clusters.track == -1)).any(axis=0)
    return np.asarray(accepted & alone)


KINDS = {
    "two tracks": ("ffo", "two_tracks"),
    "energy sum": ("hie", "energy_sum"),
    "hard cluster": ("lml1", "single_photon"),
}
"""Lines of level 1 by what they ask for: Belle II's, and what stands for it on other cards."""


def fired(detected: Detected, *kinds: str) -> Bools:
    """Return which events a line of some kinds took: of each kind the first line that the card has.

    Raises
    ------
    InputError
        If the card has none.
    """
    lines = [next((name for name in KINDS[kind] if name in detected.trigger), None) for kind in kinds]
    found = [detected.trigger[name] for name in lines if name is not None]
    if not found:
        wanted = " or ".join(f"{kind} ({', '.join(KINDS[kind])})" for kind in kinds)
        there = ", ".join(detected.trigger) or "none"
        raise InputError(
            f"{detected.experiment} has no level-1 line of the kind that the search needs: {wanted}; it has: {there}"
        )
    return np.asarray(np.any(found, axis=0))
