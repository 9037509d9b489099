"""Coverage of the counting limits at 0 to 5 expected events: sums over n, no toys.

Usage: python bench/counting_coverage.py

First with a known background: the least and the mean coverage over true signals of 0 to 5 events. Then, for the upper
limits, with a background of 30 % and an efficiency of 10 %, both measured anew in every experiment (Gauss-Hermite).
"""

import numpy as np
from scipy.stats import poisson

from scotopic.stats import counting_limit

LEVEL = 0.9
BACKGROUNDS = (0.0, 0.5, 1.0, 2.0, 3.0, 5.0)
SIGNALS = np.linspace(0.0, 5.0, 101)
COUNTS = np.arange(60)
METHODS = ("bayes", "cls", "feldman-cousins", "feldman-cousins-raw")


def known(method, background):
    """Coverage (101,) of true signals."""
    found = counting_limit(COUNTS, background, level=LEVEL, method=method)
    low, high = found if isinstance(found, tuple) else (np.zeros(len(COUNTS)), found)
    inside = (SIGNALS[:, None] >= low - 1e-9) & (SIGNALS[:, None] <= high + 1e-9)
    return (inside * poisson.pmf(COUNTS, SIGNALS[:, None] + background)).sum(axis=1)


def measured(method, background, error=0.3, spread=0.1):
    """The same, background and efficiency being measured anew each time; negative backgrounds count as zero."""
    x, w = np.polynomial.hermite_e.hermegauss(31)
    w = w / w.sum()
    b = np.maximum(background * (1.0 + error * x), 0.0)[:, None, None]
    kappa = np.exp(spread * x)[:, None]
    limit = counting_limit(
        COUNTS, b, background_error=error * background, efficiency=kappa, efficiency_error=spread * kappa,
        level=LEVEL, method=method,
    )  # fmt: skip
    chance = poisson.pmf(COUNTS, SIGNALS[:, None] + background)
    weight = w[:, None] * w
    return np.array(
        [(weight[..., None] * (s <= limit) * p).sum() for s, p in zip(SIGNALS, chance, strict=True)]
    )


def main():
    for title, methods, function in (
        ("known background", METHODS, known),
        ("background to 30 %, efficiency to 10 %", METHODS[:2], measured),
    ):
        print(f"{title}, {100 * LEVEL:g} %: least and mean coverage over signals of 0 to 5 events")
        print(f"{'background':>12s}" + "".join(f"{one:>22s}" for one in methods))
        for b in BACKGROUNDS:
            coverage = [function(one, b) for one in methods]
            print(f"{b:12g}" + "".join(f"{one.min():14.3f}{one.mean():8.3f}" for one in coverage))


if __name__ == "__main__":
    main()
