"""Cuts with their origin, and the cut flow they leave behind."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scotopic.numerics.arrays import Bools
from scotopic.selection.candidates import Candidates


@dataclass(frozen=True)
class Cut:
    """An interval on one observable.

    Attributes
    ----------
    label : str
        As printed in a cut flow.
    observable : str
        Name in `Candidates.observables`.
    low, high : float
        Closed interval that is kept, in the observable's unit.
    mark : str
        Provenance of the numbers: R(ead), D(erived), M (recalled), B (second-hand), P(roposed).
    source : str
        Where the numbers come from.
    """

    label: str
    observable: str
    low: float
    high: float
    mark: str
    source: str


@dataclass(frozen=True)
class CutStep:
    """One line of a cut flow."""

    label: str
    applied: bool
    events: int
    weight: float
    weight_error: float


def passes(cut: Cut, candidates: Candidates) -> Bools:
    """Return which candidates lie in the interval of `cut`; NaN never does."""
    values = candidates[cut.observable]
    return (values >= cut.low) & (values <= cut.high)


def apply_cuts(candidates: Candidates, cuts: Sequence[Cut]) -> tuple[Candidates, tuple[CutStep, ...]]:
    """Apply `cuts` in order and count events after each.

    A cut on an observable that the candidates do not carry is left out and marked `applied=False`:
    foreign files bring the columns they bring, and the report says what could not be checked.

    Returns
    -------
    candidates, flow : Candidates, tuple of CutStep
        The flow counts events (not candidates), with the sum of their weights and its error.
    """
    flow = [_count("candidates", True, candidates)]
    for cut in cuts:
        applied = cut.observable in candidates.observables
        if applied:
            candidates = candidates.select(passes(cut, candidates))
        flow.append(_count(cut.label, applied, candidates))
    return candidates, tuple(flow)


def _count(label: str, applied: bool, candidates: Candidates) -> CutStep:
    _, first = np.unique(candidates.event, return_index=True)
    weights = candidates.weights[first]
    return CutStep(label, applied, len(first), float(weights.sum()), float(np.sqrt((weights**2).sum())))
