"""Event files as other programs write them, and damaged ones: each is read as it stands or refused in one line."""

import numpy as np
import pytest

from helpers.places import DATA
from scotopic.app.cli import run
from scotopic.errors import InputError
from scotopic.io import kind_of, read_candidates, read_detected, read_events, read_histogram, read_ntuple

FILES = DATA / "event_files"
DAMAGED = sorted(path for path in (DATA / "robustness").iterdir() if path.suffix in (".hepmc", ".parquet"))


@pytest.mark.parametrize(
    ("name", "n"),
    [
        ("a01_mg_reweight", 200),  # <initrwgt> in the header, <rwgt> in the events
        ("c01_eventgroup", 200),
        ("c02_fortran_D", 200),
        ("c10_xz", 100),
        ("c11_xml_decl_long_comment", 200),
        ("c12_init_comment", 100),
        ("c13_header_mentions_event", 200),
    ],
)
def test_dialects_of_lhe_hold_the_same_events(name, n):
    events = read_events(FILES / f"{name}.lhe.xz")
    plain = read_events(FILES / "c12_init_comment.lhe.xz")
    assert (len(events), events.frame, events.source) == (n, "cm", "MadGraph5_aMC@NLO")
    assert events.weights.sum() == pytest.approx(9.949353e-3, rel=1e-12)
    np.testing.assert_allclose(events.momenta.sum(axis=0)[0], 10.58, rtol=1e-6)
    np.testing.assert_array_equal(events.momenta[:, :, :100], plain.momenta)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("c05_empty_event", "event 101 (line 830) is empty"),
        ("c06_zero_particle_event", "event 101 (line 830) has NUP = 0"),
        ("c07_cat_two_processes", "joins several samples (line 831)"),
    ],
)
def test_what_no_sample_of_events_is_says_so_by_number_and_line(name, said):
    with pytest.raises(InputError, match=name) as fault:
        read_events(FILES / f"{name}.lhe.xz")
    assert said in str(fault.value)


def test_candidates_come_from_the_tree_that_has_them():
    expected = read_candidates(FILES / "n01_two_trees.root:variables")
    assert len(expected) == 400
    for found in (
        read_candidates(FILES / "n01_two_trees.root"),
        read_candidates(FILES / "n01_two_trees.root", tree="variables"),
        read_candidates(FILES / "n06_rntuple.root"),
        read_candidates(FILES / "n06_rntuple.root:variables"),
    ):
        assert sorted(found.observables) == sorted(expected.observables)
        np.testing.assert_array_equal(found.event, expected.event)
        np.testing.assert_allclose(found["m2_gg"], expected["m2_gg"])
    with pytest.raises(InputError, match=r"has no tree 'x'; expected .*: persistent, variables"):
        read_candidates(FILES / "n01_two_trees.root", tree="x")
    with pytest.raises(InputError, match="no column that the mapping names"):
        read_candidates(FILES / "n01_two_trees.root:persistent")


def test_candidates_come_from_ntuples_of_root():
    """TNtuple and TNtupleD, written by ROOT 6.38."""
    path = FILES / "tntuple.root"
    found = read_candidates(path)
    np.testing.assert_array_equal(found["m2_gg"], [0.0, 1.0, 2.0, 3.0, 4.0])
    np.testing.assert_array_equal(found.event, [0, 0, 1, 1, 2])
    np.testing.assert_array_equal(read_ntuple(path, ["y"], "other")["y"], [0.0, 2.0, 4.0])


def test_scaled_candidates_are_no_data(capsys):
    path = FILES / "n17_full_e15_w025.root"
    assert (
        run(["search", "alp-gammagamma", "--data", str(path), "--luminosity", "445/pb", "--toys", "0"]) == 2
    )
    assert "has weights of 0.25; data need weights of 1" in capsys.readouterr().err


def test_a_table_of_hepdata_is_a_histogram():
    found = read_histogram(FILES / "s01_hepdata.csv")
    assert (found.edges[0], found.edges[-1], len(found.counts)) == (0.0, 10.0, 100)
    np.testing.assert_array_equal(found.counts[:4], [94.0, 95.0, 86.0, 81.0])
    assert not found.weighted


@pytest.mark.parametrize("path", DAMAGED, ids=lambda path: path.name)
def test_damaged_files_are_refused_in_one_line_without_a_word_of_libraries(path, capfd):
    with pytest.raises(InputError) as fault:
        read_detected(path) if path.name.startswith("detected") else (kind_of(path), read_events(path))
    assert str(path) in str(fault.value)
    assert "\n" not in str(fault.value)
    assert len(str(fault.value)) < 500
    assert capfd.readouterr() == ("", "")
