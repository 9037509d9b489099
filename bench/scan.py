"""The bump scan against iminuit, and the time and memory of a whole scan with toys.

Usage: python bench/scan.py [--toys N] [--workers N]

The problem is that of the ALP search: 580 bins of half a resolution, 500 mass hypotheses, windows of 81
bins, a cubic background, 221 000 events; and the same with one per cent of the events.
"""

import argparse
import resource
import time

import numpy as np
from iminuit import Minuit
from scipy.stats import norm

from scotopic.numerics.newton import FAILED
from scotopic.stats import scan
from scotopic.stats.toys import discovery, draw
from scotopic.stats.windows import Windows

EDGES = np.arange(581.0)
MASSES = np.linspace(40.5, 539.5, 500)


def template(mass, edges, width=1.0):
    return np.diff(norm.cdf(edges, mass, 2.0 * width))


def spectrum(events):
    x = np.arange(580) / 580
    shape = np.exp(-2.5 * x) * (1.0 - np.exp(-12.0 * x - 0.3))
    return events * shape / shape.sum()


def make_cost(design, n):
    def cost(theta):
        nu = design @ theta
        return 2.0 * (nu - n * np.log(nu)).sum() if (nu > 0.0).all() else 1e9

    def gradient(theta):
        return 2.0 * design.T @ (1.0 - n / np.maximum(design @ theta, 1e-9))

    return cost, gradient


def time_peer(counts, windows):
    """q0 by iminuit with likelihood and gradient in NumPy, and the time of one."""
    start = time.process_time()
    values = []
    for bins, tau, basis in zip(windows.bins, windows.template, windows.background, strict=True):
        n = counts[bins]
        lowest = []
        for design in (np.column_stack([tau, basis]), basis):
            first = np.zeros(design.shape[1])
            first[-basis.shape[1]] = n.sum()
            cost, gradient = make_cost(design, n)
            minuit = Minuit(cost, first, grad=gradient)
            minuit.errordef = 1.0
            minuit.migrad()
            lowest.append(minuit.fval)
        values.append(lowest[1] - lowest[0])
    return np.array(values), (time.process_time() - start) / len(values)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--toys", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    for label, events in (("full", 221_000.0), ("one per cent", 2_210.0)):
        expected = spectrum(events)
        windows = Windows.build(EDGES, MASSES, template, (40, 40), 3, 0.0)
        inside = expected[windows.bins]
        models = windows.model(inside, signal=True), windows.model(inside, signal=False)
        toys = draw(expected, 0, 64, 1)
        start = time.process_time()
        yields, q0, status = discovery(windows.cut(toys), windows, models)
        ours = (time.process_time() - start) / q0.size
        which = np.flatnonzero(windows.inside.all(axis=1))[::5]
        reference, peer = time_peer(toys[:, 0], windows.take(which))
        up = yields[which, 0] > 0.0
        difference = np.abs(reference[up] - q0[which, 0][up]).max()
        print(
            f"{label}: {1e-3 / ours:.0f} thousand q0 per second and core, iminuit {1.0 / peer:.0f}; ratio "
            f"{peer / ours:.0f}; failed {int((status == FAILED).sum())} of {q0.size}; "
            f"largest |Δq| to iminuit at its own tolerance {difference:.1e}"
        )
    expected = spectrum(221_000.0)
    counts = draw(expected, 10**6, 10**6 + 1, 1)[:, 0]
    for n_toys in (0, options.toys):
        start = time.perf_counter()
        found = scan(
            counts,
            EDGES,
            MASSES,
            template,
            background_order=3,
            half_width=40,
            toys=n_toys,
            expectation=expected,
            efficiency_error=0.05,
            resolution_error=0.1,
            workers=options.workers,
        )
        print(
            f"scan of 500 masses with {n_toys} toys: {time.perf_counter() - start:.1f} s on "
            f"{options.workers} threads, p_global {found.p_global}, largest memory "
            f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB"
        )


if __name__ == "__main__":
    main()
