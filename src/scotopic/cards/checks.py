"""One pass over a card of a user that collects every fault with its place."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from scotopic.cards.values import is_number
from scotopic.errors import InputError
from scotopic.numerics.units import parse_luminosity
from scotopic.text_files import LARGEST_CARD, listed, parse_toml, read_text, shown

Table = Mapping[str, Any]


class Checks:
    """Faults of a card, each with its place; a check returns the value, or None after a fault."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.faults: list[str] = []

    def fault(self, where: str, text: str) -> None:
        """Take one fault and its place in the card."""
        self.faults.append(f"{self.place}: {where}: {text}")

    def finish(self) -> None:
        """Raise `InputError` with all faults on one line, if there are any."""
        if self.faults:
            raise InputError(listed(self.faults))

    def must(self, where: str, value: object, text: str) -> None:
        """Take the fault that a value is not what it must be."""
        self.fault(where, f"is {shown(value)}, must {text}")

    def keys(self, table: Table, known: Iterable[str], needed: Iterable[str] = (), prefix: str = "") -> None:
        """Refuse unknown keys of a table, and missing ones."""
        known = tuple(known)
        for key in sorted(table.keys() - set(known)):
            close = get_close_matches(key, known, n=1)
            said = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
            self.fault(f"{prefix}{key}", f"unknown key, {said}")
        for key in needed:
            if key not in table:
                self.fault(f"{prefix}{key}", "missing")

    def table(self, where: str, value: object, text: str = "be a table") -> Table:
        """Return a table; an empty one after a fault."""
        if isinstance(value, Mapping):
            return value
        self.must(where, value, text)
        return {}

    def number(self, where: str, value: object, text: str, good: Callable[[float], bool]) -> float | None:
        """Return a finite number that is `good`; `text` says what it must be."""
        if is_number(value) and good(float(value)):
            return float(value)
        self.must(where, value, text)
        return None

    def whole(self, where: str, value: object, low: int, high: int) -> int | None:
        """Return a whole number from `low` to `high`."""
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.must(where, value, f"be a whole number from {low} to {high}")
        return None

    def text(self, where: str, value: object, text: str = "be a text") -> str | None:
        """Return a text that is not blank, without the blanks around it."""
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.must(where, value, text)
        return None

    def texts(self, where: str, value: object, text: str) -> tuple[str, ...]:
        """Return the texts of a list; none after a fault."""
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        self.must(where, value, text)
        return ()

    def choice(self, where: str, value: object, allowed: Sequence[str]) -> str | None:
        """Return one of the allowed texts."""
        if isinstance(value, str) and value in allowed:
            return value
        self.must(where, value, f"be one of {', '.join(allowed)}")
        return None

    def luminosity(self, where: str, value: object) -> float | None:
        """Return an integrated luminosity such as ``"445/pb"`` in 1/fb; None, too, where none is stated."""
        if value is None:
            return None
        if not isinstance(value, str):
            self.must(where, value, 'be a text with its unit, such as "445/pb"')
            return None
        try:
            return parse_luminosity(value)
        except InputError as fault:
            self.fault(where, str(fault))
            return None


def read_document(path: Path, what: str) -> dict[str, Any]:
    """Return the document of a card that a person writes; errors name it as `what`."""
    try:
        return parse_toml(read_text(path, LARGEST_CARD), str(path))
    except InputError as fault:
        raise InputError(f"cannot read the {what} {fault}") from None
