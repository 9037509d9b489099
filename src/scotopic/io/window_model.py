"""The likelihood of each window of a scan, as files of other programs hold it.

Their expectations are sums of samples, each times its factor. The signal is the template times the factor
`signal_yield`, which counts events and may be negative. Our background is a polynomial in Legendre's basis,
whose members change sign and cannot stand alone as samples. Files therefore hold the same polynomials in
Bernstein's basis, C(K, k) x^k (1 − x)^(K−k) with x from 0 to 1 over the window, times bin width: all
templates are positive, their span is the same, so that for every polynomial of ours there is one point of
theirs, with no constant to add and nothing lost. Single factors may be negative; what must not be is the
sum, which neither format enforces: where the best fit has an empty bin at zero expectation (status "on the
boundary of an empty bin") their fits have no such facet and may stop elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import comb

import numpy as np

from scotopic.numerics.arrays import Floats
from scotopic.stats.checks import arrays_of, both_sides, check_input, check_settings
from scotopic.stats.scan.limits import fit_free, fit_null
from scotopic.stats.scan.windows import Windows, check_windows

POI = "signal_yield"
REACH = 10.0  # errors of the yield beyond the best one, bounds of the search
FREEDOM = 100.0  # times the largest fitted background factor, bounds of all of them


@dataclass(frozen=True, eq=False)
class WindowModel:
    """The likelihood of one window of W bins.

    Attributes
    ----------
    edges : (W + 1,)
    counts : (W,)
    signal : (W,)
        Fraction of the signal in each bin.
    efficiency_error : float
        Standard deviation of the logarithm of the efficiency, a factor of the signal.
    variation : (W,)
        Change of the signal by one standard deviation of the resolution.
    basis : (K, W)
        Background templates; `start` are their fitted factors (K,).
    bound, free : float
        Bounds ± of the signal yield and of the factors.
    """

    edges: Floats
    counts: Floats
    signal: Floats
    efficiency_error: float
    variation: Floats
    basis: Floats
    start: Floats
    bound: float
    free: float

    @property
    def signal_ends(self) -> tuple[list[float], list[float]]:
        """Return the signal at +1 and −1 standard deviation of the resolution."""
        return (self.signal + self.variation).tolist(), (self.signal - self.variation).tolist()

    @property
    def efficiency_ends(self) -> tuple[float, float]:
        """Return the factor of the signal at +1 and −1 standard deviation of the efficiency."""
        return float(np.exp(self.efficiency_error)), float(np.exp(-self.efficiency_error))


def window_models(
    counts: Floats,
    edges: Floats,
    masses: Floats,
    template: Callable[..., Floats],
    *,
    background_order: int,
    half_width: int | tuple[int, int],
    efficiency_error: float | Floats = 0.0,
    resolution_error: float = 0.0,
) -> list[WindowModel]:
    """Return the models of the windows of a scan, one per mass; arguments as for `scotopic.stats.scan`."""
    below_above = both_sides(half_width)
    counts, edges, masses = arrays_of(counts=counts, edges=edges, masses=masses)
    errors = np.asarray(efficiency_error, dtype=np.float64)
    check_input(counts, edges, masses, None, template)
    check_settings(background_order, 0.95, "clsb", 0, 1, 1, errors, resolution_error, len(masses))
    windows = Windows.build(edges, masses, template, below_above, background_order, resolution_error)
    check_windows(windows, masses, background_order)
    errors = np.broadcast_to(errors, masses.shape)
    data = windows.cut(counts[:, None])[:, :, 0]
    null, best = fit_null(data, windows), fit_free(data, windows)
    information = windows.information(null)
    unit = np.hypot(
        1.0 / windows.template.sum(axis=1),
        np.where(information > 0.0, 1.0 / np.sqrt(np.where(information > 0.0, information, 1.0)), 0.0),
    )
    models = []
    for i, inside in enumerate(windows.inside):
        bins = windows.bins[i, inside]
        own = edges[np.append(bins, bins[-1] + 1)]
        signal = windows.template[i, inside]
        # factors of the order of one
        basis = max(float(counts[bins].sum()), 1.0) * bernstein(own, background_order)
        weight = 1.0 / np.sqrt(np.maximum(null[i, inside], 0.3))
        start = np.linalg.lstsq((basis * weight).T, null[i, inside] * weight)[0]
        models.append(
            WindowModel(
                edges=own,
                counts=counts[bins],
                signal=signal,
                efficiency_error=float(errors[i]),
                variation=windows.variation[i, inside],
                basis=basis,
                start=start,
                bound=REACH * float(abs(best[i]) + unit[i]),
                free=FREEDOM * max(1.0, float(np.abs(start).max())),
            )
        )
    return models


def bernstein(edges: Floats, order: int) -> Floats:
    """Return Bernstein's polynomials at the bin centres times relative bin width, (order + 1, W)."""
    x = (0.5 * (edges[1:] + edges[:-1]) - edges[0]) / (edges[-1] - edges[0])
    width = np.diff(edges) / (edges[-1] - edges[0])
    return np.array([comb(order, k) * x**k * (1.0 - x) ** (order - k) * width for k in range(order + 1)])
