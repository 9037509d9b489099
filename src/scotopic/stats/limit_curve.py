"""The noun `LimitCurve`: an observed limit and the expected ones, which always go together."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class LimitCurve:
    """Upper limits at P points; NaN where there is none.

    Attributes
    ----------
    median : (P,)
    band68, band95 : (P, 2)
        Lower and upper edges of the expected limit's central intervals.
    observed : (P,) or None
        None where nothing was observed: a projection.
    """

    median: Floats
    band68: Floats
    band95: Floats
    observed: Floats | None = None

    def __post_init__(self) -> None:
        points = len(self.median)
        shapes = {"median": (points,), "band68": (points, 2), "band95": (points, 2), "observed": (points,)}
        for name, shape in shapes.items():
            values = getattr(self, name)
            if values is not None and np.shape(values) != shape:
                raise InputError(f"limit curve: {name} has shape {np.shape(values)}, must be {shape}")

    def map(self, function: Callable[[Floats], Floats]) -> "LimitCurve":
        """Return the curve of `function`, of arrays (P,) and (P, 2): from events to cross sections to couplings."""
        return LimitCurve(
            function(self.median),
            function(self.band68),
            function(self.band95),
            None if self.observed is None else function(self.observed),
        )

    def select(self, which: Ints) -> "LimitCurve":
        """Return the curve at some of the points."""
        return self.map(lambda values: values[which])

    def scaled(self, factor: Floats) -> "LimitCurve":
        """Return the curve times a factor (P,)."""
        return self.map(lambda values: along(values, factor))

    def columns(self, unit: str) -> dict[str, Floats]:
        """Return the columns of a table; `unit` ends their names."""
        table = {} if self.observed is None else {f"observed_{unit}": self.observed}
        table[f"median_{unit}"] = self.median
        for name, band in (("68", self.band68), ("95", self.band95)):
            table[f"band{name}_low_{unit}"], table[f"band{name}_high_{unit}"] = band[:, 0], band[:, 1]
        return table

    def to_json(self) -> dict[str, Floats | None]:
        """Return the four arrays by name."""
        return {
            "observed": self.observed,
            "median": self.median,
            "band68": self.band68,
            "band95": self.band95,
        }


def along(values: Floats, factor: Floats) -> Floats:
    """Return values (P,) or (P, 2) times a factor (P,)."""
    return np.asarray(values * factor.reshape((-1,) + (1,) * (values.ndim - 1)))
