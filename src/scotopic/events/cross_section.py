"""Cross sections by Monte Carlo integration."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Literal

import numpy as np

from scotopic.errors import InputError
from scotopic.events.radiation.final_state_radiation import RadiatingPair
from scotopic.events.radiation.radiating_pairs import (
    add_final_state_radiation,
    check_fsr,
    inclusive_factor,
    radiating_pairs,
)
from scotopic.events.sampler import BATCH, Adapted, Sampler, adapt, make_sampler
from scotopic.numerics.engine import choose_engine
from scotopic.numerics.rng import stream
from scotopic.physics.amplitudes.plan import cost
from scotopic.physics.processes import Process, notes
from scotopic.workers import Workers, check_workers, run_chunks

MOST_POINTS = 50_000_000
SMALLEST_BATCH = 2_048
WORTH_PROCESSES = 250
"""Vertices of an amplitude beyond which starting other processes is worth its second."""

Round = list[tuple[float, float]]
"""Sum and sum of squares of the weights of each channel."""


@dataclass(frozen=True)
class CrossSection:
    """A cross section and its Monte Carlo error in pb, the points it took, the seconds, and what is left out."""

    process: str
    value_pb: float
    error_pb: float
    points: int
    seconds: float
    notes: tuple[str, ...] = ()


def cross_section(
    process: str | Process,
    *,
    model: str = "sm",
    parameters: Mapping[str, float | str] | None = None,
    sqrt_s: float = 10.58,
    cuts: Sequence[str] = (),
    isr: str = "none",
    fsr: str = "none",
    alpha: str = "fixed",
    rel_error: float = 0.005,
    seed: int = 1,
    workers: Workers = 1,
) -> CrossSection:
    """Return the tree-level cross section of a process.

    Parameters
    ----------
    process : str or Process
        Such as ``"e- e+ > gamma gamma gamma"``.
    model, parameters : str, mapping
        A model's name or file, and its parameters.
    sqrt_s : float
        GeV.
    cuts : sequence of str
        As in `scotopic.events.phase_space.cuts`.
    isr : {"none", "collinear", "pt"}
        Initial-state radiation: along the beams, or with transverse momentum.
    fsr : {"none", "exponentiated"}
        Final-state radiation of all charged particles, behind the cuts. It changes no rate but for two things:
        1 + 3α/4π of an annihilation to a pair of fermions, and events with a radiated photon that takes the place
        of one of the process, which are counted there (docs/radiation.md).
    alpha : {"fixed", "running"}
        Whether vacuum polarisation dresses internal photons.
    rel_error : float
        Relative Monte Carlo error to reach.
    seed, workers : int
        The result does not depend on the number of workers.

    Raises
    ------
    InputError
        If an argument is wrong, or the error cannot be reached.
    """
    if not 1e-5 <= rel_error < 1.0:
        raise InputError(f"rel_error = {rel_error}, expected 1e-5 to 1")
    check_workers(workers)
    check_fsr(fsr)
    start = time.perf_counter()
    sampler = make_sampler(
        process, model=model, parameters=parameters, sqrt_s=sqrt_s, cuts=cuts, isr=isr, alpha=alpha
    )
    pairs = radiating_pairs(sampler.process) if fsr != "none" else ()
    factor = inclusive_factor(sampler.process, fsr)
    heavy = cost(sampler.process.plan) > WORTH_PROCESSES
    value, error, points = _integrate(sampler, rel_error, seed, workers if heavy else 1, pairs)
    seconds = time.perf_counter() - start
    told = notes(sampler.process, sqrt_s)
    return CrossSection(sampler.process.text, factor * value, factor * error, points, seconds, told)


def _integrate(
    sampler: Sampler, rel_error: float, seed: int, workers: Workers, pairs: Sequence[RadiatingPair]
) -> tuple[float, float, int]:
    adapted = adapt(sampler, seed=seed, workers=workers)
    wanted = float((adapted.spread.sum() / (rel_error * adapted.means.sum())) ** 2)
    engine = choose_engine("auto", int(min(wanted, MOST_POINTS)), cost(sampler.process.plan))
    # points in proportion to the spread of the weights give the smallest error
    share = adapted.spread + 1e-9 * adapted.means
    share = share / share.sum()
    sizes = [int(max(BATCH * min(len(share), 4) * part, SMALLEST_BATCH)) for part in share]
    sums, squares, counts = (np.zeros(len(sizes)) for _ in range(3))
    if "gamma" not in sampler.process.outgoing:
        pairs = ()  # whose radiation changes no rate
    sample = partial(_round, adapted, sizes, (seed, sampler.process.text), engine, pairs)
    for number, found in enumerate(run_chunks(sample, count(), workers), start=1):
        sums += [one for one, _ in found]
        squares += [two for _, two in found]
        counts += sizes
        means = sums / counts
        value = float(means.sum())
        error = math.sqrt(float(((squares / counts - means**2) / counts).sum()))
        # four rounds at least, so that the error is known to some per cent
        if number >= 4 and error <= rel_error * value:
            break
        if counts.sum() > MOST_POINTS:
            raise InputError(
                f"{sampler.process.text}: after {int(counts.sum())} points the error is {error / value:.2g}, "
                f"not {rel_error:g}; ask for a larger --rel-error or cut away the peak"
            )
    return value, error, adapted.points + int(counts.sum())


def _round(
    adapted: Adapted,
    sizes: list[int],
    key: tuple[int, str],
    engine: Literal["numpy", "jax"],
    pairs: Sequence[RadiatingPair],
    number: int,
) -> Round:
    sums = []
    for channel, size in enumerate(sizes):
        momenta, weights, _ = adapted.batch(number, channel, size, key, engine)
        if pairs:
            alive = np.flatnonzero(weights > 0.0)
            rng = stream(key[0], "final-state radiation", key[1], channel, number)
            sampler = adapted.sampler
            twice = add_final_state_radiation(
                sampler.process, pairs, sampler.cuts, momenta[:, :, alive], rng
            )[1]
            weights[alive[twice]] = 0.0
        sums.append((float(weights.sum()), float((weights**2).sum())))
    return sums
