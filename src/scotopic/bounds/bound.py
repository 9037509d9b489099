"""The noun `Bound`: a published limit, projection, band or target in the plane of mass and coupling."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from scotopic.bounds import polygon
from scotopic.bounds.conventions import convert
from scotopic.bounds.rescaling import Rescaling
from scotopic.numerics.arrays import Bools, Floats

Kind = Literal["observed", "expected", "recast", "projection", "band", "target", "compilation"]
LevelKind = Literal["frequentist", "CLs", "Bayesian", "inherited", "mixed", "unstated"]
Shape = Literal["function", "region"]
Mark = Literal["R", "D", "M"]

LIMITS: tuple[Kind, ...] = ("observed", "recast", "compilation")
"""Kinds that exclude something today."""


@dataclass(frozen=True)
class Citation:
    """The paper that states the bound.

    Attributes
    ----------
    text : str
        Authors, journal, volume, year, page.
    arxiv, doi : str
        Empty where there is none.
    bibtex : str
        One BibTeX entry.
    mark : {"R", "D", "M"}
        R: checked against a record; M: recalled.
    """

    text: str
    arxiv: str
    doi: str
    bibtex: str
    mark: Mark


@dataclass(frozen=True)
class Reading:
    """How the numbers came here.

    Attributes
    ----------
    how : str
        From the paper's figure to this table.
    source : str
        Who read them, with address.
    licence : str
        Licence of that source.
    mark : {"R", "D", "M"}
        Provenance mark of the numbers.
    """

    how: str
    source: str
    licence: str
    mark: Mark


@dataclass(frozen=True, eq=False)
class Bound:
    """A bound on one coupling of one model against a mass.

    Attributes
    ----------
    name, label : str
        Name of the file, and text in figures.
    experiment, process, model : str
    convention : str
        Key of `CONVENTIONS`; fixes quantity and unit.
    kind : str
        observed, expected, recast, projection, band, target, or compilation (the outline of several bounds).
    level : float or None
        Confidence or credibility level; None for a band, target or compilation, and where a file of a user
        does not say.
    level_kind : str
        frequentist, CLs, Bayesian, inherited (a recast's input has it), mixed, unstated.
    luminosity_fb : float or None
        1/fb, of collider data.
    branching_fraction : float
        Assumed, of the decay that is searched for.
    shape : {"function", "region"}
        An upper limit as a function of mass, or closed regions.
    pieces : tuple of ((K,), (K,))
        Masses (GeV) and couplings of each piece; straight between points on logarithmic axes.
    supersedes : tuple of str
        Names of bounds that this one replaces.
    assumptions : tuple of (str, float)
        Values that the convention or the analysis needs, such as α_D.
    rescaling : Rescaling or None
        How the bound carries over to other models; None where that is not stated.
    """

    name: str
    label: str
    experiment: str
    process: str
    model: str
    convention: str
    kind: Kind
    level: float | None
    level_kind: LevelKind
    luminosity_fb: float | None
    branching_fraction: float
    shape: Shape
    pieces: tuple[tuple[Floats, Floats], ...]
    supersedes: tuple[str, ...]
    citation: Citation
    reading: Reading
    assumptions: tuple[tuple[str, float], ...] = ()
    rescaling: Rescaling | None = None

    @property
    def mass_range(self) -> tuple[float, float]:
        """Return the lowest and highest mass, GeV."""
        masses = np.concatenate([mass for mass, _ in self.pieces])
        return float(masses.min()), float(masses.max())

    def at(self, mass: ArrayLike) -> Floats:
        """Return the limit at masses (GeV), NaN outside; for regions the lowest excluded coupling."""
        masses = np.asarray(mass, dtype=np.float64)
        values = np.full(masses.shape, np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            for m, g in self.pieces:
                if self.shape == "region":
                    here = polygon.lowest(m, g, masses)
                else:
                    here = np.exp(np.interp(np.log(masses), np.log(m), np.log(g), np.nan, np.nan))
                values = np.fmin(values, here)
        return np.asarray(values)

    def intervals(self, mass: ArrayLike) -> list[list[tuple[float, float]]]:
        """Return, per mass, the excluded intervals of the coupling; a function's have no upper end (inf)."""
        masses = np.atleast_1d(np.asarray(mass, dtype=np.float64))
        if self.shape == "function":
            return [[(g, np.inf)] if np.isfinite(g) else [] for g in self.at(masses).tolist()]
        found: list[list[tuple[float, float]]] = [[] for _ in masses]
        for m, g in self.pieces:
            for into, more in zip(found, polygon.slices(m, g, masses), strict=True):
                into.extend(more)
        return [polygon.merge(one) for one in found]

    def contains(self, mass: ArrayLike, coupling: ArrayLike) -> Bools:
        """Return whether points are excluded (for a band or target: lie on it); arrays broadcast.

        A function excludes every coupling above it.
        """
        masses, couplings = np.broadcast_arrays(np.asarray(mass, float), np.asarray(coupling, float))
        if self.shape == "function":
            return np.asarray(couplings > self.at(np.asarray(mass, float)))
        inside = np.zeros(masses.shape, dtype=bool)
        for m, g in self.pieces:
            inside |= polygon.contains(m, g, masses, couplings)
        return inside

    def converted(self, convention: str) -> "Bound":
        """Return the bound in another convention of the same model."""
        given = dict(self.assumptions)
        pieces = tuple(convert(m, g, self.convention, convention, given) for m, g in self.pieces)
        return replace(self, convention=convention, pieces=pieces)
