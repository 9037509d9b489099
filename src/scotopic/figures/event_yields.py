"""Events counted in windows, and what was expected there."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from scotopic.figures.style import LINES, OBSERVED, SIMULATED, headline, new_axes, styled
from scotopic.numerics.arrays import Floats

SHADES = ("#c7d7ea", "#e8cfa6", "#bfdcc3", "#d9c6e0")


@styled
def yields(
    mass: Floats,
    observed: Floats,
    expected: Mapping[str, Floats],
    error: Floats,
    *,
    x_label: str,
    sample: str = SIMULATED,
    luminosity_fb: float | None = None,
    experiment: str = "",
) -> Figure:
    """Return the figure of events per window against mass: stacked expectations, their error, what was observed.

    Parameters
    ----------
    mass, observed, error : (M,)
        GeV, events, events.
    expected : mapping of label to (M,)
    """
    figure, axes = new_axes()
    below = np.zeros(len(mass))
    for number, (label, values) in enumerate(expected.items()):
        above = below + values
        axes.fill_between(
            mass, below, above, facecolor=SHADES[number % len(SHADES)], edgecolor=LINES[number % len(LINES)],
            lw=0.5, label=label, zorder=1.5,
        )  # fmt: skip
        below = above
    axes.fill_between(
        mass, np.maximum(below - error, 0.0), below + error, facecolor="none", edgecolor="#555555",
        hatch="////", lw=0.0, label="error of the expectation", zorder=1.8,
    )  # fmt: skip
    axes.plot(mass, observed, ls="none", marker="o", ms=3.0, color=OBSERVED, label="events", zorder=2.5)
    axes.set_yscale("symlog", linthresh=1.0)
    axes.set_ylim(0.0, 8.0 * max(float(np.max(below + error)), float(np.max(observed)), 1.0))
    axes.set_xlim(0.0, 1.02 * float(mass[-1]))
    axes.set_xlabel(x_label, loc="right")
    axes.set_ylabel("Events per window", loc="top")
    axes.legend(loc="upper left", ncols=2)
    headline(axes, sample, luminosity_fb, experiment)
    return figure
