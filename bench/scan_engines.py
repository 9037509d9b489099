"""The bump scan by both engines: do they agree, and how fast is jax on the device it finds (CPU or GPU).

Usage: python bench/scan_engines.py [--toys N] [--workers N]

Compilation is excluded, drawing the toys is included. Toys that the fixed passes leave over are fitted by NumPy in
both.
"""

import argparse
import time

import jax
import numpy as np

from scan_problem import EDGES, EVENTS, HALF_WIDTH, MASSES, ORDER, expectation, template
from scotopic.stats.scan.toys import BLOCK, scan_toys


def toys(number, workers, engine, events):
    settings = {"background_order": ORDER, "half_width": HALF_WIDTH, "level": 0.95}
    return scan_toys(
        expectation(events),
        EDGES,
        MASSES,
        template,
        toys=number,
        workers=workers,
        engine=engine,
        **settings,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--toys", type=int, default=4 * BLOCK)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    print(f"jax on {jax.devices()[0].device_kind}; {len(MASSES)} masses, {asked.toys} toys, q0 and limits")
    for name, events in EVENTS.items():
        found = {}
        for engine in ("numpy", "jax"):
            toys(1, 1, engine, events)
            start = time.perf_counter()
            found[engine] = toys(asked.toys, asked.workers, engine, events)
            seconds = time.perf_counter() - start
            rate = asked.toys * len(MASSES) / seconds
            print(f"{name}, {engine}: {seconds:.1f} s, {rate:,.0f} fits with limits per second", flush=True)
        one, other = found.values()
        q0 = np.nanmax(np.abs(one.q0 - other.q0))
        limit = np.nanmax(np.abs(other.limit / one.limit - 1.0))
        same = np.array_equal(one.status, other.status)
        print(
            f"{name}: |Δq0| ≤ {q0:.1e}, limits to {limit:.1e}, status {'equal' if same else 'differs'}",
            flush=True,
        )


if __name__ == "__main__":
    main()
