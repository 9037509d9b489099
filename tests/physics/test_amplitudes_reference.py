"""|M|² at fixed points, of pyAmpliCol 1.0.1."""

import csv
import json

import numpy as np
import pytest

from helpers.amplitudes import components
from scotopic.physics.amplitudes import kernel
from scotopic.physics.amplitudes.squared import squared_amplitude
from scotopic.physics.particles import particle_name
from scotopic.physics.processes import parse_process
from scotopic.physics.registry import get_model

pytestmark = pytest.mark.reference


def rows(folder):
    """Process, momenta (legs, 4, 1) and |M|² of each row; 1/α = 137.036."""
    with open(folder / "reference" / "matrix_elements.csv") as file:
        for row in list(csv.reader(file))[1:]:
            names = [code if code == "Zp" else particle_name(int(code)) for code in row[2].split()]
            given = json.loads(row[1])
            model = (
                get_model("lmu-ltau", mass=given["MZp"], gprime=given["gZp"], alpha_inv=137.036)
                if "Zp" in names
                else get_model("sm", alpha_inv=137.036)
            )
            process = parse_process(f"{' '.join(names[:2])} > {' '.join(names[2:])}", model)
            yield process, np.array(row[4].split(), dtype=float).reshape(-1, 4, 1), float(row[5])


def from_energies(momenta):
    """Propagators as (Σp)² − m² of energies and momenta: what collinear photons lose digits by."""

    def virtuality(plan, key, light_cone_momenta, flows):
        signs = [-1.0 if leg.outgoing else 1.0 for leg in plan.legs]
        inside = [i for i in range(len(signs)) if key.mask >> i & 1]
        energy, x, y, z = sum(signs[i] * momenta[i] for i in inside)
        return energy * energy - x * x - y * y - z * z - plan.model.particle(key.field).mass ** 2

    return virtuality


def test_every_point(reference_folder, monkeypatch):
    """To 1e-9, where propagators are rounded as (Σp)² − m² is in double precision.

    The printed values carry that rounding: at a photon of 2p·k = 1.5e-5 GeV² to a muon of 5 GeV, some 1e-9.
    Our own form, without it, is stable to 1e-12 (next test) and comes within 1.3e-9.
    """
    original, compared = kernel._virtuality, 0
    for process, momenta, expected in rows(reference_folder):
        assert squared_amplitude(process, momenta)[0] == pytest.approx(expected, rel=1.3e-9)
        monkeypatch.setattr(kernel, "_virtuality", from_energies(momenta))
        assert squared_amplitude(process, momenta, "numpy")[0] == pytest.approx(expected, rel=1e-9)
        monkeypatch.setattr(kernel, "_virtuality", original)
        compared += 1
    assert compared == 12


def test_every_point_in_long_double(reference_folder):
    for process, momenta, _ in rows(reference_folder):
        exact = kernel.sum_of_squares(process.plan, components(process, momenta.astype(np.longdouble)))
        assert exact.dtype == np.longdouble
        double = kernel.sum_of_squares(process.plan, components(process, momenta))
        np.testing.assert_allclose(double, exact.astype(float), rtol=1e-12)
