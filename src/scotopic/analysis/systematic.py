"""Systematic terms of a search, and properties of the detector that templates are fitted with."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats
from scotopic.selection.candidates import Candidates

RULES = ("stated", "constant", "scaled")
SCALING_MARK = "P"  # whether an error falls with luminosity is a judgement of ours


@dataclass(frozen=True)
class Systematic:
    """A relative uncertainty with its origin.

    Attributes
    ----------
    name : str
    on : str
        What it scales: ``efficiency``, ``luminosity``, ``resolution``, ``background`` or the name of one background.
    relative_error : float
    mark, source : str
    statistical : bool
        Of the size of a control sample: in a projection it falls as 1/√luminosity from that of the search.
    because : str
        Why it falls or stays; either is a judgement of ours, mark P.
    """

    name: str
    on: str
    relative_error: float
    mark: str
    source: str
    statistical: bool = False
    because: str = "no control sample that it is measured with is known"

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {**asdict(self), "scaling_mark": SCALING_MARK}


def scale_systematics(
    terms: Sequence[Systematic], stated_fb: float, luminosity_fb: float, rule: str = "stated"
) -> tuple[Systematic, ...]:
    """Return systematic errors at a luminosity, by one of `RULES`.

    Those that scale are σ(L) = σ(L₀) √(L₀/L), with L₀ the luminosity `stated_fb` at which they are stated.
    """
    if rule not in RULES:
        raise InputError(f"systematics = {rule!r}; there are: {', '.join(RULES)}")
    factor = float(np.sqrt(stated_fb / luminosity_fb))
    return tuple(
        replace(one, relative_error=one.relative_error * factor) if falls(one, rule) else one for one in terms
    )


def falls(one: Systematic, rule: str) -> bool:
    """Return whether an error falls with luminosity by a rule."""
    return rule == "scaled" or (rule == "stated" and one.statistical)


@dataclass(frozen=True)
class Nuisance:
    """A property of the detector that is not published, a nuisance parameter of a template fit.

    Attributes
    ----------
    name : str
    background : str
        Name of the background it scales; empty for all.
    power : str
        Truth column: an event's weight goes with this power of the factor; empty for the first power.
    relative_error : float
        Of the factor, in the fit.
    least, largest : float
        Factors at the ends of the envelope.
    mark, source : str
    """

    name: str
    background: str
    power: str
    relative_error: float
    least: float
    largest: float
    mark: str
    source: str

    def count(self, candidates: Candidates, background: str) -> Floats:
        """Return the power (M,) of the factor in each candidate's weight."""
        if self.background not in ("", background):
            return np.zeros(len(candidates))
        return candidates[self.power] if self.power else np.ones(len(candidates))
