"""Figure 4b of the paper: limits on g′ of Lμ − Lτ for two branching fractions, beside the (g−2)_μ band."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from scotopic.bounds import Bound
from scotopic.figures.curves import Curves, draw_curves, set_mass_axis
from scotopic.figures.exclusions import joined
from scotopic.figures.limits import LimitCurves
from scotopic.figures.style import LINES, SECOND, SIMULATED, headline, new_axes, styled
from scotopic.numerics.arrays import Floats

MASSES = (0.0, 8.0)
COUPLINGS = (5.0e-4, 3.0)
FILLS = {"model": "#9db7cf", "one": "#d8e4ef"}
BAND = "#cfe3c8"


@styled
def figure_4b(
    model: LimitCurves,
    one: LimitCurves,
    *,
    band: tuple[Floats, Floats, Floats],
    bounds: Sequence[Bound] = (),
    published: Curves,
    level: float = 0.9,
    sample: str = SIMULATED,
    luminosity_fb: float | None = None,
    experiment: str = "",
) -> Figure:
    """Return figure 4b.

    Parameters
    ----------
    model, one : LimitCurves
        On g′, for the model's branching fraction to neutrinos and for a branching fraction of one.
    band : three of (M,)
        Mass (GeV), lower and upper g′ that explain the muon's magnetic moment.
    bounds : sequence of Bound
        Of others, drawn as lines.
    published : mapping of label to (mass, g′)
        Single values of others, drawn as points.
    """
    figure, axes = new_axes(7.2, 5.4)
    set_mass_axis(axes, *MASSES, r"$m_{Z^\prime}$ (GeV)")
    axes.set_yscale("log")
    axes.set_ylim(*COUPLINGS)
    axes.set_ylabel(r"$g^\prime$", loc="top")
    axes.fill_between(
        *band, facecolor=BAND, edgecolor="#5d8a52", lw=0.8, zorder=0.8, label=r"$(g-2)_\mu\pm 2\sigma$"
    )
    draw_curves(axes, {bound.label: joined(bound) for bound in bounds})
    for name, curves, text in (("one", one, r"$B=1$"), ("model", model, r"$B$ of the model")):
        dark = LINES[0] if name == "model" else "#5f8fbf"
        assert curves.observed is not None
        axes.fill_between(
            curves.mass, curves.observed, 10.0 * COUPLINGS[1], facecolor=FILLS[name], lw=0.0, zorder=1.5
        )
        axes.plot(
            curves.mass, curves.observed, color=dark, zorder=2.0, label=f"observed, {text} ({100 * level:g}%)"
        )
        axes.plot(
            curves.mass,
            curves.median,
            color=dark,
            ls=(0, (5, 2)),
            zorder=2.0,
            label=f"median expected, {text}",
        )
    for label, (mass, value) in published.items():
        axes.plot(mass, value, ls="none", marker="D", ms=4.0, color=SECOND, zorder=3.0, label=label)
    axes.legend(loc="lower right", fontsize=9)
    headline(axes, sample, luminosity_fb, experiment)
    return figure
