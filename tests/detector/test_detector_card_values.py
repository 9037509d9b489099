"""Values of a card that are each possible and do not fit one another, and numbers beyond every limit."""

import pytest

from scotopic.detector.card import load_experiment
from scotopic.errors import InputError

REGIONS = "[[18, 37], [37, 47], [47, 122], [122, 130], [130, 155]]"
KLM = "method = 'klm'\nefficiency_endcap = 0.9\nefficiency_overlap = 0.9\n"
FILTER = "[hlt]\nmode = 'filter'\n[hlt.single_photon]\nother_cluster_max_cm_GeV = 0.3\ne_cm_min_GeV = [1.0]\n"


def write(tmp_path, body, name="mine.toml", inherit="belle2-2018"):
    path = tmp_path / name
    path.write_text(f'[meta]\nname = "{name.removesuffix(".toml")}"\ninherit = "{inherit}"\n{body}\n')
    return path


def faults(path):
    with pytest.raises(InputError) as caught:
        load_experiment(path)
    said = str(caught.value)
    assert "\n" not in said
    return said


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            f"[pid.muon]\n{KLM}regions_deg = {REGIONS}",
            '[pid.muon] efficiency_barrel: missing, method = "klm" needs it',
        ),
        (
            f"[pid.muon]\n{KLM}efficiency_barrel = 0.9\nregions_deg = [[18, 37], [37, 155]]",
            "[pid.muon] regions_deg: is [[18.0, 37.0], [37.0, 155.0]], must be five ranges in rising order",
        ),
        (
            "[pid.muon]\np_plateau_GeV = 0.5",
            "[pid.muon] p_plateau_GeV: p_plateau_GeV = 0.5 must be above p_min_GeV = 0.55",
        ),
        (
            "[tracker]\nefficiency_low_pt = [0.5]",
            "[tracker] efficiency_low_pt: expected lists of one length, efficiency_low_pt has 1, efficiency_pt",
        ),
        (
            "[tracker]\nefficiency_pt_GeV = [0.1]",
            "[tracker] efficiency_pt_GeV: expected lists of one length, efficiency_low_pt has 3, efficiency_pt",
        ),
        (
            "[calo.background]\nfractions = [0, 0, 0]",
            "[calo.background] fractions: is [0.0, 0.0, 0.0], must have an entry above 0",
        ),
        (
            "[calo]\nforward_deg = [40, 60]",
            "[calo] forward_deg: forward_deg = [40.0, 60.0] must end before barrel_deg = [32.2, 128.7] begins",
        ),
        (
            "[calo]\nbarrel_deg = [32.2, 131]",
            "[calo] barrel_deg: barrel_deg = [32.2, 131.0] must end before backward_deg = [130.7, 155.1] begins",
        ),
        (
            "[trigger.cells]\ntheta_low_deg = [1.0]",
            "[trigger.cells] theta_low_deg: expected lists of one length, cells_in_ring has 17, theta_low_deg ha",
        ),
        (
            "[trigger.cells]\ncells = 500",
            "[trigger.cells] cells: cells_in_ring add up to 576, must be cells = 500",
        ),
        (
            "[trigger.cells]\ncells = 2\ncells_in_ring = [1, 1]\ntheta_low_deg = [10, 20]\ntheta_high_deg = [25, 30]",
            "[trigger.cells] theta_low_deg: theta_low_deg to theta_high_deg: rings must not overlap",
        ),
        (
            "[hlt]\nmode = 'filter'",
            '[hlt] single_photon: missing, mode = "filter" needs the section [hlt.single_photon]',
        ),
        (
            f"{FILTER}theta_deg = [[32, 130]]\nprescale = [1, 1]",
            "[hlt.single_photon] e_cm_min_GeV: expected lists of one length, e_cm_min_GeV has 1, theta_deg has 1, ",
        ),
        ("[luminosity]\na_fb = []", "[luminosity] a_fb: is [], must be a number above 0 or a list of them"),
    ],
)
def test_values_that_do_not_fit_one_another_are_named(tmp_path, body, message):
    path = write(tmp_path, body)
    assert faults(path).startswith(f"{path}: {message}")


def test_a_fault_between_two_cards_is_laid_to_the_one_that_is_loaded(tmp_path):
    write(tmp_path, "[calo]\nforward_deg = [12.4, 32.0]", name="parent.toml")
    path = write(tmp_path, "[calo]\nbarrel_deg = [31.0, 128.7]", inherit="parent.toml")
    assert faults(path).startswith(f"{path}: [calo] barrel_deg: forward_deg = [12.4, 32.0] must end before")
    parent = write(tmp_path, "[calo]\nforward_deg = [12.4, 33.0]", name="parent.toml")
    assert faults(write(tmp_path, "", inherit="parent.toml")).startswith(f"{parent}: [calo] forward_deg: ")


def test_regions_may_touch_and_a_filter_may_be_complete(tmp_path):
    body = "[calo]\nforward_deg = [12.4, 32.2]\n" + FILTER + "theta_deg = [[32, 130]]\nprescale = [2]"
    made = load_experiment(write(tmp_path, body))
    assert made.calo.forward_deg[1] == made.calo.barrel_deg[0]
    assert made.hlt.single_photon.prescale == (2,)


HUGE = "1" * 400


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (f"[beam]\nfield_T = {HUGE}", "[beam] field_T: is a whole number of 400 digits, must be finite"),
        (
            f"[beam]\nspread_GeV = [{HUGE}, 0]",
            "[beam] spread_GeV: is a whole number of 400 digits, must be fi",
        ),
        (
            f"[luminosity]\na_fb = {HUGE}",
            "[luminosity] a_fb: is a whole number of 400 digits, must be a number",
        ),
        (
            f"[luminosity]\na_fb = [1, {HUGE}]",
            "[luminosity] a_fb: is [1, a whole number of 400 digits], must be",
        ),
        (
            f"[trigger.cells]\nmax_clusters = {HUGE}",
            "max_clusters: is a whole number of 400 digits, must be below",
        ),
        (
            f"[beam]\nfield_T = 0x{'f' * 5000}",
            "[beam] field_T: is a whole number of 6021 digits, must be finite",
        ),
        (
            f"[calo]\nbackground_level = {HUGE}",
            "background_level: is a whole number of 400 digits, must be one",
        ),
    ],
)
def test_a_number_beyond_every_limit_is_refused(tmp_path, body, message):
    path = write(tmp_path, body)
    said = faults(path)
    assert said.startswith(f"{path}: ")
    assert message in said


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "[calo.overlap]\nzzz = 1",
            "zzz: unknown key, known are below_deg, sigma_energy, sigma_theta, sigma_phi",
        ),
        (
            "[qwerty]\nx = 1",
            "[qwerty] section: unknown key, known are luminosity, beam, calo, tracker, pid, klm",
        ),
        ("[calo.overlap]\nsigma_eta = 1", "sigma_eta: unknown key, did you mean sigma_theta?"),
    ],
)
def test_an_unknown_key_is_answered_with_its_neighbour_or_with_all(tmp_path, body, message):
    assert message in faults(write(tmp_path, body))
