"""Events of a process, weighted or unweighted, in the centre of mass."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.events.record import Events
from scotopic.events.sampler import BATCH, Adapted, Bias, adapt, make_sampler
from scotopic.numerics.engine import COMPILE_ABOVE_EVENTS, choose_engine
from scotopic.numerics.rng import stream
from scotopic.physics.amplitudes.plan import cost
from scotopic.physics.particles import pdg_code
from scotopic.physics.processes import Process
from scotopic.workers import check_workers, run_chunks

Floats = NDArray[np.float64]

MOST_BATCHES = 20_000
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
    alpha: str = "fixed",
    workers: int = 1,
    skip: int = 0,
    bias: Bias | None = None,
) -> Events:
    """Return n events whose weights sum to the cross section in pb.

    Parameters
    ----------
    process : str or Process
        Such as ``"e- e+ > gamma gamma gamma"``.
    n : int
        Number of events.
    model, parameters, sqrt_s, cuts, isr, alpha : as for `scotopic.events.cross_section.cross_section`
    unweighted : bool
        Keep events with a probability of their weight over the largest one, so that all weights are equal. Weights
        above the largest one seen while adapting keep weight one; `Events.overweight` is the share of the cross
        section that this loses.
    seed, workers : int
        The result does not depend on the number of workers.
    skip : int
        Events of the sample to leave out at its start: what a seed gives is one long sample, of which another
        call may return a longer or a later part. They are generated again, which takes as long as the first time.
    bias : callable, optional
        ``bias(momenta)`` of the momenta (slots, 4, N) that come out, at least 0: events come in proportion to it, and
        weights undo it. The cross section is then that of events with a bias above 0. For rare final states; with
        several workers it must be picklable.

    Notes
    -----
    The cross section is that of all points tried, also for events left out; momenta of an event do not depend on n,
    skip or workers.

    With radiation, the photons of the electron's and of the positron's beam take the last two slots; a slot is empty
    (code 0, momenta 0) where the photon would have less than `scotopic.events.radiation.LEAST_PHOTON`.
    """
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
    for name, code in zip(sampler.process.outgoing, sampler.process.codes, strict=True):
        if code == 0:  # marks an empty slot
            raise InputError(
                f"{name} of {sampler.process.model.name} has the PDG code 0, which events cannot have"
            )
    adapted = adapt(sampler, seed=seed)
    share = adapted.maxima / adapted.maxima.sum()
    kept_share = float(adapted.means.sum() / adapted.maxima.sum()) if unweighted else 0.67
    expected = (skip + n) / max(kept_share, 1e-6)
    # by the size of the amplitude alone: engines differ in the last digits, and events must not depend on n
    engine = choose_engine("auto", COMPILE_ABOVE_EVENTS, cost(sampler.process.plan))
    make = partial(_batch, adapted, share, seed, engine, unweighted)
    kept: list[Floats] = []
    weights: list[Floats] = []
    found, tried, total, variance, lost = 0, 0, 0.0, 0.0, 0.0
    for momenta, weight, mean, its_variance, excess in _batches(
        make, workers if expected > WORTH_PROCESSES else 1
    ):
        first = max(skip - found, 0)
        kept.append(momenta[:, :, first:])
        weights.append(weight[first:])
        found += momenta.shape[-1]
        tried += 1
        total, variance, lost = total + mean, variance + its_variance, lost + excess
        if found >= skip + n:
            break
    sigma = total / tried
    weight = np.concatenate(weights)[:n]
    weight *= sigma / weight.sum()
    momenta = np.concatenate(kept, axis=-1)[:, :, :n]
    error = float(np.sqrt(variance)) / tried
    if bias is not None:
        weight /= bias(momenta)
        spread = float(weight.std() / weight.mean()) / np.sqrt(len(weight))
        error = float(weight.sum()) * float(np.hypot(error / sigma, spread))
        sigma = float(weight.sum())
    pdg = np.full((len(momenta), n), pdg_code("gamma"), dtype=np.int32)
    codes = sampler.process.codes
    pdg[: len(codes)] = np.array(codes)[:, None]
    pdg[len(codes) :][momenta[len(codes) :, 0] == 0.0] = 0
    return Events(
        pdg=pdg,
        momenta=momenta,
        weights=weight,
        frame="cm",
        sqrt_s=sqrt_s,
        process=sampler.process.text,
        cross_section_pb=sigma,
        cross_section_error_pb=error,
        seed=seed,
        efficiency=found / (tried * BATCH),
        overweight=lost / total if unweighted else 0.0,
    )


def _batches(
    make: "partial[tuple[Floats, Floats, float, float, float]]", workers: int
) -> Iterator[tuple[Floats, Floats, float, float, float]]:
    yield from run_chunks(make, range(MOST_BATCHES), workers)
    raise InputError("fewer events than asked for passed the cuts after a billion points; loosen the cuts")


def _batch(
    adapted: Adapted, share: Floats, seed: int, engine: Literal["numpy", "jax"], unweighted: bool, number: int
) -> tuple[Floats, Floats, float, float, float]:
    """Return kept momenta and weights of a batch; the mean, its variance, and what overweights lose."""
    kept, weights = [], []
    mean, variance, lost = 0.0, 0.0, 0.0
    sizes = np.maximum(np.round(share * BATCH).astype(int), 1)
    for channel, size in enumerate(sizes):
        key = (seed, adapted.sampler.process.text)
        momenta, value, random = adapted.batch(number, channel, int(size), key, engine)
        mean += float(value.mean())
        variance += float(value.var()) / len(value)
        largest = adapted.maxima[channel]
        if unweighted:
            keep = random * largest < value
            lost += float(np.maximum(value - largest, 0.0).mean())
        else:
            keep = value > 0.0
        kept.append(momenta[:, :, keep])
        weights.append(np.ones(int(keep.sum())) if unweighted else value[keep] / size)
    order = stream(seed, "order", adapted.sampler.process.text, number).permutation(sum(map(len, weights)))
    joined = np.concatenate(kept, axis=-1)[:, :, order]
    return joined, np.concatenate(weights)[order], mean, variance, lost
