"""Named backgrounds of ALP → γγ, generated and passed through the detector."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scotopic.events.alp_strahlung import generate_alp_strahlung
from scotopic.events.generate import generate
from scotopic.events.record import Events
from scotopic.physics.models.alp_photon import strahlung_cross_section
from scotopic.searches.radiation import RADIATION
from scotopic.searches.search import Background

Floats = NDArray[np.float64]

# Generator cuts in the centre of mass: wider than the laboratory range 37.3–123.7° seen from there.
LEAST_GeV, LEAST_DEG = 0.4, 36.0
PHOTON_CUTS = (f"E:gamma:{LEAST_GeV:g}:", f"theta:gamma:{LEAST_DEG:g}:{180.0 - LEAST_DEG:g}")
TWO_PHOTONS = "e- e+ > gamma gamma"
LEAST_MASS = "M:gamma,gamma:7:"  # three clusters have 9.3 GeV or more: another one would need 1.8 GeV
ELECTRON_CUTS = ("E:e:0.4:", "theta:e:36:144", "angle:e,gamma:2:")


BACKGROUNDS = (
    Background("ggg", "e+e- → γγγ", "e- e+ > gamma gamma gamma", PHOTON_CUTS),
    Background(
        "eeg",
        "e+e- → e+e-γ, tracks lost",
        "e- e+ > e- e+ gamma",
        PHOTON_CUTS + ELECTRON_CUTS,
        weighted=True,
        lost_track_boost=10.0,
    ),
    Background(
        "gg",
        "e+e- → γγ, split or background cluster",
        TWO_PHOTONS,
        (*PHOTON_CUTS[1:], LEAST_MASS),
        share=2.0,
    ),
    Background(
        "pi0",
        "π0 γ",
        share=0.02,
        mass=0.1349768,
        cross_section_fb=2.7 * 0.988,
        source="σ = (2π²α³/3)|F|² with s|F| = 0.185 GeV (asymptotic form factor), BR from the PDG",
    ),
    Background(
        "eta",
        "η γ",
        share=0.02,
        mass=0.547862,
        cross_section_fb=4.5 * 0.3936,
        mark="M",
        source="BaBar, hep-ex/0605018: 4.5 +1.2 -1.1 fb; BR from the PDG",
    ),
    Background(
        "etap",
        "η′ γ",
        share=0.02,
        mass=0.95778,
        cross_section_fb=5.4 * 0.0231,
        mark="M",
        source="BaBar, hep-ex/0605018: 5.4 ± 0.8 fb; BR from the PDG",
    ),
)


def is_two_photons(momenta: Floats) -> Floats:
    """Return 1 for events of γγ, 0 where a third photon passes the cuts: those are events of γγγ."""
    energy, along = momenta[:, 0], np.abs(momenta[:, 3])
    passing = (energy > LEAST_GeV) & (along < math.cos(math.radians(LEAST_DEG)) * energy)
    return np.where(passing.sum(axis=0) < 3, 1.0, 0.0)


def generate_background(
    background: Background,
    n: int,
    *,
    sqrt_s: float,
    seed: int,
    workers: int = 1,
) -> Events:
    """Return events of a background; their weights sum to its cross section in pb.

    The peaking backgrounds are scalings of published or derived cross sections without radiation (a pseudoscalar meson
    is made and decays as an ALP: 1 + cos²θ, isotropic decay), the others come from the tree-level generator. All
    radiate.
    """
    if background.process:
        return generate(
            background.process,
            n,
            sqrt_s=sqrt_s,
            cuts=background.cuts,
            seed=seed,
            unweighted=not background.weighted,
            **RADIATION.options,
            bias=is_two_photons if background.process == TWO_PHOTONS else None,
            workers=workers,
        )
    events = generate_alp_strahlung(background.mass, n, sqrt_s=sqrt_s, seed=seed, isr=RADIATION.isr)
    tree_pb = float(strahlung_cross_section(background.mass, 1e-3, sqrt_s**2))
    scale = 1e-3 * background.cross_section_fb / tree_pb
    sigma_pb, error_pb = (
        scale * (one or 0.0) for one in (events.cross_section_pb, events.cross_section_error_pb)
    )
    return replace(
        events, weights=scale * events.weights, cross_section_pb=sigma_pb, cross_section_error_pb=error_pb
    )
