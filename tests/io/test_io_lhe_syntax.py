"""LHE as the format allows it, and files packed in any way."""

import bz2
import gzip
import lzma
import os
import sys

import numpy as np
import pytest

from scotopic.errors import InputError
from scotopic.io import read_events, read_histogram
from scotopic.io.compression import _zstd
from scotopic.io.text import number, whole

EVENT = """<event>
4 1 1.0 10.0 -1 -1
11 -1 0 0 0 0 0 0 5.0 5.0 0 0 9
-11 -1 0 0 0 0 0 0 -5.0 5.0 0 0 9
22 1 1 2 0 0 0.0 3.0 4.0 5.0 0 0 9
22 1 1 2 0 0 0.0 -3.0 -4.0 5.0 0 0 9
</event>
"""
INIT = "<init>\n11 -11 5.0 5.0 0 0 0 0 3 1\n2.0 0.1 1.0 1\n</init>\n"
HEAD = '<LesHouchesEvents version="3.0">\n'
LHE = HEAD + INIT + 3 * EVENT + "</LesHouchesEvents>\n"
RWGT = "<rwgt>\n<wgt id='1'>2.0</wgt>\n<wgt id='2'> 3 4 5 </wgt>\n</rwgt>\n"
INITRWGT = "<initrwgt>\n<weightgroup name='a'>\n<weight id='1'>muR</weight>\n</weightgroup>\n</initrwgt>\n"
LONG = "<!-- " + "x" * 70 + "\n"
PACKINGS = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda b: _zstd().compress(b),
}

DIALECTS = {
    "reweighting in the header": LHE.replace("<init>", f"<header>\n{INITRWGT}</header>\n<init>"),
    "reweighting in init": LHE.replace("</init>", f"{INITRWGT}</init>"),
    "reweighting in events": LHE.replace("</event>", f"{RWGT}</event>"),
    "elements before the particles": LHE.replace("<event>\n", f"<event>\n<scales muf='1'/>\n{RWGT}"),
    "groups of events": LHE.replace(3 * EVENT, f"<eventgroup>\n{3 * EVENT}</eventgroup>\n"),
    "groups with attributes": LHE.replace(3 * EVENT, f"<eventgroup nevents='3'>\n{3 * EVENT}</eventgroup>"),
    "a comment first in init": LHE.replace("<init>\n", "<init>\n# two beams\n\n"),
    "comments between particles": LHE.replace("\n22 1", "\n# photon\n\n22 1"),
    "comments behind numbers": LHE.replace("0 0 9\n", "0 0 9 # a particle\n"),
    "tags in comments of the header": LHE.replace(
        "<init>", "<header>\n<!-- <event>\n<init> -->\n</header>\n<init>"
    ),
    "tags in CDATA": LHE.replace(
        "<init>", "<header>\n<![CDATA[\n</header>\n<init>\n<event>]]>\n</header>\n<init>"
    ),
    "tags in the text of the header": LHE.replace(
        "<init>", "<header>\nn <events> and <event>\n</header>\n<init>"
    ),
    "a comment within an event": LHE.replace("\n22 1", "\n<!-- </event> -->\n22 1"),
    "a comment before the first tag": "<?xml version='1.0'?>\n" + 100 * LONG.replace("\n", "-->\n") + LHE,
    "a comment of many lines": "<?xml version='1.0'?>\n" + LONG + 100 * ("y" * 70 + "\n") + "-->\n" + LHE,
    "a byte order mark": "\ufeff" + LHE,
    "DOS lines": LHE.replace("\n", "\r\n"),
    "Fortran's double precision": LHE.replace("3.0 4.0 5.0", "3.0D+00 .4d1 5.000D+00").replace(
        "2.0 0.1", "0.2D+1 1.D-1"
    ),
    "exponents without a letter": LHE.replace("2.0 0.1 1.0", "2.0 0.1 1.0-103"),
    "attributes": LHE.replace("<event>", "<event npLO=' 1 ' npNLO=' 0 '>"),
    "a tag over two lines": LHE.replace(
        "</init>", "<generator name='x'\n version='2'>y</generator>\n</init>"
    ),
    "free text": LHE.replace("</init>", "made on a Monday\n</init>").replace(
        "</event>", "as it were\n</event>"
    ),
    "seeds at the end": LHE + " # random number generator: 1 2 3\n\n",
    "no line end": LHE.rstrip(),
    "indented": LHE.replace("\n", "\n   "),
}


def written(path, text, pack=bytes):
    path.write_bytes(pack(text.encode()))
    return path


def refused(path, **options):
    with pytest.raises(InputError) as fault:
        read_events(path, **options)
    assert str(path) in str(fault.value)
    assert "\n" not in str(fault.value)
    return str(fault.value)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_dialect_holds_the_same_events(tmp_path, dialect):
    plain = read_events(written(tmp_path / "plain.lhe", LHE))
    events = read_events(written(tmp_path / "a.lhe", DIALECTS[dialect]))
    assert (len(events), events.cross_section_pb, events.cross_section_error_pb) == (3, 2.0, 0.1)
    np.testing.assert_array_equal(events.pdg, plain.pdg)
    np.testing.assert_array_equal(events.momenta, plain.momenta)


@pytest.mark.parametrize(
    ("tag", "source"),
    [
        ("<generator name='MG' version='3'>please cite</generator>", "MG"),
        ("<generator version='1'>Old</generator>", "Old"),
        ('<generator name="MG"/>', "MG"),
        ("<generators>x</generators>", "LHE"),
        ("", "LHE"),
    ],
)
def test_the_generator_is_named_as_version_3_or_2_has_it(tmp_path, tag, source):
    assert (
        read_events(written(tmp_path / "a.lhe", LHE.replace("</init>", f"{tag}\n</init>"))).source == source
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LHE + LHE, "joins several samples (line 28)"),
        (LHE.replace("</Les", INIT + "</Les"), "joins several samples (line 27)"),
        (LHE + "1 2 3\n", "goes on behind </LesHouchesEvents> (line 28"),
        (LHE.replace(EVENT, EVENT + "<event>\n</event>\n", 1), "event 2 (line 13) is empty"),
        (LHE.replace("4 1 1.0 10.0 -1 -1", "0 1 1.0 10.0 -1 -1"), "event 1 (line 6) has NUP = 0"),
        (LHE.replace("4 1 1.0 10.0 -1 -1", "4 1 1.0"), "event 1 (line 6), line 7: it has 3 numbers"),
        (LHE.replace("3.0 4.0 5.0 0 0 9", "3.0 4.0 5.0", 1), "event 1 (line 6), line 10: a particle has 10"),
        (LHE.replace("3.0 4.0 5.0", "3.0 ***** 5.0"), "line 10: '*****' is no number"),
        (LHE.replace("22 1 1 2", "2" * 400 + " 1 1 2"), "is no whole number of 32 bits"),
        (LHE.replace("3.0 4.0", "3_0 4.0"), "'3_0' is no number"),
        (LHE.replace("3.0 4.0", "nan 4.0"), "event 1 (line 6), line 10: nan is no momentum or place"),
        (LHE.replace("3.0 4.0", "1e200 4.0"), "1e+200 is no momentum or place"),
        (LHE.replace("3.0 4.0", "1e13 4.0"), "1e+13 is no momentum or place"),
        (LHE.replace("11 -11 5.0 5.0 0", "5.0 5.0 0"), "<init> (line 2): its first line has 8 numbers"),
        (LHE.replace("2.0 0.1 1.0 1\n", ""), "it has 0 lines of processes; expected its NPRUP, 1"),
        (LHE.replace("2.0 0.1 1.0 1\n", "2.0 0.1 1.0 1\n1 1 1 2\n"), "it has 2 lines of processes"),
        (LHE.replace("11 -11 5.0", "2212 2212 5.0").replace("11 -1 ", "21 -1 "), "PDG codes 2212 and 2212"),
        (HEAD + EVENT + INIT, "has no <init> block before its first <event> (line 2)"),
        (HEAD + "<header>\n" + INIT + EVENT, "ends before </header>"),
        (LHE.replace("<init>", "<!-- <init>"), "ends before the --> of line 2"),
        (LHE.replace("</event>", "", 1), "event 1 (line 6) has <event> before </event> (line 13)"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path, text, said):
    assert said in refused(written(tmp_path / "a.lhe", text))


@pytest.mark.parametrize("packing", PACKINGS)
def test_files_are_unpacked_by_their_first_bytes(tmp_path, packing):
    pack = PACKINGS[packing]
    for name in (f"a.lhe.{packing}", "b.lhe"):
        assert len(read_events(written(tmp_path / name, LHE, pack))) == 3
    histogram = written(tmp_path / "h.csv", "low,high,counts\n0,1,4\n", pack)
    np.testing.assert_array_equal(read_histogram(histogram).counts, [4.0])
    whole_file = pack((HEAD + INIT + 400 * EVENT + "</LesHouchesEvents>\n").encode())
    for share in (0.3, 0.9):
        (tmp_path / "cut.lhe").write_bytes(whole_file[: int(share * len(whole_file))])
        refused(tmp_path / "cut.lhe")
    spoilt = bytearray(whole_file)
    spoilt[len(spoilt) // 2] ^= 0x55
    (tmp_path / "spoilt.lhe").write_bytes(bytes(spoilt))
    refused(tmp_path / "spoilt.lhe")


def test_members_of_a_packed_file_are_joined_files_too(tmp_path):
    (tmp_path / "a.lhe.gz").write_bytes(2 * gzip.compress(LHE.encode()))
    assert "joins several samples" in refused(tmp_path / "a.lhe.gz")


def test_a_line_without_end_is_not_kept_in_memory(tmp_path):
    """30 MB of one line, packed to 30 kB."""
    path = written(tmp_path / "a.lhe.gz", HEAD + INIT + "<event>\n" + "1 " * 15_000_000, gzip.compress)
    assert "line 7 is longer than" in refused(path)
    path = written(tmp_path / "a.hepmc.gz", "HepMC::Version 3\n" + "E" * 30_000_000, gzip.compress)
    assert "line 2 is longer than" in refused(path)


@pytest.mark.parametrize("reader", [read_events, read_histogram])
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path, reader):
    os.mkfifo(tmp_path / "pipe")
    missing = "cannot read .*: No such file"
    for path, said in (
        (tmp_path / "pipe", "expected a regular file"),
        (tmp_path, "Is a directory"),
        (tmp_path / "none", missing),
        (tmp_path / ("n" * 300), "File name too long"),
        (tmp_path / "a\0b", "null"),
        *([("/dev/zero", "expected a regular file")] if sys.platform == "linux" else []),
    ):
        with pytest.raises(InputError, match=said):
            reader(path)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5D-03", 1.5e-3),
        ("-.5d+2", -50.0),
        ("1.234-103", 1.234e-103),
        ("2+10", 2e10),
        ("7", 7.0),
        ("1e5", 1e5),
    ],
)
def test_numbers_of_fortran(text, value):
    assert number(text) == value


@pytest.mark.parametrize("text", ["1_0", "", "1D", "D5", "1.2.3", "٣", "0x10", "1-2-3", "nan1"])
def test_what_is_no_number(text):
    with pytest.raises(ValueError, match="is no number"):
        number(text)


@pytest.mark.parametrize("text", ["1.0", "2147483648", "1_0", "", "9" * 400])
def test_what_is_no_whole_number(text):
    with pytest.raises(ValueError, match="is no whole number"):
        whole(text)
