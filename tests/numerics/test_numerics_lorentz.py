import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scotopic.numerics import lorentz

component = st.floats(-20.0, 20.0)


def massive(mass, x, y, z):
    return np.array([np.sqrt(mass**2 + x * x + y * y + z * z), x, y, z]).reshape(4, 1)


momenta = st.builds(massive, st.floats(0.1, 10.0), component, component, component)


@given(momenta, momenta, momenta)
def test_products_are_invariant(p, q, frame):
    beta = lorentz.velocity(frame)
    before, after = lorentz.dot(p, q), lorentz.dot(lorentz.boost(p, beta), lorentz.boost(q, beta))
    gamma2 = (frame[0] ** 2 / lorentz.invariant_mass2(frame)).item()
    assert after == pytest.approx(before, abs=1e-13 * gamma2 * (p[0] * q[0]).item() + 1e-12)


@given(momenta)
def test_boost_to_rest_and_back(p):
    beta = lorentz.velocity(p)
    rest = lorentz.boost(p, -beta)
    assert rest[1:] == pytest.approx(0.0, abs=1e-9 * p[0].item())
    mass = float(np.sqrt(lorentz.invariant_mass2(p)).item())
    at_rest = np.array([[mass], [0.0], [0.0], [0.0]])
    assert lorentz.boost(at_rest, beta) == pytest.approx(p, rel=1e-8, abs=1e-8)


def test_one_velocity_for_all_events():
    rng = np.random.default_rng(1)
    p = np.concatenate([np.full((1, 5), 30.0), rng.normal(size=(3, 5))])
    beta = np.array([0.04, 0.0, 0.27])
    assert lorentz.boost(p, beta) == pytest.approx(lorentz.boost(p, np.repeat(beta[:, None], 5, axis=1)))
    assert lorentz.boost(np.stack([p, p], axis=1), beta)[:, 1] == pytest.approx(lorentz.boost(p, beta))
    with pytest.raises(ValueError, match="below 1"):
        lorentz.boost(p, (0.0, 0.0, 1.0))


@given(st.floats(1e-9, np.pi - 1e-9), st.floats(-3.1, 3.1))
def test_angles(theta, phi):
    p = np.array([1.0, np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)]).reshape(4, 1)
    z = np.array([2.0, 0.0, 0.0, 2.0]).reshape(4, 1)
    assert lorentz.polar_angle(p) == pytest.approx(theta, rel=1e-7)
    assert lorentz.opening_angle(p, z) == pytest.approx(theta, rel=1e-7)
    assert lorentz.azimuth(p) == pytest.approx(phi, abs=1e-12)
    assert lorentz.cos_polar_angle(p) == pytest.approx(np.cos(theta), abs=1e-12)


def test_from_angles_and_two_body():
    p = lorentz.from_angles(5.0, 3.0, [0.3, -0.9], 0.7)
    assert lorentz.invariant_mass(p) == pytest.approx(3.0)
    assert lorentz.transverse_momentum(p) == pytest.approx(4.0 * np.sqrt(1.0 - np.array([0.09, 0.81])))
    # (s - m²)/2√s
    assert lorentz.two_body_momentum(10.0, 6.0, 0.0) == pytest.approx(3.2)
    assert lorentz.two_body_momentum(1.0, 0.6, 0.5) == 0.0


def test_direction_about_an_axis_has_the_angle_asked_for():
    rng = np.random.default_rng(8)
    axis = rng.standard_normal((3, 200))
    axis /= np.sqrt((axis**2).sum(axis=0))
    axis[:, 0], axis[:, 1] = (0.0, 0.0, 1.0), (0.0, 0.0, -1.0)
    y = 10.0 ** rng.uniform(-12.0, 0.3, 200)
    n = lorentz.direction_about(axis, y, rng.uniform(0.0, 6.3, 200))
    np.testing.assert_allclose((n**2).sum(axis=0), 1.0, rtol=1e-12)
    # |n - axis|² = 2(1 - cosθ)
    np.testing.assert_allclose(0.5 * ((n - axis) ** 2).sum(axis=0), y, rtol=1e-3, atol=1e-15)
