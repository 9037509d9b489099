import numpy as np
import pytest

from scotopic.errors import InputError
from scotopic.events.cross_section import cross_section
from scotopic.events.cuts import parse_cuts, passes_all
from scotopic.events.generate import generate
from scotopic.numerics.lorentz import cos_polar_angle, invariant_mass2
from scotopic.physics.models.alp_photon import strahlung_cross_section

# shared with the programs named: α = 1/137.036, √s = 10.58 GeV, electron mass kept, no radiation
GGG = ("E:gamma:0.5:", "theta:gamma:20:160", "M:gamma,gamma:0.2:")
WIDE_EEG = ("E:gamma:1:", "theta:gamma:30:150", "E:e:0.5:", "theta:e:20:160")
LOST_EEG = ("E:gamma:1.8:", "theta:gamma:22:158", "abscostheta:e:0.97:")
REFERENCES = [
    # pyAmpliCol 1.0.1 (Gauss-Legendre in the angle)
    ("e- e+ > gamma gamma", ("theta:gamma:20:160",), 2945.967, 0.003),
    # pyAmpliCol 1.0.1
    ("e- e+ > gamma gamma gamma", GGG, 84.066, 0.029),
    # WHIZARD 2.4.1
    ("e- e+ > gamma gamma gamma", ("E:gamma:0.25:", "theta:gamma:20:160", "M:gamma,gamma:0.15:"), 116.0, 0.1),
    # pyAmpliCol 1.0.1
    ("e- e+ > e- e+ gamma", WIDE_EEG, 2281.3, 1.2),
    # WHIZARD 2.4.1
    ("e- e+ > e- e+ gamma", LOST_EEG, 265.3, 0.5),
    # WHIZARD 2.4.1
    ("e- e+ > mu- mu+ gamma", ("E:gamma:1:", "theta:gamma:20:160", "theta:mu:20:160"), 68.65, 0.05),
]


@pytest.mark.parametrize(("process", "cuts", "reference", "error"), REFERENCES)
def test_cross_sections_of_other_programs(process, cuts, reference, error):
    ours = cross_section(process, cuts=cuts, rel_error=0.004)
    combined = np.hypot(ours.error_pb, error)
    assert ours.error_pb < 0.004 * ours.value_pb
    assert abs(ours.value_pb - reference) < max(3.0 * combined, 0.005 * reference)


@pytest.mark.study
@pytest.mark.parametrize(("process", "cuts", "reference", "error"), REFERENCES)
def test_cross_sections_of_other_programs_precisely(process, cuts, reference, error):
    ours = cross_section(process, cuts=cuts, rel_error=0.001, seed=5)
    assert abs(ours.value_pb - reference) < 3.0 * np.hypot(ours.error_pb, error) + 0.002 * reference


@pytest.mark.parametrize("mass", [0.2, 1.0, 5.0, 9.0])
def test_alp_cross_section_from_events(mass):
    parameters = {"mass": mass, "g": 1e-3}
    ours = cross_section("e- e+ > gamma a", model="alp-photon", parameters=parameters, rel_error=0.0004)
    assert ours.value_pb == pytest.approx(strahlung_cross_section(mass, 1e-3, 10.58**2), rel=2e-3)


def test_unweighted_events_have_one_weight_and_pass_the_cuts():
    events = generate("e- e+ > gamma gamma gamma", 2000, cuts=GGG, seed=3, unweighted=True)
    assert len(events) == 2000
    np.testing.assert_allclose(events.weights, events.weights[0])
    assert events.weights.sum() == pytest.approx(events.cross_section_pb)
    assert events.efficiency > 0.1
    assert events.overweight < 0.01
    total = events.momenta.sum(axis=0)
    np.testing.assert_allclose(total[0], 10.58, rtol=1e-12)
    assert np.abs(total[1:]).max() < 1e-10
    np.testing.assert_allclose(invariant_mass2(events.momenta[0]), 0.0, atol=1e-9)
    assert passes_all(parse_cuts(GGG, ["gamma"] * 3), events.momenta).all()


def test_unweighted_and_weighted_events_have_the_same_angles():
    unweighted = generate(
        "e- e+ > gamma gamma", 20_000, cuts=("theta:gamma:20:160",), seed=1, unweighted=True
    )
    weighted = generate("e- e+ > gamma gamma", 20_000, cuts=("theta:gamma:20:160",), seed=2)
    means = []
    for events in (unweighted, weighted):
        c2 = cos_polar_angle(events.momenta[0]) ** 2
        mean = np.average(c2, weights=events.weights)
        spread = np.sqrt(np.average((c2 - mean) ** 2, weights=events.weights) / len(events))
        means.append((mean, spread))
    (a, da), (b, db) = means
    assert abs(a - b) < 4.0 * np.hypot(da, db)


def test_same_seed_same_events_other_seed_other_events():
    first, again, other = (
        generate("e- e+ > gamma gamma", 100, seed=s, cuts=("theta:gamma:20:160",)) for s in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.momenta, again.momenta)
    assert not np.array_equal(first.momenta, other.momenta)


def test_number_of_workers_does_not_matter(monkeypatch):
    import scotopic.events.generate as module

    monkeypatch.setattr(module, "WORTH_PROCESSES", 0)
    arguments = {"cuts": GGG, "seed": 3, "unweighted": True}
    one = generate("e- e+ > gamma gamma gamma", 12_000, workers=1, **arguments)
    two = generate("e- e+ > gamma gamma gamma", 12_000, workers=2, **arguments)
    np.testing.assert_array_equal(one.momenta, two.momenta)
    np.testing.assert_array_equal(one.weights, two.weights)


def test_radiation_keeps_momentum_and_lowers_the_visible_energy():
    events = generate("e- e+ > gamma gamma", 3000, cuts=("theta:gamma:30:150",), seed=4, isr="collinear")
    assert events.pdg.shape[0] == 4
    total = events.momenta.sum(axis=0)
    np.testing.assert_allclose(total[0], 10.58, rtol=1e-9)
    assert np.abs(total[1:]).max() < 1e-8
    visible = np.sqrt(invariant_mass2(events.momenta[:2].sum(axis=0)))
    share = np.average(visible < 0.9 * 10.58, weights=events.weights)
    # two beams of exponent β/2 = 0.043: P(1 - x1 x2 > 0.19) is about 1 - 0.19^0.087 = 0.13, cuts take some
    assert 0.03 < share < 0.2


@pytest.mark.parametrize(
    ("cuts", "message"),
    [
        (("E:gamma:0.5",), "WHAT:PARTICLES:MIN:MAX"),
        (("energy:gamma:0.5:",), "unknown quantity"),
        (("E:mu:0.5:",), "no 'mu' comes out"),
        (("E:gamma:a:",), "is no number"),
        (("E:gamma:nan:",), "is no number"),
        (("E:gamma:2:1",), "not below"),
        (("M:gamma:0.2:",), "two particles"),
        (("E:gamma,gamma:0.2:",), "one particle"),
        (("theta:gamma:200:300",), "no value of theta"),
        (("energy:gamma:1:", "E:mu:1:"), "unknown quantity.*no 'mu' comes out"),
    ],
)
def test_wrong_cuts_say_what_and_where(cuts, message):
    with pytest.raises(InputError, match=message):
        generate("e- e+ > gamma gamma", 10, cuts=cuts)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"process": "e- e+ > gamma gamma gamma"}, "infinite without a cut"),
        ({"process": "e- e+ > gamma gamma", "sqrt_s": -1.0}, "not enough"),
        ({"process": "e- e+ > mu- mu+ gamma", "sqrt_s": 0.1, "cuts": ("E:gamma:0.01:",)}, "not enough"),
        ({"process": "e- e+ > gamma gamma", "n": 0}, "at least 1"),
        ({"process": "e- e+ > gamma gamma", "isr": "soft"}, "none, collinear or pt"),
        ({"process": "e- e+ > gamma gamma", "cuts": ("E:gamma:6:",)}, "no phase space passes"),
        ({"process": "e- e+ > mu- mu+ gamma gamma"}, "infinite without a cut on the photons"),
        ({"process": "e- e+ > e- e+"}, "infinite without a cut on the angle"),
        ({"process": "e- e+ > gamma gamma", "workers": 0}, "workers"),
    ],
)
def test_impossible_requests_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        generate(**({"n": 10} | arguments))


def test_error_that_cannot_be_reached_is_refused():
    with pytest.raises(InputError, match="rel_error"):
        cross_section("e- e+ > gamma gamma", rel_error=0.0)
