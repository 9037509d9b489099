"""A user's own model: infinite cross sections, what is finite beside them, and faults of its particles."""

from pathlib import Path

import numpy as np
import pytest

from scotopic.errors import InputError
from scotopic.events.cross_section import cross_section
from scotopic.events.generate import generate
from scotopic.events.sampler import make_sampler
from scotopic.numerics.units import GEV2_TO_PB
from scotopic.physics.model import Model
from scotopic.physics.models.charged_scalar import charged_scalar
from scotopic.physics.models.sm import qed_vertices
from scotopic.physics.particles import ELECTRON, PHOTON, Particle
from scotopic.physics.processes import parse_process
from scotopic.physics.standard_model import ALPHA_0

MODEL = """
from scotopic.physics.model import Model, Vertex
from scotopic.physics.particles import ELECTRON, MUON, PHOTON, Particle

def model(g=0.1, gp=0.0, mchi=0.3, width=0.05, mphi=0.0):
    e = 0.30282212
    particles = (
        ELECTRON, MUON, PHOTON,
        Particle("V", "V", 0, 2, 0, 3.0, width),
        Particle("phi", "phi", 0, 0, 0, mphi),
        Particle("chi", "chi~", 0, 1, 0, mchi),
        Particle("dark", "dark", 0, 2, 0),
    )
    vertices = [Vertex("FFV", (l, l, "gamma"), (e, e), "QED") for l in ("e-", "mu-")]
    vertices += [Vertex("FFV", ("e-", "e-", "V"), (g, g), "new"), Vertex("FFV", ("chi", "chi", "V"), (g, g), "new")]
    vertices += [Vertex("FFV", ("chi", "chi", "dark"), (0.3, 0.3), "new")]
    vertices += [Vertex("FFS", ("mu-", "mu-", "phi"), (g, gp), "new")]
    return Model("own", (), particles, tuple(vertices))
"""


@pytest.fixture
def own(tmp_path: Path) -> str:
    path = tmp_path / "own.py"
    path.write_text(MODEL)
    return str(path)


HARD = ("E:dark:0.5:",)


@pytest.mark.parametrize(
    ("process", "parameters", "cuts", "settings", "message"),
    [
        ("mu- mu+ phi", {}, (), {}, "cut on the phi's energy"),
        ("mu- mu+ phi", {"gp": 0.1}, ("theta:phi:20:160",), {}, "cut on the phi's energy"),
        ("chi chi~ dark", {}, (), {}, "cut on the dark's energy"),
        ("chi chi~ dark", {}, ("angle:chi,dark:10:",), {}, "cut on the dark's energy"),
        ("chi chi~ dark", {"mchi": 0.0}, HARD, {}, "massless chi,dark in one direction"),
        ("chi chi~ dark", {"mchi": 0.0}, (*HARD, "M:chi,dark:1:"), {}, "massless chi~,dark"),
        (
            "chi chi~ gamma",
            {"width": 0.0},
            ("E:gamma:0.5:",),
            {},
            "V can be real before it turns into chi chi~",
        ),
        ("chi chi~", {"width": 0.0}, (), {"sqrt_s": 3.0}, "V can be real"),
        ("chi chi~", {"width": 0.0}, (), {"isr": "collinear"}, "V can be real"),
    ],
)
def test_infinite_cross_sections_are_refused_at_once(own, process, parameters, cuts, settings, message):
    with pytest.raises(InputError, match=message):
        make_sampler(
            f"e- e+ > {process}", model=own, parameters=parameters, cuts=cuts, **{"sqrt_s": 10.58} | settings
        )


@pytest.mark.parametrize(
    ("process", "parameters", "cuts", "settings"),
    [
        ("mu- mu+ phi", {"gp": 0.1, "g": 0.0}, (), {}),  # soft pseudoscalars are suppressed
        ("mu- mu+ phi", {"mphi": 0.1}, (), {}),
        ("chi chi~ dark", {}, ("M:chi,dark:1:", "M:chi~,dark:1:"), {}),  # leaves no soft one
        ("chi chi~ dark", {"mchi": 0.0}, (*HARD, "M:chi,dark:1:", "angle:dark,chi~:10:"), {}),
        ("chi chi~ gamma", {"width": 0.0}, ("E:gamma:0.5:", "M:chi~,chi:4:"), {}),
        ("chi chi~", {"width": 0.0}, (), {"sqrt_s": 2.9}),
    ],
)
def test_finite_ones_beside_them_are_not(own, process, parameters, cuts, settings):
    make_sampler(
        f"e- e+ > {process}", model=own, parameters=parameters, cuts=cuts, **{"sqrt_s": 10.58} | settings
    )


def test_soft_massless_bosons_factorise(own):
    """dσ = σ₀ g²/4π² ∫dω/ω [(1+β²)/β ln((1+β)/(1-β)) - 2] for vectors, g the coupling of the charges.

    Energies from 1 to 2 per mille of the beam's; the rest of the formula is of that order.
    """
    mass = 0.3
    whole = cross_section("e- e+ > chi chi~", model=own, rel_error=0.002).value_pb
    found = cross_section("e- e+ > chi chi~ dark", model=own, cuts=("E:dark:0.005:0.01",), rel_error=0.004)
    beta = np.sqrt(1.0 - (2.0 * mass / 10.58) ** 2)
    angular = (1.0 + beta**2) / beta * np.log((1.0 + beta) / (1.0 - beta)) - 2.0
    expected = whole * 0.3**2 / (4.0 * np.pi**2) * angular * np.log(2.0)
    assert abs(found.value_pb / expected - 1.0) < 0.02


def test_unstable_leptons_inside_a_process_are_refused():
    for process in ("e- e+ > tau+ mu- nu_tau nu_mu~", "e- e+ > mu+ e- nu_mu nu_e~"):
        with pytest.raises(InputError, match="can be real before it turns into"):
            make_sampler(process, sqrt_s=10.58)


def test_couplings_of_zero_lead_to_no_process():
    with pytest.raises(InputError, match="couplings of zero make none"):
        make_sampler(
            "e- e+ > mu- mu+ Zp", model="lmu-ltau", parameters={"mass": 1.0, "gprime": 0.0}, sqrt_s=10.58
        )


def test_pairs_just_above_threshold():
    mass = 0.1056583755
    for excess in (1e-5, 1e-3):
        root = 2.0 * mass + excess
        s = root**2
        beta = np.sqrt(1.0 - 4.0 * mass**2 / s)
        expected = 4.0 * np.pi * ALPHA_0**2 / (3.0 * s) * beta * (1.5 - 0.5 * beta**2) * GEV2_TO_PB
        # the electron's mass adds (2 m_e²/s)², 5e-9 here
        found = cross_section("e- e+ > mu- mu+", sqrt_s=root)
        assert abs(found.value_pb - expected) < 4.0 * found.error_pb + 1e-6 * expected


def test_auxiliary_particles_do_not_come_out():
    scalar = Particle("S", "S~", 0, 0, 1, 1.0)
    auxiliary, vertices = charged_scalar("gamma", scalar, 0.3, "QED")
    model = Model(
        "own", (), (ELECTRON, PHOTON, scalar, auxiliary), (*qed_vertices(1.0 / 137.0)[:1], *vertices)
    )
    with pytest.raises(InputError, match="stands for a vertex"):
        parse_process("e- e+ > X(gamma,S) S~", model)
    with pytest.raises(InputError, match=r"it has: S S~ e. e. gamma$"):
        parse_process("e- e+ > X S~", model)


def test_events_need_pdg_codes(own):
    with pytest.raises(InputError, match="phi of own has the PDG code 0"):
        generate("e- e+ > mu- mu+ phi", 10, model=own, parameters={"mphi": 0.1})
