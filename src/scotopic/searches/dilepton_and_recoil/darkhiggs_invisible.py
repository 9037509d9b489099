"""Dark Higgsstrahlung: e+e- → A′h′, A′ → μ+μ-, h′ not seen (Belle II, arXiv:2207.00509)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from scotopic.analysis.axis import Axis
from scotopic.analysis.coupling import PowerLaw
from scotopic.analysis.radiation import HIGHER_ORDERS, RADIATION, Radiation
from scotopic.analysis.region import Region
from scotopic.analysis.search import Search, Selection
from scotopic.analysis.signal import Point, Signal
from scotopic.analysis.statistics.plane_windows import PlaneWindows
from scotopic.analysis.statistics.triangle import point_of, triangle_grid
from scotopic.analysis.systematic import Systematic
from scotopic.events.generate import generate
from scotopic.events.record import Events
from scotopic.numerics.arrays import Floats
from scotopic.physics.models.dark_higgs import higgsstrahlung_cross_section
from scotopic.physics.models.dark_photon import CHARGES
from scotopic.physics.models.vector_widths import visible_fractions
from scotopic.searches.dilepton_and_recoil.backgrounds import BACKGROUNDS
from scotopic.searches.dilepton_and_recoil.controls import MUON_CONTROLS
from scotopic.searches.dilepton_and_recoil.selection import (
    ARTICLE,
    FIDUCIAL,
    LOST_PHOTONS,
    OURS,
    PAIR,
    PAIR_CUTS,
    RECOIL,
    find_muons,
)
from scotopic.searches.dilepton_and_recoil.systematics import BHABHA, SUPPRESSED, TRIGGERED

NARROW = 0.03  # ε of the simulated signal: a width below 0.1 MeV at 10 GeV


def generate_signal(
    point: Point, n: int, *, sqrt_s: float, seed: int, radiation: Radiation = RADIATION, workers: int = 1
) -> Events:
    """Return e+e- → μ+μ-h′ through a narrow A′, with its polarisation; cross section of ε²α_D = 1."""
    mAp, mh = point
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


def tree_cross_section_pb(point: Point, *, sqrt_s: float) -> float:
    """Return σ(e+e- → A′h′) × BR(A′ → μμ) at tree level in pb where ε²α_D is one."""
    return 1e-3 * float(reference_fb(np.array([point]), s=sqrt_s**2, parameters={})[0])


def reference_fb(points: Floats, *, s: float, parameters: Mapping[str, Any]) -> Floats:
    """Return the same in fb at pairs of masses (P, 2), GeV."""
    known = np.unique(points[:, 0])
    muons = visible_fractions(CHARGES, known)["mu- mu+"]
    sigma = [higgsstrahlung_cross_section(mAp, mh, 1.0, 1.0, s) for mAp, mh in points]
    return np.asarray(1e3 * np.array(sigma) * np.interp(points[:, 0], known, muons))


KERNELS = {"tautau": (0.5, 3.0), "mumu": (0.4, 0.4), "pipi": (0.4, 0.4), "eemumu": (0.4, 1.5)}  # GeV, GeV²

DARKHIGGS_INVISIBLE = Search(
    name="darkhiggs-invisible",
    title="e+e- → A′ h′, A′ → μ+μ-, h′ → invisible",
    signature="two muons and nothing else, a plane of two masses",
    experiment="belle2-phase3",
    luminosity_fb=8.34,
    level=0.9,
    signal=Signal(
        model="dark-higgs",
        generate=generate_signal,
        tree_pb=tree_cross_section_pb,
        axes=(
            Axis("mAp", label=r"$m_{A^\prime}$ (GeV)", heading="M(AP)"),
            Axis("mh", label=r"$m_{h^\prime}$ (GeV)", heading="M(HD)"),
        ),
        coupling=PowerLaw(
            "epsilon^2 alpha_D",
            r"$\varepsilon^2\alpha_D$",
            "epsilon2_alphaD",
            power=1,
            reference_fb=reference_fb,
        ),
        label=r"$\sigma\times B$",
        point_of=point_of,
    ),
    backgrounds=tuple(replace(one, kernel=KERNELS[one.name]) for one in BACKGROUNDS),
    selection=Selection(find_muons, PAIR_CUTS["mumu"], MUON_CONTROLS),
    regions=(
        Region(
            name="signal",
            mass_low=3.5,
            mass_high=9.7,
            observables=(PAIR, RECOIL),
            fiducial=FIDUCIAL,
            grid=triangle_grid((3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 9.7), (0.03, 0.35, 0.65, 0.95)),
        ),
    ),
    statistic=PlaneWindows(
        final=("pt_recoil", "sin_helicity"),
        final_grids=(
            (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.5, 1.8, 2.2, 2.6, 3.0),
            (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95),
        ),
        tested=(4.0, 9.7),
    ),
    systematics=(
        Systematic("trigger", "efficiency", 0.06, "M", f"as for the Z′, {ARTICLE}", *TRIGGERED),
        Systematic("tracking", "efficiency", 0.04, "M", f"as for the Z′, {ARTICLE}"),
        Systematic("particle identification", "efficiency", 0.04, "M", f"as for the Z′, {ARTICLE}"),
        HIGHER_ORDERS,
        Systematic("luminosity", "luminosity", 0.01, "P", OURS, *BHABHA),
        Systematic("final suppression", "background", 0.22, "M", f"as for the Z′, {ARTICLE}", *SUPPRESSED),
        LOST_PHOTONS,
    ),
)
