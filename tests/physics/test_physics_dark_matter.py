"""Freeze-out: degrees of freedom, thermal averages with known results, relic densities and targets."""

import os
from pathlib import Path

import numpy as np
import pytest
from scipy.special import kve

from scotopic.errors import InputError
from scotopic.physics.dark_matter.annihilation import STATES, cross_section, vector_width
from scotopic.physics.dark_matter.expansion import (
    effective_degrees,
    energy_degrees,
    entropy_degrees,
    relic_density,
)
from scotopic.physics.dark_matter.freeze_out import freeze_out
from scotopic.physics.dark_matter.planck import (
    alp_planck_limit,
    annihilation_at_rest,
    dark_photon_planck_limit,
    largest_annihilation,
)
from scotopic.physics.dark_matter.regime import regime
from scotopic.physics.dark_matter.relic_target import (
    alp_relic,
    alp_target,
    dark_photon_cross_section,
    dark_photon_relic,
    dark_photon_target,
    visible_width,
)
from scotopic.physics.dark_matter.thermal_average import Pole, tabulate
from scotopic.physics.standard_model import ALPHA_0

CM3_PER_S = 0.3893794e-27 * 2.99792458e10  # of 1/GeV²
DIRAC = STATES["dirac"]


def test_degrees_of_freedom_have_their_limits():
    """Photons and colder neutrinos today, 10.75 before e± leave, 106.75 with everything."""
    np.testing.assert_allclose(
        energy_degrees(np.array([1e-6])), 2.0 + 5.25 * (4.0 / 11.0) ** (4.0 / 3.0), rtol=1e-3
    )
    np.testing.assert_allclose(entropy_degrees(np.array([1e-6])), 2.0 + 5.25 * 4.0 / 11.0, rtol=1e-3)
    for degrees in (energy_degrees, entropy_degrees):
        np.testing.assert_allclose(degrees(np.array([5e-3, 1e4])), [10.75, 106.75], rtol=0.003)
        assert (np.diff(np.log(degrees(np.geomspace(1e-6, 1e4, 200)))) > -5e-4).all()


def test_degrees_of_freedom_are_those_of_the_lattice():
    """Table S2 of arXiv:1606.07494 at 100 MeV, 251 MeV, 1 GeV, 100 GeV; 1 % is its error."""
    temperature = np.array([0.1, 10.0**-0.6, 1.0, 100.0])
    np.testing.assert_allclose(energy_degrees(temperature), [17.61, 47.83, 73.48, 102.17], rtol=1e-3)
    ratio = energy_degrees(temperature) / entropy_degrees(temperature)
    np.testing.assert_allclose(ratio, [1.02324, 1.06118, 1.01778, 1.00750], rtol=1e-3)


def test_effective_degrees_hold_the_slope_of_the_entropy():
    t = np.geomspace(1e-5, 1e3, 40)
    slope = np.log(entropy_degrees(t * 1.001) / entropy_degrees(t / 1.001)) / (2.0 * np.log(1.001))
    expected = entropy_degrees(t) / np.sqrt(energy_degrees(t)) * (1.0 + slope / 3.0)
    np.testing.assert_allclose(effective_degrees(t), expected, rtol=1e-5)


@pytest.mark.parametrize("x", [20.0, 100.0, 1000.0])
def test_average_of_s_and_p_waves_is_that_of_slow_particles(x):
    """σ v_lab = a + b ε, ε = (s − 4m²)/4m², averages to a + 3b/2x + O(1/x²), P. Gondolo and G. Gelmini (1991)."""
    m = 2.0

    def sigma(power):
        def of(energy):
            s = energy**2
            excess = (energy - 2.0 * m) * (energy + 2.0 * m) / (4.0 * m**2)
            # v_lab = 2 √(ε(1 + ε))/(1 + 2ε)
            lab = 2.0 * np.sqrt(excess * s / (4.0 * m**2)) / (1.0 + 2.0 * excess)
            return excess**power / lab

        return of

    s_wave, p_wave = (tabulate(m, sigma(power)).average(np.array([x]))[0] for power in (0, 1))
    assert s_wave == pytest.approx(1.0, rel=1e-5)
    assert p_wave == pytest.approx(1.5 / x, rel=4.0 / x)


@pytest.mark.parametrize(
    ("mass_ratio", "x"), [(0.3, [5.0, 8.0, 12.0]), (0.45, [15.0, 25.0, 60.0]), (0.499, [15.0, 60.0, 400.0])]
)
def test_average_over_a_narrow_resonance_is_that_of_a_delta_function(mass_ratio, x):
    pole, width = 3.0, 1e-9
    m = mass_ratio * pole

    def narrow(energy):
        return 0.0 * energy + width

    sigma = cross_section(
        STATES["dirac"],
        1,
        m,
        (pole, width),
        lambda energy: narrow(energy) * 0.5,
        lambda energy: narrow(energy) * 0.5,
    )
    x = np.array(x)
    t = m / x
    beta2 = 1.0 - 4.0 * mass_ratio**2
    strength = 48.0 * np.pi * (0.5 * width) ** 2 / (4.0 * beta2) * np.pi / (pole * width)
    bessel = kve(1, pole / t) / kve(2, x) ** 2 * np.exp(2.0 * x - pole / t)
    expected = strength * (pole**2 - 4.0 * m**2) * pole * bessel / (8.0 * m**4 * t)
    # where the plasma still reaches the pole, the rest of the line shape is small
    np.testing.assert_allclose(tabulate(m, sigma, (Pole(pole, width),)).average(x), expected, rtol=2e-3)


def test_heavy_candidate_needs_the_standard_cross_section():
    """2.2e-26 cm³/s for Ωh² = 0.11 at 100 GeV, G. Steigman, B. Dasgupta, J. Beacom, PRD 86 (2012) 023506."""
    found = freeze_out(100.0, 2, lambda x: np.full(x.shape, 2.2e-26 / CM3_PER_S))
    assert found == pytest.approx(0.11, rel=0.03)


def test_relic_density_falls_with_the_cross_section_and_not_with_the_start():
    def relic(value):
        return freeze_out(5.0, 2, lambda x: np.full(x.shape, value))

    ratio = relic(1e-9) / relic(4e-9)
    assert 3.5 < ratio < 4.0  # a little less than inversely: freeze-out is later
    assert relic_density(1.0, 4.37e-10) == pytest.approx(0.12, rel=2e-3)


def test_annihilation_at_rest_has_its_closed_form():
    """σ v_rel = 16π α α_D ε² m²/m_A′⁴ per lepton pair, far below the pole and far above the leptons."""
    m, pole = 0.05, 50.0
    sigma = cross_section(
        STATES["dirac"],
        1,
        m,
        (pole, 1e-9),
        lambda energy: vector_width("dirac", energy, m, 0.1),
        lambda energy: 1e-6 * ALPHA_0 * energy / 3.0,
    )
    beta = 1e-3
    energy = np.array([2.0 * m / np.sqrt(1.0 - beta**2)])
    expected = 16.0 * np.pi * ALPHA_0 * 0.1 * 1e-6 * m**2 / pole**4
    np.testing.assert_allclose(2.0 * beta * sigma(energy), expected, rtol=2e-5)


@pytest.mark.parametrize("kind", ["scalar", "majorana"])
def test_p_waves_vanish_at_rest(kind):
    m = 1.0
    energy = 2.0 * m / np.sqrt(1.0 - np.array([1e-3, 2e-3]) ** 2)
    small, large = vector_width(kind, energy, m, 0.1) / np.array([1e-3, 2e-3])
    assert large / small == pytest.approx(4.0, rel=1e-4)


def test_visible_width_has_leptons_and_hadrons():
    at_one = visible_width(np.array([1.0]), 1e-3)[0]
    muons = 1e-6 * ALPHA_0 / 3.0
    assert 2.5 * muons < at_one < 5.0 * muons
    # below two electrons there is only the far tail of the quarkonia
    assert visible_width(np.array([5e-4]), 1e-3)[0] < 1e-12 * at_one


@pytest.mark.parametrize("kind", ["scalar", "majorana", "pseudo-dirac"])
def test_target_leaves_the_observed_density(kind):
    epsilon = dark_photon_target(0.3, kind=kind)
    assert dark_photon_relic(0.3, epsilon, kind=kind) == pytest.approx(0.12, rel=1e-4)


def test_targets_move_the_right_way():
    def target(**changes):
        return dark_photon_target(0.2, **{"kind": "majorana", **changes})

    assert target(alpha_dark=0.5) == pytest.approx(target() / np.sqrt(5.0), rel=0.03)
    assert target(mass_ratio=0.45) < 0.5 * target()
    assert target(kind="pseudo-dirac") < target() < target(kind="scalar")


def test_resonant_alp_needs_less_coupling_the_nearer_it_is():
    far, near = (alp_target(1.0, mass_ratio=ratio, dark_coupling=0.1) for ratio in (0.4, 0.49))
    assert near < 0.2 * far
    assert alp_relic(1.0, near, mass_ratio=0.49, dark_coupling=0.1) == pytest.approx(0.12, rel=1e-4)


def test_planck_forbids_s_waves_of_light_dark_matter():
    """Half of <σv> f/m < 3.2e-28 cm³/s/GeV for Dirac χ; the thermal target lies above it below some 10 GeV."""
    epsilon = dark_photon_planck_limit(1.0)
    largest = largest_annihilation(1.0 / 3.0) / DIRAC.pairs
    sigma, _ = dark_photon_cross_section(1.0, epsilon, kind="dirac", mass_ratio=1.0 / 3.0, alpha_dark=0.1)
    assert annihilation_at_rest(1.0 / 3.0, sigma) == pytest.approx(largest, rel=1e-3)
    assert largest_annihilation(10.0) * CM3_PER_S == pytest.approx(3.2e-28 * 10.0 / 0.4)
    for mass in (0.1, 1.0, 10.0):
        assert dark_photon_planck_limit(mass) < dark_photon_target(mass, kind="dirac")
    assert dark_photon_planck_limit(90.0) > dark_photon_target(90.0, kind="dirac")
    assert alp_planck_limit(0.3, mass_ratio=0.4, dark_coupling=0.1) < alp_target(
        0.3, mass_ratio=0.4, dark_coupling=0.1
    )


@pytest.mark.parametrize(
    ("mass_ratio", "name"),
    [(1 / 3, "direct"), (0.49, "resonant"), (0.5, "resonant"), (0.8, "forbidden"), (1.2, "secluded")],
)
def test_regimes_have_names(mass_ratio, name):
    assert regime(mass_ratio).name == name


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mass": -1.0}, "mediator mass = -1.0 GeV, must be positive"),
        ({"mass": float("nan")}, "must be positive"),
        ({"mass_ratio": 1.2}, "must lie in 0 to 1.*annihilation into two mediators"),
        ({"alpha_dark": 0.0}, "alpha_dark = 0.0, must be positive"),
        ({"kind": "axion"}, "there are scalar, majorana, pseudo-dirac, dirac"),
        ({"relic": 0.0}, "relic density = 0.0, must be positive"),
    ],
)
def test_nonsense_is_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        dark_photon_target(**{"mass": 0.3, "kind": "scalar", **arguments})


@pytest.mark.reference
@pytest.mark.parametrize("kind", ["scalar", "majorana", "pseudo-dirac"])
def test_targets_agree_with_the_european_strategy_curves(kind):
    """Within 30 %; where 2m_χ meets ω or φ the target hangs on the mass to a per cent, and on R elsewhere."""
    folder = Path(os.environ["SCOTOPIC_REFERENCE"]) / "reference" / "curves"
    file = folder / f"target_relic_{kind.replace('-', '')}_eps_from_Y.csv"
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")][1:]
    curve = np.array([[float(v) for v in line.split(",")[:2]] for line in lines])
    curve = curve[(curve[:, 1] < 1.0) & (curve[:, 0] > 0.004)]
    away = (np.abs(curve[:, 0] / 1.5 / 0.7827 - 1.0) > 0.1) & (np.abs(curve[:, 0] / 1.5 / 1.0195 - 1.0) > 0.1)
    for mass, epsilon in curve[away][:: max(1, away.sum() // 7)]:
        assert dark_photon_target(mass, kind=kind) == pytest.approx(epsilon, rel=0.3)
