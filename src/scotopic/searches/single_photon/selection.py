"""Selection of single photons: triggers, vetoes and areas in energy and angle.

The areas for Belle II are the two of the Belle II Physics Book (arXiv:1808.10567), recalled; they close at masses of 7/
and 9 GeV. |cosθ*| < 0.6 is that of BaBar, recalled (arXiv:1702.03327). The card says which hold, ``[single_photons]``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from scotopic.analysis.region import Observable, Region, masses
from scotopic.analysis.resolution import beside_photon
from scotopic.analysis.search import Search
from scotopic.detector.experiment import Experiment
from scotopic.detector.record import Detected
from scotopic.detector.schema.calorimeter import Calorimeter
from scotopic.detector.schema.trigger import ClusterLine
from scotopic.detector.trigger import IN_TIME
from scotopic.errors import InputError
from scotopic.events.beams import Beams, to_lab
from scotopic.events.record import Events
from scotopic.numerics.arrays import Floats
from scotopic.numerics.lorentz import cos_polar_angle, polar_angle
from scotopic.numerics.units import DEGREE
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import Cut
from scotopic.selection.single_photon import Area, cluster_energies_cm, photon_candidates

BOOK, BABAR = "arXiv:1808.10567", "arXiv:1702.03327"
SKIMS = "basf2 dark-sector skims"

AREAS = {
    "low": Area((5.399, -58.82, 195.71), (-7.982, 87.77, -120.6)),
    "high": Area((3.3133, -33.58, 108.79), (-5.9133, 54.119, 13.781)),
    "soft": Area((0.0, 0.0, 44.0), (0.0, 0.0, 98.0)),
    "central": Area(cos_max=0.6),
}
"""``soft``: below the high-mass area, the polar range of the high-level trigger's line at 0.5 GeV."""

LINES = ("single_photon", "lml1", "lml6", "lml13")
LIGHTEST = 0.001  # GeV; all masses below a GeV look alike
BORDER = {"physics_book": 6.3, "central": 5.5}  # GeV, between low and high mass
LOW_CLOSES = 2.97, 3.0  # GeV, least E* of the low-mass areas
SOFT_BELOW = 1.8  # GeV, E* from which the high-mass area is used
SIGNAL_MASSES = 9  # simulated in each region, equally far apart in m²
INSIDE_DEG, HOLE_DEG = 3.0, 2.0
LEAST_OTHER_GeV = 0.1
CANDIDATE_GeV = 0.4  # least E* of a photon
HARD_OTHER_GeV = 0.3  # least E* of clusters that veto within 10 dt99, as the high-level trigger counts them

VETOES = (
    Cut("no track from the interaction point", "n_tracks", 0.0, 0.0, "R", SKIMS),
    Cut("no other cluster in time > 0.1 GeV", "e_other", 0.0, LEAST_OTHER_GeV, "R", f"{SKIMS} of 2019"),
    Cut("no energy outside of good clusters > 0.1 GeV", "e_stray", 0.0, LEAST_OTHER_GeV, "P", "as above"),
    Cut(
        "no cluster in the muon chambers", "n_chambers", 0.0, 0.0, "R", "Belle II proceedings 2021, section 6"
    ),
)


RECOIL = Observable(
    "m2_recoil", r"$M^2_\mathrm{rec}$ (GeV$^2$)", heading="M^2(RECOIL)", residual=beside_photon
)
OBSERVABLES = ("e_cm", "m2_recoil", "theta")
"""Of a file of candidates; depths in areas follow from them."""


@dataclass(frozen=True, kw_only=True)
class PhotonRegion(Region):
    """Masses that are tested with the photons of one area.

    Attributes
    ----------
    area : Area
    inside_deg : float
        Depth in the area that our cuts ask for: the backgrounds' events are generated less often at less.
    """

    area: Area
    inside_deg: float = 0.0


@dataclass(frozen=True)
class AreaAcceptance:
    """Photons (slot 0) in an area, above the threshold that belongs to the highest M² of a spectrum (GeV²)."""

    area: Area
    spectrum_high: float

    def acceptance(self, events: Events, beams: Beams) -> float:
        """Return the fraction of events whose photon lies there."""
        photon = events.momenta[0]
        theta = polar_angle(to_lab(events, beams).momenta[0])
        least = 0.5 * (events.sqrt_s - self.spectrum_high / events.sqrt_s)
        inside = self.area.depth(photon[0], theta, cos_polar_angle(photon)) > 0.0
        return float(np.mean(inside & (photon[0] > least)))


def line_of(experiment: Experiment, line: str) -> ClusterLine:
    """Return a level-1 line for single photons."""
    found = getattr(experiment.trigger, line) if line in LINES else None
    if not isinstance(found, ClusterLine):
        there = ", ".join(name for name in LINES if getattr(experiment.trigger, name) is not None) or "none"
        raise InputError(
            f"{experiment.name} has no level-1 line {line!r} for single photons; it has: {there}"
        )
    return found


def mass_reach(sqrt_s: float, threshold: float) -> float:
    """Return the mass whose recoil photon has E* = (s - m²)/(2√s) at a threshold (GeV)."""
    return float(np.sqrt(sqrt_s * (sqrt_s - 2.0 * threshold)))


def make_regions(experiment: Experiment, line: str, search: str = "") -> tuple[PhotonRegion, ...]:
    """Return the regions that a level-1 line opens: low and high mass, with the Physics Book's areas soft photons too.

    Raises
    ------
    InputError
        If the card lacks the line, or does not say in which areas to look.
    """
    threshold, sqrt_s = line_of(experiment, line).threshold_cm_GeV, experiment.beams.sqrt_s
    reach = mass_reach(sqrt_s, threshold)
    if experiment.single_photons is None:
        raise InputError(
            f"{experiment.name}: the card has no [single_photons] areas, physics_book or central, in which a single "
            "photon is looked for"
        )
    region = partial(_region, search=search, sqrt_s=sqrt_s)
    if experiment.single_photons.areas == "central":
        low = region("low", "central", (LIGHTEST, BORDER["central"]), -10.0, LOW_CLOSES[1], BABAR)
        high = region("high", "central", (BORDER["central"], reach), 20.0, threshold, BABAR)
        # soft photons leave the high-mass sample few events of hard ones
        return low, replace(high, filled_from=("low", low.spectrum_high))
    least = max(threshold, SOFT_BELOW)
    middle = mass_reach(sqrt_s, least)
    regions = [
        region("low", "low", (LIGHTEST, BORDER["physics_book"]), -10.0, LOW_CLOSES[0], BOOK),
        region("high", "high", (BORDER["physics_book"], middle), 20.0, least, BOOK),
    ]
    ours = (
        Cut(f"{INSIDE_DEG:g}° inside the area", "depth_low", INSIDE_DEG, np.inf, "P", "this project"),
        Cut("no hole back to back", "hole_distance", HOLE_DEG, np.inf, "P", "this project"),
    )
    regions[0] = replace(regions[0], cuts=(*regions[0].cuts, *ours), inside_deg=INSIDE_DEG)
    if reach > middle:
        regions.append(region("soft", "soft", (middle, reach), 62.0, threshold, "basf2 filter calculator"))
    return tuple(regions)


def _region(
    name: str,
    area: str,
    tested: tuple[float, float],
    spectrum_low: float,
    least_cm: float,
    source: str,
    *,
    search: str,
    sqrt_s: float,
) -> PhotonRegion:
    mark = "R" if area == "soft" else "M"
    mass_low, mass_high = tested
    last = sqrt_s * (sqrt_s - 2.0 * least_cm)
    grid = np.sqrt(np.linspace(mass_low**2, min(mass_high**2, last - 0.01), SIGNAL_MASSES))
    return PhotonRegion(
        name=name,
        label=f"{name} mass",
        mass_low=mass_low,
        mass_high=mass_high,
        observables=(RECOIL,),
        cuts=(
            Cut(f"area of {area} photons in (E*, θ)", f"depth_{area}", 0.0, np.inf, mark, source),
            Cut(f"E* > {least_cm:.3g} GeV", "e_cm", least_cm, np.inf, mark, source),
        ),
        fiducial=AreaAcceptance(AREAS[area], last),
        grid=masses(*grid.tolist()),
        spectrum_low=spectrum_low,
        spectrum_high=last,
        seed_words=(search, name),
        area=AREAS[area],
    )


def configure(search: Search, experiment: Experiment, parameters: Mapping[str, Any]) -> Search:
    """Return a search as a level-1 line and an experiment's calorimeter allow it."""
    line = parameters["line"]
    regions = make_regions(experiment, line, search.name)
    sqrt_s = experiment.beams.sqrt_s
    there = [name for name in LINES if getattr(experiment.trigger, name) is not None]
    reach = {name: mass_reach(sqrt_s, line_of(experiment, name).threshold_cm_GeV) for name in there}
    find = partial(find_candidates, line=line, calo=experiment.calo)
    return replace(
        search,
        selection=replace(search.selection, find=find),
        regions=regions,
        facts={"mass_reach_GeV": reach},
    )


def unbound(detected: Detected, *, source: str = "") -> Candidates:
    """Refuse to look for photons without a line: `configure` comes first."""
    raise InputError(f"{detected.experiment}: no level-1 line was chosen")


def find_candidates(detected: Detected, *, line: str, calo: Calorimeter, source: str = "") -> Candidates:
    """Return the hardest photon (E*) of each event that a level-1 line and the high-level trigger took.

    ``e_other`` is the largest energy of another cluster in time, within dt99 or, above `HARD_OTHER_GeV`, within 10 of
    it; clusters with a track are others too.
    ``hole_distance``: how far (degrees of θ) a photon back to back would have been from the nearest hole of the
    calorimeter. The truth columns ``lost_*`` and ``escaped`` count what calorimeter and muon chambers lost.
    """
    if line not in detected.trigger:
        there = ", ".join(name for name in LINES if name in detected.trigger) or "none"
        raise InputError(
            f"{detected.experiment} has no level-1 line {line!r} for single photons; it has: {there}"
        )
    clusters, missed = detected.clusters, detected.missed
    fired = detected.trigger[line] & detected.trigger.get("hlt_single_photon", np.bool_(True))
    if clusters.energy.shape[0] == 0:
        fired = np.zeros(len(detected), dtype=bool)
    with np.errstate(invalid="ignore"):
        late = np.abs(clusters.time) / clusters.dt99
        in_time, near = late < 1.0, late < IN_TIME
    energy_cm = cluster_energies_cm(clusters.energy, clusters.theta, clusters.phi, detected.boost)
    vetoes = in_time | (near & (energy_cm > HARD_OTHER_GeV))  # in_time alone lets 1 % of all photons pass
    energy_cm = np.where(in_time & (clusters.track == -1), energy_cm, 0.0)
    hardest = energy_cm.max(axis=0, initial=0.0)
    event = np.flatnonzero(fired & (hardest > CANDIDATE_GeV))
    at = (energy_cm[:, event].argmax(axis=0), event) if event.size else (event, event)
    others = np.where(vetoes, np.nan_to_num(clusters.energy), 0.0)
    others[at] = 0.0
    found = photon_candidates(
        (clusters.energy[at], clusters.theta[at], clusters.phi[at]),
        event,
        {
            "n_tracks": detected.tracks.from_ip.sum(axis=0)[event].astype(np.float64),
            "e_other": others.max(axis=0, initial=0.0)[event],
            "e_stray": missed.stray[event],
            "n_chambers": missed.chambers[event].astype(np.float64),
            "lost_gaps": missed.gaps[event].astype(np.float64),
            "lost_cracks": missed.cracks[event].astype(np.float64),
            "lost_bulk": missed.bulk[event].astype(np.float64),
            "escaped": missed.escaped[event].astype(np.float64),
        },
        AREAS,
        beta=detected.boost,
        sqrt_s=detected.sqrt_s,
        weights=detected.weights,
        source=source,
    )
    found.observables["hole_distance"] = hole_distance(found["theta_partner"], calo)
    return found


def add_depths(found: Candidates) -> Candidates:
    """Return candidates with the depth in every area, computed where a file brings E*, θ and cosθ* alone."""
    cos = found.observables.get("cos_cm", np.full(len(found), np.nan))
    depths = {f"depth_{name}": area.depth(found["e_cm"], found["theta"], cos) for name, area in AREAS.items()}
    return replace(found, observables={**depths, **found.observables})


def hole_distance(theta: Floats, calo: Calorimeter) -> Floats:
    """Return the distance (degrees) of polar angles (rad) from the nearest gap, seam or end; 0 within one."""
    ranges = calo.regions_deg
    seam = calo.loss.seam_halfwidth_deg if calo.loss.seam > 0.0 else 0.0
    holes = [(-np.inf, ranges[0][0]), (ranges[-1][1], np.inf)]
    holes += [(one[1], two[0]) for one, two in pairwise(ranges) if two[0] > one[1]]
    if seam > 0.0:
        holes.append((90.0 - seam, 90.0 + seam))
    degrees = theta / DEGREE
    away = [np.maximum(np.maximum(low - degrees, degrees - high), 0.0) for low, high in holes]
    return np.asarray(np.min(away, axis=0))
