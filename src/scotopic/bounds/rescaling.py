"""How a bound carries over to another model: production, searched decays, dependence on the lifetime."""

from dataclasses import dataclass

import numpy as np

from scotopic.numerics.arrays import Floats, Indices


@dataclass(frozen=True, eq=False)
class Production:
    """By which mechanisms the mediators of a search are made.

    Attributes
    ----------
    mechanisms : tuple of str
        Keys of `scotopic.bounds.production.MECHANISMS`.
    shares : (K,) or (K, M)
        Share of each mechanism in the model in which the bound is stated, the same at all masses or at `masses`.
    masses : (M,) or None
        GeV, rising.
    """

    mechanisms: tuple[str, ...]
    shares: Floats
    masses: Floats | None = None

    def shares_at(self, mass: Floats) -> Floats:
        """Return the shares at masses, shape (K, len(mass)); the end values hold outside the table."""
        if self.masses is None:
            return np.repeat(self.shares[:, None], len(mass), axis=1)
        return np.stack([np.interp(mass, self.masses, row) for row in self.shares])


@dataclass(frozen=True)
class AnyLifetime:
    """The search does not depend on the lifetime: scattering, or decays that are invisible anyway."""


@dataclass(frozen=True)
class ProperTimes:
    """Decays are seen between two proper times, each a·1 + b/(m − threshold) in ns (GeV inside)."""

    first: float
    last: float
    last_over_mass: float = 0.0
    threshold: float = 0.0

    def window(self, mass: Floats) -> tuple[Floats, Floats]:
        """Return the two proper times at masses, ns."""
        with np.errstate(divide="ignore"):
            slope = (
                self.last_over_mass / np.maximum(mass - self.threshold, 0.0) if self.last_over_mass else 0.0
            )
        return np.full(mass.shape, self.first), self.last + slope + 0.0 * mass


@dataclass(frozen=True)
class Shielded:
    """A dump: decay volume of a length behind a shield; the mean boost comes from the two-sided bound.

    The rates at the lower and the upper edge are equal, which fixes the proper time of the shield (P. Ilten
    et al., JHEP 06 (2018) 004). Lengths in mm; a shield of 0 takes the lifetimes at both edges themselves.
    """

    shield_mm: float
    volume_mm: float


@dataclass(frozen=True)
class Flight:
    """Decays are seen where an instrument sees them, with the momenta of its production."""

    instrument: str


@dataclass(frozen=True, eq=False)
class RequiredRate:
    """The limit on the rate over the expectation, tabulated in mass and coupling (LHCb's displaced search).

    Attributes
    ----------
    masses : (M,)
        GeV, rising.
    couplings : (M, G)
        In the bound's convention, rising.
    ratios : (M, G)
        Upper limit on the number of decays over the expected number; excluded where below 1.
    """

    masses: Floats
    couplings: Floats
    ratios: Floats

    def at(self, rows: Indices) -> "RequiredRate":
        """Return the table of some of its masses."""
        return RequiredRate(self.masses[rows], self.couplings[rows], self.ratios[rows])


Lifetime = AnyLifetime | ProperTimes | Shielded | Flight | RequiredRate


@dataclass(frozen=True, eq=False)
class Rescaling:
    """How a bound carries over to another model.

    Attributes
    ----------
    production : Production
    decays : tuple of str
        Products that are searched for, such as ``("e- e+", "mu- mu+")``; ``("invisible",)`` for missing
        energy; empty where the mediator is not produced but exchanged.
    lifetime : one of `Lifetime`
    invisible_fraction : float or None
        Branching fraction into invisible products in the bound's own model; None: the model's own.
    refused : str
        Why the bound cannot be carried over although its production is known; empty if it can.
    """

    production: Production
    decays: tuple[str, ...]
    lifetime: Lifetime
    invisible_fraction: float | None = None
    refused: str = ""


def single(mechanism: str) -> Production:
    """Return the production by one mechanism."""
    return Production((mechanism,), np.ones(1))
