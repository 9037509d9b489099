"""The beams of a file: header against incoming particles, event by event."""

from pathlib import Path

import numpy as np
import pytest

from scotopic.errors import InputError
from scotopic.events.frames import missing_momentum
from scotopic.io import read_events
from scotopic.io.file_beams import beams_of, beams_with_header, check_header, survey_incoming

PATH = Path("a.lhe")
NOTHING = np.zeros((0, 5))


def kept(rows, length=60):
    """The incoming particles of each event as a store keeps them, in chunks."""
    parts = [rows[start : start + length] for start in range(0, len(rows), length)]
    return [
        {"incoming": np.concatenate(part), "incoming_counts": np.array([len(row) for row in part])}
        for part in parts
    ]


def headed(ids, energies, rows):
    """The beams of a file with a header, and those of each collision."""
    store = kept(rows)
    found = beams_with_header(ids, energies, survey_incoming(store), store, PATH)
    return found, found and np.concatenate([found.of(arrays) for arrays in store])


def rows(electron, positron, angle=0.0):
    """Incoming particles of each event with given energies, the positron first."""
    sin, cos = np.sin(angle), np.cos(angle)
    return [
        np.array([[-11, p * sin, 0.0, -p * cos, p], [11, e * sin, 0.0, e * cos, e]])
        for e, p in zip(electron, positron, strict=True)
    ]


def spread(mean, width, n=200, seed=1):
    return mean + width * np.random.default_rng(seed).normal(size=n)


@pytest.mark.parametrize("width", [0.0, 0.001, 0.005, 0.05])
@pytest.mark.parametrize("angle", [0.0, 0.0415])
def test_rows_about_the_header_are_the_beams(width, angle):
    given = rows(spread(7.004, width), spread(4.002, width, seed=2), angle)
    found, momenta = headed((11, -11), (7.004, 4.002), given)
    np.testing.assert_array_equal(momenta[:, 0, 0], [row[1, 4] for row in given])
    np.testing.assert_allclose(found.nominal[:, 0], [7.004, 4.002], rtol=1e-9)
    np.testing.assert_allclose(found.nominal[:, 1], [7.004 * np.sin(angle), 4.002 * np.sin(angle)], atol=1e-3)
    assert not found.notes


@pytest.mark.parametrize("n", [1, 2, 5, 200])
def test_rows_that_lack_energy_have_radiated(n):
    lost = np.random.default_rng(1).uniform(0.1, 3.0, n)
    found, momenta = headed((11, -11), (5.29, 5.29), rows(5.29 - lost, np.full(n, 5.29)))
    np.testing.assert_allclose(momenta[:, :, 0], 5.29)
    assert f"{n} of {n} collisions have less energy" in found.notes[0]


@pytest.mark.parametrize("n", [2, 5, 200])
@pytest.mark.parametrize("header", [(7.004, 4.002), (4.002, 7.004), (5.0, 5.0), (5.29, 4.0)])
def test_rows_of_other_beams_are_refused(n, header):
    with pytest.raises(InputError, match=r"a\.lhe: the incoming particles .*its <init> says"):
        headed((11, -11), header, rows(np.full(n, 5.29), np.full(n, 5.29)))


def test_beams_without_rows_are_head_on():
    found, momenta = headed((-11, 11), (4.0, 7.0), [NOTHING] * 3)
    np.testing.assert_allclose(found.nominal[:, [0, 3]], [[7.0, -7.0], [4.0, 4.0]], rtol=1e-6)
    np.testing.assert_array_equal(momenta, [found.nominal] * 3)


def test_a_header_of_other_beams_leaves_the_word_to_the_rows():
    found, _ = headed((0, 0), (0.0, 0.0), rows(np.full(3, 7.0), np.full(3, 4.0)))
    np.testing.assert_allclose(found.nominal[:, 0], [7.0, 4.0])
    assert headed((0, 0), (0.0, 0.0), [NOTHING])[0] is None
    check_header((0, 0), (4.0, 7.0), PATH)
    with pytest.raises(InputError, match="PDG codes 2212 and 2212 in <init>"):
        check_header((2212, 2212), (4.0, 7.0), PATH)


def test_rows_without_a_header_that_lack_energy_have_radiated():
    lost = np.random.default_rng(1).uniform(0.0, 3.0, 200)
    store = kept(rows(5.29 - lost, np.full(200, 5.29)))
    found = beams_of(survey_incoming(store))
    np.testing.assert_allclose(found.of(store[0])[:, :, 0], [[5.29 - lost.min(), 5.29]] * 60)
    assert "they radiated" in found.notes[0]
    store = kept(rows(spread(5.29, 0.02), spread(5.29, 0.02, seed=2)))
    varied = beams_of(survey_incoming(store))
    assert varied.differ(varied.of(store[0]))
    assert not varied.notes


def test_beams_that_are_no_electron_and_positron_are_none():
    good = rows([5.0], [5.0])[0]
    for bad in ([good, good[:1]], [NOTHING], [good, good * [-1, 1, 1, 1, 1], np.concatenate([good, good])]):
        assert beams_of(survey_incoming(kept(bad))) is None
    some = kept([good, NOTHING])
    beams = beams_of(survey_incoming(some)).of(some[0])
    np.testing.assert_array_equal(beams[1], beams[0])


@pytest.mark.parametrize("length", [1, 7, 200])
def test_what_the_rows_tell_does_not_depend_on_the_chunks(length):
    given = rows(spread(7.0, 0.01), spread(4.0, 0.02, seed=2), 0.04)
    given[3] = given[77] = NOTHING
    found, whole = (survey_incoming(kept(given, n)) for n in (length, 200))
    assert (found.size, found.complete) == (200, True)
    np.testing.assert_array_equal(found.mean, whole.mean)
    for name in ("deviation", "least", "most"):
        np.testing.assert_allclose(getattr(found, name), getattr(whole, name), rtol=1e-9)
    energies = np.array([row[1, 4] if len(row) else np.nan for row in given])
    expected = np.sqrt(np.nansum((energies - np.nanmean(energies)) ** 2) / 200)
    np.testing.assert_allclose(found.deviation[0], expected, rtol=1e-9)


LHE = """<LesHouchesEvents version="3.0">
<init>
11 -11 {init} 0 0 0 0 3 1
1.0 0.1 1.0 1
</init>
{events}</LesHouchesEvents>
"""
EVENT = """<event>
5 1 1.0 10.58 -1 -1
11 -1 0 0 0 0 {px} 0 {pz} {e} 0 0 9
-11 -1 0 0 0 0 {qx} 0 -{qz} {p} 0 0 9
13 1 1 2 0 0 3.0 0 0 3.0018601 0.10566 0 9
-13 1 1 2 0 0 -3.0 0 0 3.0018601 0.10566 0 9
22 1 1 2 0 0 0 0 {photon} {photon_energy} 0 0 9
</event>
"""


def lhe(path, init, beams, photon=(1.0, 1.0), angle=0.0):
    sin, cos = np.sin(angle), np.cos(angle)
    events = "".join(
        EVENT.format(
            e=e,
            p=p,
            px=e * sin,
            qx=p * sin,
            pz=e * cos,
            qz=p * cos,
            photon=photon[0],
            photon_energy=photon[1],
        )
        for e, p in beams
    )
    path.write_text(LHE.format(init=init, events=events))
    return path


@pytest.mark.parametrize(
    ("init", "beams", "angle", "frame"),
    [
        ("5.29 5.29", [(5.29, 5.29)] * 3, 0.0, "cm"),
        ("7.004 4.002", [(7.004, 4.002)] * 3, 0.0, "lab"),
        ("7.004 4.002", [(7.004, 4.002)] * 3, 0.0415, "lab"),
        ("1.88661 1.88661", [(1.88661, 1.88661)] * 3, 0.011, "lab"),  # equal beams that cross
        ("5.29 5.29", [(5.25, 5.33), (5.33, 5.25), (5.28, 5.30)], 0.0, "cm"),  # beams that vary
    ],
)
def test_the_frame_is_that_of_the_total_momentum(tmp_path, init, beams, angle, frame):
    path = lhe(tmp_path / "a.lhe", init, beams, angle=angle)
    events = read_events(path)
    assert events.frame == frame
    assert read_events(path, frame=frame).frame == frame
    assert events.beam_spread == (len(set(beams)) > 1)
    with pytest.raises(InputError, match="frame, not"):
        read_events(path, frame="lab" if frame == "cm" else "cm")
    e, p = beams[0]
    expected = [e + p - 2 * 3.0018601 - 1.0, (e + p) * np.sin(angle), 0.0, (e - p) * np.cos(angle) - 1.0]
    np.testing.assert_allclose(missing_momentum(events)[:, 0], expected, atol=1e-5)


def test_photons_of_negative_energy_change_the_beam_that_they_fly_with(tmp_path):
    """A photon of -20 MeV that takes momentum from +z: the electron has 20 MeV more."""
    events = read_events(lhe(tmp_path / "a.lhe", "5.29 5.29", [(5.29, 5.29)] * 3, photon=(-0.02, -0.02)))
    np.testing.assert_allclose(events.beams[:, 0, 0], [5.31, 5.29])
    assert events.beam_spread
    assert 22 not in events.pdg
    with pytest.raises(InputError, match=r"flies along no beam \(event 1\)"):
        read_events(lhe(tmp_path / "b.lhe", "5.29 5.29", [(5.29, 5.29)] * 3, photon=(0.0, -0.02)))
