"""The table ``[recast]`` of a bound's file: how the bound carries over to other models."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from scotopic.bounds.instruments import INSTRUMENTS
from scotopic.bounds.production import MECHANISMS
from scotopic.bounds.readers.given import Given
from scotopic.bounds.rescaling import (
    AnyLifetime,
    Flight,
    Lifetime,
    Production,
    Rescaling,
    Shielded,
)
from scotopic.errors import InputError
from scotopic.text_files import listed, shown

KEYS = ("production", "decays", "lifetime", "invisible_fraction", "refused")


class Faults(Protocol):
    """Who collects faults."""

    def fault(self, where: str, text: str) -> None:
        """Take one fault and its place."""


def read_rescaling(check: Faults, table: Any) -> Rescaling | None:
    """Return what the table says; faults go to `check`. None without a table."""
    if table is None:
        return None
    if not isinstance(table, Mapping):
        check.fault("[recast]", f"is {shown(table)}, must be a table")
        return None
    for key in sorted(table.keys() - set(KEYS)):
        check.fault(f"[recast] {key}", f"unknown key, known are {', '.join(KEYS)}")
    decays = table.get("decays", [])
    if not isinstance(decays, list) or not all(isinstance(one, str) for one in decays):
        check.fault("[recast] decays", f'is {shown(decays)}, must be a list such as ["e- e+", "mu- mu+"]')
        decays = []
    fraction = table.get("invisible_fraction")
    if fraction is not None and (not isinstance(fraction, int | float) or not 0.0 <= fraction <= 1.0):
        check.fault("[recast] invisible_fraction", f"is {shown(fraction)}, must be between 0 and 1")
        fraction = None
    refused = table.get("refused", "")
    if not isinstance(refused, str):
        check.fault("[recast] refused", f"is {shown(refused)}, must be a text")
        refused = ""
    production = _production(check, table.get("production"))
    lifetime = _lifetime(check, table.get("lifetime"))
    return Rescaling(production, tuple(decays), lifetime, fraction, refused)


def given_rescaling(given: Given, place: str) -> Rescaling:
    """Return how a user says that a bound carries over.

    Raises
    ------
    InputError
        Naming every fault.
    """
    found = _Collected(place)
    decays = [one.strip() for one in given.decays.split(",") if one.strip()]
    table: dict[str, Any] = {
        "production": given.production,
        "decays": decays,
        "lifetime": given.lifetime or "any",
    }
    if given.invisible_fraction:
        try:
            table["invisible_fraction"] = float(given.invisible_fraction)
        except ValueError:
            table["invisible_fraction"] = given.invisible_fraction
    rescaling = read_rescaling(found, table)
    if found.faults or rescaling is None:
        raise InputError(listed(found.faults))
    return rescaling


class _Collected:
    """Faults in a list."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.faults: list[str] = []

    def fault(self, where: str, text: str) -> None:
        """Take one fault and its place."""
        self.faults.append(f"{self.place}: {where}: {text}")


def _production(check: Faults, value: Any) -> Production:
    shares = {value: 1.0} if isinstance(value, str) else value
    good = isinstance(shares, Mapping) and shares
    if not good or not all(isinstance(x, int | float) and 0.0 < x <= 1.0 for x in shares.values()):
        check.fault(
            "[recast] production",
            f"is {shown(value)}, must be a mechanism or a table of mechanisms and shares",
        )
        return Production((), np.empty(0))
    for mechanism in shares:
        if mechanism not in MECHANISMS:
            check.fault(
                "[recast] production", f"unknown {shown(mechanism)}, known are {', '.join(MECHANISMS)}"
            )
    total = sum(shares.values())
    if abs(total - 1.0) > 1e-6:
        check.fault("[recast] production", f"shares sum to {total:g}, must be 1")
    return Production(tuple(shares), np.array(list(shares.values()), dtype=np.float64))


def _lifetime(check: Faults, value: Any) -> Lifetime:
    if value == "any":
        return AnyLifetime()
    if isinstance(value, str) and value in INSTRUMENTS:
        return Flight(value)
    if isinstance(value, Mapping) and set(value) == {"shield_mm", "volume_mm"}:
        lengths = [value["shield_mm"], value["volume_mm"]]
        if all(isinstance(x, int | float) and 0.0 < x < 1e12 for x in lengths):
            return Shielded(*map(float, lengths))
    check.fault(
        "[recast] lifetime",
        f'is {shown(value)}, must be "any", an instrument ({", ".join(INSTRUMENTS)}) or '
        "{ shield_mm = ..., volume_mm = ... }",
    )
    return AnyLifetime()
