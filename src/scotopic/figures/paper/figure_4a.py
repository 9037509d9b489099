"""Figure 4a of the paper: limits on the cross section of e+e- → μ+μ-Z′, Z′ → invisible."""

from matplotlib.figure import Figure

from scotopic.figures.curves import Curves, positive_range, set_mass_axis
from scotopic.figures.limits import LimitCurves, draw_limits
from scotopic.figures.style import SECOND, SIMULATED, headline, new_axes, styled


@styled
def figure_4a(
    limits: LimitCurves,
    *,
    published: Curves,
    y_label: str = r"$\sigma(e^+e^-\to\mu^+\mu^-Z^\prime)\ B(Z^\prime\to\mathrm{inv})$ (fb)",
    level: float = 0.9,
    sample: str = SIMULATED,
    luminosity_fb: float | None = None,
    experiment: str = "",
) -> Figure:
    """Return figure 4a, or figure 5, which has the same form.

    Parameters
    ----------
    limits : LimitCurves
        fb.
    published : mapping of label to (mass, value)
        Single values of others, drawn as points.
    """
    figure, axes = new_axes()
    draw_limits(axes, limits, level, kind="credibility")
    for label, (mass, value) in published.items():
        axes.plot(mass, value, ls="none", marker="D", ms=4.0, color=SECOND, zorder=3.0, label=label)
    set_mass_axis(axes, 0.0, 8.0, r"$m_{Z^\prime}$ (GeV)")
    axes.set_yscale("log")
    others = [value for _, value in published.values()]
    low, high = positive_range(limits.observed, limits.median, limits.band95, *others)
    axes.set_ylim(low / 1.6, 1.6 * high * (high / low) ** 0.35)
    axes.set_ylabel(y_label, loc="top")
    axes.legend(loc="upper left", ncols=2)
    headline(axes, sample, luminosity_fb, experiment)
    return figure
