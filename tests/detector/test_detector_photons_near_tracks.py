"""A photon in the cluster of a charged particle is no extra photon, on all cards."""

import numpy as np
import pytest

from scotopic.detector.card import experiments, load_experiment
from scotopic.detector.simulate import simulate
from scotopic.detector.tracker import Particles, calorimeter_entry
from scotopic.events.record import Events
from scotopic.numerics.lorentz import from_angles
from scotopic.physics.standard_model import ELECTRON_MASS, MUON_MASS

N = 400


@pytest.mark.parametrize("name", experiments())
@pytest.mark.parametrize(("code", "mass"), [(11, ELECTRON_MASS), (13, MUON_MASS)])
def test_a_photon_in_the_own_cluster_is_no_extra_photon(name, code, mass):
    card = load_experiment(name)
    energy = 0.2 * card.beams.sqrt_s
    polar = np.deg2rad(75.0)
    charged = from_angles(energy, mass, np.cos(polar), np.linspace(-3.0, 3.0, N))
    one = Particles(
        np.arange(N), np.zeros(N, dtype=np.int32), np.full(N, code, dtype=np.int32), charged, np.zeros((3, N))
    )
    theta, phi, there = calorimeter_entry(one, np.full(N, -1), card.beam.field_T, card.calo)
    assert there.all()
    seen = {}
    for away in (0.0, 15.0):
        photon = from_angles(0.3, 0.0, np.cos(theta), phi + np.deg2rad(away))
        events = Events(
            pdg=np.array([[code], [22]], dtype=np.int32) * np.ones(N, dtype=np.int32),
            momenta=np.stack([charged, photon]),
            weights=np.ones(N),
            frame="lab",
            sqrt_s=card.beams.sqrt_s,
            beam_spread=True,
        )
        found = simulate(events, card, seed=1)
        hard = (found.clusters.energy > 0.15) & (found.clusters.truth == 1) & (found.clusters.pdg == 22)
        alone = (hard & (found.clusters.track == -1)).any(axis=0)
        tracked = np.isfinite(found.tracks.pt).any(axis=0)
        seen[away] = float(alone[tracked].mean())
    # beside, it is there as often as any photon; inside, only where the charged particle left no cluster
    assert seen[0.0] < 0.25 * seen[15.0]
    assert seen[15.0] > 0.5
