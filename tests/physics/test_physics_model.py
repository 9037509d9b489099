import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scotopic.errors import InputError
from scotopic.numerics.units import HBARC_GEV_MM
from scotopic.physics.model import Model, Vertex
from scotopic.physics.models import alp_photon
from scotopic.physics.particles import ELECTRON, PHOTON, Particle, particle_name, particle_names, pdg_code
from scotopic.physics.processes import parse_process
from scotopic.physics.registry import get_model, models

SQRT_S = 10.58
MASSES = st.floats(1e-3, 10.0)
COUPLINGS = st.floats(1e-8, 1.0)

DARK_PHOTON = """
from scotopic.physics.model import Decay, Model, Vertex
from scotopic.physics.particles import ELECTRON, MUON, PHOTON, Particle

def model(mass, eps=1e-3, alpha_inv=137.036):
    e = 0.30282
    fields = [("e-", "e-", "gamma", -e), ("mu-", "mu-", "gamma", -e), ("e-", "e-", "Ap", -e * eps)]
    return Model(
        "dark-photon",
        (("mass", mass), ("eps", eps), ("alpha_inv", alpha_inv)),
        (ELECTRON, MUON, PHOTON, Particle("Ap", "Ap", 4900023, 2, 0, mass)),
        tuple(Vertex("FFV", (a, b, v), (g, g), "dark") for a, b, v, g in fields),
        (Decay("Ap", "e- e+", 3e-9), Decay("Ap", "mu- mu+", 1e-9)),
        "Ap",
    )
"""


def user_file(tmp_path, text, name="mine.py"):
    path = tmp_path / name
    path.write_text(text)
    return str(path)


def test_every_model_of_the_package_is_found_by_its_name():
    assert models() == (
        "sm",
        "alp-photon",
        "dark-photon",
        "dark-higgs",
        "lmu-ltau",
        "lfv-zprime",
        "b-minus-l",
        "baryon-number",
        "le-lmu",
        "le-ltau",
        "protophobic",
        "alp-lepton",
        "leptophilic-scalar",
        "dark-scalar",
        "inelastic-dark-matter",
    )
    assert get_model("sm").mediator == ""
    assert get_model("alp-photon", mass=1.0, g=1e-3).mediator == "a"


@pytest.mark.parametrize("name", ["alp_photon", "", "SM", "alp-photon "])
def test_an_unknown_name_is_answered_with_the_names_there_are(name):
    with pytest.raises(InputError, match=r"unknown model .*sm, alp-photon, .*, or the path of a \.py file"):
        get_model(name)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"mass": 1.0}, "needs a value for: g"),
        ({}, "needs a value for: mass, g"),
        ({"mass": 1.0, "g": 1e-3, "eps": 1.0}, "no parameter 'eps'; it has: mass, g, invisible, alpha_inv"),
        ({"mass": math.nan, "g": 1e-3}, "mass = nan, expected a finite number"),
        ({"mass": 1.0, "g": math.inf}, "g = inf, expected a finite number"),
        ({"mass": "1 GeV", "g": 1e-3}, "mass = '1 GeV', expected a finite number"),
        ({"mass": True, "g": 1e-3}, "mass = True, expected a finite number"),
        ({"mass": 10**400, "g": 1e-3}, "expected a finite number"),
        ({"mass": 0.0, "g": 1e-3}, r"mass = 0\.0 GeV, must be positive"),
        ({"mass": -1.0, "g": 1e-3}, r"mass = -1\.0 GeV, must be positive"),
        ({"mass": 1.0, "g": 0.0}, r"g = 0\.0 1/GeV, must be positive"),
        ({"mass": 1.0, "g": 1e-3, "invisible": 1.0}, "invisible = 1.0, a branching fraction"),
        ({"mass": 1.0, "g": 1e-3, "invisible": -0.1}, "invisible = -0.1, a branching fraction"),
        ({"mass": 1.0, "g": 1e-3, "alpha_inv": 1.0 / 137.0}, "expected 50 to 200"),
    ],
)
def test_impossible_parameters_are_named(parameters, message):
    with pytest.raises(InputError, match=message):
        get_model("alp-photon", **parameters)


def test_defaults_are_among_the_parameters_and_the_fine_structure_constant_is_one():
    model = get_model("alp-photon", mass=1, g=1e-3)
    assert dict(model.parameters) == {"mass": 1.0, "g": 1e-3, "invisible": 0.0, "alpha_inv": 137.035999}
    assert model.alpha == pytest.approx(1.0 / 137.035999, rel=1e-15)
    # the UFO models' default 1/α at the Z mass changes the electric charge
    charge = get_model("sm", alpha_inv=127.9).vertices[0].couplings[0]
    assert charge == pytest.approx(math.sqrt(4.0 * math.pi / 127.9), rel=1e-14)


def test_a_users_own_model_is_a_file(tmp_path):
    model = get_model(user_file(tmp_path, DARK_PHOTON), mass=2.0)
    assert model.parameter("eps") == 1e-3
    assert model.branching_fractions() == pytest.approx({"e- e+": 0.75, "mu- mu+": 0.25})
    assert model.lifetime_mm() == pytest.approx(HBARC_GEV_MM / 4e-9)
    process = parse_process("e- e+ > gamma Ap", model)
    assert process.codes == (22, 4900023)
    assert process.masses == (ELECTRON.mass, ELECTRON.mass, 0.0, 2.0)
    assert process.plan.diagrams == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model = 3", r"mine\.py defines no function model"),
        ("def other():\n    pass", r"mine\.py defines no function model; expected def model\(mass, "),
        ("from builtins import dict as model", r"mine\.py defines no function model"),
        ("raise ValueError('two\\nlines')", r"mine\.py cannot be run: ValueError: two lines$"),
        ("def model(mass)\n    pass", r"mine\.py cannot be run: SyntaxError"),
        ("import no_such_package", r"mine\.py cannot be run: ModuleNotFoundError"),
        ("def model(mass=1.0):\n    return mass", r"mine\.py: its function model\(\) returned float"),
        ("def model(mass):\n    return mass", "needs a value for: mass"),
    ],
)
def test_a_users_file_that_is_no_model_says_what_is_wrong(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        get_model(user_file(tmp_path, text))


ANY = """
from scotopic.physics.model import Model

def model(**parameters):
    return Model("any", tuple(parameters.items()), (), ())
"""


def test_a_users_model_may_take_any_parameter(tmp_path):
    path = user_file(tmp_path, ANY)
    assert dict(get_model(path, mass=1, eps=2e-3).parameters) == {"mass": 1.0, "eps": 2e-3}
    assert get_model(path).parameters == ()
    with pytest.raises(InputError, match="eps = nan, expected a finite number"):
        get_model(path, eps=math.nan)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return 1.0 / (mass - mass)", "ZeroDivisionError: float division by zero"),
        ("return {}[mass]", "KeyError: 1.0"),
        ("raise ValueError('two\\nlines')", "ValueError: two lines"),
        (
            "from scotopic import get_model; get_model('none')",
            "unknown model 'none'; there are",
        ),
        ("return model(mass, mass)", "TypeError: model() takes 1 positional argument but 2 were given"),
    ],
)
def test_what_fails_within_a_users_model_names_its_file(tmp_path, body, told):
    path = user_file(tmp_path, f"def model(mass):\n    {body}\n")
    with pytest.raises(InputError) as fault:
        get_model(path, mass=1.0)
    assert str(fault.value).startswith(f"model file {path}: its function model() failed: {told}")
    assert "\n" not in str(fault.value)


def test_a_users_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"absent\.py does not exist"):
        get_model(str(tmp_path / "absent.py"))


def test_a_vertex_refuses_spins_that_do_not_fit():
    with pytest.raises(InputError, match=r"VVP vertex .* has spins/2 \(1, 1, 2\)"):
        Model("m", (), (ELECTRON, PHOTON), (Vertex("VVP", ("e-", "e-", "gamma"), (1.0,), "QED"),))
    with pytest.raises(InputError, match=r"model m has no particle 'a'; it has: e\+ e- gamma"):
        Model("m", (), (ELECTRON, PHOTON), (Vertex("VVP", ("gamma", "gamma", "a"), (1.0,), "ALP"),))


def test_one_interaction_of_a_model_alone():
    model = get_model("alp-photon", mass=1.0, g=1e-3)
    assert {vertex.kind for vertex in model.only("ALP").vertices} == {"VVP"}
    assert len(model.only("QED", "ALP").vertices) == len(model.vertices)
    with pytest.raises(InputError, match="no diagram of the model alp-photon"):
        parse_process("e- e+ > gamma a", model.only("QED"))


def test_a_particle_without_decays_lives_for_ever():
    model = get_model("alp-photon", mass=1.0, g=1e-3)
    assert model.width("e-") == 0.0
    assert model.lifetime_mm("e-") == math.inf
    assert model.branching_fractions("e-") == {}


def test_width_and_lifetime_of_the_alp():
    """Γ = g²m³/64π: 4.974 eV and cτ = 39.67 nm at m = 1 GeV, g = 1e-3/GeV."""
    model = get_model("alp-photon", mass=1.0, g=1e-3)
    assert model.width() == pytest.approx(4.97359e-9, rel=1e-5)
    assert model.lifetime_mm() == pytest.approx(3.96749e-5, rel=1e-5)
    assert model.particle("a").width == model.width()


@given(mass=MASSES, g=COUPLINGS, scale=st.floats(0.1, 10.0))
def test_width_grows_with_the_square_of_the_coupling_and_the_cube_of_the_mass(mass, g, scale):
    width = get_model("alp-photon", mass=mass, g=g).width()
    assert width == pytest.approx(g**2 * mass**3 / (64.0 * math.pi), rel=1e-12)
    assert get_model("alp-photon", mass=mass, g=scale * g).width() == pytest.approx(
        scale**2 * width, rel=1e-12
    )
    assert get_model("alp-photon", mass=scale * mass, g=g).width() == pytest.approx(
        scale**3 * width, rel=1e-12
    )


@given(mass=MASSES, g=COUPLINGS, invisible=st.floats(0.0, 0.999))
def test_branching_fractions_sum_to_one_and_invisible_decays_shorten_the_life(mass, g, invisible):
    model = get_model("alp-photon", mass=mass, g=g, invisible=invisible)
    fractions = model.branching_fractions()
    assert sum(fractions.values()) == pytest.approx(1.0, abs=1e-12)
    assert fractions["invisible"] == pytest.approx(invisible, abs=1e-12)
    free = get_model("alp-photon", mass=mass, g=g)
    assert model.lifetime_mm() == pytest.approx((1.0 - invisible) * free.lifetime_mm(), rel=1e-9)


@given(mass=MASSES, g=COUPLINGS, momentum=st.floats(1e-3, 10.0))
def test_decay_length_is_the_lifetime_times_the_boost(mass, g, momentum):
    lifetime = get_model("alp-photon", mass=mass, g=g).lifetime_mm()
    length = alp_photon.decay_length_mm(mass, g, momentum)
    assert length == pytest.approx(momentum / mass * lifetime, rel=1e-12)


@pytest.mark.parametrize(("mass", "femtobarn"), [(0.2, 118.3), (1.0, 115.2), (5.0, 55.5), (9.0, 2.50)])
def test_strahlung_cross_section_has_its_published_form(mass, femtobarn):
    """σ = (α g²/24)(1 - m²/s)³ of JHEP 12 (2017) 094, by hand at √s = 10.58 GeV, g = 1e-3/GeV."""
    by_hand = 1e-6 / 137.036 / 24.0 * (1.0 - mass**2 / SQRT_S**2) ** 3 * 0.3893794e12
    found = 1e3 * alp_photon.strahlung_cross_section(mass, 1e-3, SQRT_S**2)
    assert found == pytest.approx(by_hand, rel=1e-6)
    assert found == pytest.approx(femtobarn, rel=2e-3)


@given(mass=st.floats(1e-3, 12.0), g=COUPLINGS)
def test_strahlung_differential_integrates_to_the_total(mass, g):
    nodes, weights = np.polynomial.legendre.leggauss(4)
    total = alp_photon.strahlung_cross_section(mass, g, SQRT_S**2)
    integral = weights @ alp_photon.strahlung_differential(nodes, mass, g, SQRT_S**2)
    assert integral == pytest.approx(float(total), rel=1e-12)
    assert (total > 0.0) == (mass < SQRT_S)


def test_strahlung_falls_with_the_mass_and_ends_at_threshold():
    sigma = alp_photon.strahlung_cross_section(np.linspace(0.1, SQRT_S, 300), 1e-3, SQRT_S**2)
    assert np.all(np.diff(sigma) < 0.0)
    assert sigma[-1] == 0.0


def test_the_recoil_photon_prefers_the_beams_twofold():
    ratio = alp_photon.strahlung_angular([1.0, -1.0]) / alp_photon.strahlung_angular(0.0)
    np.testing.assert_allclose(ratio, 2.0)


def test_fusion_exceeds_strahlung_at_low_mass_and_vanishes_at_threshold():
    """Seven times strahlung at 1 GeV: 0.83 pb at g = 1e-3/GeV, by hand from the luminosity function."""
    s = SQRT_S**2
    assert alp_photon.fusion_cross_section(1.0, 1e-3, s) == pytest.approx(0.83, rel=0.01)
    assert alp_photon.fusion_cross_section(0.5, 1e-3, s) > 2.0 * alp_photon.strahlung_cross_section(
        0.5, 1e-3, s
    )
    assert alp_photon.fusion_cross_section(SQRT_S, 1e-3, s) == pytest.approx(0.0, abs=1e-12)
    assert np.all(alp_photon.fusion_cross_section(np.linspace(0.01, 12.0, 200), 1e-3, s) >= -1e-15)


def test_names_and_codes_are_one_to_one():
    assert all(particle_name(pdg_code(name)) == name for name in particle_names())
    assert len({pdg_code(name) for name in particle_names()}) == len(particle_names())
    with pytest.raises(InputError, match="unknown particle 'photon'; known are: e- "):
        pdg_code("photon")
    with pytest.raises(InputError, match="PDG code 321"):
        particle_name(321)


@pytest.mark.parametrize(
    ("particle", "states"),
    [
        (ELECTRON, 2),
        (PHOTON, 2),
        (Particle("Zp", "Zp", 32, 2, 0, 1.0), 3),
        (Particle("a", "a", 9000005, 0, 0, 1.0), 1),
    ],
)
def test_number_of_spin_states(particle, states):
    assert particle.states == states


def test_a_process_has_its_first_beam_along_z_whatever_the_order():
    process = parse_process("e+ e-  >  gamma gamma gamma")
    assert process.text == "e- e+ > gamma gamma gamma"
    assert process.symmetry == 6
    assert process.initial_states == 4


def test_antiparticles_have_negative_codes_and_masses_add_to_the_threshold():
    process = parse_process("e- e+ > mu- mu+ gamma")
    assert process.codes == (13, -13, 22)
    assert process.threshold == pytest.approx(2.0 * 0.1056583755, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected one '>'"),
        ("e- e+ > gamma > gamma", "expected one '>'"),
        ("e- e+ > ", "at least two outgoing particles, got 0"),
        ("> gamma gamma", "two incoming particles, got 0"),
        ("e- e- > e- e-", "the incoming particles must be e- e[+]"),
        ("e- e+ > gamma a", "model sm has no particle 'a'; it has: "),
        ("e- e+ > gamma gamma e-", "electric charge is not conserved"),
        ("e- e+ > e- mu+", "the number of .* is not conserved by sm"),
    ],
)
def test_impossible_processes_are_refused(text, message):
    with pytest.raises(InputError, match=message):
        parse_process(text)


@pytest.mark.parametrize(
    ("mass", "electrons", "error"),
    [(0.5, 0.401, 0.006), (1.0, 0.316, 0.004)],  # the project's reference values and errors
)
def test_the_dark_photon_goes_to_hadrons_as_r_says(mass, electrons, error):
    model = get_model("dark-photon", mass=mass, epsilon=1e-3, alphaD=0.0)
    assert model.branching_fractions()["e- e+"] == pytest.approx(electrons, abs=error)


def test_the_width_of_the_dark_photon_at_one_gev():
    model = get_model("dark-photon", mass=1.0, epsilon=1e-3, alphaD=0.0)
    assert model.width() == pytest.approx(
        7.70e-9, rel=0.0127
    )  # relative error of the electrons' fraction, 0.004/0.316
