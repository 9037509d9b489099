"""The simulated limit on a model's coupling beside published bounds that are carried over to the model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.bounds import Bound, load_bound
from scotopic.bounds.carriers import get_carrier
from scotopic.bounds.recasting import recast
from scotopic.errors import InputError
from scotopic.figures import LimitCurves, limit_bands, save, write_csv
from scotopic.searches.counting_search import CountingResult
from scotopic.searches.search import SearchResult
from scotopic.searches.signal_process import SIGNALS

Floats = NDArray[np.float64]


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
    result: SearchResult | CountingResult,
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
    chosen = bounds or [load_bound(name) for name in SIGNALS[result.search].published]
    return [_beside(result, model, parameters, bound) for bound in chosen]


def _beside(
    result: SearchResult | CountingResult, model: str, parameters: Mapping[str, float | str], bound: Bound
) -> BesideBound:
    none = np.empty(0)
    luminosity = "" if bound.luminosity_fb is None else f", {bound.luminosity_fb:g}/fb"
    about = f"{bound.experiment}, {bound.kind}{luminosity}"
    try:
        found = recast(bound, get_carrier(model, parameters))
    except InputError as fault:
        return BesideBound(bound.name, about, none, none, none, str(fault))
    if found.bound is None:
        return BesideBound(bound.name, about, none, none, none, found.gaps[0][2])
    assert result.coupling_median is not None
    there = found.bound.at(result.mass)
    both = np.isfinite(there) & np.isfinite(result.coupling_median)
    if not both.any():
        return BesideBound(bound.name, about, none, none, none, "no mass at which both have a limit")
    return BesideBound(bound.name, about, result.mass[both], result.coupling_median[both], there[both])


def write_model_report(
    result: SearchResult | CountingResult, beside: Sequence[BesideBound], folder: Path
) -> list[Path]:
    """Write the limit on the model's coupling, figure and table, and one table for each bound beside it."""
    assert result.coupling_median is not None
    assert result.coupling_band68 is not None
    assert result.coupling_band95 is not None
    folder.mkdir(parents=True, exist_ok=True)
    curves = LimitCurves(
        result.mass,
        result.coupling_observed,
        result.coupling_median,
        result.coupling_band68,
        result.coupling_band95,
    )
    level = result.settings["level"]
    figure = limit_bands(
        curves,
        y_label=result.coupling_symbol,
        level=level,
        kind="credibility" if isinstance(result, CountingResult) else "CL",
        beside={f"{one.bound}, recast": (one.mass, one.recast) for one in beside if not one.reason},
        experiment=result.experiment,
        luminosity_fb=result.luminosity_fb,
    )
    written = save(figure, folder / "model_limit")
    stated = [f"{result.search}, {result.experiment}, {result.luminosity_fb:g}/fb; ours, not published"]
    written.append(
        write_csv(folder / "model_limit.csv", curves.columns("coupling"), [*stated, *result.notes])
    )
    for one in beside:
        if not one.reason:
            table = {"mass_GeV": one.mass, "simulated": one.ours, "recast": one.recast, "ratio": one.ratio}
            said = [*stated, f"recast: {one.bound} ({one.about})"]
            written.append(write_csv(folder / f"beside_{one.bound}.csv", table, said))
    return written
