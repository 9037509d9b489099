"""The noun `CountingSearch`: events counted in windows of a recoil mass."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.events.record import Events
from scotopic.searches.acceptance import Fiducial
from scotopic.searches.control_samples import ControlSample, ControlYield
from scotopic.searches.search import Systematic
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import Cut, CutStep

Floats = NDArray[np.float64]

TREE_PRECISION = 0.002  # of the cross sections to which efficiencies and limits refer


@dataclass(frozen=True)
class CountedBackground:
    """A background of a counting search.

    Attributes
    ----------
    name, label : str
        Key in results and text in figures.
    share : float
        Number of generated events relative to τ pairs, whose decays take longest.
    generate : callable (n, *, experiment, seed, workers) -> Events
        In the centre of mass, or in the laboratory with the beams' energy spread as the card has it.
    """

    name: str
    label: str
    share: float
    generate: Callable[..., Events]


@dataclass(frozen=True)
class CountingSearch:
    """A search that counts events in windows of M²_rec around mass hypotheses.

    Attributes
    ----------
    cuts : tuple of Cut
        Common to all masses.
    final : (str, str)
        Two observables with lower cuts that are optimised per mass (Punzi's figure of merit).
    final_grid : tuple of float
        Values of those cuts that are tried, rising from 0.
    window_sigmas : float
        Half width of a window, in standard deviations of M²_rec.
    signal_masses : tuple of float
        Where signal is simulated, GeV.
    generate_signal : callable (mass, n, *, sqrt_s, seed, radiation, workers) -> Events
        At a coupling of one.
    tree_cross_section_pb : callable (mass, *, sqrt_s) -> float
        At a coupling of one, without radiation: efficiencies and limits refer to it.
    controls : tuple of ControlSample
        They tell the rates of backgrounds.
    find_candidates : callable (detected, *, source) -> Candidates
    fiducial : Fiducial
        What acceptance means here.
    branching : callable (mass (M,), **parameters) -> (M,), or None
        Branching fraction of the signature in the search's model; None where no coupling is quoted.
    """

    name: str
    title: str
    signature: str
    model: str
    cuts: tuple[Cut, ...]
    final: tuple[str, str]
    final_grid: tuple[float, ...]
    window_sigmas: float
    systematics: tuple[Systematic, ...]
    level: float
    paper_luminosity_fb: float
    coupling_symbol: str
    signal_masses: tuple[float, ...]
    generate_signal: Callable[..., Events]
    tree_cross_section_pb: Callable[..., float]
    backgrounds: tuple[CountedBackground, ...]
    controls: tuple[ControlSample, ...]
    find_candidates: Callable[..., Candidates]
    fiducial: Fiducial
    branching: Callable[..., Floats] | None

    @property
    def observables(self) -> tuple[str, ...]:
        """Return the observables that a file of candidates must have."""
        return ("m2_recoil", *self.final)

    @property
    def mass_range(self) -> tuple[float, float]:
        """Return the lowest and highest mass, GeV."""
        return self.signal_masses[0], self.signal_masses[-1]

    def systematic_error(self, on: str) -> float:
        """Return the relative errors on `on`, added in quadrature."""
        return float(np.sqrt(sum(one.relative_error**2 for one in self.systematics if one.on == on)))


@dataclass(frozen=True)
class CountingResult:
    """Limits of a counting search, by window in rising mass.

    Limits are on the tree-level cross section: efficiencies are selected events, with radiation, over those of it.
    `definition` is the search itself; `efficiency_error` is the statistical one, `resolution` that of the mass.
    Masses in GeV, `low` and `high` edges of the windows in GeV², cross sections in fb. `cuts` (M, 2) are the final
    cuts in use; `expected` numbers of events by background, scaled to control samples; couplings None where none is
    quoted.
    """

    definition: CountingSearch
    search: str
    experiment: str
    luminosity_fb: float
    mass: Floats
    low: Floats
    high: Floats
    cuts: Floats
    efficiency: Floats
    efficiency_error: Floats
    acceptance: Floats
    resolution: Floats
    observed: Floats
    expected: Mapping[str, Floats]
    background_error: Floats
    sigma_observed: Floats
    sigma_median: Floats
    sigma_band68: Floats
    sigma_band95: Floats
    coupling_symbol: str
    coupling_observed: Floats | None
    coupling_median: Floats | None
    coupling_band68: Floats | None
    coupling_band95: Floats | None
    p0_local: Floats
    z_local: Floats
    p_global: float | None
    composition: Mapping[str, float]
    controls: tuple[ControlYield, ...]
    systematics: tuple[Systematic, ...]
    cut_flows: Mapping[str, tuple[CutStep, ...]]
    marks: Mapping[str, int]
    notes: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def background(self) -> Floats:
        """Return the expected number of background events in each window."""
        return np.asarray(np.sum(list(self.expected.values()), axis=0))

    @property
    def largest(self) -> int:
        """Return the index of the largest local excess."""
        return int(np.argmax(self.z_local))

    def to_json(self) -> dict[str, Any]:
        """Return the command line's JSON object (design contract)."""
        coupling = None
        if self.coupling_observed is not None:
            coupling = {
                "symbol": self.coupling_symbol,
                "observed": self.coupling_observed,
                "median": self.coupling_median,
                "band68": self.coupling_band68,
                "band95": self.coupling_band95,
            }
        return {
            "search": self.search,
            "experiment": self.experiment,
            "luminosity_fb": self.luminosity_fb,
            "mass_GeV": self.mass,
            "window_GeV2": np.stack([self.low, self.high], axis=1),
            "efficiency": self.efficiency,
            "efficiency_error": self.efficiency_error,
            "acceptance": self.acceptance,
            "resolution": self.resolution,
            "observed_events": self.observed,
            "expected_events": dict(self.expected),
            "background_error": self.background_error,
            "sigma_limit_fb": {
                "observed": self.sigma_observed,
                "median": self.sigma_median,
                "band68": self.sigma_band68,
                "band95": self.sigma_band95,
            },
            "coupling_limit": coupling,
            "p0_local": self.p0_local,
            "largest": {
                "mass_GeV": float(self.mass[self.largest]),
                "z_local": float(self.z_local[self.largest]),
                "p_global": self.p_global,
            },
            "final_cuts": self.cuts,
            "composition_before_final_cuts": dict(self.composition),
            "cut_flows": {
                name: [
                    {"cut": step.label, "applied": step.applied, "events": step.events, "weight": step.weight}
                    for step in flow
                ]
                for name, flow in self.cut_flows.items()
            },
            "control_samples": [one.to_json() for one in self.controls],
            "systematics": [asdict(one) for one in self.systematics],
            "provenance_marks": dict(self.marks),
            "notes": list(self.notes),
            "settings": dict(self.settings),
        }
