"""Every search with every experiment: it runs, or it is refused with the true reason."""

import pytest

from scotopic.detector.card import experiments, load_experiment
from scotopic.errors import InputError
from scotopic.searches import get_search, searches
from scotopic.study.conformance import CHECKS, check_search

LIGHT = ("kloe", "bes3")  # of another √s than that of the Υ(4S)
NO_LINE = ("belle", "belle2-2018", *LIGHT)
PAIRS = [(name, experiment) for name in searches() for experiment in experiments()]


def reason(name, experiment):
    """Return why an experiment cannot run a search; empty where it can."""
    if name in ("darkphoton-invisible", "alp-invisible") and experiment in NO_LINE:
        return "has no level-1 line 'single_photon'"
    return "GeV" if experiment in LIGHT else ""


@pytest.mark.parametrize(("name", "experiment"), PAIRS)
def test_signal_is_made_and_selected_or_refused(name, experiment):
    search, card = get_search(name), load_experiment(experiment)
    expected = reason(name, experiment)
    if expected:
        check = "names" if "line" in expected else "signal"
        with pytest.raises(InputError, match=expected):
            CHECKS[check](search, card, 1)
        return
    for check in ("names", "marks", "grid", "signal"):
        assert CHECKS[check](search, card, 1)


@pytest.mark.study
@pytest.mark.parametrize(("name", "experiment"), [pair for pair in PAIRS if not reason(*pair)])
def test_limits_fall_with_luminosity(name, experiment):
    failed = [one for one in check_search(get_search(name), experiment) if not one.passed]
    assert not failed
