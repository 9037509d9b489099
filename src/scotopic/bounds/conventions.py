"""What the two coordinates of a bound are: the Lagrangian or the process that fixes factors of two."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats
from scotopic.physics.standard_model import ALPHA_0


@dataclass(frozen=True)
class Convention:
    """What the second coordinate of a bound is.

    Attributes
    ----------
    symbol : str
        For axes and tables.
    quantity : str
        "coupling", "cross section" or "branching fraction".
    unit : str
    definition : str
        The Lagrangian or the process that fixes factors of two.
    mass : str
        Whose mass the first coordinate is.
    needs : tuple of str
        Assumptions that a bound must state, such as α_D.
    """

    symbol: str
    quantity: str
    unit: str
    definition: str
    mass: str = "mediator"
    needs: tuple[str, ...] = ()


CONVENTIONS = {
    "alp-photon:g": Convention("g_aγγ", "coupling", "1/GeV", "L = -(g/4) a F F̃; Γ(a → γγ) = g²m³/64π"),
    "alp-photon:sigma": Convention("σ(e+e- → γa) B(a → γγ)", "cross section", "fb", "e+e- → γa, a → γγ"),
    "alp-photon:quarkonium": Convention(
        "B(V → γa) B",
        "branching fraction",
        "1",
        "V → γa of a vector quarkonium, times B of the decay of a",
        needs=("meson_mass", "lepton_fraction"),
    ),
    "dark-photon:epsilon": Convention("ε", "coupling", "1", "L = ε e Q f̄γ^μf A′_μ, Q the electric charge"),
    "dark-photon:y": Convention(
        "Y",
        "coupling",
        "1",
        "Y = ε² α_D (m_χ/m_A′)⁴ against the mass of χ",
        mass="dark matter",
        needs=("alphaD", "mass_ratio"),
    ),
    "dark-photon:sigma": Convention("σ(e+e- → γA′) B", "cross section", "fb", "e+e- → γA′, times B"),
    "dark-higgs:eps2alphaD": Convention("ε²α_D", "coupling", "1", "e+e- → A′h′, g_D² = 4π α_D"),
    "lmu-ltau:gprime": Convention("g′", "coupling", "1", "L = g′ (μ̄γμ - τ̄γτ + ν̄_μγν_μ - ν̄_τγν_τ) Z′"),
    "lmu-ltau:sigma": Convention("σ(e+e- → μ+μ-Z′) B", "cross section", "fb", "e+e- → μ+μ-Z′, times B"),
    "b-minus-l:g": Convention("g_B-L", "coupling", "1", "L = g (f̄γ^μf B - L of f) Z′_μ"),
    "vector:g": Convention("g", "coupling", "1", "L = g Σ x_f f̄γ^μf V_μ with the charges x_f of the model"),
    "dark-scalar:sintheta": Convention("sin θ", "coupling", "1", "L = -sin θ (m_f/v) f̄f S"),
    "lfv-alp:branching": Convention("B(τ → ℓα)", "branching fraction", "1", "τ → ℓα, α escapes"),
}


def convert(
    mass: ArrayLike, value: ArrayLike, source: str, target: str, assumptions: Mapping[str, float]
) -> tuple[Floats, Floats]:
    """Return masses and values of one convention in another.

    Parameters
    ----------
    mass, value : (K,)
        In the units of the convention `source`.
    source, target : str
        Keys of `CONVENTIONS`.
    assumptions : mapping
        What `source` needs: α_D and m_χ/m_A′ of Y, mass and B(e+e-) of the quarkonium.

    Raises
    ------
    InputError
        If there is no conversion.
    """
    m, v = np.asarray(mass, dtype=np.float64), np.asarray(value, dtype=np.float64)
    if source == target:
        return m, v
    if (source, target) == ("dark-photon:y", "dark-photon:epsilon"):
        ratio = assumptions["mass_ratio"]
        return m / ratio, np.sqrt(v / (assumptions["alphaD"] * ratio**4))
    if (source, target) == ("alp-photon:quarkonium", "alp-photon:g"):
        # Γ(V → γa)/Γ(V → e+e-) = g² M²/(32πα) (1 - m²/M²)³: σ(e+e- → γa)/σ(e+e- → μ+μ-) at s = M²
        s = assumptions["meson_mass"] ** 2
        opening = np.where(m**2 < s, (1.0 - m**2 / s) ** 3, np.nan)
        return m, np.sqrt(32.0 * math.pi * ALPHA_0 / s * v / assumptions["lepton_fraction"] / opening)
    known = "dark-photon:y to dark-photon:epsilon, alp-photon:quarkonium to alp-photon:g"
    raise InputError(f"no conversion of {source} to {target}; there are {known}")
