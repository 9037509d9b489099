"""The page *What is assumed?* lists whatever has a mark in each search."""

import importlib.util
from collections import Counter

import pytest

from helpers.places import ROOT
from scotopic.analysis.provenance import count_marks, marked_parts
from scotopic.detector.card import load_experiment
from scotopic.searches import get_search, searches
from scotopic.searches.single_photon.selection import LINES, make_regions

PAGES = ROOT / "docs" / "generated_pages.py"


@pytest.fixture(scope="module")
def pages():
    spec = importlib.util.spec_from_file_location("generated_pages", PAGES)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", searches())
def test_page_lists_every_part_with_a_mark(pages, name):
    text = pages.assumptions().split(f"## Search {name}\n")[1].split("\n## Search ")[0].replace("\\|", "|")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    search, cards = get_search(name), []
    if not search.regions:
        cards = [load_experiment(card) for card in ("belle2-phase3", "babar")]
    held = (search, [make_regions(card, LINES[0]) for card in cards])
    for part in dict.fromkeys(marked_parts(held)):
        label = getattr(part, "label", None) or part.name
        end = f" | {part.mark} | {part.source} |"
        assert any(label in row and row.endswith(end) for row in rows), (label, part.source)


@pytest.mark.parametrize("name", searches())
def test_page_counts_marks_as_results_do(pages, name):
    text = pages.assumptions().split(f"## Search {name}\n")[1]
    line = next(one for one in text.splitlines() if one.startswith("Entries by mark"))
    shown = Counter({m: int(n) for n, m in (one.split() for one in line[17:].rstrip(".").split(", "))})
    card = load_experiment("belle2-phase3")
    expected = Counter(count_marks(card, *pages.held_by(name).values())) - Counter(card.marks())
    assert shown == +expected
