"""Which luminosity the limits of a search belong to, and what a reader must know of it: one rule for all searches."""

from scotopic.analysis.observation import Observation
from scotopic.numerics.units import show_luminosity

AGREES = 0.02  # relative difference between what is given and what a file implies


def choose_luminosity(
    own_fb: float, given: float | None, observation: Observation | None
) -> tuple[float, list[str]]:
    """Return the luminosity in 1/fb and notes: what is given, else what the file implies, else the article's."""
    implied = observation.luminosity_fb if observation else None
    if given is not None:
        if implied is None or abs(implied / given - 1.0) <= AGREES:
            return given, []
        shown = show_luminosity(implied), show_luminosity(given)
        return given, [f"the file's events over its cross section are {shown[0]}, not the {shown[1]} given"]
    if implied is not None:
        return implied, [
            f"luminosity not given: {show_luminosity(implied)}, events over cross section of the file"
        ]
    return own_fb, [f"luminosity not given: {show_luminosity(own_fb)}, as in the paper"]
