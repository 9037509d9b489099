"""What holds for every search: the result knows it, and means the same by the same word."""

import json
from collections import Counter
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from scotopic.analysis.luminosity import choose_luminosity
from scotopic.analysis.observation import Observation
from scotopic.analysis.provenance import count_marks, marked_parts
from scotopic.analysis.region import masses
from scotopic.analysis.statistics.triangle import triangle_grid
from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.report.projection import write_projection
from scotopic.report.result import write_result
from scotopic.searches import get_search, searches
from scotopic.searches.single_photon.selection import make_regions
from scotopic.study.projection import project
from scotopic.study.search import search

EVENTS = {"signal_events": 5000, "background_events": 800, "seed": 3}
MASSES = {"darkphoton-visible": [4.0, 5.0], "darkhiggs-invisible": [5.0]}


def of_ones_own(name):
    """Return a search under a name that no registry knows, with less to simulate."""
    one = replace(get_search(name), name="mine", title="A search of one's own: e⁺e⁻ → γγ")
    return SMALLER.get(name, lambda same: same)(one)


def few_leptons(one):
    kept = one.backgrounds[:2]
    controls = tuple(c for c in one.selection.controls if c.measures in [b.name for b in kept])
    return replace(
        one,
        regions=(replace(one.regions[0], grid=masses(1.0, 3.0, 6.0)),),
        backgrounds=kept,
        selection=replace(one.selection, controls=controls),
    )


def few_pairs_of_masses(one):
    grid = triangle_grid((4.0, 6.0, 9.7), (0.05, 0.5, 0.95))
    statistic = replace(one.statistic, tested=(5.0, 7.0))
    return replace(one, regions=(replace(one.regions[0], grid=grid),), statistic=statistic)


def few_photons(one):
    few = tuple(replace(b, share=0.4 * b.share) for b in one.backgrounds if b.name in ("eeg", "gg", "ggg"))
    return replace(one, backgrounds=few)


def few_channels(one):
    """Return the visible search from 0.4 GeV, with few slices of the background and few masses of the signal."""
    borders = (0.3, 2.2, 10.43)
    backgrounds = tuple(
        replace(b, generate=partial(b.generate.func, **{**b.generate.keywords, "borders": borders}))
        for b in one.backgrounds[:2]
    )
    regions = tuple(
        replace(
            region,
            mass_low=0.4,
            spectrum_low=0.31,
            background_order=((0.0, 3),),
            grid=masses(0.35, 3.0, 10.22),
        )
        for region in one.regions
    )
    return replace(one, regions=regions, backgrounds=backgrounds)


SMALLER = {
    "zprime-invisible": few_leptons,
    "zprime-lfv": few_leptons,
    "darkhiggs-invisible": few_pairs_of_masses,
    "darkphoton-invisible": few_photons,
    "alp-invisible": few_photons,
    "darkphoton-visible": few_channels,
}


@pytest.fixture(scope="module", params=searches())
def found(request):
    name = request.param
    own = of_ones_own(name)
    masses = MASSES.get(name, [2.0, 4.0])
    return name, own, search(own, masses=masses, toys=0, luminosity_fb=1.0, **EVENTS)


def test_result_holds_its_search_and_its_files_need_no_registry(found, tmp_path, conforms):
    name, own, result = found
    assert result.search.backgrounds is own.backgrounds
    assert result.search.title == own.title
    assert result.to_json()["search"] == "mine"
    files = write_result(result, tmp_path)
    assert all(path.stat().st_size > 0 for path in files)
    assert {"result.json", "submission.yaml"} <= {path.name for path in files}
    written = json.loads((tmp_path / "result.json").read_text())
    conforms("result", written)
    assert written["settings"]["source"] == "pseudo-data"
    assert "definition" not in written
    tables = "".join(path.read_text() for path in tmp_path.glob("hepdata/*.yaml"))
    assert ("alpha_inv" in tables) == (name == "alp-gammagamma")


def test_marks_are_those_of_the_card_and_of_all_that_the_search_holds(found):
    _, own, result = found
    card = load_experiment(own.experiment)
    counted = Counter(result.to_json()["provenance_marks"])
    held = list(dict.fromkeys(marked_parts(own.at(card, own.values({})))))
    assert counted == Counter(card.marks()) + Counter(one.mark[0] for one in held)
    for part in (*own.selection.cuts, *own.systematics, *own.nuisances, *own.vetoes):
        assert part in held


def test_words_mean_the_same_in_every_result(found):
    """Resolution in GeV: far below the mass; efficiency error: that of counting the simulated events."""
    _, _, result = found
    shown = result.to_json()
    mass, resolution = (np.asarray(shown[key]) for key in ("mass_GeV", "resolution"))
    assert mass.shape == resolution.shape
    assert (resolution > 0.0).all()
    efficiency, error = (np.asarray(shown[key]) for key in ("efficiency", "efficiency_error"))
    binomial = np.sqrt(efficiency * (1.0 - efficiency) / EVENTS["signal_events"])
    assert (error < 6.0 * binomial).all()
    assert np.median(error) < 1.6 * np.median(binomial)


@pytest.mark.study
def test_projection_of_ones_own_is_written(found, tmp_path):
    name, own, _ = found
    projection = project(own, luminosities_fb=(5.0,), masses=MASSES.get(name, [2.0, 4.0]), **EVENTS)
    files = write_projection(projection, tmp_path)
    assert projection.results[0].source == "projection"
    assert all(path.stat().st_size > 0 for path in files)


@pytest.mark.parametrize("name", searches())
def test_luminosity_unlike_what_the_file_implies_is_noted(name):
    own = get_search(name).luminosity_fb
    seen = Observation(None, (), 2.0, ())
    assert choose_luminosity(own, 2.01, seen) == (2.01, [])
    luminosity, (note,) = choose_luminosity(own, 1.0, seen)
    assert (luminosity, note) == (
        1.0,
        "the file's events over its cross section are 2/fb, not the 1/fb given",
    )
    assert choose_luminosity(own, None, seen)[0] == 2.0
    luminosity, (note,) = choose_luminosity(own, None, None)
    assert luminosity == own
    assert "as in the paper" in note


def test_marks_of_a_search_that_was_counted_by_hand():
    """zprime-lfv: nine cuts (7 M, 2 R), which its control sample shares, its backgrounds (D) and the errors."""
    card, own = load_experiment("belle2-2018"), get_search("zprime-lfv")
    added = Counter(count_marks(card, own)) - Counter(card.marks())
    assert Counter(cut.mark for cut in own.selection.cuts) == {"M": 7, "R": 2}
    terms = Counter(one.mark[0] for one in own.systematics)
    assert added == Counter(M=7, R=2, D=len(own.backgrounds)) + terms


@pytest.mark.parametrize("text", ["", "beam = 1"])
def test_areas_of_photons_belong_to_the_card_not_to_its_name(text, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('[meta]\nname = "upgrade"\ninherit = "belle2-phase3"\nschema = 1\n')
    own, known = (make_regions(load_experiment(card), "lml1") for card in (str(path), "belle2-phase3"))
    assert own == known
    path.write_text(path.read_text() + '[single_photons]\nareas = "central"  # P\n')
    assert make_regions(load_experiment(str(path)), "lml1")[0].mass_high == 5.5
    lacking = replace(load_experiment(str(path)), single_photons=None)
    with pytest.raises(InputError, match="single_photons"):
        make_regions(lacking, "lml1")


@pytest.mark.parametrize("wrong", [None, 3, object()])
def test_what_is_no_search_is_refused(wrong):
    for verb in (search, project):
        with pytest.raises(InputError, match="expected one of the names"):
            verb(wrong)
