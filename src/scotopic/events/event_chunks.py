"""Events in chunks: cut, joined, kept as plain arrays, summed up."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.chunks import LENGTH, Arrays, Chunks, ExactSum, Store
from scotopic.events.record import Decayed, Events

EventChunks = Chunks[Events]

OF_EVENTS = ("pdg", "momenta", "vertices", "times", "weights", "beams")
OF_DECAYED = ("pdg", "momenta", "mothers", "origins")
EMPTY = {"mothers": -1, "origins": -1}
"""What an empty slot holds; else zero."""


def cut(events: Events) -> EventChunks:
    """Return events of the memory as chunks."""

    def read() -> Iterator[Events]:
        for start in range(0, len(events), LENGTH):
            yield events.select(slice(start, start + LENGTH))

    return Chunks(events.select(slice(0)), len(events), read)


def joined(chunks: EventChunks) -> Events:
    """Return all events of the chunks."""
    arrays = {
        name: np.empty((*values.shape[:-1], len(chunks)), values.dtype)
        for name, values in arrays_of(chunks.about).items()
    }
    start = 0
    for chunk in chunks:
        for name, values in arrays_of(chunk).items():
            arrays[name][..., start : start + len(chunk)] = values
        start += len(chunk)
    return with_arrays(chunks.about, arrays)


def arrays_of(events: Events) -> Arrays:
    """Return the arrays of a record by name; events are their last axis."""
    arrays = {name: values for name in OF_EVENTS if (values := getattr(events, name)) is not None}
    if events.decayed is not None:
        arrays |= {f"decayed.{name}": getattr(events.decayed, name) for name in OF_DECAYED}
    return arrays


def with_arrays(about: Events, arrays: Arrays) -> Events:
    """Return the record `about` with other arrays; what has fewer slots than `about` gets empty ones."""
    slots = about.pdg.shape[0]

    def padded(name: str, count: int) -> NDArray[Any]:
        values, missing = arrays[name], count - arrays[name].shape[0]
        if not missing:
            return values
        empty = np.full((missing, *values.shape[1:]), EMPTY.get(name.rpartition(".")[2], 0), values.dtype)
        return np.concatenate([values, empty])

    own = {name: padded(name, slots) for name in OF_EVENTS[:4] if name in arrays}
    decayed = about.decayed
    if decayed is not None:
        rows = decayed.pdg.shape[0]
        inner = [padded(f"decayed.{name}", slots if name == "origins" else rows) for name in OF_DECAYED]
        decayed = Decayed(*inner)
    return replace(
        about,
        pdg=own["pdg"],
        momenta=own["momenta"],
        vertices=own.get("vertices"),
        times=own.get("times"),
        weights=arrays["weights"],
        beams=arrays.get("beams"),
        decayed=decayed,
    )


def about_all(parts: Iterable[Events]) -> Events:
    """Return what holds for all of several records of one sample: the first without events, with slots for all."""
    first, *others = parts
    empty = first.select(slice(0))
    slots = max(part.pdg.shape[0] for part in (first, *others))
    rows = max(
        (part.decayed.pdg.shape[0] for part in (first, *others) if part.decayed is not None), default=0
    )
    decayed = empty.decayed
    if decayed is not None:
        decayed = Decayed(
            np.zeros((rows, 0), np.int32),
            np.zeros((rows, 4, 0)),
            np.zeros((rows, 0), np.int32),
            np.zeros((slots, 0), np.int32),
        )
    return replace(
        empty,
        pdg=np.zeros((slots, 0), np.int32),
        momenta=np.zeros((slots, 4, 0)),
        vertices=None if empty.vertices is None else np.zeros((slots, 3, 0)),
        times=None if empty.times is None else np.zeros((slots, 0)),
        decayed=decayed,
        beam_spread=any(part.beam_spread for part in (first, *others)),
    )


def join_events(parts: Sequence[Events]) -> Events:
    """Return records of one sample as one."""
    if len(parts) == 1:
        return parts[0]
    size = sum(map(len, parts))
    about = about_all(parts)
    return joined(Chunks(about, size, lambda: (with_arrays(about, arrays_of(part)) for part in parts)))


def regrouped(parts: Iterable[Events], length: int, first: int | None = None) -> Iterator[Events]:
    """Yield events in groups of a length; the first and the last may be shorter."""
    wanted = first or length
    waiting: list[Events] = []
    there = 0
    for part in parts:
        start = 0
        while there + len(part) - start >= wanted:
            end = start + wanted - there
            yield join_events([*waiting, part.select(slice(start, end))])
            start, there, wanted = end, 0, length
            waiting = []
        if start < len(part):
            waiting.append(part.select(slice(start, None)) if start else part)
            there += len(part) - start
    if waiting:
        yield join_events(waiting)


class Kept:
    """A sample that is written to a store chunk by chunk, and read from there when all is known of it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._size = 0
        self._about: Events | None = None

    def append(self, events: Events) -> None:
        """Keep a chunk."""
        self._store.append(arrays_of(events))
        self._size += len(events)
        about = events.select(slice(0))
        self._about = about_all([about] if self._about is None else [self._about, about])

    def scaled(self, factor: float, **known: object) -> EventChunks:
        """Return the sample, its weights times a factor, with fields of the record that are known now."""
        assert self._about is not None
        about = replace(self._about, **known)  # type: ignore[arg-type]

        def read() -> Iterator[Events]:
            for arrays in self._store:
                yield with_arrays(about, arrays | {"weights": arrays["weights"] * factor})

        return Chunks(about, self._size, read)


@dataclass(frozen=True)
class WeightTotals:
    """The weights of a sample: their sum, the largest size, whether all are equal, whether some are negative."""

    sum: float
    largest: float
    equal: bool
    negative: bool


EQUAL = 1e-12
"""Relative; weights that differ by less are equal."""


def weight_totals(chunks: EventChunks) -> WeightTotals:
    """Return what a file's header says of the weights of a sample; without events they are not equal."""
    total = ExactSum()
    largest, first, equal, negative = 0.0, 0.0, len(chunks) > 0, False
    for position, weights in enumerate(chunk.weights for chunk in chunks):
        first = first if position else float(weights[0])
        total.add(weights)
        largest = max(largest, float(np.abs(weights).max()))
        equal = equal and bool(np.allclose(weights, first, rtol=EQUAL, atol=0.0))
        negative = negative or bool((weights < 0.0).any())
    return WeightTotals(total.value, largest, equal, negative)
