"""Identification of charged particles and the muon chambers, as a card gives them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scotopic.cards.values import Conflict, Fraction, NonNegative, PolarRange, Positive, Window
from scotopic.text_files import shown

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
