"""Figure 1 of the paper: how an ALP that decays to two photons shows itself in the detector."""

from matplotlib.figure import Figure

from scotopic.figures.signatures import signature_plane
from scotopic.numerics.arrays import Floats


def figure_1(
    mass: Floats,
    coupling: Floats,
    *,
    resolved: Floats,
    merged: Floats,
    displaced: Floats,
    invisible: Floats,
    experiment: str = "",
) -> Figure:
    """Return figure 1.

    Parameters
    ----------
    mass : (M,)
        GeV, rising.
    coupling : (G,)
        g in 1/GeV, rising.
    resolved, merged, displaced, invisible : (M, G)
        Fractions of the ALPs.
    """
    fractions = {"Resolved": resolved, "Merged": merged, "Displaced": displaced, "Invisible": invisible}
    return signature_plane(
        mass, coupling, fractions, y_label=r"$g_{a\gamma\gamma}$ (GeV$^{-1}$)", experiment=experiment
    )
