"""How much luminosity a simulated sample stands for, and what a projection beyond it has to say."""

from collections.abc import Mapping

import numpy as np

from scotopic.numerics.arrays import Floats
from scotopic.selection.candidates import Candidates

FEW = 10.0  # simulated events


def simulated_luminosity_fb(weights: Floats) -> float:
    """Return the luminosity (1/fb) that events with weights in pb stand for; none stand for any.

    (Σw)²/Σw² weighted events fluctuate as that many equal ones.
    """
    square = float((weights**2).sum())
    return 1e-3 * float(weights.sum()) / square if square > 0.0 else np.inf


def resolved_luminosity_fb(backgrounds: Mapping[str, Candidates]) -> float:
    """Return the luminosity (1/fb) that all simulated backgrounds together stand for."""
    return simulated_luminosity_fb(np.concatenate([found.weights for found in backgrounds.values()]))


def less_simulated(weights: Mapping[str, Floats], luminosity_fb: float) -> list[str]:
    """Return a note with the samples (weights in pb, by name) that stand for less than a luminosity; none if all do."""
    simulated = {name: simulated_luminosity_fb(one) for name, one in weights.items()}
    less = ", ".join(f"{name} {one:.3g}/fb" for name, one in simulated.items() if one < luminosity_fb)
    return [f"less is simulated than the {luminosity_fb:.4g}/fb projected: {less}"] if less else []


def simulation_notes(
    background: Floats, error: Floats, luminosity_fb: float, backgrounds: Mapping[str, Candidates]
) -> list[str]:
    """Return what is to be said of windows for which less is simulated than projected.

    Parameters
    ----------
    background, error : (W,)
        Expected events of each window, and the statistical error of their simulation.
    luminosity_fb : float
        Projected.
    backgrounds : mapping of name to Candidates
    """
    if not less_simulated({name: one.weights for name, one in backgrounds.items()}, luminosity_fb):
        return []
    known = float(np.median(error / np.maximum(np.maximum(background, error), 1e-300)))
    notes = [
        f"the simulation's statistical error is {known:.1%} of the background in the median window, and up to half of "
        "that of the limit"
    ]
    few = int((error**2 * FEW > background**2).sum())
    if few:
        notes.append(
            f"{few} of {len(background)} windows hold fewer than {FEW:g} simulated events: read them with care"
        )
    return notes
