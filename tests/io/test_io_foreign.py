"""Files that other programs wrote, damaged files, users' mappings, and files that appear whole or not at all."""

import errno
import gzip

import numpy as np
import pyarrow
import pyhepmc
import pytest
import uproot
from pyarrow import parquet

from scotopic.errors import InputError
from scotopic.events.record import Events
from scotopic.files import replacing
from scotopic.io import (
    hepmc,
    kind_of,
    lhe,
    read_candidates,
    read_detected,
    read_events,
    read_ntuple,
    write_events,
)
from scotopic.io.ntuple import decode
from scotopic.numerics.lorentz import invariant_mass


def sample(n=5):
    """Pairs of photons back to back."""
    rng = np.random.default_rng(1)
    direction = rng.normal(size=(3, n))
    direction *= 5.29 / np.linalg.norm(direction, axis=0)
    p = np.stack([np.vstack([np.full(n, 5.29), sign * direction]) for sign in (1.0, -1.0)])
    return Events(
        np.full((2, n), 22, np.int32), p, np.full(n, 2.0), "cm", 10.58, "e- e+ > gamma gamma", 2.0 * n, 0.1
    )


def refused(path, reader=read_events, **options):
    """The one line that refuses a file; it names the file."""
    with pytest.raises(InputError) as fault:
        reader(path, **options)
    said = str(fault.value)
    assert str(path) in said
    assert "\n" not in said
    return said


def ntuple(path, tree="variables", **columns):
    names = {name: np.asarray(values) for name, values in columns.items()}
    with uproot.recreate(path) as file:
        file.mktree(tree, {name: values.dtype for name, values in names.items()})
        file[tree].extend(names)
    return path


def mapping(tmp_path, text):
    path = tmp_path / "map.toml"
    path.write_text(text)
    return path


# Les Houches files

FOREIGN_LHE = """<LesHouchesEvents version="3.0">
<!-- made elsewhere -->
<init>
-11 11 4.0 7.0 0 0 0 0 3 2
1.5 0.3 1.0 1
0.5 0.4 1.0 2
<generator version="9">SomeGen</generator>
<xsecinfo neve="2" totxsec="2.0"/>
</init>
<event id="1">
6 1 1.0 10.58 -1 -1
-11 -1 0 0 0 0 0 0 4.0 4.0 0 0 9
11 -1 0 0 0 0 0 0 -7.0 7.0 0 0 9
22 1 1 2 0 0 0.0 3.0 -1.0 3.1622776601683795 0 0 9
22 1 1 2 0 0 0.0 -3.0 -1.0 3.1622776601683795 0 0 9
54 2 1 2 0 0 0.0 0.0 -1.0 4.6754446796632410 4.5 0 9
12 1 5 5 0 0 0.0 0.0 -1.0 1.0 0 0 9
# a comment behind the particles
</event>
<event>
3 2 1.0 10.58 -1 -1
-11 -1 0 0 0 0 0 0 4.0 4.0 0 0 9
11 -1 0 0 0 0 0 0 -7.0 7.0 0 0 9
13 1 1 2 0 0 0.3 0.4 -1.2 1.3041646289330000 0 0 9
</event>
</LesHouchesEvents>
"""


def test_a_foreign_lhe_file_is_turned_so_that_electrons_fly_along_z(tmp_path):
    path = tmp_path / "a.lhe"
    path.write_text(FOREIGN_LHE)
    events = read_events(path)
    assert (events.frame, events.source, len(events)) == ("lab", "SomeGen", 2)
    assert events.sqrt_s == pytest.approx(2.0 * np.sqrt(28.0))
    np.testing.assert_array_equal(events.pdg, [[22, 13], [22, 0], [12, 0]])  # nothing that decayed
    np.testing.assert_allclose(events.momenta[0, :, 1], [1.304164628933, -0.3, 0.4, 1.2])
    assert np.all(events.momenta[:, 3, 0] == 1.0)
    assert events.cross_section_pb == pytest.approx(2.0)
    assert events.cross_section_error_pb == pytest.approx(0.5)
    np.testing.assert_allclose(events.weights, 1.0)


def test_the_frame_is_that_of_the_beams_and_not_guessed_without_them(tmp_path):
    path = tmp_path / "a.lhe"
    path.write_text(FOREIGN_LHE)
    assert "laboratory frame" in refused(path, frame="cm")
    assert "not at 9 GeV" in refused(path, sqrt_s=9.0)
    path.write_text(FOREIGN_LHE.replace("11 -1 0", "21 -1 0"))
    assert "beams of the PDG codes" in refused(path)
    path.write_text(FOREIGN_LHE.replace("-11 11 4.0 7.0", "0 0 4.0 7.0").replace("11 -1 0", "11 -2 0"))
    assert "give it with --frame cm or lab" in refused(path)
    assert "does not tell its centre-of-mass energy" in refused(path, frame="lab")
    events = read_events(path, frame="lab", sqrt_s=10.58)
    assert (events.frame, events.sqrt_s, events.beams) == ("lab", 10.58, None)
    assert "does not name its beams" in events.notes[0]
    path.write_text(FOREIGN_LHE.replace("-11 11 4.0 7.0", "2212 2212 4.0 7.0").replace("11 -1 0", "21 -1 0"))
    assert "beams of the PDG codes 2212 and 2212 in <init>; expected e- and e+" in refused(path, frame="lab")


@pytest.mark.parametrize("ending", ["lhe", "lhe.gz", "parquet"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.999])
def test_a_truncated_file_is_refused(tmp_path, ending, share):
    path = tmp_path / f"a.{ending}"
    write_events(sample(300), path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    refused(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<event id", "<event>\nsix 1 1.0\n<event id"),
        ("3.1622776601683795", "nan"),
        ("3.1622776601683795", "three"),
        ("3 2 1.0", "4 2 1.0"),
        ("<init>", "<start>"),
        ("</LesHouchesEvents>", ""),
        ("3 2 1.0", "3 2 inf"),
    ],
)
def test_a_faulty_lhe_file_is_refused(tmp_path, old, new):
    path = tmp_path / "a.lhe"
    path.write_text(FOREIGN_LHE.replace(old, new))
    refused(path)


# HepMC3


def foreign_hepmc(path, momentum_unit, length_unit, gev, mm):
    """An e- of 7 GeV along -z and an e+ of 4 GeV make a photon and a scalar, which flies 12 mm to two photons."""
    unit = pyhepmc.Units
    event = pyhepmc.GenEvent(getattr(unit, momentum_unit), getattr(unit, length_unit))
    event.run_info = pyhepmc.GenRunInfo()
    event.run_info.weight_names = ["up", "nominal"]
    event.weights = [3.0, 0.5]
    first, second = pyhepmc.GenVertex(), pyhepmc.GenVertex((0.0, 0.0, 12.0 * mm, 0.0))
    legs = [(-7.0, 7.0, 11, 4), (4.0, 4.0, -11, 4), (-6.0, 6.0, 22, 1), (3.0, 5.0, 54, 2)]
    legs += [(4.0, 4.0, 22, 1), (-1.0, 1.0, 22, 1)]
    made = [pyhepmc.GenParticle((0.0, 0.0, z * gev, e * gev), pdg, status) for z, e, pdg, status in legs]
    for vertex, incoming, outgoing in ((first, made[:2], made[2:4]), (second, made[3:4], made[4:])):
        for particle in incoming:
            vertex.add_particle_in(particle)
        for particle in outgoing:
            vertex.add_particle_out(particle)
        event.add_vertex(vertex)
    with pyhepmc.open(str(path), "w") as file:
        file.write(event)
        file.write(event)


@pytest.mark.parametrize("ending", ["hepmc", "hepmc.gz"])
@pytest.mark.parametrize("units", [("GEV", "MM", 1.0, 1.0), ("MEV", "CM", 1e3, 0.1)], ids=["GeV", "MeV"])
def test_hepmc_is_gev_and_mm_whatever_its_units(tmp_path, ending, units):
    path = tmp_path / f"a.{ending}"
    foreign_hepmc(path, *units)
    events = read_events(path)
    assert (events.frame, events.cross_section_pb, len(events)) == ("lab", None, 2)
    assert events.sqrt_s == pytest.approx(2.0 * np.sqrt(28.0))
    np.testing.assert_array_equal(events.pdg, 22)
    np.testing.assert_allclose(events.momenta[:, 0, 0], [6.0, 4.0, 1.0])
    np.testing.assert_allclose(events.momenta[:, 3, 0], [6.0, -4.0, 1.0])  # turned: electrons along +z
    np.testing.assert_allclose(events.vertices[:, 2, 0], [0.0, -12.0, -12.0])
    np.testing.assert_array_equal(events.weights, 0.5)  # the nominal of two


# Parquet and other files


def test_a_parquet_file_of_others_is_refused_by_every_reader(tmp_path):
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table({"x": [1.0, 2.0]}), path)
    for reader in (read_events, read_detected, kind_of):
        assert "without scotopic's header" in refused(path, reader)
    refused(path, read_candidates)


def test_events_are_no_detected_events_nor_candidates(tmp_path):
    path = tmp_path / "a.parquet"
    write_events(sample(), path)
    assert "holds events; expected detected" in refused(path, read_detected)
    refused(path, read_candidates)
    root = ntuple(tmp_path / "a.root", m_gg=[1.0])
    assert "a ROOT file of candidates" in refused(root)
    refused(root, read_detected)
    unknown = ntuple(tmp_path / "b.root", pt=[1.0])
    assert "no column that the mapping names" in refused(unknown, read_candidates)


@pytest.mark.parametrize(
    "content", [b"", b"   \n", b"\x1f\x8b", b"MZ\x90", b"PAR1", b"root", gzip.compress(b"hello", mtime=0)]
)
def test_what_is_no_event_file_is_refused_by_its_content(tmp_path, content):
    path = tmp_path / "events.lhe"
    path.write_bytes(content)
    refused(path)


# ntuples and their mappings


def test_names_of_branches_are_those_of_basf2():
    assert decode("E__bo0__bc") == "E(0)"
    assert decode("useCMSFrame__bop__bc") == "useCMSFrame(p)"
    assert decode("daughter__bo0__cm__spclusterE__bc") == "daughter(0, clusterE)"
    assert [decode(name) for name in ("__event__", "m_gg", "a__xxb")] == ["__event__", "m_gg", "a__xxb"]


def test_missing_values_stay_missing(tmp_path):
    path = ntuple(tmp_path / "a.root", m_gg=[1.0, np.nan, 3.0], m_3g=[np.nan] * 3)
    found = read_candidates(path)
    np.testing.assert_array_equal(found["m2_gg"], [1.0, np.nan, 9.0])
    assert np.isnan(found["m_3g"]).all()
    np.testing.assert_array_equal(found.weights, 1.0)


def test_of_duplicate_columns_the_first_counts(tmp_path):
    path = tmp_path / "a.root"
    with uproot.recreate(path) as file:
        file.mktree("variables", {"M__bo0__bc": "float64", "M(0)": "float64"})
        file["variables"].extend({"M__bo0__bc": np.array([1.0, 2.0]), "M(0)": np.array([7.0, 8.0])})
    assert list(read_ntuple(path)) == ["M(0)"]
    for name in ("M(0)", "M__bo0__bc"):
        found = read_candidates(path, mapping(tmp_path, f'[observables]\nm_gg = "{name}"\n'))
        np.testing.assert_array_equal(found["m_gg"], [1.0, 2.0])


def test_candidates_of_one_event_share_its_number(tmp_path):
    keys = {"__run__": [1, 1, 2, 1], "__event__": [5, 5, 5, 9]}
    weight = np.array([0.5, 0.5, 2.0, 1.0])
    found = read_candidates(ntuple(tmp_path / "a.root", m_gg=np.ones(4), __weight__=weight, **keys))
    assert found.event[0] == found.event[1]
    assert np.unique(found.event).size == 3
    np.testing.assert_array_equal(found.weights, weight)
    bad = ntuple(tmp_path / "b.root", m_gg=np.ones(2), __weight__=[1.0, np.nan])
    assert "__weight__ holds values that are not finite" in refused(bad, read_candidates)


def test_a_users_mapping_names_scales_and_squares(tmp_path):
    path = ntuple(tmp_path / "a.root", invM=[1000.0, 2000.0], other=[1.0, 2.0])
    text = '[observables]\nm2_gg = { column = "invM", squared = true, factor = 1e-6 }\nm_3g = [{ column = "no" }, '
    found = read_candidates(path, mapping(tmp_path, text + '{ column = "other", factor = 2.0 }]\n'))
    np.testing.assert_allclose(found["m2_gg"], [1.0, 4.0])
    np.testing.assert_allclose(found["m_3g"], [2.0, 4.0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[observables]\nm2_gg = "invMm"\n', "lacks columns of {map}: invMm (near: invM)"),
        (
            '[observables]\nm2_gg = { column = "invM", unit = "MeV" }\n',
            "m2_gg: is {{'column': 'invM', 'unit': 'MeV'}}, must be a table of column",
        ),
        ("[observables]\nm2_gg = 3\n", "m2_gg: is 3, must be a table of column, factor and squared"),
        ("[observables]\n", "[observables]: missing"),
        ("[observables\n", "{map}: not valid TOML"),
        ('tree = "b"\n[observables]\nm2_gg = "invM"\n', "has no tree 'b'; expected"),
    ],
)
def test_a_faulty_mapping_is_refused(tmp_path, text, message):
    path = ntuple(tmp_path / "a.root", invM=[1.0])
    chosen = mapping(tmp_path, text)
    with pytest.raises(InputError) as fault:
        read_candidates(path, chosen)
    assert message.format(map=chosen) in str(fault.value)


def test_a_file_of_several_trees_needs_its_tree(tmp_path):
    path = tmp_path / "a.root"
    with uproot.recreate(path) as file:
        for number, tree in enumerate(("one", "two")):
            file.mktree(tree, {"m_gg": "float64"})
            file[tree].extend({"m_gg": np.full(2, float(number))})
    assert "has several trees; expected" in refused(path, read_candidates)
    np.testing.assert_array_equal(read_candidates(f"{path}:two")["m2_gg"], 1.0)
    np.testing.assert_array_equal(read_candidates(path, tree="one")["m2_gg"], 0.0)
    found = read_candidates(path, mapping(tmp_path, 'tree = "two"\n[observables]\nm_gg = "m_gg"\n'))
    np.testing.assert_array_equal(found["m_gg"], 1.0)


# files appear whole or not at all


def half_written(path, fault):
    with replacing(path) as temporary:
        temporary.write_text("half of the n")
        raise fault


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), ValueError()])
def test_what_fails_leaves_the_old_file_as_it_was(tmp_path, fault):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(type(fault)):
        half_written(path, fault)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_one_error_and_no_file(tmp_path):
    with pytest.raises(InputError, match=r"cannot write .*a\.txt: No space left on device"):
        half_written(tmp_path / "a.txt", OSError(errno.ENOSPC, "No space left on device"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["lhe", "lhe.gz", "hepmc", "parquet"])
def test_an_interrupted_writer_leaves_nothing_behind(tmp_path, ending, monkeypatch):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(lhe, "_event", interrupt)
    monkeypatch.setattr(hepmc, "_fill", interrupt)
    monkeypatch.setattr(parquet.ParquetWriter, "write_table", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_events(sample(), tmp_path / f"a.{ending}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["lhe", "hepmc", "parquet"])
def test_places_that_cannot_be_written_are_named(tmp_path, ending):
    with pytest.raises(InputError, match=r"the folder .*absent does not exist"):
        write_events(sample(), tmp_path / "absent" / f"a.{ending}")
    folder = tmp_path / f"a.{ending}"
    folder.mkdir()
    with pytest.raises(InputError, match=f"cannot write .*a.{ending}"):
        write_events(sample(), folder)
    assert list(tmp_path.iterdir()) == [folder]


# samples of other programs; figures from their README


@pytest.mark.reference
@pytest.mark.parametrize(
    ("name", "n", "sigma", "error", "last"),
    [
        ("whizard_ggg_445pb", 51_400, 116.0, 0.1, (22, 22, 22)),
        ("whizard_mumugamma", 20_000, 68.65, 0.05, (13, -13, 22)),
        ("whizard_eegamma", 20_000, 2280.0, 3.4, (11, -11, 22)),
    ],
)
def test_whizard_events_keep_energy_and_their_cuts(reference_folder, name, n, sigma, error, last):
    events = read_events(reference_folder / "samples" / f"{name}.lhe.gz")
    assert (len(events), events.frame, events.source) == (n, "cm", "WHIZARD")
    assert events.weights.sum() == pytest.approx(sigma, abs=0.6 * error)
    assert sorted(events.pdg[:, 0]) == sorted(last)
    p = events.momenta
    np.testing.assert_allclose(p.sum(axis=0).T - [10.58, 0.0, 0.0, 0.0], 0.0, atol=2e-8)
    theta = np.rad2deg(np.arccos(p[:, 3] / np.linalg.norm(p[:, 1:], axis=1)))
    photon = events.pdg == 22
    low = {"whizard_ggg_445pb": 0.25}.get(name, 1.0)
    assert p[:, 0][photon].min() >= low
    assert 20.0 <= theta.min() <= theta.max() <= 160.0
    if name == "whizard_eegamma":
        assert p[:, 0][~photon].min() >= 0.5
        assert 30.0 <= theta[photon].min() <= theta[photon].max() <= 150.0
    if name == "whizard_ggg_445pb":
        assert min(invariant_mass(p[i] + p[j]).min() for i, j in ((0, 1), (0, 2), (1, 2))) >= 0.15


@pytest.mark.reference
def test_the_ntuple_of_basf2_with_its_duplicates_and_empty_columns(reference_folder, tmp_path):
    path = reference_folder / "samples" / "sigtest.root"
    with uproot.open(path) as file:
        branches = [branch.name for branch in file["variables"].branches]
        mass = file["variables"].branches[branches.index("Mbc")].array(library="np")
    names = list(read_ntuple(path))
    assert len(branches) - len(names) == 49
    values = read_ntuple(path, names)
    assert all(column.shape == (211,) for column in values.values())
    empty = [name for name, column in values.items() if np.isnan(column.astype(float)).all()]
    assert len(empty) == 384
    text = f"[observables]\nm_bc = 'Mbc'\nm2_bc = {{ column = 'Mbc', squared = true }}\nnot = '{empty[0]}'\n"
    found = read_candidates(path, mapping(tmp_path, text))
    np.testing.assert_array_equal(found["m_bc"], mass)
    np.testing.assert_allclose(found["m2_bc"], mass.astype(float) ** 2)
    assert np.isnan(found["not"]).all()
    assert np.bincount(found.event).max() == 20


@pytest.mark.reference
def test_foreign_files_are_refused_where_they_are_not_what_is_asked(reference_folder, tmp_path):
    samples = reference_folder / "samples"
    photons, candidates = samples / "single_photon_data.parquet", samples / "sigtest.root"
    for reader in (read_events, read_detected, kind_of):
        assert "without scotopic's header" in refused(photons, reader)
    assert "ROOT file of candidates" in refused(candidates)
    assert "none of LHE, HepMC3" in refused(samples / "README.md")
    for source, reader in (
        (candidates, read_candidates),
        (photons, read_events),
        (samples / "whizard_eegamma.lhe.gz", read_events),
    ):
        whole = source.read_bytes()
        for share in (0.001, 0.1, 0.5, 0.99):
            path = tmp_path / source.name
            path.write_bytes(whole[: int(share * len(whole))])
            refused(path, reader)
