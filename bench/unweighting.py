"""Unweighting: efficiency, share of the cross section above the maximum weight, CPU seconds with adaptation.

Usage: python bench/unweighting.py [--events N] [--seed N]

Steady rates are in bench/rates.py.
"""

import argparse
import time

from scotopic.events.generate import generate

TWO = ("E:gamma:0.5:", "theta:gamma:20:160", "M:gamma,gamma:0.2:")
ROWS = {
    "three photons": ("e- e+ > gamma gamma gamma", TWO),
    "muons, photon": ("e- e+ > mu- mu+ gamma", ("E:gamma:1:", "theta:gamma:20:160", "theta:mu:20:160")),
    "wide electrons, photon": (
        "e- e+ > e- e+ gamma",
        ("E:gamma:1:", "theta:gamma:30:150", "theta:e:20:160", "E:e:0.5:"),
    ),
    "lost electrons, photon": (
        "e- e+ > e- e+ gamma",
        ("E:gamma:1.8:", "theta:gamma:22:158", "abscostheta:e:0.97:"),
    ),
    "four photons": ("e- e+ > gamma gamma gamma gamma", TWO),
    "muons, two photons": ("e- e+ > mu- mu+ gamma gamma", (*TWO, "theta:mu:20:160")),
    "electrons, muons": ("e- e+ > e- e+ mu- mu+", ("theta:mu:20:160", "p:mu:0.5:", "abscostheta:e:0.95:")),
    "wide electrons, two photons": ("e- e+ > e- e+ gamma gamma", (*TWO, "theta:e:20:160", "E:e:0.5:")),
    "lost electrons, two photons": ("e- e+ > e- e+ gamma gamma", (*TWO, "abscostheta:e:0.97:")),
}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"{'':30s} efficiency/% overweight/% CPU/s")
    for name, (process, cuts) in ROWS.items():
        start = time.process_time()
        made = generate(process, options.events, cuts=cuts, unweighted=True, seed=options.seed)
        seconds = time.process_time() - start
        print(
            f"{name:30s} {100.0 * made.efficiency:12.3g} {100.0 * made.overweight:12.3g} {seconds:5.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
