"""Observed and expected limits against mass, and the figure that shows them."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scotopic.errors import InputError
from scotopic.figures.curves import Curves, draw_curves, positive_range, set_mass_axis
from scotopic.figures.style import BAND_68, BAND_95, OBSERVED, SIMULATED, headline, new_axes, styled
from scotopic.numerics.arrays import Floats

DEEPEST = 12.0  # how far below the median the axis of a figure reaches


@dataclass(frozen=True, eq=False)
class LimitCurves:
    """Upper limits at rising masses; NaN where there is none.

    Attributes
    ----------
    mass : (M,)
        GeV.
    observed : (M,) or None
        None for a projection.
    median : (M,)
    band68, band95 : (M, 2)
        Lower and upper edges of the expected limit's central intervals.
    """

    mass: Floats
    observed: Floats | None
    median: Floats
    band68: Floats
    band95: Floats

    def __post_init__(self) -> None:
        points = len(self.mass)
        shapes = {"median": (points,), "band68": (points, 2), "band95": (points, 2), "observed": (points,)}
        for name, shape in shapes.items():
            values = getattr(self, name)
            if values is not None and np.shape(values) != shape:
                raise InputError(f"limit curves: {name} has shape {np.shape(values)}, must be {shape}")
        if points == 0 or not (np.isfinite(self.mass).all() and (np.diff(self.mass) > 0.0).all()):
            raise InputError("limit curves: masses must be finite, rising and at least one")
        if not np.isfinite(self.median).any():
            raise InputError("limit curves: the median is nowhere finite")
        for name in ("band68", "band95"):
            low, high = np.asarray(getattr(self, name)).T
            if (low > high).any():
                raise InputError(f"limit curves: {name} has a lower edge above its upper edge")

    def columns(self, unit: str) -> dict[str, Floats]:
        """Return the table behind the figure, one column each; `unit` ends the columns' names."""
        table = {"mass_GeV": self.mass}
        if self.observed is not None:
            table[f"observed_{unit}"] = self.observed
        table[f"median_{unit}"] = self.median
        for name, band in (("68", self.band68), ("95", self.band95)):
            table[f"band{name}_low_{unit}"], table[f"band{name}_high_{unit}"] = band[:, 0], band[:, 1]
        return table


def draw_limits(
    axes: Axes, limits: LimitCurves, level: float, ours: str = "", *, outer: bool = True, kind: str = "CL"
) -> None:
    """Draw bands, median and observed limit; `ours` starts the labels of the two lines, `kind` names the level's.

    A band whose lower edge is NaN, for that limit is below zero, reaches down to the axis. The ±2σ band
    is drawn if `outer`.
    """
    lead = f"{ours} " if ours else ""
    for band, fill, edge, number in (
        (limits.band95, BAND_95, "#a8924a", 2),
        (limits.band68, BAND_68, "#4a7f58", 1),
    ):
        if number == 2 and not outer:
            continue
        low, high = band.T
        axes.fill_between(
            limits.mass, np.where(np.isnan(low), 0.0, low), high, facecolor=fill, edgecolor=edge, lw=0.5,
            zorder=2.2 - 0.1 * number, label=rf"expected $\pm {number}\sigma$",
        )  # fmt: skip
    axes.plot(
        limits.mass, limits.median, color=OBSERVED, ls=(0, (5, 2)), zorder=2.2, label=f"{lead}median expected"
    )
    if limits.observed is not None:
        text = f"{lead}observed ({100 * level:g}% {kind})"
        axes.plot(limits.mass, limits.observed, color=OBSERVED, lw=1.1, zorder=2.3, label=text)


@styled
def limit_bands(
    limits: LimitCurves,
    *,
    y_label: str,
    x_label: str = r"$m_a$ (GeV)",
    level: float = 0.95,
    kind: str = "CL",
    beside: Curves | None = None,
    sample: str = SIMULATED,
    luminosity_fb: float | None = None,
    experiment: str = "",
) -> Figure:
    """Return the figure of limits with ±1σ and ±2σ bands against mass.

    Parameters
    ----------
    limits : LimitCurves
    y_label : str
        Quantity and unit.
    level, kind : float, str
        Confidence level (``CL``) or credibility of the limits.
    beside : mapping of label to (mass, limit)
        Other limits to compare with; their labels say whose they are.
    sample : str
        What the data are; stands above the frame.
    luminosity_fb : float, optional
        1/fb.
    """
    figure, axes = new_axes()
    draw_limits(axes, limits, level, kind=kind)
    draw_curves(axes, beside or {})
    set_mass_axis(axes, float(limits.mass[0]), float(limits.mass[-1]), x_label)
    axes.set_yscale("log")
    others = [value for _, value in (beside or {}).values()]
    low, high = positive_range(limits.observed, limits.median, limits.band95, *others)
    low = max(low, positive_range(limits.median)[0] / DEEPEST)
    axes.set_ylim(low / 1.6, 1.6 * high * (high / low) ** 0.35)
    axes.set_ylabel(y_label, loc="top")
    axes.legend(loc="upper left", ncols=2)
    headline(axes, sample, luminosity_fb, experiment)
    return figure
