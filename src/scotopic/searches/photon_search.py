"""The noun `PhotonSearch`: a line of one photon above backgrounds that are simulated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.events.record import Events
from scotopic.searches.search import SearchResult, Systematic
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import Cut
from scotopic.selection.single_photon import Area

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PhotonRegion:
    """Masses that are tested with the photons of one area.

    Attributes
    ----------
    name : str
        Also of its area in (E*, θ).
    area : Area
    mass_low, mass_high : float
        GeV.
    spectrum_low, spectrum_high : float
        Range of M²_rec that is fitted, GeV².
    cuts : tuple of Cut
        On top of the vetoes; the first two are those of the literature, the others ours.
    signal_masses : tuple of float
        Where signal is simulated, GeV.
    inside_deg : float
        Depth in the area that our cuts ask for: the backgrounds' events are generated less often at less.
    """

    name: str
    area: Area
    mass_low: float
    mass_high: float
    spectrum_low: float
    spectrum_high: float
    cuts: tuple[Cut, ...]
    signal_masses: tuple[float, ...]
    inside_deg: float = 0.0


@dataclass(frozen=True)
class PhotonBackground:
    """A background process.

    Attributes
    ----------
    name, label : str
        Key in results and text in figures.
    process : str
        As the generator takes it.
    cuts : tuple of str
        Generator cuts.
    least_energy_cut : bool
        Whether the photon's energy must lie above a cut that follows the region's threshold.
    soft : bool
        Whether radiated photons must be softer than `scotopic.searches.photon_backgrounds.SOFT_GeV`.
    lost_track_boost : float
        Factor on the track-loss probability, undone by weights.
    share : float
        Number of generated events relative to the leading background.
    copies : int
        How often each generated event goes through the detector.
    final_states : int
        How many of equal cross section the process stands for.
    """

    name: str
    label: str
    process: str
    cuts: tuple[str, ...]
    least_energy_cut: bool = False
    soft: bool = False
    lost_track_boost: float = 1.0
    share: float = 1.0
    copies: int = 1
    final_states: int = 1


@dataclass(frozen=True)
class Unknown:
    """A property of the detector that is not published.

    Attributes
    ----------
    name : str
    background : str
        Name of the background it scales; empty for all.
    power : str
        Truth column: an event's weight goes with this power of the unknown's factor; empty for the first power.
    relative_error : float
        Of the factor, in the fit.
    least, largest : float
        Factors at the ends of the band.
    mark, source : str
    """

    name: str
    background: str
    power: str
    relative_error: float
    least: float
    largest: float
    mark: str
    source: str

    def count(self, found: Candidates, background: str) -> Floats:
        """Return the power (M,) of the factor in each candidate's weight."""
        if self.background not in ("", background):
            return np.zeros(len(found))
        return found[self.power] if self.power else np.ones(len(found))


@dataclass(frozen=True)
class PhotonSearch:
    """A search for one photon that recoils against something invisible.

    Attributes
    ----------
    generate_signal : callable (mass, n, *, sqrt_s, seed, radiation) -> Events
    tree_cross_section_pb : callable (mass, *, sqrt_s) -> float
        Of that signal without radiation: efficiencies and limits refer to it.
    coupling_of : callable (cross_section_fb, mass, s, *, invisible) -> coupling
    """

    name: str
    title: str
    signature: str
    model: str
    cuts: tuple[Cut, ...]
    unknowns: tuple[Unknown, ...]
    systematics: tuple[Systematic, ...]
    level: float
    paper_luminosity_fb: float
    coupling_symbol: str
    backgrounds: tuple[PhotonBackground, ...]
    generate_signal: Callable[..., Events]
    tree_cross_section_pb: Callable[..., float]
    coupling_of: Callable[..., Floats]
    find_candidates: Callable[..., Candidates]

    @property
    def observables(self) -> tuple[str, ...]:
        """Return the observables that a file of candidates must have."""
        return ("e_cm", "m2_recoil", "theta")

    def systematic_error(self, on: str) -> float:
        """Return the relative errors on `on`, added in quadrature."""
        return float(np.sqrt(sum(one.relative_error**2 for one in self.systematics if one.on == on)))


@dataclass(frozen=True, kw_only=True)
class PhotonResult(SearchResult):
    """Limits of a search for single photons, beside what every result has.

    Attributes
    ----------
    acceptance : (M,)
        Share of the generated signal whose photon lies in the area.
    sigma_unknowns, coupling_unknowns : (M, 2)
        Median limits with all unknowns at their best and at their worst.
    composition : mapping of region to mapping of background to float
        Events in the whole area, before the last cut.
    reach : mapping of line to float
        Largest mass (GeV) by level-1 line.
    """

    acceptance: Floats
    sigma_unknowns: Floats
    coupling_unknowns: Floats
    composition: Mapping[str, Mapping[str, float]]
    reach: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """Return the command line's JSON object (design contract)."""
        made = super().to_json()
        made["acceptance"] = self.acceptance
        made["sigma_limit_fb"]["unknowns"] = self.sigma_unknowns
        made["coupling_limit"]["unknowns"] = self.coupling_unknowns
        made["composition"] = {region: dict(parts) for region, parts in self.composition.items()}
        made["mass_reach_GeV"] = dict(self.reach)
        return made
