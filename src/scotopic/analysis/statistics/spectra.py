"""What the statistics of spectra share: spectrum and data of a region, signals from events to cross sections."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scotopic.analysis.region import Region
from scotopic.analysis.result import RegionSpectrum
from scotopic.analysis.signal_shape import SignalShape
from scotopic.analysis.simulation import Simulation
from scotopic.analysis.statistics.statistic import Task
from scotopic.analysis.warning_notes import cut_region
from scotopic.numerics.arrays import Bools, Floats
from scotopic.numerics.rng import seed_of, stream
from scotopic.selection.cut import CutStep
from scotopic.stats import Scan
from scotopic.stats.limit_curve import LimitCurve


@dataclass(frozen=True)
class Spectrum:
    """The spectrum of a region: expectation by background, and what is observed.

    `flow` and `notes` are those of the region's own cuts.
    """

    region: Region
    shape: SignalShape
    edges: Floats
    expected: dict[str, Floats]
    observed: Floats
    flow: tuple[CutStep, ...]
    notes: tuple[str, ...]

    @property
    def expectation(self) -> Floats:
        """Return the expected events per bin."""
        none = np.zeros(len(self.edges) - 1)
        return np.asarray(np.sum(list(self.expected.values()), axis=0)) if self.expected else none

    def with_scan(self, scan: Scan) -> RegionSpectrum:
        """Return it as a result shows it."""
        return RegionSpectrum(self.region, self.shape, self.edges, self.observed, self.expected, scan)


def make_spectrum(task: Task, region: Region, edges: Floats) -> Spectrum:
    """Return the spectrum of a region in bins: of data, drawn from the expectation, or the expectation itself."""
    simulation = task.simulation
    expected = simulation.expected(region, edges, task.luminosity_fb)
    spectrum = Spectrum(region, simulation.shapes[region.name], edges, expected, np.zeros(0), (), ())
    sample = task.observation or simulation.samples(region)[0]
    candidates = sample.candidates
    if task.observation is not None and task.search.selection.complete is not None:
        candidates = task.search.selection.complete(candidates)
    counts, flow, notes = cut_region(
        candidates, region, edges, len(task.search.regions) > 1, data=task.observation is not None
    )
    if task.observation is None:
        mean = spectrum.expectation + _injected(task, region, edges)
        key = seed_of(task.settings.seed, "spectrum", region.name)
        counts = (
            mean if task.settings.projected else stream(key, "pseudo-data").poisson(mean).astype(np.float64)
        )
    return Spectrum(region, spectrum.shape, edges, expected, counts, flow, tuple(notes))


def _injected(task: Task, region: Region, edges: Floats) -> Floats:
    """Return the events per bin of a signal that is added to pseudo-data."""
    injection = task.settings.injection
    none = np.zeros(len(edges) - 1)
    if injection is None:
        return none
    mass = np.array([injection.mass])
    fraction = float(fractions(task.simulation, mass)[task.search.regions.index(region), 0])
    if fraction == 0.0:
        return none
    observable, shape = region.observable, task.simulation.shapes[region.name]
    selected = fraction * float(shape.efficiency_at(observable.reduced(mass))[0])
    place = float(observable.place(mass)[0])
    return np.asarray(
        task.luminosity_fb * injection.cross_section_fb * selected * shape.template(place, edges)
    )


def tested(simulation: Simulation, mass: Floats) -> Bools:
    """Return which region tests which mass (R, M)."""
    regions = simulation.search.regions
    highest = simulation.search.mass_range[1]
    return np.array([region.tests(mass, highest) for region in regions])


def fractions(simulation: Simulation, mass: Floats) -> Floats:
    """Return how the signal is divided between regions (R, M): all of it, or as the search's signal says."""
    open_ = tested(simulation, mass)
    law = simulation.search.signal.fractions
    if law is None:
        return open_.astype(np.float64)
    parts = law(mass)
    return np.where(open_, parts / parts.sum(axis=0), 0.0)


@dataclass(frozen=True)
class SignalAt:
    """The signal at M masses.

    Attributes
    ----------
    selected : (R, M)
        Selected events of each region per tree-level event.
    efficiency, efficiency_error, acceptance : (M,)
        Of all regions; the error is statistical.
    """

    mass: Floats
    selected: Floats
    efficiency: Floats
    efficiency_error: Floats
    acceptance: Floats

    @property
    def share(self) -> Floats:
        """Return the fraction of the selected events that each region holds (R, M)."""
        return self.selected / self.efficiency

    def limits_fb(self, scan: Scan, luminosity_fb: float) -> tuple[LimitCurve, dict[str, Floats]]:
        """Return limits on the cross section of those on the yield, and the same with CLs."""
        per_event = 1.0 / (luminosity_fb * self.efficiency)
        curve = LimitCurve(scan.limit_median, scan.band68, scan.band95, scan.limit_observed)
        others = {
            "cls_observed": scan.limit_cls_observed * per_event,
            "cls_median": scan.limit_cls_median * per_event,
        }
        return curve.scaled(per_event), others


def signal_at(simulation: Simulation, mass: Floats) -> SignalAt:
    """Return efficiency and acceptance at masses, of the regions that test them."""
    parts = fractions(simulation, mass)
    selected, errors, accepted = [], [], []
    for region, part in zip(simulation.search.regions, parts, strict=True):
        shape = simulation.shapes[region.name]
        reduced = np.nan_to_num(region.observable.reduced(mass))
        selected.append(part * shape.efficiency_at(reduced))
        errors.append(part * shape.efficiency_error_at(reduced))
        accepted.append(part * shape.acceptance_at(reduced))
    return SignalAt(
        mass,
        np.array(selected),
        np.sum(selected, axis=0),
        np.sqrt(np.sum(np.square(errors), axis=0)),
        np.sum(accepted, axis=0),
    )


def widths_at(simulation: Simulation, mass: Floats) -> Floats:
    """Return the resolution of each region's observable (R, M); NaN below its threshold."""
    return np.array(
        [
            simulation.shapes[region.name].resolution_at(region.observable.reduced(mass))
            for region in simulation.search.regions
        ]
    )


def region_notes(spectra: Sequence[Spectrum]) -> tuple[str, ...]:
    """Return the notes of all regions."""
    return tuple(note for one in spectra for note in one.notes)


def region_flow(spectra: Sequence[Spectrum]) -> tuple[CutStep, ...]:
    """Return the steps that the regions' own cuts add to the cut flow."""
    return tuple(step for one in spectra for step in one.flow)
