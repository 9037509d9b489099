"""Where a value comes from: the letters of the cards, and one value's provenance."""

from dataclasses import dataclass
from typing import Any, Literal

Mark = Literal["R", "D", "M+", "M", "M?", "P", "B"]

MEANING: dict[str, str] = {
    "R": "read in the named public source",
    "D": "derived from values that were read",
    "M": "recalled from the literature, not verified (M+ supported by an independent check, M? weak)",
    "P": "proposed: nothing published found, an assumption of this project",
    "B": "quoted second-hand, not verified",
}


@dataclass(frozen=True)
class Provenance:
    """Where one value of a card comes from."""

    key: str  # section.key
    value: Any
    mark: Mark
    note: str
    card: str  # name of the card that holds the value
    marked: bool = True  # False where the card states no mark and "P" was assumed
