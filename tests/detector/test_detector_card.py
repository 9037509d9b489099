import re

import numpy as np
import pytest
import tomlkit

from scotopic.detector.card import experiments, load_experiment, read_card
from scotopic.detector.schema.provenance import MEANING
from scotopic.errors import InputError

PILOT, PHASE3 = load_experiment("belle2-2018"), load_experiment("belle2-phase3")


def write(tmp_path, body, name="mine.toml", inherit="belle2-2018"):
    parent = f'inherit = "{inherit}"\n' if inherit else ""
    path = tmp_path / name
    path.write_text(f'[meta]\nname = "{name.removesuffix(".toml")}"\n{parent}{body}')
    return path


def faults(tmp_path, body, **more):
    with pytest.raises(InputError) as caught:
        load_experiment(write(tmp_path, body, **more))
    return str(caught.value)


def test_the_shipped_cards_load_by_name():
    assert {"belle2-2018", "belle2-phase3"} < set(experiments())
    for name in experiments():
        assert load_experiment(name).name == name
        assert load_experiment(name) is load_experiment(name)


def test_an_unknown_experiment_is_answered_with_the_cards_there_are(tmp_path):
    for name in ("cleo", str(tmp_path / "absent.toml"), tmp_path):
        with pytest.raises(
            InputError, match="no such card, shipped ones are babar, belle, belle2-2018, belle2-phase3"
        ):
            load_experiment(name)


def test_the_pilot_run_is_that_of_the_paper():
    # arXiv:2007.13071: 445/pb at the Y(4S); basf2: 7.004 GeV on 4.002 GeV, 41.5 mrad, 1.5 T
    assert PILOT.luminosity["alp_fb"] == 0.445
    assert PILOT.beams.sqrt_s == pytest.approx(10.57956, abs=1e-5)
    assert PILOT.beam.field_T == 1.5
    assert PILOT.calo.forward_deg == (12.4, 31.4)
    assert PILOT.calo.backward_deg == (130.7, 155.1)
    assert PILOT.hlt.mode == "pass"
    assert PILOT.trigger.lml1 is None


def test_a_card_that_inherits_states_only_what_differs():
    assert PHASE3.beam == PILOT.beam
    assert PHASE3.calo.tail == PILOT.calo.tail
    assert PHASE3.calo.background_level == "mid"
    assert PHASE3.luminosity["alp_fb"] == 0.445  # luminosities add up too
    assert len(PHASE3.luminosity["presets_fb"]) == 9
    assert PHASE3.trigger.lml1.threshold_cm_GeV == 2.0
    assert PHASE3.klm.theta_deg == PILOT.klm.theta_deg
    assert PHASE3.klm.photon_veto_efficiency > PILOT.klm.photon_veto_efficiency


def test_the_cells_of_the_calorimeter_trigger_add_up():
    for experiment in (PILOT, PHASE3):
        cells = experiment.trigger.cells
        assert sum(cells.cells_in_ring) == cells.cells
        assert len(cells.cells_in_ring) == len(cells.theta_low_deg) == len(cells.theta_high_deg) == 17
        assert np.all(np.array(cells.theta_low_deg) < np.array(cells.theta_high_deg))


def test_every_shipped_value_has_its_own_mark():
    for experiment in (PILOT, PHASE3):
        assert all(p.marked for p in experiment.provenance)
        assert sum(experiment.marks().values()) == len(experiment.provenance)
        assert set(experiment.marks()) <= set(MEANING)
        assert len({p.key for p in experiment.provenance}) == len(experiment.provenance)


def test_marks_are_counted_by_letter():
    by_hand = dict.fromkeys(MEANING, 0)
    for p in PILOT.provenance:
        by_hand[p.mark[0]] += 1
    assert PILOT.marks() == {letter: n for letter, n in by_hand.items() if n}
    found = {p.key: (p.mark, p.card) for p in PHASE3.provenance}
    assert found["calo.x0_before_cdc"] == ("M?", "belle2-2018.toml")
    assert found["calo.tail.n"] == ("P", "belle2-2018.toml")  # the mark of an inline table
    assert found["calo.background_level"] == ("P", "belle2-phase3.toml")
    assert found["hlt.mode"] == ("R", "belle2-phase3.toml")


def test_a_users_card_by_its_path(tmp_path):
    path = write(tmp_path, "[calo]\nresolution_scale = 1.25   # M, own fit\n[klm]\naccidental_veto = 0.1\n")
    mine = load_experiment(str(path))
    assert (mine.name, mine.calo.resolution_scale, mine.klm.accidental_veto) == ("mine", 1.25, 0.1)
    assert mine.tracker == PILOT.tracker
    found = {p.key: p for p in mine.provenance}
    assert (found["calo.resolution_scale"].mark, found["calo.resolution_scale"].note) == ("M", "own fit")
    unmarked = found["klm.accidental_veto"]
    assert (unmarked.mark, unmarked.marked, unmarked.note) == ("P", False, "no mark in the card")
    assert unmarked.card == str(path)


def test_a_card_inherits_from_a_file_beside_it(tmp_path):
    write(tmp_path, "[beam]\nfield_T = 1.45  # P\n", name="parent.toml")
    child = write(tmp_path, "[klm]\naccidental_veto = 0.2  # P\n", inherit="parent.toml")
    made = load_experiment(child)
    assert (made.beam.field_T, made.klm.accidental_veto) == (1.45, 0.2)
    assert made.calo == PILOT.calo


def test_whole_numbers_are_numbers_and_dotted_keys_are_keys(tmp_path):
    made = load_experiment(
        write(tmp_path, "[beam]\nfield_T = 2\n[calo]\ntail.n = 8\n[tracker]\n'd0_um' = 20\n")
    )
    assert (made.beam.field_T, made.tracker.d0_um, made.calo.tail.n) == (2.0, 20.0, 8.0)
    assert made.calo.tail.alpha == PILOT.calo.tail.alpha


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("[tracker]\nefficency = 0.9", "[tracker] efficency: unknown key, did you mean efficiency?"),
        ("[traker]\nefficiency = 0.9", "[traker] section: unknown key, did you mean tracker?"),
        ("[calo.tail]\nbeta = 2.0", "[calo.tail] beta: unknown key, known are shape, alpha, n"),
        ("[luminosity]\nmine = 1.0", "[luminosity] mine: unknown key, luminosities (1/fb) end in _fb"),
        ("[beam]\nfield_T = '1.5'", "[beam] field_T: is '1.5', must be a number"),
        ("[beam]\nfield_T = true", "[beam] field_T: is True, must be a number"),
        ("[beam]\nuse_spread = 1", "[beam] use_spread: is 1, must be true or false"),
        ("[beam]\nspread_GeV = 0.005", "[beam] spread_GeV: is 0.005, must be a list"),
        ("[beam]\nspread_GeV = [0.005]", "[beam] spread_GeV: has 1 entries, must have 2"),
        (
            "[trigger.cells]\nmax_clusters = 6.0",
            "[trigger.cells] max_clusters: is 6.0, must be a whole number",
        ),
        ("[trigger.cells]\nmax_clusters = true", "[trigger.cells] max_clusters: is True, must be a whole"),
        ("[calo]\nbackground_level = 'none'", "background_level: is 'none', must be one of low, mid, high"),
        ("[beam]\nfield_T = nan", "[beam] field_T: is nan, must be finite"),
        ("[beam]\nelectron_GeV = inf", "[beam] electron_GeV: is inf, must be finite"),
        ("[beam]\nspread_GeV = [0.005, nan]", "[beam] spread_GeV: is nan, must be finite"),
        ("[beam]\nfield_T = -1.5", "[beam] field_T: is -1.5, must be above 0"),
        ("[beam]\nfield_T = 0", "[beam] field_T: is 0.0, must be above 0"),
        ("[calo]\nmin_cluster_GeV = -0.1", "[calo] min_cluster_GeV: is -0.1, must be 0 or more"),
        ("[tracker]\nefficiency = 1.01", "[tracker] efficiency: is 1.01, must lie within 0 to 1"),
        ("[calo]\nbarrel_deg = [128.7, 32.2]", "[calo] barrel_deg: is [128.7, 32.2], must be [low, high]"),
        ("[calo]\nbackward_deg = [130.7, 181.0]", "must be [low, high] in 0 to 180 degrees"),
        (
            "[tracker]\nefficiency_pt_GeV = [0.3, 0.2, 0.1]",
            "efficiency_pt_GeV: is [0.3, 0.2, 0.1], must rise",
        ),
        ("[luminosity]\nmine_fb = -1.0", "[luminosity] mine_fb: is -1.0, must be a number above 0"),
        (
            "[luminosity]\nmine_fb = [1.0, nan]",
            "[luminosity] mine_fb: is [1.0, nan], must be a number above 0",
        ),
        ("[trigger]\nhie = 1.0", "[trigger] hie: is 1.0, must be a section [trigger.hie]"),
        ("[trigger.lml1]\nplateau = 1.0", "[trigger.lml1] threshold_cm_GeV: missing"),
        ("[[calo]]\nresolution_scale = 1.0", "must be a section [calo]"),
    ],
)
def test_a_fault_names_its_file_and_its_key(tmp_path, body, message):
    said = faults(tmp_path, body)
    assert message in said
    assert said.startswith(str(tmp_path / "mine.toml"))
    assert "\n" not in said


def test_all_faults_are_told_at_once(tmp_path):
    said = faults(tmp_path, "[beam]\nfield_T = nan\nspead_GeV = [0, 0]\n[calo.loss]\nbulk = -1\n")
    assert said.count("mine.toml: ") == 3
    for key in ("[beam] field_T", "[beam] spead_GeV", "[calo.loss] bulk"):
        assert key in said


def test_a_fault_of_the_parent_is_laid_to_the_parent(tmp_path):
    write(tmp_path, "[beam]\nfield_T = -1.0\n", name="parent.toml")
    assert faults(tmp_path, "", inherit="parent.toml").startswith(
        f"{tmp_path / 'parent.toml'}: [beam] field_T"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[meta]\nname = "x"\ninherit = "cleo"\n',
            "inherit: cleo is neither a .toml file beside it nor one of babar, belle",
        ),
        ('[meta]\nname = "x"\ninherit = "mine.toml"\n', "inherit runs in a circle"),
        ('[meta]\nname = "x"\ninherit = 3\n', "[meta] inherit: is 3, must be a str"),
        ('[meta]\ninherit = "belle2-2018"\n', "[meta] name: missing"),
        ('[meta]\nname = "x"\ninherit = "belle2-2018"\nauthor = "me"\n', "[meta] author: unknown key"),
        (
            '[meta]\nname = "x"\ninherit = "belle2-2018"\nschema = 2\n',
            "[meta] schema: is 2, this version reads 1",
        ),
        ("[meta\nname", "mine.toml: not valid TOML"),
        ("[beam]\nfield_T = 1\nfield_T = 2\n", "mine.toml: not valid TOML"),
        ("", "[meta] name: missing"),
    ],
)
def test_a_broken_head_is_refused(tmp_path, text, message):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=re.escape(message)):
        load_experiment(path)


def test_what_is_no_text_is_refused(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xff\xfe\x00PAR1")
    with pytest.raises(InputError, match=r"mine\.toml: not a readable text file"):
        load_experiment(path)


def test_a_card_of_nothing_lacks_every_section(tmp_path):
    said = faults(tmp_path, "", inherit="")
    for section in ("luminosity", "beam", "calo", "tracker", "pid", "klm", "trigger", "hlt"):
        assert f"mine.toml: [{section}] section: missing" in said


@pytest.fixture(scope="module")
def complete():
    """The card of the pilot run as one document, by sections."""
    from importlib import resources

    return (resources.files("scotopic.detector") / "cards" / "belle2-2018.toml").read_text(encoding="utf-8")


def test_every_key_of_a_card_is_needed_unless_the_detector_may_lack_it(complete):
    keys = [
        p.key
        for p in PILOT.provenance
        if p.key.count(".") == 1 and p.key.split(".")[0] not in ("luminosity", "hlt", "single_photons")
    ]
    for key in keys:
        document = tomlkit.parse(complete)
        section, name = key.split(".")
        del document[section][name]
        with pytest.raises(InputError, match=re.escape(f"c.toml: [{section}] {name}: missing")):
            read_card(document.as_string(), "c.toml")
    assert len(keys) > 40


def test_a_shipped_card_refuses_a_value_without_its_mark(complete):
    bare = re.sub(r"field_T = 1\.5 .*", "field_T = 1.5", complete)
    with pytest.raises(InputError, match=re.escape("c.toml: [beam] field_T: no mark (# R, D, M, P or B)")):
        read_card(bare, "c.toml", marks_required=True)
    assert read_card(bare, "c.toml").marks()["P"] == PILOT.marks()["P"] + 1


@pytest.mark.parametrize(
    ("comment", "mark"),
    [
        ("# R", "R"),
        ("#M+ x", "M+"),
        ("# M?", "M?"),
        ("# B: by hand", "B"),
        ("# Read somewhere", "P"),
        ("# r", "P"),
    ],
)
def test_the_mark_is_the_first_word_of_the_comment(complete, comment, mark):
    text = re.sub(r"field_T = 1\.5 .*", f"field_T = 1.5  {comment}", complete)
    made = {p.key: p for p in read_card(text, "c.toml").provenance}["beam.field_T"]
    assert made.mark == mark
    assert made.marked == (mark != "P")
