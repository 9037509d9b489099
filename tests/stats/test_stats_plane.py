"""The plane of two masses: brute force, exact bands, toys, wrong input."""

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import chi2, poisson

from scotopic.errors import InputError
from scotopic.stats import counting_bands, counting_limit, plane_scan, predictive_p_value
from scotopic.stats.plane.plane_input import plane_input, plane_windows
from scotopic.stats.plane.plane_toys import Alias, PlaneToys
from scotopic.stats.plane.plane_windows import Cells, inside_ellipse

X, Y = np.linspace(0.0, 10.0, 41), np.linspace(0.0, 5.0, 26)
BACKGROUND = 0.3 + 0.02 * np.arange(40)[:, None] + 0.01 * np.arange(25)
BACKGROUND[:, 0] = 0.0


def grid(step=0.2):
    x, y = np.meshgrid(np.arange(0.4, 9.7, step), np.arange(0.3, 4.8, step), indexing="ij")
    return np.stack([x[y <= x], y[y <= x]], axis=1)


def half_widths(where):
    return np.stack([0.21 + 0.013 * where[:, 0], 0.3 - 0.021 * where[:, 1] + 0.007 * where[:, 0]], axis=1)


def events(seed=1):
    rng = np.random.default_rng(seed)
    counts = rng.poisson(BACKGROUND)
    at = np.repeat(np.arange(counts.size), counts.ravel())
    x, y = np.unravel_index(at, counts.shape)
    return np.stack([X[x] + 0.25 * rng.random(len(at)), Y[y] + 0.2 * rng.random(len(at))], axis=1)


def scanned(data=None, where=None, **changes):
    where = grid() if where is None else where
    settings = {"background_error": 0.15, "efficiency": 0.1, "efficiency_error": 0.01, "luminosity": 9.0}
    data = events() if data is None else data
    return plane_scan(data, (X, Y), BACKGROUND, where, half_widths(where), **settings | changes)


def by_hand(data, where, half):
    """Events, and background by the overlap of the window with every bin."""
    low, high = where - half, where + half
    count = sum(bool((low <= one).all() and (one < high).all()) for one in data)
    share = []
    for own, a, b in zip((X, Y), np.maximum(low, 0.0), np.minimum(high, (10.0, 5.0)), strict=True):
        share.append(np.clip(np.minimum(own[1:], b) - np.maximum(own[:-1], a), 0.0, None) / np.diff(own))
    return count, share[0] @ BACKGROUND @ share[1]


def test_windows_agree_with_brute_force():
    """Events and background of every window, its limit, bands and p-value."""
    found, data = scanned(), events()
    half = half_widths(found.mass)
    for i in range(0, len(found.mass), 37):
        count, background = by_hand(data, found.mass[i], half[i])
        assert found.observed[i] == count
        assert found.background[i] == pytest.approx(background, rel=1e-10)
        given = {"background_error": 0.15 * background, "efficiency": 0.1, "efficiency_error": 0.01}
        given["luminosity"] = 9.0
        assert found.limit_observed[i] == pytest.approx(counting_limit(count, background, **given), rel=1e-9)
        bands = counting_bands(background, **given)
        assert found.limit_median[i] == pytest.approx(bands.median, rel=1e-9)
        np.testing.assert_allclose(found.band68[i], bands.band68, rtol=1e-9)
        np.testing.assert_allclose(found.band95[i], bands.band95, rtol=1e-9)
        p = predictive_p_value(count, background, 0.15 * background)
        assert found.p_local[i] == pytest.approx(p, rel=1e-9)
        assert found.z_local[i] == pytest.approx(max(0.0, -_z(p)), abs=1e-9)


def _z(p):
    from scipy.stats import norm

    return norm.ppf(p)


def test_counts_give_what_their_events_give():
    """With counts, windows move to the edges of bins: the same as events and such windows."""
    data = events()
    counts = np.histogram2d(*data.T, bins=(X, Y))[0]
    where = np.array([[2.5, 1.2], [5.0, 3.0], [9.75, 0.1]])
    binned = plane_scan(counts, (X, Y), BACKGROUND, where, (0.55, 0.33))
    unbinned = plane_scan(data, (X, Y), BACKGROUND, where, (0.5, 0.4))
    assert (binned.observed == unbinned.observed)[:2].all()
    np.testing.assert_allclose(binned.background[:2], unbinned.background[:2], rtol=1e-12)


def test_cells_hold_all_that_the_windows_hold():
    """Sums over cells are the windows' own integrals, with all edges and with few."""
    where = grid()
    plane = plane_input(events(), (X, Y), BACKGROUND, 0.1)
    _, windows = plane_windows(plane, where, half_widths(where))
    for most in (10_000, 60):
        cells = Cells.build(windows, most)
        assert max(cells.shape) < most
        table = np.zeros((cells.shape[0] + 1, cells.shape[1] + 1))
        table[1:, 1:] = cells.integrate((X, Y), BACKGROUND).cumsum(axis=0).cumsum(axis=1)
        plus, left, below, both = table.ravel()[cells.corners()]
        direct = (windows if most > 60 else cells.windows()).integrate((X, Y), BACKGROUND)
        np.testing.assert_allclose((plus - left - below + both).sum(axis=1), direct, rtol=1e-9)
        assert (cells.high > cells.low).all()


@pytest.mark.parametrize("correlation", [-0.98, -0.9, 0.0, 0.7])
def test_ellipses_have_their_area_and_hold_their_share_of_a_gaussian(correlation):
    """π a b √(1 − ρ²) of a flat plane and 1 − exp(−k²/2) of a Gaussian whose ellipse of k σ it is."""
    where, half, number = np.array([[5.0, 2.5]]), np.array([[1.2, 0.9]]), 200_000
    flat = plane_input([], (X, Y), np.ones_like(BACKGROUND), 0.0)
    _, windows = plane_windows(flat, where, half, correlation)
    area = np.pi * 1.2 * 0.9 * np.sqrt(1.0 - correlation**2)
    assert windows.integrate((X, Y), flat.background)[0] * 0.25 * 0.2 == pytest.approx(area, rel=1e-9)
    rng = np.random.default_rng(4)
    for k in (1.0, 2.0):
        widths = half[0] / k
        covariance = np.outer(widths, widths) * [[1.0, correlation], [correlation, 1.0]]
        points = rng.multivariate_normal(where[0], covariance, number)
        share = 1.0 - np.exp(-(k**2) / 2.0)
        error = np.sqrt(share * (1.0 - share) / number)
        inside = inside_ellipse(((points - where[0]) / half[0]).T, correlation).mean()
        assert inside == pytest.approx(share, abs=4.0 * error)
        # strips are turned in steps, which matters where the ellipse is thin
        assert windows.count(points)[0] / number == pytest.approx(share, abs=0.02)


def test_toys_of_ellipses_expect_what_the_ellipses_do():
    where = grid(step=0.6)
    plane = plane_input([], (X, Y), BACKGROUND, 0.0)
    _, windows = plane_windows(plane, where, half_widths(where), np.linspace(-0.8, 0.8, len(where)))
    expected = windows.integrate((X, Y), BACKGROUND)
    cells = Cells.build(windows)
    np.testing.assert_allclose(cells.windows().integrate((X, Y), BACKGROUND), expected, rtol=0.06)
    toys = PlaneToys.build(cells, plane)
    mean = np.mean([toys.counts(toy, 3) for toy in range(2000)], axis=0)
    np.testing.assert_allclose(mean, expected, atol=5.0 * np.sqrt(expected.max() / 2000), rtol=0.06)


def test_alias_tables_are_the_contents():
    """The probability of each cell, from the tables themselves."""
    content = np.random.default_rng(3).gamma(0.5, size=1000)
    content[::7] = 0.0
    alias = Alias.build(content)
    probability = alias.stay.copy()
    np.add.at(probability, alias.other, 1.0 - alias.stay)
    np.testing.assert_allclose(probability / len(content), content / content.sum(), atol=1e-15)


@pytest.mark.parametrize("error", [0.0, 0.2, 0.9])
def test_counts_of_toys_follow_the_predictive_distribution(error):
    """χ² of the counts in single windows; neighbouring windows share events."""
    where = np.array([[3.0, 2.0], [3.1, 2.0], [8.0, 4.0]])
    plane = plane_input(np.zeros((0, 2)), (X, Y), BACKGROUND, error)
    _, windows = plane_windows(plane, where, np.array([0.3, 0.25]))
    toys = PlaneToys.build(Cells.build(windows), plane)
    counts = np.array([toys.counts(toy, 5) for toy in range(3000)])
    for i, b in enumerate(windows.integrate((X, Y), BACKGROUND)):
        tail = [predictive_p_value(n, b, error * b) for n in range(60)]
        chance = -np.diff([*tail, 0.0])
        last = int(np.argmax(np.array(tail) < 0.01))
        expected = 3000 * np.append(chance[:last], tail[last])
        seen = np.bincount(np.minimum(counts[:, i], last), minlength=last + 1)
        assert chi2.sf(((seen - expected) ** 2 / expected).sum(), last) > 1e-4
    correlation = np.corrcoef(counts.T)
    assert correlation[0, 1] > 0.7
    assert abs(correlation[0, 2]) < (0.06 if error == 0.0 else 1.0)


def test_global_p_value_of_separate_windows():
    """Windows that share nothing, known background: the product of Poisson probabilities."""
    where = np.stack(np.meshgrid(np.arange(0.5, 10, 1.0), np.arange(0.5, 5, 1.0)), axis=-1).reshape(-1, 2)
    data = np.concatenate([events(), np.full((14, 2), 4.5)])
    found = plane_scan(data, (X, Y), BACKGROUND, where, (0.49, 0.49), toys=4000, seed=7)
    none = 1.0
    for b in found.background:
        n = np.arange(200)
        below = np.maximum(-_z(poisson.sf(n - 1, b)), 0.0) < found.z_local.max()
        none *= poisson.pmf(n[below], b).sum()
    low, high = found.p_global_interval
    assert 1.0 - none == pytest.approx(found.p_global, abs=4.0 * (high - low) / 2.0)


def test_toys_as_large_as_the_data_count():
    """One window: the global p-value of n events is P(≥ n), ties included, whatever the rounding."""
    where = np.array([[3.0, 2.0]])
    for n in (5, 7, 9):
        data = np.tile([3.0, 2.0], (n, 1))
        found = plane_scan(data, (X, Y), BACKGROUND, where, (0.3, 0.25), background_error=0.1, toys=2000)
        assert found.p_local[0] < 0.5
        error = np.sqrt(found.p_local[0] / 2000)
        assert found.p_global == pytest.approx(found.p_local[0], abs=4.0 * error)


def test_global_p_values_are_uniform():
    """Planes without signal: the global p-value is below α no more often than that (one error for all bins)."""
    where = grid(0.4)
    plane = plane_input(np.zeros((0, 2)), (X, Y), BACKGROUND, 0.15)
    _, windows = plane_windows(plane, where, half_widths(where))
    toys = PlaneToys.build(Cells.build(windows), plane)
    largest, _ = toys.largest(2000, 0, 1, 2)
    other, _ = toys.largest(1000, 0, 2, 2)
    p = np.array([(1 + (largest >= z).sum()) / 2001 for z in other])
    for alpha in (0.05, 0.2, 0.5):
        error = np.sqrt(alpha * (1 - alpha) * (1 / 1000 + 1 / 2000))
        assert (p <= alpha).mean() == pytest.approx(alpha, abs=4.0 * error)


def test_workers_and_numbers_of_toys_change_no_bit():
    """Toy number n is always the same."""
    one, two = scanned(toys=120, workers=1), scanned(toys=120, workers=2)
    np.testing.assert_array_equal(one.toy_max_z, two.toy_max_z)
    np.testing.assert_array_equal(one.euler.covariance, two.euler.covariance)
    np.testing.assert_array_equal(scanned(toys=60).toy_max_z, one.toy_max_z[:60])
    assert (scanned(toys=60, seed=2).toy_max_z != one.toy_max_z[:60]).any()


def test_many_events_have_the_global_p_value_of_euler():
    """A smooth field: toys and Euler characteristics agree at 3.5σ within their errors and the discreteness."""
    where = grid(0.25)
    plane = 30.0 * np.ones_like(BACKGROUND)
    data = np.rint(plane)
    found = plane_scan(data, (X, Y), plane, where, (0.6, 0.6), toys=3000, seed=3, workers=2)
    euler = found.euler.p_value(3.5)
    toys = (found.toy_max_z >= 3.5).mean()
    error = np.hypot(euler.p_error, np.sqrt(toys / 3000))
    assert euler.p_value == pytest.approx(toys, abs=4.0 * error + 0.3 * toys)


def test_far_beyond_the_smallest_number():
    """A significance above 38 is found by the logarithm of its p-value."""
    data = np.full((2000, 2), 2.0)
    found = plane_scan(data, (X, Y), BACKGROUND, [[2.0, 2.0], [8.0, 4.0]], (0.3, 0.3))
    assert found.p_local[0] == 0.0
    assert 38.0 < found.z_local[0] < 200.0
    assert found.z_local[1] == 0.0
    assert ndtr(-found.z_local[1]) == 0.5


def test_nothing_seen():
    """No event, no background: the limit is that of zero events, the p-value is one."""
    found = plane_scan([], (X, Y), np.zeros_like(BACKGROUND), [[2.0, 2.0]], (0.3, 0.3), toys=3)
    assert found.limit_observed == pytest.approx([np.log(10.0)])
    assert found.p_local == pytest.approx([1.0])
    assert (found.toy_max_z == 0.0).all()
    assert found.p_global == 1.0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"data": [[1.0, np.nan]]}, "every coordinate"),
        ({"data": np.full((40, 25), 0.5)}, "whole"),
        ({"data": np.zeros((3, 3))}, "expected events"),
        ({"data": "events"}, "arrays of numbers"),
        ({"edges": (X[::-1], Y)}, "edges in x"),
        ({"edges": (X, Y[:-1])}, "background has shape"),
        ({"background": -BACKGROUND}, "background: every number"),
        ({"background_error": np.full((40, 25), 0.1)}, "without background"),
        ({"centres": [[1.0, 9.0]]}, "outside the plane"),
        ({"centres": [1.0, 2.0]}, "a pair of masses"),
        ({"half_widths": [0.1]}, "half_widths has shape"),
        ({"half_widths": (0.1, -0.1)}, "above 0"),
        ({"data": np.zeros((40, 25)), "half_widths": (0.01, 0.01)}, "holds no bin"),
        ({"efficiency": [0.1, 0.2, 0.3]}, "broadcast"),
        ({"luminosity": 0.0}, "luminosity"),
        ({"method": "feldman-cousins"}, "bayes or cls"),
        ({"toys": -1}, "toys = -1"),
        ({"toys": 1.5}, "toys = 1.5, must be a whole number"),
        ({"seed": "a"}, "seed = .a., must be a whole number"),
        ({"workers": 0}, "workers"),
        ({"level": 1.5}, "level"),
        ({"correlation": 1.0}, "between -1 and 1"),
        ({"correlation": [0.1, float("nan")]}, "between -1 and 1"),
        ({"correlation": [0.1]}, "correlation has shape"),
    ],
)
def test_wrong_input(changes, said):
    """One error that says what is wrong, before any work."""
    given = {"data": events(), "edges": (X, Y), "background": BACKGROUND}
    given |= {"centres": [[2.0, 2.0], [3.0, 2.0]], "half_widths": (0.3, 0.3)} | changes
    with pytest.raises(InputError, match=said):
        plane_scan(**given)
