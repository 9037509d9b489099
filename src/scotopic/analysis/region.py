"""The nouns `Observable`, `Region` and `Veto`: where a signal of a mass shows itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from scotopic.analysis.acceptance import Fiducial, PolarRange
from scotopic.errors import InputError
from scotopic.events.record import Events
from scotopic.numerics.arrays import Bools, Floats
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import Cut

ROUNDING = 1e-9  # GeV
Residual = Callable[[Candidates, Events, str, float], Floats]


def from_place(candidates: Candidates, events: Events, name: str, place: float) -> Floats:
    """Return an observable less the place of the signal: the residual of what radiation does not move."""
    return np.asarray(candidates[name] - place)


@dataclass(frozen=True)
class Observable:
    """A quantity in which the signal of a mass m peaks at x = (m² − threshold²)^(power/2).

    Attributes
    ----------
    name : str
        Of the candidates' observable.
    label, unit, heading : str
        In figures, in tables (``GeV`` or ``GeV2``), and in HEPData.
    power : float
    threshold : float
        GeV.
    residual : callable (candidates, events, name, place) -> array
        Measured less true values of selected signal, from which its resolution is taken.
    """

    name: str
    label: str
    unit: str = "GeV2"
    heading: str = ""
    power: float = 2.0
    threshold: float = 0.0
    residual: Residual = from_place

    def reduced(self, mass: Floats) -> Floats:
        """Return √(m² − threshold²), GeV; NaN below the threshold."""
        if self.threshold == 0.0:
            return np.asarray(mass)
        square = np.asarray(mass) ** 2 - self.threshold**2
        return np.sqrt(np.where(square >= 0.0, square, np.nan))

    def place(self, mass: Floats) -> Floats:
        """Return x of a mass."""
        return np.asarray(self.reduced(mass) ** self.power)

    def mass(self, reduced: Floats) -> Floats:
        """Return the mass of a reduced mass, GeV."""
        return np.hypot(reduced, self.threshold) if self.threshold else np.asarray(reduced)

    def mass_resolution(self, mass: Floats, width: Floats) -> Floats:
        """Return the resolution of the mass (GeV) of one of x: dm = dx q^(2 − power)/(power m) at q = reduced m."""
        reduced = self.reduced(mass)
        return np.asarray(width * reduced ** (2.0 - self.power) / (self.power * mass))


@dataclass(frozen=True, kw_only=True)
class Region:
    """A range of masses with its observables, cuts and simulated signal.

    Attributes
    ----------
    name, label : str
        Key in results and text in figures; without a label the name stands there.
    mass_low, mass_high : float
        Hypotheses that are tested here, of the first axis; GeV.
    observables : tuple of Observable
        One, or two of a plane.
    cuts : tuple of Cut
        On top of the search's common cuts.
    fiducial : Fiducial
        What acceptance means here.
    grid : tuple of tuples of float
        Where signal is simulated, in the signal's own coordinates (`scotopic.analysis.signal.Signal.point_of`).
    spectrum_low, spectrum_high : float
        Range of the spectrum, in the unit of the observable.
    background_order : tuple of (float, int)
        Polynomial order from each mass (GeV) upwards.
    window : (float, float)
        Reach of the fit window below and above the signal's place, in resolutions.
    decay : str
        What the particle decays to, where regions differ by it, such as ``"mu- mu+"``.
    seed_words : tuple of str
        They name the random numbers of the signal, where masses alone do not.
    filled_from : (str, float), optional
        A region, and the value of the observable below which backgrounds are taken from it: both expect the same.
    """

    name: str
    label: str = ""
    mass_low: float
    mass_high: float
    observables: tuple[Observable, ...]
    cuts: tuple[Cut, ...] = ()
    fiducial: Fiducial = PolarRange()
    grid: tuple[tuple[float, ...], ...]
    spectrum_low: float = -np.inf
    spectrum_high: float = np.inf
    background_order: tuple[tuple[float, int], ...] = ()
    window: tuple[float, float] = (0.0, 0.0)
    decay: str = ""
    seed_words: tuple[str, ...] = ()
    filled_from: tuple[str, float] | None = None

    @property
    def observable(self) -> Observable:
        """Return the observable of a region with one."""
        return self.observables[0]

    @property
    def title(self) -> str:
        """Return the text of figures."""
        return self.label or self.name

    def order(self, mass: float) -> int:
        """Return the polynomial order of the background at `mass` (GeV)."""
        return max((low, order) for low, order in self.background_order if low <= mass)[1]

    def tests(self, mass: Floats, highest: float) -> Bools:
        """Return which masses are tested here; the upper end belongs to the region above, if any is."""
        end = self.mass_high + (ROUNDING if self.mass_high == highest else -ROUNDING)
        return np.asarray((mass >= self.mass_low - ROUNDING) & (mass < end))


def masses(*values: float) -> tuple[tuple[float, ...], ...]:
    """Return a grid of one mass (GeV) each."""
    return tuple((one,) for one in values)


def mass_range(regions: Sequence[Region]) -> tuple[float, float]:
    """Return the lowest and highest mass hypothesis of regions, GeV."""
    return min(one.mass_low for one in regions), max(one.mass_high for one in regions)


def check_masses(masses: Floats, low: float, high: float) -> None:
    """Refuse mass hypotheses that a search does not cover."""
    if masses.size == 0:
        raise InputError("no mass hypothesis was given; expected rising masses in GeV such as 0.5:2:0.1")
    if not np.isfinite(masses).all() or (np.diff(masses) <= 0.0).any():
        raise InputError("mass hypotheses must be finite and rising, in GeV")
    outside = masses[(masses < low) | (masses > high)]
    if outside.size:
        raise InputError(f"mass {outside[0]:g} GeV lies outside this search's range, {low:g} to {high:g} GeV")


@dataclass(frozen=True)
class Veto:
    """A range of masses around a hadronic resonance where nothing is tested and nothing fitted; GeV."""

    name: str
    mass: float
    half_width: float
    mark: str
    source: str
