"""The noun `Signal`: what is simulated at a point, and which coupling its limits are read in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scotopic.analysis.axis import Axis
from scotopic.analysis.coupling import Coupling
from scotopic.analysis.region import Region
from scotopic.analysis.signal_process import SignalProcess
from scotopic.events.record import Events
from scotopic.numerics.arrays import Floats

Point = tuple[float, ...]


def _same(coordinates: Point, sqrt_s: float) -> Point:
    return coordinates


@dataclass(frozen=True)
class Signal:
    """The signal of a search.

    Attributes
    ----------
    model : str
        Its own model.
    generate : callable (point, n, *, sqrt_s, seed, radiation, workers) -> Events
        Of a point, such as ``(mass,)``. Where regions differ by a decay, it is told that of the region: ``decay=``.
    tree_pb : callable (point, *, sqrt_s) -> float
        Cross section of that signal at tree level, pb: efficiencies and limits refer to it. Told the decay too.
    axes : tuple of Axis
        Coordinates of a point.
    coupling : Coupling, optional
        None where no coupling is quoted.
    label : str
        Cross section in figures, without unit.
    fractions : callable (masses) -> (regions, masses), optional
        How the signal is divided between regions that all test it; without it a mass belongs to one region.
    point_of : callable (coordinates, sqrt_s) -> point
        Of the coordinates of the simulated grid.
    beside : tuple of str
        Bounds of the catalogue that the figure of the coupling shows.
    process : SignalProcess, optional
        What another model must drive; None where the search is read in its own model only.
    """

    model: str
    generate: Callable[..., Events]
    tree_pb: Callable[..., float]
    axes: tuple[Axis, ...] = (Axis(),)
    coupling: Coupling | None = None
    label: str = r"$\sigma\,B$"
    fractions: Callable[[Floats], Floats] | None = None
    point_of: Callable[[Point, float], Point] = _same
    beside: tuple[str, ...] = ()
    process: SignalProcess | None = None

    def generated(self, point: Point, n: int, region: Region, **settings: Any) -> Events:
        """Return events of a point as a region looks for them; keywords as for `generate`."""
        return self.generate(point, n, **_decay(region), **settings)

    def tree_level_pb(self, point: Point, region: Region, sqrt_s: float) -> float:
        """Return the cross section of what a region looks for, pb."""
        return self.tree_pb(point, **_decay(region), sqrt_s=sqrt_s)


def _decay(region: Region) -> dict[str, str]:
    return {"decay": region.decay} if region.decay else {}
