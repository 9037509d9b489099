"""HepMC and LHE files that are cut, faulty or say nothing of what others say."""

import gzip
from dataclasses import replace

import numpy as np
import pytest

from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.events.beams import to_lab
from scotopic.events.frames import missing_momentum, without_spread
from scotopic.events.record import Events
from scotopic.io import read_events, write_events


def sample(n=20):
    """Pairs of photons back to back."""
    direction = np.random.default_rng(1).normal(size=(3, n))
    direction *= 5.29 / np.linalg.norm(direction, axis=0)
    p = np.stack([np.vstack([np.full(n, 5.29), sign * direction]) for sign in (1.0, -1.0)])
    return Events(np.full((2, n), 22, np.int32), p, np.full(n, 2.0), "cm", 10.58, "e- e+ > gamma gamma")


def refused(path, **options):
    """The one line that refuses a file; it names the file."""
    with pytest.raises(InputError) as fault:
        read_events(path, **options)
    said = str(fault.value)
    assert str(path) in said
    assert "\n" not in said
    return said


def written(path, text):
    content = text.encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


# HepMC3

UP = "P 1 0 11 0.0 0.0 5.0 5.0 0.0 4\nP 2 0 -11 0.0 0.0 -5.0 5.0 0.0 4\nV -1 0 [1,2]\n"
OUT = "P 3 -1 22 0.0 3.0 4.0 5.0 0.0 1\nP 4 -1 22 0.0 -3.0 -4.0 5.0 0.0 1\n"
HEPMC = "HepMC::Version 3.02.05\nHepMC::Asciiv3-START_EVENT_LISTING\n{}HepMC::Asciiv3-END_EVENT_LISTING\n\n"
HEPMC2 = """HepMC::Version 2.06.09
HepMC::IO_GenEvent-START_EVENT_LISTING
E 0 0 0.0 0.0 0.0 0 0 1 1 2 0 1 0.5
U GEV MM
V -1 0 0 0 0 0 2 2 0
P 1 11 0.0 0.0 5.0 5.0 0.0 4 0 0 -1 0
P 2 -11 0.0 0.0 -5.0 5.0 0.0 4 0 0 -1 0
P 3 22 0.0 3.0 4.0 5.0 0.0 1 0 0 0 0
P 4 22 0.0 -3.0 -4.0 5.0 0.0 1 0 0 0 0
HepMC::IO_GenEvent-END_EVENT_LISTING
"""


def hepmc(n=3, units="GEV MM", weight="W 0.5\n", head=""):
    return HEPMC.format(head + "".join(f"E {i} 1 4\nU {units}\n{weight}{UP}{OUT}" for i in range(n)))


@pytest.fixture(params=["a.hepmc", "a.hepmc.gz"])
def path(tmp_path, request):
    return tmp_path / request.param


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9, 0.99])
def test_a_cut_hepmc_file_is_refused_without_a_word_of_the_library(path, share, capfd):
    write_events(sample(), path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    refused(path)
    assert capfd.readouterr() == ("", "")


def test_a_hepmc_file_cut_between_two_events_is_refused(path, capfd):
    whole = hepmc()
    assert len(read_events(written(path, whole))) == 3
    for cut in (whole.index("E 1 "), whole.index("HepMC::Asciiv3-END"), len(whole) - 8):
        assert "ends before HepMC::Asciiv3-END_EVENT_LISTING" in refused(written(path, whole[:cut]))
    assert capfd.readouterr() == ("", "")


def test_hepmc_2_ends_with_its_own_line(path, capfd):
    events = read_events(written(path, HEPMC2))
    np.testing.assert_array_equal(events.momenta[:, 3, 0], [4.0, -4.0])
    np.testing.assert_array_equal(events.weights, 0.5)
    cut = written(path, HEPMC2.replace("HepMC::IO_GenEvent-END_EVENT_LISTING", ""))
    assert "ends before HepMC::IO_GenEvent-END_EVENT_LISTING" in refused(cut)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("P 4 -1 22", "P four", "cannot read event 1 (line 3)"),
        ("E 1 1 4", "E 1 1 9", "cannot read event 2 (line 11)"),
        (f"{UP}{OUT}E 2", "E 2", "cannot read event 2 (line 11)"),
    ],
)
def test_a_faulty_event_within_a_hepmc_file_is_refused(path, old, new, message, capfd):
    assert message in refused(written(path, hepmc().replace(old, new, 1)))
    assert "DEBUG" not in "".join(capfd.readouterr())


def test_a_gzipped_file_needs_no_ending_of_its_own(tmp_path):
    for name, content in (("a.hepmc", gzip.compress(hepmc().encode())), ("a.hepmc.gz", hepmc().encode())):
        (tmp_path / name).write_bytes(content)
        assert len(read_events(tmp_path / name)) == 3


@pytest.mark.parametrize(("weight", "value"), [("W 0.5\n", 0.5), ("W 0.5 3.0\n", 0.5), ("", 1.0)])
def test_hepmc_without_names_of_weights_has_its_first_or_one(path, weight, value):
    np.testing.assert_array_equal(read_events(written(path, hepmc(weight=weight))).weights, value)


@pytest.mark.parametrize("units", ["KEV MM", "GEV M", "GeV MM", "GEV"])
def test_units_that_hepmc_does_not_know_are_refused(path, units, capfd):
    said = refused(written(path, hepmc(units=units)))
    assert f"has units '{units}'; expected one of: GEV MM, GEV CM, MEV MM, MEV CM" in said
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("header", ["sqrt_s=ten", "sqrt_s=10.0;seed=one"])
def test_a_header_of_ours_that_was_spoilt_is_refused(path, header):
    text = hepmc(head=f"T scotopic\\|scotopic\\|{header}\n")
    assert "is no valid HepMC3 file" in refused(written(path, text))


# LHE

LHE = """<LesHouchesEvents version="3.0">
<init>
11 -11 5.0 5.0 0 0 0 0 3 1
2.0 0.1 1.0 1
</init>
<event>
4 1 1.0 10.0 -1 -1
11 -1 0 0 0 0 0 0 5.0 5.0 0 0 9
-11 -1 0 0 0 0 0 0 -5.0 5.0 0 0 9
22 1 1 2 0 0 0.0 3.0 4.0 5.0 0 0 9
22 1 1 2 0 0 0.0 -3.0 -4.0 5.0 0 0 9
#end
</event>
<event>
3 1 1.0 10.0 -1 -1
11 -1 0 0 0 0 0 0 5.0 5.0 0 0 9
-11 -1 0 0 0 0 0 0 -5.0 5.0 0 0 9
22 1 1 2 0 0 0.0 3.0 4.0 5.0 0 0 9
</event>
</LesHouchesEvents>
"""


@pytest.mark.parametrize("end", ["#end", "<rwgt>\n<wgt id='1'>2.0</wgt>\n</rwgt>", "", "\n# one\n# two"])
def test_behind_the_particles_of_an_lhe_event_come_comments_and_tags(tmp_path, end):
    events = read_events(written(tmp_path / "a.lhe", LHE.replace("#end", end)))
    np.testing.assert_array_equal(events.pdg, [[22, 22], [22, 0]])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("4 1 1.0", "3 1 1.0", "has 4 lines of particles; expected its NUP, 3"),
        ("4 1 1.0", "2 1 1.0", "has 4 lines of particles; expected its NUP, 2"),
        ("\n3 1 1.0", "\n4 1 1.0", "has 3 lines of particles; expected its NUP, 4"),
        ("#end\n</event>\n", "#end\n", "event 1 (line 6) has <event> before </event> (line 13)"),
        ("</event>\n</Les", "</Les", "event 2 (line 14) has </LesHouchesEvents> before </event>"),
    ],
)
def test_an_lhe_event_of_another_number_of_particles_is_refused(tmp_path, old, new, message):
    assert message in refused(written(tmp_path / "a.lhe", LHE.replace(old, new, 1)))


# what a header of ours says


def test_beams_of_another_energy_than_our_header_are_refused(tmp_path, path):
    write_events(sample(), path)
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    said = refused(written(path, text.replace("U GEV", "U MEV")))
    assert said.endswith("has beams of √s = 0.01058 GeV, not the 10.58 GeV of its header")
    lhe = tmp_path / "a.lhe"
    write_events(sample(), lhe)
    text = lhe.read_text().replace('sqrt_s="10.58"', 'sqrt_s="9.46"')
    assert "has beams of √s = 10.58 GeV, not the 9.46 GeV of its header" in refused(written(lhe, text))


@pytest.mark.parametrize("ending", ["lhe", "hepmc"])
def test_laboratory_events_that_something_left_unseen_keep_their_beams(tmp_path, ending):
    """The sum of a record is not that of its beams: without these, no beams are written."""
    made = to_lab(sample(), load_experiment("belle2-2018").beams, np.random.default_rng(1))
    lab = np.array(made.momenta)
    lab[1] *= np.linspace(0.2, 1.0, len(made))
    events, back = replace(made, momenta=lab), tmp_path / f"a.{ending}"
    write_events(events, back)
    expected = missing_momentum(events if ending == "hepmc" else without_spread(events))
    np.testing.assert_allclose(missing_momentum(read_events(back)), expected, atol=1e-9)
    with pytest.raises(InputError, match="do not tell their beams"):
        write_events(replace(events, beams=None), back)
