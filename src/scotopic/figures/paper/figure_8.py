"""Figure 8 of the paper: expected limits on ε²α_D over the plane of the masses of A′ and h′."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from scotopic.figures.mass_windows import mass_plane
from scotopic.figures.style import DASHES, PROJECTION, styled
from scotopic.numerics.arrays import Floats


@styled
def figure_8(
    mass: Floats,
    limit: Floats,
    *,
    sqrt_s: float,
    levels: Mapping[str, float],
    outlines: Sequence[Floats] = (),
    sample: str = PROJECTION,
    luminosity_fb: float | None = None,
    experiment: str = "",
) -> Figure:
    """Return figure 8.

    Parameters
    ----------
    mass : (W, 2)
        m_A′ and m_h′, GeV.
    limit : (W,)
        On ε²α_D.
    levels : mapping of label to value
        Drawn as contours, such as the ends of the published range; the label says where none of ours lies there.
    outlines : sequence of (P, 2)
        Borders of some windows.
    """
    figure = mass_plane(
        mass,
        limit,
        sqrt_s=sqrt_s,
        label=r"expected 90 % limit on $\varepsilon^2\alpha_D$",
        x_label=r"$m_{A^\prime}$ (GeV)",
        y_label=r"$m_{h^\prime}$ (GeV)",
        log=True,
        outlines=outlines,
        sample=sample,
        luminosity_fb=luminosity_fb,
        experiment=experiment,
    )
    axes = figure.axes[0]
    handles = []
    for number, (label, value) in enumerate(levels.items()):
        dash = DASHES[number % len(DASHES)]
        if limit.min() < value < limit.max():
            lines = axes.tricontour(
                mass[:, 0], mass[:, 1], np.log(limit), levels=[np.log(value)], colors="white", linewidths=1.4
            )
            lines.set(linestyle=[dash], path_effects=[withStroke(linewidth=2.6, foreground="#222222")])
        else:
            label = f"{label}: nowhere"
        handles.append(Line2D([], [], color="white", ls=dash, lw=1.4, label=label,
                              path_effects=[withStroke(linewidth=2.6, foreground="#222222")]))  # fmt: skip
    if outlines:
        handles.append(Line2D([], [], ls="none", marker="o", mfc="none", mec="white", ms=7.0, label="some windows",
                              path_effects=[withStroke(linewidth=2.0, foreground="#222222")]))  # fmt: skip
    best = int(np.argmin(limit))
    (star,) = axes.plot(*mass[best], ls="none", marker="*", ms=11.0, color="white", mec="#222222", zorder=3.0,
                        label=rf"strongest: {_power(limit[best])}")  # fmt: skip
    axes.legend(handles=[*handles, star], loc="upper right", fontsize=9)
    return figure


def _power(value: float) -> str:
    mantissa, exponent = f"{value:.1e}".split("e")
    return rf"${mantissa}\times 10^{{{int(exponent)}}}$"
