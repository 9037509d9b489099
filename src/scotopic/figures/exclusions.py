"""The plane of mass and coupling: competing bounds filled, our limits and other curves on top."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from scotopic.bounds import Bound
from scotopic.figures.curves import Curves, draw_curves, set_mass_axis
from scotopic.figures.limits import LimitCurves, draw_limits
from scotopic.figures.placement import CELLS, centres, write_inside
from scotopic.figures.style import FILLS, HATCHES, SIMULATED, as_text, headline, new_axes, styled
from scotopic.numerics.arrays import Bools, Floats

EDGE = "#4d5560"


@styled
def exclusion_plane(
    bounds: Sequence[Bound],
    *,
    masses: tuple[float, float],
    couplings: tuple[float, float],
    y_label: str,
    x_label: str = r"$m_a$ (GeV)",
    limits: LimitCurves | None = None,
    lines: Sequence[Bound] = (),
    curves: Curves | None = None,
    level: float = 0.95,
    note: str = "",
    sample: str = SIMULATED,
    luminosity_fb: float | None = None,
    experiment: str = "",
) -> Figure:
    """Return the figure of an exclusion plane.

    Parameters
    ----------
    bounds : sequence of Bound
        Filled, the last one in front; named inside their areas, or in the legend where there is no room.
    masses, couplings : (float, float)
        Ranges of the axes.
    limits : LimitCurves, optional
        Ours, as ±1σ band and lines.
    lines : sequence of Bound
        Drawn as lines.
    curves : mapping of label to (mass, coupling)
        Other lines.
    note : str
        Title of the legend, such as an assumption.
    """
    figure, axes = new_axes(7.2, 5.4)
    set_mass_axis(axes, *masses, x_label)
    axes.set_yscale("log")
    axes.set_ylim(*couplings)
    axes.set_ylabel(y_label, loc="top")
    headline(axes, sample, luminosity_fb, experiment)
    for number, bound in enumerate(bounds):
        fill_bound(axes, bound, number, couplings[1])
    if limits is not None:
        draw_limits(axes, limits, level, "this work:", outer=False)
    drawn = {bound.label: joined(bound) for bound in lines} | dict(curves or {})
    draw_curves(axes, drawn)
    unnamed = _name_areas(figure, axes, bounds, limits, drawn, masses, couplings)
    handles = [*axes.get_legend_handles_labels()[0], *unnamed]
    if handles or note:
        axes.legend(
            handles=handles, loc="lower right", fontsize=9, title=note, title_fontsize=9.5, alignment="left"
        )
    return figure


def fill_bound(axes: Axes, bound: Bound, number: int, ceiling: float) -> None:
    """Fill what a bound excludes; a limit that is a function of mass excludes all couplings above it."""
    fill, hatch = _look(number)
    for mass, coupling in bound.pieces:
        if bound.shape == "region":
            outline = np.array([mass, coupling])
        else:
            top = max(10.0 * ceiling, float(coupling.max()))
            outline = np.array([[mass[0], *mass, mass[-1]], [top, *coupling, top]])
        axes.fill(*outline, facecolor=fill, edgecolor=EDGE, hatch=hatch, lw=0.9, zorder=1.0 + 0.01 * number)


def _look(number: int) -> tuple[str, str]:
    """Return fill and hatch; once all fills are used, they come again with other hatches."""
    return FILLS[number % len(FILLS)], HATCHES[(number + number // len(FILLS)) % len(HATCHES)]


def joined(bound: Bound) -> tuple[Floats, Floats]:
    """Return the pieces of a bound in one curve, NaN between them."""
    gap = np.array([np.nan])
    mass, coupling = (np.concatenate([part for p in bound.pieces for part in (p[i], gap)]) for i in (0, 1))
    return mass, coupling


def _name_areas(
    figure: Figure,
    axes: Axes,
    bounds: Sequence[Bound],
    limits: LimitCurves | None,
    lines: Curves,
    masses: tuple[float, float],
    couplings: tuple[float, float],
) -> list[Patch]:
    """Write each bound's label inside its visible area; return legend patches of those without room."""
    mass, coupling = centres(*masses, CELLS[0]), centres(*couplings, CELLS[1])
    areas = np.array([bound.contains(mass[:, None], coupling[None, :]) for bound in bounds])
    free = np.ones(CELLS, dtype=bool)
    if limits is not None:
        edges = [limits.band68, limits.median[:, None]]
        edges += [] if limits.observed is None else [limits.observed[:, None]]
        _block(free, mass, coupling, limits.mass, np.concatenate(edges, axis=1))
    for m, g in lines.values():
        for piece in np.split(np.arange(len(m)), np.flatnonzero(~np.isfinite(g))):
            inside = piece[np.isfinite(g[piece])]
            if len(inside) > 1:
                _block(free, mass, coupling, m[inside], g[inside, None])
    unnamed = []
    for number, bound in enumerate(bounds):
        alone = areas[number] & ~np.delete(areas, number, axis=0).any(axis=0)
        visible = areas[number] & ~areas[number + 1 :].any(axis=0)
        for area in (alone, visible):
            place = free & area
            if place.any() and write_inside(figure, axes, as_text(bound.label), place, halo=_look(number)[0]):
                free &= place | ~area
                break
        else:
            if visible.any():
                fill, hatch = _look(number)
                unnamed.append(Patch(facecolor=fill, edgecolor=EDGE, hatch=hatch, label=as_text(bound.label)))
    return unnamed


def _block(free: Bools, mass: Floats, coupling: Floats, at: Floats, values: Floats) -> None:
    """Take away the cells that curves (K points, any number of values each) run through."""
    order = np.argsort(at)
    columns = np.stack([np.interp(mass, at[order], column[order], np.nan, np.nan) for column in values.T])
    known = np.isfinite(columns).any(axis=0)
    low, high = np.nanmin(columns[:, known], axis=0), np.nanmax(columns[:, known], axis=0)
    free[known] &= ~((coupling > low[:, None] / 1.15) & (coupling < high[:, None] * 1.15))
