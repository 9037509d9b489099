"""What the figures rest on that was not read from a source: recalled, second-hand and proposed numbers."""

from collections.abc import Iterable, Iterator

from scotopic.detector.card import load_experiment
from scotopic.paper.captions import CAPTIONS
from scotopic.searches import get_search, searches
from scotopic.selection.cut import Cut

MARKS = {
    "R": "read from the source named",
    "D": "derived",
    "M": "recalled",
    "B": "second-hand",
    "P": "proposed, an assumption of ours",
}
UNREAD = ("M", "B", "P")


def assumptions(figures: Iterable[str]) -> dict[str, list[str]]:
    """Return lines of text under the names of the searches and experiment cards of some figures."""
    captions = [CAPTIONS[name] for name in figures if name in CAPTIONS]
    named = dict.fromkeys(search for one in captions for search in one.searches)
    cards = dict.fromkeys(card for one in captions for card in one.experiments)
    found = {f"Search {name}": list(_of_search(name)) for name in named if name in searches()}
    return found | {f"Experiment card {name}": list(_of_card(name)) for name in cards}


def _of_search(name: str) -> Iterator[str]:
    search = get_search(name)
    cuts = [*search.selection.cuts, *(cut for region in search.regions for cut in region.cuts)]
    for cut in dict.fromkeys(cuts):
        if cut.mark[0] in UNREAD:
            yield f"cut, {cut.label}: {_interval(cut)} ({cut.mark}, {cut.source})"
    for one in search.systematics:
        if one.mark[0] in UNREAD:
            size = f"{100.0 * one.relative_error:g} % on {one.on}"
            yield f"systematic error, {one.name}: {size} ({one.mark}, {one.source})"
    for loss in search.nuisances:
        size = f"{100.0 * loss.relative_error:g} % in the fit, × {loss.least:g} to {loss.largest:g}"
        yield f"nuisance parameter, {loss.name}: {size} ({loss.mark}, {loss.source})"


def _interval(cut: Cut) -> str:
    """Return the interval that a cut keeps, in GeV or radians."""
    low, high = (f"{edge:.4g}" for edge in (cut.low, cut.high))
    if cut.low == cut.high:
        return f"{cut.observable} = {low}"
    if low == "-inf":
        return f"{cut.observable} ≤ {high}"
    return f"{cut.observable} ≥ {low}" if high == "inf" else f"{low} ≤ {cut.observable} ≤ {high}"


def _of_card(name: str) -> Iterator[str]:
    card = load_experiment(name)
    yield "values by mark: " + ", ".join(f"{count} {mark}" for mark, count in card.marks().items())
    for one in card.provenance:
        if one.mark[0] in UNREAD:
            note = f", {one.note}" if one.note else ""
            yield f"{one.key} = {one.value} ({one.mark}{note})"
