"""Toy models of a Z′ with e and μ: phase space, both charges, powers of the coupling."""

import numpy as np
import pytest

from helpers.amplitudes import components, some_momenta
from scotopic.errors import InputError
from scotopic.events.cross_section import cross_section
from scotopic.events.generate import generate
from scotopic.numerics.lorentz import invariant_mass
from scotopic.physics.amplitudes.kernel import sum_of_squares
from scotopic.physics.amplitudes.plan import make_plan
from scotopic.physics.models.lfv_zprime import KINDS
from scotopic.physics.processes import parse_process
from scotopic.physics.registry import get_model
from scotopic.physics.standard_model import ELECTRON_MASS, MUON_MASS

SQRT_S = 10.58
PB = 0.3893794e9
BOTH = ("e- e+ > e- mu+ Zp", "e- e+ > mu- e+ Zp")


def momentum(mass, one, other):
    return np.sqrt((mass**2 - (one + other) ** 2) * (mass**2 - (one - other) ** 2)) / (2.0 * mass)


def sigma(text, kind, cuts=("theta:e:20:160", "theta:mu:20:160"), **parameters):
    given = {"mass": 2.0, "g": 1e-2, "kind": kind} | parameters
    return cross_section(
        text, model="lfv-zprime", parameters=given, sqrt_s=SQRT_S, cuts=cuts, rel_error=0.003
    )


@pytest.mark.parametrize("mass", [0.5, 4.0, 9.0])
def test_flat_toy_fills_phase_space(mass):
    """σ = g² Φ₃/2s with Φ₃ = ∫ dM²/2π p/(4π√s) k/(4πM)."""
    m = np.linspace(ELECTRON_MASS + MUON_MASS, SQRT_S - mass, 40_001)[1:-1]
    density = m / np.pi * momentum(SQRT_S, m, mass) / (4.0 * np.pi * SQRT_S)
    density *= momentum(m, ELECTRON_MASS, MUON_MASS) / (4.0 * np.pi * m)
    expected = 1e-4 / (2.0 * SQRT_S**2) * np.trapezoid(density, m) * PB
    found = sigma(BOTH[0], "flat", cuts=(), mass=mass)
    assert found.value_pb == pytest.approx(expected, rel=1e-3, abs=4.0 * found.error_pb)
    given = {"mass": mass, "g": 1e-2, "kind": "flat"}
    events = generate(BOTH[0], 20_000, model="lfv-zprime", parameters=given, unweighted=True)
    pair = invariant_mass(events.momenta[:2].sum(axis=0))
    mean = np.trapezoid(m * density, m) / np.trapezoid(density, m)
    assert pair.mean() == pytest.approx(mean, abs=4.0 * pair.std() / np.sqrt(len(pair)) + 2e-3 * mean)


@pytest.mark.parametrize("kind", KINDS)
def test_both_charges_alike_and_the_square_of_the_coupling(kind):
    one, other, strong = sigma(BOTH[0], kind), sigma(BOTH[1], kind), sigma(BOTH[0], kind, g=1.0)
    assert one.value_pb == pytest.approx(other.value_pb, abs=4.0 * np.hypot(one.error_pb, other.error_pb))
    assert 1e4 * one.value_pb == pytest.approx(
        strong.value_pb, abs=4.0 * np.hypot(1e4 * one.error_pb, strong.error_pb)
    )


@pytest.mark.parametrize("kind", KINDS[:2])
@pytest.mark.parametrize("text", BOTH)
def test_every_root_gives_the_same_and_no_zprime_is_exchanged(kind, text):
    process = parse_process(text, get_model("lfv-zprime", mass=2.0, kind=kind))
    momenta = components(process, some_momenta(process, n=10))
    expected = sum_of_squares(process.plan, momenta)
    for root in range(len(process.names)):
        plan = make_plan(process.model, process.plan.legs, root)
        # s- and t-channel photon, Z′ from each of the legs that can turn
        assert plan.diagrams == process.plan.diagrams == 4
        assert not any(key.field == "Zp" for key, _ in plan.currents)
        np.testing.assert_allclose(sum_of_squares(plan, momenta), expected, rtol=1e-9)


def test_unknown_kind():
    with pytest.raises(InputError, match=r"kind = 'tensor', expected one of vector, scalar, flat"):
        get_model("lfv-zprime", mass=1.0, kind="tensor")
