"""What each search sees of a model: how the new particle is made, and what it decays to."""

import math
from dataclasses import dataclass

from scotopic.events.signals.dark_photon_strahlung import COS_MAX, seen_cuts


@dataclass(frozen=True)
class SignalProcess:
    """The signal of a search, whichever particle makes it.

    Attributes
    ----------
    made_with : tuple of str
        What comes out of e+e- beside the particle.
    products : tuple of str
        Decays that are searched for, such as ``("gamma gamma",)``; ``("invisible",)`` for missing energy.
    spin2 : int
        Twice the spin of the particle whose signal the search simulates.
    flight_mm : float
        Mean flight up to which decays look as the simulated ones, made where the beams collide. P
    cuts : tuple of str
        Generator cuts within which the search's tree-level cross section is meant.
    published : tuple of str
        Bounds of the catalogue that such a search set.
    """

    made_with: tuple[str, ...]
    products: tuple[str, ...]
    spin2: int
    flight_mm: float = math.inf
    cuts: tuple[str, ...] = ()
    published: tuple[str, ...] = ()

    @property
    def prompt(self) -> bool:
        """Whether the decay must be seen near the collision."""
        return math.isfinite(self.flight_mm)

    def cuts_at(self, mass: float, sqrt_s: float) -> tuple[str, ...]:
        """Return the cuts of the signal of a mass with radiation, beside which a single photon may be soft; GeV."""
        return seen_cuts(mass, sqrt_s) if self.cuts else ()

    def process(self, particle: str) -> str:
        """Return the process that makes a particle of this name."""
        return f"e- e+ > {' '.join(self.made_with)} {particle}"


SEEN = (f"abscostheta:gamma:0:{COS_MAX}",)

INVISIBLE = ("invisible",)
TRACKS_MM = 10.0  # tracks from the interaction point
PHOTONS_MM = 100.0  # a tenth of the way to the calorimeter
