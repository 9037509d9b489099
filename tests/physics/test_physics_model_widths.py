"""Widths of every model of the registry, and of single models against known limits."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scotopic.errors import InputError
from scotopic.numerics.units import HBARC_GEV_MM
from scotopic.physics.models.alp_lepton import photon_width as alp_photon_width
from scotopic.physics.models.inelastic_dark_matter import pair_width, three_body_widths
from scotopic.physics.models.triangle_loop import derivative_loop, scalar_loop
from scotopic.physics.models.vector_widths import vector_width
from scotopic.physics.registry import get_model, models
from scotopic.physics.standard_model import ALPHA_0, MUON_MASS

COUPLING = {
    "alp-photon": "g",
    "dark-photon": "epsilon",
    "dark-higgs": "epsilon",
    "lmu-ltau": "gprime",
    "leptophilic-scalar": "xi",
    "dark-scalar": "sintheta",
    "inelastic-dark-matter": "epsilon",
}


@pytest.mark.parametrize("name", [one for one in models() if one != "sm"])
@settings(max_examples=12, deadline=None)
@given(mass=st.floats(2e-3, 9.9), coupling=st.floats(1e-6, 1.0))
def test_widths_are_finite_and_fractions_sum_to_one(name, mass, coupling):
    masses = {"mAp": mass, "mh": 0.5 * mass} if name == "dark-higgs" else {"mass": mass}
    model = get_model(name, **masses, **{COUPLING.get(name, "g"): coupling})
    for particle in model.particles:
        widths = model.widths(particle.name)
        assert all(math.isfinite(width) and width >= 0.0 for width in widths.values())
        assert particle.width == pytest.approx(model.width(particle.name)) or not widths
        if model.width(particle.name) > 0.0:
            assert math.fsum(model.branching_fractions(particle.name).values()) == pytest.approx(1.0)
            assert model.lifetime_mm(particle.name) * model.width(particle.name) == pytest.approx(
                HBARC_GEV_MM
            )


def test_loops_of_heavy_and_light_fermions():
    assert scalar_loop(1e-3, 1.0) == pytest.approx(4.0 / 3.0, rel=1e-6)
    assert abs(scalar_loop(1.0, 1e-5)) < 1e-6
    assert derivative_loop(0.2, 1.0) == pytest.approx(-0.01 / 3.0, rel=1e-2)
    assert derivative_loop(1.0, 1e-5) == pytest.approx(1.0, abs=1e-6)
    for loop in (scalar_loop, derivative_loop):  # the series joins the closed form; threshold is continuous
        for at in (2.0 * math.sqrt(1e-3), 2.0):
            below, above = (loop(at * (1.0 + shift), 1.0) for shift in (-1e-9, 1e-9))
            assert above == pytest.approx(below, rel=1e-3)


def test_an_alp_without_leptons_is_the_photonic_one():
    both = get_model("alp-lepton", mass=0.4, g=1e-4).widths()
    alone = get_model("alp-photon", mass=0.4, g=1e-4).widths()
    assert both["gamma gamma"] == pytest.approx(alone["gamma gamma"], rel=1e-14)
    assert both["mu- mu+"] == 0.0
    assert alp_photon_width(0.4, 0.0, 1e-3) > 0.0


def test_leptons_stand_in_the_ratio_of_their_squared_masses():
    widths = get_model("leptophilic-scalar", mass=9.0, xi=1.0).widths()
    opening = (1.0 - (2.0 * MUON_MASS / 9.0) ** 2) ** 1.5
    assert widths["mu- mu+"] / widths["e- e+"] == pytest.approx((MUON_MASS / 0.51099895e-3) ** 2 * opening)


@pytest.mark.parametrize("mass", [1.0, 2.0])
def test_the_hadronic_width_of_a_dark_scalar_is_continuous(mass):
    below, above = (
        get_model("dark-scalar", mass=mass * (1.0 + x), sintheta=1.0).width() for x in (-1e-9, 1e-9)
    )
    assert above == pytest.approx(below, rel=1e-6)


def test_a_small_splitting_has_the_published_width():
    # 4 α α_D ε² Δ⁵/(15π M⁴) for m_e << Δ << m_χ, per ε² g_D²; the next order is -3Δ/2m_χ or so
    light, split, mass = 10.0, 0.05, 30.0
    found = three_body_widths(mass, light, light + split)["e- e+"]
    known = 4.0 * ALPHA_0 * split**5 / (15.0 * math.pi * mass**4) / (4.0 * math.pi)
    assert found == pytest.approx(known, rel=0.02)


def test_equal_masses_are_a_dirac_pair():
    assert pair_width(1.0, 0.3, 0.3, 1.0) == pytest.approx(vector_width(1.0, 1.0, 0.3), rel=1e-12)


def test_impossible_parameters_are_named():
    for name, parameters, text in (
        ("dark-scalar", {"mass": 20.0, "sintheta": 0.1}, "at most 10"),
        ("inelastic-dark-matter", {"mass": 1.0, "epsilon": 0.1, "splitting": 5.0}, "on its shell"),
        ("leptophilic-scalar", {"mass": -1.0, "xi": 1.0}, "must be positive"),
    ):
        with pytest.raises(InputError, match=text):
            get_model(name, **parameters)
