"""Acceptance: the fraction of the generated signal whose visible particles fly where a search looks for them.

Acceptance knows nothing of the detector but its beams; the efficiency divided by it is what reconstruction, trigger
and further cuts leave.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from scotopic.events.beams import Beams, to_lab
from scotopic.events.record import Events
from scotopic.numerics.lorentz import polar_angle


class Fiducial(Protocol):
    """Where particles count."""

    def acceptance(self, events: Events, beams: Beams) -> float:
        """Return the weighted fraction of events whose particles all count."""


@dataclass(frozen=True)
class PolarRange:
    """Polar angles in the laboratory.

    Attributes
    ----------
    polar : tuple of (int, float, float)
        Absolute PDG code with the lowest and the highest polar angle (rad); other particles do not matter.
    least_energy : float
        GeV.
    particles : int, optional
        Only so many count, from the first slot on: radiated photons come behind.
    """

    polar: tuple[tuple[int, float, float], ...] = ()
    least_energy: float = 0.0
    particles: int | None = None

    def acceptance(self, events: Events, beams: Beams) -> float:
        """Return the weighted fraction of events whose particles all lie in the range."""
        lab = to_lab(events, beams) if events.frame == "cm" else events
        inside = np.ones(len(lab), dtype=bool)
        counted = slice(self.particles)
        for codes, momenta in zip(np.abs(lab.pdg[counted]), lab.momenta[counted], strict=True):
            theta = polar_angle(momenta)
            for code, low, high in self.polar:
                good = (theta > low) & (theta < high) & (momenta[0] > self.least_energy)
                inside &= good | (codes != code)
        return float(lab.weights[inside].sum() / lab.weights.sum())
