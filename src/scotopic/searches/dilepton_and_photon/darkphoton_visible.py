"""Visible dark photon: e+e- → γA′, A′ → e+e- or μ+μ- (BaBar, arXiv:1406.2980; Belle II projection)."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from scotopic.analysis.axis import Axis
from scotopic.analysis.coupling import PowerLaw
from scotopic.analysis.radiation import HIGHER_ORDERS, RADIATION, Radiation
from scotopic.analysis.region import Veto
from scotopic.analysis.search import Parameter, Search, Selection, check_fraction
from scotopic.analysis.signal import Point, Signal
from scotopic.analysis.signal_process import SEEN, TRACKS_MM, SignalProcess
from scotopic.analysis.simulation import EventNumbers
from scotopic.analysis.statistics.polynomial_bump import PolynomialBump
from scotopic.analysis.systematic import Systematic
from scotopic.detector.experiment import Experiment
from scotopic.events.generate import generate
from scotopic.events.radiation.radiating_pairs import final_state_slots
from scotopic.events.record import Events
from scotopic.events.signals.dark_photon_strahlung import COS_MAX, seen_cuts
from scotopic.numerics.arrays import Floats
from scotopic.physics.model import Model
from scotopic.physics.models.dark_photon import CHARGES
from scotopic.physics.models.dark_photon_radiation import radiation_cross_section
from scotopic.physics.models.vector_widths import visible_fractions
from scotopic.physics.particles import pdg_code
from scotopic.physics.processes import Process
from scotopic.physics.registry import get_model
from scotopic.physics.standard_model import ALPHA_0, ELECTRON_MASS, MUON_MASS
from scotopic.searches.dilepton_and_photon.backgrounds import BACKGROUNDS
from scotopic.searches.dilepton_and_photon.selection import (
    ARTICLE,
    COMMON_CUTS,
    ELECTRONS,
    MUONS,
    OURS,
    find_candidates,
)

REFERENCE_EPSILON = 1e-3
NARROW = 1e-5  # width of the simulated signal over its mass
MARGIN = 1e-3  # relative: masses within a hundred widths of the simulated signal

DECAYS = {"e- e+": (ELECTRON_MASS, pdg_code("e-")), "mu- mu+": (MUON_MASS, pdg_code("mu-"))}


def generate_signal(
    point: Point,
    n: int,
    *,
    decay: str,
    sqrt_s: float,
    seed: int,
    radiation: Radiation = RADIATION,
    workers: int = 1,
) -> Events:
    """Return unweighted e+e- → γA′ → γℓ+ℓ- through a narrow A′ with its polarisation, the photon at |cosθ*| < 0.95.

    The weights sum to σ × BR(A′ → ℓ+ℓ-) in pb with a total width of 10⁻⁵ m, ε = 10⁻³.
    """
    (mass,), (lepton_mass, code) = point, DECAYS[decay]
    process = Process(_production(mass, lepton_mass), ("e-", "e+"), ("mu-", "mu+", "gamma"))
    made = generate(
        process,
        n,
        sqrt_s=sqrt_s,
        cuts=(*seen_cuts(mass, sqrt_s), f"M:mu-,mu+:{mass * (1.0 - MARGIN)}:{mass * (1.0 + MARGIN)}"),
        seed=seed,
        **radiation.options,
        unweighted=True,
        workers=workers,
    )
    pdg = made.pdg.copy()
    pdg[:2] = np.array([[code], [-code]])
    photons = final_state_slots(process, made, radiation.fsr)
    return replace(made, pdg=pdg, resonance=(0, 1, *photons), process=f"e- e+ > {decay} gamma")


def tree_cross_section_pb(point: Point, *, decay: str, sqrt_s: float) -> float:
    """Return the cross section of that signal in pb at tree level, in the approximation of a narrow width."""
    (mass,), (lepton_mass, _) = point, DECAYS[decay]
    squared = (lepton_mass / mass) ** 2
    width = ALPHA_0 * REFERENCE_EPSILON**2 * mass / 3.0 * (1.0 + 2.0 * squared) * np.sqrt(1.0 - 4.0 * squared)
    within = 2.0 / np.pi * np.arctan(2.0 * MARGIN / NARROW)  # of the resonance
    sigma = float(radiation_cross_section(mass, REFERENCE_EPSILON, sqrt_s**2, COS_MAX))
    return float(sigma * within * width / (NARROW * mass))


def _production(mass: float, lepton_mass: float) -> Model:
    """Return the model in which beams radiate a photon and an A′, from which muons (of any mass) come."""
    whole = get_model("dark-photon", mass=mass, epsilon=REFERENCE_EPSILON, alphaD=0.0)
    kept = {("QED", "e-"), ("dark", "e-"), ("dark", "mu-")}
    particles = []
    for one in whole.particles:
        if one.name == "mu-":
            particles.append(replace(one, mass=lepton_mass))
        elif one.name == "Ap":
            particles.append(replace(one, width=NARROW * mass))
        else:
            particles.append(one)
    return replace(
        whole,
        particles=tuple(particles),
        vertices=tuple(one for one in whole.vertices if (one.interaction, one.fields[0]) in kept),
    )


def branching(mass: Floats) -> Floats:
    """Return the fractions of A′ → e+e- and A′ → μ+μ- (2, M), without dark decays."""
    fractions = visible_fractions(CHARGES, np.atleast_1d(mass))
    return np.array([fractions[decay] for decay in DECAYS])


def reference_fb(points: Floats, *, s: float, parameters: Mapping[str, Any]) -> Floats:
    """Return σ(e+e- → γA′, |cosθ*| < 0.95) at ε = 1 in fb."""
    return np.asarray(1e3 * radiation_cross_section(points[:, 0], 1.0, s, COS_MAX))


def to_leptons(points: Floats, parameters: Mapping[str, Any]) -> Floats:
    """Return BR(A′ → e+e-, μ+μ-) beside a branching fraction to dark particles."""
    return np.asarray(branching(points[:, 0]).sum(axis=0) * (1.0 - parameters["invisible"]))


def configure(search: Search, experiment: Experiment, parameters: Mapping[str, Any]) -> Search:
    """Return the search with the fit to an experiment's beams."""
    find = partial(find_candidates, experiment=experiment)
    return replace(search, selection=replace(search.selection, find=find))


DARKPHOTON_VISIBLE = Search(
    name="darkphoton-visible",
    title="e+e- → γ A′, A′ → e+e- or μ+μ-",
    signature="a lepton pair and a photon; σ within |cosθ*| < 0.95",
    experiment="belle2-phase3",
    luminosity_fb=500.0,
    level=0.9,
    signal=Signal(
        model="dark-photon",
        generate=generate_signal,
        tree_pb=tree_cross_section_pb,
        axes=(Axis(label=r"$m_{A^\prime}$ (GeV)"),),
        coupling=PowerLaw(
            "epsilon",
            r"$\varepsilon$",
            "epsilon",
            reference_fb=reference_fb,
            branching=to_leptons,
        ),
        label=r"$\sigma(\gamma A^\prime, |\cos\theta^*| < 0.95)\,B(\ell\ell)$",
        fractions=branching,
        process=SignalProcess(
            ("gamma",), ("e- e+", "mu- mu+"), 2, TRACKS_MM, SEEN, published=("bl-babar-visible",)
        ),
    ),
    backgrounds=BACKGROUNDS,
    selection=Selection(find_candidates, COMMON_CUTS, observables=("electrons", "muons", "reduced_mass")),
    regions=(ELECTRONS, MUONS),
    statistic=PolynomialBump(
        "cls",
        joint=True,
        events=EventNumbers(10_000, 300_000),
        survey_events=EventNumbers(4_000, 80_000),
    ),
    systematics=(
        Systematic("tracking, identification, photon and trigger", "efficiency", 0.04, "P", OURS),
        HIGHER_ORDERS,
        Systematic("luminosity", "efficiency", 0.006, "P", OURS),
        Systematic("momentum and photon resolution", "resolution", 0.05, "P", OURS),
    ),
    vetoes=(
        Veto("ω", 0.7827, 0.03, "M", ARTICLE),
        Veto("φ", 1.0195, 0.03, "M", ARTICLE),
        Veto("J/ψ", 3.0969, 0.05, "M", ARTICLE),
        Veto("ψ(2S)", 3.6861, 0.05, "M", ARTICLE),
        Veto("Υ(1S)", 9.4603, 0.05, "M", ARTICLE),
        Veto("Υ(2S)", 10.0233, 0.05, "M", ARTICLE),
    ),
    parameters=(Parameter("invisible", 0.0, check=partial(check_fraction, name="invisible", whole=False)),),
    configure=configure,
)
