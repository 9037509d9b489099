"""Figure 2b of the paper: limits on the ALP-photon coupling beside the bounds of others."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from scotopic.bounds import Bound
from scotopic.figures.exclusions import exclusion_plane
from scotopic.figures.limits import LimitCurves
from scotopic.figures.style import SIMULATED

COMPETITORS = (
    "alp-opal",
    "alp-lep",
    "alp-e137",
    "alp-e141",
    "alp-nucal",
    "alp-babar-invisible",
    "alp-primex",
    "alp-cms-pbpb",
    "alp-atlas-pbpb",
)
"""Names of the bounds that the figure draws, from the back to the front."""

MASSES = (0.02, 20.0)
COUPLINGS = (1.0e-6, 5.0e-2)


def figure_2b(
    limits: LimitCurves,
    bounds: Sequence[Bound],
    *,
    level: float = 0.95,
    alpha: str = r"$\alpha = 1/137.036$",
    lines: Sequence[Bound] = (),
    sample: str = SIMULATED,
    luminosity_fb: float | None = None,
    experiment: str = "",
) -> Figure:
    """Return figure 2b.

    Parameters
    ----------
    limits : LimitCurves
        On g in 1/GeV.
    bounds : sequence of Bound
        Competing bounds, filled; usually those of `COMPETITORS`.
    alpha : str
        The electromagnetic coupling that turned cross sections into g.
    lines : sequence of Bound
        Bounds drawn as lines, such as the published result of the same search.
    """
    return exclusion_plane(
        bounds,
        limits=limits,
        lines=lines,
        masses=MASSES,
        couplings=COUPLINGS,
        y_label=r"$g_{a\gamma\gamma}$ (GeV$^{-1}$)",
        level=level,
        note=alpha,
        sample=sample,
        luminosity_fb=luminosity_fb,
        experiment=experiment,
    )
