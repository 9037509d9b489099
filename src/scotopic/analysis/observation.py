"""The noun `Observation`: what was observed."""

from collections.abc import Mapping
from dataclasses import dataclass

from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import CutStep


@dataclass(frozen=True)
class Observation:
    """Candidates behind a search's common cuts, as data: every event counts one.

    Attributes
    ----------
    luminosity_fb : float or None
        What the sample's cross section and size imply; None where no cross section is known.
    notes : tuple of str
        What the reader of a result must know about the source.
    control_counts : mapping of name to int, optional
        Events in each control sample of the search; None for files of candidates, which chose already.
    """

    candidates: Candidates
    cut_flow: tuple[CutStep, ...]
    luminosity_fb: float | None
    notes: tuple[str, ...]
    control_counts: Mapping[str, int] | None = None
