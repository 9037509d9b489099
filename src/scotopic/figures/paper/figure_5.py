"""Figure 5 of the paper: limits on efficiency times cross section of e+e- → e±μ∓ + missing energy."""

from matplotlib.figure import Figure

from scotopic.figures.limits import LimitCurves
from scotopic.figures.paper.figure_4a import figure_4a
from scotopic.figures.style import SIMULATED


def figure_5(
    limits: LimitCurves,
    *,
    level: float = 0.9,
    sample: str = SIMULATED,
    luminosity_fb: float | None = None,
    experiment: str = "",
) -> Figure:
    """Return figure 5; limits in fb."""
    return figure_4a(
        limits,
        published={},
        y_label=r"$\varepsilon\,\sigma(e^+e^-\to e^\pm\mu^\mp+\mathrm{inv})$ (fb)",
        level=level,
        sample=sample,
        luminosity_fb=luminosity_fb,
        experiment=experiment,
    )
