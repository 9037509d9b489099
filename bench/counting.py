"""Limits per second of a plane of counting windows, against quadrature, and the largest disagreement.

Usage: python bench/counting.py [--windows N] [--checked N]

The windows are like those of a dark-Higgs plane: 0.34 to 26 events of background known to 5 to 30 %, efficiencies
of 4 to 10 % known to 6 %, luminosity to 1 %. "Quadrature" integrates the posterior of a few of them with scipy.
"""

import argparse
import time

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import gammainc, gammaln, xlogy

from scotopic.stats import counting_bands, counting_limit, predictive_p_value


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


def timed(what, number, function):
    start = time.process_time()
    result = function()
    seconds = time.process_time() - start
    print(f"{what:32s} {number:8d} in {seconds:7.3f} s of CPU: {number / seconds:9.0f} per second")
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--windows", type=int, default=12_559)
    parser.add_argument("--checked", type=int, default=20)
    options = parser.parse_args()
    rng = np.random.default_rng(1)
    b = np.exp(rng.uniform(np.log(0.34), np.log(26.0), options.windows))
    error = b * rng.uniform(0.05, 0.3, options.windows)
    efficiency = rng.uniform(0.04, 0.1, options.windows)
    n = rng.poisson(b)
    given = {"background_error": error, "efficiency": efficiency, "efficiency_error": 0.06 * efficiency}
    given |= {"luminosity": 9.0, "luminosity_error": 0.09}
    table = {name: np.reshape(value, (-1, 1)) for name, value in given.items()}
    size = options.windows

    limits = timed("observed, bayes", size, lambda: counting_limit(n, b, **given))
    timed("observed, cls", size, lambda: counting_limit(n, b, method="cls", **given))
    timed("table of n < 20, bayes", 20 * size, lambda: counting_limit(np.arange(20), b[:, None], **table))
    timed("median and bands, bayes", 5 * size, lambda: counting_bands(b, **given))
    timed("predictive p-value", size, lambda: predictive_p_value(n, b, error))
    few = size // 20
    timed("feldman-cousins", few, lambda: counting_limit(n[:few], b[:few], method="feldman-cousins"))

    checked = range(min(options.checked, size))
    spread = float(np.hypot(0.06, 0.01))
    reference = timed(
        "quadrature",
        len(checked),
        lambda: [by_quadrature(n[i], b[i], error[i], spread, 0.9) / (9.0 * efficiency[i]) for i in checked],
    )
    print(f"largest relative difference: {np.abs(limits[: len(checked)] / reference - 1.0).max():.1e}")


if __name__ == "__main__":
    main()
