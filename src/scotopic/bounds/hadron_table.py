"""Hadronic widths of a vector read off a table, one per set of charges: recasting asks for them again and again."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scotopic.physics.hadrons import QuarkCharges, hadronic_ratios

Floats = NDArray[np.float64]

STEPS = (
    (0.74, 0.83, 0.0002),  # ω
    (1.00, 1.04, 0.0001),  # φ
    (3.70, 4.60, 0.0005),  # ψ above the threshold of DD̄
    (10.50, 11.20, 0.0005),  # Υ above the threshold of BB̄
)
"""Ranges and steps, GeV, where R has narrow structure."""

COARSE = np.geomspace(0.1, 200.0, 5000)
ALL = "all"
KEPT = 64


@lru_cache(maxsize=1)
def _energies() -> Floats:
    return np.unique(np.concatenate([COARSE, *(np.arange(*one) for one in STEPS)]))


@lru_cache(maxsize=KEPT)
def _table(charges: QuarkCharges) -> dict[str, Floats]:
    ratios = hadronic_ratios(_energies(), charges)
    return {**ratios, ALL: np.asarray(sum(ratios.values()))}


def hadronic_ratio(mass: Floats, charges: QuarkCharges, products: str = ALL) -> Floats:
    """Return R of a vector with these charges at its mass, to some 1e-4; of one final state or of all."""
    table = _table(charges)
    if products not in table:
        return np.zeros(mass.shape)
    return np.asarray(np.interp(mass, _energies(), table[products], left=0.0))
