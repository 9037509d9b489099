"""Global p-values from few toys, against toys of Gaussian fields and of a scan."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from scipy.stats import norm

from scotopic.errors import InputError
from scotopic.stats import euler_characteristic, fit_euler, gross_vitells, up_crossings
from scotopic.stats.scan.toys import discovery, draw
from scotopic.stats.scan.windows import Windows
from scotopic.stats.significance.gross_vitells import EulerFit

N_POINTS, LENGTH = 200, 10.0  # steps and correlation length of the Gaussian processes


def process(n_toys, seed):
    """Stationary unit Gaussian processes (N_POINTS, T) with the covariance exp(−d²/2 LENGTH²)."""
    noise = np.random.default_rng(seed).standard_normal((N_POINTS + 120, n_toys))
    kernel = np.exp(-0.5 * (np.arange(-60, 61) / (LENGTH / np.sqrt(2.0))) ** 2)
    kernel /= np.sqrt((kernel**2).sum())
    return sum(kernel[i] * noise[i : i + N_POINTS] for i in range(121))


def q0_of(z):
    return np.maximum(z, 0.0) ** 2


def test_up_crossings_by_hand():
    q0 = np.array([[0, 2, 0, 2, 2, 0], [2, 2, 0, 0, 2, 0], [0, 2, 2, 0, 2, 2.0]]).T
    np.testing.assert_array_equal(up_crossings(q0, 1.0), [2, 1, 2])
    np.testing.assert_array_equal(up_crossings(q0, 3.0), [0, 0, 0])


def test_crossings_of_a_gaussian_process_are_those_of_rice():
    """S. O. Rice: ⟨N(u)⟩ = (length / 2π) √(−r''(0)) exp(−u/2)."""
    q0 = q0_of(process(4000, 1))
    for u in (0.25, 1.0, 4.0):
        crossings = up_crossings(q0, u)
        rice = (N_POINTS - 1) / LENGTH / (2.0 * np.pi) * np.exp(-0.5 * u)
        error = crossings.std() / np.sqrt(crossings.size)
        assert crossings.mean() == pytest.approx(rice, abs=4.0 * error + 0.005 * rice)


def test_bound_from_few_toys_holds_for_many_toys_of_a_gaussian_process():
    few = up_crossings(q0_of(process(500, 2)), 0.5)
    z = np.array([1.0, 1.5, 2.0, 2.5, 3.0, 3.5])
    bound = gross_vitells(z, few, 0.5, 500)
    largest = process(40_000, 3).max(axis=0)
    p = (largest[:, None] >= z).mean(axis=0)
    error = np.sqrt(p * (1.0 - p) / largest.size)
    assert (p <= bound.p_value + 3.0 * np.hypot(error, bound.p_error)).all()
    tight = z >= 2.5  # where it is nearly an equality
    assert (np.abs(p - bound.p_value) < 3.0 * np.hypot(error, bound.p_error) + 0.1 * p)[tight].all()


def test_bound_holds_for_toys_of_a_scan():
    edges = np.linspace(0.0, 20.0, 201)
    expectation = 400.0 * np.exp(-edges[:-1] / 15.0)
    masses = np.arange(3.0, 17.0, 0.1)
    windows = Windows.build(
        edges, masses, lambda mass, at: np.diff(norm.cdf(at, mass, 0.2)), (25, 25), 2, 0.0
    )
    expected = windows.cut(expectation[:, None])[:, :, 0]
    models = windows.model(expected, signal=True), windows.model(expected, signal=False)
    q0 = np.concatenate(
        [
            discovery(windows.cut(draw(expectation, i, i + 100, 5)), windows, models)[1]
            for i in range(0, 1200, 100)
        ],
        axis=1,
    )
    z = np.array([1.5, 2.0, 2.5, 3.0])
    bound = gross_vitells(z, up_crossings(q0[:, :200], 0.5), 0.5, 200)
    p = (np.sqrt(q0.max(axis=0))[:, None] >= z).mean(axis=0)
    error = np.sqrt(p * (1.0 - p) / q0.shape[1])
    assert (p <= bound.p_value + 3.0 * np.hypot(error, bound.p_error)).all()
    assert (p > 0.5 * bound.p_value - 3.0 * error)[2:].all()


def test_bound_is_its_formula_and_its_error_that_of_the_toys():
    found = gross_vitells(4.0, 500, 1.0, 100)
    assert found.p_value == pytest.approx(norm.sf(4.0) + 5.0 * np.exp(-7.5), rel=1e-12)
    assert found.p_error == pytest.approx(np.sqrt(500) / 100 * np.exp(-7.5), rel=1e-12)
    assert found.z_global == pytest.approx(norm.isf(found.p_value), rel=1e-9)
    each = np.random.default_rng(1).poisson(5.0, 100)
    scattered = gross_vitells(4.0, each, 1.0, 100)
    assert scattered.p_error == pytest.approx(each.std(ddof=1) / 10.0 * np.exp(-7.5), rel=1e-12)


def test_nothing_seen_and_extremes():
    none = gross_vitells(3.0, 0, 1.0, 100)
    assert none.p_value == pytest.approx(norm.sf(3.0), rel=1e-12)
    assert none.p_error == pytest.approx(0.01841 * np.exp(-4.0), rel=1e-3)
    assert gross_vitells(0.0, 500, 1.0, 100).p_value == 1.0
    far = gross_vitells(60.0, 500, 1.0, 100)
    assert far.p_value == 0.0
    assert 59.0 < far.z_global < 60.0


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["....", "....", "...."], 0),
        (["#...", "....", "...."], 1),
        (["##..", "##..", "...."], 1),
        (["#..#", "....", "#..#"], 4),
        (["#.", ".#"], 2),  # diagonal neighbours do not touch
        (["###", "#.#", "###"], 0),  # a ring
        (["#####", "#.#.#", "#####"], -1),  # two holes
        (["####", "####", "####"], 1),
        (["###..", "#.#.#", "###.."], 1),  # a ring and a piece
    ],
)
def test_euler_characteristics_by_hand(rows, expected):
    field = np.array([[2.0 * (c == "#") for c in row] for row in rows])
    shown = np.stack([field, field[::-1], np.full_like(field, 2.0)], axis=2)
    np.testing.assert_array_equal(euler_characteristic(shown, 1.0), [expected, expected, 1])


def test_characteristic_of_a_line_counts_its_up_crossings():
    q0 = q0_of(process(200, 4))
    expected = up_crossings(q0, 1.0) + (q0[0] > 1.0)
    np.testing.assert_array_equal(euler_characteristic(q0[:, None], 1.0), expected)
    np.testing.assert_array_equal(euler_characteristic(q0[None], 1.0), expected)


def fields(n_toys, seed, size=60, length=6.0):
    """Unit Gaussian fields (size, size, T) with the covariance exp(−d²/2 length²)."""
    pad = int(4 * length)
    noise = np.random.default_rng(seed).standard_normal((size + 2 * pad, size + 2 * pad, n_toys))
    smooth = gaussian_filter(noise, length / np.sqrt(2.0), axes=(0, 1))
    smooth *= length * np.sqrt(2.0 * np.pi)
    return smooth[pad:-pad, pad:-pad]


def test_coefficients_and_p_values_of_a_gaussian_field():
    """R. Adler, J. Taylor: of a square of L lengths, N1 = 2L/2π and N2 = L²/(2π)^(3/2)."""
    q0 = q0_of(np.concatenate([fields(250, seed) for seed in range(16)], axis=2))
    few = q0[:, :, :500]
    found = fit_euler([euler_characteristic(few, u) for u in (0.5, 3.0)], (0.5, 3.0))
    size = 59 / 6.0
    errors = np.sqrt(np.diag(found.covariance))
    assert found.n1 == pytest.approx(size / np.pi, abs=4.0 * errors[0])
    assert found.n2 == pytest.approx(size**2 / (2.0 * np.pi) ** 1.5, abs=4.0 * errors[1])
    z = np.array([3.0, 3.5, 4.0])
    p = (np.sqrt(q0.max(axis=(0, 1)))[:, None] >= z).mean(axis=0)
    error = np.sqrt(p * (1.0 - p) / q0.shape[2])
    bound = found.p_value(z)
    assert (np.abs(p - bound.p_value) < 3.0 * np.hypot(error, bound.p_error) + 0.05 * p).all()


def test_euler_fit_gives_back_what_it_was_made_of():
    u = np.array([0.5, 2.0])
    mean = norm.sf(np.sqrt(u)) + (3.0 + 7.0 * np.sqrt(u)) * np.exp(-0.5 * u)
    found = fit_euler(mean[:, None] + np.array([-1.0, 0.0, 1.0]), u)
    assert (found.n1, found.n2) == pytest.approx((3.0, 7.0), rel=1e-12)
    p = found.p_value(5.0)
    assert p.p_value == pytest.approx(norm.sf(5.0) + 38.0 * np.exp(-12.5), rel=1e-12)
    assert found.p_value(50.0).z_global > 49.0
    assert found.p_value([0.5, 1.0]).p_value == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: up_crossings([1.0, 2.0], 1.0), "q0 has shape"),
        (lambda: up_crossings([[1.0], [np.nan]], 1.0), "not numbers"),
        (lambda: up_crossings([[1.0], [2.0]], 0.0), "threshold = 0"),
        (lambda: gross_vitells(-1.0, 5, 1.0, 10), "z_max"),
        (lambda: gross_vitells(2.0, 5, 1.0, 0), "n_toys = 0"),
        (lambda: gross_vitells(2.0, [1, 2, 3], 1.0, 10), "crossings_at_threshold has shape"),
        (lambda: gross_vitells(2.0, -1, 1.0, 10), "at least 0"),
        (lambda: euler_characteristic([[1.0]], 1.0), "field has shape"),
        (lambda: fit_euler([[1, 2], [1, 2]], (1.0, 1.0)), "two different levels"),
        (lambda: fit_euler([[1], [2]], (1.0, 2.0)), "at least two toys"),
        (lambda: EulerFit(-9.0, 0.0, np.zeros((2, 2))).p_value(3.0), "negative characteristic"),
    ],
)
def test_wrong_input_is_said(call, says):
    with pytest.raises(InputError, match=says):
        call()
