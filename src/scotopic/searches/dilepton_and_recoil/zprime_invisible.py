"""Z′ → invisible of Lμ − Lτ: e+e- → μ+μ- and missing energy (Belle II, arXiv:1912.11276)."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from scotopic.analysis.axis import Axis
from scotopic.analysis.coupling import PowerLaw
from scotopic.analysis.radiation import HIGHER_ORDERS, RADIATION, Radiation
from scotopic.analysis.region import Region, masses
from scotopic.analysis.search import Parameter, Search, Selection
from scotopic.analysis.signal import Point, Signal
from scotopic.analysis.signal_process import INVISIBLE, SignalProcess
from scotopic.analysis.simulation import TREE_PRECISION
from scotopic.analysis.statistics.counting_windows import CountingWindows
from scotopic.analysis.systematic import Systematic
from scotopic.events.cross_section import cross_section
from scotopic.events.generate import generate
from scotopic.events.record import Events
from scotopic.numerics.arrays import Floats
from scotopic.physics.registry import get_model
from scotopic.searches.dilepton_and_recoil.backgrounds import BACKGROUNDS
from scotopic.searches.dilepton_and_recoil.controls import MUON_CONTROLS
from scotopic.searches.dilepton_and_recoil.selection import (
    ARTICLE,
    FIDUCIAL,
    FINAL,
    FINAL_GRID,
    LOST_PHOTONS,
    PAIR_CUTS,
    RECOIL,
    find_muons,
)
from scotopic.searches.dilepton_and_recoil.systematics import BHABHA, SUPPRESSED, TRIGGERED, UNEXPLAINED

PROCESS = "e- e+ > mu- mu+ Zp"
MASS = Axis(label=r"$m_{Z^\prime}$ (GeV)")


def _model(mass: float) -> dict[str, Any]:
    return {"model": "lmu-ltau", "parameters": {"mass": mass, "gprime": 1.0, "invisible": "dark"}}


def generate_signal(
    point: Point, n: int, *, sqrt_s: float, seed: int, radiation: Radiation = RADIATION, workers: int = 1
) -> Events:
    """Return e+e- → μ+μ-Z′ at g′ = 1, the Z′ stable: it is not seen."""
    about = {**_model(point[0]), **radiation.options}
    return generate(PROCESS, n, **about, sqrt_s=sqrt_s, seed=seed, unweighted=True, workers=workers)


def tree_cross_section_pb(point: Point, *, sqrt_s: float) -> float:
    """Return σ(e+e- → μ+μ-Z′) at tree level and g′ = 1, without radiation."""
    return cross_section(PROCESS, **_model(point[0]), sqrt_s=sqrt_s, rel_error=TREE_PRECISION).value_pb


def branching(mass: Floats, *, invisible: str = "standard") -> Floats:
    """Return the invisible branching fraction: to neutrinos (``standard``), or one (``dark``)."""
    if invisible == "dark":
        return np.ones(mass.shape)
    fractions = [get_model("lmu-ltau", mass=one, gprime=1.0).branching_fractions() for one in mass]
    return np.array([sum(value for to, value in one.items() if to.startswith("nu")) for one in fractions])


def to_nothing_seen(points: Floats, parameters: Mapping[str, Any]) -> Floats:
    """Return the same of points and parameters."""
    return branching(points[:, 0], invisible=parameters["invisible"])


ZPRIME_INVISIBLE = Search(
    name="zprime-invisible",
    title="e+e- → μ+μ- Z′, Z′ → invisible",
    signature="two muons and nothing else",
    experiment="belle2-2018",
    luminosity_fb=0.276,
    level=0.9,
    signal=Signal(
        model="lmu-ltau",
        generate=generate_signal,
        tree_pb=tree_cross_section_pb,
        axes=(MASS,),
        coupling=PowerLaw("g' (Lμ-Lτ)", r"$g^\prime$", "gprime", branching=to_nothing_seen),
        label=r"$\sigma(e^+e^-\to\mu^+\mu^-Z^\prime,\ Z^\prime\to\mathrm{inv})$",
        process=SignalProcess(("mu-", "mu+"), INVISIBLE, 2),
    ),
    backgrounds=BACKGROUNDS,
    selection=Selection(find_muons, PAIR_CUTS["mumu"], MUON_CONTROLS),
    regions=(
        Region(
            name="signal",
            mass_low=0.01,
            mass_high=8.0,
            observables=(RECOIL,),
            fiducial=FIDUCIAL,
            grid=masses(0.01, *np.arange(0.5, 8.1, 0.5).tolist()),
        ),
    ),
    statistic=CountingWindows(FINAL, FINAL_GRID),
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
    parameters=(Parameter("invisible", "standard", words=("standard", "dark")),),
)
