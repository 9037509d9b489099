"""τ decays by Pythia, with the spin correlations of our own amplitudes.

The spins of a τ pair from vector couplings are correlated, C_ij, but not polarised
(`scotopic.physics.amplitudes.spin_correlation`). Such a state is a mixture of the four Bell states, turned: with
C = O⁻ diag(t) O⁺ᵀ, O^± proper rotations, their shares are (1 - t₁ - t₂ - t₃)/4 of the singlet and
(1 + t₁ + t₂ + t₃ - 2tᵢ)/4·… of the triplets (R. and M. Horodecki, Phys. Rev. A 54 (1996) 1838), and the triplets are
the singlet with one spin turned by π about an axis. So Pythia decays pairs in the singlet, and the decay products of
each τ are turned in its rest frame. Nothing is approximated but what the process leaves out: with initial-state
radiation, the beams are taken along the axis that halves the angle between them in the frame of what is left.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

import numpy as np

from scotopic.chunks import LENGTH
from scotopic.errors import InputError
from scotopic.events.decays.pythia import TAU, Record, tau_pairs
from scotopic.events.decays.tau_radiation import radiate_decays
from scotopic.events.event_chunks import regrouped
from scotopic.events.frames import event_beams
from scotopic.events.radiation.radiating_pairs import check_fsr
from scotopic.events.record import Decayed, Events
from scotopic.numerics.arrays import Floats, Ints
from scotopic.numerics.lorentz import boost, velocity
from scotopic.numerics.rng import seed_of, stream
from scotopic.physics.amplitudes.spin_correlation import light_front_boost, pair_spin
from scotopic.physics.particles import particle_name
from scotopic.physics.processes import Process, parse_process
from scotopic.physics.standard_model import ELECTRON_MASS, TAU_MASS
from scotopic.workers import Workers, check_workers, run_chunks

CHUNK = 250
"""Pairs that Pythia decays at a time: always as many, so that an event does not depend on how many follow."""
LIFETIME_MM = 0.08703
"""cτ: (290.3 ± 0.5) fs (PDG 2024)."""
MOST_POLARISED = 1e-4


def decay_taus(
    events: Events,
    *,
    seed: int = 1,
    workers: Workers = 1,
    process: Process | None = None,
    skip: int = 0,
    enriched: bool = False,
    fsr: str = "none",
) -> Events:
    """Return the events with their τ pairs decayed.

    Parameters
    ----------
    events : Events
        With one τ- and one τ+ each, in either frame; radiated photons may stand behind the particles of the process.
        In the laboratory, with their beams.
    seed : int
    workers : int or Executor
        The result does not depend on the number of workers.
    process : Process, optional
        What made the first slots; needed where the Standard Model or `Events.process` does not tell it.
    skip : int
        Events of the sample that were left out before these, see `scotopic.events.generate.generate`.
    enriched : bool
        Whether τ's decay to e, μ or a single π more often than in nature, which the events' weights undo.
    fsr : {"none", "exponentiated"}
        Whether the charged products of the τ's radiate.

    Returns
    -------
    Events
        Decay products, neutrinos included, stand behind the other particles; `vertices` and `times` tell where and
        when they were made, `decayed` what they come from. The cross section is that of `events`, and so are the
        weights unless `enriched`.

    Raises
    ------
    InputError
        If Pythia is missing, or the events are not of one process with one τ pair, unpolarised.
    """
    check_workers(workers)
    if events.decayed is not None or events.vertices is not None:
        raise InputError("τ decays: particles of the events have decayed or fly already")
    known = _process_of(events) if process is None else process
    check_taus(known)
    single = len(events) + skip % CHUNK <= CHUNK
    work = _Decays(known, seed, skip, enriched, fsr)
    return next(work.of(iter([events]), 1 if single else workers))


def decay_chunks(
    chunks: Iterable[Events], process: Process, *, seed: int, workers: Workers, skip: int, fsr: str
) -> Iterator[Events]:
    """Yield the events of a sample that comes in chunks with their τ pairs decayed, as `decay_taus`."""
    check_taus(process)
    parts = regrouped(chunks, LENGTH, LENGTH - skip % LENGTH)
    yield from _Decays(process, seed, skip, False, fsr).of(parts, workers)


def _check(events: Events, known: Process) -> None:
    codes = np.array(known.codes)
    if events.pdg.shape[0] < len(codes) or (events.pdg[: len(codes)] != codes[:, None]).any():
        raise InputError(f"τ decays: the first particles of the events are not those of {known.text!r}")
    if (np.abs(events.pdg[len(codes) :]) == TAU).any():
        raise InputError("τ decays: the events have more than one τ pair")


class _Decays:
    """The decays of a sample that starts behind `skip` events."""

    def __init__(self, process: Process, seed: int, skip: int, enriched: bool, fsr: str) -> None:
        check_fsr(fsr)
        if skip < 0:
            raise InputError(f"skip = {skip}, must not be negative")
        self._process, self._skip = process, skip
        self._work = partial(_decay_chunk, process, seed, enriched, fsr != "none")

    def of(self, parts: Iterator[Events], workers: Workers) -> Iterator[Events]:
        """Yield parts of the sample, decayed; all but the last end with a chunk."""
        check_workers(workers)
        waiting: deque[tuple[Events, int]] = deque()
        made = run_chunks(self._work, self._chunks(parts, waiting), workers)
        for first in made:
            part, count = waiting.popleft()
            yield _joined(part, np.array(self._process.codes), [first, *islice(made, count - 1)])

    def _chunks(
        self, parts: Iterator[Events], waiting: deque[tuple[Events, int]]
    ) -> Iterator[tuple[int, int, Events]]:
        skip = self._skip
        for part in parts:
            _check(part, self._process)
            numbers = range(skip // CHUNK, -(-(skip + len(part)) // CHUNK))
            waiting.append((part, len(numbers)))
            for number in numbers:
                start = number * CHUNK - skip
                yield number, max(-start, 0), part.select(slice(max(start, 0), start + CHUNK))
            skip += len(part)


def check_taus(process: Process) -> None:
    """Refuse a process without a single τ pair."""
    for code in (TAU, -TAU):
        if process.codes.count(code) != 1:
            raise InputError(f"τ decays: {process.text!r} has no single pair of τ- and τ+")


def _process_of(events: Events) -> Process:
    """Return the process that the events tell, else that of the particles which all of them have."""
    try:
        told = parse_process(events.process)
        if (events.pdg[: len(told.codes)] == np.array(told.codes)[:, None]).all():
            return told
    except InputError:
        pass
    first = events.pdg[:, 0] if len(events) else np.zeros(0, dtype=np.int32)
    always = (events.pdg == first[:, None]).all(axis=1) & (first != 0)
    count = len(first) if always.all() else int(np.argmin(always))
    return parse_process("e- e+ > " + " ".join(particle_name(int(code)) for code in first[:count]))


@dataclass(frozen=True)
class _Products:
    """Flat list of a chunk's particles: event, its row behind the τ's or its slot, and what they are."""

    event: Ints
    place: Ints
    mother: Ints
    pdg: Ints
    momenta: Floats
    vertices: Floats


@dataclass(frozen=True)
class _Chunk:
    size: int
    weights: Floats
    final: _Products
    inner: _Products


def _decay_chunk(
    process: Process, seed: int, enriched: bool, radiated: bool, chunk: tuple[int, int, Events]
) -> _Chunk:
    number, first, events = chunk
    n = len(events)
    rng = stream(seed, "tau decays", number)
    frame = _HardFrame(events, len(process.codes))
    taus = [process.codes.index(code) for code in (TAU, -TAU)]
    mine = slice(first, first + n)
    turns = _spin_turns(process, frame.legs, taus, rng.random(CHUNK)[mine])
    record, weights = tau_pairs(CHUNK, seed_of(seed, "tau decays", number), enriched=enriched)
    if radiated:
        record = radiate_decays(record, _roots(record), stream(seed, "photons of tau decays", number))
    root = _roots(record)
    pair, side = (root - 2) // 3 - first, (root - 2) % 3
    root = np.where((pair >= 0) & (pair < n), root, -1)
    lengths = LIFETIME_MM * rng.standard_exponential((2, CHUNK))[:, mine]
    momenta, places = np.zeros_like(record.momenta), np.zeros_like(record.places)
    for s, leg in enumerate(taus):
        its = np.flatnonzero((side == s) & (root >= 0))
        tau = record.momenta[:, 2 + s]
        at = pair[its]
        flying = frame.legs[2 + leg][:, at]
        for source, target in ((record.momenta, momenta), (record.places, places)):
            still = boost(source[:, its], -velocity(tau))
            turned = np.einsum("nij,jn->in", turns[s][at], still[1:])
            moved = light_front_boost(flying, TAU_MASS, np.concatenate([still[:1], turned]))
            target[:, its] = frame.back(moved, at)
        places[:, its] += events.momenta[leg][:, at] / TAU_MASS * lengths[s, at]
    products = np.flatnonzero((root >= 0) & (root != np.arange(len(root))))
    final, inner = products[record.final[products]], products[~record.final[products]]
    rows = np.full(len(root), -1)
    rows[2 : 3 * CHUNK + 2 : 3], rows[3 : 3 * CHUNK + 2 : 3] = 0, 1  # the τ's come first
    rows[inner] = 2 + _rank(pair[inner])
    lists = [
        _Products(
            pair[which],
            _rank(pair[which]),
            rows[record.mother[which]],
            record.pdg[which],
            momenta[:, which],
            places[:, which],
        )
        for which in (final, inner)
    ]
    return _Chunk(n, weights[mine], *lists)


class _HardFrame:
    """The rest frame of the particles of the process, beams along z; momenta (legs, 4, N) of all legs."""

    def __init__(self, events: Events, count: int) -> None:
        pair = event_beams(events)
        self._cm = velocity(pair.sum(axis=0))
        seen = [boost(p, -self._cm) for p in events.momenta[:count]]
        self._hard = velocity(np.sum(seen, axis=0))
        seen = [boost(p, -self._hard) for p in seen]
        zero = np.zeros(len(events))
        beams = [boost(boost(p, -self._cm), -self._hard)[1:] for p in pair]
        axis = beams[0] / np.linalg.norm(beams[0], axis=0) - beams[1] / np.linalg.norm(beams[1], axis=0)
        self._turn = _to_z(axis / np.linalg.norm(axis, axis=0))
        legs = [np.concatenate([p[:1], np.einsum("nij,jn->in", self._turn, p[1:])]) for p in seen]
        energy = 0.5 * np.sum([p[0] for p in legs], axis=0)
        along = np.sqrt(energy**2 - ELECTRON_MASS**2)
        self.legs = np.stack([*(np.stack([energy, zero, zero, sign * along]) for sign in (1.0, -1.0)), *legs])

    def back(self, p: Floats, event: Ints) -> Floats:
        """Return four-vectors (4, P) of some events in the frame of the events."""
        turned = np.einsum("nji,jn->in", self._turn[event], p[1:])
        moved = boost(np.concatenate([p[:1], turned]), self._hard[:, event])
        return boost(moved, self._cm[:, event])


def _to_z(axis: Floats) -> Floats:
    """Return the rotations (N, 3, 3) by the smallest angle that take unit vectors (3, N) to +z."""
    x, y, z = axis
    factor = 1.0 / (1.0 + z)  # beams never turn round
    return np.moveaxis(
        np.array(
            [
                [1.0 - factor * x * x, -factor * x * y, -x],
                [-factor * x * y, 1.0 - factor * y * y, -y],
                [x, y, z],
            ]
        ),
        -1,
        0,
    )


def _spin_turns(process: Process, legs: Floats, taus: list[int], random: Floats) -> tuple[Floats, Floats]:
    """Return rotations (N, 3, 3) of the decays of τ- and τ+ that make of the singlet the state of the process."""
    spin = pair_spin(process, legs, 2 + taus[0], 2 + taus[1])
    largest = max(np.abs(spin.fermion).max(initial=0.0), np.abs(spin.antifermion).max(initial=0.0))
    if largest > MOST_POLARISED:
        raise InputError(
            f"τ decays: {process.text!r} makes polarised τ's ({largest:.2g}), which are not supported"
        )
    left, values, right = np.linalg.svd(np.moveaxis(spin.correlation, -1, 0))
    signs = np.sign(np.linalg.det(left) * np.linalg.det(right))
    left = left * np.sign(np.linalg.det(left))[:, None, None]
    right = np.swapaxes(right * np.sign(np.linalg.det(right))[:, None, None], 1, 2)
    t = values * signs[:, None]
    shares = np.concatenate(
        [1.0 - t.sum(axis=1, keepdims=True), 1.0 + t.sum(axis=1, keepdims=True) - 2.0 * t], 1
    )
    edges = np.cumsum(np.maximum(shares, 0.0), axis=1)
    chosen = (random[:, None] * edges[:, -1:] >= edges[:, :-1]).sum(axis=1)
    bell = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], dtype=np.float64)
    return left, right * bell[chosen][:, None, :]


def _roots(record: Record) -> Ints:
    """Return the number of the τ that each particle comes from, -1 where none."""
    root = np.arange(len(record.pdg))
    while True:
        up = np.where(np.abs(record.pdg[root]) == TAU, root, record.mother[root])
        if (up == root).all():
            return np.where(np.abs(record.pdg[root]) == TAU, root, -1)
        root = up


def _rank(event: Ints) -> Ints:
    """Return the number of each particle among those of its event."""
    order = np.argsort(event, kind="stable")
    ordered = event[order]
    first = np.searchsorted(ordered, ordered)
    rank = np.empty(len(event), dtype=np.int64)
    rank[order] = np.arange(len(event)) - first
    return rank


def _joined(events: Events, codes: Ints, chunks: list[_Chunk]) -> Events:
    n = len(events)
    kept = [slot for slot in range(events.pdg.shape[0]) if slot >= len(codes) or abs(codes[slot]) != TAU]
    taus = [int(np.flatnonzero(codes == code)[0]) for code in (TAU, -TAU)]
    slots = max((int(chunk.final.place.max()) + 1 for chunk in chunks), default=0)
    rows = max((int(chunk.inner.place.max(initial=-1)) + 1 for chunk in chunks), default=0)
    pdg = np.zeros((len(kept) + slots, n), dtype=np.int32)
    momenta = np.zeros((len(kept) + slots, 4, n))
    vertices = np.zeros((len(kept) + slots, 4, n))
    origins = np.full((len(kept) + slots, n), -1, dtype=np.int32)
    pdg[: len(kept)], momenta[: len(kept)] = events.pdg[kept], events.momenta[kept]
    inner_pdg = np.zeros((2 + rows, n), dtype=np.int32)
    inner_momenta = np.zeros((2 + rows, 4, n))
    mothers = np.full((2 + rows, n), -1, dtype=np.int32)
    inner_pdg[:2], inner_momenta[:2] = np.array([[TAU], [-TAU]]), events.momenta[taus]
    weights = events.weights.copy()
    start = 0
    for chunk in chunks:
        weights[start : start + chunk.size] *= chunk.weights
        final, inner = chunk.final, chunk.inner
        slot, event = len(kept) + final.place, start + final.event
        pdg[slot, event], origins[slot, event] = final.pdg, final.mother
        momenta[slot, :, event], vertices[slot, :, event] = final.momenta.T, final.vertices.T
        row, event = 2 + inner.place, start + inner.event
        inner_pdg[row, event], mothers[row, event] = inner.pdg, inner.mother
        inner_momenta[row, :, event] = inner.momenta.T
        start += chunk.size
    return replace(
        events,
        weights=weights,
        pdg=pdg,
        momenta=momenta,
        vertices=vertices[:, 1:],
        times=vertices[:, 0],
        decayed=Decayed(inner_pdg, inner_momenta, mothers, origins),
        resonance=tuple(kept.index(slot) for slot in events.resonance if slot in kept),
    )
