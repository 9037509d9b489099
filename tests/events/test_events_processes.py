"""Cross sections of every listed kind of process against independent programs.

pyAmpliCol 1.0.1 and WHIZARD 2.4.1 with 1/α = 137.036, √s = 10.58 GeV, masses kept, no radiation.
"""

import numpy as np
import pytest

from scotopic.errors import InputError
from scotopic.events.cross_section import cross_section
from scotopic.events.generate import generate
from scotopic.events.phase_space.diagram_channels import diagram_channels
from scotopic.events.phase_space.diagrams import diagrams_of
from scotopic.numerics.units import GEV2_TO_PB
from scotopic.physics.models.dark_higgs import higgsstrahlung_cross_section
from scotopic.physics.processes import parse_process
from scotopic.physics.registry import get_model

# process, model, parameters, cuts, pb, error
TWO_AND_THREE = [
    ("e- e+ > e- e+", "sm", {}, ("theta:e:20:160",), 63721.0, 0.07),
    ("e- e+ > mu- mu+", "sm", {}, (), 775.927, 0.001),
    ("e- e+ > tau- tau+", "sm", {}, (), 772.074, 0.001),
    ("e- e+ > mu- mu+ gamma", "sm", {}, ("E:gamma:0.1:", "theta:gamma:20:160"), 164.508, 0.035),
    ("e- e+ > tau- tau+ gamma", "sm", {}, ("E:gamma:1:", "theta:gamma:20:160"), 29.4775, 0.005),
    (
        "e- e+ > gamma Ap",
        "dark-photon",
        {"mass": 1.0, "epsilon": 1.0},
        ("abscostheta:gamma::0.94",),
        5996.62,
        0.006,
    ),
    ("e- e+ > gamma Ap", "dark-photon", {"mass": 0.1, "epsilon": 1.0}, (), 43943.1, 0.05),
    ("e- e+ > gamma Ap", "dark-photon", {"mass": 10.0, "epsilon": 1.0}, (), 740916.0, 0.8),
    ("e- e+ > Ap hd", "dark-higgs", {"mAp": 1.0, "mh": 0.5, "epsilon": 1e-3}, (), 0.00290329, 3e-9),
    ("e- e+ > Ap hd", "dark-higgs", {"mAp": 5.0, "mh": 2.0, "epsilon": 1e-3}, (), 0.0101312, 1e-8),
    ("e- e+ > mu- mu+ Zp", "lmu-ltau", {"mass": 0.01, "gprime": 1.0}, (), 1256.50, 0.08),
    ("e- e+ > mu- mu+ Zp", "lmu-ltau", {"mass": 0.5, "gprime": 1.0}, (), 202.356, 0.011),
    ("e- e+ > mu- mu+ Zp", "lmu-ltau", {"mass": 4.0, "gprime": 1.0}, (), 5.43887, 0.0003),
    ("e- e+ > mu- mu+ Zp", "lmu-ltau", {"mass": 8.0, "gprime": 1.0}, (), 0.0308129, 2e-6),
    ("e- e+ > tau- tau+ Zp", "lmu-ltau", {"mass": 1.0, "gprime": 1.0}, (), 50.3175, 0.003),
    ("e- e+ > e- e+ a", "alp-photon", {"mass": 0.2, "g": 1e-3}, (), 2.3758, 0.0022),
    ("e- e+ > e- e+ a", "alp-photon", {"mass": 3.0, "g": 1e-3}, (), 0.370688, 0.0005),
    ("e- e+ > e- e+ a", "alp-photon", {"mass": 9.0, "g": 1e-3}, (), 0.0163291, 2e-5),
    (
        "e- e+ > nu_mu nu_mu~ gamma",
        "sm",
        {"alpha_inv": 132.5},
        ("E:gamma:1:", "theta:gamma:20:160"),
        3.9195e-4,
        2e-6,
    ),
    (
        "e- e+ > nu_e nu_e~ gamma",
        "sm",
        {"alpha_inv": 132.5},
        ("E:gamma:1:", "theta:gamma:20:160"),
        1.7199e-3,
        5e-6,
    ),
]
HARD_MUONS = ("theta:mu:20:160", "p:mu:0.5:")
FOUR = [
    ("e- e+ > e- e+ mu- mu+", "sm", {}, ("theta:mu:20:160",), 18740.0, 34.0),
    ("e- e+ > e- e+ mu- mu+", "sm", {}, HARD_MUONS, 1176.6, 3.2),
    ("e- e+ > e- e+ mu- mu+", "sm", {}, (*HARD_MUONS, "abscostheta:e:0.95:"), 1137.3, 3.2),
]


@pytest.mark.parametrize(("process", "model", "parameters", "cuts", "reference", "error"), TWO_AND_THREE)
def test_two_and_three_particles(process, model, parameters, cuts, reference, error):
    ours = cross_section(process, model=model, parameters=parameters, cuts=cuts, rel_error=0.005)
    assert abs(ours.value_pb - reference) < max(3.0 * np.hypot(ours.error_pb, error), 0.005 * reference)


@pytest.mark.study
@pytest.mark.parametrize(("process", "model", "parameters", "cuts", "reference", "error"), FOUR)
def test_four_particles(process, model, parameters, cuts, reference, error):
    ours = cross_section(process, model=model, parameters=parameters, cuts=cuts, rel_error=0.007)
    assert abs(ours.value_pb - reference) < max(3.0 * np.hypot(ours.error_pb, error), 0.005 * reference)


def test_dark_higgsstrahlung_formula():
    """Of Batell, Pospelov and Ritz, at the points of the reference programs."""
    s = 10.58**2
    assert higgsstrahlung_cross_section(1.0, 0.5, 1e-3, 0.1, s) == pytest.approx(0.0029032926, rel=2e-7)
    assert higgsstrahlung_cross_section(5.0, 2.0, 1e-3, 0.1, s) == pytest.approx(0.010131189, rel=2e-7)
    assert higgsstrahlung_cross_section(8.0, 3.0, 1e-3, 0.1, s) == 0.0


def test_invisible_dark_photon_is_the_narrow_resonance_in_chi_pairs():
    """σ(γχχ̄) = σ(γA′) BR(χχ̄) for a narrow A′: propagator, width and resonance map agree."""
    parameters = {"mass": 2.0, "epsilon": 1e-2, "alphaD": 0.01}
    cuts = ("E:gamma:1:", "theta:gamma:20:160")
    two = cross_section(
        "e- e+ > gamma Ap", model="dark-photon", parameters=parameters, cuts=cuts, rel_error=0.002
    )
    three = cross_section(
        "e- e+ > gamma chi chi~", model="dark-photon", parameters=parameters, cuts=cuts, rel_error=0.002
    )
    branching = get_model("dark-photon", **parameters).branching_fractions()["chi chi~"]
    assert three.value_pb == pytest.approx(two.value_pb * branching, rel=0.01)


def test_width_and_invisible_decays_of_the_lmu_ltau_boson():
    """BR(Z′ → νν̄) of the standard case: 1 below 2 m_μ, 0.5 around 2 GeV, 0.347 at 5 GeV; dark: all."""
    for mass, expected in ((0.1, 1.0), (0.3, 0.530), (2.0, 0.500), (5.0, 0.347)):
        found = get_model("lmu-ltau", mass=mass, gprime=1e-2).branching_fractions()
        invisible = sum(value for name, value in found.items() if name.startswith("nu_"))
        assert invisible == pytest.approx(expected, abs=6e-4)
        assert sum(found.values()) == pytest.approx(1.0)
    dark = get_model("lmu-ltau", mass=2.0, gprime=1e-2, invisible="dark")
    assert dark.branching_fractions() == {"invisible": 1.0}
    with pytest.raises(InputError, match="expected standard or dark"):
        get_model("lmu-ltau", mass=2.0, gprime=1e-2, invisible="some")


def test_general_map_gives_what_the_special_one_gives():
    """μ+μ-γ through diagrams, against its own map of pair and ladders."""
    from dataclasses import replace

    from scotopic.events import sampler

    cuts = ("E:gamma:1:", "theta:gamma:20:160", "theta:mu:20:160")
    special = cross_section("e- e+ > mu- mu+ gamma", cuts=cuts, rel_error=0.003)
    made = sampler.make_sampler("e- e+ > gamma mu- mu+", sqrt_s=10.58, cuts=cuts)
    general = cross_section(made.process, cuts=cuts, rel_error=0.003)
    assert replace(made).channels[0].name.startswith("diagram")
    assert abs(general.value_pb - special.value_pb) < 3.5 * np.hypot(general.error_pb, special.error_pb)


def test_radiative_bhabha_with_nothing_asked_of_the_electrons():
    """Between the sum of its parts: wide-angle and lost electrons are part of it."""
    cuts = ("E:gamma:1.8:", "theta:gamma:22:158")
    whole = cross_section("e- e+ > e- e+ gamma", cuts=cuts, rel_error=0.005)
    parts = [
        cross_section("e- e+ > e- e+ gamma", cuts=(*cuts, *more), rel_error=0.005)
        for more in (("abscostheta:e:0.97:",), ("abscostheta:e-:0.97:", "abscostheta:e+::0.97"))
    ]
    both, one = parts
    inside = cross_section("e- e+ > e- e+ gamma", cuts=(*cuts, "abscostheta:e::0.97"), rel_error=0.005)
    total = both.value_pb + 2.0 * one.value_pb + inside.value_pb
    error = np.sqrt(both.error_pb**2 + 4.0 * one.error_pb**2 + inside.error_pb**2 + whole.error_pb**2)
    assert abs(whole.value_pb - total) < 3.5 * error


def test_shares_of_all_diagrams_add_up():
    from scotopic.events.phase_space.cuts import parse_cuts

    process = parse_process("e- e+ > e- e+ gamma gamma")
    cuts = parse_cuts(("E:gamma:0.5:",), process.outgoing)
    channels = diagram_channels(process, cuts, 10.58, radiated=False)
    assert len(diagrams_of(process.plan)) == process.plan.diagrams == 40
    assert len(channels) == 20  # identical photons: half of them
    rng = np.random.default_rng(2)
    root = np.full(200, 10.58)
    momenta, volume = channels[3].build(rng.random((8, 200)), root)
    good = volume > 0.0
    total = momenta[:, :, good].sum(axis=0)
    np.testing.assert_allclose(total[0], 10.58, rtol=1e-9)
    np.testing.assert_allclose(total[1:], 0.0, atol=1e-8)
    swapped = momenta[[0, 1, 3, 2]][:, :, good]
    shares = sum(
        0.5 * (c.share(momenta[:, :, good], root[good]) + c.share(swapped, root[good])) for c in channels
    )
    np.testing.assert_allclose(shares, 1.0, rtol=1e-6)


def test_events_of_four_particles_keep_energy_and_masses():
    cuts = ("E:gamma:0.5:", "theta:gamma:20:160", "M:gamma,gamma:0.2:")
    events = generate("e- e+ > gamma gamma gamma gamma", 500, cuts=cuts, unweighted=True, seed=2)
    total = events.momenta.sum(axis=0)
    np.testing.assert_allclose(total[0], 10.58, rtol=1e-9)
    assert np.abs(total[1:]).max() < 1e-8
    assert events.efficiency > 0.02


PHOTON = ("E:gamma:0.5:",)


@pytest.mark.parametrize(
    ("process", "model", "parameters", "cuts", "message"),
    [
        ("e- e+ > mu- mu- gamma", "sm", {}, PHOTON, "electric charge is not conserved"),
        ("e- e+ > mu- tau+ gamma", "sm", {}, PHOTON, "number of mu- is not conserved"),
        ("e- e+ > mu- e+ Zp", "lmu-ltau", {"mass": 1.0, "gprime": 1.0}, (), "number of"),
        ("e- e+ > gamma Ap", "dark-photon", {"mass": 11.0, "epsilon": 1.0}, (), "not enough"),
        (
            "e- e+ > tau- tau+ Zp",
            "lmu-ltau",
            {"mass": 7.1, "gprime": 1.0},
            (),
            "needs more than 10.65372 GeV",
        ),
        ("e- e+ > gamma hd", "dark-higgs", {"mAp": 1.0, "mh": 1.0, "epsilon": 1.0}, (), "no diagram"),
        ("e- e+ > Ap hd", "dark-photon", {"mass": 1.0, "epsilon": 1.0}, (), "no particle 'hd'"),
        ("e- e+ > gamma chi chi~", "dark-photon", {"mass": 1.0, "epsilon": 1.0}, (), "infinite.*energy"),
        ("e- e+ > mu- mu+ gamma", "sm", {}, ("theta:gamma:20:160",), "infinite.*energy"),
        ("e- e+ > mu- mu+ gamma gamma", "sm", {}, ("M:mu-,mu+::9",), "infinite.*energy"),
        ("e- e+ > e- e+", "sm", {}, (), "infinite.*angle"),
        ("e- e+ > e- e+", "sm", {}, ("E:e:0.1:",), "infinite.*angle"),
        ("e- e+ > gamma gamma", "sm", {}, ("E:gamma:6:",), "at least 6 GeV and can have 5.29 GeV"),
        ("e- e+ > mu- mu+", "sm", {}, ("pt:mu:6:",), "at least 6.001 GeV"),
        ("e- e+ > mu- mu+", "sm", {}, ("E:mu-::5",), "mu. would need"),
        ("e- e+ > gamma gamma gamma", "sm", {}, ("E:gamma:5:",), "together the particles would need 15 GeV"),
        ("e- e+ > gamma gamma gamma", "sm", {}, (*PHOTON, "E:gamma::0.4"), "can have 0.4 GeV at most"),
        (
            "e- e+ > e- e+ gamma",
            "sm",
            {},
            (*PHOTON, "theta:e:20:160", "theta:e:0:10"),
            "leave no polar angle to e-",
        ),
        ("e- e+ > mu- mu+ gamma", "sm", {}, (*PHOTON, "M:mu-,mu+:11:"), "at least 5.717 GeV"),
        ("e- e+ > mu- mu+ gamma", "sm", {}, ("E:gamma:1:", "M:mu-,mu+:10:"), "can have 0.5641 GeV"),
        ("e- e+ > e- e+ mu- mu+", "sm", {}, ("M:mu-,mu+::0.2",), "mass of mu- and mu\\+ is between"),
        ("e- e+ > gamma gamma", "sm", {}, ("theta:gamma:20:40",), "none of .* points"),
    ],
)
def test_impossible_processes_and_cuts_are_refused(process, model, parameters, cuts, message):
    with pytest.raises(InputError, match=message):
        cross_section(process, model=model, parameters=parameters, cuts=cuts)


@pytest.mark.parametrize(
    ("process", "cuts", "same"),
    [
        # E_γ = (s - M²)/(2√s)
        ("e- e+ > mu- mu+ gamma", ("M:mu-,mu+::9",), ("E:gamma:1.461909263:",)),
        ("e- e+ > e- e+", ("pt:e:2.645:",), ("theta:e:30:150",)),
    ],
)
def test_cuts_that_say_the_same(process, cuts, same):
    one, two = (cross_section(process, cuts=what, rel_error=0.004) for what in (cuts, same))
    assert abs(one.value_pb - two.value_pb) < 3.5 * np.hypot(one.error_pb, two.error_pb)


def test_masses_of_photon_pairs_keep_the_cross_section_finite():
    """M² < 2√s E for each photon; no point below that energy is missed by the map."""
    cuts = ("M:gamma,gamma:0.5:", "theta:gamma:20:160")
    whole = cross_section("e- e+ > gamma gamma gamma", cuts=cuts, rel_error=0.004)
    parts = [
        cross_section("e- e+ > gamma gamma gamma", cuts=(*cuts, more), rel_error=0.004)
        for more in ("E:gamma:0.1:", "E:gamma:0.001:")
    ]
    assert parts[0].value_pb < parts[1].value_pb * 0.99
    assert abs(whole.value_pb - parts[1].value_pb) < 3.5 * np.hypot(whole.error_pb, parts[1].error_pb)


def test_with_radiation_the_mass_of_the_pair_says_nothing_of_the_photon():
    with pytest.raises(InputError, match="infinite"):
        cross_section("e- e+ > mu- mu+ gamma", cuts=("M:mu-,mu+::9",), isr="collinear")


def test_cross_section_has_the_same_bits_with_two_workers():
    cuts = ("E:gamma:1:", "theta:gamma:30:150", "M:gamma,gamma:0.2:")
    one, two = (
        cross_section("e- e+ > gamma gamma gamma gamma", cuts=cuts, rel_error=0.05, workers=workers)
        for workers in (1, 2)
    )
    assert (one.value_pb, one.error_pb, one.points) == (two.value_pb, two.error_pb, two.points)


def test_the_z_is_taken_where_the_user_asks_for_it():
    """On its pole σ = 12π Γ_ee Γ_μμ/(m_Z Γ_Z)², beside the photon, Γ_ll = G_F m_Z³/(6√2π) (v² + a²)."""
    fermi, mass, width = 1.1663788e-5, 91.1876, 2.4952
    sin2 = 1.0 - (80.377 / mass) ** 2
    partial = fermi * mass**3 / (6.0 * np.sqrt(2.0) * np.pi) * (0.25 + (2.0 * sin2 - 0.5) ** 2)
    expected = 12.0 * np.pi * (partial / (mass * width)) ** 2 * GEV2_TO_PB
    settings = {"sqrt_s": mass, "rel_error": 0.002}
    photon = cross_section("e- e+ > mu- mu+", **settings)
    both = cross_section("e- e+ > mu- mu+", parameters={"weak": "always"}, **settings)
    assert abs(both.value_pb - photon.value_pb - expected) < 4.0 * both.error_pb
    assert both.notes == ()
    assert "W and Z are left out" in photon.notes[0]
    assert cross_section("e- e+ > gamma gamma", sqrt_s=mass).notes == ()
    assert cross_section("e- e+ > mu- mu+", rel_error=0.1).notes == ()


def test_pairs_of_w_bosons():
    """At threshold σ = π α_W² β/s, a neutrino's exchange, α_W = √2 G_F m_W²/π; far above, W⁺W⁻Z makes it fall."""
    mass = 80.377
    weak = np.sqrt(2.0) * 1.1663788e-5 * mass**2 / np.pi
    root = 2.0 * mass + 0.01
    beta = np.sqrt(1.0 - (2.0 * mass / root) ** 2)
    expected = np.pi * weak**2 * beta / root**2 * GEV2_TO_PB
    found = cross_section("e- e+ > W- W+", sqrt_s=root)
    assert abs(found.value_pb / expected - 1.0) < 0.03  # of order β
    # 1/α = 132.17 is that of G_F, m_W and m_Z, with which terms that grow with s cancel
    high = [
        cross_section("e- e+ > W- W+", sqrt_s=energy, parameters={"alpha_inv": 132.17}).value_pb
        for energy in (1000.0, 5000.0)
    ]
    assert high[1] < 0.1 * high[0]


@pytest.mark.parametrize("process", ["e- e+ > W- W+ gamma", "e- e+ > W+ W- Z"])
def test_what_needs_vertices_of_four_vectors_is_refused(process):
    with pytest.raises(InputError, match="vertices of four vectors"):
        parse_process(process)
