"""Points of phase space with their weights: amplitude, flux, cuts, radiation, adapted grids."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Literal, cast

import numpy as np

from scotopic.errors import InputError
from scotopic.events.phase_space.channel import Channel
from scotopic.events.phase_space.channels import channels_for
from scotopic.events.phase_space.cuts import GenerationCut, parse_cuts, passes_all
from scotopic.events.phase_space.diagrams import diagrams_of
from scotopic.events.phase_space.infinite import refuse_infinite
from scotopic.events.phase_space.kinematic_limits import refuse_empty
from scotopic.events.phase_space.vegas import Grid, flat_grid
from scotopic.events.radiation.first_order import initial_state_factor
from scotopic.events.radiation.hard_scale import hard_scales, is_scattered
from scotopic.events.radiation.initial_state import Emission, Radiation, Radiator, annihilation_resonances
from scotopic.events.radiation.matching import counted_twice, radiated_slots
from scotopic.numerics.arrays import Floats, Indices
from scotopic.numerics.rng import stream
from scotopic.numerics.units import GEV2_TO_PB
from scotopic.physics.amplitudes.squared import light_cone, squared_amplitude_lightcone
from scotopic.physics.processes import Process, parse_process
from scotopic.physics.registry import get_model
from scotopic.physics.standard_model import ELECTRON_MASS
from scotopic.workers import Workers, run_chunks

Bias = Callable[[Floats], Floats]
Integrand = Callable[[Channel, Floats, Literal["numpy", "jax"]], tuple[Floats, Floats]]
BATCH = 32_768
ADAPTATIONS = 7
WITH_RADIATION = 3
"""Rounds of the adaptation in which beams radiate, if they do; the others, before, are at tree level."""
POINTS = 120_000
POINTS_PER_CHANNEL = (5_000, 20_000)
MOST_ROUNDS = 3 * ADAPTATIONS
"""A channel in which few points carry all gets further rounds, so many at most in all."""
UNKNOWN = 0.25
"""Relative error of a channel's mean above which it is not adapted."""
EXCESS, EXCESS_OF_BIASED = 2e-3, 0.05
"""Share of the sum that may lie above the largest weight; of events with a bias, which keep what lies above."""
ENOUGH_SHARE = 0.3  # of the points of a round, to pass the cuts
MOST_REPEATS = 8


@dataclass(frozen=True)
class Sampler:
    """A process within cuts at a centre-of-mass energy (GeV), as an integrand over unit cubes.

    With a `bias`, a function of the momenta that come out (radiation included), the integrand is multiplied by it.
    """

    process: Process
    cuts: tuple[GenerationCut, ...]
    sqrt_s: float
    isr: Radiation
    bias: Bias | None = None

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels of phase space."""
        return _channels(self.process, self.cuts, self.sqrt_s, self.isr)

    def dimensions(self, channel: Channel) -> int:
        """Return the dimension of a channel's cube, that of radiation included."""
        return channel.dimensions + (0 if self.radiator is None else self.radiator.dimensions)

    @property
    def radiator(self) -> Radiator | None:
        """The map of initial-state radiation, if there is any."""
        if self.isr == "none":
            return None
        least = max(self.process.threshold, 4.0 * ELECTRON_MASS) * (1.0 + 1e-9)
        plan = self.process.plan
        exchange = any(one.exchanged for diagram in diagrams_of(plan) for one in diagram)
        # scattered electrons keep their poles on the axis
        explicit = bool(radiated_slots(self.process)) and not is_scattered(self.process)
        return Radiator(self.isr, self.sqrt_s, least, annihilation_resonances(plan), exchange, explicit)

    def evaluate(
        self,
        channel: Channel,
        u: Floats,
        engine: Literal["numpy", "jax"],
        least: Floats | float = -math.inf,
    ) -> tuple[Floats, Floats]:
        """Return momenta (slots, 4, N) in the centre of mass and integrand (N,) in pb of a channel.

        With radiation the last slots are the photons of the electron's and of the positron's beam, as
        `scotopic.events.radiation.initial_state.Emission` has them; momenta of zero stand for none, for points that
        fail cuts and for those where the integrand does not exceed `least` (N,).
        """
        if self.radiator is None:
            return self.at_tree_level(channel, u, engine)
        radiated = u[channel.dimensions :]
        losses = self.radiator.losses(radiated)
        momenta, volume = channel.build(u[: channel.dimensions], losses.root)
        # cuts leave few points: what follows is for those alone, invariant masses need no photons
        inside = (volume > 0.0) & np.isfinite(volume)
        which = np.flatnonzero(inside & passes_all([cut for cut in self.cuts if cut.what == "M"], momenta))
        emission = self.radiator.emit(_points(radiated, which), losses.take(which))
        momenta = _points(momenta, which)
        outgoing, slots = len(self.process.outgoing), radiated_slots(self.process)
        # else photons are for wanted points alone
        at_once = bool(self.cuts or slots) or self.bias is not None
        if at_once:
            moved = np.concatenate([emission.recoiled(momenta, slots), emission.photons])
            passed = np.flatnonzero((emission.weight > 0.0) & passes_all(self.cuts, moved[:outgoing]))
            twice = counted_twice(
                self.process, self.cuts, _points(moved[:outgoing], passed), _points(moved[outgoing:], passed)
            )
            passed = passed[~twice]
            which, emission = which[passed], emission.take(passed)
            momenta, moved = _points(momenta, passed), _points(moved, passed)
        some = self._radiated_value(channel, momenta, volume[which], emission, engine)
        if at_once:
            some = self._biased(moved, some)
        wanted = np.flatnonzero(some > np.broadcast_to(least, u.shape[1:])[which])
        if at_once:
            moved = _points(moved, wanted)
        else:
            emission, momenta = emission.take(wanted), _points(momenta, wanted)
            moved = np.concatenate([emission.recoiled(momenta), emission.photons])
        found, value = np.zeros((len(moved), 4, u.shape[-1])), np.zeros(u.shape[-1])
        value[which], which = some, which[wanted]
        for row, part in zip(
            found.reshape(4 * len(found), -1), moved.reshape(4 * len(moved), -1), strict=True
        ):
            row[which] = part  # much faster than all rows at once
        return found, value

    def _radiated_value(
        self,
        channel: Channel,
        momenta: Floats,
        volume: Floats,
        emission: Emission,
        engine: Literal["numpy", "jax"],
    ) -> Floats:
        value = np.zeros(volume.shape)
        if not len(value):
            return value
        weight = volume * emission.weight * initial_state_factor(self.process.plan)
        if is_scattered(self.process):
            weight = weight * emission.radiator.at_scale(
                emission, hard_scales(self.process, momenta, emission.root)
            )
        alive = np.flatnonzero(weight > 0.0)
        value[alive] = weight[alive] * self._rate(
            channel, _points(momenta, alive), emission.root[alive], engine
        )
        return value

    def at_tree_level(
        self, channel: Channel, u: Floats, engine: Literal["numpy", "jax"]
    ) -> tuple[Floats, Floats]:
        """Return momenta and integrand as `evaluate` does, of beams that do not radiate."""
        root = np.full(u.shape[-1], self.sqrt_s)
        momenta, weight = channel.build(u, root)
        alive = (weight > 0.0) & np.isfinite(weight) & passes_all(self.cuts, momenta)
        value = np.zeros(root.shape)
        if alive.any():
            value[alive] = weight[alive] * self._rate(channel, momenta[:, :, alive], root[alive], engine)
        return momenta, self._biased(momenta, value)

    def _biased(self, momenta: Floats, value: Floats) -> Floats:
        if self.bias is None:
            return value
        alive = value > 0.0
        value[alive] *= self.bias(momenta[:, :, alive])
        return value

    def _rate(
        self, channel: Channel, momenta: Floats, root: Floats, engine: Literal["numpy", "jax"]
    ) -> Floats:
        beam = np.sqrt(0.25 * root**2 - ELECTRON_MASS**2)
        zero = np.zeros(root.shape)
        incoming = np.stack([np.stack([0.5 * root, zero, zero, sign * beam]) for sign in (1.0, -1.0)])
        legs = np.concatenate([incoming, momenta])
        # at the edge of double precision, where two particles are parallel, there is no finite rate
        with np.errstate(divide="ignore", invalid="ignore"):
            squared = squared_amplitude_lightcone(self.process, light_cone(legs, self.process.masses), engine)
        # 1/(2 s β) of the incoming flux
        rate = squared / (4.0 * root * beam) * GEV2_TO_PB
        rate = rate * channel.share(momenta, root)
        return np.where(np.isfinite(rate), rate, 0.0)


@dataclass(frozen=True)
class Adapted:
    """A sampler with one adapted grid, mean (pb) and largest weight (pb) per channel."""

    sampler: Sampler
    grids: tuple[Grid, ...]
    means: Floats
    maxima: Floats
    spread: Floats  # standard deviation of the weights, pb
    points: int

    def batch(
        self,
        number: int,
        channel: int,
        size: int,
        key: tuple[int, str],
        engine: Literal["numpy", "jax"],
        *,
        unweighted: bool = False,
    ) -> tuple[Floats, Floats, Floats]:
        """Return momenta, weights (pb) and uniform numbers for rejection of one batch.

        If `unweighted`, points that are rejected may be without momenta.
        """
        one = self.sampler.channels[channel]
        rng = stream(key[0], "events", key[1], channel, number)
        y = rng.random((self.sampler.dimensions(one), size))
        u, jacobian = self.grids[channel].map(y)
        random = rng.random(size)
        # a little less, whatever the rounding
        least = random * self.maxima[channel] / jacobian * (1.0 - 1e-9) if unweighted else 0.0
        momenta, value = self.sampler.evaluate(one, u, engine, least)
        return momenta, value * jacobian, random


def make_sampler(
    process: str | Process,
    *,
    model: str = "sm",
    parameters: Mapping[str, float | str] | None = None,
    sqrt_s: float,
    cuts: Sequence[str] = (),
    isr: str = "none",
    alpha: str = "fixed",
    bias: Bias | None = None,
) -> Sampler:
    """Return the sampler of a process; arguments as for `scotopic.events.cross_section.cross_section`.

    Raises
    ------
    InputError
        If the process, a cut or the energy is wrong, before anything is computed.
    """
    made = (
        process
        if isinstance(process, Process)
        else parse_process(process, get_model(model, **(parameters or {})))
    )
    least = max(made.threshold, (2.0 if isr == "none" else 4.0) * ELECTRON_MASS)
    if not (np.isfinite(sqrt_s) and sqrt_s > least):
        raise InputError(
            f"√s = {sqrt_s:.8g} GeV is not enough for {made.text!r}, which needs more than {least:.8g} GeV"
        )
    if isr not in ("none", "collinear", "pt"):
        raise InputError(f"isr = {isr!r}, expected none, collinear or pt")
    if alpha not in ("fixed", "running"):
        raise InputError(f"alpha = {alpha!r}, expected fixed or running")
    if alpha == "running":
        made = replace(made, model=replace(made.model, running_alpha=True))
    parsed = parse_cuts(cuts, made.outgoing)
    sampler = Sampler(made, parsed, sqrt_s, cast(Radiation, isr), bias)
    refuse_empty(made, parsed, sqrt_s, radiated=sampler.isr != "none")
    refuse_infinite(made, parsed, sqrt_s, radiated=sampler.isr != "none")
    return sampler


@lru_cache(maxsize=32)
def _channels(
    process: Process, cuts: tuple[GenerationCut, ...], sqrt_s: float, isr: Radiation
) -> tuple[Channel, ...]:
    # kept out of the sampler, which travels to other processes
    return channels_for(process, cuts, sqrt_s, radiated=isr != "none")


def adapt(sampler: Sampler, *, seed: int, workers: Workers = 1) -> Adapted:
    """Return the sampler with grids adapted to its integrand, from ADAPTATIONS rounds of points.

    Many channels share POINTS of each round; with more `workers` they are adapted in parallel.

    Raises
    ------
    InputError
        If no point passes the cuts, or so few that the adaptation, of `MOST_ROUNDS` at most, does not find where.
    """
    points = int(np.clip(POINTS / len(sampler.channels), *POINTS_PER_CHANNEL))
    work = partial(_adapt_channel, sampler, seed, points)
    numbers = range(len(sampler.channels))
    adapted = list(run_chunks(work, numbers, workers))
    means = np.array([weights.mean() for _, weights, _ in adapted])
    if not (means > 0.0).any():
        if _any_passes(sampler, seed):
            raise InputError(
                f"process {sampler.process.text!r}: its amplitude is zero everywhere, or not finite"
            )
        raise InputError(
            f"process {sampler.process.text!r}: no phase space passes the cuts "
            f"{', '.join(cut.text for cut in sampler.cuts) or '(none)'} at √s = {sampler.sqrt_s:g} GeV "
            f"(none of {sum(tried for _, _, tried in adapted)} points)"
        )
    # what is not known of a channel counts by its part of the sum
    errors = np.array([weights.mean() * _relative_error(weights) for _, weights, _ in adapted])
    if (unknown := float(np.sqrt((errors**2).sum())) / float(means.sum())) > UNKNOWN:
        raise InputError(
            f"process {sampler.process.text!r}: {MOST_ROUNDS} rounds of adaptation leave a relative error of "
            f"{unknown:.2g}, for too few points pass the cuts "
            f"{', '.join(cut.text for cut in sampler.cuts) or '(none)'}; choose narrower cuts around what is wanted"
        )
    excess = EXCESS if sampler.bias is None else EXCESS_OF_BIASED
    return Adapted(
        sampler,
        tuple(grid for grid, _, _ in adapted),
        means,
        np.array([largest_weight(weights, excess) for _, weights, _ in adapted]),
        np.array([weights.std() for _, weights, _ in adapted]),
        sum(tried for _, _, tried in adapted),
    )


def _any_passes(sampler: Sampler, seed: int) -> bool:
    rng = stream(seed, "cuts", sampler.process.text)
    for channel in sampler.channels:
        u = rng.random((sampler.dimensions(channel), POINTS_PER_CHANNEL[0]))
        momenta = sampler.evaluate(channel, u, "numpy")[0][: len(sampler.process.outgoing)]
        if passes_all(sampler.cuts, momenta[:, :, momenta[0, 0] > 0.0]).any():
            return True
    return False


def _adapt_channel(sampler: Sampler, seed: int, points: int, number: int) -> tuple[Grid, Floats, int]:
    # Grid, weights of the last sample, number of points.
    channel, tried = sampler.channels[number], 0
    rng = stream(seed, "adapt", sampler.process.text, number)
    rounds, done = ADAPTATIONS, 0
    grid = flat_grid(channel.dimensions)
    if sampler.radiator is not None:
        # most photons are soft and their map is exact: the tree level, which costs less, says where to look
        rounds = WITH_RADIATION
        for _ in range(ADAPTATIONS - WITH_RADIATION):
            y, weights = _sample(sampler.at_tree_level, channel, channel.dimensions, grid, rng, points)
            grid = grid.refined(y, weights)
            tried += len(weights)
        grid = grid.extended(sampler.radiator.leading)
    # without momenta
    radiated = partial(sampler.evaluate, least=math.inf)
    dimensions = sampler.dimensions(channel)
    while True:
        for _ in range(rounds):
            y, weights = _sample(radiated, channel, dimensions, grid, rng, points)
            grid = grid.refined(y, weights)
            tried += len(weights)
        # a sample twice as large, on the final grid, for mean and maximum
        y, weights = _sample(radiated, channel, dimensions, grid, rng, 2 * points)
        tried += len(weights)
        done += rounds
        if _relative_error(weights) < UNKNOWN or done >= MOST_ROUNDS:
            return grid, weights, tried
        grid = grid.refined(y, weights)


def _relative_error(weights: Floats) -> float:
    # Of their mean; 0 where there is none.
    mean = float(weights.mean())
    return float(weights.std()) / mean / math.sqrt(len(weights)) if mean > 0.0 else 0.0


def _sample(
    integrand: Integrand,
    channel: Channel,
    dimensions: int,
    grid: Grid,
    rng: np.random.Generator,
    points: int,
) -> tuple[Floats, Floats]:
    # Points of the cube and weights; more of them where cuts leave few, for those cost little.
    ys, values = [], []
    for _ in range(MOST_REPEATS):
        y = rng.random((dimensions, points))
        u, jacobian = grid.map(y)
        ys.append(y)
        values.append(integrand(channel, u, "numpy")[1] * jacobian)
        if sum(np.count_nonzero(value) for value in values) > ENOUGH_SHARE * points:
            break
    return np.concatenate(ys, axis=1), np.concatenate(values)


def _points(values: Floats, which: Indices) -> Floats:
    # Some of the points (..., N), in their order.
    return values if len(which) == values.shape[-1] else np.take(values, which, axis=-1)


def largest_weight(weights: Floats, share: float) -> float:
    """Return the weight above which the excess is a given share of the sum."""
    ordered = np.sort(weights)[::-1]
    excess = np.cumsum(ordered) - np.arange(1, len(ordered) + 1) * ordered
    allowed = np.searchsorted(excess, share * ordered.sum())
    return float(ordered[min(allowed, len(ordered) - 1)])
