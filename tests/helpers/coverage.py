"""How often limits of background toys cover zero."""

import numpy as np
from scipy.stats import norm

from scotopic.stats.scan.calibration import calibrated_limits
from scotopic.stats.scan.limits import clsb_limits
from scotopic.stats.scan.profile import Profile
from scotopic.stats.scan.windows import Windows

EDGES = np.linspace(0.0, 20.0, 201)


def template(mass, edges, width=1.0):
    return np.diff(norm.cdf(edges, mass, 0.2 * width))


def coverage_of_zero(expectation, masses, n_toys, order, half_width, shape=template, edges=EDGES, seed=1):
    """Return the fraction (M,) of background toys whose CLs+b limit lies above zero."""
    rng = np.random.default_rng(seed)
    covered = []
    for mass in masses:
        window = Windows.build(edges, np.array([mass]), shape, half_width, order, 0.0)
        expected = np.where(window.inside, expectation[window.bins], 0.0)
        data = window.cut(rng.poisson(expectation[:, None], (len(expectation), n_toys)).astype(float))
        if (window.core() * expected).sum() < 25.0:
            limits = calibrated_limits(window, data, expected, 0.95, seed, 1)[0, 0, :n_toys]
        else:
            lanes = window.take(np.zeros(n_toys, dtype=np.intp))
            profile = Profile.build(lanes, data[0].T, np.zeros(n_toys))
            limits = clsb_limits(profile, *profile.free(), norm.ppf(0.95))
        covered.append(np.mean(~(limits < 0.0)))
    return np.array(covered)
