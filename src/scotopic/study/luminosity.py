"""Which luminosity the limits of a search belong to, and what a reader must know of it: one rule for all searches."""

from scotopic.study.observation import Observation
from scotopic.study.settings import AnySearch

AGREES = 0.02  # relative difference between what is given and what a file implies


def choose_luminosity(
    search: AnySearch, given: float | None, observation: Observation | None
) -> tuple[float, list[str]]:
    """Return the luminosity in 1/fb and notes: what is given, else what the file implies, else the article's."""
    implied = observation.luminosity_fb if observation else None
    if given is not None:
        if implied is None or abs(implied / given - 1.0) <= AGREES:
            return given, []
        return given, [
            f"the file's events over its cross section are {_shown(implied)}, not the {_shown(given)} given"
        ]
    if implied is not None:
        return implied, [f"luminosity not given: {_shown(implied)}, events over cross section of the file"]
    return search.paper_luminosity_fb, [
        f"luminosity not given: {_shown(search.paper_luminosity_fb)}, as in the paper"
    ]


def _shown(luminosity_fb: float) -> str:
    return f"{luminosity_fb:.4g}/fb" if luminosity_fb >= 1.0 else f"{1e3 * luminosity_fb:.4g}/pb"
