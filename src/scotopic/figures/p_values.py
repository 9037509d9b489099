"""Local p-values against mass."""

import math

import numpy as np
from matplotlib.figure import Figure

from scotopic.errors import InputError
from scotopic.figures.curves import set_mass_axis
from scotopic.figures.style import OBSERVED, SIMULATED, headline, new_axes, styled
from scotopic.numerics.arrays import Floats

DEEPEST = 37
"""Standard deviations whose p-value is still a normal number."""


def one_sided_p(significance: float) -> float:
    """Return the one-sided p-value of a significance in standard deviations."""
    return 0.5 * math.erfc(significance / math.sqrt(2.0))


@styled
def p_value_scan(
    mass: Floats,
    p_local: Floats,
    *,
    p_global: float | None = None,
    x_label: str = r"$m_a$ (GeV)",
    unit: str = "GeV",
    sample: str = SIMULATED,
    luminosity_fb: float | None = None,
    experiment: str = "",
) -> Figure:
    """Return the figure of the local p-value of an excess at each mass (`unit`).

    `p_global` belongs to the largest excess and is written beside it.
    """
    if np.shape(mass) != np.shape(p_local) or len(mass) == 0:
        raise InputError(f"p-value scan: {len(mass)} masses but {len(p_local)} p-values")
    if not np.isfinite(p_local).any():
        raise InputError("p-value scan: no p-value is finite")
    figure, axes = new_axes()
    axes.plot(mass, p_local, color=OBSERVED, lw=1.1, zorder=3.0)
    best = int(np.nanargmin(p_local))
    deepest = next((z for z in range(4, DEEPEST) if one_sided_p(z) < p_local[best]), DEEPEST)
    for number in range(1, deepest, 1 + deepest // 10):
        p = one_sided_p(number)
        axes.axhline(p, color="#777777", lw=0.8, ls=(0, (5, 3)), zorder=1.0)
        axes.text(
            1.008, p, rf"${number}\sigma$", transform=axes.get_yaxis_transform(), ha="left", va="center",
            fontsize=9.5, color="#444444",
        )  # fmt: skip
    set_mass_axis(axes, float(mass[0]), float(mass[-1]), x_label)
    axes.set_yscale("log")
    axes.set_ylim(one_sided_p(deepest), 2.0)
    axes.set_ylabel(r"Local $p_0$", loc="top")
    text = rf"largest: {mass[best]:.3g} {unit}, local $p_0$ = {p_local[best]:.2g}"
    text += "" if p_global is None else rf", global $p$ = {p_global:.2g}"
    axes.plot(mass[best], p_local[best], marker="v", ms=7, color="#b03a2e", ls="none", zorder=4.0, label=text)
    axes.legend(loc="lower left")
    headline(axes, sample, luminosity_fb, experiment)
    return figure
