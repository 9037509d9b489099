import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad, trapezoid

from scotopic.physics.hadrons import NARROW, r_ratio
from scotopic.physics.hadrons.dispersion import nodes, real_delta_alpha
from scotopic.physics.leptonic_polarisation import leptonic_delta_alpha
from scotopic.physics.standard_model import ALPHA_0, MUON_MASS, Z_MASS
from scotopic.physics.vacuum_polarisation import delta_alpha, hadronic_delta_alpha


def test_hadrons_at_the_z():
    """Δα_had(M_Z²) = 0.02766(7): PDG 2022, review of electroweak physics."""
    assert hadronic_delta_alpha(Z_MASS**2).real == pytest.approx(0.02766, rel=0.012)


def test_leptons_at_the_z():
    """Δα_lep(M_Z²) = 0.0314977 to three loops, M. Steinhauser, Phys. Lett. B 429 (1998) 158."""
    assert leptonic_delta_alpha(Z_MASS**2).real == pytest.approx(0.0314977, rel=1e-4)


def test_alpha_at_the_z_and_at_the_upsilon():
    """1/α(M_Z²) = 128.95 (PDG) and top −0.01; hadrons at −(1 GeV)²: 0.0037 (mark M), 3 %."""
    assert (1.0 - delta_alpha(Z_MASS**2).real) / ALPHA_0 == pytest.approx(128.95, abs=0.12)
    assert hadronic_delta_alpha(-1.0).real == pytest.approx(0.0037, rel=0.03)
    assert delta_alpha(10.52**2).real == pytest.approx(0.0353, rel=0.02)


def test_magnetic_moment_of_the_muon():
    """Leading hadronic part 694.0(4.0)e-10, M. Davier et al., Eur. Phys. J. C 80 (2020) 241.

    The mean of evaluations is 693.1(4.0)e-10, T. Aoyama et al., Phys. Rept. 887 (2020) 1.
    """
    x = np.linspace(0.0, 1.0, 100001)[:-1]
    found = (1.0 - x) * hadronic_delta_alpha(-(x**2) * MUON_MASS**2 / (1.0 - x)).real
    assert ALPHA_0 / math.pi * trapezoid(found, x) == pytest.approx(694.0e-10, abs=4.0e-10)


def test_one_loop_is_its_dispersion_integral():
    """R of a lepton, β(3 − β²)/2, integrated numerically for the muon at space-like q²; electrons and τ taken off."""
    q2 = -2.0
    m = MUON_MASS

    def integrand(x):  # s = 4m²/x²
        return (1.0 + 0.5 * x * x) * math.sqrt(1.0 - x * x) * 2.0 * x / (4.0 * m**2 - q2 * x * x)

    muon = -ALPHA_0 * q2 / (3.0 * math.pi) * quad(integrand, 0.0, 1.0)[0]
    beta = math.sqrt(1.0 + 4.0 * m**2 / -q2)
    log = math.log((beta + 1.0) / (beta - 1.0))
    closed = -5.0 / 3.0 - 4.0 * m**2 / q2 + (1.0 + 2.0 * m**2 / q2) * beta * log
    assert muon == pytest.approx(ALPHA_0 / (3.0 * math.pi) * closed, rel=1e-8)
    assert leptonic_delta_alpha(q2).real > muon


def test_leptons_are_smooth_through_zero_and_threshold():
    q2 = np.linspace(-0.1, 0.1, 4001)
    values = leptonic_delta_alpha(q2)
    assert np.all(np.isfinite(values))
    assert leptonic_delta_alpha(0.0) == 0.0
    away = np.abs(q2) > 1e-3
    assert np.max(np.abs(np.diff(values.real))[away[1:]]) < 2e-4  # √ below the threshold


@given(mass=st.floats(0.5, 20.0), q2=st.floats(-1e4, 1e4))
def test_dispersion_of_a_step(mass, q2):
    """R = 1 from M on: Δα = (α/3π) ln|1 − q²/M²|."""
    s = np.concatenate([[mass**2 * (1.0 - 1e-6)], np.geomspace(mass**2, 1e9, 40000)])
    if abs(q2 / mass**2 - 1.0) < 0.05:
        return
    ratio = np.ones_like(s)
    ratio[0] = 0.0
    exact = ALPHA_0 / (3.0 * math.pi) * math.log(abs(1.0 - q2 / mass**2))
    assert real_delta_alpha(np.array([q2]), s, ratio)[0] == pytest.approx(exact, rel=2e-3, abs=1e-6)


def test_imaginary_part_counts_what_is_open():
    q2 = np.array([0.6, 2.0, 30.0])
    expected = -ALPHA_0 / 3.0 * r_ratio(np.sqrt(q2))
    np.testing.assert_allclose(hadronic_delta_alpha(q2).imag, expected, rtol=5e-3)
    assert np.all(delta_alpha(-q2).imag == 0.0)


def test_coupling_grows_in_the_space_like_region():
    assert np.all(np.diff(delta_alpha(-np.geomspace(1e-6, 1e7, 500)).real) > 0.0)


def test_narrow_resonances_stand_out():
    mass, width = NARROW[0].mass, NARROW[0].width
    at, above = np.abs(1.0 - delta_alpha(np.array([mass, mass + 500.0 * width]) ** 2)) ** -2
    assert at < 0.2 or at > 3.0
    assert above == pytest.approx(1.0, abs=0.1)


def test_grid_is_fine_enough():
    energies = nodes()
    middle = 0.5 * (energies[1:] + energies[:-1])
    linear = 0.5 * (r_ratio(energies)[1:] + r_ratio(energies)[:-1])
    assert np.max(np.abs(linear - r_ratio(middle)) / (1.0 + linear)) < 0.03
