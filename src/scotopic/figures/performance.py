"""Signal efficiency and resolution against mass."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from scotopic.errors import InputError
from scotopic.figures.style import DASHES, LINES, headline, new_axes, styled
from scotopic.numerics.arrays import Floats

Measured = Mapping[str, tuple[Floats, Floats, Floats]]
"""Label -> (mass in GeV, value, statistical error)."""

MARKERS = "osD^v"
SIMULATED_SIGNAL = "simulated signal"


@styled
def efficiency(
    curves: Measured, *, x_label: str = r"$m_a$ (GeV)", sample: str = SIMULATED_SIGNAL, experiment: str = ""
) -> Figure:
    """Return the figure of selected fractions against mass, with errors."""
    return _measured(curves, x_label, "Signal efficiency", sample, experiment, log_y=False)


@styled
def resolution(
    curves: Measured,
    *,
    crossing: float | None = None,
    x_label: str = r"$m_a$ (GeV)",
    y_label: str = r"$\sigma(M^2)$ (GeV$^2$)",
    sample: str = SIMULATED_SIGNAL,
    experiment: str = "",
) -> Figure:
    """Return the figure of resolutions against mass; `crossing` marks a mass where two of them meet."""
    figure = _measured(curves, x_label, y_label, sample, experiment, log_y=True)
    if crossing is not None:
        axes = figure.axes[0]
        axes.axvline(crossing, color="#555555", lw=1.0, ls=(0, (1, 1.5)), zorder=1.0)
        axes.text(
            crossing, 0.03, f"{crossing:.2f} GeV ", transform=axes.get_xaxis_transform(), ha="right",
            va="bottom", fontsize=10,
        )  # fmt: skip
    return figure


def _measured(
    curves: Measured, x_label: str, y_label: str, sample: str, experiment: str, *, log_y: bool
) -> Figure:
    if not curves:
        raise InputError(f"{y_label}: no curve to draw")
    figure, axes = new_axes()
    for number, (label, (mass, value, error)) in enumerate(curves.items()):
        if not np.shape(mass) == np.shape(value) == np.shape(error):
            raise InputError(f"{y_label}, {label}: masses, values and errors differ in shape")
        axes.errorbar(
            mass, value, yerr=error, color=LINES[number % len(LINES)], ls=DASHES[number % len(DASHES)],
            marker=MARKERS[number % len(MARKERS)], ms=3.5, lw=1.1, elinewidth=0.9, label=label,
        )  # fmt: skip
    high = max(float(np.nanmax(value)) for _, value, _ in curves.values())
    axes.set_xlim(0.0, 1.03 * max(float(np.max(mass)) for mass, _, _ in curves.values()))
    if log_y:
        low = min(float(np.nanmin(value[value > 0.0])) for _, value, _ in curves.values())
        axes.set_yscale("log")
        axes.set_ylim(low / 2.0, high * 4.0)
    else:
        axes.set_ylim(0.0, 1.35 * high)
    axes.set_xlabel(x_label, loc="right")
    axes.set_ylabel(y_label, loc="top")
    axes.legend(loc="upper left")
    headline(axes, sample, experiment=experiment)
    return figure
