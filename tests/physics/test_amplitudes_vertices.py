"""Scalars, massive vectors and three vectors: what every amplitude must obey, and closed forms."""

import csv

import numpy as np
import pytest

from helpers.amplitudes import components, some_momenta
from scotopic.numerics.lorentz import boost
from scotopic.numerics.spinors import as_vector
from scotopic.physics.amplitudes import kernel
from scotopic.physics.amplitudes.kernel import sum_of_squares
from scotopic.physics.amplitudes.plan import make_plan
from scotopic.physics.amplitudes.squared import squared_amplitude
from scotopic.physics.model import Model, Vertex
from scotopic.physics.models.charged_scalar import charged_scalar
from scotopic.physics.models.sm import LEPTONS, qed_vertices
from scotopic.physics.particles import PHOTON, Particle
from scotopic.physics.processes import parse_process
from scotopic.physics.registry import get_model

ALPHA = 1.0 / 137.0
E = np.sqrt(4.0 * np.pi * ALPHA)
PION = Particle("pi+", "pi-", 211, 0, 1, 0.13957)
HIGGS = Particle("h", "h", 25, 0, 0, 2.0)


def toy(*vertices, particles=()):
    return Model(
        "toy", (("alpha_inv", 137.0),), (*LEPTONS, PHOTON, *particles), (*qed_vertices(ALPHA), *vertices)
    )


AUXILIARY, SCALAR_QED = charged_scalar("gamma", PION, -E, "QED")
SCALARS = toy(*SCALAR_QED, particles=(PION, AUXILIARY))
YUKAWA = toy(Vertex("FFS", ("mu-", "mu-", "h"), (0.3, 0.2), "Yukawa"), particles=(HIGGS,))
DARK = get_model("dark-photon", mass=1.5, epsilon=0.3)
HIGGSED = get_model("dark-higgs", mAp=2.0, mh=1.0, epsilon=0.3)
LMU = get_model("lmu-ltau", mass=0.8, gprime=0.4)
LFV = get_model("lfv-zprime", mass=2.0)
WEAK = get_model("sm")
PROCESSES = [
    parse_process("e- e+ > pi+ pi-", SCALARS),
    parse_process("e- e+ > pi+ pi- gamma", SCALARS),
    parse_process("e- e+ > pi+ pi- gamma gamma", SCALARS),
    parse_process("e- e+ > mu- mu+ h", YUKAWA),
    parse_process("e- e+ > mu- mu+ h gamma", YUKAWA),
    parse_process("e- e+ > gamma Ap", DARK),
    parse_process("e- e+ > chi chi~ gamma", DARK),
    parse_process("e- e+ > Ap hd", HIGGSED),
    parse_process("e- e+ > Ap hd gamma", HIGGSED),
    parse_process("e- e+ > mu- mu+ Zp", LMU),
    parse_process("e- e+ > mu- mu+ Zp gamma", LMU),
    parse_process("e- e+ > e- mu+ Zp", LFV),
    parse_process("e- e+ > nu_e nu_e~ gamma", WEAK),
    parse_process("e- e+ > nu_mu nu_mu~ gamma", WEAK),
]
WITH_PHOTONS = [process for process in PROCESSES if "gamma" in process.outgoing]


@pytest.mark.parametrize("process", WITH_PHOTONS, ids=lambda process: process.text)
def test_ward_identity(process, monkeypatch):
    """Of a photon along its momentum: needs the seagull, and W⁺W⁻γ with the right sign."""
    momenta = components(process, some_momenta(process, n=20))
    true = sum_of_squares(process.plan, momenta)
    original = kernel.photon_polarisations
    photon = process.names.index("gamma")
    energy = 0.5 * (momenta[photon][0] + momenta[photon][1])

    def along(k, chosen=momenta[photon]):
        return (as_vector(k), as_vector(k)) if k is chosen else original(k)

    monkeypatch.setattr(kernel, "photon_polarisations", along)
    none = sum_of_squares(process.plan, momenta)
    assert np.max(np.sqrt(np.abs(none) / true) / energy) < 1e-10


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.text)
def test_every_root_and_both_gauges_give_the_same(process):
    momenta = components(process, some_momenta(process, n=20))
    expected = sum_of_squares(process.plan, momenta)
    assert (expected > 0.0).all()
    for root in range(len(process.names)):
        plan = make_plan(process.plan.model, process.plan.legs, root)
        np.testing.assert_allclose(sum_of_squares(plan, momenta), expected, rtol=1e-8)
    np.testing.assert_allclose(sum_of_squares(process.plan, momenta, gauge=False), expected, rtol=1e-8)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.text)
@pytest.mark.parametrize("beta", [-0.5, 0.3])
def test_lorentz_invariance(process, beta):
    momenta = some_momenta(process, n=8)
    moved = np.stack([boost(p, [0.0, 0.0, beta]) for p in momenta])
    np.testing.assert_allclose(
        squared_amplitude(process, moved), squared_amplitude(process, momenta), rtol=1e-8
    )


@pytest.mark.parametrize(
    "process", [one for one in PROCESSES if len(one.names) < 6], ids=lambda process: process.text
)
def test_numpy_and_jax_agree(process):
    momenta = some_momenta(process, n=8)
    np.testing.assert_allclose(
        squared_amplitude(process, momenta, "jax"), squared_amplitude(process, momenta, "numpy"), rtol=1e-10
    )


def test_scalar_pairs_have_their_angular_law():
    """Σ|M|²/4 = 2e⁴β² p²-free form: (e⁴/2) β² sin²θ of a scalar pair for m_e → 0."""
    process = PROCESSES[0]
    momenta = some_momenta(process, n=30)
    p = momenta[2]
    beta2 = (p[1:] ** 2).sum(axis=0) / p[0] ** 2
    sin2 = (p[1] ** 2 + p[2] ** 2) / (p[1:] ** 2).sum(axis=0)
    np.testing.assert_allclose(squared_amplitude(process, momenta), 0.5 * E**4 * beta2 * sin2, rtol=1e-6)


def test_dark_photon_angular_law():
    """dσ/dcosθ ∝ [1 + c² + 4x/(1 - x)²]/(1 - c²), x = m²/s (crossed Compton amplitude)."""
    process = PROCESSES[5]
    momenta = some_momenta(process, n=30)
    cos = momenta[2][3] / momenta[2][0]
    x = 1.5**2 / 10.58**2
    law = (1.0 + cos**2 + 4.0 * x / (1.0 - x) ** 2) / (1.0 - cos**2)
    ratio = squared_amplitude(process, momenta) / law
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-5)


def test_yukawa_decay_amplitude_of_scalar_and_pseudoscalar():
    """Σ|ū(g_S + i g_P γ₅)v|² = 2 m_h² (g_S² β² + g_P²), seen where the pair's mass nears the scalar's."""
    process = parse_process("e- e+ > mu- mu+ h", YUKAWA)
    assert process.plan.diagrams == 2
    scalar, pseudo = (
        toy(Vertex("FFS", ("mu-", "mu-", "h"), couplings, "Yukawa"), particles=(HIGGS,))
        for couplings in ((0.3, 0.0), (0.0, 0.3))
    )
    momenta = some_momenta(process, n=20)
    both = [squared_amplitude(parse_process(process.text, model), momenta) for model in (scalar, pseudo)]
    assert not np.allclose(both[0], both[1], rtol=1e-4)  # the muon's mass tells them apart
    np.testing.assert_allclose(both[0], both[1], rtol=0.2)


@pytest.mark.reference
def test_foreign_matrix_elements_with_a_massive_vector(reference_folder):
    """pyAmpliCol 1.0.1, e+e- → μ+μ-Z′ with m = 1 GeV, 1/α = 137.036."""
    model = get_model("lmu-ltau", mass=1.0, gprime=1.0, alpha_inv=137.036)
    process = parse_process("e- e+ > mu- mu+ Zp", model)
    with open(reference_folder / "reference" / "matrix_elements.csv") as file:
        rows = [row for row in csv.reader(file) if "Zp" in row[0]]
    assert len(rows) == 3
    for row in rows:
        momenta = np.array(row[4].split(), dtype=float).reshape(5, 4)[:, :, None]
        assert squared_amplitude(process, momenta)[0] == pytest.approx(float(row[5]), rel=1e-9)
