"""A spectrum: data, background components, fit and pulls."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from scotopic.errors import InputError
from scotopic.figures.style import FILLS, HATCHES, OBSERVED, SECOND, SIMULATED, headline, styled
from scotopic.numerics.arrays import Floats


def pulls(observed: Floats, expected: Floats) -> Floats:
    """Return (observed - expected)/√expected per bin, NaN where nothing is expected or it is unknown."""
    known = np.isfinite(expected) & (expected > 0.0)
    safe = np.where(known, expected, 1.0)
    return np.where(known, (observed - safe) / np.sqrt(safe), np.nan)


@styled
def spectrum(
    edges: Floats,
    observed: Floats,
    *,
    components: Mapping[str, Floats] | None = None,
    fit: Floats | None = None,
    signal: Floats | None = None,
    signal_label: str = "signal",
    window: tuple[float, float] | None = None,
    x_label: str = r"$M^2_{\gamma\gamma}$ (GeV$^2$)",
    x_unit: str = r"GeV$^2$",
    log_x: bool = False,
    log_y: bool = True,
    sample: str = SIMULATED,
    luminosity_fb: float | None = None,
    experiment: str = "",
) -> Figure:
    """Return the figure of a spectrum with its pulls below.

    Parameters
    ----------
    edges : (B + 1,)
        Rising, in `x_unit`.
    observed : (B,)
        Candidates per bin.
    x_label, x_unit : str
        Text below the axis, and the unit of the bins' width.
    components : mapping of label to (B,)
        Expected background components, stacked from the first upwards.
    fit : (B,), optional
        Fitted candidates per bin, NaN outside the fit window. The pulls refer to it, else to the
        sum of the components.
    signal : (B,), optional
        A signal in candidates per bin, drawn as a line.
    window : (float, float), optional
        Range of the variable to shade.
    """
    components = dict(components or {})
    _check(edges, {"observed": observed, **components, "fit": fit, "signal": signal})
    figure = Figure(figsize=(6.4, 5.6), layout="constrained")
    axes, below = figure.subplots(2, 1, sharex=True, height_ratios=[3.2, 1.0])
    centre = 0.5 * (edges[1:] + edges[:-1])
    base = np.zeros(len(edges) - 1)
    for number, (label, values) in enumerate(components.items()):
        axes.stairs(
            base + values, edges, baseline=base, fill=True, facecolor=FILLS[number % len(FILLS)],
            edgecolor="#4d5560", hatch=HATCHES[number % len(HATCHES)], lw=0.5, label=label, zorder=1.0,
        )  # fmt: skip
        base = base + values
    if fit is not None:
        axes.stairs(fit, edges, baseline=None, color=SECOND, lw=1.6, label="fit", zorder=3.0)
    if signal is not None:
        axes.stairs(signal, edges, baseline=None, color="#1f3a5f", lw=1.8, label=signal_label, zorder=3.1)
    axes.errorbar(
        centre, observed, yerr=np.sqrt(observed), fmt="o", ms=2.6, lw=0.8, color=OBSERVED, label=sample,
        zorder=4.0,
    )  # fmt: skip
    axes.set_ylabel(f"Candidates / {_bin_text(edges, x_unit)}", loc="top")
    peak = float(np.nanmax([*observed, *base]))
    top = max(peak, 1.0)
    if log_y and peak > 0.0:
        axes.set_yscale("log")
        axes.set_ylim(0.5, 30.0 * top)
    else:
        axes.set_ylim(0.0, 1.5 * top)
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], labels[::-1], loc="upper right", ncols=2)
    headline(axes, sample, luminosity_fb, experiment)

    reference = fit if fit is not None else (base if components else None)
    _draw_pulls(below, edges, observed, reference)
    below.set_xlabel(x_label, loc="right")
    below.set_xlim(edges[0], edges[-1])
    if log_x:
        below.set_xscale("log")
    if window is not None:
        for panel in (axes, below):
            panel.axvspan(*window, color="#00000018", lw=0, zorder=0.5)
    figure.align_ylabels([axes, below])
    return figure


def _check(edges: Floats, named: Mapping[str, Floats | None]) -> None:
    bins = len(edges) - 1
    for name, values in named.items():
        if values is not None and np.shape(values) != (bins,):
            raise InputError(f"spectrum: {name} has shape {np.shape(values)}, must be {(bins,)}")
    if bins < 1 or not (np.diff(edges) > 0.0).all():
        raise InputError("spectrum: edges must be rising, at least two")


def _draw_pulls(axes: Axes, edges: Floats, observed: Floats, reference: Floats | None) -> None:
    reach = 4.5
    if reference is not None:
        values = np.nan_to_num(pulls(observed, reference))
        axes.stairs(values, edges, fill=True, color="#7f8c99")
        reach = max(reach, 1.1 * float(np.abs(values).max()))
    for line in (-2.0, 0.0, 2.0):
        axes.axhline(line, color="#333333", lw=0.8, ls="-" if line == 0.0 else (0, (1, 1.5)))
    axes.set_ylim(-reach, reach)
    axes.yaxis.set_major_locator(MultipleLocator(2.0 if reach < 7.0 else 5.0))
    axes.set_ylabel("Pull")


def _bin_text(edges: Floats, unit: str) -> str:
    widths = np.diff(edges)
    return f"({widths[0]:.3g} {unit})" if np.allclose(widths, widths[0], rtol=1e-6) else "bin"
