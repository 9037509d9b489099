"""Lepton-flavour-violating Z′ → invisible: e+e- → e±μ∓ and missing energy (Belle II, arXiv:1912.11276).

The limit is on efficiency times cross section only, without a model: windows and final cuts are those of a toy signal
that fills phase space evenly, and no coupling is quoted. (A vector with an eμ coupling would send nearly all electrons
into the beam pipe, by a photon in the t-channel.)
"""

from typing import Any

import numpy as np

from scotopic.analysis.radiation import HIGHER_ORDERS, RADIATION, Radiation
from scotopic.analysis.region import Region, masses
from scotopic.analysis.search import Search, Selection
from scotopic.analysis.signal import Point, Signal
from scotopic.analysis.signal_process import INVISIBLE, SignalProcess
from scotopic.analysis.simulation import TREE_PRECISION
from scotopic.analysis.statistics.counting_windows import CountingWindows
from scotopic.analysis.systematic import Systematic
from scotopic.events.cross_section import cross_section
from scotopic.events.generate import generate
from scotopic.events.record import Events
from scotopic.searches.dilepton_and_recoil.backgrounds import BACKGROUNDS
from scotopic.searches.dilepton_and_recoil.controls import ELECTRON_AND_MUON
from scotopic.searches.dilepton_and_recoil.selection import (
    ARTICLE,
    FIDUCIAL,
    FINAL,
    FINAL_GRID,
    PAIR_CUTS,
    RECOIL,
    find_electron_and_muon,
)
from scotopic.searches.dilepton_and_recoil.systematics import BHABHA, SUPPRESSED, TRIGGERED
from scotopic.searches.dilepton_and_recoil.zprime_invisible import MASS

PROCESS = "e- e+ > e- mu+ Zp"


def _model(mass: float) -> dict[str, Any]:
    return {"model": "lfv-zprime", "parameters": {"mass": mass, "kind": "flat"}}


def generate_signal(
    point: Point, n: int, *, sqrt_s: float, seed: int, radiation: Radiation = RADIATION, workers: int = 1
) -> Events:
    """Return e+e- → e-μ+Z′ of the toy model at a coupling of one, the Z′ not seen."""
    about = {**_model(point[0]), **radiation.options}
    return generate(PROCESS, n, **about, sqrt_s=sqrt_s, seed=seed, unweighted=True, workers=workers)


def tree_cross_section_pb(point: Point, *, sqrt_s: float) -> float:
    """Return the toy model's cross section at tree level and a coupling of one, without radiation."""
    return cross_section(PROCESS, **_model(point[0]), sqrt_s=sqrt_s, rel_error=TREE_PRECISION).value_pb


ZPRIME_LFV = Search(
    name="zprime-lfv",
    title="e+e- → e±μ∓ + invisible",
    signature="an electron, a muon and nothing else",
    experiment="belle2-2018",
    luminosity_fb=0.276,
    level=0.9,
    signal=Signal(
        model="lfv-zprime",
        generate=generate_signal,
        tree_pb=tree_cross_section_pb,
        axes=(MASS,),
        label=r"$\varepsilon\,\sigma(e^+e^-\to e^\pm\mu^\mp+\mathrm{inv})$",
        process=SignalProcess(("e-", "mu+"), INVISIBLE, 2),
    ),
    backgrounds=BACKGROUNDS,
    selection=Selection(find_electron_and_muon, PAIR_CUTS["emu"], (ELECTRON_AND_MUON,)),
    regions=(
        Region(
            name="signal",
            mass_low=0.5,
            mass_high=8.0,
            observables=(RECOIL,),
            fiducial=FIDUCIAL,
            grid=masses(*np.arange(0.5, 8.1, 0.5).tolist()),
        ),
    ),
    statistic=CountingWindows(FINAL, FINAL_GRID),
    systematics=(
        Systematic("trigger", "efficiency", 0.01, "M", ARTICLE, *TRIGGERED),
        Systematic("tracking", "efficiency", 0.04, "M", ARTICLE),
        Systematic("particle identification", "efficiency", 0.04, "M", ARTICLE),
        HIGHER_ORDERS,
        Systematic("luminosity", "luminosity", 0.007, "M", ARTICLE, *BHABHA),
        Systematic("τ suppression", "background", 0.22, "M", ARTICLE, *SUPPRESSED),
    ),
)
