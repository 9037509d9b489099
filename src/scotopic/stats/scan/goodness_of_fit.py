"""Whether polynomial and signal describe the windows of a scan at all."""

from collections.abc import Callable

import numpy as np
from scipy.stats import chi2

from scotopic.numerics.arrays import Floats
from scotopic.numerics.newton import FAILED, fit_poisson, twice_log_ratio
from scotopic.stats.checks import both_sides
from scotopic.stats.scan.windows import Windows


def window_p_values(
    counts: Floats,
    edges: Floats,
    masses: Floats,
    template: Callable[..., Floats],
    *,
    background_order: int,
    half_width: int | tuple[int, int],
) -> Floats:
    """Return the p-values (M,) of the fits with a free signal, NaN where a fit failed; arguments as for `scan`.

    The deviance 2 Σ [ν − n + n ln(n/ν)] follows χ² with bins less parameters where bins have several events; with fewer
    it is smaller, and the p-value too large (S. Baker, R. D. Cousins, Nucl. Instrum. Meth. 221 (1984) 437).
    """
    windows = Windows.build(edges, masses, template, both_sides(half_width), background_order, 0.0)
    data = windows.cut(counts[:, None])
    fits = fit_poisson(data, windows.model(data[:, :, 0], signal=True), windows.padding)
    deviance = twice_log_ratio(data, fits.expectation, data)[:, 0]
    freedom = windows.inside.sum(axis=1) - background_order - 2
    return np.where(fits.status[:, 0] == FAILED, np.nan, chi2.sf(deviance, freedom))
