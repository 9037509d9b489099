"""Order of the background polynomial and spurious signals."""

import numpy as np
import pytest
from scipy.stats import norm

from scotopic.errors import InputError
from scotopic.stats import choose_order, discrete_profile, spurious_signal
from scotopic.stats.scan.limits import fit_free
from scotopic.stats.scan.windows import Windows

EDGES = np.linspace(0.0, 20.0, 201)
X = 0.5 * (EDGES[1:] + EDGES[:-1]) / 10.0 - 1.0
MASS = 10.0
METHODS = ["likelihood-ratio", "f-test", "profiling"]
LINE = 300.0 * (1.0 - 0.5 * X)
EVEN = 200.0 * (1.0 + 2.0 * X**2)
CUBIC = 300.0 * (1.0 - 0.5 * X + 0.2 * X**2 + 0.5 * X**3)


def template(mass, edges, width=1.0):
    return np.diff(norm.cdf(edges, mass, 0.2 * width))


def choose(counts, method="likelihood-ratio", **settings):
    return choose_order(counts, EDGES, MASS, template, **{"half_width": 99, "method": method, **settings})


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("truth", "order"), [(LINE, 1), (EVEN, 2), (CUBIC, 3)])
def test_expectation_of_a_polynomial_gives_its_order(method, truth, order):
    found = choose(truth, method)
    assert found.order == order
    assert found.deviance[order] == pytest.approx(0.0, abs=1e-6)
    assert found.shat[order] == pytest.approx(0.0, abs=1e-4)
    assert found.n_bins == 199
    assert (np.diff(found.deviance) < 1e-6).all()


@pytest.mark.parametrize(
    ("method", "least", "too_low"),
    [("likelihood-ratio", 0.9, 0.02), ("f-test", 0.9, 0.02), ("profiling", 0.5, 0.02)],
)
def test_toys_of_a_cubic_are_seldom_given_another_order(method, least, too_low):
    """The tests go too high in 5 % of toys at most; a penalty of 1 per parameter does so more often."""
    chosen = np.array([choose(np.random.default_rng(i).poisson(CUBIC), method).order for i in range(150)])
    assert (chosen == 3).mean() > least
    assert (chosen < 3).mean() < too_low


def test_a_signal_does_not_raise_the_order():
    counts = LINE + 2000.0 * template(MASS, EDGES)
    found = choose(counts)
    assert found.order == 1
    assert found.shat[1] == pytest.approx(2000.0, rel=1e-6)


def test_f_test_forgives_what_is_scattered_more_than_poisson():
    """Counts of four events each: deviances are fourfold, which the likelihood ratio takes for structure."""
    toys = [4.0 * np.random.default_rng(i).poisson(LINE / 4.0) for i in range(60)]
    wrong = {method: np.mean([choose(toy, method).order > 1 for toy in toys]) for method in METHODS[:2]}
    assert wrong["f-test"] < 0.15
    assert wrong["likelihood-ratio"] > 0.4


def test_nested_deviances_follow_chi2():
    """S. S. Wilks: each order beyond the true one takes one unit off, on average."""
    toys = [choose(np.random.default_rng(i).poisson(LINE), orders=(1, 2, 4)).deviance for i in range(300)]
    drop = -np.diff(np.array(toys), axis=1)
    assert drop[:, 0].mean() == pytest.approx(1.0, abs=4.0 * np.sqrt(2.0 / 300))
    assert drop[:, 1].mean() == pytest.approx(2.0, abs=4.0 * np.sqrt(4.0 / 300))


@pytest.mark.parametrize("scale", [0.0, 1e-3, 1e-2])
@pytest.mark.parametrize("method", METHODS)
def test_few_or_no_events_need_no_polynomial(scale, method):
    found = choose(np.random.default_rng(3).poisson(scale * LINE), method)
    assert found.order <= (2 if method == "profiling" else 1)  # a penalty of 1 is easily earned
    assert np.isfinite(found.deviance).any()


def test_discrete_profile_is_the_envelope_of_its_orders():
    counts = np.random.default_rng(8).poisson(CUBIC)
    free = choose(counts, "profiling")
    yields = np.linspace(-300.0, 300.0, 121)
    found = discrete_profile(counts, EDGES, MASS, template, yields, half_width=99)
    np.testing.assert_array_equal(found.envelope, found.each.min(axis=1))
    assert found.envelope.min() >= free.penalised.min() - 1e-6
    assert found.envelope.min() == pytest.approx(free.penalised.min(), abs=0.05)
    assert found.order[np.argmin(found.envelope)] == free.order
    at_best = discrete_profile(counts, EDGES, MASS, template, free.shat, half_width=99).each
    np.testing.assert_allclose(np.diag(at_best), free.penalised, atol=1e-6)


def test_interval_of_the_discrete_profile_covers():
    """Δ = 1 around the best yield: 68 % within the error of 200 toys, and no bias."""
    yields = np.linspace(-300.0, 400.0, 141)
    covered, best = [], []
    for i in range(200):
        counts = np.random.default_rng(1000 + i).poisson(CUBIC + 50.0 * template(MASS, EDGES))
        found = discrete_profile(counts, EDGES, MASS, template, yields, half_width=99, orders=(2, 3, 4, 5))
        rise = found.envelope - found.envelope.min()
        covered.append(rise[yields == 50.0].item() <= 1.0)
        best.append(yields[np.argmin(rise)])
    assert np.mean(covered) == pytest.approx(0.683, abs=0.1)
    assert np.mean(best) == pytest.approx(50.0, abs=4.0 * np.std(best) / np.sqrt(200))


def test_spurious_signal_vanishes_where_the_polynomial_is_right_and_falls_with_its_order():
    masses = np.linspace(3.0, 17.0, 29)
    right = spurious_signal(CUBIC, EDGES, masses, template, background_order=3, half_width=30)
    np.testing.assert_allclose(right.signal, 0.0, atol=1e-5)
    falling = 1e5 * np.exp(-EDGES[:-1] / 4.0)
    worst = []
    for order in (1, 2, 3):
        found = spurious_signal(falling, EDGES, masses, template, background_order=order, half_width=30)
        worst.append(abs(found.ratio[found.worst]))
        assert abs(found.ratio[found.worst]) == np.abs(found.ratio).max()
    assert worst[0] > 3.0 * worst[1] > 9.0 * worst[2]


def test_spurious_signal_is_the_yield_of_the_scan_fit_with_its_error():
    bump = CUBIC + 70.0 * template(MASS, EDGES)
    found = spurious_signal(bump, EDGES, [MASS], template, background_order=3, half_width=30)
    windows = Windows.build(EDGES, np.array([MASS]), template, (30, 30), 3, 0.0)
    assert found.signal == pytest.approx(fit_free(windows.cut(bump[:, None])[:, :, 0], windows), rel=1e-9)
    assert found.signal == pytest.approx(70.0, rel=1e-6)
    toys = np.random.default_rng(2).poisson(bump, (400, 200)).T
    yields = [fit_free(windows.cut(toy[:, None])[:, :, 0], windows)[0] for toy in toys.T.astype(float)]
    assert found.error == pytest.approx(np.std(yields), rel=0.12)


def test_a_signal_that_the_polynomial_imitates_has_no_number():
    found = spurious_signal(
        CUBIC,
        EDGES,
        [MASS, 12.0],
        lambda mass, edges: np.diff(edges) / 20.0 if mass == MASS else template(mass, edges),
        background_order=1,
        half_width=30,
    )
    assert np.isnan(found.signal[0])
    assert np.isnan(found.error[0])
    assert found.worst == 1


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: choose(LINE, "guess"), "method 'guess' is unknown"),
        (lambda: choose(LINE, significance=1.5), "significance = 1.5"),
        (lambda: choose(LINE, orders=()), "orders must be"),
        (lambda: choose(LINE, orders=(-1, 2)), "orders = -1, must be at least 0"),
        (lambda: choose(LINE, orders=(2.5,)), "orders = 2.5, must be a whole number"),
        (lambda: choose(LINE, half_width=0), "half_width"),
        (lambda: choose(LINE, half_width=2), "widen half_width"),
        (lambda: choose(LINE, penalty=-1.0), "penalty = -1"),
        (lambda: choose(LINE[:-1]), "counts has shape"),
        (lambda: discrete_profile(LINE, EDGES, MASS, template, 3.0, half_width=30), "yields must be"),
        (
            lambda: spurious_signal(LINE, EDGES, [30.0], template, background_order=1, half_width=30),
            "outside the spectrum",
        ),
        (
            lambda: spurious_signal(LINE, EDGES, [3.0], template, background_order=-1, half_width=30),
            "background_order = -1",
        ),
        (
            lambda: spurious_signal(LINE, EDGES, [3.0], template, background_order=1, half_width=(0, 3)),
            "half_width",
        ),
    ],
)
def test_wrong_input_is_said(call, says):
    with pytest.raises(InputError, match=says):
        call()
