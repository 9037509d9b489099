"""The electromagnetic calorimeter, as a card gives it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from scotopic.cards.values import Conflict, Count, Fraction, NonNegative, PolarRange, Positive
from scotopic.text_files import shown


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
