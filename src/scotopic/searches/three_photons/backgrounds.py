"""Named backgrounds of ALP → γγ, generated and passed through the detector.

Those of QED come from the tree-level generator without radiation, which takes 7 % of γγγ from the selection; the peaks
radiate.
"""

from dataclasses import replace
from functools import partial

from scotopic.analysis.background import Background, generated
from scotopic.analysis.radiation import NO_RADIATION, RADIATION
from scotopic.analysis.smoothing import Histogram
from scotopic.detector.experiment import Experiment
from scotopic.events.record import Events
from scotopic.events.signals.alp_strahlung import generate_alp_strahlung
from scotopic.physics.models.alp_photon import strahlung_cross_section

# Generator cuts in the centre of mass: wider than the laboratory range 37.3–123.7° seen from there.
PHOTON_CUTS = ("E:gamma:0.4:", "theta:gamma:36:144")
ELECTRON_CUTS = ("E:e:0.4:", "theta:e:36:144", "angle:e,gamma:2:")
SMOOTH = Histogram(3.0)  # one and a half resolutions
QED = "tree-level QED, own generator"

tree_level = partial(generated, radiation=NO_RADIATION)


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
        partial(tree_level, process="e- e+ > gamma gamma gamma", cuts=PHOTON_CUTS, unweighted=True),
        smoothing=SMOOTH,
        source=QED,
    ),
    Background(
        "eeg",
        "e+e- → e+e-γ, tracks lost",
        partial(tree_level, process="e- e+ > e- e+ gamma", cuts=PHOTON_CUTS + ELECTRON_CUTS),
        lost_track_boost=10.0,
        smoothing=SMOOTH,
        source=QED,
    ),
    Background(
        "gg",
        "e+e- → γγ, split or background cluster",
        partial(tree_level, process="e- e+ > gamma gamma", cuts=PHOTON_CUTS[1:], unweighted=True),
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
