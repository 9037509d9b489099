"""The noun `Experiment`: beams, detector response and trigger lines of one data-taking period.

Every number comes from a card (`scotopic.detector.card`), none from defaults in the code. Field names are
the keys of the card and carry their unit: ``_GeV``, ``_deg``, ``_rad``, ``_ns``, ``_cm``, ``_mm``, ``_um``,
``_T``, ``_fb`` (inverse femtobarn), ``_x0`` or ``x0_`` (radiation lengths). A field that may be `None` is a
feature the detector may lack; all others must be in the card.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from scotopic.detector.schema.beam import Beam
from scotopic.detector.schema.calorimeter import Calorimeter
from scotopic.detector.schema.identification import MuonChambers, ParticleId
from scotopic.detector.schema.provenance import MEANING, Provenance
from scotopic.detector.schema.tracker import Tracker
from scotopic.detector.schema.trigger import HighLevelTrigger, Trigger

if TYPE_CHECKING:
    from scotopic.events.beams import Beams


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
