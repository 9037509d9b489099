"""Errors that cross sections state, against their scatter over seeds.

Usage: python bench/error_estimates.py [--seeds N] [--rel-error R] [--isr none|collinear|pt] [--only TEXT]

For each process of `bench/cross_sections.py`: mean over the seeds, scatter of the values over the root mean square of
the stated errors, which is 1 ± 1/sqrt(2 (N - 1)) where these are right, and the smallest and largest of them over it.
"""

import argparse
import math

import numpy as np

from cross_sections import FOUR, ROWS, measure


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--rel-error", type=float, default=0.005)
    parser.add_argument("--isr", choices=("none", "collinear", "pt"), default="none")
    parser.add_argument("--only", default="", help="processes whose label holds this text")
    options = parser.parse_args()
    expected = 1.0 / math.sqrt(2.0 * (options.seeds - 1))
    print(f"scatter over stated error: 1 ± {expected:.2f} expected")
    print(
        f"{'process and cuts':56s} {'mean/pb':>12s} {'scatter/error':>13s} {'smallest':>9s} {'largest':>8s}"
    )
    for (process, cuts), (text, model, parameters, wanted) in ROWS.items():
        label = f"{process[8:]} {cuts}"
        if options.only not in label:
            continue
        rel_error = max(options.rel_error, 0.01) if FOUR in cuts else options.rel_error
        runs = [
            measure(text, model, parameters, wanted, rel_error, seed, 1, options.isr)
            for seed in range(1, options.seeds + 1)
        ]
        values = np.array([run.value_pb for run in runs])
        errors = np.array([run.error_pb for run in runs])
        typical = float(np.sqrt((errors**2).mean()))
        ratio = values.std(ddof=1) / typical
        print(
            f"{label[:56]:56s} {values.mean():12.6g} {ratio:13.2f} {errors.min() / typical:9.2f} "
            f"{errors.max() / typical:8.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
