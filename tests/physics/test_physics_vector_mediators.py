import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scotopic.errors import InputError
from scotopic.physics.models.partner import PARTNERS, partner_decay
from scotopic.physics.models.vector_charges import ELECTROMAGNETIC, FERMIONS, VectorCharges
from scotopic.physics.models.vector_mediator import vector_mediator
from scotopic.physics.registry import get_model
from scotopic.physics.standard_model import ALPHA_0, MUON_MASS

NAMES = ("b-minus-l", "baryon-number", "le-lmu", "le-ltau", "protophobic")
CHARGE = st.floats(-2.0, 2.0)
CHARGES = st.fixed_dictionaries(dict.fromkeys(FERMIONS, CHARGE)).map(
    lambda x: VectorCharges(tuple(x.items()))
)


@settings(deadline=None)
@given(
    CHARGES,
    st.floats(1e-3, 20.0),
    st.floats(0.0, 1.0),
    st.floats(0.0, 3.0),
    st.sampled_from(sorted(PARTNERS)),
)
def test_widths_are_finite_and_fractions_sum_to_one(charges, mass, g, gchi, partner):
    model = vector_mediator("any", charges, mass, g, gchi, None, partner, 1.0 / ALPHA_0)
    widths = model.widths()
    assert all(math.isfinite(width) and width >= 0.0 for width in widths.values())
    if model.width() > 0.0:
        assert math.fsum(model.branching_fractions().values()) == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("mass", [0.3, 0.78, 1.02, 1.75, 3.5, 10.7])
def test_electric_charges_make_a_dark_photon(mass):
    g = 1e-3 * math.sqrt(4.0 * math.pi * ALPHA_0)
    general = vector_mediator("any", ELECTROMAGNETIC, mass, g, 0.0, None, "dirac", 1.0 / ALPHA_0)
    photon = get_model("dark-photon", mass=mass, epsilon=1e-3, alphaD=0.0)
    assert general.widths() == pytest.approx(photon.widths(), rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("threshold", [2.0 * MUON_MASS, 1.7, 1.9])
def test_the_width_is_continuous(name, threshold):
    below, above = (get_model(name, mass=threshold * (1.0 + shift), g=1.0).width() for shift in (-1e-9, 1e-9))
    assert above == pytest.approx(below, rel=1e-3, abs=1e-12)


def test_charges_choose_the_currents():
    leptophobic = get_model("baryon-number", mass=0.77, g=1.0).widths()
    assert "e- e+" not in leptophobic
    # no ρ in a baryonic vector: π+π− by ω alone
    assert leptophobic["pi+ pi-"] < leptophobic["pi+ pi- pi0"]
    assert set(get_model("le-lmu", mass=1.0, g=1.0).widths()) == {
        "e- e+",
        "mu- mu+",
        "nu_e nu_e~",
        "nu_mu nu_mu~",
        "chi chi~",
    }


def test_massless_partners_have_the_ratios_of_their_spins():
    widths = {kind: partner_decay("Zp", 3.0, 1.0, 1e-9, kind).width for kind in PARTNERS}
    unit = widths["dirac"]
    assert unit == pytest.approx(3.0 / (12.0 * math.pi))
    assert {k: w / unit for k, w in widths.items()} == pytest.approx(
        {"dirac": 1.0, "pseudo-dirac": 1.0, "majorana": 0.5, "scalar": 0.25}
    )


def test_a_card_of_charges_is_a_model(tmp_path):
    path = tmp_path / "mine.toml"
    third = "0.3333333333333333"
    quarks = "\n".join(f"{quark} = {third}" for quark in "udscb")
    leptons = "\n".join(f"{lepton} = -1" for lepton in ("e", "mu", "tau", "nu_e", "nu_mu", "nu_tau"))
    path.write_text(f'name = "mine"\n[charges]\n{quarks}\n{leptons}\n')
    mine, ours = (get_model(name, mass=1.3, g=1e-3) for name in (str(path), "b-minus-l"))
    assert mine.name == "mine"
    assert mine.widths() == pytest.approx(ours.widths(), rel=1e-12)


def test_all_faults_of_a_card_are_told_at_once(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('mass = 1.0\n[charges]\ne = "one"\nmuon = 1.0\nu = nan\n')
    with pytest.raises(InputError) as caught:
        get_model(str(path), mass=1.0, g=1.0)
    text = str(caught.value)
    for part in (
        "mass: unknown",
        "name: missing",
        "[charges] e: is 'one'",
        "muon: unknown",
        "[charges] u: is nan",
    ):
        assert part in text
    with pytest.raises(InputError, match="cannot read the model card"):
        get_model(str(tmp_path / "none.toml"), mass=1.0, g=1.0)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"mass": -1.0}, "mass = -1.0 GeV"),
        ({"g": -1.0}, "g = -1.0"),
        ({"partner": "vector"}, "expected dirac, pseudo-dirac"),
    ],
)
def test_impossible_parameters_are_named(parameters, message):
    with pytest.raises(InputError, match=message):
        get_model("b-minus-l", **({"mass": 1.0, "g": 1.0} | parameters))
