"""The protocol of a statistic: what it is asked for, and what it hands back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from scotopic.analysis.control_sample import ControlYield
from scotopic.analysis.observation import Observation
from scotopic.analysis.result import CountedWindows, RegionSpectrum, Source
from scotopic.analysis.search import Search
from scotopic.analysis.simulation import EventNumbers, Simulation
from scotopic.numerics.arrays import Floats
from scotopic.selection.cut import CutStep
from scotopic.stats import LikelihoodScan
from scotopic.stats.limit_curve import LimitCurve

if TYPE_CHECKING:
    from scotopic.analysis.result import Result


@dataclass(frozen=True)
class Injection:
    """A signal added to pseudo-data: mass in GeV, cross section in fb."""

    mass: float
    cross_section_fb: float


@dataclass(frozen=True)
class LimitSettings:
    """What limits are asked for.

    Attributes
    ----------
    luminosity_fb : float, optional
        Else what the data imply, else the search's.
    parameters : mapping, optional
        Of the search, in which couplings are read; else those of the simulation.
    masses : sequence of float, optional
        Of the first axis, GeV; else all that the search tests.
    toys : int
        Of the whole data set, for the global p-value.
    injection : Injection, optional
        Added to pseudo-data.
    projected : bool
        What is observed is the expectation itself.
    controls_fb : float, optional
        Luminosity of the control samples of a projection; else that of the search.
    with_systematics : bool
        False only in studies of what a limit is made of.
    seed, workers : int
        Results do not depend on the number of workers.
    """

    luminosity_fb: float | None = None
    parameters: Mapping[str, float | str] | None = None
    masses: Sequence[float] | Floats | None = None
    toys: int = 0
    injection: Injection | None = None
    projected: bool = False
    controls_fb: float | None = None
    with_systematics: bool = True
    seed: int = 1
    workers: int = 1

    @property
    def chosen(self) -> Floats | None:
        """Return the masses as an array."""
        return None if self.masses is None else np.asarray(self.masses, dtype=np.float64)


@dataclass(frozen=True)
class Task:
    """A simulation, what was observed, and a luminosity: from these a statistic infers limits."""

    simulation: Simulation
    observation: Observation | None
    luminosity_fb: float
    settings: LimitSettings

    @property
    def search(self) -> Search:
        """Return the search."""
        return self.simulation.search

    @property
    def source(self) -> Source:
        """Return what is observed."""
        if self.observation is not None:
            return "data"
        return "projection" if self.settings.projected else "pseudo-data"


@dataclass(frozen=True)
class Inference:
    """What a statistic finds at P points; fields as in `scotopic.analysis.result.Result`."""

    points: Floats
    efficiency: Floats
    efficiency_error: Floats
    acceptance: Floats
    resolution: Floats
    limit: LimitCurve
    p_local: Floats
    z_local: Floats
    p_global: float | None
    alternatives: Mapping[str, Floats] = field(default_factory=dict)
    spectra: tuple[RegionSpectrum, ...] = ()
    windows: CountedWindows | None = None
    controls: tuple[ControlYield, ...] = ()
    region_flow: tuple[CutStep, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Excess:
    """The largest excess of a result: its region, the likelihood of its yield, and the limit on it (events)."""

    spectrum: RegionSpectrum
    likelihood: LikelihoodScan
    mass: float
    limit: float


class Statistic(Protocol):
    """A way to limits.

    Attributes
    ----------
    method : str
        ``clsb``, ``cls`` or ``bayes``.
    events, survey_events : EventNumbers
        Simulated without a request, and where many searches are projected in minutes.
    fewest_signal : int
        Selected events that each simulated point must have.
    observables : tuple of str
        That candidates must have, beside those of the regions.
    """

    @property
    def method(self) -> str:
        """Return the name of the method."""

    @property
    def events(self) -> EventNumbers:
        """Return how much is simulated without a request."""

    @property
    def survey_events(self) -> EventNumbers:
        """Return how much is simulated in minutes."""

    @property
    def fewest_signal(self) -> int:
        """Return how many selected events a simulated point needs."""

    @property
    def observables(self) -> tuple[str, ...]:
        """Return the observables of final cuts."""

    def survey(self, search: Search, sqrt_s: float) -> tuple[Search, list[float]]:
        """Return the search with fewer simulated points, and the masses that tell in minutes what it would exclude."""

    def infer(self, task: Task) -> Inference:
        """Return what is found."""

    def largest_excess(self, result: "Result") -> Excess | None:
        """Return the largest excess, where its fit can be shown."""


def confidence_of(method: str) -> str:
    """Return what the level of a method's limits is: a credibility with a prior, else a confidence level (CL)."""
    return "credibility" if method == "bayes" else "CL"
