"""The noun `Search`: what a bump search asks of events and of statistics."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.events.record import Events
from scotopic.searches.acceptance import Fiducial
from scotopic.searches.signal_shape import SignalShape
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import Cut, CutStep
from scotopic.stats import Scan

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Region:
    """A mass range with its observable, cuts and fit window.

    Attributes
    ----------
    name : str
    mass_low, mass_high : float
        Hypotheses m with mass_low <= m < mass_high (GeV) are tested here.
    observable : str
        Squared mass that peaks at m² (GeV²).
    cuts : tuple of Cut
        On top of the search's common cuts.
    background_order : tuple of (float, int)
        Polynomial order from each mass (GeV) upwards.
    window : (float, float)
        Reach of the fit window below and above m², in resolutions.
    spectrum_low, spectrum_high : float
        Range of the spectrum, GeV².
    fiducial : Fiducial
        What acceptance means here.
    """

    name: str
    mass_low: float
    mass_high: float
    observable: str
    cuts: tuple[Cut, ...]
    background_order: tuple[tuple[float, int], ...]
    window: tuple[float, float]
    spectrum_low: float
    spectrum_high: float
    fiducial: Fiducial

    def order(self, mass: float) -> int:
        """Return the polynomial order of the background at `mass` (GeV)."""
        return max((low, order) for low, order in self.background_order if low <= mass)[1]


def coupling_at(cross_section_fb: Floats, reference_fb: Floats, reference_coupling: float) -> Floats:
    """Return the coupling of a cross section that grows as its square; NaN where it is not positive."""
    positive = np.where(cross_section_fb > 0.0, cross_section_fb, np.nan)
    return np.asarray(reference_coupling * np.sqrt(positive / reference_fb))


def mass_resolution(mass: Floats, square_resolution: Floats) -> Floats:
    """Return the resolution (GeV) of a mass whose square has a resolution in GeV²: to the mass one deviation above."""
    return np.asarray(np.sqrt(mass**2 + square_resolution) - mass)


@dataclass(frozen=True)
class Systematic:
    """A relative uncertainty with its origin; `on` names what it scales.

    In a projection, an error that is `statistical`, of the size of a control sample, falls as 1/√luminosity from that
    of the search; others stay. `because` says why; either is a judgement of ours, mark P.
    """

    name: str
    on: str
    relative_error: float
    mark: str
    source: str
    statistical: bool = False
    because: str = "no control sample that it is measured with is known"


@dataclass(frozen=True)
class Background:
    """A background process.

    Attributes
    ----------
    name, label : str
        Key in results and text in figures.
    process : str
        As the generator takes it; empty for a peaking background.
    cuts : tuple of str
        Generator cuts.
    weighted : bool
        Generate weighted events, where equal weights would cost too many points.
    lost_track_boost : float
        Factor on the track-loss probability, undone by weights.
    share : float
        Number of generated events relative to the leading background.
    mass : float
        Mass of the peaking meson, GeV.
    cross_section_fb : float
        σ × BR(→ γγ) of a peaking background, fb.
    mark, source : str
        Provenance of the cross section.
    """

    name: str
    label: str
    process: str = ""
    cuts: tuple[str, ...] = ()
    weighted: bool = False
    lost_track_boost: float = 1.0
    share: float = 1.0
    mass: float = 0.0
    cross_section_fb: float = 0.0
    mark: str = "D"
    source: str = "tree-level QED, own generator"


@dataclass(frozen=True)
class Search:
    """A bump search: signature, regions, backgrounds, systematic terms and statistic.

    Attributes
    ----------
    signal_masses : mapping of region name to masses
        Where the signal is simulated; GeV, rising, reaching beyond the region.
    generate_signal : callable (mass, n, *, sqrt_s, seed, radiation) -> Events
    tree_cross_section_pb : callable (mass, *, sqrt_s) -> float
        Of that signal without radiation: efficiencies and limits refer to it.
    generate_background : callable (background, n, *, sqrt_s, seed, workers) -> Events
    find_candidates : callable (detected, *, signal, source) -> Candidates
    coupling_of : callable (cross_section_fb, mass, s, **parameters) -> coupling
    """

    name: str
    title: str
    signature: str
    model: str
    trigger_lines: tuple[str, ...]
    cuts: tuple[Cut, ...]
    regions: tuple[Region, ...]
    systematics: tuple[Systematic, ...]
    level: float
    method: str
    paper_luminosity_fb: float
    coupling_symbol: str
    signal_masses: Mapping[str, tuple[float, ...]]
    generate_signal: Callable[..., Events]
    tree_cross_section_pb: Callable[..., float]
    backgrounds: tuple[Background, ...]
    generate_background: Callable[..., Events]
    find_candidates: Callable[..., Candidates]
    coupling_of: Callable[..., Floats]

    @property
    def observables(self) -> tuple[str, ...]:
        """Return the observables that a file of candidates must have."""
        return tuple(sorted({region.observable for region in self.regions}))

    @property
    def mass_range(self) -> tuple[float, float]:
        """Return the lowest and highest mass hypothesis, GeV."""
        return self.regions[0].mass_low, self.regions[-1].mass_high

    def region(self, mass: float) -> Region:
        """Return the region that tests `mass` (GeV)."""
        for region in self.regions:
            if region.mass_low <= mass < region.mass_high or mass == region.mass_high == self.mass_range[1]:
                return region
        raise ValueError(f"no region of {self.name} tests {mass} GeV")

    def systematic_error(self, on: str) -> float:
        """Return the relative errors on `on`, added in quadrature."""
        return float(np.sqrt(sum(one.relative_error**2 for one in self.systematics if one.on == on)))


@dataclass(frozen=True)
class RegionSpectrum:
    """The observed (or drawn) and expected spectrum of one region.

    Counts are candidates per bin; `expected` splits the expectation by named background and is
    empty for data without a simulated background.
    """

    region: Region
    edges: Floats
    observed: Floats
    expected: Mapping[str, Floats]
    scan: Scan


@dataclass(frozen=True)
class SearchResult:
    """Limits, p-values and what they stand on.

    Masses and their `resolution` in GeV, cross sections in fb, couplings in the model's unit. Bands have shape (M, 2).
    `definition` is the search itself, of whichever noun; `efficiency_error` the statistical one.
    """

    definition: Any
    search: str
    experiment: str
    luminosity_fb: float
    mass: Floats
    efficiency: Floats
    efficiency_error: Floats
    resolution: Floats
    sigma_observed: Floats
    sigma_median: Floats
    sigma_band68: Floats
    sigma_band95: Floats
    sigma_cls_observed: Floats
    sigma_cls_median: Floats
    coupling_symbol: str
    coupling_observed: Floats
    coupling_median: Floats
    coupling_band68: Floats
    coupling_band95: Floats
    p0_local: Floats
    z_local: Floats
    p_global: float | None
    spectra: tuple[RegionSpectrum, ...]
    shapes: Mapping[str, SignalShape]
    cut_flow: tuple[CutStep, ...]
    marks: Mapping[str, int]
    notes: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def largest(self) -> int:
        """Return the index of the largest local excess."""
        return int(np.argmax(self.z_local))

    def to_json(self) -> dict[str, Any]:
        """Return the command line's JSON object (design contract)."""
        largest = self.largest
        return {
            "search": self.search,
            "experiment": self.experiment,
            "luminosity_fb": self.luminosity_fb,
            "mass_GeV": self.mass,
            "efficiency": self.efficiency,
            "efficiency_error": self.efficiency_error,
            "resolution": self.resolution,
            "sigma_limit_fb": {
                "observed": self.sigma_observed,
                "median": self.sigma_median,
                "band68": self.sigma_band68,
                "band95": self.sigma_band95,
                "cls_observed": self.sigma_cls_observed,
                "cls_median": self.sigma_cls_median,
            },
            "coupling_limit": {
                "symbol": self.coupling_symbol,
                "observed": self.coupling_observed,
                "median": self.coupling_median,
                "band68": self.coupling_band68,
                "band95": self.coupling_band95,
            },
            "p0_local": self.p0_local,
            "largest": {
                "mass_GeV": float(self.mass[largest]),
                "z_local": float(self.z_local[largest]),
                "p_global": self.p_global,
            },
            "cut_flow": [
                {"cut": step.label, "applied": step.applied, "events": step.events, "weight": step.weight}
                for step in self.cut_flow
            ],
            "provenance_marks": dict(self.marks),
            "notes": list(self.notes),
            "settings": dict(self.settings),
        }
