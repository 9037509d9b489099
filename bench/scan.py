"""The bump scan: q0 and limits of all toys, against other programs on the same problem in the same run.

Usage: python bench/scan.py [--toys N] [--workers N] [--peers all | none] [--first-call]

CPU seconds are the figures to compare on a busy machine; wall seconds are those of --workers threads. A peer that
is not installed is left out; `pip install scotopic[bench]` brings all of them.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np

import scan_peers
import scan_problem
from scan_problem import EDGES, EVENTS, HALF_WIDTH, MASSES, ORDER, expectation, observed, template
from scotopic.numerics.newton import BOUNDARY, FAILED
from scotopic.stats import scan
from scotopic.stats.scan.toys import BLOCK, discovery, scan_toys

SETTINGS = {"background_order": ORDER, "half_width": HALF_WIDTH}


def clocks(function):
    wall, cpu = time.perf_counter(), time.process_time()
    value = function()
    return value, time.perf_counter() - wall, time.process_time() - cpu


def toys(number, level, workers, events):
    return scan_toys(
        expectation(events),
        EDGES,
        MASSES,
        template,
        toys=number,
        level=level,
        workers=workers,
        engine="jax",
        **SETTINGS,
    )


def first_calls():
    """Seconds of the first block of toys with limits, with an empty and with a filled cache."""
    with tempfile.TemporaryDirectory() as folder:
        for label in ("first call, compiled", "first call, cached"):
            command = [sys.executable, __file__, "--first-call"]
            done = subprocess.run(
                command,
                env={**os.environ, "SCOTOPIC_CACHE": folder},
                capture_output=True,
                text=True,
                check=True,
            )
            print(f"{label}: {done.stdout.strip()}")


def first_call():
    """One block twice: what the first takes longer is the compilation."""
    events = EVENTS["full"]
    _, first, first_cpu = clocks(lambda: toys(BLOCK, 0.95, 1, events))
    _, second, second_cpu = clocks(lambda: toys(BLOCK, 0.95, 1, events))
    print(f"{first - second:.2f} s, {first_cpu - second_cpu:.2f} s CPU")


def ours(label, events, number, workers):
    """Rate of q0 per core; prints those of whole sets of toys."""
    rate = 0.0
    for level in (None, 0.95):
        toys(BLOCK, level, 1, events)
        found, wall, cpu = clocks(lambda level=level: toys(number, level, workers, events))
        what = "q0" if level is None else "q0 and CLs+b limits"
        missing = "" if level is None else f", {int(np.isnan(found.limit).sum())} without limit"
        print(
            f"{label}: {what} of {len(MASSES)} masses × {number} toys: {wall:.1f} s on {workers} threads, "
            f"{cpu:.1f} s CPU, {1e-3 * found.q0.size / cpu:.0f} thousand per second and core; on the boundary "
            f"{int((found.status == BOUNDARY).sum())}, failed {int((found.status == FAILED).sum())}{missing}"
        )
        rate = max(rate, found.q0.size / cpu)
    return rate


def peers(label, events, rate):
    """Rates of the peers and how far their q0 is from ours where they reach the optimum."""
    counts = observed(events)
    windows, background = scan_problem.windows(), expectation(events)[scan_problem.windows().bins]
    models = windows.model(background, signal=True), windows.model(background, signal=False)
    yields, q0, status = (value[:, 0] for value in discovery(windows.cut(counts[:, None]), windows, models))
    problems = [(counts[bins], design) for bins, design in scan_problem.designs(range(len(MASSES)))]
    for name, (function, number) in scan_peers.PEERS.items():
        some = slice(None, None, len(MASSES) // number)
        try:
            values, seconds = function(problems[some])
        except ImportError as missing:
            print(f"{label}: {name}: not here ({missing})")
            continue
        positive = yields[some] > 0.0
        inside = positive & (status[some] != BOUNDARY)
        gap = np.abs(values - q0[some])
        edge = positive & ~inside
        on_edge = f", on the boundary {gap[edge].max():.1e}" if edge.any() else ""
        print(
            f"{label}: {name}: {1.0 / seconds:.0f} q0 per second, ours are {rate * seconds:.0f} times as many; "
            f"largest |Δq| {gap[inside].max():.1e}{on_edge}"
        )


def cls_against_pyhf(label, events):
    """Largest relative difference of CLs limits to pyhf's, both statistics, a few masses."""
    counts, some = observed(events), np.arange(20, len(MASSES), 120)
    worst = {}
    for statistic, name in (("q_mu", "q"), ("q_mu_tilde", "qtilde")):
        found = scan(
            counts,
            EDGES,
            MASSES[some],
            template,
            method="cls",
            statistic=statistic,
            calibrate_below=0.0,
            **SETTINGS,
        )
        differences = []
        for one, (bins, design) in enumerate(scan_problem.designs(some)):
            limits = scan_peers.pyhf_limits(counts[bins], design, name, found.limit_observed[one])
            ours = [found.limit_observed[one], *found.band95[one, :1], *found.band68[one, :1]]
            ours += [found.limit_median[one], *found.band68[one, 1:], *found.band95[one, 1:]]
            differences.append(np.abs(np.array(ours) / limits - 1.0).max())
        worst[name] = max(differences)
    print(f"{label}: CLs limits, observed, median and bands, to pyhf: {worst}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--toys", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--peers", choices=("all", "none"), default="all")
    parser.add_argument("--first-call", action="store_true")
    options = parser.parse_args()
    if options.first_call:
        first_call()
        return
    warnings.simplefilter("ignore")
    first_calls()
    for label, events in EVENTS.items():
        empty = int((observed(events) == 0.0).sum())
        print(f"{label}: {events:.0f} events expected, {empty} of {len(EDGES) - 1} bins empty")
        rate = ours(label, events, options.toys, options.workers)
        if options.peers == "all":
            peers(label, events, rate)
            try:
                cls_against_pyhf(label, events)
            except ImportError as missing:
                print(f"{label}: pyhf: not here ({missing})")
    _, wall, cpu = clocks(
        lambda: scan(
            observed(EVENTS["full"]),
            EDGES,
            MASSES,
            template,
            efficiency_error=0.05,
            resolution_error=0.1,
            **SETTINGS,
        )
    )
    print(f"scan of {len(MASSES)} masses, limits with both nuisance terms: {wall:.1f} s, {cpu:.1f} s CPU")
    print(f"largest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
