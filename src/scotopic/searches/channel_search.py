"""The noun `ChannelSearch`: one signal sought as a bump in several spectra at once, with known shares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scotopic.events.record import Events
from scotopic.searches.counting_search import CountedBackground
from scotopic.searches.search import Region, Systematic
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import Cut

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Channel:
    """Decays to one kind of lepton pair.

    Attributes
    ----------
    region : Region
        Its name, range of masses, observable (the reduced mass √(m² − 4m_ℓ²)), cuts, polynomials and windows.
    decay : str
        As the model names the decay, for instance ``"mu- mu+"``.
    label : str
        In figures.
    lepton_mass : float
        GeV.
    signal_masses : tuple of float
        Where the signal is simulated; GeV, rising, reaching beyond the region.
    """

    region: Region
    decay: str
    label: str
    lepton_mass: float
    signal_masses: tuple[float, ...]

    @property
    def name(self) -> str:
        """Return the name of the channel."""
        return self.region.name

    def reduced(self, mass: Floats) -> Floats:
        """Return √(m² − 4m_ℓ²), GeV; NaN where the channel is not open or not searched."""
        square = np.asarray(mass) ** 2 - 4.0 * self.lepton_mass**2
        inside = (mass >= self.region.mass_low) & (mass <= self.region.mass_high)
        return np.sqrt(np.where(inside, square, np.nan))

    def mass(self, reduced: Floats) -> Floats:
        """Return the mass of a reduced mass, GeV."""
        return np.hypot(reduced, 2.0 * self.lepton_mass)


@dataclass(frozen=True)
class Veto:
    """A range of masses around a hadronic resonance where nothing is tested and nothing fitted; GeV."""

    name: str
    mass: float
    half_width: float
    mark: str
    source: str


@dataclass(frozen=True)
class ChannelSearch:
    """A search for a narrow peak in several spectra.

    Attributes
    ----------
    cuts : tuple of Cut
        Common to all channels.
    channels : tuple of Channel
        The first covers all masses.
    level, method
        Of the limits, as for `scotopic.stats.scan`.
    generate_signal : callable (mass, n, *, decay, sqrt_s, seed, radiation) -> Events
    tree_cross_section_pb : callable (mass, *, decay, sqrt_s) -> float
        Of that signal without radiation: efficiencies and limits refer to it.
    steps : mapping of background to float
        Distance of the knots of its smoothed spectrum, in ln[(r + 0.01 GeV)/(√s − r)] of the reduced mass r.
    find_candidates : callable (detected, *, experiment, source) -> Candidates
    branching : callable (masses) -> (channels, masses)
        Fractions of the model's decays that go to each channel.
    coupling_of : callable (cross_section_fb, mass, s, **parameters) -> coupling
        Of the cross section times the sum of those fractions.
    """

    name: str
    title: str
    signature: str
    model: str
    cuts: tuple[Cut, ...]
    channels: tuple[Channel, ...]
    vetoes: tuple[Veto, ...]
    systematics: tuple[Systematic, ...]
    level: float
    method: str
    paper_luminosity_fb: float
    coupling_symbol: str
    generate_signal: Callable[..., Events]
    tree_cross_section_pb: Callable[..., float]
    backgrounds: tuple[CountedBackground, ...]
    steps: Mapping[str, float]
    find_candidates: Callable[..., Candidates]
    branching: Callable[[Floats], Floats]
    coupling_of: Callable[..., Floats]

    @property
    def mass_range(self) -> tuple[float, float]:
        """Return the lowest and the highest mass hypothesis, GeV."""
        return self.channels[0].region.mass_low, self.channels[0].region.mass_high

    @property
    def observables(self) -> tuple[str, ...]:
        """Return the observables that a file of candidates must have: the spectra's, and which channel it is."""
        first = [channel.region.cuts[0].observable for channel in self.channels]
        return tuple(sorted({*first, *(channel.region.observable for channel in self.channels)}))

    def vetoed(self, mass: Floats) -> NDArray[np.bool_]:
        """Return which masses (GeV) lie in a vetoed range."""
        near = [np.abs(mass - veto.mass) <= veto.half_width for veto in self.vetoes]
        return np.asarray(np.any(near, axis=0)) if near else np.zeros(np.shape(mass), dtype=bool)

    def systematic_error(self, on: str) -> float:
        """Return the relative errors on `on`, added in quadrature."""
        return float(np.sqrt(sum(one.relative_error**2 for one in self.systematics if one.on == on)))
