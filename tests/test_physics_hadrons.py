import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scotopic.physics.hadrons import (
    CHANNELS,
    ELECTRIC,
    NARROW,
    QuarkCharges,
    charged_kaon_form_factor,
    hadronic_ratios,
    neutral_kaon_form_factor,
    pion_form_factor,
    r_ratio,
)
from scotopic.physics.hadrons.strong_coupling import strong_coupling
from scotopic.physics.standard_model import ALPHA_0

CHARGE = st.floats(-2.0, 2.0)

# √s, R, error: averages of the PDG's compilation of data, 2020, over 20 MeV to 0.5 GeV (mark R)
PUBLISHED = [
    (0.50, 0.477, 0.02),
    (0.60, 1.354, 0.03),
    (0.90, 1.77, 0.05),
    (1.20, 0.924, 0.05),
    (1.40, 1.583, 0.08),
    (1.80, 2.196, 0.15),
    (2.00, 2.18, 0.07),
    (3.00, 2.22, 0.06),
    (3.60, 2.22, 0.06),
    (4.80, 3.66, 0.24),
    (5.0, 3.43, 0.15),
    (7.4, 3.56, 0.15),
    (9.4, 3.48, 0.10),
    (10.52, 3.565, 0.06),
]


@pytest.mark.parametrize(("energy", "ratio", "error"), PUBLISHED)
def test_r_agrees_with_published_points(energy, ratio, error):
    """Within two of their errors, together with the 6 % of ours between 1 and 2 GeV, and 3 % elsewhere."""
    ours = 0.06 if 1.05 < energy < 2.0 else 0.03
    assert r_ratio(energy) == pytest.approx(ratio, abs=2.0 * np.hypot(error, ours * ratio))


def test_form_factors_count_charge_at_zero():
    assert pion_form_factor(0.0) == pytest.approx(1.0, abs=1e-4)
    # widths that do not run leave Γ/M of the excitations, times their coefficients
    assert charged_kaon_form_factor(0.0) == pytest.approx(1.0, abs=0.02)
    assert neutral_kaon_form_factor(0.0) == pytest.approx(0.0, abs=0.02)


def test_pion_radius():
    """<r²> = 0.434 fm² (PDG: 0.659 fm): F = 1 + <r²> s/6."""
    slope = 0.5 * (pion_form_factor(0.01) - pion_form_factor(-0.01)).real / 0.01
    assert 6.0 * slope * 0.1973**2 == pytest.approx(0.434, rel=0.04)


def test_pion_form_factor_is_smooth_through_zero_and_threshold():
    s = np.linspace(-0.05, 0.12, 2001)
    values = np.abs(pion_form_factor(s))
    assert np.all(np.abs(np.diff(values)) < 3e-4)


@pytest.mark.parametrize(
    ("products", "mass", "nanobarn", "relative"),
    [
        ("pi+ pi- pi0", 0.78266, 1500.0, 0.06),
        ("K+ K-", 1.01946, 2050.0, 0.06),
        ("K0 K0~", 1.01946, 1370.0, 0.06),
        ("pi+ pi- pi0", 1.01946, 640.0, 0.15),
        ("pi0 gamma", 0.78266, 155.0, 0.06),
        ("eta gamma", 1.01946, 54.0, 0.06),
        ("omega pi0", 1.2, 16.5, 0.10),
        ("eta pi+ pi-", 1.5, 4.5, 0.15),
    ],
)
def test_peaks_of_final_states(products, mass, nanobarn, relative):
    """Cross sections as measured, of SND, CMD-2 and BaBar (mark M: recalled)."""
    channel = next(c for c in CHANNELS if c.products == products)
    unit = 4.0 * np.pi * ALPHA_0**2 / 3.0 * 0.3893794e6
    assert channel.ratio(np.array([mass]))[0] * unit / mass**2 == pytest.approx(nanobarn, rel=relative)


def test_strong_coupling_runs():
    """α_s(2 GeV) = 0.30 and α_s(10 GeV) = 0.179, PDG review of QCD."""
    assert strong_coupling(np.array([91.1876]))[0] == pytest.approx(0.1180, rel=1e-4)
    assert strong_coupling(np.array([2.0]))[0] == pytest.approx(0.30, rel=0.02)
    assert strong_coupling(np.array([10.0]))[0] == pytest.approx(0.179, rel=0.01)


def test_r_is_zero_below_threshold_and_keeps_its_shape():
    assert r_ratio(0.1) == 0.0
    assert r_ratio(0.1).shape == ()
    assert r_ratio([[0.5, 1.0, 3.0]]).shape == (1, 3)


def test_r_is_continuous():
    energy = np.concatenate([np.arange(0.13, 2.0, 5e-5), np.arange(2.0, 12.0, 1e-4)])
    ratio = r_ratio(energy)
    assert np.all(np.isfinite(ratio))
    assert np.all(ratio >= 0.0)
    assert np.max(np.abs(np.diff(ratio)) / (1.0 + ratio[1:])) < 0.04


def test_parts_add_up():
    energy = np.linspace(0.2, 11.0, 500)
    np.testing.assert_allclose(sum(hadronic_ratios(energy).values()), r_ratio(energy), rtol=1e-12)


@given(u=CHARGE, d=CHARGE, s=CHARGE, c=CHARGE, b=CHARGE, scale=st.floats(0.1, 10.0))
def test_any_charges_give_a_ratio_that_grows_with_their_square(u, d, s, c, b, scale):
    energy = np.linspace(0.14, 12.0, 60)
    ratio = r_ratio(energy, QuarkCharges(u, d, s, c, b))
    assert np.all(np.isfinite(ratio))
    assert np.all(ratio >= 0.0)
    scaled = r_ratio(energy, QuarkCharges(*(scale * q for q in (u, d, s, c, b))))
    np.testing.assert_allclose(scaled, scale**2 * ratio, rtol=1e-9, atol=1e-12)


def test_baryon_number_has_no_rho():
    baryon = QuarkCharges(*5 * (1.0 / 3.0,))
    assert baryon.weights == (0.0, 2.0, -1.0)
    assert ELECTRIC.weights == pytest.approx((1.0, 1.0, 1.0))
    energy = np.array([0.6])
    assert hadronic_ratios(energy, baryon)["pi+ pi-"] < 1e-3 * hadronic_ratios(energy)["pi+ pi-"]


def test_narrow_resonances_are_listed_with_their_width_to_electrons():
    assert [one.name for one in NARROW] == [
        "J/psi",
        "psi(2S)",
        "Upsilon(1S)",
        "Upsilon(2S)",
        "Upsilon(3S)",
    ]
    assert all(0.0 < one.electrons < one.width < 1e-3 for one in NARROW)
