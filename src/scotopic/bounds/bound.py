"""The noun `Bound`: a published limit, projection, band or target in the plane of mass and coupling."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scotopic.bounds import polygon

Floats = NDArray[np.float64]

Kind = Literal["observed", "expected", "recast", "projection", "band", "target"]
LevelKind = Literal["frequentist", "CLs", "Bayesian", "inherited", "unstated"]
Shape = Literal["function", "region"]
Mark = Literal["R", "D", "M"]


@dataclass(frozen=True)
class Convention:
    """What the second coordinate of a bound is.

    Attributes
    ----------
    symbol : str
        For axes and tables.
    quantity : str
        "coupling" or "cross section".
    unit : str
    definition : str
        The Lagrangian or the process that fixes factors of two.
    """

    symbol: str
    quantity: str
    unit: str
    definition: str


CONVENTIONS = {
    "alp-photon:g": Convention("g_aγγ", "coupling", "1/GeV", "L = -(g/4) a F F̃; Γ(a → γγ) = g²m³/64π"),
    "alp-photon:sigma": Convention("σ(e+e- → γa) B(a → γγ)", "cross section", "fb", "e+e- → γa, a → γγ"),
}


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
    """A bound on one coupling of one model against the mediator's mass.

    Attributes
    ----------
    name, label : str
        Name of the file, and text in figures.
    experiment, process, model : str
    convention : str
        Key of `CONVENTIONS`; fixes quantity and unit.
    kind : str
        observed, expected, recast, projection, band or target.
    level : float or None
        Confidence or credibility level; None only for a band or target.
    level_kind : str
        frequentist, CLs, Bayesian, inherited (a recast's input has it), unstated.
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

    def contains(self, mass: ArrayLike, coupling: ArrayLike) -> NDArray[np.bool_]:
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
