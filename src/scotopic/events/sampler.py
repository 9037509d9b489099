"""Points of phase space with their weights: amplitude, flux, cuts, radiation, adapted grids."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.events.channel import Channel
from scotopic.events.channels import channels_for
from scotopic.events.cuts import GenerationCut, parse_cuts, passes_all
from scotopic.events.radiation import radiate
from scotopic.events.vegas import Grid, flat_grid
from scotopic.numerics.lorentz import boost
from scotopic.numerics.rng import stream
from scotopic.numerics.units import GEV2_TO_PB
from scotopic.physics.amplitudes.squared import light_cone, squared_amplitude_lightcone
from scotopic.physics.model import get_model
from scotopic.physics.processes import Process, parse_process
from scotopic.physics.standard_model import ELECTRON_MASS

Floats = NDArray[np.float64]
Radiation = Literal["none", "collinear"]

BATCH = 32_768
ADAPTATIONS = 7
POINTS = 120_000
POINTS_PER_CHANNEL = (5_000, 20_000)
ENOUGH_SHARE = 0.3  # of the points of a round, to pass the cuts
MOST_REPEATS = 8


@dataclass(frozen=True)
class Sampler:
    """A process within cuts at a centre-of-mass energy (GeV), as an integrand over unit cubes."""

    process: Process
    cuts: tuple[GenerationCut, ...]
    sqrt_s: float
    isr: Radiation

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels of phase space."""
        return _channels(self.process, self.cuts, self.isr)

    def dimensions(self, channel: Channel) -> int:
        """Return the dimension of a channel's cube; radiation adds one per beam."""
        return channel.dimensions + (2 if self.isr == "collinear" else 0)

    def evaluate(self, channel: Channel, u: Floats, engine: Literal["numpy", "jax"]) -> tuple[Floats, Floats]:
        """Return momenta (slots, 4, N) in the centre of mass and integrand (N,) in pb of a channel.

        With radiation the last two slots are the photons that left along the beams.
        """
        n = u.shape[-1]
        s = self.sqrt_s**2
        weight = np.ones(n)
        root = np.full(n, self.sqrt_s)
        if self.isr == "collinear":
            least = (self.process.threshold / self.sqrt_s) ** 2 + 1e-6
            missing, weight = radiate(u[-2:], s, least)
            missing = np.where(weight > 0.0, missing, 0.0)
            root = self.sqrt_s * np.sqrt(np.prod(1.0 - missing, axis=0))
        momenta, volume = channel.build(u, root)
        weight = weight * volume
        lab = momenta
        if self.isr == "collinear":
            lab = self._radiated(momenta, missing)
        alive = (weight > 0.0) & np.isfinite(weight)
        alive &= passes_all(self.cuts, lab[: len(self.process.outgoing)])
        value = np.zeros(n)
        if alive.any():
            value[alive] = weight[alive] * self._rate(channel, momenta[:, :, alive], root[alive], engine)
        return lab, value

    def _rate(
        self, channel: Channel, momenta: Floats, root: Floats, engine: Literal["numpy", "jax"]
    ) -> Floats:
        beam = np.sqrt(0.25 * root**2 - ELECTRON_MASS**2)
        zero = np.zeros(root.shape)
        incoming = np.stack([np.stack([0.5 * root, zero, zero, sign * beam]) for sign in (1.0, -1.0)])
        legs = np.concatenate([incoming, momenta])
        squared = squared_amplitude_lightcone(self.process, light_cone(legs, self.process.masses), engine)
        # 1/(2 s β) of the incoming flux
        rate = squared / (4.0 * root * beam) * GEV2_TO_PB
        rate = rate * channel.share(momenta, root)
        return np.where(np.isfinite(rate), rate, 0.0)

    def _radiated(self, momenta: Floats, missing: Floats) -> Floats:
        x1, x2 = 1.0 - missing
        beta = np.stack([0.0 * x1, 0.0 * x1, (x1 - x2) / (x1 + x2)])
        moved = [boost(p, beta) for p in momenta]
        photons = [
            np.stack([0.5 * self.sqrt_s * share, 0.0 * share, 0.0 * share, sign * 0.5 * self.sqrt_s * share])
            for share, sign in zip(missing, (1.0, -1.0), strict=True)
        ]
        return np.stack([*moved, *photons])


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
        self, number: int, channel: int, size: int, key: tuple[int, str], engine: Literal["numpy", "jax"]
    ) -> tuple[Floats, Floats, Floats]:
        """Return momenta, weights (pb) and uniform numbers for rejection of one batch."""
        one = self.sampler.channels[channel]
        rng = stream(key[0], "events", key[1], channel, number)
        y = rng.random((self.sampler.dimensions(one), size))
        u, jacobian = self.grids[channel].map(y)
        momenta, value = self.sampler.evaluate(one, u, engine)
        return momenta, value * jacobian, rng.random(size)


def make_sampler(
    process: str | Process,
    *,
    model: str = "sm",
    parameters: Mapping[str, float | str] | None = None,
    sqrt_s: float,
    cuts: Sequence[str] = (),
    isr: str = "none",
) -> Sampler:
    """Return the sampler of a process.

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
    if not (np.isfinite(sqrt_s) and sqrt_s > made.threshold + 2.0 * ELECTRON_MASS):
        raise InputError(
            f"√s = {sqrt_s:g} GeV is not enough for {made.text!r}, which needs more than {made.threshold:.4g} GeV"
        )
    if isr not in ("none", "collinear"):
        raise InputError(f"isr = {isr!r}, expected none or collinear")
    parsed = parse_cuts(cuts, made.outgoing)
    sampler = Sampler(made, parsed, sqrt_s, "none" if isr == "none" else "collinear")
    _channels(made, parsed, sampler.isr)  # refuses what has no map
    return sampler


@lru_cache(maxsize=32)
def _channels(process: Process, cuts: tuple[GenerationCut, ...], isr: Radiation) -> tuple[Channel, ...]:
    # kept out of the sampler, which travels to other processes
    return channels_for(process, cuts, radiated=isr == "collinear")


def adapt(sampler: Sampler, *, seed: int, pool: Executor | None = None) -> Adapted:
    """Return the sampler with grids adapted to its integrand, from ADAPTATIONS rounds of points.

    Many channels share POINTS of each round; with a `pool` they are adapted in parallel.

    Raises
    ------
    InputError
        If no point passes the cuts.
    """
    points = int(np.clip(POINTS / len(sampler.channels), *POINTS_PER_CHANNEL))
    work = partial(_adapt_channel, sampler, seed, points)
    numbers = range(len(sampler.channels))
    adapted = list(map(work, numbers) if pool is None else pool.map(work, numbers))
    means = np.array([weights.mean() for _, weights, _ in adapted])
    if not (means > 0.0).any():
        raise InputError(
            f"process {sampler.process.text!r}: no phase space passes the cuts "
            f"{', '.join(cut.text for cut in sampler.cuts) or '(none)'} at √s = {sampler.sqrt_s:g} GeV"
        )
    return Adapted(
        sampler,
        tuple(grid for grid, _, _ in adapted),
        means,
        np.array([_largest(weights) for _, weights, _ in adapted]),
        np.array([weights.std() for _, weights, _ in adapted]),
        sum(tried for _, _, tried in adapted),
    )


def _adapt_channel(sampler: Sampler, seed: int, points: int, number: int) -> tuple[Grid, Floats, int]:
    # Grid, weights of the last sample, number of points.
    channel, tried = sampler.channels[number], 0
    rng = stream(seed, "adapt", sampler.process.text, number)
    grid = flat_grid(sampler.dimensions(channel))
    for _ in range(ADAPTATIONS):
        y, weights = _sample(sampler, channel, grid, rng, points)
        grid = grid.refined(y, weights)
        tried += len(weights)
    # a sample twice as large, on the final grid, for mean and maximum
    _, weights = _sample(sampler, channel, grid, rng, 2 * points)
    return grid, weights, tried + len(weights)


def _sample(
    sampler: Sampler, channel: Channel, grid: Grid, rng: np.random.Generator, points: int
) -> tuple[Floats, Floats]:
    # Points of the cube and weights; more of them where cuts leave few, for those cost little.
    ys, values = [], []
    for _ in range(MOST_REPEATS):
        y = rng.random((sampler.dimensions(channel), points))
        u, jacobian = grid.map(y)
        ys.append(y)
        values.append(sampler.evaluate(channel, u, "numpy")[1] * jacobian)
        if sum(np.count_nonzero(value) for value in values) > ENOUGH_SHARE * points:
            break
    return np.concatenate(ys, axis=1), np.concatenate(values)


def _largest(weights: Floats, share: float = 2e-3) -> float:
    """Return the weight above which the excess is a given share of the sum."""
    ordered = np.sort(weights)[::-1]
    excess = np.cumsum(ordered) - np.arange(1, len(ordered) + 1) * ordered
    allowed = np.searchsorted(excess, share * ordered.sum())
    return float(ordered[min(allowed, len(ordered) - 1)])
