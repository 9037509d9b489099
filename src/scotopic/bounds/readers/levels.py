"""Confidence levels in texts: percentages beside the word that makes them one; others are no level."""

import re

from scotopic.bounds.readers.units import plain
from scotopic.errors import InputError

_WORD = r"(?:c\.?\s?l\.?(?:\s?s)?|confidence|credib\w*|c\.?i\.?|level)"
_NUMBER = r"(\d{2}(?:\.\d+)?)\s*%"
_BESIDE = (
    rf"{_NUMBER}\s*[(\[]?\s*{_WORD}(?![a-z])",
    rf"(?<![a-z]){_WORD}(?:\s*(?:level|interval|of|is|at|limits?))*\s*[s=:]?\s*[(\[]?\s*{_NUMBER}",
    rf"{_NUMBER}\s*(?:upper|exclusion|limits?|bounds?|ul)(?![a-z])",
    r"(?<![\d.])(\d{2})_?\s?cl(?:s|_|\b)",
    r"(?<![a-z])cl_?(\d{2})(?!\d)",
    r"(?<![a-z])(?:limit|bound|ul)[_ ]?(9[0-9])(?![\d.])",
    r"(?<![\d.])(9[0-9])[_ ]?(?:limit|bound|ul)(?![a-z])",
)
_FRACTION = (
    rf"(?<![a-z]){_WORD}(?:\s*(?:level|interval|of|is))*\s*[s=:]?\s*(0\.\d+)(?!\d*\s*%)",
    rf"(?<![\d.])(0\.\d+)\s*{_WORD}(?![a-z])",
)


_PART = r"\d{2}(?:\.\d+)?(?=\s*(?:%|,|/|&|and|or))"
_LIST = rf"(?<![\d.])(?:\d{{2}}(?:\.\d+)?\s*%?\s*(?:,|/|&|and|or)\s*)+{_NUMBER}\s*[(\[]?\s*{_WORD}"
"""Several levels with one word behind them: ``90% and 95% CL``."""


def _percents(text: str) -> str:
    return re.sub(r"\s*per\s?cent(?![a-z])", "%", plain(text).lower())


def levels_beside(text: str) -> set[float]:
    """Return all levels of a text that stand beside ``CL``, ``confidence`` or the like."""
    bare = _percents(text)
    for one in re.finditer(_LIST, bare):
        bare += f" {' '.join(number + '% level;' for number in re.findall(_PART, one[0]))}"
    found = {float(m) / 100.0 for pattern in _BESIDE for m in re.findall(pattern, bare)}
    found |= {float(m) for pattern in _FRACTION for m in re.findall(pattern, bare)}
    return {level for level in found if 0.5 <= level < 1.0}


def stated_levels(text: str) -> set[float]:
    """Return the levels of a text that is about the level: a bare ``95``, ``95%`` or ``0.95`` counts, too.

    Raises
    ------
    InputError
        If it is a number that can be no level, such as 0.05.
    """
    bare = _percents(text).strip()
    if re.fullmatch(r"\d+(?:\.\d+)?(?:e-?\d+)?", bare):
        value = float(bare)
        value = value / 100.0 if value >= 1.0 else value
        if not 0.5 <= value < 1.0:
            raise InputError(f"level {text!r}: must be a probability between 0.5 and 1, such as 0.95")
        return {value}
    beside = levels_beside(text)
    percent = re.findall(r"(?<![\d.=])\s*(\d{2}(?:\.\d+)?)\s*%", bare)
    found = beside or {float(one) / 100.0 for one in percent if 50.0 <= float(one) < 100.0}
    if not found and re.search(r"%|^0?\.\d|^\d+\W*$", bare):
        raise InputError(f"level {text[:60]!r}: no probability between 0.5 and 1, such as 0.95")
    return found


def only(levels: set[float], where: str) -> float | None:
    """Return the one level of a set, None of an empty one.

    Raises
    ------
    InputError
        Of several.
    """
    if len(levels) > 1:
        texts = ", ".join(f"{level:g}" for level in sorted(levels))
        raise InputError(f"{where}: states several levels ({texts}); give level=NUMBER")
    return next(iter(levels), None)
