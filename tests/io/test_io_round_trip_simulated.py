"""What an experiment sees of our events does not depend on the file they went through, nor on its frame."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from scotopic.detector.card import load_experiment
from scotopic.detector.simulate import simulate
from scotopic.events.beams import to_lab
from scotopic.events.decays.tau_decays import decay_taus
from scotopic.events.frames import missing_momentum
from scotopic.events.generate import generate
from scotopic.events.record import Events
from scotopic.io import read_events, write_events
from scotopic.numerics.lorentz import boost

CARD = load_experiment("belle2-phase3")
ENDINGS = ("lhe", "hepmc", "parquet", "root")
FEWEST = 10
LEAST_P_VALUE = 1e-4  # of one comparison; a study makes some 500

PHOTON = ("E:gamma:0.5:", "theta:gamma:20:160")
PROCESSES = {
    "nunug": ("e- e+ > nu_mu nu_mu~ gamma", {"cuts": PHOTON}),
    "zprime": ("e- e+ > mu- mu+ Zp", {"model": "lmu-ltau", "parameters": {"mass": 1.0, "gprime": 0.01}}),
    "mumu": ("e- e+ > mu- mu+", {"isr": "pt"}),
    "gg": ("e- e+ > gamma gamma", {"cuts": ("theta:gamma:20:160",)}),
    "ggg": ("e- e+ > gamma gamma gamma", {"cuts": PHOTON}),
    "mumu-none": ("e- e+ > mu- mu+", {}),
    "mumu-collinear": ("e- e+ > mu- mu+", {"isr": "collinear"}),
    "mumug": ("e- e+ > mu- mu+ gamma", {"cuts": PHOTON}),
    "pipi": ("e- e+ > pi+ pi-", {}),
    "pipig": ("e- e+ > pi+ pi- gamma", {"cuts": PHOTON}),
    "bhabha": ("e- e+ > e- e+", {"cuts": ("theta:e:20:160",)}),
    "eeg": ("e- e+ > e- e+ gamma", {"cuts": (*PHOTON, "theta:e:20:160")}),
    "nunu-e": ("e- e+ > nu_e nu_e~ gamma", {"cuts": PHOTON}),
    "nunugg": ("e- e+ > nu_mu nu_mu~ gamma gamma", {"cuts": PHOTON}),
    "tautau": ("e- e+ > tau- tau+", {"isr": "pt", "decays": True}),
    "tautaug": ("e- e+ > tau- tau+ gamma", {"cuts": PHOTON, "decays": True}),
    "alp": ("e- e+ > gamma a", {"model": "alp-photon", "parameters": {"mass": 1.0, "g": 1e-3}}),
    "dark-photon": (
        "e- e+ > gamma Ap",
        {"model": "dark-photon", "parameters": {"mass": 6.0, "epsilon": 1e-3}},
    ),
    "dark-photon-isr": (
        "e- e+ > gamma Ap",
        {"model": "dark-photon", "parameters": {"mass": 3.0, "epsilon": 1e-3}, "isr": "pt"},
    ),
    "dark-higgs": (
        "e- e+ > Ap hd",
        {"model": "dark-higgs", "parameters": {"mAp": 3.0, "mh": 1.0, "epsilon": 1e-3, "alphaD": 0.1}},
    ),
}


def made(name: str, n: int, seed: int = 3) -> Events:
    process, options = PROCESSES[name]
    options = dict(options)
    decays = options.pop("decays", False)
    events = generate(process, n, sqrt_s=CARD.beams.sqrt_s, seed=seed, unweighted=True, **options)
    return decay_taus(events, seed=seed) if decays else events


def seen(events: Events, seed: int) -> dict[str, np.ndarray]:
    """Return what an experiment sees of all events: energies and directions of clusters and tracks."""
    detected = simulate(events, CARD, seed=seed)
    clusters, tracks = detected.clusters, detected.tracks
    hit, track = clusters.truth >= 0, np.isfinite(tracks.pt)  # without the background of the beams
    sin = np.sin(clusters.theta)
    unit = np.stack(
        [np.ones_like(sin), sin * np.cos(clusters.phi), sin * np.sin(clusters.phi), np.cos(clusters.theta)]
    )
    energy = boost(clusters.energy * unit, -detected.boost)[0]
    return {
        "E*": energy[hit],
        "theta": clusters.theta[hit],
        "phi": clusters.phi[hit],
        "pt": tracks.pt[track],
        "theta of tracks": tracks.theta[track],
        "number": hit.sum(axis=0) + track.sum(axis=0),
    }


def compare(name: str, n: int, tmp_path) -> None:
    still = made(name, n)
    frames = {"cm": still, "lab": to_lab(still, CARD.beams, np.random.default_rng(1))}
    expected = seen(still, seed=1)
    lacks = np.sort(np.abs(missing_momentum(still)[0]))
    for frame, events in frames.items():
        for seed, ending in enumerate(ENDINGS, start=2):
            path = tmp_path / f"{frame}.{ending}"
            write_events(events, path)
            back = read_events(path)
            assert (back.frame == "cm") == (frame == "cm" or ending == "lhe")
            np.testing.assert_allclose(np.sort(np.abs(missing_momentum(back)[0])), lacks, atol=0.05)
            for what, values in seen(back, seed).items():
                if max(len(values), len(expected[what])) > FEWEST:
                    p = ks_2samp(values, expected[what], method="asymp").pvalue
                    assert p > LEAST_P_VALUE, (name, frame, ending, what, p)


@pytest.mark.parametrize("name", ["nunug", "zprime", "mumu"])
def test_files_keep_what_an_experiment_sees(name, tmp_path):
    compare(name, 150, tmp_path)


@pytest.mark.study
@pytest.mark.parametrize("name", PROCESSES)
def test_files_keep_what_an_experiment_sees_of_all_processes(name, tmp_path):
    compare(name, 1000, tmp_path)
