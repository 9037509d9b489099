"""From generated events to selected candidates, in chunks that bound the memory."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from scotopic.detector.experiment import Experiment
from scotopic.detector.record import Detected
from scotopic.detector.simulate import simulate
from scotopic.events.record import Events
from scotopic.numerics.rng import seed_of
from scotopic.progress import track
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import Cut, CutStep, apply_cuts

CHUNK = 100_000


def select_events(
    events: Events,
    experiment: Experiment,
    find: Callable[[Detected], Candidates],
    cuts: Sequence[Cut],
    *,
    seed: int,
    workers: int = 1,
    lost_track_boost: float = 1.0,
    least_loss: float = 0.0,
) -> tuple[Candidates, tuple[CutStep, ...]]:
    """Return the candidates of simulated events that pass `cuts`, and the cut flow.

    Candidates keep the index of their event in `events`.
    """
    (selected,) = select_samples(
        events,
        experiment,
        [(find, cuts)],
        seed=seed,
        workers=workers,
        lost_track_boost=lost_track_boost,
        least_loss=least_loss,
    )
    return selected


def select_samples(
    events: Events,
    experiment: Experiment,
    samples: Sequence[tuple[Callable[[Detected], Candidates], Sequence[Cut]]],
    *,
    seed: int,
    workers: int = 1,
    lost_track_boost: float = 1.0,
    least_loss: float = 0.0,
) -> list[tuple[Candidates, tuple[CutStep, ...]]]:
    """Return for each way to find and to cut what `select_events` does; the detector sees the events once."""
    starts = range(0, len(events), CHUNK)
    parts: list[list[tuple[Candidates, tuple[CutStep, ...]]]] = [[] for _ in samples]
    for number, start in enumerate(track(starts, f"detector: {events.process}", len(starts))):
        detected = simulate(
            events.select(slice(start, start + CHUNK)),
            experiment,
            seed=seed_of(seed, "simulate", number),
            workers=workers,
            lost_track_boost=lost_track_boost,
            least_loss=least_loss,
        )
        generated = CutStep("generated", True, len(detected), *_sum(detected.weights))
        for part, (find, cuts) in zip(parts, samples, strict=True):
            found, flow = apply_cuts(find(detected), cuts)
            part.append((replace(found, event=found.event + start), (generated, *flow)))
    return [
        (join_candidates([found for found, _ in part]), _add([flow for _, flow in part])) for part in parts
    ]


def _sum(weights: np.ndarray) -> tuple[float, float]:
    return float(weights.sum()), float(np.sqrt((weights**2).sum()))


def join_candidates(parts: Sequence[Candidates]) -> Candidates:
    """Return the candidates of samples as one; events keep their indices."""
    first = parts[0]
    truths = [part.truth for part in parts if part.truth is not None]
    return Candidates(
        {name: np.concatenate([part[name] for part in parts]) for name in first.observables},
        np.concatenate([part.event for part in parts]),
        np.concatenate([part.weights for part in parts]),
        np.concatenate(truths) if first.truth is not None else None,
        first.source,
    )


def _add(flows: Sequence[tuple[CutStep, ...]]) -> tuple[CutStep, ...]:
    return tuple(
        CutStep(
            steps[0].label,
            steps[0].applied,
            sum(step.events for step in steps),
            sum(step.weight for step in steps),
            float(np.sqrt(sum(step.weight_error**2 for step in steps))),
        )
        for steps in zip(*flows, strict=True)
    )
