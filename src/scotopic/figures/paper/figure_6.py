"""Figure 6 of the paper: efficiency of level-1 single-photon lines against the photon's energy."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scotopic.errors import InputError
from scotopic.figures.style import DASHES, LINES, SIMULATED, headline, new_axes, styled
from scotopic.numerics.arrays import Floats

MARKERS = "osD^v"
ZOOM = 0.4  # GeV on either side of the threshold


@dataclass(frozen=True)
class TurnOn:
    """One line: measured points with their intervals, the fit, and what was put in.

    Attributes
    ----------
    edges : (B + 1,)
        Bins of the energy, GeV.
    value, low, high : (B,)
        Efficiency and the ends of its interval; NaN in an empty bin.
    fitted : (B,)
        Fitted efficiency of each bin, resolution included; NaN in an empty bin.
    threshold : float
        GeV.
    energy, put_in : (K,)
        The curve that the simulation uses, without resolution.
    """

    edges: Floats
    value: Floats
    low: Floats
    high: Floats
    fitted: Floats
    threshold: float
    energy: Floats
    put_in: Floats


@styled
def figure_6(
    lines: Mapping[str, TurnOn],
    *,
    sample: str = SIMULATED,
    luminosity_fb: float | None = None,
    experiment: str = "",
) -> Figure:
    """Return the figure of one or more lines; a single line has its threshold enlarged in an inset."""
    if not lines:
        raise InputError("figure 6: no line to draw")
    figure, axes = new_axes()
    for number, (label, line) in enumerate(lines.items()):
        _draw(axes, line, number, label)
    axes.set_xlim(0.0, max(float(line.edges[-1]) for line in lines.values()))
    axes.set_ylim(0.0, 1.35)
    axes.axhline(1.0, color="#999999", lw=0.7, ls=(0, (1, 2)), zorder=0.5)
    axes.set_xlabel(r"Predicted photon energy $E^*$ (GeV)", loc="right")
    axes.set_ylabel("Efficiency of the trigger line", loc="top")
    axes.legend(loc="upper left", ncols=2)
    headline(axes, sample, luminosity_fb, experiment)
    if len(lines) == 1:
        (line,) = lines.values()
        inset = axes.inset_axes((0.50, 0.13, 0.46, 0.50))
        _draw(inset, line, 0, "")
        inset.plot(
            line.energy, line.put_in, color="#555555", lw=1.2, ls=DASHES[1], label="put in, at true energy"
        )
        inset.set_xlim(line.threshold - ZOOM, line.threshold + ZOOM)
        inset.set_ylim(0.0, 1.1)
        inset.tick_params(labelsize=9)
        inset.legend(loc="lower right", fontsize=8, handlelength=1.6)
    return figure


def _draw(axes: Axes, line: TurnOn, number: int, label: str) -> None:
    colour = LINES[number % len(LINES)]
    centre = 0.5 * (line.edges[1:] + line.edges[:-1])
    half = 0.5 * np.diff(line.edges)
    axes.stairs(line.fitted, line.edges, baseline=None, color=colour, lw=1.2, zorder=1.5)
    axes.errorbar(
        centre, line.value, xerr=half, yerr=np.abs(np.stack([line.value - line.low, line.high - line.value])),
        ls="none", marker=MARKERS[number % len(MARKERS)], ms=3.0, color=colour, elinewidth=0.9,
        label=label or None, zorder=2.0,
    )  # fmt: skip
