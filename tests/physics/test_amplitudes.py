from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.amplitudes import EVERY, SQRT_S, components, every_process, listed, some_momenta
from scotopic.errors import InputError
from scotopic.numerics.lorentz import boost, from_angles
from scotopic.numerics.spinors import as_vector
from scotopic.physics.amplitudes import kernel
from scotopic.physics.amplitudes.kernel import sum_of_squares
from scotopic.physics.amplitudes.plan import make_plan
from scotopic.physics.amplitudes.squared import squared_amplitude
from scotopic.physics.models.alp_photon import strahlung_cross_section
from scotopic.physics.processes import parse_process
from scotopic.physics.registry import get_model

ALP = get_model("alp-photon", mass=1.0, g=1e-3)
PROCESSES = [
    parse_process("e- e+ > gamma gamma"),
    parse_process("e- e+ > gamma gamma gamma"),
    parse_process("e- e+ > e- e+ gamma"),
    parse_process("e- e+ > mu- mu+ gamma"),
    parse_process("e- e+ > mu- mu+"),
    parse_process("e- e+ > gamma a", ALP),
]
WITH_PHOTONS = [process for process in EVERY if "gamma" in process.outgoing]
CHIRAL_OR_RESONANT = (
    "e- e+ > pi+ pi-",
    "e- e+ > pi+ pi- gamma",
    "e- e+ > nu_e nu_e~ gamma",
    "e- e+ > nu_mu nu_mu~ gamma",
    "e- e+ > gamma chi chi~",
    "e- e+ > Ap hd",
)


@pytest.mark.parametrize("process", WITH_PHOTONS, ids=lambda process: process.text)
def test_ward_identity(process, monkeypatch):
    """A photon polarised along its momentum has no amplitude, by the scale of the true one."""
    momenta = components(process, some_momenta(process))
    true = sum_of_squares(process.plan, momenta)
    original = kernel.photon_polarisations
    for photon in (i for i, name in enumerate(process.names) if name == "gamma"):
        chosen, along = momenta[photon], as_vector(momenta[photon])

        def polarised(*kinds, chosen=chosen):
            return lambda k: kinds if k is chosen else original(k)

        one, other = original(chosen)
        # one kind alone instead of the two polarisations
        values = []
        for kind in (along, one, other):
            monkeypatch.setattr(kernel, "photon_polarisations", polarised(kind))
            values.append(sum_of_squares(process.plan, momenta))
        monkeypatch.setattr(kernel, "photon_polarisations", original)
        energy = 0.5 * (chosen[0] + chosen[1])
        assert np.max(np.sqrt(np.abs(values[0]) / true) / energy) < 1e-10
        np.testing.assert_allclose(values[1] + values[2], true, rtol=1e-12)


@every_process
def test_every_root_and_both_gauges_give_the_same(process):
    momenta = components(process, some_momenta(process, n=10))
    expected = sum_of_squares(process.plan, momenta)
    assert (expected > 0.0).all()
    for root in range(len(process.names)):
        plan = make_plan(process.plan.model, process.plan.legs, root)
        np.testing.assert_allclose(sum_of_squares(plan, momenta), expected, rtol=1e-9)
    np.testing.assert_allclose(sum_of_squares(process.plan, momenta, gauge=False), expected, rtol=1e-9)


@every_process
def test_opposite_helicities_count_twice_where_parity_holds(process):
    assert process.plan.mirrored == (process.text not in CHIRAL_OR_RESONANT)
    momenta = components(process, some_momenta(process))
    np.testing.assert_allclose(
        sum_of_squares(process.plan, momenta),
        sum_of_squares(replace(process.plan, mirrored=False), momenta),
        rtol=1e-11,
    )


def test_neutrinos_are_not_mirrored():
    """Taken for mirrored, the weak force would be wrong by a factor of up to two."""
    process = listed("e- e+ > nu_e nu_e~ gamma")
    momenta = components(process, some_momenta(process))
    wrong = sum_of_squares(replace(process.plan, mirrored=True), momenta)
    assert np.abs(wrong / sum_of_squares(process.plan, momenta) - 1.0).max() > 0.5


@every_process
def test_beams_along_z_are_no_approximation(process):
    momenta = components(process, some_momenta(process))
    simple = tuple((p[0], p[1], None, None) if i < 2 else p for i, p in enumerate(momenta))
    np.testing.assert_allclose(
        sum_of_squares(process.plan, simple), sum_of_squares(process.plan, momenta), rtol=1e-13
    )


@every_process
@settings(max_examples=4, deadline=None)
@given(beta=st.floats(-0.6, 0.6), angle=st.floats(-3.0, 3.0))
def test_invariance_under_boosts_and_turns_about_the_beams(process, beta, angle):
    momenta = some_momenta(process, n=8)
    expected = squared_amplitude(process, momenta)
    moved = np.stack([boost(p, [0.0, 0.0, beta]) for p in momenta])
    c, s = np.cos(angle), np.sin(angle)
    turned = moved.copy()
    turned[:, 1], turned[:, 2] = c * moved[:, 1] - s * moved[:, 2], s * moved[:, 1] + c * moved[:, 2]
    np.testing.assert_allclose(squared_amplitude(process, turned), expected, rtol=1e-9)


@every_process
@settings(max_examples=4, deadline=None)
@given(beta=st.tuples(*[st.floats(-0.35, 0.35)] * 3), angle=st.floats(-1.4, 1.4))
def test_invariance_under_any_boost_and_turn(process, beta, angle):
    momenta = some_momenta(process, n=8)
    c, s = np.cos(angle), np.sin(angle)
    turned = momenta.copy()
    turned[:, 1], turned[:, 3] = c * momenta[:, 1] - s * momenta[:, 3], s * momenta[:, 1] + c * momenta[:, 3]
    moved = np.stack([boost(p, list(beta)) for p in turned])
    np.testing.assert_allclose(
        squared_amplitude(process, moved), squared_amplitude(process, momenta), rtol=1e-7
    )


def test_charge_conjugation():
    """Exchange of electrons and positrons together with the beams' directions."""
    process = parse_process("e- e+ > e- e+ gamma")
    momenta = some_momenta(process)
    mirrored = momenta[[1, 0, 3, 2, 4]] * np.array([1.0, -1.0, 1.0, -1.0])[:, None]
    # a half turn about y brings the beams back
    np.testing.assert_allclose(
        squared_amplitude(process, mirrored), squared_amplitude(process, momenta), rtol=1e-9
    )


def test_crossing_from_annihilation_to_two_photons_and_compton_form():
    """Σ|M|²/4 of e+e- → γγ in the Klein-Nishina form (Peskin & Schroeder, eq. 5.105)."""
    process = parse_process("e- e+ > gamma gamma")
    momenta = some_momenta(process, sqrt_s=0.002)  # near threshold, where the electron's mass matters
    p1, p2, k1, k2 = momenta

    def dot(a, b):
        return a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3]

    m2 = process.masses[0] ** 2
    a, b = dot(p1, k1), dot(p1, k2)
    e4 = (4.0 * np.pi / 137.035999) ** 2
    expected = 2.0 * e4 * (b / a + a / b + 2.0 * m2 * (1 / a + 1 / b) - m2**2 * (1 / a + 1 / b) ** 2)
    # P&S average over two spins of the electron; here over four states and 1/2! of the photons
    np.testing.assert_allclose(squared_amplitude(process, momenta), expected / 2.0, rtol=1e-10)
    assert dot(p2, k2)[0] == pytest.approx(a[0])


def test_muon_pairs_at_high_energy():
    """Σ|M|²/4 = e⁴[(1 + cos²θ) + ...] with masses (Peskin & Schroeder, eq. 5.10 extended to both masses)."""
    process = parse_process("e- e+ > mu- mu+")
    momenta = some_momenta(process)
    s = SQRT_S**2
    me2, mm2 = process.masses[0] ** 2, process.masses[2] ** 2
    p, k = momenta[0], momenta[2]
    t = me2 + mm2 - 2.0 * (p[0] * k[0] - p[3] * k[3])
    u = 2.0 * (me2 + mm2) - s - t
    e4 = (4.0 * np.pi / 137.035999) ** 2
    expected = 2.0 * e4 / s**2 * ((t - me2 - mm2) ** 2 + (u - me2 - mm2) ** 2 + 2.0 * s * (me2 + mm2))
    np.testing.assert_allclose(squared_amplitude(process, momenta), expected, rtol=1e-10)


@pytest.mark.parametrize("mass", [0.2, 1.0, 5.0, 9.0])
def test_alp_strahlung_amplitude_integrates_to_its_cross_section(mass):
    process = parse_process("e- e+ > gamma a", get_model("alp-photon", mass=mass, g=1e-3))
    c, w = np.polynomial.legendre.leggauss(20)
    k = (SQRT_S**2 - mass**2) / (2.0 * SQRT_S)
    momenta = np.stack(
        [
            from_angles(0.5 * SQRT_S, process.masses[0], np.ones(20), 0.0),
            from_angles(0.5 * SQRT_S, process.masses[0], -np.ones(20), 0.0),
            from_angles(k, 0.0, c, 0.3),
            from_angles(SQRT_S - k, mass, -c, 0.3 + np.pi),
        ]
    )
    flux = 2.0 * SQRT_S**2
    integral = (
        (w * squared_amplitude(process, momenta)).sum() / 2.0 * k / (4.0 * np.pi * SQRT_S) / flux * 0.389379e9
    )
    # electron-mass corrections are of order m_e²/s
    assert integral == pytest.approx(strahlung_cross_section(mass, 1e-3, SQRT_S**2), rel=2e-3)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.text)
def test_numpy_and_jax_agree(process):
    momenta = some_momenta(process, n=50)
    np.testing.assert_allclose(
        squared_amplitude(process, momenta, "jax"), squared_amplitude(process, momenta, "numpy"), rtol=1e-11
    )


@pytest.mark.parametrize(
    ("text", "diagrams", "symmetry"),
    [
        ("e- e+ > gamma gamma gamma", 6, 6),
        ("e- e+ > e- e+ gamma", 8, 1),
        ("e- e+ > mu- mu+ gamma", 4, 1),
        ("e- e+ > gamma gamma", 2, 2),
    ],
)
def test_number_of_diagrams(text, diagrams, symmetry):
    process = parse_process(text)
    assert process.plan.diagrams == diagrams
    assert process.symmetry == symmetry


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("e- e+ gamma", "one '>'"),
        ("e- > gamma gamma", "two incoming"),
        ("e- e+ > gamma", "at least two outgoing"),
        ("mu- mu+ > gamma gamma", "incoming particles must be e- e+"),
        ("e- e+ > gamma photon", "no particle 'photon'"),
        ("e- e+ > e- gamma", "charge is not conserved"),
        ("e- e+ > e- mu+ gamma", "not conserved"),
    ],
)
def test_impossible_processes_say_why(text, message):
    with pytest.raises(InputError, match=message):
        parse_process(text)


def test_wrong_shape_is_refused():
    with pytest.raises(InputError, match="shape"):
        squared_amplitude(PROCESSES[0], np.zeros((3, 4, 5)))


def test_model_without_the_vertex_has_no_diagram():
    bare = replace(ALP, vertices=tuple(v for v in ALP.vertices if v.kind == "FFV"))
    with pytest.raises(InputError, match="no diagram"):
        parse_process("e- e+ > gamma a", bare)
