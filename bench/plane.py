"""A dark-Higgs plane of overlapping counting windows: limits, exact bands, plane toys, and the peers beside it.

Usage: python bench/plane.py [--toys N] [--workers N] [--checked N] [--seed N]

The plane is the triangle M_rec < M_mumu, M_rec + M_mumu < √s with 12,557 windows of ±2 resolutions, which overlap:
0.34 to 26 events of background known to 5 to 30 %, efficiencies of 4 to 10 % known to 6 %, luminosity to 1 %. All is
drawn from one seed. "Quadrature" integrates the posterior of some windows with scipy; RooStats' BayesianCalculator
runs where ROOT is installed.
"""

import argparse
import time

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import gammainc, gammaln, xlogy

from scotopic.stats import counting_bands, counting_limit, plane_scan, predictive_p_value

SQRT_S = 10.58
LUMINOSITY, LUMINOSITY_ERROR = 9.0, 0.09
EFFICIENCY_ERROR = 0.06  # relative
LEVEL = 0.9
STEPS = (0.046, 0.0474)  # GeV between windows
BINS = (260, 130)  # of the background


def centres():
    """Pairs (M_mumu, M_rec) in the triangle, on a square grid."""
    x, y = np.meshgrid(
        np.arange(0.28, SQRT_S, STEPS[0]), np.arange(0.08, 0.5 * SQRT_S, STEPS[1]), indexing="ij"
    )
    inside = (y <= x) & (x + y <= SQRT_S)
    return np.stack([x[inside], y[inside]], axis=1)


def half_widths(where):
    """±2 resolutions: 40 to 90 MeV in the mass of the muons; in the recoil mass 65 to 350 MeV, by both masses."""
    x, y = where.T
    return np.stack([0.04 + 0.005 * x, 0.06 + 0.25 * np.exp(-y) + 0.004 * x], axis=1)


def background(edges):
    """Smooth expectation per bin, which rises towards large recoil, and its relative error of 5 to 30 %."""
    x, y = (0.5 * (one[1:] + one[:-1]) for one in edges)
    x, y = np.meshgrid(x, y, indexing="ij")
    half = half_widths(np.stack([x.ravel(), y.ravel()], axis=1))
    per_window = np.exp(np.interp(0.62 * x + 0.85 * y, [0.0, 0.5, 4.0, 7.65], np.log([0.41, 0.8, 3.5, 26.6])))
    cell = np.diff(edges[0])[:, None] * np.diff(edges[1])
    expected = per_window * cell / (4.0 * half[:, 0] * half[:, 1]).reshape(x.shape)
    expected[(y > x) | (x + y > SQRT_S)] = 0.0  # no event outside the triangle
    return expected, 0.05 + 0.25 * np.clip(1.0 - y / 5.0, 0.0, 1.0) * (x / SQRT_S)


def drawn(edges, expected, rng):
    """Events (N, 2), uniform within their bins."""
    counts = rng.poisson(expected)
    at = np.repeat(np.arange(expected.size), counts.ravel())
    bins = np.unravel_index(at, expected.shape)
    return np.stack(
        [e[i] + rng.random(len(at)) * np.diff(e)[i] for e, i in zip(edges, bins, strict=True)], axis=1
    )


def by_quadrature(n, b, error, spread, level):
    """Limit in events: scipy's adaptive quadrature over σ, Gauss-Legendre over b and ln κ."""
    x, w = np.polynomial.legendre.leggauss(120)
    low, high = max(0.0, b - 9.0 * error), b + 9.0 * error
    nodes = 0.5 * (high - low) * x + 0.5 * (high + low)
    weights = w * np.exp(-0.5 * ((nodes - b) / error) ** 2)
    kappa, kappa_weights = np.exp(8.0 * spread * x), w * np.exp(-32.0 * x**2)

    def posterior(sigma):
        nu = sigma * kappa[:, None] + nodes
        return kappa_weights @ np.exp(xlogy(n, nu) - nu - gammaln(n + 1.0)) @ weights

    far = 12.0 * (n + 3.0 + 3.0 * np.sqrt(n + 1.0))
    total = quad(posterior, 0.0, far, epsabs=0.0, epsrel=1e-10, limit=200)[0]
    guess = brentq(lambda s: gammainc(n + 1.0, s) - level, 0.0, far)

    def miss(sigma):
        return quad(posterior, 0.0, sigma, epsabs=0.0, epsrel=1e-10, limit=200)[0] / total - level

    return brentq(miss, 0.01 * guess, 2.0 * guess + 10.0, rtol=1e-10)


def by_roostats(n, b, error, spread, level):
    """Limit in events of RooStats' BayesianCalculator, flat prior in the signal."""
    import ROOT

    ROOT.RooMsgService.instance().setGlobalKillBelow(ROOT.RooFit.FATAL)
    w = ROOT.RooWorkspace("w")
    w.factory(f"s[1,0,{5.0 * (n + 5.0)}]")
    w.factory(
        f"expr::nu('s*exp({spread}*z)+b', s, z[0,-5,5], b[{b},{max(0.0, b - 6 * error)},{b + 6 * error}])"
    )
    w.factory(f"Poisson::p(n[{n},0,10000], nu)")
    w.factory(f"PROD::m(p, Gaussian::cb({b}, b, {error}), Gaussian::cz(0, z, 1))")
    w.factory("Uniform::prior(s)")
    data = ROOT.RooDataSet("d", "d", w.set("n") or ROOT.RooArgSet(w.var("n")))
    w.var("n").setVal(n)
    data.add(ROOT.RooArgSet(w.var("n")))
    calculator = ROOT.RooStats.BayesianCalculator(
        data, w.pdf("m"), ROOT.RooArgSet(w.var("s")), w.pdf("prior"), ROOT.RooArgSet(w.var("b"), w.var("z"))
    )
    calculator.SetConfidenceLevel(level)
    calculator.SetLeftSideTailFraction(0.0)
    return calculator.GetInterval().UpperLimit()


def timed(what, number, function):
    start, cpu = time.perf_counter(), time.process_time()
    result = function()
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    print(f"{what:34s} {number:8d} in {wall:7.3f} s, {cpu:7.3f} s of CPU: {number / cpu:9.0f} per second")
    return result, cpu / number


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--toys", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--checked", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    edges = np.linspace(0.21, SQRT_S, BINS[0] + 1), np.linspace(0.0, 0.5 * SQRT_S, BINS[1] + 1)
    expected, relative = background(edges)
    where = centres()
    rng = np.random.default_rng(options.seed)
    events = drawn(edges, expected, rng)
    efficiency = 0.04 + 0.06 * where[:, 0] / SQRT_S
    settings = {
        "background_error": relative * expected,
        "efficiency": efficiency,
        "efficiency_error": EFFICIENCY_ERROR * efficiency,
        "luminosity": LUMINOSITY,
        "luminosity_error": LUMINOSITY_ERROR,
        "level": LEVEL,
    }

    def scan(toys):
        given = {"toys": toys, "workers": options.workers, "seed": options.seed}
        return plane_scan(events, edges, expected, where, half_widths(where), **settings, **given)

    found, _ = timed("full plane, exact bands", len(where), lambda: scan(0))
    error = found.background_error / found.background
    print(
        f"  {len(events)} events, background {found.background.min():.2f} to {found.background.max():.1f} per window, "
        f"error {100 * error.min():.0f} to {100 * error.max():.0f} %, each event in "
        f"{found.observed.sum() / len(events):.0f} windows"
    )
    if options.toys:
        found, _ = timed("the same with plane toys", options.toys, lambda: scan(options.toys))
        low, high = found.p_global_interval
        euler = found.p_global_euler
        print(
            f"  largest: {found.z_local.max():.2f} σ at {found.mass[found.largest]}, p_global = {found.p_global:.4f} "
            f"({low:.4f} to {high:.4f}), by Euler characteristics {euler.p_value:.3f} ± {euler.p_error:.3f}"
        )

    n, b = found.observed, found.background
    given = {
        name: settings[name] for name in ("efficiency", "efficiency_error", "luminosity", "luminosity_error")
    }
    given |= {"background_error": found.background_error, "level": LEVEL}
    limits, ours = timed("limits, bayes", len(n), lambda: counting_limit(n, b, **given))
    timed("limits, cls", len(n), lambda: counting_limit(n, b, method="cls", **given))
    gammas = {"background_prior": "gamma", "efficiency_prior": "gamma"}
    timed("limits, bayes, gamma priors", len(n), lambda: counting_limit(n, b, **given, **gammas))
    wide = {name: np.reshape(value, (-1, 1)) for name, value in given.items() if name != "level"}
    timed(
        "table of n < 20, bayes",
        20 * len(n),
        lambda: counting_limit(np.arange(20), b[:, None], level=LEVEL, **wide),
    )
    timed("median and bands, bayes", 5 * len(n), lambda: counting_bands(b, **given))
    timed("predictive p-value", len(n), lambda: predictive_p_value(n, b, found.background_error))
    few = len(n) // 20
    timed("feldman-cousins", few, lambda: counting_limit(n[:few], b[:few], method="feldman-cousins"))
    timed(
        "feldman-cousins with errors", 20,
        lambda: counting_limit(
            n[:20], b[:20], background_error=found.background_error[:20], method="feldman-cousins"
        ),
    )  # fmt: skip

    checked = np.random.default_rng(2).choice(len(n), min(options.checked, len(n)), replace=False)
    spread = float(np.hypot(EFFICIENCY_ERROR, LUMINOSITY_ERROR / LUMINOSITY))
    scale = LUMINOSITY * efficiency
    peers = {"scipy quadrature": (by_quadrature, checked)}
    try:
        import ROOT  # noqa: F401

        peers["RooStats"] = (by_roostats, checked[:3])
    except ImportError:
        print("RooStats: ROOT is not installed")
    for name, (peer, which) in peers.items():
        values, each = timed(
            name,
            len(which),
            lambda peer=peer, which=which: [
                peer(n[i], b[i], found.background_error[i], spread, LEVEL) for i in which
            ],
        )
        far = np.abs(limits[which] * scale[which] / values - 1.0).max()
        print(f"  {each / ours:.0f} times as long as ours per limit; largest relative difference {far:.1e}")


if __name__ == "__main__":
    main()
