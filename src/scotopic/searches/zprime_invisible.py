"""Z′ → invisible of Lμ − Lτ: e+e- → μ+μ- and missing energy (Belle II, arXiv:1912.11276)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.events.cross_section import cross_section
from scotopic.events.generate import generate
from scotopic.events.record import Events
from scotopic.physics.registry import get_model
from scotopic.searches.counting_search import TREE_PRECISION, CountingSearch
from scotopic.searches.radiation import HIGHER_ORDERS, RADIATION, Radiation
from scotopic.searches.search import Systematic
from scotopic.searches.zprime_backgrounds import BACKGROUNDS
from scotopic.searches.zprime_controls import MUON_CONTROLS
from scotopic.searches.zprime_selection import (
    ARTICLE,
    FIDUCIAL,
    FINAL,
    FINAL_GRID,
    LOST_PHOTONS,
    PAIR_CUTS,
    find_muons,
)
from scotopic.searches.zprime_systematics import BHABHA, SUPPRESSED, TRIGGERED, UNEXPLAINED

Floats = NDArray[np.float64]


PROCESS = "e- e+ > mu- mu+ Zp"


def _model(mass: float) -> dict[str, Any]:
    return {"model": "lmu-ltau", "parameters": {"mass": mass, "gprime": 1.0, "invisible": "dark"}}


def generate_signal(
    mass: float, n: int, *, sqrt_s: float, seed: int, radiation: Radiation = RADIATION, workers: int = 1
) -> Events:
    """Return e+e- → μ+μ-Z′ at g′ = 1, the Z′ stable: it is not seen."""
    about = {**_model(mass), **radiation.options}
    return generate(PROCESS, n, **about, sqrt_s=sqrt_s, seed=seed, unweighted=True, workers=workers)


def tree_cross_section_pb(mass: float, *, sqrt_s: float) -> float:
    """Return σ(e+e- → μ+μ-Z′) at tree level and g′ = 1, without radiation."""
    return cross_section(PROCESS, **_model(mass), sqrt_s=sqrt_s, rel_error=TREE_PRECISION).value_pb


def branching(mass: Floats, *, invisible: str = "standard") -> Floats:
    """Return the invisible branching fraction: to neutrinos (``standard``), or one (``dark``)."""
    if invisible not in ("standard", "dark"):
        raise InputError(f"zprime-invisible: invisible = {invisible!r}, expected standard or dark")
    if invisible == "dark":
        return np.ones(mass.shape)
    fractions = [get_model("lmu-ltau", mass=one, gprime=1.0).branching_fractions() for one in mass]
    return np.array([sum(value for to, value in one.items() if to.startswith("nu")) for one in fractions])


ZPRIME_INVISIBLE = CountingSearch(
    name="zprime-invisible",
    title="e+e- → μ+μ- Z′, Z′ → invisible",
    signature="two muons and nothing else",
    model="lmu-ltau",
    cuts=PAIR_CUTS["mumu"],
    final=FINAL,
    final_grid=FINAL_GRID,
    window_sigmas=2.0,
    systematics=(
        Systematic("trigger", "efficiency", 0.06, "M", ARTICLE, *TRIGGERED),
        Systematic("tracking", "efficiency", 0.04, "M", ARTICLE),
        Systematic("particle identification", "efficiency", 0.04, "M", ARTICLE),
        Systematic("discrepancy in the μμ yield", "efficiency", 0.125, "M", ARTICLE, *UNEXPLAINED),
        HIGHER_ORDERS,
        Systematic("luminosity", "luminosity", 0.007, "M", ARTICLE, *BHABHA),
        Systematic("τ suppression", "background", 0.22, "M", ARTICLE, *SUPPRESSED),
        LOST_PHOTONS,
    ),
    level=0.9,
    paper_luminosity_fb=0.276,
    coupling_symbol="g' (Lμ-Lτ)",
    signal_masses=(0.01, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0),
    generate_signal=generate_signal,
    tree_cross_section_pb=tree_cross_section_pb,
    backgrounds=BACKGROUNDS,
    controls=MUON_CONTROLS,
    find_candidates=find_muons,
    fiducial=FIDUCIAL,
    branching=branching,
)
