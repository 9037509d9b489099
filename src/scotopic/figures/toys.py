"""How large the largest excess of a scan is in toys, and how large it is in the data."""

import numpy as np
from matplotlib.figure import Figure

from scotopic.errors import InputError
from scotopic.figures.style import FILLS, SECOND, SIMULATED, headline, new_axes, styled
from scotopic.numerics.arrays import Floats

BIN = 0.1  # standard deviations
EMPTY = 0.4  # lowest number of toys on the axis


@styled
def toy_distribution(
    toys: Floats,
    observed: float,
    *,
    p_value: float,
    interval: tuple[float, float],
    x_label: str = r"Largest local significance $Z$",
    sample: str = SIMULATED,
    luminosity_fb: float | None = None,
    experiment: str = "",
) -> Figure:
    """Return the figure of the largest local significance of toys, the observed one marked.

    Parameters
    ----------
    toys : (T,)
        Largest significance of each toy.
    observed : float
        That of the data.
    p_value, interval : float, (float, float)
        Global p-value and its 68 % interval.
    """
    if np.ndim(toys) != 1 or len(toys) == 0 or not np.isfinite([*toys, observed]).all():
        raise InputError("toy distribution: significances must be finite, at least one")
    figure, axes = new_axes()
    last = BIN * (np.ceil(max(float(np.max(toys)), observed) / BIN) + 3.0)
    first = max(0.0, BIN * (np.floor(min(float(np.min(toys)), observed) / BIN) - 2.0))
    edges = np.arange(round(first / BIN), round(last / BIN) + 1) * BIN
    counts, _ = np.histogram(toys, edges)
    axes.stairs(
        counts, edges, fill=True, facecolor=FILLS[1], edgecolor="#4d5560", lw=0.8, zorder=2.0,
        label=f"{len(toys)} toys without signal",
    )  # fmt: skip
    low, high = interval
    text = f"{sample}: {observed:.2f}\nglobal $p$ = {p_value:.3g} ({low:.2g} to {high:.2g})"
    axes.axvline(observed, color=SECOND, lw=1.8, zorder=3.0, label=text)
    axes.set_yscale("log")
    axes.set_ylim(EMPTY, 20.0 * max(float(counts.max()), 1.0))
    axes.set_xlim(edges[0], edges[-1])
    axes.set_xlabel(x_label, loc="right")
    axes.set_ylabel(f"Toys / {BIN:g}", loc="top")
    axes.legend(loc="upper left" if observed > 0.5 * (edges[0] + edges[-1]) else "upper right")
    headline(axes, sample, luminosity_fb, experiment)
    return figure
