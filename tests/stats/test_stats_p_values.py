"""p-values of no signal in toys without one: uniform, or as uniform as whole numbers of events allow."""

import numpy as np
import pytest
from scipy.stats import norm

from scotopic.stats.scan.toys import scan_toys

EDGES = np.linspace(0.0, 20.0, 201)
SHARES = (0.3, 0.1, 0.05, 0.01)
TOYS = 20_000
MANY = 400.0  # events within two standard deviations


def template(mass, edges):
    return np.diff(norm.cdf(edges, mass, 0.2))


def q0_of_toys(background, number, seed):
    """Return q0 of toys of a flat spectrum with `background` events within two standard deviations."""
    found = scan_toys(
        np.full(200, background / 8.0),
        EDGES,
        [10.0],
        template,
        background_order=1,
        half_width=40,
        toys=number,
        seed=seed,
    )
    assert np.isfinite(found.q0).all()
    return found.q0[0]


def calibrated_p(q0, others):
    """Return (k + 1)/(N + 1), k of N other toys having at least the same q0."""
    ordered = np.sort(others)
    k = len(others) - np.searchsorted(ordered, q0 - 1e-9 * (1.0 + q0))
    return (k + 1) / (len(others) + 1)


def test_asymptotic_p_values_of_many_events_are_uniform():
    number = 4000
    p = norm.sf(np.sqrt(q0_of_toys(MANY, number, 1)))
    for share in SHARES:
        assert np.mean(p <= share) == pytest.approx(share, abs=4.0 * np.sqrt(share * (1.0 - share) / number))
    assert np.mean(p == 0.5) == pytest.approx(0.5, abs=0.04)  # no positive yield


@pytest.mark.study
@pytest.mark.parametrize("background", [0.1, 0.5, 1.0, 2.0, 5.0, MANY])
def test_calibrated_p_values_are_as_uniform_as_whole_numbers_allow(background):
    """Of the other toys a share of at most α has p ≤ α, less where the next larger value of p jumps over α.

    That share is what the data must have, within four errors of both sets.
    """
    data, others = (q0_of_toys(background, TOYS, seed) for seed in (1, 2))
    p, allowed = calibrated_p(data, others), calibrated_p(others, others)
    asymptotic = norm.sf(np.sqrt(data))
    for share in SHARES:
        found, possible = np.mean(p <= share), np.mean(allowed <= share)
        error = np.sqrt(2.0 * max(share * (1.0 - share), 1.0 / TOYS) / TOYS)
        print(
            f"{background} events, p ≤ {share}: calibrated {found:.4f}, possible {possible:.4f}, "
            f"asymptotic {np.mean(asymptotic <= share):.4f}"
        )
        assert possible <= share
        assert found == pytest.approx(possible, abs=4.0 * error)
