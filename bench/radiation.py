"""Cross sections with radiation and running α: ours beside those of BabaYaga and Pythia, and the time they take.

    python bench/radiation.py

BabaYaga@NLO (exact first order with a parton shower, vacuum polarisation off) and Pythia 8.317 (electron structure
functions, its own running α): reference values at √s = 10.58 GeV. docs/radiation.md discusses the differences.
"""

import time

from scotopic.events.cross_section import cross_section

PHOTONS = ("theta:gamma:20:160", "E:gamma:0.5:")
ELECTRONS = ("theta:e-:20:160", "theta:e+:20:160", "E:e-:0.5:", "E:e+:0.5:")
MUONS = ("theta:mu-:20:160", "theta:mu+:20:160")

ROWS = {
    "gamma gamma": (PHOTONS, "BabaYaga@NLO 3130.3 ± 6.7 pb (VP off)"),
    "e- e+": (ELECTRONS, "BabaYaga@NLO 62676 ± 29 pb (VP off)"),
    "mu- mu+": (MUONS, ""),
    "tau- tau+": (("M:tau-,tau+:3.56:",), "Pythia 921.7 ± 2.7 pb (ISR and running α)"),
}


def main() -> None:
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
    main()
