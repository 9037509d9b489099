"""How much luminosity a simulated sample stands for, and what a projection beyond it has to say."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from scotopic.selection.candidates import Candidates

Floats = NDArray[np.float64]

FEW = 10.0  # simulated events


def simulated_luminosity_fb(weights: Floats) -> float:
    """Return the luminosity (1/fb) that events with weights in pb stand for; none stand for any.

    (Σw)²/Σw² weighted events fluctuate as that many equal ones.
    """
    square = float((weights**2).sum())
    return 1e-3 * float(weights.sum()) / square if square > 0.0 else np.inf


def simulation_notes(
    backgrounds: Mapping[str, Candidates], luminosity_fb: float, background: Floats, error: Floats
) -> tuple[str, ...]:
    """Return what is to be said where less is simulated than projected.

    Parameters
    ----------
    backgrounds : mapping of name to Candidates
    luminosity_fb : float
        Projected.
    background, error : (W,)
        Expected events of each window, and the statistical error of their simulation.
    """
    simulated = {name: simulated_luminosity_fb(found.weights) for name, found in backgrounds.items()}
    less = ", ".join(f"{name} {one:.3g}/fb" for name, one in simulated.items() if one < luminosity_fb)
    if not less:
        return ()
    few = int((error**2 * FEW > background**2).sum())
    known = np.median(error / np.maximum(background, error))
    text = (
        f"less is simulated than the {luminosity_fb:.4g}/fb projected: {less}; the background has a statistical error "
        f"of {known:.1%} in the median window, and the limit one of up to half of that"
    )
    if few:
        text += f"; {few} of {len(background)} windows hold fewer than {FEW:g} simulated events: read them with care"
    return (text,)
