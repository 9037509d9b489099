"""Powers of α and of mass, collinear photons and equivalent photons."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from helpers.amplitudes import EVERY, SQRT_S, every_process, listed, some_momenta
from scotopic.numerics.lorentz import boost, dot, from_angles, two_body_momentum, velocity
from scotopic.physics.amplitudes.kernel import sum_of_squares
from scotopic.physics.amplitudes.plan import Leg, make_plan
from scotopic.physics.amplitudes.squared import light_cone, squared_amplitude
from scotopic.physics.processes import parse_process
from scotopic.physics.registry import get_model

E2 = 4.0 * np.pi / 137.035999
# power of α where it is not the number of vertices: the other couplings do not depend on α
ORDERS = {
    "e- e+ > nu_e nu_e~ gamma": 1,
    "e- e+ > nu_mu nu_mu~ gamma": 1,
    "e- e+ > gamma a": 1,
    "e- e+ > e- e+ a": 2,
    "e- e+ > gamma chi chi~": 2,
    "e- e+ > Ap hd": 1,
    "e- e+ > mu- mu+ Zp": 2,
    "e- e+ > tau- tau+ Zp": 2,
    "e- e+ > e- mu+ Zp": 2,
    "e- e+ > mu- e+ Zp": 2,
}


@every_process
def test_power_of_alpha(process):
    """|M|² ∝ α^n; the propagator's width of the dark photon moves by less than 1e-6."""
    weak, strong = listed(process.text, alpha_inv=160.0), listed(process.text, alpha_inv=80.0)
    momenta = some_momenta(process, n=6)
    order = ORDERS.get(process.text, len(process.outgoing))
    ratio = squared_amplitude(strong, momenta) / squared_amplitude(weak, momenta)
    np.testing.assert_allclose(ratio, 2.0**order, rtol=1e-5)


@every_process
def test_dimension(process):
    """|M|² of k outgoing particles is GeV^(4 - 2k) when every mass, width and coupling is scaled along.

    Form factors hold masses of their own and are left out.
    """
    scale = 3.0
    power = {"VVP": -1, "VVS": 1}  # g of a F F̃ in 1/GeV, of A′A′h in GeV
    bare = replace(process.model, form_factors=())
    larger = replace(
        bare,
        particles=tuple(
            replace(p, mass=scale * p.mass, width=scale * p.width) for p in process.model.particles
        ),
        vertices=tuple(
            replace(v, couplings=tuple(g * scale ** power.get(v.kind, 0) for g in v.couplings))
            for v in process.model.vertices
        ),
    )
    momenta = some_momenta(process, n=6)
    scaled = squared_amplitude(parse_process(process.text, larger), scale * momenta)
    ratio = scaled / squared_amplitude(parse_process(process.text, bare), momenta)
    np.testing.assert_allclose(ratio, scale ** (4 - 2 * len(process.outgoing)), rtol=1e-9)


def test_every_model_is_looked_at():
    assert {process.model.name for process in EVERY} == {
        "sm",
        "alp-photon",
        "dark-photon",
        "dark-higgs",
        "lmu-ltau",
        "lfv-zprime",
    }


def with_light_leptons(name, mass):
    model = get_model("sm")
    particles = tuple(replace(p, mass=mass) if p.name == name else p for p in model.particles)
    return replace(model, particles=particles)


@pytest.mark.parametrize("pair_mass", [1.2, 2.0, 5.0])
def test_collinear_photon_splits_off_a_massive_muon(pair_mass):
    """|M(μμγ)|² → (e²/p·k)[(1 + z²)/(1 − z) − m²/p·k] |M(μμ)|²: S. Catani et al., Nucl. Phys. B 627 (2002) 189.

    What is left out is of the order of the opening angle, (pair mass)/√s: interference with the other legs.
    """
    off = []
    for m in (1e-3, 1e-4):
        model = with_light_leptons("mu-", m)
        hard, radiative = (parse_process(f"e- e+ > mu- mu+{more}", model) for more in ("", " gamma"))
        rng = np.random.default_rng(7)
        n, mass = 40, pair_mass * m
        cos, phi, cos_k, phi_k = (rng.uniform(-0.8, 0.8, n) for _ in range(4))
        beams = some_momenta(hard, n=n)[:2]
        p = two_body_momentum(SQRT_S, mass, m)
        parent = from_angles(np.hypot(p, mass), mass, cos, phi)
        other = from_angles(np.hypot(p, m), m, -cos, phi + np.pi)
        q = two_body_momentum(mass, m, 0.0)
        muon = boost(from_angles(np.hypot(q, m), m, cos_k, phi_k), velocity(parent))
        photon = boost(from_angles(q, 0.0, -cos_k, phi_k + np.pi), velocity(parent))
        z = muon[0] / parent[0]
        pk = 0.5 * (mass**2 - m**2)
        splitting = E2 / pk * ((1.0 + z**2) / (1.0 - z) - m**2 / pk)
        born_muon = from_angles(0.5 * SQRT_S, m, cos, phi)
        born_other = np.concatenate([born_muon[:1], -born_muon[1:]])
        born = squared_amplitude(hard, np.stack([*beams, born_muon, born_other]))
        found = squared_amplitude(radiative, np.stack([*beams, muon, other, photon]))
        off.append(np.abs(found / (splitting * born) - 1.0).max())
    assert off[1] < 2e-3
    assert off[1] < 0.15 * off[0]


@pytest.mark.parametrize("outgoing", ["mu- mu+", "gamma gamma", "nu_mu nu_mu~"])
@pytest.mark.parametrize("angle", [0.0, 1.0, 10.0])
def test_collinear_photon_splits_off_the_beam(outgoing, angle):
    """Quasi-real electrons: |M|² → (e²/p·k)[(1 + z²)/(z(1 − z)) − m²/p·k] |M(zp)|², k at `angle` m/E to the beam.

    V. N. Baier, V. S. Fadin and V. A. Khoze, Nucl. Phys. B 65 (1973) 381.
    """
    hard, radiative = (parse_process(f"e- e+ > {outgoing}{more}") for more in ("", " gamma"))
    m, n, energy = hard.masses[0], 30, 0.5 * SQRT_S
    rng = np.random.default_rng(8)
    share = rng.uniform(0.1, 0.6, n)
    beams = some_momenta(hard, n=n)[:2]
    cos_k = 1.0 - 0.5 * (angle * m / energy) ** 2
    photon = from_angles(share * energy, 0.0, np.full(n, cos_k), rng.uniform(-3.0, 3.0, n))
    left = beams[0] + beams[1] - photon
    mass = np.sqrt(dot(left, left))
    cos, phi = rng.uniform(-0.8, 0.8, n), rng.uniform(-3.0, 3.0, n)
    p = two_body_momentum(mass, *hard.masses[2:])
    pair = [
        from_angles(np.hypot(p, hard.masses[2 + i]), hard.masses[2 + i], sign * cos, phi + i * np.pi)
        for i, sign in enumerate((1.0, -1.0))
    ]
    beam = np.sqrt(0.25 * mass**2 - m**2)
    zero = np.zeros(n)
    at_rest = [np.stack([0.5 * mass, zero, zero, sign * beam]) for sign in (1.0, -1.0)]
    born = squared_amplitude(hard, np.stack([*at_rest, *pair])) * hard.symmetry
    out = [boost(leg, velocity(left)) for leg in pair]
    found = squared_amplitude(radiative, np.stack([*beams, *out, photon])) * radiative.symmetry
    x = share
    # p·k in a form that keeps its digits at small angles
    pk = 0.5 * share * energy**2 * (m**2 / energy**2 + 2.0 * (1.0 - cos_k))
    splitting = E2 / pk * ((1.0 + (1.0 - x) ** 2) / (x * (1.0 - x)) - m**2 / pk)
    np.testing.assert_allclose(found, splitting * born, rtol=5e-3)


EQUIVALENT = [
    ("e- e+ > e- e+ a", "e+ a"),
    ("e- e+ > e- e+ gamma", "e+ gamma"),
    ("e- e+ > e- e+ mu- mu+", "e+ mu- mu+"),
    ("e- e+ > e- e+ tau- tau+", "e+ tau- tau+"),
    ("e- e+ > e- e+ gamma gamma", "e+ gamma gamma"),
    ("e- e+ > e- e+ e- e+", "e+ e- e+"),
]


@pytest.mark.parametrize(("text", "rest"), EQUIVALENT, ids=[text for text, _ in EQUIVALENT])
@pytest.mark.parametrize("multiple", [1.5, 10.0, 1000.0])
def test_forward_electron_is_a_flux_of_equivalent_photons(text, rest, multiple):
    """Weizsäcker-Williams: |M|² → (e²/Q²)[(2/x − 1)² + 1 − 4m²/Q²] |M(γe+)|², averaged over the azimuth.

    V. M. Budnev et al., Phys. Rep. 15 (1975) 181, ρ⁺⁺ for Q² → 0; Q² here as a multiple of its minimum. In the
    frame of γ*e+, γ* along +z.
    """
    process = listed(text)
    model, m, w, turns, n = process.plan.model, process.masses[0], 6.0, 12, 8
    masses = tuple(model.particle(name).mass for name in rest.split())
    outgoing = some_momenta(SimpleNamespace(masses=(m, m, *masses)), n, sqrt_s=w)[2:]

    def everywhere(plus, minus, x=0.0, y=0.0):
        return tuple(np.broadcast_to(c, (n, turns)).ravel() for c in (plus, minus, x, y))

    phi = 2.0 * np.pi * np.arange(turns) / turns
    left = [everywhere(*(c[:, None] for c in leg)) for leg in light_cone(outgoing, masses)]
    names = [("gamma", False), ("e+", False), *((name, True) for name in rest.split())]
    legs = tuple(
        Leg(model.particle(name).name, name != model.particle(name).name, out) for name, out in names
    )
    k = (w * w - m * m) / (2.0 * w)
    backward = k + np.hypot(k, m)
    real = [everywhere(2.0 * k, 0.0), everywhere(m * m / backward, backward)]
    on_shell = sum_of_squares(make_plan(model, legs), (*real, *left)).reshape(n, turns)[:, 0]
    for x in (0.2, 0.5):
        q2 = multiple * m**2 * x**2 / (1.0 - x)
        p = np.hypot((w * w - q2 - m * m) / (2.0 * w), np.sqrt(q2))
        photon_plus = p + (w * w - q2 - m * m) / (2.0 * w)
        transverse = np.sqrt(q2 * (1.0 - x) / x**2 - m**2)
        px, py = transverse * np.cos(phi), transverse * np.sin(phi)
        # the photon has the share x of the electron's p⁺; the mass shell afterwards fixes p⊥
        electron, scattered = (
            everywhere(plus, (m * m + transverse**2) / plus, px, py)
            for plus in (photon_plus / x, photon_plus / x - photon_plus)
        )
        backward = p + np.hypot(p, m)
        positron = everywhere(m * m / backward, backward)
        found = (
            sum_of_squares(process.plan, (electron, positron, scattered, *left))
            .reshape(n, turns)
            .mean(axis=1)
        )
        flux = E2 / q2 * ((2.0 / x - 1.0) ** 2 + 1.0 - 4.0 * m**2 / q2)
        np.testing.assert_allclose(found, flux * on_shell, rtol=1e-3)
