"""The noun `Search`: a signal, backgrounds, a selection, regions and a statistic."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from scotopic.analysis.axis import Axis
from scotopic.analysis.background import Background
from scotopic.analysis.control_sample import ControlSample
from scotopic.analysis.region import Region, Veto, mass_range
from scotopic.analysis.signal import Signal
from scotopic.analysis.systematic import Nuisance, Systematic
from scotopic.detector.experiment import Experiment
from scotopic.errors import InputError
from scotopic.numerics.arrays import Bools, Floats
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import Cut

if TYPE_CHECKING:
    from scotopic.analysis.statistics.statistic import Statistic


@dataclass(frozen=True)
class Selection:
    """How a search finds its candidates.

    Attributes
    ----------
    find : callable (detected, *, source) -> Candidates
    cuts : tuple of Cut
        Common to all regions.
    controls : tuple of ControlSample
        Events beside the search that tell rates of its backgrounds.
    find_signal : callable like `find`, optional
        With the truth of each candidate, where an event has several.
    complete : callable (candidates) -> Candidates, optional
        Adds observables that follow from others, for files of candidates.
    observables : tuple of str
        What a file of candidates must have, beside what regions and statistic need; replaces these if not empty.
    """

    find: Callable[..., Candidates]
    cuts: tuple[Cut, ...] = ()
    controls: tuple[ControlSample, ...] = ()
    find_signal: Callable[..., Candidates] | None = None
    complete: Callable[[Candidates], Candidates] | None = None
    observables: tuple[str, ...] = ()

    def ways(self, source: str) -> list[tuple[Callable[..., Candidates], tuple[Cut, ...]]]:
        """Return how candidates of a source are found and cut: the search's own, then those of its control samples."""
        own = (partial(self.find, source=source), self.cuts)
        return [own, *((partial(one.find, source=source), one.cuts) for one in self.controls)]


@dataclass(frozen=True)
class Parameter:
    """What ``--set`` may say of a search.

    Attributes
    ----------
    name : str
    default : float or str
    words : tuple of str
        What it may be, where it is a word.
    check : callable (value) -> object, optional
        Raises `InputError` for a number that makes no sense.
    """

    name: str
    default: float | str
    words: tuple[str, ...] = ()
    check: Callable[[float], object] | None = None


@dataclass(frozen=True)
class Search:
    """A search for a signal.

    Attributes
    ----------
    name, title, signature : str
    experiment : str
        Name of the card without a request.
    luminosity_fb : float
        The article's, for which systematic errors are stated.
    level : float
        Confidence level or credibility.
    signal, backgrounds, selection, regions, statistic
    systematics : tuple of Systematic
    nuisances : tuple of Nuisance
        Of a fit of templates.
    vetoes : tuple of Veto
    parameters : tuple of Parameter
    configure : callable (search, experiment, parameters) -> Search, optional
        Fills in what hangs on the experiment or on parameters: selection, regions.
    facts : mapping
        Further entries of results, such as the largest mass that each trigger line reaches.
    """

    name: str
    title: str
    signature: str
    experiment: str
    luminosity_fb: float
    level: float
    signal: Signal
    backgrounds: tuple[Background, ...]
    selection: Selection
    regions: tuple[Region, ...]
    statistic: "Statistic"
    systematics: tuple[Systematic, ...] = ()
    nuisances: tuple[Nuisance, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    configure: Callable[["Search", Experiment, Mapping[str, Any]], "Search"] | None = None
    facts: Mapping[str, Any] | None = None

    @property
    def axes(self) -> tuple[Axis, ...]:
        """Return the coordinates of the points at which limits are set."""
        return self.signal.axes

    @property
    def model(self) -> str:
        """Return the name of the search's own model."""
        return self.signal.model

    @property
    def mass_range(self) -> tuple[float, float]:
        """Return the lowest and highest mass hypothesis, GeV."""
        return mass_range(self.regions)

    @property
    def observables(self) -> tuple[str, ...]:
        """Return the observables that a file of candidates must have."""
        names = {one.name for region in self.regions for one in region.observables}
        return self.selection.observables or tuple(sorted(names | set(self.statistic.observables)))

    def region(self, mass: float) -> Region:
        """Return the first region that tests `mass` (GeV)."""
        highest = self.mass_range[1]
        for region in self.regions:
            if region.tests(np.array(mass), highest):
                return region
        raise ValueError(f"no region of {self.name} tests {mass} GeV")

    def at(self, experiment: Experiment, parameters: Mapping[str, float | str] | None = None) -> "Search":
        """Return the search as an experiment runs it."""
        return self.configure(self, experiment, self.values(parameters or {})) if self.configure else self

    def values(self, parameters: Mapping[str, float | str]) -> dict[str, float | str]:
        """Return the value of every parameter, given or by default.

        Raises
        ------
        InputError
            For a parameter that there is none, or a value that makes no sense.
        """
        unknown = parameters.keys() - {one.name for one in self.parameters}
        if unknown:
            raise InputError(self._refusal(", ".join(parameters)))
        values = {one.name: parameters.get(one.name, one.default) for one in self.parameters}
        for one in self.parameters:
            value = values[one.name]
            if one.words and value not in one.words:
                raise InputError(
                    f"{self.name}: {one.name} = {value!r}, expected one of {', '.join(one.words)}"
                )
            if not one.words and isinstance(value, str):
                raise InputError(f"{self.name}: {one.name} = {value!r}, expected a number")
            if one.check is not None:
                one.check(float(value))
        return values

    def _refusal(self, names: str) -> str:
        scanned = " and ".join(axis.name for axis in self.axes)
        coupling = self.signal.coupling
        quoted = "quotes no coupling" if coupling is None else f"limits {coupling.symbol} itself"
        if not self.parameters:
            return f"{self.name} takes no parameters ({names}): it scans the {scanned} and {quoted}"
        there = " and ".join(
            f"{one.name} ({', '.join(one.words)})" if one.words else one.name for one in self.parameters
        )
        return f"{self.name}: of {names} not all can be set; there is {there}; it scans the {scanned} and {quoted}"

    def vetoed(self, mass: Floats) -> Bools:
        """Return which masses (GeV) lie in a vetoed range."""
        near = [np.abs(mass - veto.mass) <= veto.half_width for veto in self.vetoes]
        return np.asarray(np.any(near, axis=0)) if near else np.zeros(np.shape(mass), dtype=bool)

    def systematic_error(self, on: str) -> float:
        """Return the relative errors on `on`, added in quadrature."""
        return math.sqrt(sum(one.relative_error**2 for one in self.systematics if one.on == on))


def check_fraction(value: float, *, name: str, whole: bool) -> None:
    """Refuse what is no branching fraction: of 0 and more to below 1, or with `whole` above 0 to 1."""
    if whole and not 0.0 < value <= 1.0:
        raise InputError(f"{name} = {value}, a branching fraction above 0 and at most 1")
    if not whole and not 0.0 <= value < 1.0:
        raise InputError(f"{name} = {value}, a branching fraction of at least 0 and below 1")
