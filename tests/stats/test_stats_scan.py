"""The scan: limits, bands, coverage, toys, edge cases and wrong input."""

from dataclasses import fields

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import xlogy
from scipy.stats import norm, poisson

from helpers.coverage import coverage_of_zero
from scotopic.errors import InputError
from scotopic.stats import STATUS, Scan, combine, counting_limit, scan
from scotopic.stats.scan.calibration import calibrated_limits
from scotopic.stats.scan.limits import clsb_limits
from scotopic.stats.scan.profile import Profile
from scotopic.stats.scan.toys import draw
from scotopic.stats.scan.windows import Windows
from scotopic.stats.significance.empirical_p_value import p_value

EDGES = np.linspace(0.0, 20.0, 201)
FLAT = np.full(200, 60.0)
MASSES = np.linspace(3.0, 17.0, 8)
OK, BOUNDARY, FAILED, COLLINEAR, DISORDERED = STATUS


def template(mass, edges, width=1.0):
    return np.diff(norm.cdf(edges, mass, 0.2 * width))


def run(counts, masses=MASSES, **settings):
    return scan(
        np.asarray(counts, dtype=float),
        EDGES,
        np.asarray(masses),
        template,
        **{"background_order": 2, "half_width": 40, **settings},
    )


def test_error_of_the_yield_is_that_of_a_known_background():
    """With a flat known background σ(s) = [Σ τ²/b]^(−1/2); the polynomial costs a few per cent."""
    found = run(FLAT)
    share = template(10.0, EDGES)
    assert found.shat_error == pytest.approx(1.0 / np.sqrt((share**2 / FLAT).sum()), rel=0.15)
    assert (found.shat_error > 1.0 / np.sqrt((share**2 / FLAT).sum())).all()
    np.testing.assert_allclose(found.shat, 0.0, atol=1e-6)
    np.testing.assert_allclose(found.background, FLAT[0] * 8, rtol=1e-6)  # ±2σ: eight bins


def test_asymptotic_limits_of_a_gaussian_problem():
    """ŝ = 0: CLs+b 1.64485 σ, CLs 1.95996 σ, bands N σ further (statistics of a single Gaussian)."""
    counts = 1000.0 * FLAT
    found = run(counts)
    sigma = found.shat_error
    np.testing.assert_allclose(found.limit_observed / sigma, 1.64485, rtol=0.01)
    np.testing.assert_allclose(found.limit_median / sigma, 1.64485, rtol=0.01)
    np.testing.assert_allclose(found.limit_cls_observed / sigma, 1.95996, rtol=0.01)
    np.testing.assert_allclose(found.band68 / sigma[:, None], [[0.64485, 2.64485]] * 8, rtol=0.02)
    np.testing.assert_allclose(found.band95 / sigma[:, None], [[-0.35515, 3.64485]] * 8, rtol=0.03)
    cls = run(counts, method="cls")
    np.testing.assert_allclose(cls.band68 / sigma[:, None], [[1.41199, 2.72718]] * 8, rtol=0.02)
    np.testing.assert_allclose(cls.band95 / sigma[:, None], [[1.05176, 3.65598]] * 8, rtol=0.02)


def test_efficiency_error_widens_the_limit_as_its_algebra_says():
    """Gaussian problem: q(s) = (sκ − ŝ)²/σ² + η² profiled over κ = e^(δη) gives s²/(σ² + s²δ²) at ŝ = 0, to δ²."""
    delta = 0.2
    plain, widened = run(1000.0 * FLAT), run(1000.0 * FLAT, efficiency_error=delta)
    ratio = widened.limit_observed / plain.limit_observed
    np.testing.assert_allclose(ratio, 1.0 / np.sqrt(1.0 - (1.64485 * delta) ** 2), rtol=0.01)
    np.testing.assert_array_equal(widened.q0, plain.q0)


def test_resolution_error_never_lowers_the_expected_limit():
    plain, widened = run(FLAT), run(FLAT, resolution_error=0.1)
    assert (widened.limit_median > plain.limit_median).all()
    assert (widened.limit_median < 1.1 * plain.limit_median).all()


@pytest.mark.parametrize("scale", [0.3, 1.0, 20.0])
def test_limits_lie_above_the_fitted_yield_and_the_bands_are_ordered(scale):
    counts = np.random.default_rng(4).poisson(scale * FLAT)
    found = run(counts, expectation=scale * FLAT, efficiency_error=0.05)
    assert (found.limit_observed >= found.shat).all()
    assert (found.limit_cls_observed >= found.shat).all()
    assert (found.limit_cls_observed > 0.0).all()
    stacked = np.column_stack(
        [found.band95[:, 0], found.band68[:, 0], found.limit_median, found.band68[:, 1], found.band95[:, 1]]
    )
    assert (np.diff(stacked, axis=1) > 0.0).all()


def test_empty_window_has_the_exact_poisson_limit_from_toys():
    """−ln 0.05/Στ = 2.99573; asymptotic 1.35277 = 1.64485²/2.

    The toys of a calibration leave 0.6 % on one limit, independent between masses, and its grid 0.2 %.
    """
    nothing = np.zeros(200)
    found = run(nothing, expectation=nothing)
    assert found.calibrated.all()
    assert found.limit_observed.mean() == pytest.approx(2.99573, rel=0.01)
    assert found.limit_observed == pytest.approx(2.99573, rel=0.03)
    assert found.limit_cls_observed == pytest.approx(2.99573, rel=0.03)  # CLb = 1
    asymptotic = run(nothing, expectation=nothing, calibrate_below=0.0)
    assert not asymptotic.calibrated.any()
    assert asymptotic.limit_observed == pytest.approx(1.35277, rel=1e-4)
    assert np.isfinite(asymptotic.limit_cls_observed).all()


def on_off_limits(n, side, background, ratio):
    """Return CLs+b and CLs limits at 95 % of n ~ Pois(s + b) and side ~ Pois(ratio b), both sums over all outcomes."""
    outcomes = np.arange(60.0)[:, None], np.arange(700.0)

    def q(s, on, off):
        excess = (1.0 + ratio) * s - on - off  # s + b and b at the best b ≥ 0 for this s
        b = (np.sqrt(excess**2 + 4.0 * (1.0 + ratio) * off * s) - excess) / (2.0 * (1.0 + ratio))
        deviance = 2.0 * (s + b - on - xlogy(on, (s + b) / np.maximum(on, 1e-300)))
        deviance += 2.0 * (ratio * b - off - xlogy(off, ratio * b / np.maximum(off, 1e-300)))
        return np.where(on - off / ratio < s, deviance, 0.0)

    def p_value(s, truth):
        chance = poisson.pmf(outcomes[0], truth + background) * poisson.pmf(outcomes[1], ratio * background)
        with np.errstate(divide="ignore"):
            return chance[q(s, *outcomes) >= q(s, n, side) * (1.0 - 1e-9)].sum()

    return (
        brentq(lambda s: p_value(s, s) - 0.05, 0.05, 30.0),
        brentq(lambda s: p_value(s, s) / p_value(s, 0.0) - 0.05, 0.05, 30.0),
    )


EMPTY = {"expectation": np.full(200, 0.002), "background_order": 0}


@pytest.mark.parametrize("error", [0.1, 0.3, 0.5, 0.55, 1.0])
def test_large_errors_of_the_efficiency(error):
    """Finite limits that rise; without background, within 3 % those of a counting experiment with the same prior."""
    many = {"method": "cls", "expectation": FLAT}
    found, known = run(FLAT, efficiency_error=error, **many), run(FLAT, **many)
    assert (found.status == OK).all()
    for name in ("limit_observed", "limit_median", "band68", "band95"):
        assert (getattr(found, name) > getattr(known, name)).all()
    # in the Gaussian limit q(s) = min_η [(s e^{εη}/σ)² + η²]
    signal, pulls = found.limit_median / known.shat_error, np.linspace(-8.0, 0.0, 8001)
    root = np.sqrt((np.multiply.outer(signal, np.exp(error * pulls)) ** 2 + pulls**2).min(axis=1))
    np.testing.assert_allclose(root, norm.isf(0.025), rtol=0.03)
    few = run(np.zeros(200), [10.0], efficiency_error=error, method="cls", **EMPTY)
    counting = counting_limit(0, 0.0, efficiency_error=error, level=0.95, method="cls")
    assert few.limit_observed[0] == pytest.approx(counting, rel=0.03)


@pytest.mark.parametrize("background", [0.3, 3.0])
def test_limits_of_toys_are_those_of_all_outcomes(background):
    """A constant background and a signal in one of 121 bins: two counts hold all, their outcomes can be summed.

    Toys leave some 4 % on a limit.
    """

    def one_bin(mass, edges):
        return np.where(np.arange(len(edges) - 1) == 60, 1.0, 0.0)

    settings = {"background_order": 0, "half_width": 60, "expectation": np.full(121, background)}
    side = round(120 * background)
    for n in (1, 3, 6):
        counts = np.where(np.arange(121) == 60, n, np.diff(np.floor(np.arange(122) * side / 120.0)))
        counts[0] += side + n - counts.sum()
        found = scan(counts, np.arange(122.0), [60.5], one_bin, **settings)
        assert found.calibrated.all()
        clsb, cls = on_off_limits(n, side, background, 120.0)
        assert found.limit_observed[0] == pytest.approx(clsb, rel=0.1)
        assert found.limit_cls_observed[0] == pytest.approx(cls, rel=0.1)


def test_rounding_of_an_edge_does_not_move_the_window_of_a_mass_on_it():
    mass = np.array([10.0])
    assert mass[0] in EDGES
    for edges in (EDGES, np.nextafter(EDGES, 30.0), np.nextafter(EDGES, -30.0)):
        window = Windows.build(edges, mass, template, (20, 20), 2, 0.0)
        assert window.bins[0, 20] == 100


def test_window_wider_than_the_spectrum_is_the_spectrum():
    found = run(FLAT, [10.0], half_width=10**12)
    assert found.limit_observed == run(FLAT, [10.0], half_width=(np.int64(200), 200)).limit_observed


def test_signal_that_the_polynomial_can_imitate_is_flagged():
    def broad(mass, edges):
        x = 0.5 * (edges[1:] + edges[:-1])
        shape = 1.0 + 0.01 * (x - mass)
        return shape / shape.sum()

    found = scan(FLAT, EDGES, np.array([10.0]), broad, background_order=2, half_width=40)
    assert found.status[0] == COLLINEAR
    assert np.isnan(
        [found.shat[0], found.shat_error[0], found.limit_observed[0], found.limit_median[0]]
    ).all()
    assert found.z_local[0] == 0.0


def test_bands_of_a_polynomial_that_is_too_free_are_flagged_not_drawn():
    counts = np.random.default_rng(1).poisson(4.0, 200)
    settings = {"background_order": 8, "half_width": 10, "resolution_error": 0.1, "calibrate_below": 0.0}
    found = run(counts, np.arange(3.0, 17.0), **settings)
    flagged = found.status == DISORDERED
    assert flagged.any()
    assert np.isnan(found.band95[flagged]).all()
    kept = ~flagged
    assert (found.band95[kept, 0] <= found.band68[kept, 0]).all()
    assert (found.band68[kept, 1] <= found.band95[kept, 1]).all()


def test_significance_beyond_the_range_of_a_p_value():
    found = run(FLAT + 1e5 * template(10.0, EDGES), [10.0])
    assert 100.0 < found.z_local[0] < 1e3
    assert found.p_local[0] == 0.0
    assert found.shat[0] == pytest.approx(1e5, rel=1e-3)


def test_deep_deficit_keeps_a_positive_cls_limit():
    counts = FLAT.copy()
    counts[95:106] = 0.0
    found = run(counts, [10.0])
    assert found.limit_observed[0] < 0.0  # CLs+b, not truncated
    assert 0.0 < found.limit_cls_observed[0] < 0.5 * found.limit_median[0]


def test_injected_signal_of_three_expected_limits_is_found():
    reach = run(FLAT, [10.0]).limit_median[0]
    counts = np.random.default_rng(6).poisson(FLAT + 3.0 * reach * template(10.0, EDGES))
    found = run(counts, np.arange(4.0, 16.0, 0.1))
    best = int(found.z_local.argmax())
    assert found.mass[best] == pytest.approx(10.0, abs=0.2)
    assert found.z_local[best] > 3.0
    assert found.shat[best] == pytest.approx(3.0 * reach, abs=3.0 * found.shat_error[best])


def test_scan_does_not_depend_on_workers_or_on_the_other_masses():
    counts = np.random.default_rng(8).poisson(0.3 * FLAT)
    settings = {"expectation": 0.3 * FLAT, "toys": 64, "seed": 3, "efficiency_error": 0.1}
    one, two = run(counts, workers=1, **settings), run(counts, workers=2, **settings)
    for field in fields(Scan):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(two, field.name))
    part = run(counts, MASSES[2:5], **settings)
    np.testing.assert_allclose(part.limit_observed, one.limit_observed[2:5], rtol=1e-6)
    np.testing.assert_allclose(part.q0, one.q0[2:5], atol=1e-9)


@pytest.mark.parametrize("scale", [0.02, 1.0])
def test_expected_limits_do_not_depend_on_the_data_in_any_bit(scale):
    settings = {"expectation": scale * FLAT, "efficiency_error": 0.1, "resolution_error": 0.1}
    one, other = (run(np.random.default_rng(seed).poisson(scale * FLAT), **settings) for seed in (1, 2))
    for name in ("limit_median", "band68", "band95", "limit_cls_median"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_combined_scans_are_the_scan_of_all_masses():
    settings = {"expectation": FLAT, "toys": 50, "seed": 5}
    whole = run(FLAT, **settings)
    parts = combine([run(FLAT, MASSES[5:], **settings), run(FLAT, MASSES[:5], **settings)])
    np.testing.assert_array_equal(parts.mass, whole.mass)
    np.testing.assert_allclose(parts.limit_observed, whole.limit_observed, rtol=1e-6)
    np.testing.assert_allclose(parts.toy_max_z, whole.toy_max_z, atol=1e-7)
    assert parts.p_global == whole.p_global


def test_toys_are_keyed_by_their_number():
    np.testing.assert_array_equal(draw(FLAT, 0, 8, 1)[:, 5:], draw(FLAT, 5, 8, 1))
    assert not np.array_equal(draw(FLAT, 0, 1, 1), draw(FLAT, 0, 1, 2))


def test_global_p_value_counts_toys_and_has_an_interval():
    toys = np.arange(99.0)
    p, low, high = p_value(94.5, toys)
    assert p == pytest.approx(5 / 100)
    assert low < 4 / 99 < high
    assert p_value(1e3, toys)[:2] == (0.01, 0.0)


def test_global_p_value_is_larger_than_the_local_one():
    counts = np.random.default_rng(9).poisson(FLAT)
    found = run(counts, np.arange(4.0, 16.0, 0.2), toys=200, expectation=FLAT)
    assert found.p_global > 3.0 * found.p_local.min()
    low, high = found.p_global_interval
    assert low < found.p_global < high + 0.01
    assert run(counts).p_global is None


@pytest.mark.parametrize("per_bin", [0.5, 2.0, 60.0])
def test_limits_cover_zero_in_95_percent_of_background_toys(per_bin):
    """Two masses × 600 toys: one standard deviation is 0.6 %, and 0.5 % of the calibration's own toys."""
    covered = coverage_of_zero(np.full(200, per_bin), [6.0, 12.0], 600, 2, (40, 40))
    assert covered.mean() == pytest.approx(0.95, abs=0.025)


def test_route_of_the_coverage_test_is_that_of_the_scan():
    counts = np.random.default_rng(2).poisson(FLAT)
    found = run(counts, [6.0], expectation=FLAT)
    window = Windows.build(EDGES, np.array([6.0]), template, (40, 40), 2, 0.0)
    profile = Profile.build(window, window.cut(counts[:, None].astype(float))[:, :, 0], np.zeros(1))
    limit = clsb_limits(profile, *profile.free(), norm.ppf(0.95))
    assert limit[0] == pytest.approx(found.limit_observed[0], rel=1e-6)


GOOD = {"counts": FLAT, "edges": EDGES, "masses": MASSES, "template": template}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"counts": FLAT[:-1]}, r"counts has shape \(199,\)"),
        ({"counts": np.where(np.arange(200) == 3, np.nan, FLAT)}, r"counts\[3\] = nan"),
        ({"counts": -FLAT}, r"counts\[0\] = -60"),
        ({"edges": EDGES[::-1]}, "rising"),
        ({"edges": np.append(EDGES[:-1], np.inf)}, "finite"),
        ({"masses": np.array([25.0])}, "mass 25 lies outside the spectrum, 0 to 20"),
        ({"masses": np.array([np.nan])}, "outside the spectrum"),
        ({"masses": np.array([])}, "at least one hypothesis"),
        ({"template": lambda mass, edges: 2.0 * template(mass, edges)}, "add up to at most 1"),
        ({"template": lambda mass, edges: template(mass, edges)[1:]}, "has shape"),
        ({"template": lambda mass, edges: template(mass + 30.0, edges)}, "add up to"),
        ({"background_order": -1}, "background_order"),
        ({"half_width": 0}, "half_width"),
        ({"half_width": 1}, "widen half_width"),
        ({"half_width": 40.0}, "half_width = 40.0, must be a whole number"),
        ({"half_width": "40"}, "half_width = '40', must be a whole number"),
        ({"half_width": (1, 2, 3)}, "one number of bins, or two"),
        ({"background_order": 2.0}, "background_order = 2.0, must be a whole number"),
        ({"level": "95"}, "level = '95'"),
        ({"seed": 1.5}, "seed = 1.5, must be a whole number"),
        ({"toys": "10"}, "toys = '10', must be a whole number"),
        ({"level": 95.0}, "level = 95.0"),
        ({"method": "bayes"}, "'bayes' is unknown"),
        ({"statistic": "q0"}, "'q0' is unknown; there are q_mu and q_mu_tilde"),
        ({"toys": -1}, "toys = -1"),
        ({"workers": 0}, "workers = 0"),
        ({"efficiency_error": -0.1}, "efficiency_error"),
        ({"efficiency_error": np.array([0.1, 0.2])}, "efficiency_error has shape"),
        ({"resolution_error": np.nan}, "resolution_error"),
        ({"expectation": np.full(7, 1.0)}, "expectation has shape"),
    ],
)
def test_wrong_input_is_one_clear_error(change, message):
    settings = {"background_order": 2, "half_width": 40}
    with pytest.raises(InputError, match=message) as caught:
        scan(**{**GOOD, **settings, **change})
    assert "\n" not in str(caught.value)


@pytest.mark.study
@pytest.mark.parametrize("signal", [0.0, 3.0, 5.0])
@pytest.mark.parametrize("background", [0.0, 0.5, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("level", [0.68, 0.9, 0.95])
def test_calibrated_limits_cover_with_0_to_5_events(background, signal, level):
    """Coverage at three levels is the uniformity of the p-value; counts being whole numbers it may be more.

    `background` is that within two standard deviations. 600 toys leave 0.9 % at 95 %, the calibration as much.
    """
    masses = np.array([10.0])
    window = Windows.build(EDGES, masses, template, (40, 40), 1, 0.0)
    mean = np.full(200, background / 8.0)
    drawn = np.random.default_rng(3).poisson((mean + signal * template(10.0, EDGES))[:, None], (200, 600))
    different, times = np.unique(drawn.astype(float), axis=1, return_counts=True)
    expected = np.where(window.inside, mean[window.bins], 0.0)
    both = calibrated_limits(window, window.cut(different), expected, level, 1, 1)[0, :, : len(times)]
    clsb, cls = ((times * ~(limits < signal)).sum() / 600 for limits in both)
    assert clsb > level - 5.0 * np.sqrt(level * (1.0 - level) / 600)
    assert cls >= clsb
