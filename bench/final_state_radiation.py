"""Shares of pairs whose mass stays near that of the particle they come from: ours, Pythia's shower, a formula.

    python bench/final_state_radiation.py [events]

A vector of mass M goes to two charged particles, which radiate. The share of pairs with a mass above (1 - w) M is
listed for several w. Pythia's QED shower has exact first-order corrections for the hardest photon; electrons come from
muon beams, for e+e- → e+e- does not radiate there without radiation of the beams. The formula is independent of our
generator: leading logarithms to second order with soft photons exponentiated, plus the exact first order of the
massive particles less its own. docs/radiation.md discusses the table.
"""

import importlib
import math
import sys
from collections.abc import Callable

import numpy as np
from scipy.integrate import quad
from scipy.special import gamma as gamma_function

from scotopic.events.radiation.emission_density import Radiating
from scotopic.events.radiation.final_state_radiation import radiate
from scotopic.numerics.lorentz import dot, from_angles
from scotopic.physics.hadrons.masses import CHARGED_PION
from scotopic.physics.standard_model import ALPHA_0, ELECTRON_MASS, MUON_MASS, TAU_MASS

WINDOWS = (0.005, 0.01, 0.02, 0.05, 0.1)
PAIRS = {
    "ee": (ELECTRON_MASS, 11, (0.25, 0.3, 1.0, 3.0, 10.0)),
    "mumu": (MUON_MASS, 13, (0.25, 0.5, 1.0, 3.0, 10.0)),
    "tautau": (TAU_MASS, 15, (4.0, 6.0, 10.0)),
    "pipi": (CHARGED_PION, 0, (0.5, 1.0, 3.0, 10.0)),
}
SOFT = 1e-9
TRIED = 100
EVENTS = 400_000


def ours(mass: float, particle: float, fermions: bool, n: int, seed: int = 1) -> np.ndarray:
    """Return masses of pairs after radiation over that before (n,)."""
    rng = np.random.default_rng(seed)
    cos, phi = rng.uniform(-1.0, 1.0, n), rng.uniform(0.0, 2.0 * np.pi, n)
    first = from_angles(0.5 * mass, particle, cos, phi)
    second = first * np.array([[1.0], [-1.0], [-1.0], [-1.0]])
    radiating = Radiating("vector", (fermions, fermions))
    one, other, _ = radiate(first, second, (particle, particle), radiating, rng)
    return np.asarray(np.sqrt(2.0 * (particle**2 + dot(one, other)))) / mass


def pythia(mass: float, code: int, n: int) -> np.ndarray | None:
    """Return the same of Pythia's shower with α(0), None where there is none."""
    try:
        guest = importlib.import_module("pythia8mc")
    except ImportError:
        return None
    generator = guest.Pythia("", False)
    beam = 13 if code == 11 else 11
    for line in (
        "Print:quiet = on",
        f"Beams:idA = {beam}",
        f"Beams:idB = {-beam}",
        f"Beams:eCM = {mass}",
        "WeakSingleBoson:ffbar2gmZ = on",
        "WeakZ0:gmZmode = 1",
        "23:onMode = off",
        f"23:onIfAny = {code}",
        "23:mMin = 0.01",
        "PhaseSpace:mHatMin = 0.01",
        "PDF:lepton = off",
        "PartonLevel:ISR = off",
        "PartonLevel:MPI = off",
        "HadronLevel:all = off",
        "Check:event = off",
        "TimeShower:alphaEMorder = 0",
        "TimeShower:QEDshowerByGamma = off",
        "TimeShower:pTminChgL = 1e-6",
        "Random:setSeed = on",
        "Random:seed = 1",
    ):
        generator.readString(line)
    generator.init()
    found: list[float] = []
    for tried in range(2 * n):
        if len(found) == n:
            break
        if tried == TRIED and not found:
            return None  # too close to the threshold for it
        if generator.next():
            pair = guest.Vec4()
            for particle in generator.event:
                if particle.isFinal() and abs(particle.id()) == code:
                    pair += particle.p()
            found.append(pair.mCalc())
    return np.array(found) / mass


def first_order(mass: float, particle: float, fermions: bool) -> Callable[[float], float]:
    """Return dP/dv of one photon, integrated over its angles, for v > 0."""
    r = (particle / mass) ** 2
    beta = math.sqrt(1.0 - 4.0 * r)

    def density(v: float) -> float:
        rest = r / (1.0 - v)
        velocity = math.sqrt(max(1.0 - 4.0 * rest, 0.0))
        if velocity == 0.0:
            return 0.0
        log = 2.0 * math.log((1.0 + velocity) / (2.0 * math.sqrt(rest)))
        value = 4.0 * (1.0 - v - 2.0 * r) * log - 4.0 * (1.0 - v) * velocity
        if fermions:
            value += v * v * (4.0 * log - 4.0 * velocity) / (2.0 + 4.0 * r)
        else:
            value += v * v * 4.0 * velocity / (1.0 - 4.0 * r)
        return ALPHA_0 / (2.0 * math.pi) * value / (beta * v)

    return density


def formula(mass: float, particle: float, fermions: bool) -> list[float]:
    """Return the shares in `WINDOWS`."""
    density = first_order(mass, particle, fermions)
    highest = 1.0 - 4.0 * (particle / mass) ** 2
    exponent = SOFT * density(SOFT)
    norm = math.exp(exponent * ((0.75 if fermions else 1.0) - np.euler_gamma)) / gamma_function(
        1.0 + exponent
    )

    def logarithms(v: float, second: bool) -> float:
        # without the exponentiated soft part, which is norm · exponent · v^(exponent - 1)
        if not fermions:
            return -exponent
        x = 1.0 - v
        value = -0.5 * exponent * (1.0 + x)
        if second:
            log_x = math.log(x) / v
            value -= (
                exponent**2 / 8.0 * ((1.0 + 3.0 * x * x) * log_x + 4.0 * (1.0 + x) * math.log(v) + 5.0 + x)
            )
        return value

    def integral(function: Callable[[float], float], end: float) -> float:
        return float(
            quad(lambda t: math.exp(t) * function(math.exp(t)), math.log(SOFT), math.log(end), limit=400)[0]
        )

    def correction(v: float) -> float:
        return density(v) - exponent / v - logarithms(v, False)

    def below(v: float) -> float:
        return norm * v**exponent + integral(lambda x: logarithms(x, True) + correction(x), v)

    without = 1.0 - below(highest)  # what is virtual only
    ends = (min(1.0 - (1.0 - window) ** 2, highest) for window in WINDOWS)
    return [without + below(end) for end in ends]


def main() -> None:
    """Print the table."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    print("pair    M (GeV)  " + "".join(f"{100 * w:5.1f} %                   " for w in WINDOWS))
    print("                 " + "ours   Pythia formula   " * len(WINDOWS))
    worst = [0.0, 0.0]
    for name, (particle, code, masses) in PAIRS.items():
        for mass in masses:
            found = ours(mass, particle, code != 0, n)
            other = pythia(mass, code, n) if code else None
            line = f"{name:7s} {mass:6.2f}   "
            for window, third in zip(WINDOWS, formula(mass, particle, code != 0), strict=True):
                first = float((found > 1.0 - window).mean())
                second = math.nan if other is None else float((other > 1.0 - window).mean())
                line += f"{first:.4f} {second:.4f} {third:.4f}   "
                worst = [np.fmax(worst[0], abs(first - second)), np.fmax(worst[1], abs(first - third))]
            print(line, flush=True)
    print(
        f"largest difference: Pythia {worst[0]:.4f}, formula {worst[1]:.4f}; errors {0.5 / math.sqrt(n):.4f}"
    )


if __name__ == "__main__":
    main()
