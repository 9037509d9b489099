"""Figure 2a of the paper: limits on the cross section of e+e- → γa, a → γγ."""

from matplotlib.figure import Figure

from scotopic.figures.curves import Curves
from scotopic.figures.limits import LimitCurves, limit_bands
from scotopic.figures.style import SIMULATED


def figure_2a(
    limits: LimitCurves,
    *,
    level: float = 0.95,
    beside: Curves | None = None,
    sample: str = SIMULATED,
    luminosity_fb: float | None = None,
    experiment: str = "",
) -> Figure:
    """Return figure 2a.

    Parameters
    ----------
    limits : LimitCurves
        On σ(e+e- → γa) B(a → γγ) in fb.
    beside : mapping of label to (mass, σ in fb)
        Results of others; their labels say whose they are.
    """
    return limit_bands(
        limits,
        y_label=r"$\sigma(e^+e^-\to\gamma a)\ B(a\to\gamma\gamma)$ (fb)",
        level=level,
        beside=beside,
        sample=sample,
        luminosity_fb=luminosity_fb,
        experiment=experiment,
    )
