"""Events per second of `simulate` on one core, and the peak memory of the process."""

import resource
import sys
import time

from scotopic.detector.card import load_experiment
from scotopic.detector.simulate import simulate
from scotopic.events.generate import generate

PROCESSES = {
    "e- e+ > gamma gamma gamma": ("E:gamma:0.4:", "theta:gamma:36:144"),
    "e- e+ > e- e+ gamma": ("E:gamma:0.4:", "theta:gamma:36:144", "E:e:0.4:", "theta:e:36:144"),
}


def main(n: int = 50_000) -> None:
    for card in ("belle2-2018", "belle2-phase3"):
        experiment = load_experiment(card)
        for process, cuts in PROCESSES.items():
            events = generate(process, n, sqrt_s=experiment.beams.sqrt_s, cuts=cuts, seed=1, unweighted=True)
            simulate(events.select(slice(0, 1000)), experiment, seed=1)
            begin = time.perf_counter()
            seen = simulate(events, experiment, seed=1)
            rate = len(seen) / (time.perf_counter() - begin)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
            lines = {name: round(float(fired.mean()), 3) for name, fired in seen.trigger.items()}
            print(f"{card:14} {process:26} {rate:9.0f} events/s, peak {memory:.0f} MiB, {lines}")


if __name__ == "__main__":
    main(*(int(value) for value in sys.argv[1:]))
