"""Which annihilation decides the relic density, by the ratio of the masses of dark matter and mediator."""

from dataclasses import dataclass

NEAR_RESONANCE = 0.1  # of 2m_χ/M − 1, within which the thermal tail reaches the pole
FORBIDDEN_FROM = 2.0 / 3.0  # of m_χ/M, above which χχ → two mediators can win in the early plasma


@dataclass(frozen=True)
class Regime:
    """A range of mass ratios.

    Attributes
    ----------
    name : {"direct", "resonant", "forbidden", "secluded"}
    meaning : str
        What annihilates into what.
    calculated : bool
        Whether the targets of this room hold all of it.
    """

    name: str
    meaning: str
    calculated: bool


DIRECT = Regime("direct", "annihilation through the mediator into visible particles", True)
RESONANT = Regime("resonant", "annihilation at the mediator's pole", True)
FORBIDDEN = Regime(
    "forbidden", "annihilation into two heavier mediators by thermal tails, which is not calculated", False
)
SECLUDED = Regime(
    "secluded", "annihilation into two mediators, which does not fix the visible coupling", False
)


def regime(mass_ratio: float) -> Regime:
    """Return the regime of m_χ/M.

    K. Griest and D. Seckel, Phys. Rev. D 43 (1991) 3191 (resonant, forbidden); M. Pospelov, A. Ritz and M. Voloshin,
    Phys. Lett. B 662 (2008) 53 (secluded); R. D'Agnolo and J. Ruderman, Phys. Rev. Lett. 115 (2015) 061301 (forbidden).
    """
    if mass_ratio >= 1.0:
        return SECLUDED
    if abs(2.0 * mass_ratio - 1.0) <= NEAR_RESONANCE:
        return RESONANT
    return FORBIDDEN if mass_ratio >= FORBIDDEN_FROM else DIRECT
