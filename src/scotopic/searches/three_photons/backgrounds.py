"""Named backgrounds of ALP → γγ, generated and passed through the detector.

Those of QED come from the tree-level generator. All radiate.
"""

import math
from dataclasses import replace
from functools import partial

import numpy as np

from scotopic.analysis.background import Background, generated
from scotopic.analysis.radiation import RADIATION
from scotopic.analysis.smoothing import Histogram
from scotopic.detector.experiment import Experiment
from scotopic.events.record import Events
from scotopic.events.signals.alp_strahlung import generate_alp_strahlung
from scotopic.numerics.arrays import Floats
from scotopic.physics.models.alp_photon import strahlung_cross_section

# Generator cuts in the centre of mass: wider than the laboratory range 37.3–123.7° seen from there.
LEAST_GeV, LEAST_DEG = 0.4, 36.0
PHOTON_CUTS = (f"E:gamma:{LEAST_GeV:g}:", f"theta:gamma:{LEAST_DEG:g}:{180.0 - LEAST_DEG:g}")
LEAST_MASS = "M:gamma,gamma:7:"  # three clusters have 9.3 GeV or more: another one would need 1.8 GeV
ELECTRON_CUTS = ("E:e:0.4:", "theta:e:36:144", "angle:e,gamma:2:")
SMOOTH = Histogram(3.0)  # one and a half resolutions
QED = "tree-level QED, own generator"


def is_two_photons(momenta: Floats) -> Floats:
    """Return 1 for events of γγ, 0 where a third photon passes the cuts: those are events of γγγ."""
    energy, along = momenta[:, 0], np.abs(momenta[:, 3])
    passing = (energy > LEAST_GeV) & (along < math.cos(math.radians(LEAST_DEG)) * energy)
    return np.where(passing.sum(axis=0) < 3, 1.0, 0.0)


def peak(
    n: int, *, mass: float, cross_section_fb: float, experiment: Experiment, seed: int, workers: int
) -> Events:
    """Return events of a meson and a photon whose weights sum to σ × BR(→ γγ), without radiation.

    A pseudoscalar meson is made and decays as an ALP: 1 + cos²θ, isotropic decay.
    """
    sqrt_s = experiment.beams.sqrt_s
    events = generate_alp_strahlung(mass, n, sqrt_s=sqrt_s, seed=seed, isr=RADIATION.isr)
    tree_pb = float(strahlung_cross_section(mass, 1e-3, sqrt_s**2))
    scale = 1e-3 * cross_section_fb / tree_pb
    sigma_pb, error_pb = (
        scale * (one or 0.0) for one in (events.cross_section_pb, events.cross_section_error_pb)
    )
    return replace(
        events, weights=scale * events.weights, cross_section_pb=sigma_pb, cross_section_error_pb=error_pb
    )


def _meson(
    name: str, label: str, mass: float, cross_section_fb: float, *, mark: str, source: str
) -> Background:
    return Background(
        name,
        label,
        partial(peak, mass=mass, cross_section_fb=cross_section_fb),
        share=0.02,
        cross_section=f"{cross_section_fb:.3g} fb",
        mark=mark,
        source=source,
    )


BACKGROUNDS = (
    Background(
        "ggg",
        "e+e- → γγγ",
        partial(generated, process="e- e+ > gamma gamma gamma", cuts=PHOTON_CUTS, unweighted=True),
        smoothing=SMOOTH,
        source=QED,
    ),
    Background(
        "eeg",
        "e+e- → e+e-γ, tracks lost",
        partial(generated, process="e- e+ > e- e+ gamma", cuts=PHOTON_CUTS + ELECTRON_CUTS),
        lost_track_boost=10.0,
        smoothing=SMOOTH,
        source=QED,
    ),
    Background(
        "gg",
        "e+e- → γγ, split or background cluster",
        partial(
            generated,
            process="e- e+ > gamma gamma",
            cuts=(*PHOTON_CUTS[1:], LEAST_MASS),
            unweighted=True,
            bias=is_two_photons,
        ),
        share=2.0,
        smoothing=SMOOTH,
        source=QED,
    ),
    _meson(
        "pi0",
        "π0 γ",
        0.1349768,
        2.7 * 0.988,
        mark="D",
        source="σ = (2π²α³/3)|F|² with s|F| = 0.185 GeV (asymptotic form factor), BR from the PDG",
    ),
    _meson(
        "eta",
        "η γ",
        0.547862,
        4.5 * 0.3936,
        mark="M",
        source="BaBar, hep-ex/0605018: 4.5 +1.2 -1.1 fb; BR from the PDG",
    ),
    _meson(
        "etap",
        "η′ γ",
        0.95778,
        5.4 * 0.0231,
        mark="M",
        source="BaBar, hep-ex/0605018: 5.4 ± 0.8 fb; BR from the PDG",
    ),
)
