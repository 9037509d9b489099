from dataclasses import replace

import numpy as np
import pytest

from scotopic.app.cli import run
from scotopic.errors import InputError
from scotopic.events.cross_section import cross_section
from scotopic.events.generate import generate
from scotopic.events.phase_space.cuts import parse_cuts, passes_all
from scotopic.events.radiation.photon_energies import MOST_PHOTONS
from scotopic.events.sampler import make_sampler
from scotopic.io import read_events
from scotopic.numerics.lorentz import cos_polar_angle, invariant_mass2
from scotopic.physics.models.alp_photon import strahlung_cross_section

# shared with the programs named: α = 1/137.036, √s = 10.58 GeV, electron mass kept, no radiation
GGG = ("E:gamma:0.5:", "theta:gamma:20:160", "M:gamma,gamma:0.2:")
WIDE_EEG = ("E:gamma:1:", "theta:gamma:30:150", "E:e:0.5:", "theta:e:20:160")
MUMUG = ("E:gamma:1:", "theta:gamma:20:160", "theta:mu:20:160")
LOST_EEG = ("E:gamma:1.8:", "theta:gamma:22:158", "abscostheta:e:0.97:")
REFERENCES = [
    # pyAmpliCol 1.0.1 (Gauss-Legendre in the angle)
    ("e- e+ > gamma gamma", ("theta:gamma:20:160",), 2945.967, 0.003),
    # pyAmpliCol 1.0.1
    ("e- e+ > gamma gamma gamma", GGG, 84.066, 0.029),
    # WHIZARD 2.4.1
    ("e- e+ > gamma gamma gamma", ("E:gamma:0.25:", "theta:gamma:20:160", "M:gamma,gamma:0.15:"), 116.0, 0.1),
    # matrix element of pyAmpliCol 1.0.1, integrated with a channel for the pole of a light pair; below 0.3 GeV of it
    ("e- e+ > e- e+ gamma", WIDE_EEG, 2290.8, 0.7),
    ("e- e+ > e- e+ gamma", (*WIDE_EEG, "M:e-,e+::0.3"), 27.7, 0.1),
    # WHIZARD 2.4.1
    ("e- e+ > e- e+ gamma", LOST_EEG, 265.3, 0.5),
    # WHIZARD 2.4.1
    ("e- e+ > mu- mu+ gamma", MUMUG, 68.65, 0.05),
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


@pytest.mark.parametrize(
    ("process", "cuts"),
    [
        ("e- e+ > gamma gamma", ("theta:gamma:20:160",)),
        ("e- e+ > gamma gamma gamma", GGG),
        ("e- e+ > mu- mu+ gamma", MUMUG),
        ("e- e+ > e- e+ gamma", WIDE_EEG),
    ],
)
def test_unweighted_and_weighted_events_are_distributed_alike(process, cuts):
    samples = [generate(process, 20_000, cuts=cuts, seed=s, unweighted=s == 1) for s in (1, 2)]
    assert samples[0].overweight < 0.004
    for observable in (
        lambda p: cos_polar_angle(p[0]),
        lambda p: cos_polar_angle(p[0]) ** 2,
        lambda p: cos_polar_angle(p[-1]) ** 2,
        lambda p: p[-1, 0],
        lambda p: invariant_mass2(p[0] + p[1]),
    ):
        means, variances = [], []
        for events in samples:
            value = observable(events.momenta)
            mean = np.average(value, weights=events.weights)
            means.append(mean)
            variances.append((events.weights**2 * (value - mean) ** 2).sum() / events.weights.sum() ** 2)
        # overweights lose up to 0.4 %, and with them as much of a mean at most
        assert abs(means[0] - means[1]) < 4.5 * np.sqrt(sum(variances)) + 0.002 * abs(means[1])


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


@pytest.mark.parametrize(("unweighted", "isr"), [(True, "none"), (False, "pt")])
def test_parts_of_a_sample_make_the_whole(unweighted, isr):
    settings = {"cuts": ("theta:gamma:20:160",), "seed": 3, "unweighted": unweighted, "isr": isr}
    # of three batches, cut within and beyond the first one
    whole = generate("e- e+ > gamma gamma", 60_000, **settings)
    bounds = [(0, 1), (1, 25_000), (25_000, 60_000)]
    parts = [generate("e- e+ > gamma gamma", last - first, skip=first, **settings) for first, last in bounds]
    np.testing.assert_array_equal(np.concatenate([part.momenta for part in parts], axis=-1), whole.momenta)
    np.testing.assert_array_equal(np.concatenate([part.pdg for part in parts], axis=-1), whole.pdg)
    for part, (first, last) in zip(parts, bounds, strict=True):
        assert part.weights.sum() == pytest.approx(part.cross_section_pb)
        ratio = part.weights / whole.weights[first:last]
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-12)


@pytest.mark.parametrize("isr", ["none", "pt"])
def test_skip_on_the_command_line_continues_a_sample(isr, tmp_path, capsys):
    def command(name, n, *more):
        file = tmp_path / name
        arguments = ["e- e+ > gamma gamma", "--events", str(n), "--output", str(file), "--unweighted"]
        more = ("--isr", isr, "--seed", "5", "--experiment", "belle2-2018", *more)
        assert run(["generate", *arguments, "--cut", "theta:gamma:30:150", *more]) == 0, (
            capsys.readouterr().err
        )
        return read_events(file, frame="lab")

    whole = command("whole.parquet", 500)
    first = command("first.parquet", 200)
    second = command("second.parquet", 300, "--skip", "200")
    assert whole.beam_spread
    joined = np.concatenate([first.momenta, second.momenta], axis=-1)
    np.testing.assert_array_equal(joined, whole.momenta)


def test_radiation_keeps_momentum_and_lowers_the_visible_energy():
    events = generate("e- e+ > gamma gamma", 3000, cuts=("theta:gamma:30:150",), seed=4, isr="collinear")
    assert events.pdg.shape[0] == 2 + 2 * MOST_PHOTONS
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
        ({"process": "e- e+ > gamma gamma", "skip": -1}, "skip"),
    ],
)
def test_impossible_requests_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        generate(**({"n": 10} | arguments))


def test_error_that_cannot_be_reached_is_refused():
    with pytest.raises(InputError, match="rel_error"):
        cross_section("e- e+ > gamma gamma", rel_error=0.0)


@pytest.mark.parametrize(("low", "share"), [(3.0, 0.05), (6.0, 1e-3), (10.58, 0.0)])
def test_points_that_cuts_drop_early_change_no_other(low, share):
    sampler = make_sampler("e- e+ > mu- mu+", sqrt_s=10.58, cuts=("theta:mu:30:150",), isr="pt")
    cut = replace(sampler, cuts=parse_cuts((f"M:mu-,mu+:{low}:", "theta:mu:30:150"), ("mu-", "mu+")))
    (channel,) = sampler.channels
    u = np.random.default_rng(5).random((cut.dimensions(channel), 20_000))
    momenta, value = cut.evaluate(channel, u, "numpy")
    every, uncut = replace(cut, cuts=()).evaluate(channel, u, "numpy")
    passed = passes_all(cut.cuts, every[:2])
    assert share <= passed.mean() < 0.95
    assert value == pytest.approx(np.where(passed, uncut, 0.0), rel=1e-12)
    assert momenta[:, :, passed] == pytest.approx(every[:, :, passed], rel=1e-12, abs=1e-12)
    assert not momenta[:, :, ~passed].any()


@pytest.mark.parametrize("cuts", [(), ("theta:mu-:40:140",)])
def test_points_that_are_not_wanted_cost_no_momenta(cuts):
    sampler = make_sampler("e- e+ > mu- mu+", cuts=cuts, sqrt_s=10.58, isr="pt")
    (channel,) = sampler.channels
    u = np.random.default_rng(1).random((sampler.dimensions(channel), 2_000))
    momenta, value = sampler.evaluate(channel, u, "numpy")
    least = np.median(value[value > 0.0])
    some, same = sampler.evaluate(channel, u, "numpy", least)
    none, still = sampler.evaluate(channel, u, "numpy", np.inf)
    np.testing.assert_array_equal(same, value)
    np.testing.assert_array_equal(still, value)
    np.testing.assert_allclose(some, np.where(value > least, momenta, 0.0), rtol=1e-12, atol=1e-12)
    assert not none.any()
