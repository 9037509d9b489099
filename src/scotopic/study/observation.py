"""What was observed: candidates from a file of events, of detected events, or of candidates."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np

from scotopic.analysis.observation import Observation
from scotopic.analysis.search import Search
from scotopic.analysis.selected_events import select_samples
from scotopic.analysis.warning_notes import note_empty_cuts, note_tree_level
from scotopic.detector.experiment import Experiment
from scotopic.detector.record import Detected
from scotopic.errors import InputError
from scotopic.events.event_chunks import cut
from scotopic.events.record import Events
from scotopic.io import file_and_name, kind_of, read_candidates, read_detected, read_events
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import Cut, CutStep, apply_cuts
from scotopic.study.sample_notes import sample_notes, survey_sample

Sample = tuple[Callable[..., Candidates], tuple[Cut, ...]]
Selected = tuple[Candidates, tuple[CutStep, ...]]

SQRT_S_TOLERANCE = 0.05  # GeV


def observe(
    path: Path,
    search: Search,
    experiment: Experiment,
    *,
    frame: Literal["auto", "cm", "lab"] = "auto",
    mapping: Path | None = None,
    seed: int = 1,
    workers: int = 1,
) -> Observation:
    """Return the observation in a file, or in ``FILE:TREE``; generated events pass through the detector first.

    Raises
    ------
    InputError
        If the file cannot be read, is empty, carries weights that are not one per event, or was made
        at another √s than the experiment's.
    """
    whole, (path, tree) = path, file_and_name(path)
    kind = kind_of(path)
    if kind != "candidates" and tree:
        raise InputError(f"{whole} names a tree of a flat ROOT ntuple; {path} is a file of {kind}")
    if kind != "candidates" and mapping is not None:
        raise InputError(f"a column mapping goes with a flat ROOT ntuple; {path} is a file of {kind}")
    if kind == "events":
        events = read_events(path, frame=frame, sqrt_s=experiment.beams.sqrt_s)
        return _from_events(events, path, search, experiment, seed, workers)
    if kind == "detected":
        return _from_detected(read_detected(path), path, search, experiment)
    return _from_candidates(read_candidates(path, mapping, tree or None), path, search)


def _from_events(
    events: Events,
    path: Path,
    search: Search,
    experiment: Experiment,
    seed: int,
    workers: int,
) -> Observation:
    if len(events) == 0:
        raise InputError(f"{path} holds no events")
    survey = survey_sample(cut(events), str(path))
    luminosity = _luminosity(events.weights, path)
    if events.cross_section_pb is None:
        luminosity = None
    unit = replace(events, weights=np.ones(len(events)))
    selected = select_samples(unit, experiment, _samples(search, path), seed=seed, workers=workers)
    notes = [f"data: {len(events)} generated events ({events.source}), simulated with {experiment.name}"]
    notes += note_tree_level(events)
    notes += sample_notes(cut(events), experiment, survey)
    return _observation(search, selected, luminosity, notes)


def _from_detected(detected: Detected, path: Path, search: Search, experiment: Experiment) -> Observation:
    if len(detected) == 0:
        raise InputError(f"{path} holds no events")
    check_sqrt_s(detected.sqrt_s, experiment, path)
    luminosity = _luminosity(detected.weights, path)
    unit = replace(detected, weights=np.ones(len(detected)))
    selected = [apply_cuts(find(unit), cuts) for find, cuts in _samples(search, path)]
    notes = [f"data: {len(detected)} events detected with {detected.experiment}"]
    if detected.experiment != experiment.name:
        notes.append(f"the data were simulated with {detected.experiment}, the signal with {experiment.name}")
    if not detected.beam_spread:
        notes.append("the data carry no beam-energy spread")
    return _observation(search, selected, luminosity, notes)


def _samples(search: Search, path: Path) -> list[Sample]:
    """Return how the search's own events are found and cut, then those of its control samples."""
    return search.selection.ways(str(path))


def _observation(
    search: Search, selected: Sequence[Selected], luminosity: float | None, notes: list[str]
) -> Observation:
    (found, flow), *others = selected
    notes = [*notes, *note_empty_cuts(flow)]
    counts = {
        one.name: len(events) for one, (events, _) in zip(search.selection.controls, others, strict=True)
    }
    return Observation(found, flow, luminosity, tuple(notes), counts)


def _from_candidates(candidates: Candidates, path: Path, search: Search) -> Observation:
    if len(candidates) == 0:
        raise InputError(f"{path} holds no candidates")
    missing = sorted(set(search.observables) - candidates.observables.keys())
    if missing:
        raise InputError(
            f"{path} has no {' and no '.join(missing)}, which {search.name} needs; "
            "map the file's columns to them by --mapping"
        )
    _luminosity(candidates.weights, path)
    if not abs(candidates.weights[0] - 1.0) <= 1e-6:
        raise InputError(
            f"{path} has weights of {candidates.weights[0]:g}; data need weights of 1: scaled candidates are no counts"
        )
    found, flow = apply_cuts(candidates, search.selection.cuts)
    left_out = [step.label for step in flow if not step.applied]
    notes = [f"data: {len(candidates)} candidates as reconstructed elsewhere; no simulation was applied"]
    if left_out:
        notes.append(f"cuts left out because the file lacks their columns: {', '.join(left_out)}")
    return Observation(found, flow, None, (*notes, *note_empty_cuts(flow)))


def check_sqrt_s(sqrt_s: float, experiment: Experiment, path: Path) -> None:
    """Refuse a file made at another energy than the experiment's."""
    nominal = experiment.beams.sqrt_s
    if abs(sqrt_s - nominal) > SQRT_S_TOLERANCE:
        raise InputError(
            f"{path} was made at √s = {sqrt_s:.4g} GeV, {experiment.name} runs at {nominal:.4f} GeV; "
            "choose the experiment that fits the file"
        )


def _luminosity(weights: np.ndarray, path: Path) -> float | None:
    if not (weights[0] > 0.0 and np.allclose(weights, weights[0], rtol=1e-6, atol=0.0)):
        raise InputError(f"{path} has events of different weights; data need unweighted events")
    return 1e-3 / float(weights[0])  # weights in pb, one event is 1/w of luminosity
