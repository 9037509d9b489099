"""Efficiency of single-photon lines by tag and probe on simulated e+e- → μ+μ-γ, against what the card puts in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from scotopic.analysis.selected_events import select_events
from scotopic.detector.card import load_experiment
from scotopic.detector.schema.trigger import ClusterLine
from scotopic.errors import InputError
from scotopic.numerics.arrays import Bools, Floats
from scotopic.numerics.units import DEGREE
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import CutStep
from scotopic.stats import TurnOnFit, clopper_pearson, fit_turn_on, response_matrix
from scotopic.study.trigger.probes import (
    PROBE_CUTS,
    find_probes,
    generate_radiative_muons,
    tag_and_probe_lines,
)

EVENTS = 2_000_000
LOWEST = 0.3  # GeV, where the bins begin
FINE, FAR = 0.05, 0.5  # GeV: width of the bins, up to this far from the threshold
COARSE = 1.08  # ratio of the edges of the bins elsewhere
NODE = 0.005  # GeV, steps of the photon's energy in the response


@dataclass(frozen=True)
class LineEfficiency:
    """Efficiency of one line against the predicted E* of the photon.

    Attributes
    ----------
    name : str
    line : ClusterLine
        What the card puts in.
    edges : (B + 1,)
        Bins of the predicted E*, GeV.
    predicted, taken : (B,)
        Photons predicted in the line's polar range, and those among them whose event the line took.
    found, passed : (B,)
        Photons that the calorimeter found in that range, and those among them whose event the line took.
    low, high : (B,)
        Clopper-Pearson interval (68 %) of passed/found.
    fit : TurnOnFit
        With the resolution of the prediction in the model: threshold and width are those of the line.
    plain : TurnOnFit
        Without: threshold and width are those of line, calorimeter and prediction together.
    """

    name: str
    line: ClusterLine
    edges: Floats
    predicted: Floats
    taken: Floats
    found: Floats
    passed: Floats
    low: Floats
    high: Floats
    fit: TurnOnFit
    plain: TurnOnFit

    @property
    def put_in(self) -> dict[str, float]:
        """Return the card's plateau, threshold and width."""
        line = self.line
        return {"plateau": line.plateau, "threshold": line.threshold_cm_GeV, "width": line.sigma_GeV}

    @property
    def efficiency(self) -> Floats:
        """Return passed/found (B,); NaN in a bin without a photon."""
        return _ratio(self.passed, self.found)

    @property
    def efficiency_of_predicted(self) -> Floats:
        """Return taken/predicted (B,): photons that the calorimeter lost are in the denominator."""
        return _ratio(self.taken, self.predicted)

    def columns(self) -> dict[str, Floats]:
        """Return the columns of the line's table."""
        return {
            "e_low_GeV": self.edges[:-1],
            "e_high_GeV": self.edges[1:],
            "found": self.found,
            "passed": self.passed,
            "efficiency": self.efficiency,
            "interval68_low": self.low,
            "interval68_high": self.high,
            "fitted": self.folded,
            "predicted": self.predicted,
            "efficiency_of_predicted": self.efficiency_of_predicted,
        }

    @property
    def folded(self) -> Floats:
        """Return the fitted efficiency (B,), resolution included; NaN in a bin without a photon."""
        values = np.full(len(self.found), np.nan)
        values[self.found > 0.0] = self.fit.expected
        return values


@dataclass(frozen=True)
class TriggerMeasurement:
    """Efficiencies of all single-photon lines of an experiment.

    Attributes
    ----------
    luminosity_fb : float
        Of the simulated sample, 1/fb.
    lines : tuple of LineEfficiency
    cut_flow : tuple of CutStep
    marks : mapping of str to int
        Inputs by provenance.
    """

    experiment: str
    luminosity_fb: float
    lines: tuple[LineEfficiency, ...]
    cut_flow: tuple[CutStep, ...]
    marks: Mapping[str, int]
    settings: Mapping[str, Any] = field(default_factory=dict)

    def line(self, name: str) -> LineEfficiency:
        """Return the efficiency of the line `name`."""
        for one in self.lines:
            if one.name == name:
                return one
        raise InputError(
            f"no line {name!r} was measured; there are: {', '.join(one.name for one in self.lines)}"
        )


def measure_trigger(
    experiment: str = "belle2-phase3", *, events: int = EVENTS, seed: int = 1, workers: int = 1
) -> TriggerMeasurement:
    """Measure the single-photon lines of an experiment by tag and probe.

    Parameters
    ----------
    experiment : str
        Name or path of a card; it needs a line on tracks and one on a single cluster.
    events : int
        Simulated e+e- → μ+μ-γ.
    seed, workers : int
        The result does not depend on the number of workers.

    Raises
    ------
    InputError
        If the card lacks such lines, or too few events remain for a fit.
    """
    card = load_experiment(experiment)
    tags, lines = tag_and_probe_lines(card)
    made = generate_radiative_muons(events, card, seed=seed, workers=workers)
    probes, flow = select_events(
        made, card, partial(find_probes, experiment=card), PROBE_CUTS, seed=seed, workers=workers
    )
    assert made.cross_section_pb is not None
    return TriggerMeasurement(
        card.name,
        1e-3 * events / made.cross_section_pb,
        tuple(measure_line(probes, name, line, card.beams.sqrt_s) for name, line in lines.items()),
        flow,
        card.marks(),
        {"events": events, "seed": seed, "tags": list(tags)},
    )


def energy_bins(threshold: float, highest: float) -> Floats:
    """Return edges in GeV: fine around the threshold, growing with energy elsewhere."""
    start = max(LOWEST, threshold - FAR)
    fine = np.arange(start, threshold + FAR + 0.5 * FINE, FINE)
    below = np.geomspace(LOWEST, start, 1 + int(np.log(start / LOWEST) / np.log(COARSE)))[:-1]
    above = np.geomspace(fine[-1], highest, 1 + int(np.log(highest / fine[-1]) / np.log(COARSE)))[1:]
    return np.concatenate([below, fine, above])


def measure_line(probes: Candidates, name: str, line: ClusterLine, sqrt_s: float) -> LineEfficiency:
    """Return the efficiency of a line from probes behind the cuts."""
    edges = energy_bins(line.threshold_cm_GeV, 0.5 * sqrt_s)
    low, high = (DEGREE * edge for edge in line.theta_deg)
    energy, fired = probes["e_predicted"], probes[name] > 0.0

    def count(chosen: Bools) -> Floats:
        return np.histogram(energy[chosen], edges)[0].astype(np.float64)

    predicted = (probes["theta_recoil"] > low) & (probes["theta_recoil"] < high)
    found = (probes["theta_photon"] > low) & (probes["theta_photon"] < high)
    total, passed = count(found), count(found & fired)
    nodes = np.arange(0.0, 0.5 * sqrt_s + 1.0, NODE)
    fits = [
        fit_turn_on(passed, total, *response_matrix(energy[found], x[found], edges, nodes))
        for x in (probes["e_photon"], energy)
    ]
    return LineEfficiency(
        name,
        line,
        edges,
        count(predicted),
        count(predicted & fired),
        total,
        passed,
        *clopper_pearson(passed, total),
        fit=fits[0],
        plain=fits[1],
    )


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.where(whole > 0.0, part / np.maximum(whole, 1.0), np.nan)
