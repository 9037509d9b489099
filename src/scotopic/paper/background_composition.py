"""Backgrounds of two muons and missing energy, one over another, beside those of a full simulation."""

import math
from collections.abc import Mapping

import numpy as np

from scotopic.paper.report import Check, around, check
from scotopic.searches.dilepton_and_recoil.selection import RECOIL_RANGE
from scotopic.selection.candidates import Candidates

PUNZI_NET = "punzinet (MIT), counts of its training sample"
OTHER_CUTS = f"{PUNZI_NET}, whose harder preselection is known in part: compare the rows like for like"
LIKE_FOR_LIKE = "like for like: recoil above 1 GeV across the beams, into the barrel, muons pT > 0.4 GeV"
COMPOSITION = {"eemumu": 26.5 / 152.0, "mumu": 4.5 / 152.0}
"""Relative to τ pairs, before the final step."""


def composition_checks(
    composition: Mapping[str, float], backgrounds: Mapping[str, Candidates]
) -> list[Check]:
    """Return the ratios of backgrounds with our cuts, and with cuts nearer to those of the published sample.

    Parameters
    ----------
    composition : mapping of name to float
        Expected events behind the common cuts.
    backgrounds : mapping of name to Candidates
        The same, simulated.
    """
    ours: dict[str, tuple[float, float | None]] = {name: (one, None) for name, one in composition.items()}
    return [
        *_ratios_to_taus(ours, "before the final cuts, recoil above 0.2 GeV across the beams", OTHER_CUTS),
        *_ratios_to_taus(_like_for_like(backgrounds), LIKE_FOR_LIKE, PUNZI_NET),
    ]


def _ratios_to_taus(yields: Mapping[str, tuple[float, float | None]], where: str, source: str) -> list[Check]:
    texts = {"eemumu": "e⁺e⁻μ⁺μ⁻", "mumu": "μ⁺μ⁻(γ)"}
    taus, spread = yields["tautau"]
    checks = []
    for name, published in COMPOSITION.items():
        value, error = yields[name]
        ratio = value / taus if taus > 0.0 else math.nan
        relative = math.hypot(error / value, spread / taus) if error and spread else None
        checks.append(
            check(
                f"{texts[name]} over τ pairs, {where}",
                published,
                ratio,
                source if name != "mumu" else f"{source}; ours hangs on the card's 2 % of lost photons",
                "D",
                error=None if relative is None else relative * ratio,
                accepted=around(published, 0.5, 2.0),
            )
        )
    return checks


def _like_for_like(backgrounds: Mapping[str, Candidates]) -> dict[str, tuple[float, float | None]]:
    """Return rates and errors (pb) where the recoil is hard across the beams and points into the barrel."""
    rates: dict[str, tuple[float, float | None]] = {}
    for name, found in backgrounds.items():
        kept = (found["pt_low"] > 0.4) & (found["pt_recoil"] > 1.0)
        kept &= (found["theta_recoil"] > RECOIL_RANGE[0]) & (found["theta_recoil"] < RECOIL_RANGE[1])
        weights = found.weights[kept]
        rates[name] = (float(weights.sum()), float(np.sqrt((weights**2).sum())))
    return rates
