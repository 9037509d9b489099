from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import crystalball, expon, ks_2samp, kstest, poisson, uniform

from scotopic.detector.background import LOWEST_GeV, draw_background
from scotopic.detector.calorimeter import (
    BACKWARD_GAP,
    FORWARD_GAP,
    OUTSIDE,
    draw_response,
    find_photons,
    find_region,
    loss_probability,
    merge_close,
    separation,
    smear,
    tail_share,
    time_resolution,
)
from scotopic.detector.card import load_experiment
from scotopic.detector.conversion import (
    BEFORE_TRACKER,
    BEHIND_TRACKER,
    IN_TRACKER,
    conversion_probability,
    convert,
    energy_share,
    thickness,
)
from scotopic.detector.ecl_resolution import (
    BACKWARD,
    BARREL,
    FORWARD,
    phi_resolution,
    relative_energy_resolution,
    theta_resolution,
)

CALO = load_experiment("belle2-2018").calo
FIVE_SIGMA = 5.0


def draws(seed=1):
    return np.random.default_rng(seed)


def rate(share, n):
    """A share of n draws within five standard errors."""
    return pytest.approx(share, abs=FIVE_SIGMA * np.sqrt(max(share * (1.0 - share), 1.0 / n) / n))


def smeared(energy, degrees, n, calo=CALO, overlapped=False, converted=False, seed=1):
    theta = np.full(n, np.deg2rad(degrees))
    region = find_region(theta, calo)
    flags = [np.full(n, flag) for flag in (overlapped, converted)]
    return smear(np.full(n, energy), theta, np.full(n, 3.1), region, *flags, calo, draws(seed))


@pytest.mark.parametrize(
    ("energy", "percent", "theta_mrad", "phi_mrad"),
    [
        (0.1, (3.3, 4.8, 7.7), (7.8, 8.1, 9.2), (9.6, 10.0, 11.3)),
        (0.5, (2.28, 2.50, 3.04), (4.8, 4.8, 5.0), (5.9, 6.0, 6.2)),
        (1.0, (2.04, 2.11, 2.24), (3.8, 3.8, 3.8), (4.5, 4.5, 4.5)),
        (2.0, (1.88, 1.89, 1.89), (3.1, 3.1, 3.0), (3.3, 3.3, 3.2)),
        (4.0, (1.77, 1.79, 1.86), (2.5, 2.5, 2.5), (2.3, 2.2, 2.2)),
        (7.0, (1.72, 1.76, 1.98), (2.1, 2.1, 2.2), (1.5, 1.5, 1.6)),
    ],
)
def test_the_barrel_resolves_as_the_tables_of_basf2(energy, percent, theta_mrad, phi_mrad):
    """ECLCovarianceMatrix of basf2, evaluated apart from this package and rounded."""
    barrel = np.array(BARREL)
    for i, level in enumerate(("low", "mid", "high")):
        arguments = (np.array(energy), barrel, level)
        assert 100.0 * relative_energy_resolution(*arguments) == pytest.approx(percent[i], abs=0.051)
        assert 1e3 * theta_resolution(*arguments) == pytest.approx(theta_mrad[i], abs=0.051)
        assert 1e3 * phi_resolution(*arguments) == pytest.approx(phi_mrad[i], abs=0.051)


def test_the_endcaps_resolve_worse_and_gaps_like_the_barrel():
    four = np.full(5, 4.0)
    region = np.array([FORWARD, BACKWARD, BARREL, FORWARD_GAP, BACKWARD_GAP])
    found = 100.0 * relative_energy_resolution(four, region, "low")
    assert found[:2] == pytest.approx([1.97, 2.40], abs=0.006)  # the same tables
    np.testing.assert_array_equal(found[2:], found[2])


def test_the_resolution_below_its_floor_is_constant():
    energy = np.array([0.0, 0.001, 0.0219])
    np.testing.assert_array_equal(relative_energy_resolution(energy, np.full(3, BARREL), "low"), 0.01 * 4.666)
    np.testing.assert_array_equal(phi_resolution(energy, np.full(3, FORWARD), "low"), 0.001 * 15.41)


@given(energy=st.floats(0.022, 8.0), level=st.sampled_from(["low", "mid", "high"]))
def test_resolutions_are_positive_and_better_at_higher_energy(energy, level):
    regions = np.array([FORWARD, BARREL, BACKWARD])
    pair = np.array([[energy], [1.2 * energy]]) * np.ones(3)
    for resolution in (theta_resolution, phi_resolution):
        here, above = resolution(pair, np.array([regions, regions]), level)
        assert np.all(above > 0.0)
        if energy > 0.05:
            assert np.all(above < here)
    assert np.all(relative_energy_resolution(pair, np.array([regions, regions]), level) > 0.01)


@pytest.mark.parametrize(
    ("degrees", "region"),
    [
        (12.39, OUTSIDE),
        (12.41, FORWARD),
        (31.39, FORWARD),
        (31.8, FORWARD_GAP),
        (32.21, BARREL),
        (90.0, BARREL),
        (128.69, BARREL),
        (129.7, BACKWARD_GAP),
        (130.71, BACKWARD),
        (155.09, BACKWARD),
        (155.11, OUTSIDE),
        (0.0, OUTSIDE),
        (180.0, OUTSIDE),
    ],
)
def test_regions_and_gaps_lie_where_belle_2_has_them(degrees, region):
    """basf2 AcceptanceVariables: 12.4-31.4, 32.2-128.7, 130.7-155.1 degrees."""
    assert find_region(np.array(np.deg2rad(degrees)), CALO) == region


@pytest.mark.parametrize(
    ("degrees", "loss"),
    [(31.8, 0.7), (129.7, 0.8), (90.0, 0.01), (90.24, 0.01), (90.26, 1e-6), (60.0, 1e-6), (5.0, 1.0)],
)
def test_photons_are_lost_in_gaps_and_at_the_seam_of_ninety_degrees(degrees, loss):
    theta = np.full(200_000, np.deg2rad(degrees))
    region = find_region(theta, CALO)
    assert loss_probability(theta[:1], 0.0 * theta[:1], region[:1], CALO) == loss
    found = find_photons(np.full(theta.shape, 4.0), theta, 0.0 * theta, region, CALO, draws()).found.mean()
    assert found == rate(0.98 * (1.0 - loss), theta.size)


@pytest.mark.parametrize(
    ("energy", "efficiency"), [(0.02, 0.0), (0.01, 0.0), (0.04, 0.632), (0.1, 0.9817), (1.0, 1.0)]
)
def test_soft_photons_make_clusters_less_often(energy, efficiency):
    """1 - exp(-(E - 20 MeV)/20 MeV) times the plateau of 0.98."""
    theta = np.full(100_000, 1.2)
    found = find_photons(
        np.full(theta.shape, energy), theta, 0.0 * theta, find_region(theta, CALO), CALO, draws()
    ).found.mean()
    assert found == rate(0.98 * efficiency, theta.size)


def test_the_response_is_a_crystal_ball():
    pull = draw_response((20_000,), CALO.tail, draws())
    assert kstest(pull, crystalball(CALO.tail.alpha, CALO.tail.n).cdf).pvalue > 0.01
    assert tail_share(CALO.tail) == pytest.approx(
        crystalball(CALO.tail.alpha, CALO.tail.n).cdf(-CALO.tail.alpha)
    )


@pytest.mark.parametrize(("alpha", "n"), [(0.5, 2.0), (3.0, 20.0), (1.0, 1.1)])
def test_any_tail_is_drawn_with_its_share(alpha, n):
    tail = replace(CALO.tail, alpha=alpha, n=n)
    pull = draw_response((50_000,), tail, draws())
    assert (pull < -alpha).mean() == rate(tail_share(tail), pull.size)
    assert np.isfinite(pull).all()


def test_the_energy_peaks_at_the_truth_and_fails_to_lower_values():
    energy, _, _ = smeared(4.0, 80.0, 200_000)
    pull = (energy / 4.0 - 1.0) / relative_energy_resolution(np.array(4.0), np.array(BARREL), "low")
    height, edges = np.histogram(pull, np.linspace(-3.0, 3.0, 25))
    assert abs(edges[height.argmax()] + 0.125) <= 0.25
    assert (pull > 3.0).mean() < 0.002
    assert (pull < -3.0).mean() > 0.02
    assert energy.min() >= 0.0


def test_directions_scatter_by_the_tables():
    n = 50_000
    _, theta, phi = smeared(1.0, 80.0, n)
    barrel, one = np.array(BARREL), np.array(1.0)
    turned = np.remainder(phi - 3.1 + np.pi, 2.0 * np.pi) - np.pi
    for found, sigma in ((theta - np.deg2rad(80.0), theta_resolution), (turned, phi_resolution)):
        assert found.std() == pytest.approx(sigma(one, barrel, "low"), rel=FIVE_SIGMA / np.sqrt(2.0 * n))
        assert found.mean() == pytest.approx(0.0, abs=FIVE_SIGMA * found.std() / np.sqrt(n))
    assert np.all(np.abs(phi) <= np.pi)  # 3.1 rad is close to where azimuths begin


def test_overlapping_showers_scatter_more():
    alone, theta, _ = smeared(1.0, 80.0, 50_000)
    crowded, theta2, _ = smeared(1.0, 80.0, 50_000, overlapped=True)
    np.testing.assert_allclose(crowded - 1.0, CALO.overlap.sigma_energy * (alone - 1.0), atol=1e-12)
    assert (theta2.std() / theta.std()) == pytest.approx(CALO.overlap.sigma_theta)


def test_a_tenth_of_the_converted_photons_lose_energy():
    plain, _, _ = smeared(4.0, 80.0, 100_000)
    hurt, _, _ = smeared(4.0, 80.0, 100_000, converted=True)
    cut = 4.0 * (1.0 - 1.4 * relative_energy_resolution(np.array(4.0), np.array(BARREL), "low"))
    share = tail_share(CALO.tail)
    assert (plain < cut).mean() == rate(share, 100_000)
    assert (hurt < cut).mean() == rate(share + CALO.conversion_tail * (1.0 - share), 100_000)


def test_time_resolution_grows_for_soft_clusters():
    # 1 ns (+) 0.6 ns/E[GeV]
    found = time_resolution(np.array([0.0, 0.1, 1.0, 10.0]), CALO)
    assert found == pytest.approx([1.0, 6.0828, 1.1662, 1.0018], abs=1e-4)


def pair(degrees, n=1, energies=(3.0, 1.0), phi0=0.0):
    """Two photons at ninety degrees, some degrees of azimuth apart."""
    energy = np.array(energies)[:, None] * np.ones(n)
    phi = np.array([[phi0], [phi0 + np.deg2rad(degrees)]]) * np.ones(n)
    return energy, np.full((2, n), 0.5 * np.pi), phi, np.ones((2, n), dtype=bool)


@pytest.mark.parametrize(
    ("degrees", "merged"), [(0.0, 1.0), (2.99, 1.0), (4.25, 0.5), (5.51, 0.0), (12.0, 0.0)]
)
def test_photons_closer_than_two_crystals_merge(degrees, merged):
    """Full simulation: pairs are resolved from 3.1 degrees on, a quarter of the resolved ones below 4.5."""
    _, _, _, host, overlapped = merge_close(*pair(degrees, 20_000), CALO, draws())
    assert (host[1] == 0).mean() == rate(merged, 20_000)
    np.testing.assert_array_equal(host[0], 0)
    np.testing.assert_array_equal(overlapped, [(host[1] == 1) & (degrees < 10.0)] * 2)


def test_a_merged_cluster_has_both_energies_and_lies_nearer_the_harder_photon():
    for energies, into in (((3.0, 1.0), 0), ((1.0, 3.0), 1)):
        energy, theta, phi, host, _ = merge_close(*pair(2.0, energies=energies), CALO, draws())
        assert (host[0, 0], host[1, 0]) == (into, into)
        assert energy[into, 0] == pytest.approx(4.0)
        assert np.rad2deg(phi[into, 0]) == pytest.approx(0.5 if into == 0 else 1.5)
        assert theta[into, 0] == pytest.approx(0.5 * np.pi)


def test_photons_merge_across_the_edge_of_azimuth():
    energy, theta, _, present = pair(0.0, energies=(1.0, 1.0))
    phi = np.array([[np.pi - 0.01], [-np.pi + 0.01]])
    _, _, middle, host, _ = merge_close(energy, theta, phi, present, CALO, draws())
    assert host[1, 0] == 0
    assert abs(np.remainder(middle[0, 0], 2.0 * np.pi) - np.pi) < 1e-12


def test_absent_photons_neither_merge_nor_disturb():
    energy, theta, phi, present = pair(1.0, 10)
    present[1] = False
    merged, _, _, host, overlapped = merge_close(energy, theta, phi, present, CALO, draws())
    np.testing.assert_array_equal(merged, energy)
    assert (host[1] == 1).all()
    assert not overlapped.any()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), slots=st.integers(1, 5), spread=st.floats(0.01, 1.0))
def test_merging_keeps_the_energy_and_ends_in_a_cluster_that_stayed(seed, slots, spread):
    rng = draws(seed)
    energy = rng.uniform(0.1, 3.0, (slots, 50))
    theta, phi = (
        1.5 + spread * rng.standard_normal((slots, 50)) / 3.0,
        spread * rng.uniform(-1.0, 1.0, (slots, 50)),
    )
    after, _, _, host, overlapped = merge_close(
        energy, theta, phi, np.ones((slots, 50), dtype=bool), CALO, rng
    )
    own = np.arange(slots)[:, None]
    final = host.copy()
    for _ in range(slots):
        final = np.take_along_axis(host, final, axis=0)
    assert (np.take_along_axis(host, final, axis=0) == final).all()
    np.testing.assert_allclose(np.where(host == own, after, 0.0).sum(axis=0), energy.sum(axis=0))
    assert overlapped.shape == energy.shape


@given(theta=st.floats(0.2, 2.9), phi=st.floats(-3.0, 3.0), step=st.floats(1e-8, 0.1))
def test_separation_is_exact_for_small_angles(theta, phi, step):
    assert separation(theta, phi, theta + step, phi) == pytest.approx(step, rel=1e-6)
    assert separation(theta, phi, theta, phi + step) == pytest.approx(np.sin(theta) * step, rel=2e-3)
    assert separation(theta, phi, np.pi - theta, phi + np.pi) == pytest.approx(np.pi, abs=1e-6)


@pytest.mark.parametrize(
    ("degrees", "before", "behind"),
    [(90.0, 0.031, 0.144), (60.0, 0.035, 0.164), (45.0, 0.043, 0.197), (35.0, 0.053, 0.238)],
)
def test_photons_convert_in_seven_ninths_of_a_radiation_length(degrees, before, behind):
    """1 - exp(-7x/9 sinθ) of 4 % and 20 % of a radiation length, by hand."""
    theta = np.full(400_000, np.deg2rad(degrees))
    first, inside, last = (conversion_probability(x[:1])[0] for x in thickness(theta, CALO))
    assert (first, last) == pytest.approx((before, behind), abs=6e-4)
    place = convert(theta, np.ones(theta.shape, dtype=bool), CALO, draws())
    assert (place == BEFORE_TRACKER).mean() == rate(first, theta.size)
    assert (place == IN_TRACKER).mean() == rate((1.0 - first) * inside, theta.size)
    assert (place == BEHIND_TRACKER).mean() == rate((1.0 - first) * (1.0 - inside) * last, theta.size)


def test_what_is_no_photon_does_not_convert():
    assert not convert(np.full(1000, 0.3), np.zeros(1000, dtype=bool), CALO, draws()).any()


def test_an_endcap_is_crossed_along_the_beam():
    _, _, behind = thickness(np.deg2rad([20.0, 150.0]), CALO)
    assert behind == pytest.approx(0.2 / np.abs(np.cos(np.deg2rad([20.0, 150.0]))))


def test_pairs_share_their_energy_as_bethe_and_heitler_say():
    # moments of 9/7 [1 - 4/3 x(1 - x)]: mean 1/2, variance 13/140
    x = energy_share((200_000,), draws())
    assert x.mean() == pytest.approx(0.5, abs=0.004)
    assert x.var() == pytest.approx(13.0 / 140.0, abs=0.001)
    assert x.min() >= 0.0
    assert x.max() <= 1.0


def test_background_clusters_come_at_their_rate_and_spectrum():
    n = 40_000
    energy, theta, phi, time = draw_background(n, CALO, draws())
    there = np.isfinite(energy)
    for values in (theta, phi, time):
        np.testing.assert_array_equal(np.isfinite(values), there)
    number = there.sum(axis=0)
    assert number.mean() == pytest.approx(0.3, abs=FIVE_SIGMA * np.sqrt(0.3 / n))
    assert (number == 0).mean() == rate(poisson(0.3).pmf(0), n)
    assert kstest(energy[there], expon(LOWEST_GeV, 0.06).cdf).pvalue > 0.01
    assert kstest(time[there], uniform(-200.0, 400.0).cdf).pvalue > 0.01
    assert kstest(phi[there], uniform(-np.pi, 2.0 * np.pi).cdf).pvalue > 0.01
    region = find_region(theta[there], CALO)
    for code, share in ((FORWARD, 0.45), (BARREL, 0.20), (BACKWARD, 0.35)):
        assert (region == code).mean() == rate(share, region.size)


def test_without_beam_background_there_are_no_clusters():
    quiet = replace(CALO, background=replace(CALO.background, mean_clusters_above_100MeV=0.0))
    assert all(values.shape == (0, 100) for values in draw_background(100, quiet, draws()))


@pytest.fixture(scope="module")
def full_simulation(reference_folder):
    """Photons of Belle II's full simulation (arXiv:2306.04179), high beam background: one value per photon."""
    from pyarrow import parquet

    names = ["uni_event_id", *(f"c0_photon_{x}" for x in ("energy", "px", "py", "pz"))]
    names += [f"c0_{x}_b2" for x in ("totEnergy", "theta", "phi")]
    table = parquet.read_table(reference_folder / "samples" / "single_photon_data.parquet", columns=names)
    columns = [table[name].to_numpy(zero_copy_only=False) for name in names]
    first = np.unique(columns[0].astype(str), return_index=True)[1]
    energy, px, py, pz, *cluster = (column[first] for column in columns[1:])
    assert energy.shape == (100,)
    return energy, np.arctan2(np.hypot(px, py), pz), np.arctan2(py, px), *cluster


def pulls(measured, truth, region):
    energy, theta, phi = truth
    sigma = [
        f(energy, region, "high") for f in (relative_energy_resolution, theta_resolution, phi_resolution)
    ]
    turned = np.remainder(measured[2] - phi + np.pi, 2.0 * np.pi) - np.pi
    return [(measured[0] / energy - 1.0) / sigma[0], (measured[1] - theta) / sigma[1], turned / sigma[2]]


@pytest.mark.reference
def test_photons_scatter_as_in_the_full_simulation(full_simulation):
    """100 photons of 0.1 to 1.5 GeV against 40,000 of ours with the table of high beam background.

    100 photons fix a width to 10 % and a median to 0.13 σ: Kolmogorov-Smirnov at 1 % for each of the three.
    The pilot run's table, of low background, must fail for the energy, or the comparison would say nothing.
    """
    truth, cluster = full_simulation[:3], full_simulation[3:]
    region = find_region(truth[1], CALO)
    data = pulls(cluster, truth, region)
    shape = (400, region.size)
    many = [np.broadcast_to(values, shape) for values in (*truth, region, np.zeros(region.size, dtype=bool))]

    def ours(level):
        return pulls(smear(*many, many[-1], replace(CALO, background_level=level), draws()), truth, region)

    for found, expected in zip(data, ours("high"), strict=True):
        assert ks_2samp(found, expected.ravel()).pvalue > 0.01
        half = [0.5 * np.subtract(*np.quantile(values, [0.84, 0.16])) for values in (found, expected)]
        assert half[0] == pytest.approx(half[1], rel=0.3)
    assert ks_2samp(data[0], ours("low")[0].ravel()).pvalue < 0.01
