"""Events of a process, weighted or unweighted, in the centre of mass."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import numpy as np

from scotopic.chunks import ExactSum, Memory, Store
from scotopic.errors import InputError
from scotopic.events.event_chunks import EventChunks, Kept, joined
from scotopic.events.phase_space.cuts import GenerationCut, parse_cuts
from scotopic.events.radiation.final_state_radiation import RadiatingPair
from scotopic.events.radiation.radiating_pairs import (
    add_final_state_radiation,
    check_fsr,
    inclusive_factor,
    radiating_pairs,
)
from scotopic.events.record import Events
from scotopic.events.sampler import BATCH, Adapted, Bias, Sampler, adapt, make_sampler
from scotopic.numerics.arrays import Floats, Indices
from scotopic.numerics.engine import COMPILE_ABOVE_EVENTS, choose_engine
from scotopic.numerics.rng import stream
from scotopic.physics.amplitudes.plan import cost
from scotopic.physics.particles import pdg_code
from scotopic.physics.processes import Process
from scotopic.workers import Workers, check_workers, run_chunks

MOST_BATCHES = 20_000
WITHOUT_EVENT = 300
"""Batches after which a sample without any event is given up."""
TINY = 1e-300
WORTH_PROCESSES = 400_000
"""Expected points below which starting other processes costs more than it saves."""


def generate(
    process: str | Process,
    n: int,
    *,
    model: str = "sm",
    parameters: Mapping[str, float | str] | None = None,
    sqrt_s: float = 10.58,
    cuts: Sequence[str] = (),
    seed: int = 1,
    unweighted: bool = False,
    isr: str = "none",
    fsr: str = "none",
    alpha: str = "fixed",
    workers: Workers = 1,
    skip: int = 0,
    bias: Bias | None = None,
    sample_cuts: Sequence[str] | None = None,
) -> Events:
    """Return n events whose weights sum to the cross section in pb.

    Parameters
    ----------
    process : str or Process
        Such as ``"e- e+ > gamma gamma gamma"``.
    n : int
        Number of events.
    model, parameters, sqrt_s, cuts, isr, fsr, alpha : as for `scotopic.events.cross_section.cross_section`
    unweighted : bool
        Keep events with a probability of their weight over the largest one, so that all weights are equal. Weights
        above the largest one seen while adapting keep weight one; `Events.overweight` is the share of the cross
        section that this loses. With a `bias`, where weights are not equal anyway, they keep what they have.
    seed : int
    workers : int or Executor
        The result does not depend on the number of workers.
    skip : int
        Events of the sample to leave out at its start: what a seed gives is one long sample, of which another
        call may return a longer or a later part. They are generated again, which takes as long as the first time.
    bias : callable, optional
        ``bias(momenta)`` of the momenta (slots, 4, N) before final-state radiation, at least 0: events come in
        proportion to it, and weights undo it. The cross section is then that of events with a bias above 0. For rare
        final states; with several workers it must be picklable.
    sample_cuts : sequence of str, optional
        Cuts of the whole sample that these events are a slice of: a photon of the final state that takes the place of
        one of the process is then counted once in all slices.

    Notes
    -----
    The cross section is that of all points tried, also for events left out; momenta of an event do not depend on n,
    skip or workers.

    With radiation, the photons of the electron's and of the positron's beam follow the particles of the process, in
    `MOST_PHOTONS` slots each (`scotopic.events.radiation.photon_energies`); a slot without a photon is empty (code 0,
    momenta 0). Those of final-state radiation come behind, `MOST_PHOTONS` of
    `scotopic.events.radiation.final_state_radiation` for each pair of charges.
    """
    chunks = generate_chunks(
        process,
        n,
        Memory(),
        model=model,
        parameters=parameters,
        sqrt_s=sqrt_s,
        cuts=cuts,
        seed=seed,
        unweighted=unweighted,
        isr=isr,
        fsr=fsr,
        alpha=alpha,
        workers=workers,
        skip=skip,
        bias=bias,
        sample_cuts=sample_cuts,
    )
    return joined(chunks)


Change = Callable[[Iterator[Events]], Iterator[Events]]


def generate_chunks(
    process: str | Process,
    n: int,
    store: Store,
    *,
    change: Change = iter,
    model: str = "sm",
    parameters: Mapping[str, float | str] | None = None,
    sqrt_s: float = 10.58,
    cuts: Sequence[str] = (),
    seed: int = 1,
    unweighted: bool = False,
    isr: str = "none",
    fsr: str = "none",
    alpha: str = "fixed",
    workers: Workers = 1,
    skip: int = 0,
    bias: Bias | None = None,
    sample_cuts: Sequence[str] | None = None,
) -> EventChunks:
    """Return events as `generate`, in chunks.

    Parameters
    ----------
    store : Store
        Keeps the events until the cross section is known, such as `scotopic.chunks.Spool`, on disk.
    change : callable
        Of the chunks as they are generated, in the centre of mass, to what is kept: moved to a laboratory, decayed.
    """
    check_fsr(fsr)
    if n < 1:
        raise InputError(f"number of events = {n}, must be at least 1")
    check_workers(workers)
    if skip < 0:
        raise InputError(f"skip = {skip}, must not be negative")
    sampler = make_sampler(
        process,
        model=model,
        parameters=parameters,
        sqrt_s=sqrt_s,
        cuts=cuts,
        isr=isr,
        alpha=alpha,
        bias=bias,
    )
    _check_codes(sampler.process)
    adapted = adapt(sampler, seed=seed)
    share = adapted.maxima / adapted.maxima.sum()
    kept_share = float(adapted.means.sum() / adapted.maxima.sum()) if unweighted else 0.67
    expected = (skip + n) / max(kept_share, 1e-6)
    if expected > MOST_BATCHES * BATCH:
        raise InputError(
            f"process {sampler.process.text!r}: {n} events would take {expected:.2g} points, more than "
            f"{MOST_BATCHES * BATCH:.2g}, for {kept_share:.2g} of them are kept; ask for fewer events or other cuts"
        )
    # by the size of the amplitude alone: engines differ in the last digits, and events must not depend on n
    engine = choose_engine("auto", COMPILE_ABOVE_EVENTS, cost(sampler.process.plan))
    pairs = radiating_pairs(sampler.process) if fsr != "none" else ()
    whole = sampler.cuts if sample_cuts is None else parse_cuts(sample_cuts, sampler.process.outgoing)
    make = partial(_batch, adapted, share, seed, engine, unweighted, pairs, whole)
    sums = _Sums()
    batches = _batches(make, workers if expected > WORTH_PROCESSES else 1)
    blank = partial(_events, sampler, seed)
    kept = Kept(store)
    for events in change(_wanted(batches, skip, n, sums, blank, sampler.process.text)):
        kept.append(events)
    factor = inclusive_factor(sampler.process, fsr)
    sigma = factor * sums.total / sums.tried
    error = factor * math.sqrt(sums.variance) / sums.tried
    scale = sigma / sums.weights.value
    if bias is not None:
        sigma, error = sums.unbiased(sigma, error, n)
    return kept.scaled(
        scale,
        cross_section_pb=sigma,
        cross_section_error_pb=error,
        efficiency=sums.found / (sums.tried * BATCH),
        overweight=sums.lost / sums.total if unweighted else 0.0,
    )


def _check_codes(process: Process) -> None:
    for name, code in zip(process.outgoing, process.codes, strict=True):
        if code == 0:  # marks an empty slot
            raise InputError(f"{name} of {process.model.name} has the PDG code 0, which events cannot have")


@dataclass
class _Sums:
    """What is known of a sample when all of its batches are there.

    Attributes
    ----------
    found, tried : events, those left out too, and batches
    total, variance, lost : sums over the batches
    weights, undone : sums of the weights, and of those whose bias is undone
    squares : sum of the squares of the latter
    """

    found: int = 0
    tried: int = 0
    total: float = 0.0
    variance: float = 0.0
    lost: float = 0.0
    weights: ExactSum = field(default_factory=ExactSum)
    undone: ExactSum = field(default_factory=ExactSum)
    squares: float = 0.0

    def unbiased(self, sigma: float, error: float, n: int) -> tuple[float, float]:
        """Return the cross section of a biased sample and its error, from those of the integrand with the bias."""
        mean = self.undone.value / n
        spread = math.sqrt(max(self.squares / n - mean**2, 0.0)) / mean / math.sqrt(n)
        unbiased = sigma / self.weights.value * self.undone.value
        return unbiased, unbiased * math.hypot(error / sigma, spread)


def _wanted(
    batches: Iterator["_Batch"],
    skip: int,
    n: int,
    sums: _Sums,
    blank: Callable[[Floats, Floats], Events],
    process: str,
) -> Iterator[Events]:
    """Yield the events that are asked for, their weights not yet scaled."""
    for batch in batches:
        wanted = slice(max(skip - sums.found, 0), max(skip + n - sums.found, 0))
        weights, undo = batch.weights[wanted], None if batch.undo is None else batch.undo[wanted]
        sums.found += len(batch.weights)
        sums.tried += 1
        sums.total += batch.mean
        sums.variance += batch.variance
        sums.lost += batch.lost
        sums.weights.add(weights)
        if undo is not None:
            weights = weights * undo
            sums.undone.add(weights)
            sums.squares += float((weights**2).sum())
        if len(weights):
            yield blank(batch.momenta[:, :, wanted], weights)
        if sums.found >= skip + n:
            return
        if not sums.found and sums.tried >= WITHOUT_EVENT:
            raise InputError(
                f"process {process!r}: no event among {sums.tried * BATCH:.2g} points; loosen the cuts"
            )


def _events(sampler: Sampler, seed: int, momenta: Floats, weights: Floats) -> Events:
    """Return the record of generated momenta; empty slots behind the particles of the process are no photons."""
    pdg = np.full((len(momenta), len(weights)), pdg_code("gamma"), dtype=np.int32)
    codes = sampler.process.codes
    pdg[: len(codes)] = np.array(codes)[:, None]
    pdg[len(codes) :][momenta[len(codes) :, 0] == 0.0] = 0
    return Events(
        pdg=pdg,
        momenta=np.ascontiguousarray(momenta),
        weights=weights,
        frame="cm",
        sqrt_s=sampler.sqrt_s,
        process=sampler.process.text,
        seed=seed,
    )


@dataclass(frozen=True)
class _Batch:
    """Kept events of a batch, the factors that undo a bias; its mean (pb), the variance, what overweights lose."""

    momenta: Floats
    weights: Floats
    undo: Floats | None
    mean: float
    variance: float
    lost: float


def _batches(make: "partial[_Batch]", workers: Workers) -> Iterator[_Batch]:
    yield from run_chunks(make, range(MOST_BATCHES), workers)
    raise InputError("fewer events than asked for passed the cuts after a billion points; loosen the cuts")


def _batch(
    adapted: Adapted,
    share: Floats,
    seed: int,
    engine: Literal["numpy", "jax"],
    unweighted: bool,
    pairs: Sequence[RadiatingPair],
    whole: Sequence[GenerationCut],
    number: int,
) -> _Batch:
    """Return the events of a batch that are kept, radiation of its pairs of charges included."""
    kept: list[tuple[Floats, Indices]] = []
    weights: list[Floats] = []
    mean, variance, lost = 0.0, 0.0, 0.0
    biased = adapted.sampler.bias is not None
    sizes = np.maximum(np.round(share * BATCH).astype(int), 1)
    for channel, size in enumerate(sizes):
        key = (seed, adapted.sampler.process.text)
        momenta, value, random = adapted.batch(number, channel, int(size), key, engine, unweighted=unweighted)
        mean += float(value.mean())
        variance += float(value.var()) / len(value)
        largest = adapted.maxima[channel]
        if unweighted:
            keep = random * largest < value
            weight = np.ones(int(keep.sum()))
            if biased:
                weight = np.maximum(value[keep] / largest, 1.0)
            else:
                lost += float(np.maximum(value - largest, 0.0).mean())
        else:
            keep = value > 0.0
            weight = value[keep] / size
        kept.append((momenta, np.flatnonzero(keep)))
        weights.append(weight)
    order = stream(seed, "order", adapted.sampler.process.text, number).permutation(sum(map(len, weights)))
    if len(kept) == 1:
        joined = np.take(kept[0][0], kept[0][1][order], axis=-1)
    else:
        parts = [np.take(momenta, which, axis=-1) for momenta, which in kept]
        joined = np.take(np.concatenate(parts, axis=-1), order, axis=-1)
    weight = np.concatenate(weights)[order]
    sampler = adapted.sampler
    undo = None if sampler.bias is None else 1.0 / sampler.bias(joined)
    if not pairs:
        return _Batch(joined, weight, undo, mean, variance, lost)
    rng = stream(seed, "final-state radiation", sampler.process.text, number)
    joined, twice = add_final_state_radiation(sampler.process, pairs, whole, joined, rng)
    dropped = float(weight[twice].sum() / max(weight.sum(), TINY))
    rest = 1.0 - dropped
    # the share of what is dropped is known from these events only
    variance = variance * rest**2 + mean**2 * dropped * rest / max(len(weight), 1)
    undo = None if undo is None else undo[~twice]
    return _Batch(joined[:, :, ~twice], weight[~twice], undo, mean * rest, variance, lost * rest)
