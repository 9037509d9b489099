"""Which frame events are in: their beams, what the record lacks, and the laboratory of an experiment."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from scotopic.chunks import Chunks, ExactSum
from scotopic.errors import InputError
from scotopic.events.beam_change import follow_beams
from scotopic.events.beams import Beams, beam_axis
from scotopic.events.event_chunks import EventChunks, cut
from scotopic.events.record import Events
from scotopic.events.transformation import moved_to_cm
from scotopic.numerics.arrays import Floats
from scotopic.numerics.lorentz import invariant_mass2, velocity

SAME_BEAMS = 1e-3  # of a beam's energy: components of its momentum that differ by less are the same
STANDARD_ERRORS = 5.0  # of the mean of beams that vary
CONSTANT = 1e-6  # relative; beams whose energies differ by less do not vary


def event_beams(events: Events) -> Floats:
    """Return momenta (2, 4, N) of the electron and the positron of each collision, in the frame of the events.

    Raises
    ------
    InputError
        For laboratory events that do not keep their beams.
    """
    if events.beams is not None:
        return events.beams
    if events.frame == "lab":
        raise InputError("laboratory events that do not keep their beams do not tell their centre of mass")
    beams = np.zeros((2, 4, len(events)))
    beams[:, 0] = 0.5 * events.sqrt_s
    beams[0, 3], beams[1, 3] = 0.5 * events.sqrt_s, -0.5 * events.sqrt_s
    return beams


def missing_momentum(events: Events) -> Floats:
    """Return the four-momentum (4, N) that the beams have and the record lacks."""
    return np.asarray(event_beams(events).sum(axis=0) - events.momenta.sum(axis=0))


class BeamSums:
    """Sums over the beams (2, 4, N) of a sample, chunk by chunk."""

    def __init__(self) -> None:
        self._first = np.zeros((2, 4, 1))
        self._n = 0
        self._sums = np.zeros((2, 2, 4))
        self._least, self._most = np.full(2, np.inf), np.full(2, -np.inf)

    def add(self, beams: Floats) -> None:
        """Add those of a chunk."""
        if not self._n:
            self._first = beams[:, :, :1].copy()
        self._n += beams.shape[2]
        away = beams - self._first  # their squares do not cancel
        self._sums += np.stack([away.sum(axis=2), (away**2).sum(axis=2)])
        self._least = np.minimum(self._least, beams[:, 0].min(axis=1))
        self._most = np.maximum(self._most, beams[:, 0].max(axis=1))

    @property
    def mean(self) -> Floats:
        """Mean (2, 4), GeV."""
        return np.asarray(self._first[:, :, 0] + self._sums[0] / max(self._n, 1))

    @property
    def deviation(self) -> Floats:
        """Standard deviation (2, 4), GeV."""
        away, squares = self._sums / max(self._n, 1)
        return np.asarray(np.sqrt(np.maximum(squares - away**2, 0.0)))

    @property
    def vary(self) -> bool:
        """Whether the energies differ from event to event."""
        return self._n > 0 and bool((self._most - self._least > CONSTANT * self.mean[:, 0]).any())

    def fit(self, beams: Beams) -> bool:
        """Return whether these are, on average, the beams of an experiment; without events nothing tells others."""
        if not self._n:
            return True
        error = self.deviation / np.sqrt(self._n)
        allowed = SAME_BEAMS * beams.nominal[:, :1] + STANDARD_ERRORS * error
        return bool((np.abs(self.mean - beams.nominal) <= allowed).all())


def sum_beams(chunks: EventChunks) -> BeamSums:
    """Return the sums over the beams that events keep, over none where they keep none."""
    sums = BeamSums()
    if chunks.about.beams is not None:
        for chunk in chunks:
            assert chunk.beams is not None
            sums.add(chunk.beams)
    return sums


def to_cm(events: Events) -> Events:
    """Return laboratory events in the centre of mass of their mean beams, the electron along +z."""
    beams = BeamSums()
    beams.add(event_beams(events))
    return _moved(events, _mean_beams(cut(events)), beams.vary)


def _mean_beams(chunks: EventChunks) -> Floats:
    """Return the mean beams (2, 4), to the last digit the same for every length of the chunks."""
    sums = [[ExactSum() for _ in range(4)] for _ in range(2)]
    for chunk in chunks:
        for of_beam, values in zip(sums, event_beams(chunk), strict=True):
            for one, component in zip(of_beam, values, strict=True):
                one.add(component)
    return np.array([[one.value for one in of_beam] for of_beam in sums]) / len(chunks)


def _moved(events: Events, mean: Floats, vary: bool) -> Events:
    moved = moved_to_cm(events, beam_axis(mean)[:, None], velocity(mean.sum(axis=0)))
    if vary:
        return moved
    return replace(moved, beams=None, sqrt_s=float(np.sqrt(invariant_mass2(mean.sum(axis=0)))))


def without_spread(events: Events) -> Events:
    """Return events in the centre of mass of the nominal beams, as if every collision had these.

    The change of the beams by their spread is undone: `scotopic.events.beams.to_lab` with the same beams gives the
    events back.
    """
    if events.beams is None and events.frame == "cm":
        return events
    beams = event_beams(events)
    total = beams.sum(axis=0)
    moved = moved_to_cm(events, beam_axis(beams), velocity(total))
    sqrt_s = np.sqrt(invariant_mass2(total))
    changed = follow_beams(moved, events.sqrt_s - sqrt_s, sqrt_s)
    return replace(changed, beams=None, beam_spread=False)


def with_beams_of(chunks: EventChunks, beams: Beams, sums: BeamSums) -> EventChunks:
    """Return events that an experiment can take: laboratory events of other beams are in the centre of mass.

    `sums` are those of `sum_beams`.
    """
    if chunks.about.frame != "lab" or sums.fit(beams):
        return chunks
    mean = _mean_beams(chunks)

    def read() -> Iterator[Events]:
        return (_moved(chunk, mean, sums.vary) for chunk in chunks)

    return Chunks(_moved(chunks.about, mean, sums.vary), len(chunks), read)
