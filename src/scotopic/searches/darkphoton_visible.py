"""Visible dark photon: e+e- → γA′, A′ → e+e- or μ+μ- (BaBar, arXiv:1406.2980; Belle II projection)."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.events.generate import generate
from scotopic.events.radiation.radiating_pairs import final_state_slots
from scotopic.events.record import Events
from scotopic.events.signals.dark_photon_strahlung import COS_MAX, seen_cuts
from scotopic.physics.model import Model
from scotopic.physics.models.dark_photon import CHARGES
from scotopic.physics.models.dark_photon_radiation import radiation_cross_section
from scotopic.physics.models.vector_widths import visible_fractions
from scotopic.physics.particles import pdg_code
from scotopic.physics.processes import Process
from scotopic.physics.registry import get_model
from scotopic.physics.standard_model import ALPHA_0, ELECTRON_MASS, MUON_MASS
from scotopic.searches.channel_search import Channel, ChannelSearch, Veto
from scotopic.searches.radiation import HIGHER_ORDERS, RADIATION, Radiation
from scotopic.searches.search import Systematic, coupling_at
from scotopic.searches.visible_backgrounds import BACKGROUNDS
from scotopic.searches.visible_selection import ARTICLE, COMMON_CUTS, ELECTRONS, MUONS, OURS, find_candidates

Floats = NDArray[np.float64]

REFERENCE_EPSILON = 1e-3
NARROW = 1e-5  # width of the simulated signal over its mass
MARGIN = 1e-3  # relative: masses within a hundred widths of the simulated signal

HIGH_MASSES = (0.7, 1.3, 2.2, 3.5, 5.0, 6.5, 8.0, 9.3, 10.22)

DECAYS = {"e- e+": (ELECTRON_MASS, pdg_code("e-")), "mu- mu+": (MUON_MASS, pdg_code("mu-"))}


def generate_signal(
    mass: float, n: int, *, decay: str, sqrt_s: float, seed: int, radiation: Radiation = RADIATION
) -> Events:
    """Return unweighted e+e- → γA′ → γℓ+ℓ- through a narrow A′ with its polarisation, the photon at |cosθ*| < 0.95.

    The weights sum to σ × BR(A′ → ℓ+ℓ-) in pb with a total width of 10⁻⁵ m, ε = 10⁻³.
    """
    lepton_mass, code = DECAYS[decay]
    process = Process(_production(mass, lepton_mass), ("e-", "e+"), ("mu-", "mu+", "gamma"))
    made = generate(
        process,
        n,
        sqrt_s=sqrt_s,
        cuts=(*seen_cuts(mass, sqrt_s), f"M:mu-,mu+:{mass * (1.0 - MARGIN)}:{mass * (1.0 + MARGIN)}"),
        seed=seed,
        **radiation.options,
        unweighted=True,
    )
    pdg = made.pdg.copy()
    pdg[:2] = np.array([[code], [-code]])
    photons = final_state_slots(process, made, radiation.fsr)
    return replace(made, pdg=pdg, resonance=(0, 1, *photons), process=f"e- e+ > {decay} gamma")


def tree_cross_section_pb(mass: float, *, decay: str, sqrt_s: float) -> float:
    """Return the cross section of that signal in pb at tree level, in the approximation of a narrow width."""
    lepton_mass, _ = DECAYS[decay]
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


def coupling_of(cross_section_fb: Floats, mass: Floats, s: float, *, invisible: float = 0.0) -> Floats:
    """Return ε whose σ(e+e- → γA′, |cosθ*| < 0.95) × BR(A′ → e+e-, μ+μ-) is a cross section in fb.

    `invisible` is the branching fraction to dark particles.
    """
    if not 0.0 <= invisible < 1.0:
        raise InputError(f"invisible = {invisible}, a branching fraction of at least 0 and below 1")
    masses = np.broadcast_to(mass, np.shape(cross_section_fb))
    different, where = np.unique(masses, return_inverse=True)
    leptons = branching(different).sum(axis=0)[where].reshape(masses.shape) * (1.0 - invisible)
    reference_fb = 1e3 * radiation_cross_section(masses, REFERENCE_EPSILON, s, COS_MAX) * leptons
    return coupling_at(cross_section_fb, reference_fb, REFERENCE_EPSILON)


DARKPHOTON_VISIBLE = ChannelSearch(
    name="darkphoton-visible",
    title="e+e- → γ A′, A′ → e+e- or μ+μ-",
    signature="a lepton pair and a photon; σ within |cosθ*| < 0.95",
    model="dark-photon",
    cuts=COMMON_CUTS,
    channels=(
        Channel(
            ELECTRONS,
            "e- e+",
            "e⁺e⁻",
            ELECTRON_MASS,
            (0.015, 0.03, 0.07, 0.22, *HIGH_MASSES),
        ),
        Channel(MUONS, "mu- mu+", "μ⁺μ⁻", MUON_MASS, (0.2118, 0.214, 0.225, 0.3, *HIGH_MASSES)),
    ),
    vetoes=(
        Veto("ω", 0.7827, 0.03, "M", ARTICLE),
        Veto("φ", 1.0195, 0.03, "M", ARTICLE),
        Veto("J/ψ", 3.0969, 0.05, "M", ARTICLE),
        Veto("ψ(2S)", 3.6861, 0.05, "M", ARTICLE),
        Veto("Υ(1S)", 9.4603, 0.05, "M", ARTICLE),
        Veto("Υ(2S)", 10.0233, 0.05, "M", ARTICLE),
    ),
    systematics=(
        Systematic("tracking, identification, photon and trigger", "efficiency", 0.04, "P", OURS),
        HIGHER_ORDERS,
        Systematic("luminosity", "efficiency", 0.006, "P", OURS),
        Systematic("momentum and photon resolution", "resolution", 0.05, "P", OURS),
    ),
    level=0.9,
    method="cls",
    paper_luminosity_fb=500.0,
    coupling_symbol="epsilon",
    generate_signal=generate_signal,
    tree_cross_section_pb=tree_cross_section_pb,
    backgrounds=BACKGROUNDS,
    steps={"eeg": 0.35, "mumug": 0.35, "pipig": 0.12},
    find_candidates=find_candidates,
    branching=branching,
    coupling_of=coupling_of,
)
