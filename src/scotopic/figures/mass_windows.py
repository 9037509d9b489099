"""A quantity over the triangle of two masses, or events in it."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from scotopic.errors import InputError
from scotopic.figures.style import OBSERVED, SIMULATED, headline, new_axes, styled
from scotopic.numerics.arrays import Floats


@styled
def mass_plane(
    mass: Floats,
    values: Floats,
    *,
    sqrt_s: float,
    label: str,
    x_label: str,
    y_label: str,
    log: bool = False,
    events: Floats | None = None,
    outlines: Sequence[Floats] = (),
    sample: str = SIMULATED,
    luminosity_fb: float | None = None,
    experiment: str = "",
) -> Figure:
    """Return the figure of a quantity in colours over pairs of masses that form rows of a grid.

    Parameters
    ----------
    mass : (W, 2)
        GeV.
    values : (W,)
    sqrt_s : float
        Of the kinematic border, GeV.
    log : bool
        Colours by the logarithm.
    events : (N, 2), optional
        Masses of events, drawn as points.
    outlines : sequence of (P, 2)
        Borders of some windows, GeV.
    """
    if mass.shape != (len(values), 2) or not len(values):
        raise InputError(
            f"mass plane: masses have shape {mass.shape}, expected ({len(values)}, 2), not empty"
        )
    x, column = np.unique(mass[:, 0], return_inverse=True)
    y, row = np.unique(mass[:, 1], return_inverse=True)
    table = np.full((len(x), len(y)), np.nan)
    table[column, row] = values
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    norm = LogNorm(low, high) if log else Normalize(min(low, 0.0), high)
    figure, axes = new_axes(7.0, 5.0)
    colours = axes.pcolormesh(
        _edges(x), _edges(y), table.T, norm=norm, cmap="viridis", rasterized=True, zorder=1.0
    )
    figure.colorbar(colours, ax=axes, label=label, pad=0.02)
    if events is not None:
        axes.plot(*events.T, ls="none", marker=".", ms=2.2, color=OBSERVED, alpha=0.7, zorder=2.0)
    for outline in outlines:
        axes.plot(*outline.T, color="white", lw=1.0, zorder=1.9)
    border = np.linspace(0.0, sqrt_s, 200)
    axes.plot(border, np.minimum(border, sqrt_s - border), color="#333333", lw=1.1, zorder=1.8)
    axes.set_xlim(max(0.0, x[0] - 0.3), sqrt_s)
    axes.set_ylim(0.0, 1.06 * 0.5 * sqrt_s)
    axes.set_xlabel(x_label, loc="right")
    axes.set_ylabel(y_label, loc="top")
    headline(axes, sample, luminosity_fb, experiment)
    return figure


def _edges(centres: Floats) -> Floats:
    if len(centres) == 1:
        return np.array([centres[0] - 0.05, centres[0] + 0.05])
    middle = 0.5 * (centres[1:] + centres[:-1])
    return np.concatenate(
        [[max(0.0, 2.0 * centres[0] - middle[0])], middle, [2.0 * centres[-1] - middle[-1]]]
    )
