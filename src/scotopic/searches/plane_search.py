"""The noun `PlaneSearch`: events counted in overlapping windows of a plane of two masses."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.events.record import Events
from scotopic.searches.acceptance import Fiducial
from scotopic.searches.control_samples import ControlSample, ControlYield
from scotopic.searches.counting_search import CountedBackground
from scotopic.searches.search import Systematic, mass_resolution
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import Cut, CutStep
from scotopic.stats.plane.scan import Plane

Floats = NDArray[np.float64]

AXES = ("m_ll", "m2_recoil")
"""The plane's observables: mass of the lepton pair (GeV), recoil mass squared (GeV²)."""


@dataclass(frozen=True)
class PlaneSearch:
    """A search in the triangle m_h < m_A, m_h + m_A < √s of a pair's mass and the recoil's.

    Attributes
    ----------
    cuts : tuple of Cut
        Common to all masses.
    final : (str, str)
        Two observables with lower cuts, optimised over the plane (Punzi's figure of merit).
    final_grids : two tuples of float
        Values of those cuts that are tried, rising.
    fiducial : Fiducial
        What acceptance means here.
    window_sigmas : float
        Half width of a window, in standard deviations: it is an ellipse, turned by the correlation of the observables.
    mass_range : (float, float)
        Hypotheses of the pair's mass without a request, GeV.
    signal_masses, signal_shares : tuple of float
        Signal is simulated on the grid of these m_A (GeV) and these m_h in units of the largest, min(m_A, √s − m_A).
    least_recoil_mass : float
        Lowest m_h that is tested, GeV.
    smoothing : mapping of background to (float, float)
        Standard deviations (GeV, GeV²) of the kernel that smooths its simulated events.
    generate_signal : callable (m_A, m_h, n, *, sqrt_s, seed, radiation, workers) -> Events
        At a coupling of one.
    find_candidates : callable (detected, *, source) -> Candidates
    cross_section_fb : callable (m_A, m_h, *, s) -> array
        σ × BR at tree level in fb where the coupling is one: efficiencies and limits refer to it.
    """

    name: str
    title: str
    signature: str
    model: str
    cuts: tuple[Cut, ...]
    final: tuple[str, str]
    final_grids: tuple[tuple[float, ...], tuple[float, ...]]
    fiducial: Fiducial
    window_sigmas: float
    mass_range: tuple[float, float]
    signal_masses: tuple[float, ...]
    signal_shares: tuple[float, ...]
    least_recoil_mass: float
    systematics: tuple[Systematic, ...]
    level: float
    paper_luminosity_fb: float
    coupling_symbol: str
    backgrounds: tuple[CountedBackground, ...]
    controls: tuple[ControlSample, ...]
    smoothing: Mapping[str, tuple[float, float]]
    generate_signal: Callable[..., Events]
    find_candidates: Callable[..., Candidates]
    cross_section_fb: Callable[..., Floats]

    @property
    def observables(self) -> tuple[str, ...]:
        """Return the observables that a file of candidates must have."""
        return (*AXES, *self.final)

    def systematic_error(self, on: str) -> float:
        """Return the relative errors on `on`, added in quadrature."""
        return float(np.sqrt(sum(one.relative_error**2 for one in self.systematics if one.on == on)))


@dataclass(frozen=True)
class PlaneResult:
    """Limits of a plane search on σ × BR in fb and on the coupling, for W windows.

    Attributes
    ----------
    definition : PlaneSearch
        The search itself.
    mass : (W, 2)
        m_A and m_h, GeV.
    efficiency_error : (W,)
        Statistical.
    half_width : (W, 2)
        Of the windows, GeV and GeV².
    correlation : (W,)
        Of the two observables, by which the windows are turned.
    plane : Plane
        Limits and significances; `plane.mass` has m_h squared.
    per_coupling_fb : (W,)
        σ × BR where the coupling is one.
    events : (N, 2)
        m_ll and m²_recoil of what was observed behind all cuts.
    expected : mapping of background to (W,)
    """

    definition: PlaneSearch
    search: str
    experiment: str
    luminosity_fb: float
    mass: Floats
    half_width: Floats
    correlation: Floats
    cuts: Floats
    acceptance: Floats
    efficiency: Floats
    efficiency_error: Floats
    plane: Plane
    per_coupling_fb: Floats
    events: Floats
    expected: Mapping[str, Floats]
    coupling_symbol: str
    composition: Mapping[str, float]
    controls: tuple[ControlYield, ...]
    cut_flows: Mapping[str, tuple[CutStep, ...]]
    systematics: tuple[Systematic, ...]
    marks: Mapping[str, int]
    notes: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)

    def outline(self, window: int) -> Floats:
        """Return the border of a window (P, 2) as masses of the pair and of the recoil, GeV."""
        angle = np.linspace(0.0, 2.0 * np.pi, 91)
        turned = self.correlation[window]
        u, v = np.cos(angle), turned * np.cos(angle) + np.sqrt(1.0 - turned**2) * np.sin(angle)
        half = self.half_width[window]
        m2_recoil = self.mass[window, 1] ** 2 + half[1] * v
        return np.stack([self.mass[window, 0] + half[0] * u, np.sqrt(np.maximum(m2_recoil, 0.0))], axis=1)

    @property
    def resolution(self) -> Floats:
        """Return the resolutions (W, 2) of both masses, GeV."""
        width = self.half_width / self.definition.window_sigmas
        return np.stack([width[:, 0], mass_resolution(self.mass[:, 1], width[:, 1])], axis=1)

    @property
    def limits(self) -> dict[str, Floats]:
        """Return observed, median and bands of the limit on σ × BR, fb."""
        plane = self.plane
        return {
            "observed": plane.limit_observed,
            "median": plane.limit_median,
            "band68": plane.band68,
            "band95": plane.band95,
        }

    @property
    def couplings(self) -> dict[str, Floats]:
        """Return the same of the coupling, to which the cross section is proportional."""
        unit = self.per_coupling_fb
        return {
            name: values / (unit if values.ndim == 1 else unit[:, None])
            for name, values in self.limits.items()
        }

    def to_json(self) -> dict[str, Any]:
        """Return the command line's JSON object (design contract)."""
        plane, largest = self.plane, self.plane.largest
        return {
            "search": self.search,
            "experiment": self.experiment,
            "luminosity_fb": self.luminosity_fb,
            "mass_GeV": self.mass,
            "half_width": self.half_width,
            "correlation": self.correlation,
            "acceptance": self.acceptance,
            "efficiency": self.efficiency,
            "efficiency_error": self.efficiency_error,
            "resolution": self.resolution,
            "observed_events": plane.observed,
            "expected_events": dict(self.expected),
            "background_error": plane.background_error,
            "sigma_limit_fb": self.limits,
            "coupling_limit": {"symbol": self.coupling_symbol, **self.couplings},
            "p0_local": plane.p_local,
            "largest": {
                "mass_GeV": self.mass[largest],
                "z_local": float(plane.z_local[largest]),
                "p_global": plane.p_global,
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
