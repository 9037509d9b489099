"""How signals and backgrounds radiate: one rule for every search, and what efficiencies then mean.

Cross sections and couplings of results are those of the tree level. An efficiency is the selected cross section, with
radiation, over the tree-level one: it holds what radiation adds to the cross section or takes from it, and may exceed
the acceptance.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from scotopic.analysis.systematic import Systematic
from scotopic.events.record import Events
from scotopic.numerics.arrays import Floats


@dataclass(frozen=True)
class Radiation:
    """Which particles radiate, in the words of `scotopic.events.generate.generate`.

    Attributes
    ----------
    isr : {"none", "collinear", "pt"}
        The beams.
    fsr : {"none", "exponentiated"}
        Charged particles that come out, and those that τ's decay to.
    """

    isr: Literal["none", "collinear", "pt"]
    fsr: Literal["none", "exponentiated"]

    @property
    def options(self) -> dict[str, Any]:
        """Return the keywords of `generate`."""
        return asdict(self)


RADIATION = Radiation(isr="pt", fsr="exponentiated")
"""Of all signals and backgrounds."""
NO_RADIATION = Radiation(isr="none", fsr="none")
"""To compare, and for the resolution of the detector alone."""

HIGHER_ORDERS = Systematic(
    "radiation beyond its leading logarithms",
    "efficiency",
    0.01,
    "P",
    "first-order constants of 0.65 % (docs/radiation.md), known for annihilation into one virtual photon only",
    because="theory, not numbers of events",
)


def efficiency(selected: Floats, made: Events, tree_pb: float) -> tuple[float, float]:
    """Return the efficiency of a signal and its statistical error.

    Parameters
    ----------
    selected : (K,)
        Weights of the selected events, pb.
    made : Events
        All events that were generated, of equal weights.
    tree_pb : float
        Tree-level cross section of the signal, pb.

    Notes
    -----
    The error is binomial, with that of the generated cross section.
    """
    value = float(selected.sum()) / tree_pb
    share = len(selected) / len(made)
    binomial = float((selected**2).sum()) * (1.0 - share) / tree_pb**2
    relative = (made.cross_section_error_pb or 0.0) / float(made.weights.sum())
    return value, float(np.sqrt(binomial + (value * relative) ** 2))
