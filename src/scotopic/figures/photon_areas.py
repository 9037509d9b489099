"""Figures 3 and 7a of the paper: limits of single photons, what they hang on, and the targets of dark matter."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from scotopic.bounds import Bound
from scotopic.figures.curves import Curves, draw_curves
from scotopic.figures.exclusions import exclusion_plane
from scotopic.figures.limits import LimitCurves
from scotopic.figures.style import PROJECTION, SECOND, styled
from scotopic.numerics.arrays import Floats

UNKNOWNS = "#8c6bb1"


@styled
def photon_plane(
    bounds: Sequence[Bound],
    limits: LimitCurves,
    unknowns: Floats,
    *,
    masses: tuple[float, float],
    couplings: tuple[float, float],
    x_label: str,
    y_label: str,
    curves: Curves,
    points: dict[str, tuple[Floats, Floats]] | None = None,
    level: float = 0.9,
    note: str = "",
    sample: str = PROJECTION,
    luminosity_fb: float | None = None,
    experiment: str = "",
) -> Figure:
    """Return the figure of limits on a mediator that decays invisibly.

    Parameters
    ----------
    bounds : sequence of Bound
        Filled.
    limits : LimitCurves
        Ours.
    unknowns : (M, 2)
        Median limits with the detector's unknowns at their best and worst.
    curves : mapping of label to (mass, coupling)
        Targets and further limits, drawn as lines.
    points : mapping of label to (mass, coupling)
        Published check-points, drawn as markers.
    note : str
        Title of the legend.
    """
    figure = exclusion_plane(
        bounds,
        masses=masses,
        couplings=couplings,
        x_label=x_label,
        y_label=y_label,
        limits=limits,
        level=level,
        note=note,
        sample=sample,
        luminosity_fb=luminosity_fb,
        experiment=experiment,
    )
    axes = figure.axes[0]
    best, worst = unknowns.T
    axes.fill_between(
        limits.mass, best, worst, facecolor="none", edgecolor=UNKNOWNS, hatch="////", lw=0.8, zorder=2.0,
        label="photon loss and muon veto within their ranges",
    )  # fmt: skip
    draw_curves(axes, curves)
    for label, (mass, coupling) in (points or {}).items():
        axes.plot(mass, coupling, ls="", marker="o", ms=4.5, color=SECOND, zorder=3.2, label=label)
    handles = axes.get_legend_handles_labels()[0]
    named = {str(one.get_label()) for one in handles} | {""}
    areas = [] if axes.legend_ is None else axes.legend_.legend_handles  # without room for their names inside
    handles += [one for one in areas if one is not None and str(one.get_label()) not in named]
    axes.legend(
        handles=handles, loc="lower right", fontsize=7.5, title=note, title_fontsize=8, alignment="left"
    )
    return figure
