from dataclasses import replace

import numpy as np
import pytest

from scotopic.detector.card import load_experiment
from scotopic.detector.record import Clusters
from scotopic.detector.trigger import filter_events, fire_lines, fire_track_line, track_efficiency, turn_on
from scotopic.detector.trigger_cells import bhabha_3d, fill_cells, find_clusters, locate
from scotopic.numerics.lorentz import azimuth, boost, from_angles, polar_angle

PILOT, PHASE3 = load_experiment("belle2-2018"), load_experiment("belle2-phase3")
CELLS = PILOT.trigger.cells
BETA = PILOT.beams.boost


def clusters(energy, theta, phi, time=0.0, track=-1):
    energy, theta, phi, time = (
        np.array(np.broadcast_to(x, np.shape(energy)), dtype=float) for x in (energy, theta, phi, time)
    )
    kind = np.zeros(energy.shape, dtype=np.int32)
    return Clusters(energy, theta, phi, time, np.full(energy.shape, 2.6), kind, kind, kind, kind + track)


def hits_of(seen):
    return fill_cells(seen.energy, seen.theta, seen.phi, seen.time, CELLS)


def no_tracks(n):
    return np.full((0, n), np.nan)


def cm_pair(energy, theta, phi=0.4, turn=np.pi, theta2=None):
    """Two clusters of given centre-of-mass directions, in the laboratory."""
    other = np.pi - theta if theta2 is None else theta2
    legs = [
        from_angles(np.array([energy]), 0.0, np.cos(theta), phi),
        from_angles(np.array([energy]), 0.0, np.cos(other), phi + turn),
    ]
    lab = [boost(leg, BETA) for leg in legs]
    return clusters(
        *(np.stack(x) for x in zip(*((p[0], polar_angle(p), azimuth(p)) for p in lab), strict=True))
    )


def test_rings_of_the_calorimeter_trigger():
    # basf2 trigger geometry: 576 cells in 17 rings; ring 4 begins at 32.2, ring 14 ends at 124.6 degrees
    assert sum(CELLS.cells_in_ring) == CELLS.cells == 576
    degrees = np.array([12.0, 15.6, 22.5, 29.1, 31.8, 32.3, 124.5, 124.7, 129.5, 150.0, 156.0, np.nan])
    ring, _ = locate(np.deg2rad(degrees), np.zeros(12), CELLS)
    assert ring.tolist() == [0, 1, 2, 3, 0, 4, 14, 15, 0, 17, 0, 0]
    _, cell = locate(np.full(4, 1.5), np.array([-1e-9, 0.0, np.pi, 4.0 * np.pi - 1e-9]), CELLS)
    assert cell.tolist() == [35, 0, 18, 35]


def test_showers_in_one_cell_add_up_and_soft_or_late_ones_do_not_count():
    seen = clusters(
        [[0.06], [0.07], [0.08], [2.0]], [[1.5], [1.51], [2.5], [1.0]], 0.05, [[0], [0], [0], [130]]
    )
    hits = hits_of(seen)
    assert hits.energy[:, 0].tolist() == [pytest.approx(0.13), 0.0, 0.0, 0.0]


def test_touching_cells_make_one_cluster():
    width = 2.0 * np.pi / 36
    seen = clusters([[2.0], [1.0], [0.5]], [[1.5], [1.5], [1.5]], [[0.1], [0.1 + width], [3.0]])
    found = find_clusters(hits_of(seen), CELLS, BETA)
    assert found.energy[:, 0].tolist() == [pytest.approx(3.0), pytest.approx(0.5), 0.0]
    many = clusters(np.full((9, 1), 1.0), 1.5, 0.65 * np.arange(9)[:, None])
    assert (find_clusters(hits_of(many), CELLS, BETA).energy > 0.0).sum() == CELLS.max_clusters


def test_cluster_energy_in_the_centre_of_mass_is_right_within_a_cell():
    seen = cm_pair(5.29, np.deg2rad(80.0))
    found = find_clusters(hits_of(seen), CELLS, BETA)
    np.testing.assert_allclose(found.energy_cm[:2, 0], 5.29, rtol=0.03)


def test_bhabha_veto():
    # basf2: 160 < dphi* < 200, 165 < sum theta* < 190 degrees, both E* > 3.0, one > 4.5 GeV
    def vetoed(seen):
        return bool(bhabha_3d(find_clusters(hits_of(seen), CELLS, BETA), PILOT.trigger.bhabha3d)[0])

    assert vetoed(cm_pair(5.29, np.deg2rad(80.0)))
    assert vetoed(cm_pair(5.29, np.deg2rad(60.0), phi=-2.0))
    assert not vetoed(cm_pair(4.0, np.deg2rad(80.0)))
    assert not vetoed(cm_pair(5.29, np.deg2rad(80.0), turn=np.deg2rad(140.0)))
    assert not vetoed(cm_pair(5.29, np.deg2rad(60.0), theta2=np.deg2rad(80.0)))


def test_energy_sum_turns_on_as_the_card_says():
    n = 20_000
    for energy in (0.85, 0.95, 1.0, 1.05, 2.0):
        # two showers in far cells of rings 2 to 15
        seen = clusters(np.full((2, n), 0.5 * energy), 1.4, np.array([[0.0], [2.0]]))
        fired = fire_lines(PILOT.trigger, seen, no_tracks(n), BETA, np.random.default_rng(1))
        expected = float(turn_on(np.array(energy), PILOT.trigger.hie))
        assert fired["hie"].mean() == pytest.approx(expected, abs=4.0 * 0.5 / np.sqrt(n))
    assert float(turn_on(np.array(9.0), PILOT.trigger.hie)) == pytest.approx(0.99)
    outside = clusters(np.full((1, 5), 4.0), np.deg2rad(145.0), 0.0)  # ring 17
    assert not fire_lines(PILOT.trigger, outside, no_tracks(5), BETA, np.random.default_rng(1))["hie"].any()


@pytest.mark.parametrize("name", ["lml1", "lml6", "lml13"])
def test_single_cluster_lines_turn_on_as_the_card_says(name):
    n, line = 20_000, getattr(PHASE3.trigger, name)
    rng = np.random.default_rng(2)
    phi = rng.uniform(-np.pi, np.pi, (1, n))
    theta = np.deg2rad(rng.uniform(60.0, 90.0, (1, n)))
    for shift, blur in ((-6.0, 0.01), (0.0, 0.06), (6.0, 0.01)):
        energy_cm = line.threshold_cm_GeV + shift * line.sigma_GeV
        cm = np.stack([boost(from_angles(1.0, 0.0, np.cos(theta[0]), phi[0]), -BETA)[0]])
        fired = fire_lines(PHASE3.trigger, clusters(energy_cm / cm, theta, phi), no_tracks(n), BETA, rng)
        expected = float(turn_on(np.array(energy_cm), line))
        assert fired[name].mean() == pytest.approx(expected, abs=blur)


def test_single_cluster_lines_refuse_company():
    seen = clusters([[3.0, 3.0], [0.2, 0.5]], [[1.4], [2.3]], [[0.0], [2.0]])
    n = 2000
    many = clusters(*(np.repeat(x, n, axis=1) for x in (seen.energy, seen.theta, seen.phi)))
    fired = fire_lines(PHASE3.trigger, many, no_tracks(2 * n), BETA, np.random.default_rng(3))
    # plateaus of the card; a second cluster above 300 MeV blocks lml6 and lml13, not lml1
    assert fired["lml6"][:n].mean() == pytest.approx(0.99, abs=0.01)
    assert fired["lml13"][:n].mean() == pytest.approx(0.95, abs=0.02)
    assert not fired["lml6"][n:].any()
    assert not fired["lml13"][n:].any()
    assert fired["lml1"][n:].mean() == pytest.approx(0.98, abs=0.015)


def test_lines_are_those_of_the_period():
    seen = clusters(np.full((1, 3), 1.0), 1.4, 0.0)
    rng = np.random.default_rng(1)
    assert set(fire_lines(PILOT.trigger, seen, no_tracks(3), BETA, rng)) == {"ffo", "hie"}
    every = {"ffo", "hie", "single_photon", "lml1", "lml6", "lml13"}
    assert set(fire_lines(PHASE3.trigger, seen, no_tracks(3), BETA, rng)) == every


def test_two_track_line_wants_an_open_pair():
    line = PILOT.trigger.ffo
    phi = np.deg2rad([[0.0, 0.0, 0.0, 170.0], [89.0, 91.0, np.nan, -101.0]])
    assert fire_track_line(line, phi).tolist() == [False, True, False, False]


def test_trigger_track_efficiency():
    # sqrt(0.79) per track in 2018 (arXiv:1912.11276 measures 0.79 ± 0.05 per pair), 35-123 degrees
    track = PILOT.trigger.track
    pt, theta = np.array([1.0, 0.3, 0.25, 0.24, 1.0]), np.deg2rad([90.0, 90.0, 90.0, 90.0, 30.0])
    found = track_efficiency(pt, theta, track)
    np.testing.assert_allclose(found, [0.889, 0.889, 0.4445, 0.0, 0.0], atol=1e-6)
    assert found[0] ** 2 == pytest.approx(0.79, abs=0.001)


def test_high_level_trigger():
    seen = clusters(
        [[3.0, 3.0, 3.0, 0.4], [0.1, 1.0, 0.1, 0.01]], [[1.4], [2.0]], [[0.0], [2.0]], [[0.0], [0.0]]
    )
    assert filter_events(PILOT.hlt, seen, BETA) == {}
    charged = seen.track.copy()
    charged[0, 2] = 0
    passed = filter_events(PHASE3.hlt, replace(seen, track=charged), BETA)["hlt_single_photon"]
    assert passed.tolist() == [True, False, False, False]
