"""From limits on a cross section to limits on a coupling."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from scotopic.analysis.excluded_couplings import excluded_couplings
from scotopic.numerics.arrays import Floats
from scotopic.stats.limit_curve import along

ByMass = Callable[[Floats], Floats]
Ranges = list[tuple[float, float]]


@dataclass(frozen=True)
class Reading:
    """Couplings by the name of their limit, NaN where there is none, and what is to be said of them.

    `excluded` are the excluded ranges by point, where the efficiency depends on the coupling; then there are no others.
    """

    couplings: Mapping[str, Floats]
    notes: tuple[str, ...] = ()
    excluded: Sequence[Ranges] | None = None


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
    of_lifetime : callable (mass, lifetime) -> coupling, optional
        Where points have a lifetime, on which the efficiency depends: the coupling that it belongs to.
    """

    symbol: str
    label: str
    column: str = "coupling"
    power: int = 2
    reference_fb: Callable[..., Floats] | None = None
    branching: Callable[[Floats, Mapping[str, Any]], Floats] | None = None
    of_lifetime: Callable[[Floats, Floats], Floats] | None = None

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
        """Return g = (σ B/σ₁ B)^(1/power); NaN where the limit on the cross section is not positive.

        With lifetimes the excluded ranges, of the observed limit, or of the median where nothing was observed.
        """
        unit = self.per_unit_fb(points, sqrt_s=sqrt_s, simulated_fb=simulated_fb, parameters=parameters)
        if self.of_lifetime is not None:
            limit = limits_fb.get("observed", limits_fb["median"])
            ranges = excluded_couplings(points, limit, unit, self.power, self.of_lifetime)
            return Reading({}, excluded=ranges)
        return Reading({name: self._root(along(values, 1.0 / unit)) for name, values in limits_fb.items()})

    def _root(self, ratio: Floats) -> Floats:
        return np.asarray(np.where(ratio > 0.0, ratio, np.nan) ** (1.0 / self.power))
