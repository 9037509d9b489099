"""Trigger levels and their lines, as a card gives them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scotopic.cards.values import (
    Conflict,
    Count,
    Fraction,
    NonNegative,
    PolarRange,
    Positive,
    Rings,
    Rising,
    Window,
    unequal_lengths,
)


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
