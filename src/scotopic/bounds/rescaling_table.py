"""The table ``[recast]`` of a bound's file: how the bound carries over to other models."""

from collections.abc import Mapping
from typing import Any

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
from scotopic.cards.checks import Checks
from scotopic.cards.values import is_number
from scotopic.text_files import shown

KEYS = ("production", "decays", "lifetime", "invisible_fraction", "refused")


def read_rescaling(check: Checks, table: Any) -> Rescaling | None:
    """Return what the table says; None without a table."""
    if table is None:
        return None
    if not isinstance(table, Mapping):
        check.must("[recast]", table, "be a table")
        return None
    check.keys(table, KEYS, prefix="[recast] ")
    decays = check.texts("[recast] decays", table.get("decays", []), 'be a list such as ["e- e+", "mu- mu+"]')
    fraction = table.get("invisible_fraction")
    if fraction is not None:
        where = "[recast] invisible_fraction"
        fraction = check.number(where, fraction, "be between 0 and 1", lambda x: 0.0 <= x <= 1.0)
    refused = table.get("refused", "")
    if refused != "":
        refused = check.text("[recast] refused", refused) or ""
    production = _production(check, table.get("production"))
    lifetime = _lifetime(check, table.get("lifetime"))
    return Rescaling(production, decays, lifetime, fraction, refused)


def given_rescaling(given: Given, place: str) -> Rescaling:
    """Return how a user says that a bound carries over.

    Raises
    ------
    InputError
        Naming every fault.
    """
    found = Checks(place)
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
    found.finish()
    assert rescaling is not None
    return rescaling


def _production(check: Checks, value: Any) -> Production:
    shares = {value: 1.0} if isinstance(value, str) else value
    good = isinstance(shares, Mapping) and shares
    if not good or not all(is_number(x) and 0.0 < x <= 1.0 for x in shares.values()):
        check.must("[recast] production", value, "be a mechanism or a table of mechanisms and shares")
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


def _lifetime(check: Checks, value: Any) -> Lifetime:
    if value == "any":
        return AnyLifetime()
    if isinstance(value, str) and value in INSTRUMENTS:
        return Flight(value)
    if isinstance(value, Mapping) and set(value) == {"shield_mm", "volume_mm"}:
        lengths = [value["shield_mm"], value["volume_mm"]]
        if all(is_number(x) and 0.0 < x < 1e12 for x in lengths):
            return Shielded(*map(float, lengths))
    known = f'"any", an instrument ({", ".join(INSTRUMENTS)})'
    check.must("[recast] lifetime", value, f"be {known} or {{ shield_mm = ..., volume_mm = ... }}")
    return AnyLifetime()
