"""Dark Higgsstrahlung: e+e- → A′h′, A′ → μ+μ-, h′ not seen (Belle II, arXiv:2207.00509)."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scotopic.events.generate import generate
from scotopic.events.record import Events
from scotopic.physics.models.dark_higgs import higgsstrahlung_cross_section
from scotopic.physics.models.dark_photon import CHARGES
from scotopic.physics.models.vector_widths import visible_fractions
from scotopic.searches.plane_search import PlaneSearch
from scotopic.searches.radiation import HIGHER_ORDERS, RADIATION, Radiation
from scotopic.searches.search import Systematic
from scotopic.searches.zprime_backgrounds import BACKGROUNDS
from scotopic.searches.zprime_controls import MUON_CONTROLS
from scotopic.searches.zprime_selection import ARTICLE, FIDUCIAL, LOST_PHOTONS, OURS, PAIR_CUTS, find_muons
from scotopic.searches.zprime_systematics import BHABHA, SUPPRESSED, TRIGGERED

Floats = NDArray[np.float64]

NARROW = 0.03  # ε of the simulated signal: a width below 0.1 MeV at 10 GeV


def generate_signal(
    mAp: float,
    mh: float,
    n: int,
    *,
    sqrt_s: float,
    seed: int,
    radiation: Radiation = RADIATION,
    workers: int = 1,
) -> Events:
    """Return e+e- → μ+μ-h′ through a narrow A′, with its polarisation; cross section of ε²α_D = 1."""
    made = generate(
        "e- e+ > mu- mu+ hd",
        n,
        model="dark-higgs",
        parameters={"mAp": mAp, "mh": mh, "epsilon": NARROW, "alphaD": 1.0},
        sqrt_s=sqrt_s,
        seed=seed,
        **radiation.options,
        unweighted=True,
        workers=workers,
    )
    sigma, error = ((one or 0.0) / NARROW**2 for one in (made.cross_section_pb, made.cross_section_error_pb))
    return replace(
        made, weights=made.weights / NARROW**2, cross_section_pb=sigma, cross_section_error_pb=error
    )


def cross_section_fb(mAp: Floats, mh: Floats, *, s: float) -> Floats:
    """Return σ(e+e- → A′h′) × BR(A′ → μμ) at tree level in fb where ε²α_D is one."""
    known = np.unique(mAp)
    muons = visible_fractions(CHARGES, known)["mu- mu+"]
    sigma = [higgsstrahlung_cross_section(m, h, 1.0, 1.0, s) for m, h in zip(mAp, mh, strict=True)]
    return np.asarray(1e3 * np.array(sigma) * np.interp(mAp, known, muons))


DARKHIGGS_INVISIBLE = PlaneSearch(
    name="darkhiggs-invisible",
    title="e+e- → A′ h′, A′ → μ+μ-, h′ → invisible",
    signature="two muons and nothing else, a plane of two masses",
    model="dark-higgs",
    cuts=PAIR_CUTS["mumu"],
    final=("pt_recoil", "sin_helicity"),
    final_grids=(
        (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.5, 1.8, 2.2, 2.6, 3.0),
        (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95),
    ),
    fiducial=FIDUCIAL,
    window_sigmas=2.0,
    mass_range=(4.0, 9.7),
    signal_masses=(3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 9.7),
    signal_shares=(0.03, 0.35, 0.65, 0.95),
    least_recoil_mass=0.1,
    systematics=(
        Systematic("trigger", "efficiency", 0.06, "M", f"as for the Z′, {ARTICLE}", *TRIGGERED),
        Systematic("tracking", "efficiency", 0.04, "M", f"as for the Z′, {ARTICLE}"),
        Systematic("particle identification", "efficiency", 0.04, "M", f"as for the Z′, {ARTICLE}"),
        HIGHER_ORDERS,
        Systematic("luminosity", "luminosity", 0.01, "P", OURS, *BHABHA),
        Systematic("final suppression", "background", 0.22, "M", f"as for the Z′, {ARTICLE}", *SUPPRESSED),
        LOST_PHOTONS,
    ),
    level=0.9,
    paper_luminosity_fb=8.34,
    coupling_symbol="epsilon^2 alpha_D",
    backgrounds=BACKGROUNDS,
    controls=MUON_CONTROLS,
    smoothing={"tautau": (0.5, 3.0), "mumu": (0.4, 0.4), "pipi": (0.4, 0.4), "eemumu": (0.4, 1.5)},
    generate_signal=generate_signal,
    find_candidates=find_muons,
    cross_section_fb=cross_section_fb,
)
