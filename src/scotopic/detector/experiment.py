"""The noun `Experiment`: beams, detector response and trigger lines of one data-taking period.

Every number comes from a card (`scotopic.detector.card`), none from defaults in the code. Field names are
the keys of the card and carry their unit: ``_GeV``, ``_deg``, ``_rad``, ``_ns``, ``_cm``, ``_mm``, ``_um``,
``_T``, ``_fb`` (inverse femtobarn), ``_x0`` or ``x0_`` (radiation lengths). A field that may be `None` is a
feature the detector may lack; all others must be in the card.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from scotopic.detector.limits import (
    Conflict,
    Count,
    Fraction,
    NonNegative,
    PolarRange,
    Positive,
    Rings,
    Rising,
    SmallAngle,
    Window,
    shown,
    unequal_lengths,
)

if TYPE_CHECKING:
    from scotopic.events.beams import Beams

Mark = Literal["R", "D", "M+", "M", "M?", "P", "B"]

MEANING: dict[str, str] = {
    "R": "read in the named public source",
    "D": "derived from values that were read",
    "M": "recalled from the literature, not verified (M+ supported by an independent check, M? weak)",
    "P": "proposed: nothing published found, an assumption of this project",
    "B": "quoted second-hand, not verified",
}


@dataclass(frozen=True)
class Provenance:
    """Where one value of a card comes from."""

    key: str  # section.key
    value: Any
    mark: Mark
    note: str
    card: str  # name of the card that holds the value
    marked: bool = True  # False where the card states no mark and "P" was assumed


@dataclass(frozen=True)
class Beam:
    """Beam energies, crossing and spread, and the solenoid's field and axis (see `scotopic.events.beams.Beams`)."""

    electron_GeV: Positive
    positron_GeV: Positive
    half_crossing_rad: NonNegative
    spread_GeV: tuple[NonNegative, NonNegative]
    use_spread: bool
    field_T: Positive
    solenoid_axis_rad: SmallAngle  # of +z to the line that halves the beams


@dataclass(frozen=True)
class Tail:
    """Low-side tail of the energy response: Crystal Ball with its peak at the true energy."""

    shape: Literal["crystalball"]
    alpha: Positive
    n: Positive


@dataclass(frozen=True)
class Loss:
    """Probability that a photon leaves less than 0.1 GeV in the calorimeter, by place."""

    forward_gap: Fraction
    backward_gap: Fraction
    seam_halfwidth_deg: NonNegative
    seam: Fraction
    bulk: Fraction
    phi_cracks: Count | None = None  # cracks in azimuth that point at the interaction point
    phi_crack_halfwidth_deg: NonNegative = 0.0
    phi_crack: Fraction = 0.0


@dataclass(frozen=True)
class BeamBackground:
    """Clusters of beam background: Poisson number, exponential spectrum, flat in time."""

    mean_clusters_above_100MeV: NonNegative
    slope_GeV: Positive
    fractions: tuple[Fraction, Fraction, Fraction]  # forward, barrel, backward

    def conflicts(self) -> Iterator[Conflict]:
        """Yield fractions that leave the clusters no place."""
        if not any(self.fractions):
            yield ("fractions",), f"is {shown(self.fractions)}, must have an entry above 0"


@dataclass(frozen=True)
class Overlap:
    """Growth of the resolution of two photons closer than `below_deg`."""

    below_deg: Positive
    sigma_energy: Positive
    sigma_theta: Positive
    sigma_phi: Positive


@dataclass(frozen=True)
class Charged:
    """Crude calorimeter response to charged particles other than electrons."""

    mip_GeV: Positive  # most probable deposit of a minimum-ionising particle
    mip_sigma_GeV: Positive
    hadronic_probability: Fraction  # that a pion, kaon or proton showers in the crystals
    hadronic_fraction: tuple[Fraction, Fraction]  # uniform range of the deposited share of its kinetic energy


RESOLUTION_NEEDS = {
    "basf2-covariance": ("background_level",),
    "quadrature": ("energy_percent", "angle_mrad"),
}

EnergyTerms = tuple[NonNegative, NonNegative, NonNegative, NonNegative]
"""(a, b, c, d) of σ(E)/E = a/E ⊕ b/√E ⊕ c/E^¼ ⊕ d, in percent with E in GeV."""
AngleTerms = tuple[NonNegative, NonNegative]
"""(a, b) of σ(θ) = σ(φ) = a/√E ⊕ b, in mrad with E in GeV."""


@dataclass(frozen=True)
class Calorimeter:
    """Geometry and response of the electromagnetic calorimeter."""

    forward_deg: PolarRange
    barrel_deg: PolarRange
    front_radius_mm: Positive
    forward_z_mm: Positive
    backward_z_mm: Positive  # distance of the backward face, behind the interaction point
    resolution: Literal["basf2-covariance", "quadrature"]
    resolution_scale: Positive
    tail: Tail
    min_cluster_GeV: NonNegative
    low_energy_slope_GeV: Positive  # efficiency 1 - exp(-(E - min_cluster)/slope)
    merge_deg: PolarRange  # two photons: none resolved below, all above
    overlap: Overlap
    time_window_ns: Positive
    time_sigma_ns: Positive
    time_noise_ns_GeV: NonNegative  # sigma_t = time_sigma (+) time_noise/E
    dt99_sigmas: Positive
    x0_before_cdc: NonNegative
    x0_cdc: NonNegative
    x0_barrel: NonNegative  # between tracker and calorimeter
    x0_endcap: NonNegative
    conversion_radius_mm: Positive  # where conversions behind the tracker happen, barrel
    conversion_tail: Fraction  # extra low tail of a merged pair
    single_photon_eff: Fraction
    charged: Charged
    loss: Loss
    background: BeamBackground
    backward_deg: PolarRange | None = None  # None where there is no backward endcap
    background_level: Literal["low", "mid", "high"] | None = None  # basf2-covariance
    energy_percent: tuple[EnergyTerms, EnergyTerms, EnergyTerms] | None = None  # forward, barrel, backward
    angle_mrad: tuple[AngleTerms, AngleTerms, AngleTerms] | None = None  # forward, barrel, backward

    @property
    def regions_deg(self) -> tuple[tuple[float, float], ...]:
        """Polar ranges of the regions there are, forward first."""
        there = (self.forward_deg, self.barrel_deg, self.backward_deg)
        return tuple(region for region in there if region is not None)

    def conflicts(self) -> Iterator[Conflict]:
        """Yield what the resolution needs and lacks, and regions that overlap."""
        for key in RESOLUTION_NEEDS[self.resolution]:
            if getattr(self, key) is None:
                yield (key,), f'missing, resolution = "{self.resolution}" needs it'
        if self.backward_deg is None and self.background.fractions[2] > 0.0:
            yield ("backward_deg",), "missing, [calo.background] fractions has clusters there"
        for one, two in pairwise(("forward_deg", "barrel_deg", "backward_deg")):
            first, second = getattr(self, one), getattr(self, two)
            if second is not None and first[1] > second[0]:
                text = f"{one} = {shown(first)} must end before {two} = {shown(second)} begins"
                yield (one, two), text


@dataclass(frozen=True)
class Tracker:
    """Acceptance, efficiency and resolution of the tracking detectors."""

    theta_deg: PolarRange
    radii_cm: Window  # of the chamber
    layers: Count  # of the chamber
    ends_cm: tuple[tuple[Positive, float, float], ...]  # radius, z of the backward and of the forward end
    first_radius_cm: Positive  # of the innermost measurement
    pt_min_GeV: NonNegative
    sigma_pt_percent: tuple[NonNegative, NonNegative]  # at 90 degrees, sigma(pT)/pT = a pT (+) b/beta
    sigma_angle_mrad: tuple[NonNegative, NonNegative]  # a (+) b/(p beta sin^1.5 theta)
    efficiency: Fraction  # per prompt track above the last of efficiency_pt_GeV
    efficiency_pt_GeV: Rising
    efficiency_low_pt: tuple[Fraction, ...]  # at efficiency_pt_GeV, linear between
    d0_um: NonNegative
    z0_um: NonNegative
    ip_dr_cm: Positive  # a track is from the interaction region within these
    ip_dz_cm: Positive

    def conflicts(self) -> Iterator[Conflict]:
        """Yield an efficiency without its momentum or the reverse, and ends that do not close the chamber."""
        yield from unequal_lengths(self, "efficiency_low_pt", "efficiency_pt_GeV")
        radii = [radius for radius, _, _ in self.ends_cm]
        if any(low >= high for low, high in pairwise(radii)) or [*radii[:1], *radii[-1:]] != [*self.radii_cm]:
            yield (("ends_cm", "radii_cm"), "radii of the ends must rise from the inner to the outer radius")
        if any(backward >= forward for _, backward, forward in self.ends_cm):
            yield (("ends_cm",), "the backward end must lie at a smaller z than the forward end")
        if self.first_radius_cm >= self.radii_cm[1]:
            yield (("first_radius_cm", "radii_cm"), "the first measurement must lie inside the outer radius")


METHOD_NEEDS = {
    "ecl": ("efficiency", "deposit_GeV", "e_over_p_max"),
    "klm": ("regions_deg", "efficiency_barrel", "efficiency_endcap", "efficiency_overlap"),
}


@dataclass(frozen=True)
class MuonId:
    """Muon identification, by calorimeter deposit (``ecl``) or muon chambers (``klm``)."""

    method: Literal["ecl", "klm"]
    theta_deg: PolarRange
    p_min_GeV: NonNegative  # turns on here,
    p_plateau_GeV: Positive  # and reaches its plateau here
    fake_pion: Fraction
    fake_electron: Fraction
    fake_pion_low: Fraction | None = None  # klm: below p_plateau_GeV
    fake_kaon: Fraction | None = None
    efficiency: Fraction | None = None  # ecl
    deposit_GeV: Window | None = None  # ecl: window of the matched cluster
    e_over_p_max: Positive | None = None  # ecl
    regions_deg: tuple[PolarRange, ...] | None = None  # klm: endcap, overlap, barrel, overlap, endcap
    pt_min_barrel_GeV: NonNegative | None = None
    efficiency_barrel: Fraction | None = None
    efficiency_endcap: Fraction | None = None
    efficiency_overlap: Fraction | None = None

    def conflicts(self) -> Iterator[Conflict]:
        """Yield what the method needs and lacks, and limits out of order."""
        for key in METHOD_NEEDS[self.method]:
            if getattr(self, key) is None:
                yield (key,), f'missing, method = "{self.method}" needs it'
        if self.p_plateau_GeV <= self.p_min_GeV:
            text = f"p_plateau_GeV = {self.p_plateau_GeV} must be above p_min_GeV = {self.p_min_GeV}"
            yield ("p_plateau_GeV", "p_min_GeV"), text
        edges = [edge for region in self.regions_deg or () for edge in region]
        if self.regions_deg is not None and (len(edges) != 10 or edges != sorted(edges)):
            text = f"is {shown(self.regions_deg)}, must be five ranges in rising order: endcap, overlap, barrel, "
            yield ("regions_deg",), text + "overlap, endcap"


@dataclass(frozen=True)
class ElectronId:
    """Electron identification."""

    e_over_p: Window
    efficiency: Fraction
    fake_pion: Fraction
    p_min_GeV: NonNegative


@dataclass(frozen=True)
class ParticleId:
    """Identification of charged particles."""

    muon: MuonId
    electron: ElectronId


@dataclass(frozen=True)
class MuonChambers:
    """The muon chambers as veto on photons that missed the calorimeter."""

    photon_veto_efficiency: Fraction  # 1 to 5 GeV
    photon_veto_efficiency_low: Fraction  # below 1 GeV
    theta_deg: PolarRange
    accidental_veto: Fraction


@dataclass(frozen=True)
class TriggerCells:
    """Cells of the calorimeter trigger, in rings of polar angle numbered from 1."""

    cells: Count
    cells_in_ring: tuple[Count, ...]
    theta_low_deg: Rising  # edges of ring 1, 2, ...
    theta_high_deg: Rising
    threshold_GeV: Positive
    window_ns: Positive
    max_clusters: Count

    def conflicts(self) -> Iterator[Conflict]:
        """Yield rings without cells or edges, that overlap, or do not add up."""
        lengths = list(unequal_lengths(self, "cells_in_ring", "theta_low_deg", "theta_high_deg"))
        yield from lengths
        if sum(self.cells_in_ring) != self.cells:
            text = f"cells_in_ring add up to {sum(self.cells_in_ring)}, must be cells = {self.cells}"
            yield ("cells_in_ring", "cells"), text
        rings = [edge for ring in zip(self.theta_low_deg, self.theta_high_deg, strict=False) for edge in ring]
        if not lengths and rings != sorted(rings):
            yield (
                ("theta_low_deg", "theta_high_deg"),
                "theta_low_deg to theta_high_deg: rings must not overlap",
            )


@dataclass(frozen=True)
class TriggerTrack:
    """Two-dimensional track finding at level 1."""

    efficiency: Fraction
    pt_min_GeV: NonNegative  # full efficiency above
    pt_half_GeV: NonNegative  # half of it here, none below
    theta_deg: PolarRange


@dataclass(frozen=True)
class TrackLine:
    """Line on trigger tracks, like ``ffo``."""

    min_tracks_2d: Count
    opening_deg: NonNegative  # least transverse opening angle
    bhabha_veto: bool
    plateau: Fraction


@dataclass(frozen=True)
class SumLine:
    """Line on the energy sum of trigger cells, like ``hie``."""

    threshold_sum_GeV: Positive
    tc_theta_ids: Rings
    bhabha_veto: bool
    plateau: Fraction
    sigma_GeV: Positive


@dataclass(frozen=True)
class ClusterLine:
    """Line on one trigger cluster, like ``lml1`` (at least one) or ``lml6`` (and no other)."""

    threshold_cm_GeV: Positive
    tc_theta_ids: Rings
    theta_deg: PolarRange
    bhabha_veto: bool
    plateau: Fraction
    sigma_GeV: Positive
    other_cluster_max_lab_GeV: Positive | None = None


@dataclass(frozen=True)
class Bhabha3D:
    """The calorimeter's three-dimensional Bhabha veto, centre-of-mass quantities."""

    dphi_deg: Window
    sum_theta_deg: Window
    e_cm_min_GeV: tuple[Positive, Positive]  # both above the first, one above the second


@dataclass(frozen=True)
class Trigger:
    """Level 1: its objects and the lines the period had; a line it lacked is None.

    ``ffo``, ``hie`` and the ``lml`` lines are Belle II's; the last three stand for the triggers of other experiments.
    """

    cells: TriggerCells
    track: TriggerTrack
    bhabha3d: Bhabha3D
    ffo: TrackLine | None = None
    hie: SumLine | None = None
    lml1: ClusterLine | None = None
    lml6: ClusterLine | None = None
    lml13: ClusterLine | None = None
    two_tracks: TrackLine | None = None
    energy_sum: SumLine | None = None
    single_photon: ClusterLine | None = None


@dataclass(frozen=True)
class SinglePhotonFilter:
    """Single-photon lines of the high-level trigger, one entry per line."""

    e_cm_min_GeV: tuple[Positive, ...]
    theta_deg: tuple[PolarRange, ...]
    other_cluster_max_cm_GeV: Positive
    prescale: tuple[Count, ...]

    def conflicts(self) -> Iterator[Conflict]:
        """Yield lists that are not one entry per line."""
        yield from unequal_lengths(self, "e_cm_min_GeV", "theta_deg", "prescale")


@dataclass(frozen=True)
class HighLevelTrigger:
    """High-level trigger: passes all, or filters by its lines."""

    mode: Literal["pass", "filter"]
    single_photon: SinglePhotonFilter | None = None

    def conflicts(self) -> Iterator[Conflict]:
        """Yield a filter without its lines."""
        if self.mode == "filter" and self.single_photon is None:
            yield ("single_photon",), 'missing, mode = "filter" needs the section [hlt.single_photon]'


@dataclass(frozen=True)
class SinglePhotons:
    """Areas in energy and polar angle in which searches look for one photon.

    ``physics_book``: the two of the Belle II Physics Book, away from its holes; ``central``: |cosθ*| < 0.6.
    """

    areas: Literal["physics_book", "central"]


@dataclass(frozen=True)
class Experiment:
    """One detector in one data-taking period, as its card gives it.

    Attributes
    ----------
    luminosity : mapping of str to float or tuple of float
        Named data sets, inverse femtobarns.
    provenance : tuple of Provenance
        One entry per value in use, after inheritance.
    """

    name: str
    luminosity: Mapping[str, float | tuple[float, ...]]
    beam: Beam
    calo: Calorimeter
    tracker: Tracker
    pid: ParticleId
    klm: MuonChambers
    trigger: Trigger
    hlt: HighLevelTrigger
    single_photons: SinglePhotons | None = None
    provenance: tuple[Provenance, ...] = ()

    @cached_property
    def beams(self) -> "Beams":
        """The two beams."""
        from scotopic.events.beams import Beams

        b = self.beam
        return Beams(b.electron_GeV, b.positron_GeV, b.half_crossing_rad, b.spread_GeV, b.solenoid_axis_rad)

    def marks(self) -> dict[str, int]:
        """Count the values by provenance letter (M+ and M? count as M)."""
        counted = Counter(p.mark[0] for p in self.provenance)
        return {letter: counted[letter] for letter in MEANING if counted[letter]}
