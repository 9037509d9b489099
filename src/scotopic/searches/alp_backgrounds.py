"""Named backgrounds of ALP → γγ, generated and passed through the detector."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from scotopic.detector.experiment import Experiment
from scotopic.detector.simulate import simulate
from scotopic.events.alp_strahlung import generate_alp_strahlung
from scotopic.events.generate import generate
from scotopic.events.record import Events
from scotopic.numerics.rng import seed_of
from scotopic.searches.alp_gammagamma import COMMON_CUTS, find_candidates
from scotopic.selection.candidates import Candidates
from scotopic.selection.cut import apply_cuts

# Generator cuts in the centre of mass: wider than the laboratory range 37.3–123.7° seen from there.
PHOTON_CUTS = ("E:gamma:0.4:", "theta:gamma:36:144")
ELECTRON_CUTS = ("E:e:0.4:", "theta:e:36:144", "angle:e,gamma:2:")
CHUNK = 100_000


@dataclass(frozen=True)
class Background:
    """A background process.

    Attributes
    ----------
    name, label : str
        Key in results and text in figures.
    process : str
        As the generator takes it; empty for a peaking background.
    cuts : tuple of str
        Generator cuts.
    lost_track_boost : float
        Factor on the track-loss probability, undone by weights.
    share : float
        Number of generated events relative to the leading background.
    mass : float
        Mass of the peaking meson, GeV.
    cross_section_fb : float
        σ × BR(→ γγ) of a peaking background, fb.
    mark, source : str
        Provenance of the cross section.
    """

    name: str
    label: str
    process: str = ""
    cuts: tuple[str, ...] = ()
    lost_track_boost: float = 1.0
    share: float = 1.0
    mass: float = 0.0
    cross_section_fb: float = 0.0
    mark: str = "D"
    source: str = "tree-level QED, own generator"


BACKGROUNDS = (
    Background("ggg", "e+e- → γγγ", "e- e+ > gamma gamma gamma", PHOTON_CUTS),
    Background(
        "eeg",
        "e+e- → e+e-γ, tracks lost",
        "e- e+ > e- e+ gamma",
        PHOTON_CUTS + ELECTRON_CUTS,
        lost_track_boost=10.0,
    ),
    Background(
        "gg",
        "e+e- → γγ, split or background cluster",
        "e- e+ > gamma gamma",
        PHOTON_CUTS[1:],
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


def _generate(
    background: Background,
    n: int,
    experiment: Experiment,
    seed: int,
    workers: int,
    isr: Literal["none", "collinear"],
) -> Events:
    sqrt_s = experiment.beams.sqrt_s
    if background.process:
        return generate(
            background.process,
            n,
            sqrt_s=sqrt_s,
            cuts=background.cuts,
            seed=seed,
            unweighted=True,
            isr=isr,
            workers=workers,
        )
    # A pseudoscalar meson radiates and decays as an ALP does: 1 + cos²θ, isotropic decay.
    events = generate_alp_strahlung(background.mass, n, sqrt_s=sqrt_s, seed=seed)
    sigma_pb = 1e-3 * background.cross_section_fb
    return replace(events, weights=np.full(n, sigma_pb / n), cross_section_pb=sigma_pb)


def simulate_background(
    background: Background,
    experiment: Experiment,
    n: int,
    *,
    seed: int,
    workers: int = 1,
    isr: Literal["none", "collinear"] = "none",
) -> Candidates:
    """Return the candidates that pass the common cuts; weights in pb.

    The peaking backgrounds are scalings of published or derived cross sections, the others come
    from the tree-level generator. At most `CHUNK` events are in the detector simulation at once.
    """
    events = _generate(background, n, experiment, seed_of(seed, background.name), workers, isr)
    chunks = []
    for number, start in enumerate(range(0, len(events), CHUNK)):
        detected = simulate(
            events.select(slice(start, start + CHUNK)),
            experiment,
            seed=seed_of(seed, background.name, number),
            workers=workers,
            lost_track_boost=background.lost_track_boost,
        )
        found, _ = apply_cuts(find_candidates(detected, source=background.name), COMMON_CUTS)
        chunks.append(replace(found, event=found.event + start))
    return Candidates(
        {name: np.concatenate([one[name] for one in chunks]) for name in chunks[0].observables},
        np.concatenate([one.event for one in chunks]),
        np.concatenate([one.weights for one in chunks]),
        None,
        background.name,
    )
