"""Figure 7b of the paper: limits on ε of a visible dark photon, for several luminosities, beside others' bounds."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from scotopic.bounds import Bound
from scotopic.figures.exclusions import exclusion_plane, joined
from scotopic.figures.style import LINES, PROJECTION, SECOND, styled
from scotopic.numerics.arrays import Floats

MASSES = (0.02, 10.5)
COUPLINGS = (1.2e-5, 1.0e-2)


@styled
def figure_7b(
    bounds: Sequence[Bound],
    scaled: Mapping[str, tuple[Floats, Floats]],
    simulated: Mapping[str, tuple[Floats, Floats]],
    *,
    lines: Sequence[Bound] = (),
    points: Mapping[str, tuple[Floats, Floats]],
    level: float = 0.9,
    experiment: str = "",
) -> Figure:
    """Return figure 7b.

    Parameters
    ----------
    bounds : sequence of Bound
        Of others, filled.
    scaled : mapping of label to (mass, ε)
        Our projections by scale factors, dashed.
    simulated : mapping of label to (mass, ε)
        Expected limits of our own simulation, full lines; NaN leaves a gap.
    lines : sequence of Bound
        Published projections, dotted.
    points : mapping of label to (mass, ε)
        Published check-points.
    """
    figure = exclusion_plane(
        bounds,
        masses=MASSES,
        couplings=COUPLINGS,
        x_label=r"$m_{A^\prime}$ (GeV)",
        y_label=r"$\varepsilon$",
        level=level,
        sample=PROJECTION,
        experiment=experiment,
    )
    axes = figure.axes[0]
    for number, (label, curve) in enumerate(simulated.items()):
        axes.plot(*curve, color=LINES[number % len(LINES)], lw=1.3, zorder=3.0, label=label)
    for number, (label, curve) in enumerate(scaled.items()):
        axes.plot(*curve, color=LINES[(number + 1) % len(LINES)], ls="--", lw=1.0, zorder=2.9, label=label)
    for bound in lines:
        axes.plot(*joined(bound), color="black", ls=":", lw=1.2, zorder=3.1, label=bound.label)
    for number, (label, place) in enumerate(points.items()):
        marker = "os"[number % 2]
        axes.plot(*place, ls="", marker=marker, ms=4.5, color=SECOND, zorder=3.2, label=label)
    known = {text.get_text() for text in axes.texts}
    areas = [] if axes.legend_ is None else axes.legend_.legend_handles
    handles = axes.get_legend_handles_labels()[0]
    named = {handle.get_label() for handle in handles} | known
    handles += [one for one in areas if one is not None and one.get_label() not in named]
    title = f"{100 * level:g} % CL"
    axes.legend(
        handles=handles,
        loc="lower right",
        ncols=2,
        fontsize=7,
        title=title,
        title_fontsize=8,
        alignment="left",
    )
    return figure
