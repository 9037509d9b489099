"""The tracking detectors, as a card gives them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from scotopic.cards.values import (
    Conflict,
    Count,
    Fraction,
    NonNegative,
    PolarRange,
    Positive,
    Rising,
    Window,
    unequal_lengths,
)


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
