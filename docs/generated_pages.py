"""Pages that are made when the documentation is built.

*What is assumed?* comes from the provenance marks of the shipped experiment cards and searches, the pages
of the Python interface from the modules of each room.
"""

import pkgutil
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path

import scotopic
from scotopic.analysis.provenance import marked_parts
from scotopic.detector.card import experiments, load_experiment
from scotopic.detector.schema.provenance import MEANING
from scotopic.errors import InputError
from scotopic.searches import get_search, searches

FOLDER = "_generated"
LITERAL = re.compile(r"(``.*?``|`[^`]*`_?)")

ROOMS = {
    "paper": "Figures of the paper",
    "report": "Files of results",
    "study": "Searches, projections, exclusions, scans of histograms",
    "searches": "Searches",
    "analysis": "Signal, backgrounds, selection, statistic, result",
    "io": "Event files",
    "figures": "Figures",
    "detector": "Detector, trigger and experiment cards",
    "selection": "Observables, cuts and candidates",
    "events": "Beams, phase space and events",
    "bounds": "Published bounds",
    "physics": "Models, processes and amplitudes",
    "stats": "Fits, limits and significances",
    "numerics": "Arrays, random streams and kinematics",
}


def table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    names = list(columns)
    lines = ["| " + " | ".join(names) + " |", "|" + " --- |" * len(names)]
    for row in rows:
        cells = (str(cell).replace("|", "\\|").replace("\n", " ") for cell in row)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def assumptions() -> str:
    """Return the page *What is assumed?*."""
    parts = [
        "# What is assumed?\n",
        "Every number of an experiment card and every cut, uncertainty and fixed cross section of a search "
        "carries a mark that says where it comes from. This page is made from those marks; results repeat "
        "the counts under `provenance_marks`. Nothing marked M, P or B is a published number.\n",
        table(("mark", "meaning"), MEANING.items()),
    ]
    for name in experiments():
        parts.append(_card(name))
    for name in searches():
        parts.append(_search(name))
    return "\n".join(parts)


def _card(name: str) -> str:
    card = load_experiment(name)
    counts = ", ".join(f"{number} {mark}" for mark, number in card.marks().items())
    own = [one for one in card.provenance if one.card.removesuffix(".toml") == name]
    inherited = sorted({one.card.removesuffix(".toml") for one in card.provenance} - {name})
    assumed = [one for one in own if one.mark not in ("R", "D")]
    read = [one for one in own if one.mark in ("R", "D")]
    text = [f"## Experiment {name}\n", f"Values by mark: {counts}.\n"]
    if inherited:
        text.append(f"What is not listed here is taken from {', '.join(inherited)}.\n")
    for title, values in (("Assumed, recalled or second-hand", assumed), ("Read or derived", read)):
        rows = [(f"`{v.key}`", f"`{_short(v.value)}`", v.mark, v.note) for v in values]
        text += [f"### {name}: {title.lower()}\n", table(("key", "value", "mark", "note"), rows)]
    return "\n".join(text)


def _short(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_short(one) for one in value) + "]"
    return f"{value:g}" if isinstance(value, float) else str(value)


def held_by(name: str) -> dict[str, object]:
    """Return what a search holds by where it applies: itself, and regions that it makes of experiment cards."""
    search = get_search(name)
    held: dict[str, object] = {"": search}
    if search.regions:
        return held
    for experiment in experiments():
        try:
            made = search.at(load_experiment(experiment), search.values({}))
        except InputError:  # the card lacks the line
            continue
        held[f"with {experiment}, "] = made.regions
    return held


def _search(name: str) -> str:
    search, held = get_search(name), held_by(name)
    marks = Counter(one.mark[0] for one in dict.fromkeys(marked_parts(list(held.values()))))
    backgrounds = [(b.name, b.label, b.cross_section, b.mark, b.source) for b in search.backgrounds]
    text = [
        f"## Search {name}\n",
        f"Entries by mark: {', '.join(f'{n} {mark}' for mark, n in sorted(marks.items()))}.\n",
        "### Cuts\n",
        table(
            ("where", "cut", "observable", "from", "to", "mark", "source"),
            [
                (where, c.label, f"`{c.observable}`", f"{c.low:g}", f"{c.high:g}", c.mark, c.source)
                for where, c in dict.fromkeys(_cuts(search, held))
            ],
        ),
        "### Systematic uncertainties\n",
        table(
            ("name", "scales", "relative size", "mark", "source"),
            [(s.name, s.on, f"{s.relative_error:.3g}", s.mark, s.source) for s in search.systematics],
        ),
    ]
    others = [*search.nuisances, *search.vetoes]
    if others:
        rows = [(one.name, _values(one), one.mark, one.source) for one in others]
        text += [
            "### Nuisance parameters and vetoed ranges\n",
            table(("name", "values", "mark", "source"), rows),
        ]
    text += ["### Backgrounds\n", table(("name", "what", "cross section", "mark", "source"), backgrounds)]
    return "\n".join(text)


def _cuts(search, held: dict[str, object]) -> Iterator[tuple[str, object]]:
    """Yield the cuts of a search with where they apply."""
    for cut in search.selection.cuts:
        yield "all masses", cut
    for where, regions in {"": search.regions, **{key: one for key, one in held.items() if key}}.items():
        for region in regions:
            for cut in region.cuts:
                yield f"{where}{region.title}, {region.mass_low:.3g} to {region.mass_high:.4g} GeV", cut
    for sample in search.selection.controls:
        for cut in sample.cuts:
            yield f"control sample {sample.name}", cut


def _values(part: object) -> str:
    """Return the numbers of a part, its texts left out."""
    numbers = {field.name: getattr(part, field.name) for field in fields(part)}
    return ", ".join(f"{key} {value:g}" for key, value in numbers.items() if isinstance(value, (int, float)))


def interface(room: str) -> str:
    """Return the page of one room: every module with its public members."""
    folder = Path(scotopic.__path__[0]) / room
    modules = sorted(
        one.name for one in pkgutil.walk_packages([str(folder)], f"scotopic.{room}.") if not one.ispkg
    )
    parts = [f"# {ROOMS[room]}\n"]
    for name in (f"scotopic.{room}", *modules):
        parts.append(
            f"## {name}\n\n```{{eval-rst}}\n.. automodule:: {name}\n   :members:\n   :ignore-module-all:\n```\n"
        )
    return "\n".join(parts)


def write_pages(app) -> None:
    folder = Path(app.srcdir) / FOLDER
    (folder / "api").mkdir(parents=True, exist_ok=True)
    pages = {"what_is_assumed.md": assumptions()}
    pages |= {f"api/{room}.md": interface(room) for room in ROOMS}
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def escape_markup(app, what, name, thing, options, lines: list[str]) -> None:
    """Keep |p| and x*y of plain docstrings from being read as markup; literals stay as they are."""
    for number, line in enumerate(lines):
        pieces = LITERAL.split(line)
        pieces[::2] = (re.sub(r"(?<!\\)([|*])", r"\\\1", piece) for piece in pieces[::2])
        pieces[2::2] = (re.sub(r"^(?=\w)", r"\\ ", piece) for piece in pieces[2::2])  # `name`s
        lines[number] = "".join(pieces)


def setup(app) -> dict[str, bool]:
    app.connect("builder-inited", write_pages)
    app.connect("autodoc-process-docstring", escape_markup, priority=100)  # before napoleon
    return {"parallel_read_safe": True, "parallel_write_safe": True}
