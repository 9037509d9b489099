"""Every case in which fits and limits of few or odd events went wrong somewhere, each by its name."""

import numpy as np
import pytest
from scipy.special import log_ndtr
from scipy.stats import norm

from scotopic.numerics.newton import BOUNDARY, FAILED, INTERIOR, Fits, fit_lanes
from scotopic.stats import STATUS, fit_linear, scan
from scotopic.stats.fit.status import COLLINEAR
from scotopic.stats.scan import toys
from scotopic.stats.scan.limits import cls_limits, fit_null
from scotopic.stats.scan.profile import Profile
from scotopic.stats.scan.toys import discovery, scan_toys
from scotopic.stats.scan.windows import Windows
from scotopic.stats.significance.empirical_p_value import p_value

EDGES = np.linspace(0.0, 12.0, 121)
MASSES = np.array([3.0, 6.0, 9.0])
SHAPE = {"background_order": 2, "half_width": 25}


def template(mass, edges, width=1.0):
    return np.diff(norm.cdf(edges, mass, 0.2 * width))


def run(counts, masses=MASSES, **settings):
    return scan(np.asarray(counts, dtype=float), EDGES, masses, template, **{**SHAPE, **settings})


def windows(masses=MASSES):
    return Windows.build(EDGES, masses, template, (25, 25), 2, 0.0)


def test_no_event_in_a_bin_is_no_logarithm_of_zero():
    counts = np.where(np.arange(120) % 2, 0.0, 5.0)
    with np.errstate(all="raise", under="ignore"):
        found = run(counts, calibrate_below=0.0)
    assert np.isfinite(found.limit_observed).all()
    assert (found.status == INTERIOR).all()


def test_no_event_in_a_window_has_its_closed_form_and_says_that_asymptotics_mean_nothing():
    """NLL = s Στ: √(2 s Στ) = 1.64485 at s Στ = 1.35277."""
    nothing = np.zeros(120)
    found = run(nothing, calibrate_below=0.0)
    np.testing.assert_allclose(found.limit_observed, 1.35277, rtol=1e-4)
    assert found.invalid_asymptotics.all()
    assert not run(nothing).invalid_asymptotics.any()  # limits from toys
    assert not run(np.full(120, 50.0)).invalid_asymptotics.any()
    assert not run(nothing, method="cls").invalid_asymptotics.any()


def test_yield_towards_minus_infinity_stops_where_the_expectation_is_zero():
    counts = np.full(120, 3.0)
    counts[54:66] = 0.0
    found = run(counts, np.array([6.0]), calibrate_below=0.0)
    assert STATUS[int(found.status[0])] == "on the boundary of an empty bin"
    assert found.shat[0] < 0.0
    assert np.isfinite([found.shat[0], found.limit_observed[0]]).all()


def test_signal_like_the_background_has_no_variance_at_all():
    x = 0.5 * (EDGES[1:] + EDGES[:-1])

    def shape(mass, edges):
        return values / values.sum()

    for bend in (0.0, 1e-6, 1e-4):
        values = 1.0 + 0.1 * x + bend * x**3
        found = scan(np.full(120, 40.0), EDGES, np.array([6.0]), shape, **SHAPE)
        assert found.status[0] == COLLINEAR
        assert np.isnan([found.shat_error[0], found.limit_observed[0]]).all()


@pytest.mark.parametrize(("below", "status"), [(1e-10, INTERIOR), (1e-6, FAILED)])
def test_q_below_zero_is_rounding_within_1e_9_only(monkeypatch, below, status):
    one = windows(np.array([6.0]))
    counts = one.cut(np.full((120, 1), 20.0))
    models = one.model(counts[:, :, 0], signal=True), one.model(counts[:, :, 0], signal=False)
    ones = np.ones((1, 51, 1))
    monkeypatch.setattr(
        toys,
        "fit_poisson",
        lambda *_: Fits(0.5 * np.ones((1, 4, 1)), ones, ones, np.zeros((1, 1), dtype=np.int8)),
    )
    monkeypatch.setattr(toys, "twice_log_ratio", lambda *_: np.array([[-below]]))
    _, q0, found = discovery(counts, one, models)
    assert q0[0, 0] == 0.0
    assert found[0, 0] == status


def test_significance_above_38_has_a_logarithm_of_its_p_value():
    found = run(np.full(120, 60.0) + 1e5 * template(6.0, EDGES), np.array([6.0]))
    assert found.z_local[0] > 100.0
    assert found.p_local[0] == 0.0
    assert found.log_p_local[0] == pytest.approx(log_ndtr(-found.z_local[0]), rel=1e-12)
    assert found.log_p_local[0] < -5000.0


def test_cls_with_a_vanishing_clb_is_a_number():
    """A deficit of many standard deviations: CLb = Φ(√q_A − √q) is below 1e-300."""
    counts = np.full(120, 40_000.0)
    counts[50:70] = 4000.0
    found = run(counts, np.array([6.0]), expectation=np.full(120, 40_000.0))
    assert found.limit_cls_observed[0] > 0.0
    one = windows(np.array([6.0]))
    data = Profile.build(one, one.cut(counts[:, None])[:, :, 0], np.zeros(1))
    asimov = Profile.build(one, np.full((1, 51), 40_000.0), np.zeros(1))
    limit = cls_limits(data, *data.free(), asimov, 0.95)
    _, best = data.free()
    q, q_a = (p.distance(p.at(limit), b)[0] for p, b in ((data, best), (asimov, asimov.exact())))
    clb = log_ndtr(np.sqrt(q_a) - np.sqrt(q))
    assert clb < np.log(1e-300)
    assert log_ndtr(-np.sqrt(q)) - clb == pytest.approx(np.log(0.05), abs=1e-4)


@pytest.mark.parametrize("scale", [0.05, 0.5, 5.0, 500.0])
@pytest.mark.parametrize("statistic", ["q_mu", "q_mu_tilde"])
def test_upper_limits_are_never_below_the_fitted_yield(scale, statistic):
    for seed in range(4):
        counts = np.random.default_rng(seed).poisson(scale, 120)
        found = run(counts, calibrate_below=0.0, statistic=statistic)
        assert (found.limit_observed >= found.shat).all()
        assert (found.limit_cls_observed >= np.maximum(found.shat, 0.0)).all()


def test_bounded_statistic_is_the_other_one_where_the_yield_is_positive_and_for_gaussian_counts():
    counts = np.random.default_rng(7).poisson(40.0, 120)
    masses = np.linspace(2.0, 10.0, 40)
    q, tilde = (run(counts, masses, statistic=name) for name in ("q_mu", "q_mu_tilde"))
    up = q.shat > 0.0
    assert 5 < up.sum() < 35
    np.testing.assert_allclose(
        tilde.limit_cls_observed[up], q.limit_cls_observed[up], rtol=1e-4
    )  # q ≤ q_A but for its cubic terms
    for mean, tolerance in ((40.0, 0.05), (4e5, 5e-4)):  # below zero q and q̃ differ, their p-values do not
        counts = np.random.default_rng(7).poisson(mean, 120)
        one, other = (run(counts, masses, statistic=name) for name in ("q_mu", "q_mu_tilde"))
        np.testing.assert_allclose(one.limit_cls_observed, other.limit_cls_observed, rtol=tolerance)


def test_one_bad_data_set_leaves_the_others_bit_for_bit():
    columns = np.column_stack([template(6.0, EDGES), np.ones(120)])
    counts = np.random.default_rng(1).poisson(3.0, (120, 6)).astype(float)
    other = counts.copy()
    other[:, 2] = 0.0
    one, two = fit_linear(counts, columns), fit_linear(other, columns)
    kept = np.arange(6) != 2
    np.testing.assert_array_equal(one.theta[:, kept], two.theta[:, kept])
    np.testing.assert_array_equal(one.deviance[kept], two.deviance[kept])


@pytest.mark.parametrize("engine", ["numpy", "jax"])
def test_toys_do_not_depend_on_their_number_on_threads_or_on_the_other_masses_in_any_bit(engine):
    given = {**SHAPE, "level": 0.95, "seed": 2, "engine": engine}
    expected = np.full(120, 0.4)
    many = scan_toys(expected, EDGES, MASSES, template, toys=300, workers=2, **given)
    few = scan_toys(expected, EDGES, MASSES[1:], template, toys=70, workers=1, **given)
    assert (many.status == BOUNDARY).any()
    for name in ("shat", "q0", "limit", "status"):
        np.testing.assert_array_equal(getattr(few, name), getattr(many, name)[1:, :70])


def test_a_lane_has_the_same_bits_whatever_lanes_are_fitted_with_it():
    rng = np.random.default_rng(3)
    stack = rng.integers(0, 3, 200)
    one = windows()
    model = one.model(np.full((3, 51), 0.3), signal=True)
    counts, nothing = rng.poisson(0.3, (200, 51)).astype(float), np.zeros((200, 51))
    all_of_them = fit_lanes(counts, stack, model, nothing)
    assert set(all_of_them.status) == {INTERIOR, BOUNDARY}
    for number in (1, 20, 150):
        some = rng.permutation(200)[:number]
        part = fit_lanes(counts[some], stack[some], model, nothing[some])
        for name in ("theta", "expectation", "multiplier", "status"):
            np.testing.assert_array_equal(getattr(part, name), getattr(all_of_them, name)[some])


def test_toy_p_value_is_never_zero_and_its_interval_holds_it():
    toys_of_q = np.arange(1000.0)
    for observed in (-1.0, 10.5, 999.5, 1e9):
        k = (toys_of_q >= observed).sum()
        p, low, high = p_value(observed, toys_of_q)
        assert p == (k + 1) / 1001
        assert 0.0 <= low <= k / 1000 <= high <= 1.0


def test_background_fit_to_nothing_is_zero():
    expectation = fit_null(windows().cut(np.zeros((120, 1)))[:, :, 0], windows())
    np.testing.assert_array_equal(expectation, 0.0)
