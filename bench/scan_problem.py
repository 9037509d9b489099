"""The bump scan that the bench measures: 580 bins of half a resolution between 0.2 and 10.5 GeV, 500 masses.

The resolution rises linearly with the mass, the signal is a Crystal Ball with a tail to low masses, and the
smooth background has 34 to 1100 events per bin, 221 000 in all; the second version has one per cent of them.
Resolution, tail and background shape are made up for the bench (PROPOSED); the numbers are those of the
two-photon search.
"""

import numpy as np
from scipy.optimize import brentq
from scipy.special import comb
from scipy.stats import crystalball

from scotopic.stats.scan.toys import draw
from scotopic.stats.scan.windows import Windows

BINS, HALF_WIDTH, ORDER = 580, 40, 3
LOW, HIGH, GROWTH = 0.2, 10.5, 8.0  # GeV; σ ∝ 1 + m/GROWTH
TAIL, POWER = 1.2, 4.0
MOST, LEAST = 1100.0, 34.0  # events per bin, at the lower and the upper end
EVENTS = {"full": 221_000.0, "one per cent": 2_210.0}

_SCALE = np.log((GROWTH + HIGH) / (GROWTH + LOW)) / BINS
EDGES = (GROWTH + LOW) * np.exp(_SCALE * np.arange(BINS + 1)) - GROWTH
MASSES = 0.5 * (EDGES[1:] + EDGES[:-1])[HALF_WIDTH : HALF_WIDTH + 500]


def resolution(mass):
    return 2.0 * _SCALE * (GROWTH + mass)


def template(mass, edges, width=1.0):
    return np.diff(crystalball.cdf(edges, TAIL, POWER, loc=mass, scale=width * resolution(mass)))


def expectation(events):
    x = (np.arange(BINS) + 0.5) / BINS

    def shape(power):
        return MOST * np.exp(np.log(LEAST / MOST) * x**power)

    power = brentq(lambda one: shape(one).sum() - EVENTS["full"], 0.2, 5.0)
    return events / EVENTS["full"] * shape(power)


def windows():
    return Windows.build(EDGES, MASSES, template, (HALF_WIDTH, HALF_WIDTH), ORDER, 0.0)


def observed(events):
    return draw(expectation(events), 10**6, 10**6 + 1, 1)[:, 0]


def designs(which):
    """Yield bins and design (W, 5) of windows: template, then Bernstein polynomials times bin width."""
    centre, width = 0.5 * (EDGES[1:] + EDGES[:-1]), np.diff(EDGES)
    degree = np.arange(ORDER + 1)
    for first in which:
        bins = np.arange(first, first + 2 * HALF_WIDTH + 1)
        low, high = EDGES[bins[0]], EDGES[bins[-1] + 1]
        x = ((centre[bins] - low) / (high - low))[:, None]
        basis = comb(ORDER, degree) * x**degree * (1.0 - x) ** (ORDER - degree)
        basis *= (width[bins] / width[bins].mean())[:, None]
        yield bins, np.column_stack([template(MASSES[first], EDGES)[bins], basis])
