"""Backgrounds of a lepton pair with missing energy, all from our events: μμγ, ππγ, ττ with real τ decays, e+e-μμ.

Generator cuts are wider than the selection: the laboratory range 22–140° is 31–149° in the centre of mass or less.
"""

from scotopic.detector.experiment import Experiment
from scotopic.events.beams import to_lab
from scotopic.events.decays.tau_decays import decay_taus
from scotopic.events.generate import generate
from scotopic.events.record import Events
from scotopic.numerics.rng import seed_of, stream
from scotopic.searches.counting_search import CountedBackground
from scotopic.searches.radiation import RADIATION


def muons_and_photon(n: int, *, experiment: Experiment, seed: int, workers: int) -> Events:
    """Return e+e- → μ+μ-γ with radiation; a recoil of 0.2 GeV across the beams needs a photon."""
    return generate(
        "e- e+ > mu- mu+ gamma",
        n,
        sqrt_s=experiment.beams.sqrt_s,
        cuts=("E:gamma:0.15:", "theta:mu:25:155"),
        seed=seed,
        **RADIATION.options,
        workers=workers,
    )


def pions_and_photon(n: int, *, experiment: Experiment, seed: int, workers: int) -> Events:
    """Return e+e- → π+π-γ with radiation; both pions must be taken for leptons."""
    return generate(
        "e- e+ > pi+ pi- gamma",
        n,
        sqrt_s=experiment.beams.sqrt_s,
        cuts=("E:gamma:0.15:", "theta:pi:25:155"),
        seed=seed,
        **RADIATION.options,
        workers=workers,
    )


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


def electrons_and_muons(n: int, *, experiment: Experiment, seed: int, workers: int) -> Events:
    """Return e+e- → e+e-μ+μ- with muons of momentum, electrons anywhere."""
    return generate(
        "e- e+ > e- e+ mu- mu+",
        n,
        sqrt_s=experiment.beams.sqrt_s,
        cuts=("p:mu:0.4:", "theta:mu:25:155"),
        seed=seed,
        **RADIATION.options,
        workers=workers,
    )


BACKGROUNDS = (
    CountedBackground("tautau", "τ⁺τ⁻(γ)", 1.0, taus),
    CountedBackground("mumu", "μ⁺μ⁻(γ)", 3.0, muons_and_photon),
    CountedBackground("pipi", "π⁺π⁻(γ)", 0.25, pions_and_photon),
    CountedBackground("eemumu", "e⁺e⁻μ⁺μ⁻", 3.0, electrons_and_muons),
)
