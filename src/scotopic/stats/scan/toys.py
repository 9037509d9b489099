"""Toys of the whole spectrum: yields, q0 and limits at every mass, and the global p-value."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from scotopic.numerics.arrays import Floats, Indices
from scotopic.numerics.engine import Engine, map_lanes
from scotopic.numerics.newton import (
    FAILED,
    INTERIOR,
    Fits,
    LinearModel,
    fit_lanes,
    fit_poisson,
    twice_log_ratio,
)
from scotopic.numerics.newton_passes import Window, scan_window
from scotopic.numerics.rng import stream
from scotopic.progress import track
from scotopic.stats.checks import arrays_of, both_sides, check_input, check_level, whole
from scotopic.stats.scan.limits import yield_unit
from scotopic.stats.scan.profile import find_crossing
from scotopic.stats.scan.windows import Windows, check_windows

Left = tuple[Indices, ...]  # window and toy of the lanes that have not settled

BLOCK = 256  # toys at once: the arrays of one window stay in the second-level cache
COMPILE_ABOVE_FITS = 200_000
LIMIT_TOLERANCE = 1e-5  # relative, of the last step, of which about the square is left
LARGEST_ROUNDING = 1e-9  # q below zero by more is no rounding
QUANTILES = ndtr([-2.0, -1.0, 0.0, 1.0, 2.0])


@dataclass(frozen=True)
class ToyScan:
    """Toys of one spectrum, fitted at every mass.

    Attributes
    ----------
    mass : (M,)
        Hypotheses.
    shat, q0 : (M, T)
        Fitted yields, events, and discovery statistics (zero for negative yields, NaN where a fit failed).
    limit : (M, T) or (M, 0)
        Asymptotic CLs+b upper limits on the yield; NaN where none was found.
    status : (M, T)
        Key of `STATUS`.
    """

    mass: Floats
    shat: Floats
    q0: Floats
    limit: Floats
    status: NDArray[np.int8]

    @property
    def largest_z(self) -> Floats:
        """Return the largest local significance (T,) anywhere in each toy."""
        return largest_z(self.q0)

    @property
    def expected_limits(self) -> Floats:
        """Return the quantiles (M, 5) of the limits at −2 … +2 standard deviations, by count of toys."""
        quantiles: Floats = np.nanquantile(self.limit, QUANTILES, axis=1)
        return quantiles.T


def largest_z(q0: Floats) -> Floats:
    """Return the largest local significance (T,) over the masses of q0 (M, T); failed fits do not count."""
    largest: Floats = np.sqrt(np.nan_to_num(q0).max(axis=0))
    return largest


def draw(expectation: Floats, first: int, last: int, seed: int) -> Floats:
    """Return toys `first` … `last` − 1 of a spectrum (B, T); toy number n is always the same."""
    return np.stack(
        [stream(seed, "toy", toy).poisson(expectation) for toy in range(first, last)], axis=1
    ).astype(np.float64)


def discovery(
    counts: Floats, windows: Windows, models: tuple[LinearModel, LinearModel]
) -> tuple[Floats, Floats, NDArray[np.int8]]:
    """Return yields, q0 (zero for negative yields) and status, (M, T) each, of windows' counts (M, W, T)."""
    free = fit_poisson(counts, models[0], windows.padding)
    null = fit_poisson(counts, models[1], windows.padding)
    return discovery_of(counts, free, null)


def discovery_of(counts: Floats, free: Fits, null: Fits) -> tuple[Floats, Floats, NDArray[np.int8]]:
    """Return yields, q0 and status of fits with and without signal; bins are the second axis."""
    yields = free.theta[:, 0]
    q0 = twice_log_ratio(counts, null.expectation, free.expectation)
    failed = (null.status == FAILED) | ~(q0 >= -LARGEST_ROUNDING * (1.0 + np.abs(yields)))
    q0 = np.where(yields > 0.0, np.maximum(q0, 0.0), 0.0)
    return yields, q0, np.maximum(free.status, np.where(failed, FAILED, INTERIOR)).astype(np.int8)


def scan_toys(
    expectation: ArrayLike,
    edges: ArrayLike,
    masses: ArrayLike,
    template: Callable[..., Floats],
    *,
    background_order: int,
    half_width: int | tuple[int, int],
    toys: int,
    seed: int = 1,
    level: float | None = None,
    workers: int = 1,
    engine: Engine = "auto",
) -> ToyScan:
    """Draw toys of a background and scan each of them at every mass.

    Parameters
    ----------
    expectation : (B,)
        Expected events per bin.
    edges, masses, template, background_order, half_width
        As for `scan`.
    toys : int
        Number of toys. Windows share bins, so that the toys carry the correlations between masses.
    seed : int
        Toy number n depends on it and on n only.
    level : float, optional
        Confidence level of upper limits of all toys; without it there are none.
    workers : int
        Threads; results do not depend on it.
    engine : {"auto", "numpy", "jax"}
        "auto" compiles for many fits; the engines agree to about 10⁻¹¹.

    Raises
    ------
    InputError
        For input that makes no sense.
    """
    below_above = both_sides(half_width)
    spectrum, borders, at = arrays_of(expectation=expectation, edges=edges, masses=masses)
    check_input(spectrum, borders, at, None, template)
    whole("background_order", background_order, 0)
    whole("toys", toys, 1)
    whole("seed", seed, 0)
    whole("workers", workers, 1)
    if level is not None:
        check_level(level)
    windows = Windows.build(borders, at, template, below_above, background_order, 0.0)
    check_windows(windows, at, background_order)
    blocks = list(fit_toys(windows, spectrum, toys, seed, level=level, workers=workers, engine=engine))
    return ToyScan(at, *(np.concatenate(parts, axis=1) for parts in zip(*blocks, strict=True)))


def fit_toys(
    windows: Windows,
    expectation: Floats,
    toys: int,
    seed: int,
    *,
    level: float | None = None,
    workers: int = 1,
    engine: Engine = "auto",
) -> Iterator[tuple[Floats, Floats, Floats, NDArray[np.int8]]]:
    """Yield shat, q0, limit and status, (M, T) each, block by block of the toys in their order."""
    inside = expectation[windows.bins]
    models = windows.model(inside, signal=True), windows.model(inside, signal=False)
    lanes = _signal_last(windows, models[0])
    z = None if level is None else float(ndtri(level))
    if engine == "auto":
        engine = "jax" if toys * len(windows.bins) >= COMPILE_ABOVE_FITS else "numpy"

    def work(first: int) -> tuple[Floats, Floats, Floats, NDArray[np.int8]]:
        # Always whole blocks: toy n is worked on at the same place whatever the number of toys.
        spectra = draw(expectation, first, first + BLOCK, seed)
        found = map_lanes(scan_window, (z,), lanes, (spectra,), engine=engine)
        shat, q0, settled, limit, limit_settled = (value.copy() for value in found)
        settled &= q0 >= -LARGEST_ROUNDING
        status = np.zeros(shat.shape, dtype=np.int8)
        without = np.zeros_like(settled) if z is None else ~limit_settled
        left: Left = np.nonzero(~settled | without)
        if left[0].size:
            rest = _LeftOver(windows, spectra, models, left)
            again = ~settled[left]
            which = tuple(index[again] for index in left)
            shat[which], q0[which], status[which] = rest.discovery(np.flatnonzero(again))
            if z is not None:
                again = without[left]
                which = tuple(index[again] for index in left)
                limit[which] = rest.limits(np.flatnonzero(again), z, limit[which])
        limit = limit[:, :0] if z is None else np.where(status == FAILED, np.nan, limit)
        q0 = np.where(status == FAILED, np.nan, np.where(shat > 0.0, np.maximum(q0, 0.0), 0.0))
        number = min(BLOCK, toys - first)
        return shat[:, :number], q0[:, :number], limit[:, :number], status[:, :number]

    with ThreadPoolExecutor(workers) as pool:
        starts = range(0, toys, BLOCK)
        yield from track(pool.map(work, starts), "toys", total=len(starts))


def _signal_last(windows: Windows, model: LinearModel) -> Window:
    design = np.roll(model.design, -1, axis=2)
    a, b = np.tril_indices(design.shape[2])
    products = np.ascontiguousarray(np.swapaxes(design[:, :, a] * design[:, :, b], 1, 2))
    return Window(windows.bins, windows.inside, design, products, np.roll(model.start, -1, axis=1))


class _LeftOver:
    """Lanes that have not settled in the fixed passes: `stack` and `toy` (L,), fitted by the careful solver."""

    def __init__(
        self, windows: Windows, spectra: Floats, models: tuple[LinearModel, LinearModel], left: Left
    ) -> None:
        self.stack, toy = left
        inside = windows.inside[self.stack]
        self.counts = np.where(inside, spectra[windows.bins[self.stack], toy[:, None]], 1.0)
        self.padding = np.where(inside, 0.0, 1.0)
        self.template = windows.template[self.stack]
        self.windows, self.models = windows, models
        self.free = fit_lanes(self.counts, self.stack, models[0], self.padding)

    def discovery(self, some: Indices) -> tuple[Floats, Floats, NDArray[np.int8]]:
        """Return yields, q0 and status of some of the lanes."""
        counts = self.counts[some]
        null = fit_lanes(counts, self.stack[some], self.models[1], self.padding[some])
        return discovery_of(counts, self.free.take(some), null)

    def limits(self, some: Indices, z: float, guess: Floats) -> Floats:
        """Return the yields above the fitted ones at which √q_s = z, from a guess that may be anything."""
        best, shat = self.free.expectation[some], self.free.theta[some, 0]
        unit = yield_unit(self.windows.take(self.stack[some]), best)
        near = np.abs(guess - shat - z * unit) < 0.9 * z * unit
        start = np.where(near, guess, shat + z * unit)

        def function(yields: Floats, which: Indices) -> tuple[Floats, Floats]:
            lanes = some[which]
            counts, template = self.counts[lanes], self.template[lanes]
            offset = self.padding[lanes] + yields[:, None] * template
            fits = fit_lanes(counts, self.stack[lanes], self.models[1], offset)
            q = twice_log_ratio(counts, fits.expectation, best[which])
            root = np.sqrt(np.where(fits.status != FAILED, np.maximum(q, 0.0), np.nan))
            with np.errstate(divide="ignore", invalid="ignore"):  # dq/ds = 2 dF/ds (envelope theorem)
                return root - z, ((1.0 - fits.multiplier) * template).sum(axis=1) / root

        return find_crossing(function, shat, start, unit, LIMIT_TOLERANCE)
