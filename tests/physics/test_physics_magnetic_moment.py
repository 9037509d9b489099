import math
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scotopic.errors import InputError
from scotopic.physics.magnetic_moment import coupling_for_shift, magnetic_shift
from scotopic.physics.standard_model import ALPHA_0, ELECTRON_MASS, MUON_MASS

CURVES = Path(os.environ.get("SCOTOPIC_REFERENCE", "")) / "reference" / "curves"
HEAVY = 1e4 * MUON_MASS


def test_a_massless_vector_gives_schwingers_term():
    found = magnetic_shift("vector", 1e-9, math.sqrt(4.0 * math.pi * ALPHA_0), MUON_MASS)
    assert found == pytest.approx(ALPHA_0 / (2.0 * math.pi), rel=1e-6)


@pytest.mark.parametrize(
    ("kind", "limit"),
    [
        ("vector", 2.0 / 3.0),
        ("axial", -10.0 / 3.0),
        ("scalar", math.log(1e8) - 7.0 / 6.0),
        ("pseudoscalar", 11.0 / 6.0 - math.log(1e8)),
    ],
)
def test_heavy_bosons_reach_their_limit(kind, limit):
    # Δa → (g²/8π²)(m/M)² times the limit, next terms down by (m/M)² ln
    found = magnetic_shift(kind, HEAVY, 1.0, MUON_MASS) * 8.0 * math.pi**2 * 1e8
    assert found == pytest.approx(limit, rel=1e-5)


@pytest.mark.parametrize(("kind", "limit"), [("scalar", 1.5), ("pseudoscalar", -0.5)])
def test_massless_scalars_reach_their_limit(kind, limit):
    found = magnetic_shift(kind, 1e-7, 1.0, MUON_MASS) * 8.0 * math.pi**2
    assert found == pytest.approx(limit, rel=1e-4)


@given(st.sampled_from(["vector", "scalar"]), st.floats(1e-4, 1e3), st.floats(1e-12, 1e-6))
def test_the_coupling_for_a_shift_gives_it_back(kind, mass, shift):
    coupling = coupling_for_shift(kind, mass, shift, ELECTRON_MASS)
    assert magnetic_shift(kind, mass, coupling, ELECTRON_MASS) == pytest.approx(shift, rel=1e-9)


def test_impossible_input_is_refused():
    with pytest.raises(InputError, match=r"mass = 0\.0 GeV"):
        magnetic_shift("vector", 0.0, 1.0, MUON_MASS)
    with pytest.raises(InputError, match="lepton_mass = nan"):
        magnetic_shift("vector", 1.0, 1.0, math.nan)
    with pytest.raises(InputError, match="boson 'tensor': expected vector, axial"):
        magnetic_shift("tensor", 1.0, 1.0, MUON_MASS)
    with pytest.raises(InputError, match="other sign"):
        coupling_for_shift("axial", 1.0, 1e-9, MUON_MASS)


@pytest.mark.reference
@pytest.mark.parametrize(("edge", "sigmas"), [("lower", -2.0), ("upper", 2.0)])
@pytest.mark.parametrize(
    ("curve", "unit"),
    [("zp_gm2_mu_band", 1.0), ("gm2_mu_band", math.sqrt(4.0 * math.pi * ALPHA_0))],
)
def test_the_bands_of_the_muon_to_three_digits(curve, unit, edge, sigmas):
    name = f"{curve}_{edge}.csv" if curve.startswith("zp") else f"{curve}_{edge}_dp.csv"
    points = np.genfromtxt(CURVES / name, delimiter=",", comments="#")
    points = points[np.isfinite(points).all(axis=1)]
    assert len(points) == 100
    shift = 27.9e-10 + sigmas * 7.6e-10
    ours = [coupling_for_shift("vector", mass, shift, MUON_MASS) / unit for mass in points[:, 0]]
    np.testing.assert_allclose(ours, points[:, 1], rtol=2e-3)
