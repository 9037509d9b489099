"""Cross sections against other programs: ours, reference, ratio, pull, seconds cold and warm.

Usage: python bench/cross_sections.py [--file CSV] [--rel-error R] [--seed N] [--workers N]

With --file (columns process, cuts, tool, value, error, the labels of ROWS) the references are read from there,
else the ones below are used. "Cold" is the first run of a row in this process, "warm" the second.
"""

import argparse
import csv
import math
from dataclasses import replace
from pathlib import Path

from scotopic.events.cross_section import cross_section

SINGLE_PHOTON = ("E:gamma:1.8:", "theta:gamma:22:158", "abscostheta:e:0.97:")
WIDE = ("E:gamma:1:", "theta:gamma:30:150", "theta:e:20:160", "E:e:0.5:")
THREE = ("E:gamma:0.5:", "theta:gamma:20:160", "M:gamma,gamma:0.2:")

# label of the process and of the cuts in the file: our process, model, parameters, cuts
ROWS = {
    ("e+e- -> g g", "20<th*<160"): ("e- e+ > gamma gamma", "sm", {}, ("theta:gamma:20:160",)),
    ("e+e- -> g g g", "E*>0.5 GeV; 20<th*<160 deg; M_gg>0.2 GeV (all pairs)"): (
        "e- e+ > gamma gamma gamma",
        "sm",
        {},
        THREE,
    ),
    ("e+e- -> e+ e- g", "E*g>1, 30<thg*<150, 20<the*<160, Ee*>0.5"): ("e- e+ > e- e+ gamma", "sm", {}, WIDE),
    ("e+e- -> e+ e- g", "single photon: E*g>1.8, 22<thg*<158, both |cos the*|>0.97"): (
        "e- e+ > e- e+ gamma",
        "sm",
        {},
        SINGLE_PHOTON,
    ),
}
ANGLES = ("theta:gamma:20:160",)
ROWS |= {
    ("e+e- -> mu+ mu-", "none"): ("e- e+ > mu- mu+", "sm", {}, ()),
    ("e+e- -> mu+ mu-", "20<th*<160"): ("e- e+ > mu- mu+", "sm", {}, ("theta:mu:20:160",)),
    ("e+e- -> tau+ tau-", "none"): ("e- e+ > tau- tau+", "sm", {}, ()),
    ("e+e- -> e+ e- (Bhabha)", "20<th*<160"): ("e- e+ > e- e+", "sm", {}, ("theta:e:20:160",)),
    ("e+e- -> mu+ mu- g", "E*g>1, 20<thg*<160, 20<thmu*<160"): (
        "e- e+ > mu- mu+ gamma",
        "sm",
        {},
        ("E:gamma:1:", *ANGLES, "theta:mu:20:160"),
    ),
    ("e+e- -> mu+ mu- g", "E*g>0.1, 20<thg*<160, muons unrestricted"): (
        "e- e+ > mu- mu+ gamma",
        "sm",
        {},
        ("E:gamma:0.1:", *ANGLES),
    ),
    ("e+e- -> tau+ tau- g", "E*g>1, 20<thg*<160, taus unrestricted"): (
        "e- e+ > tau- tau+ gamma",
        "sm",
        {},
        ("E:gamma:1:", *ANGLES),
    ),
}
ROWS |= {
    ("e+e- -> g a", f"m_a={mass:g}, g=1e-3/GeV, full angle"): (
        "e- e+ > gamma a",
        "alp-photon",
        {"mass": mass, "g": 1e-3},
        (),
    )
    for mass in (0.2, 1.0, 6.0, 9.0)
}
ROWS |= {
    ("e+e- -> e+ e- a", f"m_a={mass:g}, g=1e-3/GeV, no cuts (t-channel + s-channel)"): (
        "e- e+ > e- e+ a",
        "alp-photon",
        {"mass": mass, "g": 1e-3},
        (),
    )
    for mass in (0.2, 3.0, 9.0)
}
for mass in (0.1, 1.0, 6.0, 10.0):
    dark = "e- e+ > gamma Ap", "dark-photon", {"mass": mass, "epsilon": 1.0}
    ROWS[("e+e- -> g Ap", f"mAp={mass:g} eps=1 full angle")] = (*dark, ())
    ROWS[("e+e- -> g Ap", f"mAp={mass:g} eps=1 |cos thg*|<0.94")] = (*dark, ("abscostheta:gamma::0.94",))
for lepton, masses in (("mu", (0.01, 0.5, 1.0, 4.0, 8.0)), ("tau", (1.0, 4.0))):
    for mass in masses:
        ROWS[(f"e+e- -> {lepton}+ {lepton}- Zp", f"mZp={mass:g}, gp=1, no cuts")] = (
            f"e- e+ > {lepton}- {lepton}+ Zp",
            "lmu-ltau",
            {"mass": mass, "gprime": 1.0},
            (),
        )
for masses in ((1.0, 0.5), (5.0, 2.0)):
    ROWS[("e+e- -> Ap hD", f"mAp={masses[0]:g} mh={masses[1]:g} eps=1e-3 aD=0.1 full")] = (
        "e- e+ > Ap hd",
        "dark-higgs",
        {"mAp": masses[0], "mh": masses[1], "epsilon": 1e-3},
        (),
    )
FOUR = "full QED tree; both mu: 20<th*<160, "
ROWS |= {
    ("e+e- -> e+ e- mu+ mu-", FOUR + rest): ("e- e+ > e- e+ mu- mu+", "sm", {}, ("theta:mu:20:160", *cuts))
    for rest, cuts in (
        ("no p cut; electrons unrestricted", ()),
        ("p*>0.5; electrons unrestricted", ("p:mu:0.5:",)),
        ("p*>0.5; both e |cos th*|>0.95", ("p:mu:0.5:", "abscostheta:e:0.95:")),
    )
}

# several processes: their sum
NEUTRINOS = tuple(f"e- e+ > {name} {name}~ gamma" for name in ("nu_e", "nu_mu", "nu_tau"))
ROWS[("e+e- -> nu nubar g (3 flavours)", "E*g>1, 20<thg*<160")] = (
    NEUTRINOS,
    "sm",
    {"alpha_inv": 132.505},
    ("E:gamma:1:", *ANGLES),
)

# pb at sqrt(s) = 10.58 GeV; pyAmpliCol 1.0.1, WHIZARD 2.4.1
REFERENCES = [
    ("e+e- -> g g", "20<th*<160", "pyAmpliCol", 2945.9671, 0.0029),
    (
        "e+e- -> g g g",
        "E*>0.5 GeV; 20<th*<160 deg; M_gg>0.2 GeV (all pairs)",
        "pyAmpliCol",
        84.066321,
        0.029,
    ),
    ("e+e- -> e+ e- g", "E*g>1, 30<thg*<150, 20<the*<160, Ee*>0.5", "own integration", 2290.8, 0.7),
    (
        "e+e- -> e+ e- g",
        "single photon: E*g>1.8, 22<thg*<158, both |cos the*|>0.97",
        "WHIZARD",
        265.2612,
        0.5,
    ),
    ("e+e- -> g a", "m_a=0.2, g=1e-3/GeV, full angle", "WHIZARD", 0.11826702, 8.5e-7),
    ("e+e- -> g a", "m_a=1, g=1e-3/GeV, full angle", "WHIZARD", 0.11524802, 8.3e-7),
    ("e+e- -> g a", "m_a=6, g=1e-3/GeV, full angle", "WHIZARD", 0.036962035, 2.7e-7),
    ("e+e- -> g a", "m_a=9, g=1e-3/GeV, full angle", "WHIZARD", 0.0024993166, 1.8e-8),
]


def read_references(path):
    """Return the rows of a file that ROWS knows; columns by position: process, cuts, tool, ..., value, error."""
    found = []
    with path.open(newline="") as file:
        for row in csv.reader(file):
            if tuple(row[:2]) in ROWS:
                found.append((*row[:3], float(row[5]), float(row[6])))
    return found


def measure(text, model, parameters, cuts, rel_error, seed, workers, isr="none"):
    """Return the cross section of a process, or of the sum of several."""
    found = [
        cross_section(
            one,
            model=model,
            parameters=parameters,
            cuts=cuts,
            sqrt_s=10.58,
            isr=isr,
            rel_error=rel_error,
            seed=seed,
            workers=workers,
        )
        for one in ((text,) if isinstance(text, str) else text)
    ]
    return replace(
        found[0],
        value_pb=sum(one.value_pb for one in found),
        error_pb=math.hypot(*(one.error_pb for one in found)),
        seconds=sum(one.seconds for one in found),
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--file", type=Path)
    parser.add_argument("--rel-error", type=float, default=0.002)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    references = REFERENCES if options.file is None else read_references(options.file)
    done = {}
    print(
        f"{'process and cuts':56s} {'tool':14s} {'ours/pb':>18s} {'reference':>18s} {'ratio':>7s} {'pull':>6s} "
        "cold warm/s"
    )
    for process, cuts, tool, value, error in references:
        key = (process, cuts)
        if key not in done:
            text, model, parameters, wanted = ROWS[key]
            wanted_error = max(options.rel_error, 0.007) if FOUR in cuts else options.rel_error
            runs = [
                measure(text, model, parameters, wanted, wanted_error, options.seed, options.workers)
                for _ in range(2)
            ]
            done[key] = runs
        cold, warm = done[key]
        pull = (cold.value_pb - value) / math.hypot(cold.error_pb, error)
        label = f"{process[8:]} {cuts}"[:56]
        ours = f"{cold.value_pb:.6g} ± {cold.error_pb:.2g}"
        theirs = f"{value:.6g} ± {error:.2g}"
        ratio = cold.value_pb / value
        print(
            f"{label:56s} {tool:14s} {ours:>18s} {theirs:>18s} {ratio:7.4f} {pull:6.2f} "
            f"{cold.seconds:4.1f} {warm.seconds:4.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
