"""Matrix elements and unweighted events per CPU-second, beside the recorded rates of other programs.

Usage: python bench/rates.py [--points N] [--seconds S]

CPU time of all threads counts. Each row runs in fresh processes, one without compiled programs on disk (cold) and
one with them (warm). "First" is the CPU time of what comes before the steady rate, imports of the engine included,
"MB" the largest memory of the cold process.

pyAmpliCol and WHIZARD are not run here. WHIZARD is no Python package; pyAmpliCol is one (0BSD), but it generates its
code with Symbolica, whose licence asks everybody who is no hobbyist or student to acquire a key. Their rates were
recorded on one core of a loaded 2-core AMD EPYC machine. How fast the machine at hand is beside that one, the last
line estimates from a rate recorded there too: Pythia 8.317, e+e- -> γγ without showers, in a Python loop.
"""

import argparse
import os
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec
from multiprocessing import get_context

import numpy as np

from scotopic.events.generate import generate
from scotopic.events.sampler import make_sampler
from scotopic.numerics.engine import CHUNK, choose_engine
from scotopic.physics.amplitudes.plan import cost
from scotopic.physics.amplitudes.squared import light_cone, squared_amplitude_lightcone
from scotopic.physics.standard_model import ELECTRON_MASS

SQRT_S = 10.58
# process: cuts, rate of pyAmpliCol, wanted rate (ten times that, or an own floor where the masses matter)
AMPLITUDES = {
    "e- e+ > gamma gamma": ((), None, None),
    "e- e+ > gamma gamma gamma": (("E:gamma:0.1:",), 400_000, 4_000_000),
    "e- e+ > mu- mu+ gamma": (("E:gamma:0.1:",), 370_000, 3_700_000),
    "e- e+ > e- e+ gamma": (("E:gamma:0.1:", "theta:e:20:160"), 320_000, 3_200_000),
    "e- e+ > e- e+ mu- mu+": ((), 130_000, 130_000),
    "e- e+ > e- e+ gamma gamma": (("E:gamma:0.1:", "theta:e:20:160"), None, 50_000),
}
# process: cuts, rate and efficiency of WHIZARD 2.4.1
EVENTS = {
    "e- e+ > gamma gamma gamma": (("E:gamma:0.5:", "theta:gamma:20:160", "M:gamma,gamma:0.2:"), 2400, 0.097),
    "e- e+ > mu- mu+ gamma": (("E:gamma:1:", "theta:gamma:20:160", "theta:mu:20:160"), 1800, 0.063),
    "e- e+ > e- e+ gamma": (
        ("E:gamma:1:", "theta:gamma:30:150", "theta:e:20:160", "E:e:0.5:"),
        170,
        0.005,
    ),
}
PYTHIA_RECORDED = 230_000


def some_points(text, cuts, n):
    """Return the process and n momenta of all its legs in light-cone components, from the first channel."""
    sampler = make_sampler(text, sqrt_s=SQRT_S, cuts=cuts)
    channel = sampler.channels[0]
    rng = np.random.default_rng(1)
    parts, found = [], 0
    while found < n:
        root = np.full(n, SQRT_S)
        momenta, volume = channel.build(rng.random((channel.dimensions, n)), root)
        parts.append(momenta[:, :, volume > 0.0])
        found += parts[-1].shape[-1]
    momenta = np.concatenate(parts, axis=-1)[:, :, :n]
    beam = np.sqrt(0.25 * SQRT_S**2 - ELECTRON_MASS**2)
    beams = np.array([[0.5 * SQRT_S, 0.0, 0.0, sign * beam] for sign in (1.0, -1.0)])
    legs = np.concatenate([np.repeat(beams[:, :, None], n, axis=-1), momenta])
    return sampler.process, light_cone(legs, sampler.process.masses)


def cpu_of(function, *arguments, **settings):
    """Return the result and its CPU seconds."""
    start = time.process_time()
    result = function(*arguments, **settings)
    return result, time.process_time() - start


def memory():
    """Return the largest memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def amplitude_row(text, points, seconds, engine):
    """Return rate, CPU seconds of the first call beyond a later one, memory."""
    process, momenta = some_points(text, AMPLITUDES[text][0], points)
    _, first = cpu_of(squared_amplitude_lightcone, process, momenta[..., :CHUNK], engine)
    _, second = cpu_of(squared_amplitude_lightcone, process, momenta[..., :CHUNK], engine)
    spent, times = 0.0, 0
    while spent < seconds:
        spent += cpu_of(squared_amplitude_lightcone, process, momenta, engine)[1]
        times += 1
    return times * points / spent, first - second, memory()


def event_row(text, seconds):
    """Return rate beyond the first event, CPU seconds of the first one, sample, memory."""
    settings = {"cuts": EVENTS[text][0], "sqrt_s": SQRT_S, "unweighted": True, "seed": 1}
    _, first = cpu_of(generate, text, 1, **settings)
    _, again = cpu_of(generate, text, 1, **settings)
    n, spent = 50_000, 0.0
    while spent < seconds:
        n *= 2
        events, all_of_it = cpu_of(generate, text, n, **settings)
        spent = all_of_it - again
    return n / spent, first, (events.efficiency, events.overweight), memory()


def pythia_rate(seconds):
    """Return events per CPU-second of a loop over Pythia's e+e- -> γγ without showers and hadrons."""
    import pythia8mc

    pythia = pythia8mc.Pythia("", False)
    for line in (
        "Print:quiet = on",
        "Beams:idA = 11",
        "Beams:idB = -11",
        f"Beams:eCM = {SQRT_S}",
        "PDF:lepton = off",
        "PromptPhoton:ffbar2gammagamma = on",
        f"PhaseSpace:pTHatMin = {0.5 * SQRT_S * np.sin(np.deg2rad(20.0))}",
        "PartonLevel:all = off",
        "HadronLevel:all = off",
    ):
        pythia.readString(line)
    pythia.init()
    start, events = time.process_time(), 0
    while time.process_time() - start < seconds:
        pythia.next()
        events += 1
    return events / (time.process_time() - start)


def in_new_process(function, *arguments):
    """Return what a function gives in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def cold_and_warm(function, *arguments):
    """Return what a function gives without and with compiled programs on disk."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SCOTOPIC_CACHE"] = folder
        return [in_new_process(function, *arguments) for _ in range(2)]


def print_amplitudes(points, seconds):
    print(f"{'matrix elements':27s}{'engine':>8s}{'per CPU-s':>12s}{'wanted':>11s}", end="")
    print(f"{'pyAmpliCol':>12s}{'ratio':>7s}{'first, s cold':>15s}{'warm':>6s}{'MB':>6s}")
    for text, (_, recorded, wanted) in AMPLITUDES.items():
        process = make_sampler(text, sqrt_s=SQRT_S, cuts=AMPLITUDES[text][0]).process
        engines = ["numpy"] + ["jax"] * (choose_engine("auto", 10**7, cost(process.plan)) == "jax")
        for engine in engines:
            (_, cold, size), (rate, warm, _) = cold_and_warm(amplitude_row, text, points, seconds, engine)
            wish = f"{wanted:,}" if wanted and engine == engines[-1] else ""
            other, ratio = (f"{recorded:,}", f"{rate / recorded:.1f}") if recorded else ("", "")
            print(f"{text:27s}{engine:>8s}{rate:12,.0f}{wish:>11s}{other:>12s}{ratio:>7s}", end="")
            print(f"{cold:15.2f}{warm:6.2f}{size:6.0f}", flush=True)


def print_events(seconds):
    print(f"\n{'unweighted events':27s}{'per CPU-s':>12s}{'wanted':>9s}{'WHIZARD':>9s}{'ratio':>7s}", end="")
    print(
        f"{'first, s cold':>15s}{'warm':>6s}{'efficiency':>12s}{'WHIZARD':>9s}{'overweight':>12s}{'MB':>6s}"
    )
    for text, (_, recorded, its_efficiency) in EVENTS.items():
        (_, cold, _, size), (rate, warm, (efficiency, over), _) = cold_and_warm(event_row, text, seconds)
        print(f"{text:27s}{rate:12,.0f}{50 * recorded:9,d}{recorded:9,d}{rate / recorded:7.0f}", end="")
        print(
            f"{cold:15.2f}{warm:6.2f}{efficiency:12.3f}{its_efficiency:9.3f}{over:12.4f}{size:6.0f}",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=20 * CHUNK)
    parser.add_argument("--seconds", type=float, default=1.5, help="CPU time of each steady rate")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    print_amplitudes(options.points, options.seconds)
    print_events(options.seconds)
    if find_spec("pythia8mc") is not None:
        rate = in_new_process(pythia_rate, options.seconds)
        speed = rate / PYTHIA_RECORDED
        print(
            f"\nPythia: {rate:,.0f} per CPU-s, recorded {PYTHIA_RECORDED:,}: this machine is now {speed:.2f}"
        )
        print("times the one of the records; divide the ratios above by that to compare like with like.")


if __name__ == "__main__":
    main()
