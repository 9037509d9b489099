"""The noun `ControlSample`: events beside a search that tell the rate of one of its backgrounds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import Cut


@dataclass(frozen=True)
class ControlSample:
    """Events without signal that are mostly of one background.

    Attributes
    ----------
    name, label : str
        Key in results and text in tables.
    measures : str
        Name of the background whose rate it tells.
    find : callable (detected, *, source) -> Candidates
    cuts : tuple of Cut
    """

    name: str
    label: str
    measures: str
    find: Callable[..., Candidates]
    cuts: tuple[Cut, ...]


@dataclass(frozen=True)
class ControlYield:
    """What a control sample counted.

    Attributes
    ----------
    expected : mapping of background to float
        Simulated events in it, not scaled.
    observed : float
        Counted in data; what is expected where there are none.
    scale, scale_error : float
        Of the background that it measures, data over simulation, with the statistical errors of both.
    """

    sample: ControlSample
    expected: Mapping[str, float]
    observed: float
    scale: float
    scale_error: float

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "name": self.sample.name,
            "sample": self.sample.label,
            "measures": self.sample.measures,
            "expected_events": dict(self.expected),
            "observed_events": self.observed,
            "scale": self.scale,
            "scale_error": self.scale_error,
        }
