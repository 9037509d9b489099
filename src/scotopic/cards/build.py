"""Check the values of a card against the types and limits of the dataclasses they fill."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from difflib import get_close_matches
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from scotopic.cards.values import LARGEST, Consistent, is_number
from scotopic.text_files import shown

Node = dict[str, Any]

NOT_IN_CARD = ("name", "provenance")
UNIONS = (Union, UnionType)


def tree(values: Mapping[str, Any]) -> Node:
    """Turn ``{"section.key": value}`` into nested dictionaries."""
    root: Node = {}
    for key, value in values.items():
        *path, last = key.split(".")
        node = root
        for name in path:
            inner = node.setdefault(name, {})
            node = inner if isinstance(inner, dict) else node
        node[last] = value
    return root


@dataclass(frozen=True)
class Place:
    """Where the values of a card came from, and what was found wrong with them."""

    card: str  # to name where a value is missing
    cards: Mapping[str, str]  # which card holds each "section.key"
    faults: list[str] = field(default_factory=list)  # "card: [section] key: what"


def build(cls: type, node: Node, place: Place, prefix: str = "") -> Node:
    """Return the arguments of a dataclass from a section of a card.

    Parameters
    ----------
    cls : type
        The dataclass that the section fills.
    node : dict
        The section; subsections are dictionaries.
    place : Place
        Receives every fault.
    prefix : str
        "section." of the node, empty for the whole card.
    """
    hints = _hints(cls)
    known = {f.name: f for f in fields(cls) if prefix or f.name not in NOT_IN_CARD}
    for name in node:
        if name not in known:
            place.faults.append(f"{_where(place, prefix, name, node)}: unknown key, {_nearest(name, known)}")
    arguments: Node = {}
    for name, slot in known.items():
        if name in node:
            where = _where(place, prefix, name, node)
            arguments[name] = _value(hints[name], node[name], place, f"{prefix}{name}", where)
        elif slot.default is MISSING:
            section, key = _section(prefix, name)
            place.faults.append(f"{place.card}: [{section}] {key}: missing")
    return arguments


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls, include_extras=True)


def _section(prefix: str, name: str) -> tuple[str, str]:
    return (prefix.rstrip("."), name) if prefix else (name, "section")


def _where(place: Place, prefix: str, name: str, node: Node) -> str:
    key = f"{prefix}{name}"
    inside = (card for k, card in place.cards.items() if k.startswith(f"{key}."))
    card = place.cards.get(key) or next(inside, place.card)
    section, last = _section(prefix, name)
    return f"{card}: [{section}] {last}"


def _blamed(place: Place, section: str, keys: tuple[str, ...]) -> str:
    """Lay a fault between values to the first that the card itself states, of those that some card states."""
    stated = [key for key in keys if f"{section}.{key}" in place.cards]
    own = [key for key in stated if place.cards[f"{section}.{key}"] == place.card]
    key = (*own, *stated, *keys)[0]
    return f"{place.cards.get(f'{section}.{key}', place.card)}: [{section}] {key}"


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"


def _value(hint: Any, value: Any, place: Place, key: str, where: str) -> Any:
    kind = next(k for k in get_args(hint) if k is not NoneType) if get_origin(hint) in UNIONS else hint
    if is_dataclass(kind) and isinstance(kind, type):
        if not isinstance(value, dict):
            place.faults.append(f"{where}: is {shown(value)}, must be a section [{key}]")
            return None
        before = len(place.faults)
        inner = build(kind, value, place, f"{key}.")
        if len(place.faults) > before:
            return None
        made = kind(**inner)
        if isinstance(made, Consistent):
            place.faults.extend(f"{_blamed(place, key, keys)}: {wrong}" for keys, wrong in made.conflicts())
        return made
    if get_origin(kind) is Mapping:
        return _open_section(value, place, key)
    converted, wrong = _convert(kind, value)
    if wrong:
        place.faults.append(f"{where}: {wrong}")
    return converted


def _open_section(value: Any, place: Place, key: str) -> Any:
    """Named luminosities: any key that ends in _fb, a positive number or a list of them."""
    if not isinstance(value, dict):
        place.faults.append(f"{place.card}: [{key}]: must be a section")
        return None
    for name, entry in value.items():
        where = f"{place.cards.get(f'{key}.{name}', place.card)}: [{key}] {name}"
        entries = entry if isinstance(entry, tuple) else (entry,)
        if not name.endswith("_fb"):
            place.faults.append(f"{where}: unknown key, luminosities (1/fb) end in _fb")
        if not (entries and all(is_number(e) and e > 0.0 for e in entries)):
            place.faults.append(f"{where}: is {shown(entry)}, must be a number above 0 or a list of them")
    return value


def _convert(kind: Any, value: Any) -> tuple[Any, str | None]:
    """Return the value as the wanted type, and what is wrong with it."""
    if get_origin(kind) is Annotated:
        plain, check = get_args(kind)
        converted, wrong = _convert(plain, value)
        return converted, wrong or check(converted)
    if get_origin(kind) is Literal:
        options = get_args(kind)
        return value, None if value in options else f"is {shown(value)}, must be one of {', '.join(options)}"
    if get_origin(kind) is tuple:
        return _convert_tuple(get_args(kind), value)
    if kind is float:
        if not is_number(value):
            odd = isinstance(value, bool) or not isinstance(value, int | float)
            return 0.0, f"is {shown(value)}, must be {'a number' if odd else 'finite'}"
        return float(value), None
    if kind is int and isinstance(value, bool):
        return 0, f"is {shown(value)}, must be a whole number"
    if kind is int and isinstance(value, int) and abs(value) >= LARGEST:
        return 0, f"is {shown(value)}, must be below 2^63"
    if not isinstance(value, kind):
        names = {int: "a whole number", bool: "true or false", str: "a text"}
        return kind(), f"is {shown(value)}, must be {names[kind]}"
    return value, None


def _convert_tuple(kinds: tuple[Any, ...], value: Any) -> tuple[Any, str | None]:
    if not isinstance(value, tuple):
        return (), f"is {shown(value)}, must be a list"
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        kinds = (kinds[0],) * len(value)
    if len(value) != len(kinds):
        return (), f"has {len(value)} entries, must have {len(kinds)}"
    converted = [_convert(k, v) for k, v in zip(kinds, value, strict=True)]
    return tuple(c for c, _ in converted), next((w for _, w in converted if w), None)
