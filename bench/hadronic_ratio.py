"""R(s) in bins against two published evaluations, and the muon's magnetic moment from it.

    python bench/hadronic_ratio.py [--cmd CSV]

The compilation of data of the Particle Data Group stands in `hadronic_ratio.csv` beside this file, with its source.
The table of CMD (F. Ignatov, version 2.9) comes with a GPL program and is not shipped: `--cmd` names a file of bin
averages of it, `low_GeV,high_GeV,R`; by default `reference/hadronic_ratio.csv` in the folder that SCOTOPIC_REFERENCE
names. Ours is averaged over ln √s in each bin.
"""

import argparse
import math
import os
from pathlib import Path

import numpy as np

from scotopic.physics.hadrons import r_ratio
from scotopic.physics.standard_model import ALPHA_0, MUON_MASS, Z_MASS
from scotopic.physics.vacuum_polarisation import delta_alpha, hadronic_delta_alpha

PDG = Path(__file__).with_suffix(".csv")
RANGES = ((0.3, 1.05), (1.05, 1.6), (1.6, 2.0), (2.0, 3.6), (3.75, 4.6), (4.6, 9.3))
STEPS = 400

Bins = dict[tuple[float, float], float]


def read_bins(path: Path) -> Bins:
    """Return R by the bin's ends (GeV)."""
    rows = [line.split(",") for line in path.read_text().splitlines() if line[:1].isdigit()]
    return {(float(low), float(high)): float(ratio) for low, high, ratio, *_ in rows}


def average(low: float, high: float) -> float:
    """Return our R averaged over ln √s."""
    edges = np.geomspace(low, high, STEPS + 1)
    return float(r_ratio(np.sqrt(edges[1:] * edges[:-1])).mean())


def magnetic_moment() -> float:
    """Return the leading hadronic part of (g − 2)/2 of the muon, α/π ∫ (1 − x) Δα_had(−x²m²/(1 − x)) dx."""
    x = np.linspace(0.0, 1.0, 200001)[:-1]
    shift = hadronic_delta_alpha(-(x**2) * MUON_MASS**2 / (1.0 - x)).real
    return ALPHA_0 / math.pi * float(np.trapezoid((1.0 - x) * shift, x))


def outside(value: float, references: list[float]) -> float:
    """Return by how much a value leaves the interval of the references, relative to the nearest."""
    low, high = min(references), max(references)
    return value / low - 1.0 if value < low else value / high - 1.0 if value > high else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = Path(os.environ.get("SCOTOPIC_REFERENCE", ".")) / "reference" / "hadronic_ratio.csv"
    parser.add_argument("--cmd", type=Path, default=default, help="bin averages of the table of CMD")
    given = parser.parse_args()
    pdg = read_bins(PDG)
    cmd = read_bins(given.cmd) if given.cmd.is_file() else {}
    if not cmd:
        print(f"no table of CMD: {given.cmd} is not there")
    print("   low    high     ours      PDG    diff      CMD    diff  outside of both")
    rows = [(bin_, average(*bin_), ratio, cmd.get(bin_, math.nan)) for bin_, ratio in pdg.items()]
    for (low, high), ours, data, table in rows:
        known = [r for r in (data, table) if not math.isnan(r)]
        against = "  ".join(
            "      -       -" if math.isnan(r) else f"{r:7.4f}  {ours / r - 1.0:+6.1%}" for r in (data, table)
        )
        print(f"{low:6.2f}  {high:6.2f}  {ours:7.4f}  {against}  {outside(ours, known):+6.1%}")
    print(f"{len(rows)} bins; largest and root-mean-square difference in a range:")
    for low, high in RANGES:
        inside = [row for row in rows if low <= row[0][0] and row[0][1] <= high]
        for name, at in (("PDG", 2), ("CMD", 3)):
            difference = np.array([row[1] / row[at] - 1.0 for row in inside])
            if np.isfinite(difference).all():
                largest = difference[np.abs(difference).argmax()]
                rms = math.sqrt(float(np.mean(difference**2)))
                print(f"  {low:4.2f} to {high:4.2f} GeV, {name}: {largest:+6.1%}, {rms:5.1%}")
    print(f"a_mu, leading hadronic part: {1e10 * magnetic_moment():.1f}e-10")
    print(f"hadrons in alpha(M_Z): {hadronic_delta_alpha(Z_MASS**2).real:.5f}")
    print(f"1/alpha at 10.58 GeV: {(1.0 - delta_alpha(10.58**2).real) / ALPHA_0:.3f}")


if __name__ == "__main__":
    main()
