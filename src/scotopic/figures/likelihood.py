"""The likelihood of one mass against the signal yield."""

import numpy as np
from matplotlib.figure import Figure

from scotopic.errors import InputError
from scotopic.figures.style import BAND_68, OBSERVED, SECOND, SIMULATED, headline, new_axes, styled
from scotopic.numerics.arrays import Floats

HIGHEST = 12.0  # −2 Δln L that is of interest


@styled
def likelihood_scan(
    yields: Floats,
    q: Floats,
    *,
    best: float,
    interval: tuple[float, float],
    limit: float | None = None,
    level: float = 0.95,
    text: str = "",
    x_label: str = "Signal yield (events)",
    sample: str = SIMULATED,
    luminosity_fb: float | None = None,
    experiment: str = "",
) -> Figure:
    """Return the figure of −2 Δln L against the signal yield.

    Parameters
    ----------
    yields, q : (K,)
        NaN in `q` where a yield is impossible.
    best : float
        Yield of the best fit.
    interval : (float, float)
        Where −2 Δln L is one, NaN where it never is.
    limit : float, optional
        Upper limit at `level`, drawn as a line.
    text : str
        Which mass it is.
    """
    if np.shape(yields) != np.shape(q) or np.ndim(q) != 1 or not np.isfinite(q).any():
        raise InputError("likelihood scan: yields and q must be of one length, with finite values in q")
    figure, axes = new_axes()
    known = np.isfinite(q)
    ends = [
        edge if np.isfinite(edge) else end for edge, end in zip(interval, yields[known][[0, -1]], strict=True)
    ]
    axes.axvspan(
        ends[0], ends[1], color=BAND_68, alpha=0.45, lw=0, label=r"$-2\,\Delta\ln L \leq 1$", zorder=1.0
    )
    axes.plot(yields, q, color=OBSERVED, lw=1.6, zorder=3.0)
    axes.axvline(best, color=OBSERVED, lw=0.9, ls=(0, (5, 2)), zorder=2.5, label=f"best fit: {best:.2f}")
    if limit is not None and np.isfinite(limit):
        label = f"upper limit ({100 * level:g}% CL): {limit:.4g}"
        axes.axvline(limit, color=SECOND, lw=1.4, zorder=2.6, label=label)
    for one in (1.0, 4.0, 9.0):
        axes.axhline(one, color="#777777", lw=0.8, ls=(0, (1, 2)), zorder=1.5)
    axes.set_xlim(yields[0], yields[-1])
    axes.set_ylim(0.0, 1.4 * min(HIGHEST, float(np.nanmax(q))))
    axes.set_xlabel(x_label, loc="right")
    axes.set_ylabel(r"$-2\,\Delta\ln L$", loc="top")
    axes.legend(loc="upper center", title=text or None, frameon=True, framealpha=0.9, edgecolor="none")
    headline(axes, sample, luminosity_fb, experiment)
    return figure
