"""Control samples of a lepton pair with missing energy, one for each large background."""

import numpy as np

from scotopic.analysis.control_sample import ControlSample
from scotopic.searches.dilepton_and_recoil.selection import (
    ARTICLE,
    OURS,
    PAIR_CUTS,
    VETOES,
    find_electron_and_muon,
    find_muons,
)
from scotopic.selection.cut import Cut

ELECTRON_AND_MUON = ControlSample(
    "emu", "an electron and a muon", "tautau", find_electron_and_muon, PAIR_CUTS["emu"]
)

SEEN_PHOTON = ControlSample(
    "mumu_photon",
    "two muons and a photon where the recoil points",
    "mumu",
    find_muons,
    (
        *(cut for cut in PAIR_CUTS["mumu"] if cut not in VETOES),
        Cut("photon near the recoil", "photon_near_recoil", 1.0, np.inf, "P", OURS),
    ),
)

SOFT_RECOIL = ControlSample(
    "soft_recoil",
    "two muons and a heavy recoil along the beams",
    "eemumu",
    find_muons,
    (
        *PAIR_CUTS["mumu"],
        Cut("heavy recoil", "m2_recoil", 7.0**2, np.inf, "M", ARTICLE),
        Cut("little recoil across the beams", "pt_recoil", -np.inf, 0.5, "P", OURS),
    ),
)

MUON_CONTROLS = (ELECTRON_AND_MUON, SEEN_PHOTON, SOFT_RECOIL)
