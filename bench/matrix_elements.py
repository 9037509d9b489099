"""Squared amplitudes per CPU-second: NumPy, and compiled where that pays; compile time beside it.

Usage: python bench/matrix_elements.py [--points N]

Single-threaded (set OMP_NUM_THREADS=1). The largest processes are not compiled: it takes minutes.
"""

import argparse
import time

import numpy as np

from scotopic.events.sampler import make_sampler
from scotopic.numerics.engine import choose_engine
from scotopic.physics.amplitudes.plan import cost
from scotopic.physics.amplitudes.squared import light_cone, squared_amplitude_lightcone
from scotopic.physics.standard_model import ELECTRON_MASS

PROCESSES = {
    "e- e+ > gamma gamma": (),
    "e- e+ > gamma gamma gamma": ("E:gamma:0.1:",),
    "e- e+ > mu- mu+ gamma": ("E:gamma:0.1:",),
    "e- e+ > e- e+ gamma": ("E:gamma:0.1:", "theta:e:20:160"),
    "e- e+ > e- e+ mu- mu+": (),
    "e- e+ > e- e+ gamma gamma": ("E:gamma:0.1:", "theta:e:20:160"),
}


def some_points(process, cuts, n):
    """Momenta of all legs in light-cone components, from the first channel."""
    sampler = make_sampler(process, sqrt_s=10.58, cuts=cuts)
    channel = sampler.channels[0]
    root = np.full(n, 10.58)
    momenta, volume = channel.build(np.random.default_rng(1).random((channel.dimensions, n)), root)
    good = volume > 0.0
    beam = np.sqrt(0.25 * root**2 - ELECTRON_MASS**2)
    zero = np.zeros(n)
    beams = np.stack([np.stack([0.5 * root, zero, zero, sign * beam]) for sign in (1.0, -1.0)])
    legs = np.concatenate([beams, momenta])[:, :, good]
    return sampler.process, light_cone(legs, sampler.process.masses)


def rate(process, points, engine):
    """Points per CPU-second, the best of three, and seconds of the first call beyond that."""
    times = []
    for _ in range(4):
        start = time.process_time()
        squared_amplitude_lightcone(process, points, engine)
        times.append(time.process_time() - start)
    return points.shape[-1] / min(times[1:]), times[0] - min(times[1:])


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=200_000)
    options = parser.parse_args()
    print(f"{'process':28s} {'diagrams':>8s} {'NumPy/s':>10s} {'jax/s':>12s} {'compile s':>9s}  chosen")
    for text, cuts in PROCESSES.items():
        process, points = some_points(text, cuts, options.points)
        chosen = choose_engine("auto", 10**7, cost(process.plan))
        plain, _ = rate(process, points, "numpy")
        compiled, first = rate(process, points, "jax") if chosen == "jax" else (0.0, 0.0)
        print(
            f"{text:28s} {process.plan.diagrams:8d} {plain:10.0f} {compiled:12.0f} {first:9.1f}  {chosen}",
            flush=True,
        )


if __name__ == "__main__":
    main()
