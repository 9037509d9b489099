"""Experiment cards: strict TOML files with a provenance mark beside every value.

A card has the sections and keys of `scotopic.detector.experiment.Experiment`. The comment that trails a value
starts with its mark (R, D, M+, M, M?, P or B) and may go on with a note; the mark of an inline table holds
for its entries. A card may ``inherit`` from one other, a shipped card by name or a ``.toml`` file beside it, and
then states only what differs. All faults of a card are reported together, each with its place.
"""

import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, cast

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AbstractTable, InlineTable, Item, Key

from scotopic.cards.build import Place, build, tree
from scotopic.detector.experiment import Experiment
from scotopic.detector.schema.provenance import Mark, Provenance
from scotopic.errors import InputError
from scotopic.text_files import LARGEST_CARD, is_file, listed, parse_toml, read_text, shown

SCHEMA = 1
META = {"name": str, "inherit": str, "schema": int}

_MARK = re.compile(r"#\s*(?P<mark>M\+|M\?|[RDMPB])(?![\w+?])[\s,:;]*(?P<note>.*)")

Values = dict[str, Provenance]  # by "section.key"


def experiments() -> tuple[str, ...]:
    """Return the names of the shipped cards."""
    folder = resources.files("scotopic.detector") / "cards"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


def load_experiment(name_or_path: str | Path) -> Experiment:
    """Load an experiment by the name of a shipped card or the path of a card.

    Raises
    ------
    InputError
        One line that lists every fault of the card with its place.
    """
    if str(name_or_path) in experiments():
        return _load_shipped(str(name_or_path))
    path = Path(name_or_path)
    if not is_file(path):
        raise InputError(
            f"experiment {str(name_or_path)[:300]}: no such card, shipped ones are {', '.join(experiments())}"
        )
    return read_card(read_text(path, LARGEST_CARD), str(path), folder=path.parent)


@cache
def _load_shipped(name: str) -> Experiment:
    return read_card(_shipped_text(name), f"{name}.toml", marks_required=True)


def _shipped_text(name: str) -> str:
    return (resources.files("scotopic.detector") / "cards" / f"{name}.toml").read_text(encoding="utf-8")


def read_card(text: str, place: str, *, folder: Path = Path(), marks_required: bool = False) -> Experiment:
    """Read an experiment from the text of a card.

    Parameters
    ----------
    text : str
        TOML.
    place : str
        What error messages call the card.
    folder : Path
        Where a path in ``inherit`` starts.
    marks_required : bool
        Refuse values without a mark (shipped cards); otherwise they count as assumptions, "P".
    """
    name, values, faults = _layers(text, place, folder, marks_required, ())
    where = Place(place, {key: p.card for key, p in values.items()}, faults)
    sections = build(Experiment, tree({key: p.value for key, p in values.items()}), where)
    if faults:
        raise InputError(listed(faults))
    return Experiment(name=name, provenance=tuple(values[key] for key in sorted(values)), **sections)


def _layers(
    text: str, place: str, folder: Path, marks_required: bool, above: tuple[str, ...]
) -> tuple[str, Values, list[str]]:
    """Return the name, the values of the card over those it inherits, and the faults."""
    if place in above:
        raise InputError(f"{above[0]}: [meta] inherit runs in a circle: {' -> '.join((*above, place))}")
    parse_toml(text, place)  # tomlkit, which keeps the comments, has no bound on depth
    try:
        document = tomlkit.parse(text)
    except (TOMLKitError, RecursionError, ValueError) as error:
        raise InputError(f"{place}: not valid TOML: {shown(str(error))}") from None
    faults: list[str] = []
    meta = _meta(document, place, faults)
    values: Values = {}
    _flatten(document.body, "", None, place, marks_required, values, faults)
    parent = meta.get("inherit")
    if parent in experiments():
        below = _layers(_shipped_text(parent), f"{parent}.toml", Path(), True, (*above, place))
    elif parent is not None:
        path = folder / parent
        beside = path.name == parent and path.suffix == ".toml" and is_file(path)
        if not beside or path.resolve().parent != folder.resolve():
            names = ", ".join(experiments())
            raise InputError(
                f"{place}: [meta] inherit: {parent[:100]} is neither a .toml file beside it nor one of {names}"
            )
        below = _layers(read_text(path, LARGEST_CARD), str(path), folder, marks_required, (*above, place))
    else:
        return meta["name"], values, faults
    return meta["name"], below[1] | values, below[2] + faults


def _meta(document: tomlkit.TOMLDocument, place: str, faults: list[str]) -> dict[str, Any]:
    meta = document.unwrap().get("meta", {})
    meta = meta if isinstance(meta, dict) else {}
    for key, value in meta.items():
        if key not in META:
            faults.append(f"{place}: [meta] {key}: unknown key, known are {', '.join(META)}")
        elif type(value) is not META[key]:
            faults.append(f"{place}: [meta] {key}: is {shown(value)}, must be a {META[key].__name__}")
    if meta.get("schema", SCHEMA) != SCHEMA:
        faults.append(f"{place}: [meta] schema: is {shown(meta['schema'])}, this version reads {SCHEMA}")
    if not meta.get("name"):
        faults.append(f"{place}: [meta] name: missing")
    return {"name": ""} | {k: v for k, v in meta.items() if k in META and type(v) is META[k]}


def _flatten(
    body: list[tuple[Key | None, Item]],
    prefix: str,
    outer_comment: str | None,
    place: str,
    marks_required: bool,
    values: Values,
    faults: list[str],
) -> None:
    for name, item in body:
        if name is None or (key := f"{prefix}{name.key}") == "meta":
            continue
        comment = item.trivia.comment if outer_comment is None else outer_comment
        if isinstance(item, AbstractTable):
            inline = comment if isinstance(item, InlineTable) else None
            _flatten(item.value.body, f"{key}.", inline, place, marks_required, values, faults)
            continue
        marked = _MARK.match(comment)
        mark, note = (marked["mark"], marked["note"].strip()) if marked else ("P", "no mark in the card")
        if marked is None and marks_required:
            section, _, last = key.rpartition(".")
            faults.append(f"{place}: [{section}] {last}: no mark (# R, D, M, P or B) behind the value")
        values[key] = Provenance(
            key, _as_tuple(item.unwrap()), cast(Mark, mark), note, place, marked is not None
        )


def _as_tuple(value: Any) -> Any:
    return tuple(_as_tuple(v) for v in value) if isinstance(value, list) else value
