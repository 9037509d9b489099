"""A line above backgrounds that are known from simulation, up to nuisance parameters of the detector."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scotopic.analysis.binning import falling_edges, stepped_masses
from scotopic.analysis.region import Region
from scotopic.analysis.resolution import mass_resolution
from scotopic.analysis.result import Result
from scotopic.analysis.search import Search
from scotopic.analysis.simulation import BackgroundSample, EventNumbers, Simulation
from scotopic.analysis.statistics.spectra import (
    Spectrum,
    make_spectrum,
    region_flow,
    region_notes,
    signal_at,
    tested,
    widths_at,
)
from scotopic.analysis.statistics.statistic import Excess, Inference, Task
from scotopic.analysis.systematic import Nuisance
from scotopic.numerics.arrays import Floats
from scotopic.numerics.rng import seed_of
from scotopic.selection.cut import apply_cuts
from scotopic.stats import Scan, combine
from scotopic.stats.limit_curve import along
from scotopic.stats.scan.template_scan import median_limits, template_scan

SURVEYED = (0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.65, 0.7)  # masses over √s


@dataclass(frozen=True)
class TemplateFit:
    """Fits of a simulated spectrum with nuisance parameters, CLs limits by asymptotic formulas.

    Attributes
    ----------
    first_cuts : int
        So many cuts of a region are those of the literature; the composition is that behind them.
    """

    first_cuts: int = 2
    method: str = "cls"
    events: EventNumbers = EventNumbers(20_000, 20_000)
    survey_events: EventNumbers = EventNumbers(4_000, 4_000)
    fewest_signal: int = 100
    observables: tuple[str, ...] = ()

    def survey(self, search: Search, sqrt_s: float) -> tuple[Search, list[float]]:
        """Return the search itself, and masses that go with the beams' energy."""
        return search, [round(part * sqrt_s, 4) for part in SURVEYED]

    def infer(self, task: Task) -> Inference:
        """Return limits at masses, of the one region that tests each."""
        simulation, chosen, luminosity = task.simulation, task.settings.chosen, task.luminosity_fb
        parts = []
        for number, region in enumerate(task.search.regions):
            if chosen is None:
                mass = stepped_masses(region, simulation.shapes[region.name])
            else:
                mass = chosen[tested(simulation, chosen)[number]]
            if mass.size:
                edges = falling_edges(region, simulation.shapes[region.name])
                parts.append((make_spectrum(task, region, edges), mass))
        fits = [_fit(task, spectrum, mass) for spectrum, mass in parts]
        scans, spectra = [scan for scan, _ in fits], [spectrum for spectrum, _ in parts]
        whole = scans[0] if len(scans) == 1 else combine(scans)
        signal = signal_at(simulation, np.concatenate([mass for _, mass in parts]))
        limit, others = signal.limits_fb(whole, luminosity)
        ends = np.concatenate([band for _, band in fits])
        others["unknowns"] = along(ends, 1.0 / (luminosity * signal.efficiency))
        widths = np.nansum(
            np.where(tested(simulation, signal.mass), widths_at(simulation, signal.mass), 0.0), axis=0
        )
        return Inference(
            points=signal.mass[:, None],
            efficiency=signal.efficiency,
            efficiency_error=signal.efficiency_error,
            acceptance=signal.acceptance,
            resolution=mass_resolution(signal.mass, widths)[:, None],
            limit=limit,
            p_local=whole.p_local,
            z_local=whole.z_local,
            p_global=whole.p_global,
            alternatives=others,
            spectra=tuple(one.with_scan(scan) for one, scan in zip(spectra, scans, strict=True)),
            region_flow=region_flow(spectra),
            facts={"composition": self._composition(simulation, luminosity)},
            notes=(*_note_few(whole), *region_notes(spectra)),
            settings={"unknowns": {one.name: one.relative_error for one in task.search.nuisances}},
        )

    def _composition(self, simulation: Simulation, luminosity_fb: float) -> dict[str, dict[str, float]]:
        """Return the expected events by region and background behind the first cuts."""
        found: dict[str, dict[str, float]] = {}
        for region in simulation.search.regions:
            kept = {
                one.name: apply_cuts(one.candidates, region.cuts[: self.first_cuts])[0]
                for one in simulation.samples(region)
            }
            found[region.name] = {
                name: 1e3 * luminosity_fb * float(one.weights.sum()) for name, one in kept.items()
            }
        return found

    def largest_excess(self, result: Result) -> Excess | None:
        """Return none: a fit of templates has no polynomial to show."""
        return None


def _fit(task: Task, spectrum: Spectrum, mass: Floats) -> tuple[Scan, Floats]:
    """Return the scan of a region, and the median limits (M, 2) with the detector at its best and at its worst."""
    search, shape, region = task.search, spectrum.shape, spectrum.region
    places = region.observable.place(mass)
    templates = np.array([np.maximum(shape.template(float(one), spectrum.edges), 0.0) for one in places])
    error = shape.efficiency_error_at(mass) / shape.efficiency_at(mass)
    if task.settings.with_systematics:
        error = np.hypot(error, search.systematic_error("efficiency"))
    samples = task.simulation.samples(region)
    scan = template_scan(
        spectrum.observed,
        mass,
        templates,
        spectrum.expectation,
        _variations(task, samples, spectrum),
        efficiency_error=error,
        level=search.level,
        toys=task.settings.toys,
        seed=seed_of(task.settings.seed, "spectrum", region.name),
    )
    ends = []
    for worst in (False, True):
        changed = [_at_end(one, search.nuisances, worst) for one in samples]
        expected = np.sum([_counts(task, one, spectrum) for one in changed], axis=0)
        moved = _variations(task, changed, spectrum)
        ends.append(median_limits(templates, expected, moved, efficiency_error=error, level=search.level))
    return scan, np.stack(ends, axis=1)


def _variations(task: Task, samples: Sequence[BackgroundSample], spectrum: Spectrum) -> Floats:
    """Return the change of the expectation (K, B) by one standard deviation of each nuisance parameter."""
    changes = [
        one.relative_error * np.sum([_counts(task, sample, spectrum, one) for sample in samples], axis=0)
        for one in task.search.nuisances
    ]
    return np.reshape(changes, (len(changes), len(spectrum.edges) - 1))


def _counts(
    task: Task, sample: BackgroundSample, spectrum: Spectrum, nuisance: Nuisance | None = None
) -> Floats:
    """Return the expected events per bin of a sample, times the power of a nuisance parameter in their weights."""
    region: Region = spectrum.region
    kept, _ = apply_cuts(sample.candidates, region.cuts)
    if nuisance is not None:
        kept = replace(kept, weights=kept.weights * nuisance.count(kept, sample.name))
    made = sample.background.smoothing.spectrum(kept, region, task.simulation.sqrt_s)
    if made is None:
        return np.zeros(len(spectrum.edges) - 1)
    return 1e3 * task.luminosity_fb * made(spectrum.edges)


def _at_end(sample: BackgroundSample, nuisances: Sequence[Nuisance], worst: bool) -> BackgroundSample:
    """Return a sample as it would be with every nuisance parameter at its worst, or its best."""
    candidates = sample.candidates
    weights = candidates.weights.copy()
    for one in nuisances:
        weights *= (one.largest if worst else one.least) ** one.count(candidates, sample.name)
    return replace(sample, candidates=replace(candidates, weights=weights))


def _note_few(scan: Scan) -> list[str]:
    few = int(np.count_nonzero(scan.invalid_asymptotics))
    if not few:
        return []
    return [
        f"{few} of {len(scan.mass)} masses have fewer than 25 events: asymptotic limits are some 10 % low"
    ]
