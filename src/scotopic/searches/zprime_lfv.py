"""Lepton-flavour-violating Z′ → invisible: e+e- → e±μ∓ and missing energy (Belle II, arXiv:1912.11276).

The limit is on efficiency times cross section only, without a model: windows and final cuts are those of a toy signal
that fills phase space evenly, and no coupling is quoted. (A vector with an eμ coupling would send nearly all electrons
into the beam pipe, by a photon in the t-channel.)
"""

from typing import Any

from scotopic.events.cross_section import cross_section
from scotopic.events.generate import generate
from scotopic.events.record import Events
from scotopic.searches.counting_search import TREE_PRECISION, CountingSearch
from scotopic.searches.radiation import HIGHER_ORDERS, RADIATION, Radiation
from scotopic.searches.search import Systematic
from scotopic.searches.zprime_backgrounds import BACKGROUNDS
from scotopic.searches.zprime_controls import ELECTRON_AND_MUON
from scotopic.searches.zprime_selection import (
    ARTICLE,
    FIDUCIAL,
    FINAL,
    FINAL_GRID,
    PAIR_CUTS,
    find_electron_and_muon,
)
from scotopic.searches.zprime_systematics import BHABHA, SUPPRESSED, TRIGGERED

PROCESS = "e- e+ > e- mu+ Zp"


def _model(mass: float) -> dict[str, Any]:
    return {"model": "lfv-zprime", "parameters": {"mass": mass, "kind": "flat"}}


def generate_signal(
    mass: float, n: int, *, sqrt_s: float, seed: int, radiation: Radiation = RADIATION, workers: int = 1
) -> Events:
    """Return e+e- → e-μ+Z′ of the toy model at a coupling of one, the Z′ not seen."""
    about = {**_model(mass), **radiation.options}
    return generate(PROCESS, n, **about, sqrt_s=sqrt_s, seed=seed, unweighted=True, workers=workers)


def tree_cross_section_pb(mass: float, *, sqrt_s: float) -> float:
    """Return the toy model's cross section at tree level and a coupling of one, without radiation."""
    return cross_section(PROCESS, **_model(mass), sqrt_s=sqrt_s, rel_error=TREE_PRECISION).value_pb


ZPRIME_LFV = CountingSearch(
    name="zprime-lfv",
    title="e+e- → e±μ∓ + invisible",
    signature="an electron, a muon and nothing else",
    model="lfv-zprime",
    cuts=PAIR_CUTS["emu"],
    final=FINAL,
    final_grid=FINAL_GRID,
    window_sigmas=2.0,
    systematics=(
        Systematic("trigger", "efficiency", 0.01, "M", ARTICLE, *TRIGGERED),
        Systematic("tracking", "efficiency", 0.04, "M", ARTICLE),
        Systematic("particle identification", "efficiency", 0.04, "M", ARTICLE),
        HIGHER_ORDERS,
        Systematic("luminosity", "luminosity", 0.007, "M", ARTICLE, *BHABHA),
        Systematic("τ suppression", "background", 0.22, "M", ARTICLE, *SUPPRESSED),
    ),
    level=0.9,
    paper_luminosity_fb=0.276,
    coupling_symbol="",
    signal_masses=(0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0),
    generate_signal=generate_signal,
    tree_cross_section_pb=tree_cross_section_pb,
    backgrounds=BACKGROUNDS,
    controls=(ELECTRON_AND_MUON,),
    find_candidates=find_electron_and_muon,
    fiducial=FIDUCIAL,
    branching=None,
)
