"""Expected limits of all seven searches at a few points, and beside those of an earlier run.

Usage: python bench/search_limits.py FOLDER [--before FOLDER] [--workers N] [--only NAME]

FOLDER receives one result a search, as ``scotopic search NAME --toys 0 --json`` prints it (those that are there are
kept); with --before, ratios to the results of another version. Processor seconds are those of all its processes.
"""

import argparse
import json
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np

POINTS = {
    "alp-gammagamma": (0.5, 1.0, 3.0, 5.0, 8.0, 9.0),
    "alp-invisible": (0.5, 3.0, 6.0, 8.0),
    "zprime-invisible": (0.5, 2.0, 4.0, 6.0, 7.5),
    "zprime-lfv": (0.5, 2.0, 4.0, 6.0, 7.5),
    "darkphoton-invisible": (0.5, 3.0, 6.0, 8.0),
    "darkphoton-visible": (0.5, 1.5, 3.0, 7.0, 9.5),
    "darkhiggs-invisible": ((5.0, 1.0), (6.5, 3.5), (7.0, 2.0), (9.0, 1.0)),
}


def run(name, file, workers):
    """Write the result of a search to a file, its processor seconds beside it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [
        sys.executable,
        "-m",
        "scotopic",
        "search",
        name,
        "--toys",
        "0",
        "--json",
        "--workers",
        str(workers),
    ]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = json.loads(done.stdout)
    result["cpu_seconds"] = sum(after[:2]) - sum(before[:2])
    file.write_text(json.dumps(result))


def nearest(result, point):
    """Return efficiency, expected limit (fb) and coupling: medians of the 5 hypotheses next to a point."""
    mass = np.array(result["mass_GeV"], dtype=float).reshape(len(result["mass_GeV"]), -1)
    order = np.argsort(np.abs(mass - np.asarray(point)).max(axis=1))[:5]
    coupling = (result["coupling_limit"] or {}).get("median")
    columns = (result["efficiency"], result["sigma_limit_fb"]["median"], coupling)
    return [np.nan if one is None else float(np.median(np.array(one, dtype=float)[order])) for one in columns]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", choices=tuple(POINTS))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    print(
        "| search | GeV | efficiency | σ expected [fb] | coupling | before: σ | coupling | ratio of σ | of coupling |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, points in POINTS.items():
        if options.only not in (None, name):
            continue
        file = options.folder / f"{name}.json"
        if not file.exists():
            run(name, file, options.workers)
        result = json.loads(file.read_text())
        old = None if options.before is None else json.loads((options.before / file.name).read_text())
        for point in points:
            efficiency, sigma, coupling = nearest(result, point)
            _, sigma_old, coupling_old = (np.nan,) * 3 if old is None else nearest(old, point)
            shown = ", ".join(f"{one:g}" for one in np.atleast_1d(point))
            print(
                f"| `{name}` | {shown} | {efficiency:.3g} | {sigma:.3g} | {coupling:.3g} | {sigma_old:.3g} | "
                f"{coupling_old:.3g} | {sigma / sigma_old:.2f} | {coupling / coupling_old:.2f} |",
                flush=True,
            )
        print(
            f"{name}: {result.get('cpu_seconds', float('nan')):.0f} processor seconds",
            file=sys.stderr,
            flush=True,
        )


if __name__ == "__main__":
    main()
