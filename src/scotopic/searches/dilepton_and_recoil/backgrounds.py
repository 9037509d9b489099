"""Backgrounds of a lepton pair with missing energy, all from our events: μμγ, ππγ, ττ with real τ decays, e+e-μμ.

Generator cuts are wider than the selection: the laboratory range 22–140° is 31–149° in the centre of mass or less.
"""

from functools import partial

from scotopic.analysis.background import Background, generated
from scotopic.analysis.radiation import RADIATION
from scotopic.detector.experiment import Experiment
from scotopic.events.beams import to_lab
from scotopic.events.decays.tau_decays import decay_taus
from scotopic.events.generate import generate
from scotopic.events.record import Events
from scotopic.numerics.rng import seed_of, stream


def taus(n: int, *, experiment: Experiment, seed: int, workers: int) -> Events:
    """Return e+e- → τ+τ- with radiation, decayed with spin correlations; decays to leptons have smaller weights."""
    beams = experiment.beams
    made = generate(
        "e- e+ > tau- tau+",
        n,
        sqrt_s=beams.sqrt_s,
        seed=seed,
        unweighted=True,
        workers=workers,
        **RADIATION.options,
    )
    # flight lengths are those of the laboratory
    rng = stream(seed, "beams") if experiment.beam.use_spread else None
    lab = to_lab(made, beams, rng)
    return decay_taus(lab, seed=seed_of(seed, "decays"), workers=workers, enriched=True, fsr=RADIATION.fsr)


BACKGROUNDS = (
    Background("tautau", "τ⁺τ⁻(γ)", taus),
    Background(
        "mumu",
        "μ⁺μ⁻(γ)",
        # a recoil of 0.2 GeV across the beams needs a photon
        partial(generated, process="e- e+ > mu- mu+ gamma", cuts=("E:gamma:0.15:", "theta:mu:25:155")),
        share=3.0,
    ),
    Background(
        "pipi",
        "π⁺π⁻(γ)",
        partial(generated, process="e- e+ > pi+ pi- gamma", cuts=("E:gamma:0.15:", "theta:pi:25:155")),
        share=0.25,
    ),
    Background(
        "eemumu",
        "e⁺e⁻μ⁺μ⁻",
        # muons of momentum, electrons anywhere
        partial(generated, process="e- e+ > e- e+ mu- mu+", cuts=("p:mu:0.4:", "theta:mu:25:155")),
        share=3.0,
    ),
)
