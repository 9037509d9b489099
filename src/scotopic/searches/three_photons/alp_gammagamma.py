"""ALP → γγ: e+e- → γ a, a → γγ in three resolved photons (Belle II, arXiv:2007.13071)."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from scotopic.analysis.axis import Axis
from scotopic.analysis.coupling import PowerLaw
from scotopic.analysis.radiation import HIGHER_ORDERS, RADIATION, Radiation
from scotopic.analysis.search import Parameter, Search, Selection, check_fraction
from scotopic.analysis.signal import Point, Signal
from scotopic.analysis.signal_process import PHOTONS_MM, SignalProcess
from scotopic.analysis.statistics.polynomial_bump import PolynomialBump
from scotopic.analysis.systematic import Systematic
from scotopic.events.record import Events
from scotopic.events.signals.alp_strahlung import generate_alp_strahlung
from scotopic.numerics.arrays import Floats
from scotopic.physics.models.alp_photon import strahlung_cross_section
from scotopic.physics.models.sm import checked_alpha
from scotopic.physics.standard_model import ALPHA_0
from scotopic.searches.three_photons.backgrounds import BACKGROUNDS
from scotopic.searches.three_photons.selection import COMMON_CUTS, HIGH, LOW, MIDDLE, find_candidates

BHABHA = "theory and acceptance of Bhabha scattering, not numbers of events"
REFERENCE_COUPLING = 1e-3  # 1/GeV


def generate_signal(
    point: Point, n: int, *, sqrt_s: float, seed: int, radiation: Radiation = RADIATION, workers: int = 1
) -> Events:
    """Return e+e- → γa, a → γγ at g = 10⁻³/GeV, on one core."""
    return generate_alp_strahlung(
        point[0], n, sqrt_s=sqrt_s, seed=seed, g=REFERENCE_COUPLING, isr=radiation.isr
    )


def tree_cross_section_pb(point: Point, *, sqrt_s: float) -> float:
    """Return the cross section of that signal in pb at tree level."""
    return float(strahlung_cross_section(point[0], REFERENCE_COUPLING, sqrt_s**2))


def reference_fb(points: Floats, *, s: float, parameters: Mapping[str, Any]) -> Floats:
    """Return σ(e+e- → γa) at g = 1/GeV in fb."""
    alpha = checked_alpha(parameters.get("alpha_inv", 1.0 / ALPHA_0))
    return np.asarray(1e3 * strahlung_cross_section(points[:, 0], 1.0, s, alpha))


def visible(points: Floats, parameters: Mapping[str, Any]) -> Floats:
    """Return BR(a → γγ) of a branching fraction to what is not seen."""
    return np.full(len(points), 1.0 - parameters["invisible"])


SIGNAL = Signal(
    model="alp-photon",
    generate=generate_signal,
    tree_pb=tree_cross_section_pb,
    coupling=PowerLaw(
        "g_agammagamma [1/GeV]",
        r"$g_{a\gamma\gamma}$ (GeV$^{-1}$)",
        "per_GeV",
        reference_fb=reference_fb,
        branching=visible,
    ),
    axes=(Axis(label=r"$m_a$ (GeV)"),),
    label=r"$\sigma(e^+e^-\to\gamma a)\,B(\gamma\gamma)$",
    beside=(
        "alp-opal",
        "alp-lep",
        "alp-e137",
        "alp-e141",
        "alp-nucal",
        "alp-babar-invisible",
        "alp-primex",
        "alp-cms-pbpb",
        "alp-atlas-pbpb",
    ),
    process=SignalProcess(("gamma",), ("gamma gamma",), 0, PHOTONS_MM, published=("alp-belle2-2020",)),
)

ALP_GAMMAGAMMA = Search(
    name="alp-gammagamma",
    title="e+e- → γ a, a → γγ",
    signature="three photons and nothing else",
    experiment="belle2-2018",
    luminosity_fb=0.445,
    level=0.95,
    signal=SIGNAL,
    backgrounds=BACKGROUNDS,
    selection=Selection(find_candidates, COMMON_CUTS, find_signal=partial(find_candidates, signal=True)),
    regions=(LOW, MIDDLE, HIGH),
    statistic=PolynomialBump("clsb"),
    systematics=(
        Systematic("photon reconstruction and trigger", "efficiency", 0.05, "P", "size not recalled"),
        HIGHER_ORDERS,
        Systematic("luminosity", "efficiency", 3.0 / 445.0, "R", "arXiv:2007.13071, abstract", False, BHABHA),
        Systematic("photon energy and angle resolution", "resolution", 0.10, "P", "size not recalled"),
    ),
    parameters=(
        Parameter("alpha_inv", 1.0 / ALPHA_0, check=checked_alpha),
        Parameter("invisible", 0.0, check=partial(check_fraction, name="invisible", whole=False)),
    ),
)
