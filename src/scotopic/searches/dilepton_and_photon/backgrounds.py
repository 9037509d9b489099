"""Backgrounds of a lepton pair and a photon: radiative Bhabha scattering, muon pairs, pions taken for leptons.

Each is generated in slices of the pair's mass, of equal numbers of weighted events: spectra that fall by orders of
magnitude are known equally well everywhere. Generator cuts, in the centre of mass, are wider than the selection.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np

from scotopic.analysis.background import Background
from scotopic.analysis.radiation import RADIATION
from scotopic.analysis.smoothing import LogSplineFit
from scotopic.detector.experiment import Experiment
from scotopic.events.generate import generate
from scotopic.events.record import Events
from scotopic.numerics.rng import seed_of
from scotopic.progress import track

TOP = 10.43  # GeV, above which the photon has less than 0.15 GeV
HIGH_SLICES = (0.8, 2.2, 4.5, 7.5, 9.6, TOP)
PHOTON_CUTS = ("E:gamma:0.15:", "theta:gamma:15:165")


def in_slices(
    n: int,
    *,
    pair: tuple[str, str],
    borders: Sequence[float],
    cuts: Sequence[str],
    experiment: Experiment,
    seed: int,
    workers: int,
) -> Events:
    """Return weighted events e+e- → pair + γ, about n, equally many in each slice of the pair's mass (GeV)."""
    each = max(n // (len(borders) - 1), 1)
    slices = list(pairwise(borders))
    parts = [
        generate(
            f"e- e+ > {pair[0]} {pair[1]} gamma",
            each,
            sqrt_s=experiment.beams.sqrt_s,
            cuts=(*PHOTON_CUTS, *cuts, f"M:{pair[0]},{pair[1]}:{low}:{high}"),
            sample_cuts=(*PHOTON_CUTS, *cuts, f"M:{pair[0]},{pair[1]}:{borders[0]}:{borders[-1]}"),
            seed=seed_of(seed, "slice", number),
            **RADIATION.options,
            workers=workers,
        )
        for number, (low, high) in enumerate(track(slices, f"events with {' '.join(pair)}", len(slices)))
    ]
    sigma = sum(part.cross_section_pb or 0.0 for part in parts)
    error = np.sqrt(sum((part.cross_section_error_pb or 0.0) ** 2 for part in parts))
    return replace(
        parts[0],
        pdg=np.concatenate([part.pdg for part in parts], axis=1),
        momenta=np.concatenate([part.momenta for part in parts], axis=2),
        weights=np.concatenate([part.weights for part in parts]),
        cross_section_pb=sigma,
        cross_section_error_pb=float(error),
        efficiency=None,
    )


BACKGROUNDS = (
    Background(
        "eeg",
        "e⁺e⁻γ",
        partial(
            in_slices,
            pair=("e-", "e+"),
            borders=(0.005, 0.03, 0.16, *HIGH_SLICES),
            cuts=("theta:e:20:165", "costheta:e-::0.6", "costheta:e+:-0.6:"),
        ),
        smoothing=LogSplineFit(0.35),
    ),
    Background(
        "mumug",
        "μ⁺μ⁻γ",
        partial(in_slices, pair=("mu-", "mu+"), borders=(0.21132, *HIGH_SLICES), cuts=("theta:mu:20:165",)),
        smoothing=LogSplineFit(0.35),
    ),
    Background(
        "pipig",
        "π⁺π⁻γ",
        partial(
            in_slices, pair=("pi+", "pi-"), borders=(0.2793, 0.6, 0.82, 1.2, 3.0), cuts=("theta:pi:20:165",)
        ),
        share=0.5,
        smoothing=LogSplineFit(0.12),
    ),
)
