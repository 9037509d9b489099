"""From limits on a cross section to limits on a coupling."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from scotopic.numerics.arrays import Floats
from scotopic.stats.limit_curve import along

ByMass = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Reading:
    """Couplings by the name of their limit, NaN where there is none, and what is to be said of them."""

    couplings: Mapping[str, Floats]
    notes: tuple[str, ...] = ()


class Coupling(Protocol):
    """The coupling that a search limits.

    Attributes
    ----------
    symbol : str
        In results, with its unit: ``g [1/GeV]``.
    label : str
        In figures.
    column : str
        At the end of a table's column names.
    """

    @property
    def symbol(self) -> str:
        """Return the symbol."""

    @property
    def label(self) -> str:
        """Return the text of figures."""

    @property
    def column(self) -> str:
        """Return the end of column names."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """Return entries of a result's settings: which other model, with which parameters."""

    def read(
        self,
        limits_fb: Mapping[str, Floats],
        points: Floats,
        resolution: Floats,
        *,
        sqrt_s: float,
        simulated_fb: ByMass,
        parameters: Mapping[str, Any],
    ) -> Reading:
        """Return the couplings of limits (P, ...) on σ × B in fb at points (P, D)."""


@dataclass(frozen=True)
class PowerLaw:
    """A coupling g of which the cross section is a power: σ B = σ₁ B g^power.

    Attributes
    ----------
    power : int
        2, or 1 for a product such as ε²α_D.
    reference_fb : callable (points (P, D), *, s, parameters) -> (P,), optional
        σ₁ at tree level, fb; without it the simulated ones, log-linear in the mass.
    branching : callable (points (P, D), parameters) -> (P,), optional
        Branching fraction B of what the search sees; one without it.
    """

    symbol: str
    label: str
    column: str = "coupling"
    power: int = 2
    reference_fb: Callable[..., Floats] | None = None
    branching: Callable[[Floats, Mapping[str, Any]], Floats] | None = None

    @property
    def settings(self) -> Mapping[str, Any]:
        """Return none: the model is the search's own."""
        return {}

    def per_unit_fb(
        self, points: Floats, *, sqrt_s: float, simulated_fb: ByMass, parameters: Mapping[str, Any]
    ) -> Floats:
        """Return σ₁ B (P,), fb."""
        if self.reference_fb is None:
            sigma = simulated_fb(points[:, 0])
        else:
            sigma = self.reference_fb(points, s=sqrt_s**2, parameters=parameters)
        return np.asarray(sigma if self.branching is None else sigma * self.branching(points, parameters))

    def read(
        self,
        limits_fb: Mapping[str, Floats],
        points: Floats,
        resolution: Floats,
        *,
        sqrt_s: float,
        simulated_fb: ByMass,
        parameters: Mapping[str, Any],
    ) -> Reading:
        """Return g = (σ B/σ₁ B)^(1/power); NaN where the limit on the cross section is not positive."""
        unit = self.per_unit_fb(points, sqrt_s=sqrt_s, simulated_fb=simulated_fb, parameters=parameters)
        return Reading({name: self._root(along(values, 1.0 / unit)) for name, values in limits_fb.items()})

    def _root(self, ratio: Floats) -> Floats:
        return np.asarray(np.where(ratio > 0.0, ratio, np.nan) ** (1.0 / self.power))
