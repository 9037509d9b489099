"""The simulated limit on a model's coupling beside published bounds that are carried over to the model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scotopic.analysis.result import Result
from scotopic.bounds import Bound, load_bound
from scotopic.bounds.carriers import get_carrier
from scotopic.bounds.recasting import recast
from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats


@dataclass(frozen=True)
class BesideBound:
    """A bound beside a simulated limit.

    Attributes
    ----------
    bound, about : str
        Name, and what it is: experiment, kind, luminosity.
    mass, ours, recast : (M,)
        Masses where both exist (GeV), our expected limit and the bound in the model.
    reason : str
        Why there is nothing to compare; empty where there is.
    """

    bound: str
    about: str
    mass: Floats
    ours: Floats
    recast: Floats
    reason: str = ""

    @property
    def ratio(self) -> Floats:
        """Return ours/recast (M,)."""
        return self.ours / self.recast

    def to_json(self) -> dict[str, Any]:
        """Return the command line's JSON object."""
        if self.reason:
            return {"bound": self.bound, "reason": self.reason}
        low, median, high = np.quantile(self.ratio, [0.16, 0.5, 0.84])
        return {
            "bound": self.bound,
            "about": self.about,
            "mass_GeV": self.mass,
            "simulated": self.ours,
            "recast": self.recast,
            "ratio_median": float(median),
            "ratio_68": [float(low), float(high)],
        }


def compare_with_bounds(
    result: Result,
    model: str,
    parameters: Mapping[str, float | str],
    bounds: Sequence[Bound] = (),
) -> list[BesideBound]:
    """Return the expected limit of a search in a model beside bounds in that model.

    Parameters
    ----------
    model, parameters : str, mapping
        As the search was told.
    bounds : sequence of Bound
        With none those that the catalogue has of such searches.
    """
    process = result.search.signal.process
    chosen = bounds or [load_bound(name) for name in (process.published if process else ())]
    return [_beside(result, model, parameters, bound) for bound in chosen]


def _beside(result: Result, model: str, parameters: Mapping[str, float | str], bound: Bound) -> BesideBound:
    none = np.empty(0)
    luminosity = "" if bound.luminosity_fb is None else f", {bound.luminosity_fb:g}/fb"
    about = f"{bound.experiment}, {bound.kind}{luminosity}"
    try:
        found = recast(bound, get_carrier(model, parameters))
    except InputError as fault:
        return BesideBound(bound.name, about, none, none, none, str(fault))
    if found.bound is None:
        return BesideBound(bound.name, about, none, none, none, found.gaps[0][2])
    there, median = found.bound.at(result.mass), result.coupling_limit.median
    both = np.isfinite(there) & np.isfinite(median)
    if not both.any():
        return BesideBound(bound.name, about, none, none, none, "no mass at which both have a limit")
    return BesideBound(bound.name, about, result.mass[both], median[both], there[both])
