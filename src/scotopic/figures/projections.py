"""Expected limits against mass, one curve and band for each luminosity."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from scotopic.errors import InputError
from scotopic.figures.curves import positive_range, set_mass_axis
from scotopic.figures.style import (
    DASHES,
    LINES,
    PROJECTION,
    headline,
    luminosity_text,
    new_axes,
    styled,
)
from scotopic.numerics.arrays import Floats


@styled
def limits_by_luminosity(
    mass: Floats,
    luminosities_fb: Sequence[float],
    median: Sequence[Floats],
    band: Sequence[Floats],
    *,
    y_label: str,
    x_label: str,
    band_label: str = r"$\pm 1\sigma$",
    sample: str = PROJECTION,
    experiment: str = "",
) -> Figure:
    """Return the figure of expected limits at several luminosities.

    Parameters
    ----------
    mass : (M,)
        GeV, rising.
    luminosities_fb : (L,)
    median : L of (M,)
    band : L of (M, 2)
        What the shaded bands show; `band_label` says it.
    """
    if not len(luminosities_fb) == len(median) == len(band) > 0:
        raise InputError("limits by luminosity: one curve and one band for each luminosity, at least one")
    figure, axes = new_axes()
    for number, (luminosity, curve, edges) in enumerate(zip(luminosities_fb, median, band, strict=True)):
        colour = LINES[number % len(LINES)]
        low, high = np.asarray(edges).T
        axes.fill_between(
            mass, np.where(np.isnan(low), 0.0, low), high, facecolor=colour, alpha=0.2, lw=0.0, zorder=1.5
        )
        axes.plot(
            mass, curve, color=colour, ls=DASHES[number % len(DASHES)], label=luminosity_text(luminosity), zorder=2.0
        )  # fmt: skip
    set_mass_axis(axes, float(mass[0]), float(mass[-1]), x_label)
    axes.set_yscale("log")
    low_end, high_end = positive_range(*median)
    axes.set_ylim(low_end / 3.0, 3.0 * high_end * (high_end / low_end) ** 0.25)
    axes.set_ylabel(y_label, loc="top")
    axes.legend(loc="upper left", ncols=3, title=f"median expected, {band_label}", alignment="left")
    headline(axes, sample, experiment=experiment)
    return figure
