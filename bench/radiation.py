"""Cross sections with radiation and running α: ours beside those of BabaYaga and Pythia, and the time they take.

    python bench/radiation.py            cross sections
    python bench/radiation.py photons    spectrum of the photons against the tree amplitude with a photon

BabaYaga@NLO (exact first order with a parton shower, vacuum polarisation off) and Pythia 8.317 (electron structure
functions, its own running α): reference values at √s = 10.58 GeV. docs/radiation.md discusses the differences.
"""

import sys
import time
from itertools import pairwise

import numpy as np

from scotopic.events.cross_section import cross_section
from scotopic.events.generate import generate
from scotopic.events.radiation.photon_energies import MOST_PHOTONS
from scotopic.events.record import Events
from scotopic.physics.standard_model import ALPHA_0, MUON_MASS

PHOTONS = ("theta:gamma:20:160", "E:gamma:0.5:")
ELECTRONS = ("theta:e-:20:160", "theta:e+:20:160", "E:e-:0.5:", "E:e+:0.5:")
MUONS = ("theta:mu-:20:160", "theta:mu+:20:160")

ROWS = {
    "gamma gamma": (PHOTONS, "BabaYaga@NLO 3130.3 ± 6.7 pb (VP off)"),
    "e- e+": (ELECTRONS, "BabaYaga@NLO 62676 ± 29 pb (VP off)"),
    "mu- mu+": (MUONS, ""),
    "tau- tau+": (("M:tau-,tau+:3.56:",), "Pythia 921.7 ± 2.7 pb (ISR and running α)"),
}

# muons that radiate nothing: a fermion with an almost massless dark photon
UNCHARGED = {"mass": 1e-3, "mchi": MUON_MASS, "epsilon": 1.0, "alphaD": ALPHA_0}
ENERGIES = (0.1, 0.5, 1.0, 2.0, 4.0, 5.29)  # GeV
RADIATED = tuple(range(-2 * MOST_PHOTONS, 0))  # slots
ANGLES = (0.0, 0.1, 1.0, 5.0, 20.0, 90.0)  # degrees to the nearer beam


def spectrum(events: Events, slots: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return pb of photons in bins of energy and angle, and the squares of their errors."""
    photons = np.concatenate([events.momenta[slot] for slot in slots], axis=1)
    weights = np.tile(events.weights, len(slots))
    angle = np.degrees(np.arctan2(np.hypot(photons[1], photons[2]), np.abs(photons[3])))
    sums = [
        np.histogram2d(photons[0], angle, (ENERGIES, ANGLES), weights=weights**power)[0] for power in (1, 2)
    ]
    return sums[0], sums[1]


def photons() -> None:
    """Print the photons of the tree amplitude, and by which factor radiation changes them."""
    model = {"model": "dark-photon", "parameters": UNCHARGED}
    hard = ("E:gamma:0.1:",)
    tree = spectrum(generate("e- e+ > chi chi~ gamma", 1_000_000, cuts=hard, **model), (2,))
    radiated = spectrum(generate("e- e+ > chi chi~", 2_000_000, isr="pt", **model), RADIATED)
    # the photon of the amplitude is the hardest, the others are radiated
    matched = spectrum(
        generate("e- e+ > chi chi~ gamma", 1_000_000, cuts=hard, isr="pt", **model), (2, *RADIATED)
    )
    print("E (GeV), θ (degrees): tree (pb), radiated/tree, explicit with radiation/tree")
    for i, energies in enumerate(pairwise(ENERGIES)):
        for j, angles in enumerate(pairwise(ANGLES)):
            line = f"{energies[0]:4.1f}-{energies[1]:4.2f}  {angles[0]:4.1f}-{angles[1]:4.1f}  {tree[0][i, j]:7.3f}"
            for value, square in (radiated, matched):
                ratio = value[i, j] / tree[0][i, j]
                error = ratio * np.sqrt(square[i, j] / value[i, j] ** 2 + tree[1][i, j] / tree[0][i, j] ** 2)
                line += f"  {ratio:.3f} ± {error:.3f}"
            print(line)


def cross_sections() -> None:
    """Print one line per final state and setting."""
    for final, (cuts, other) in ROWS.items():
        print(f"e- e+ > {final}  {' '.join(cuts)}  {other}")
        for isr, alpha in (
            ("none", "fixed"),
            ("none", "running"),
            ("collinear", "fixed"),
            ("pt", "fixed"),
            ("pt", "running"),
        ):
            start = time.process_time()
            found = cross_section(f"e- e+ > {final}", cuts=cuts, isr=isr, alpha=alpha, rel_error=0.001)
            seconds = time.process_time() - start
            print(
                f"  {isr:9s} {alpha:7s} {found.value_pb:10.2f} ± {found.error_pb:.2f} pb, {seconds:.1f} CPU-seconds"
            )


if __name__ == "__main__":
    photons() if sys.argv[1:] == ["photons"] else cross_sections()
