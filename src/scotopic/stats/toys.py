"""Toys of the whole spectrum: the largest excess anywhere, and its global p-value."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from scotopic.numerics.newton import FAILED, LinearModel, fit_poisson, twice_log_ratio
from scotopic.numerics.rng import stream
from scotopic.progress import track
from scotopic.stats.windows import Windows

Floats = NDArray[np.float64]

LANES = 16_384  # fits at once: some 100 MB


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
    yields = free.theta[:, 0]
    q0 = twice_log_ratio(counts, null.expectation, free.expectation)
    q0 = np.where(yields > 0.0, np.maximum(q0, 0.0), 0.0)
    return yields, q0, np.maximum(free.status, np.where(null.status == FAILED, FAILED, 0))


def largest_excesses(
    windows: Windows,
    models: tuple[LinearModel, LinearModel],
    expectation: Floats,
    n_toys: int,
    seed: int,
    workers: int,
) -> Floats:
    """Return the largest local significance (T,) over all windows in each of `n_toys` toys."""
    size = max(1, LANES // len(windows.bins))

    def work(first: int) -> Floats:
        spectra = draw(expectation, first, min(first + size, n_toys), seed)
        _, q0, status = discovery(windows.cut(spectra), windows, models)
        largest: Floats = np.sqrt(np.where(status == FAILED, 0.0, q0).max(axis=0))
        return largest

    with ThreadPoolExecutor(workers) as pool:
        blocks = range(0, n_toys, size)
        return np.concatenate([np.zeros(0), *track(pool.map(work, blocks), "toys", total=len(blocks))])


def p_value(observed: float, toys: Floats) -> tuple[float, float, float]:
    """Return (k + 1)/(N + 1), k of N toys being at least `observed`, and its 68 % interval.

    The interval is that of Clopper and Pearson.
    """
    n, k = len(toys), int((toys >= observed).sum())
    low = float(beta.ppf(0.158655, k, n - k + 1)) if k else 0.0
    high = float(beta.ppf(0.841345, k + 1, n - k)) if k < n else 1.0
    return (k + 1) / (n + 1), low, high
