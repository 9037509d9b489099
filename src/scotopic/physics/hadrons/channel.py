"""The noun Channel: a hadronic final state and its currents of ρ, ω and φ.

A vector with charges (q_u, q_d, q_s) reaches a final state through the currents that the photon reaches it
through, each with its own weight: ρ with q_u − q_d, ω with 3(q_u + q_d), φ with −3 q_s, which are 1, 1, 1 for
the photon (vector-meson dominance: P. Ilten, Y. Soreq, M. Williams, W. Xue, JHEP 06 (2018) 004).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.numerics.arrays import Floats

Current = NDArray[np.inexact[Any]] | float
Currents = tuple[Current, Current, Current]


@dataclass(frozen=True)
class QuarkCharges:
    """Vector charges of the quarks; the photon's are `ELECTRIC`."""

    u: float
    d: float
    s: float
    c: float
    b: float

    @property
    def weights(self) -> tuple[float, float, float]:
        """Weights of the ρ, ω and φ currents relative to the photon's."""
        return self.u - self.d, 3.0 * (self.u + self.d), -3.0 * self.s


ELECTRIC = QuarkCharges(u=2.0 / 3.0, d=-1.0 / 3.0, s=-1.0 / 3.0, c=2.0 / 3.0, b=-1.0 / 3.0)


@dataclass(frozen=True)
class Channel:
    """A hadronic final state.

    Attributes
    ----------
    products : str
        Label, as in `Decay`.
    threshold : float
        Sum of the masses, GeV.
    currents : function of √s (array, GeV)
        Amplitudes (ρ, ω, φ) with R = |ρ + ω + φ|² for the photon, vacuum polarisation included as in the
        data.
    error : float
        Relative error of R, where the channel is large.
    """

    products: str
    threshold: float
    currents: Callable[[Floats], Currents]
    error: float

    def ratio(self, sqrt_s: Floats, charges: QuarkCharges = ELECTRIC) -> Floats:
        """Return R of the channel for a vector with these charges, with vacuum polarisation."""
        found = np.zeros_like(sqrt_s)
        open_ = sqrt_s > self.threshold
        if open_.any():
            amplitude = sum(
                (w * c for w, c in zip(charges.weights, self.currents(sqrt_s[open_]), strict=True)), 0.0
            )
            found[open_] = np.abs(amplitude) ** 2
        return found
