"""Axes against mass, and curves that stand beside ours."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter

from scotopic.figures.style import DASHES, LINES, as_text
from scotopic.numerics.arrays import Floats

Curves = Mapping[str, tuple[Floats, Floats]]
"""Label -> (mass, value)."""

LABELLED = (1.0, 2.0, 5.0)


def set_mass_axis(axes: Axes, low: float, high: float, label: str, *, log: bool = True) -> None:
    """Label the mass axis and let it run from `low` to `high`; linear where it reaches zero."""
    axes.set_xlabel(label, loc="right")
    if low == high:  # a single mass
        low, high = low - (0.1 * abs(low) or 1.0), high + (0.1 * abs(high) or 1.0)
    if not log or low <= 0.0:
        axes.set_xlim(low, high)
        return
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    span = np.log10(high / low)
    if span > 6.0:
        return
    decades = np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1.0)
    ticks = np.outer(10.0**decades, LABELLED if span < 3.2 else (1.0,)).ravel()
    axes.set_xticks(ticks[(ticks >= low * 0.999) & (ticks <= high * 1.001)])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlim(low, high)


def draw_curves(axes: Axes, curves: Curves) -> None:
    """Draw curves, each with a colour and a dash pattern that differ from those of our limits."""
    for number, (label, (mass, value)) in enumerate(curves.items()):
        dash, colour = DASHES[(number + 2) % len(DASHES)], LINES[(number + 1) % len(LINES)]
        axes.plot(mass, value, color=colour, ls=dash, lw=1.3, zorder=3.0, label=as_text(label))


def positive_range(*arrays: Floats | None) -> tuple[float, float]:
    """Return the smallest and largest positive finite value of some arrays."""
    values = np.concatenate([np.ravel(array) for array in arrays if array is not None])
    values = values[np.isfinite(values) & (values > 0.0)]
    return (float(values.min()), float(values.max())) if values.size else (0.1, 1.0)
