"""The noun `Result`: limits, p-values and what they stand on."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np

from scotopic.analysis.control_sample import ControlYield
from scotopic.analysis.coupling import Ranges
from scotopic.analysis.region import Region
from scotopic.analysis.search import Search
from scotopic.analysis.signal_shape import SignalShape
from scotopic.analysis.systematic import Systematic
from scotopic.numerics.arrays import Floats, Ints
from scotopic.selection.cut import CutStep
from scotopic.stats import Scan
from scotopic.stats.limit_curve import LimitCurve

Source = Literal["data", "pseudo-data", "projection"]


@dataclass(frozen=True)
class RegionSpectrum:
    """The observed (or drawn) and expected spectrum of one region.

    Counts are candidates per bin; `expected` splits the expectation by background; `scan` is that of the region alone,
    by mass in GeV.
    """

    region: Region
    shape: SignalShape
    edges: Floats
    observed: Floats
    expected: Mapping[str, Floats]
    scan: Scan


@dataclass(frozen=True)
class CountedWindows:
    """Windows around W points in D observables, and what they count.

    Attributes
    ----------
    centre, half_width : (W, D)
        In the observables' units.
    correlation : (W,) or None
        Of two observables, by which windows are turned.
    cuts : mapping of observable to (W,)
        Lower final cuts in use.
    observed, background, background_error : (W,)
    expected : mapping of background to (W,)
        Scaled to control samples.
    composition : mapping of background to float
        Events before the final cuts.
    events : (N, D)
        Observables of what was observed behind all cuts; empty where only numbers were drawn.
    """

    centre: Floats
    half_width: Floats
    correlation: Floats | None
    cuts: Mapping[str, Floats]
    observed: Floats | Ints
    expected: Mapping[str, Floats]
    background: Floats
    background_error: Floats
    composition: Mapping[str, float]
    events: Floats

    def outline(self, window: int) -> Floats:
        """Return the border of a window of two observables (P, 2): an ellipse turned by their correlation."""
        angle = np.linspace(0.0, 2.0 * np.pi, 91)
        turned = 0.0 if self.correlation is None else self.correlation[window]
        unit = np.stack(
            [np.cos(angle), turned * np.cos(angle) + np.sqrt(1.0 - turned**2) * np.sin(angle)], axis=1
        )
        return np.asarray(self.centre[window] + self.half_width[window] * unit)

    def to_json(self) -> dict[str, Any]:
        """Return the entries of a result."""
        if self.correlation is None:
            edges = (self.centre[:, 0] - self.half_width[:, 0], self.centre[:, 0] + self.half_width[:, 0])
            shape: dict[str, Any] = {"window_GeV2": np.stack(edges, axis=1)}
        else:
            shape = {"half_width": self.half_width, "correlation": self.correlation}
        return {
            **shape,
            "observed_events": self.observed,
            "expected_events": dict(self.expected),
            "background_error": self.background_error,
            "final_cuts": np.stack(list(self.cuts.values()), axis=1),
            "composition_before_final_cuts": dict(self.composition),
        }


@dataclass(frozen=True)
class Result:
    """Limits of a search at P points, p-values and what they stand on.

    Attributes
    ----------
    search : Search
        As it was run: a report needs no registry.
    experiment : str
    sqrt_s : float
        GeV.
    luminosity_fb : float
    source : {"data", "pseudo-data", "projection"}
        What is observed.
    points : (P, D)
        In the units of the search's axes.
    efficiency, efficiency_error, acceptance : (P,)
        Per tree-level event, its statistical error, and the fraction of what is generated.
    resolution : (P, M)
        Of the M axes that are masses, GeV.
    cross_section : LimitCurve
        On σ × B, fb.
    coupling : LimitCurve or None
        None where no coupling is quoted.
    coupling_excluded : sequence of P lists of (low, high), or None
        Excluded ranges at the mass of each point, where the efficiency depends on the coupling.
    alternatives : mapping of name to (limit in fb, coupling or None)
        Limits by other definitions, (P,) or (P, 2).
    p_local, z_local : (P,)
    p_global : float or None
        None without toys.
    cut_flow : tuple of CutStep
        Of data, or of the leading background, through all regions.
    cut_flows : mapping of background to cut flow
        Behind the common cuts.
    controls : tuple of ControlYield
    systematics : tuple of Systematic
    spectra, windows
        What the statistic looked at.
    facts : mapping
        Further entries of the JSON object.
    marks : mapping of letter to int
        Provenance of the inputs.
    settings : mapping
    """

    search: Search
    experiment: str
    sqrt_s: float
    luminosity_fb: float
    source: Source
    points: Floats
    efficiency: Floats
    efficiency_error: Floats
    acceptance: Floats
    resolution: Floats
    cross_section: LimitCurve
    coupling: LimitCurve | None
    coupling_excluded: Sequence[Ranges] | None
    alternatives: Mapping[str, tuple[Floats, Floats | None]]
    p_local: Floats
    z_local: Floats
    p_global: float | None
    cut_flow: tuple[CutStep, ...]
    cut_flows: Mapping[str, tuple[CutStep, ...]]
    controls: tuple[ControlYield, ...]
    systematics: tuple[Systematic, ...]
    spectra: tuple[RegionSpectrum, ...]
    windows: CountedWindows | None
    facts: Mapping[str, Any]
    marks: Mapping[str, int]
    notes: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def mass(self) -> Floats:
        """Return the points, (P,) of one axis and (P, D) of more."""
        return _by_axis(self.points)

    @property
    def coupling_limit(self) -> LimitCurve:
        """Return the limits on the coupling of a search that quotes one."""
        if self.coupling is None:
            raise ValueError(f"{self.search.name} quotes no coupling")
        return self.coupling

    @property
    def largest(self) -> int:
        """Return the index of the largest local excess."""
        return int(np.argmax(self.z_local))

    @property
    def other_model(self) -> str | None:
        """Return the model in which limits are read, where it is not the search's own."""
        model: str | None = self.settings.get("model")
        return model

    def spectrum(self, region: str) -> RegionSpectrum:
        """Return the spectrum of a region."""
        return next(one for one in self.spectra if one.region.name == region)

    def to_json(self) -> dict[str, Any]:
        """Return the command line's JSON object."""
        others = {name: fb for name, (fb, _) in self.alternatives.items()}
        coupling = None
        if self.coupling is not None and self.search.signal.coupling is not None:
            couplings = {name: g for name, (_, g) in self.alternatives.items() if g is not None}
            symbol = self.search.signal.coupling.symbol
            coupling = {"symbol": symbol, **self.coupling.to_json(), **couplings}
        return {
            "search": self.search.name,
            "experiment": self.experiment,
            "luminosity_fb": self.luminosity_fb,
            "mass_GeV": self.mass,
            "efficiency": self.efficiency,
            "efficiency_error": self.efficiency_error,
            "resolution": _by_axis(self.resolution),
            "sigma_limit_fb": {**self.cross_section.to_json(), **others},
            "coupling_limit": coupling,
            "p0_local": self.p_local,
            "largest": {
                "mass_GeV": _by_axis(self.points[self.largest : self.largest + 1])[0],
                "z_local": float(self.z_local[self.largest]),
                "p_global": self.p_global,
            },
            "cut_flow": _flow(self.cut_flow),
            "provenance_marks": dict(self.marks),
            "notes": list(self.notes),
            "settings": dict(self.settings),
            "acceptance": self.acceptance,
            **self.facts,
            **({} if self.windows is None else self.windows.to_json()),
            "cut_flows": {name: _flow(flow) for name, flow in self.cut_flows.items()},
            "control_samples": [one.to_json() for one in self.controls],
            "systematics": [one.to_json() for one in self.systematics],
            "axes": [one.to_json() for one in self.search.axes],
            "points": self.points,
            **({} if self.coupling_excluded is None else {"coupling_excluded": self.coupling_excluded}),
        }


def _by_axis(values: Floats) -> Floats:
    return values[:, 0] if values.shape[1] == 1 else values


def _flow(steps: tuple[CutStep, ...]) -> list[dict[str, Any]]:
    names = {"label": "cut", "applied": "applied", "events": "events", "weight": "weight"}
    return [{names[key]: value for key, value in asdict(one).items() if key in names} for one in steps]
