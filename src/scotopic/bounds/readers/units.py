"""Units as people write them: energies, inverse energies, cross sections, powers of ten; one spelling inside."""

import re
import unicodedata

from scotopic.errors import InputError

ENERGIES = {
    "aeV": 1e-27, "feV": 1e-24, "peV": 1e-21, "neV": 1e-18, "µeV": 1e-15, "ueV": 1e-15, "meV": 1e-12,
    "eV": 1e-9, "keV": 1e-6, "MeV": 1e-3, "GeV": 1.0, "TeV": 1e3, "PeV": 1e6,
}  # fmt: skip
"""GeV."""
ENERGY_OF_ANY_CASE = {"ev": "eV", "kev": "keV", "gev": "GeV", "tev": "TeV", "nev": "neV", "uev": "ueV"}
"""Spellings in other cases that cannot be mistaken; mev may be MeV or meV, pev peV or PeV."""
CROSS_SECTIONS = {"ab": 1e-3, "fb": 1.0, "pb": 1e3, "nb": 1e6, "µb": 1e9, "ub": 1e9, "cm^2": 1e39}
"""fb."""

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_LETTERS = {
    "ε": "epsilon", "ϵ": "epsilon", "ɛ": "epsilon", "α": "alpha", "γ": "gamma", "θ": "theta", "χ": "chi",
    "μ": "mu", "τ": "tau", "σ": "sigma", "κ": "kappa", "φ": "phi", "ϕ": "phi", "λ": "lambda",
    "×": " x ", "·": " x ", "−": "-", "–": "-", "′": "'", "’": "'", "ʹ": "'", "≤": "<", "≥": ">",
}  # fmt: skip
_POWER_OF_TEN = re.compile(
    r"(?:(?<![a-z0-9])(?:x|\*)\s*|(?<![\w.^]))"
    r"(?:10\s*\^\s*\(?\s*(?P<a>[+-]?\d{1,3})\)?|10(?P<b>-\d{1,3})|1(?:\.0*)?[eE](?P<c>[+-]?\d{1,3}))(?![\w.])"
)


def plain(text: str) -> str:
    """Return a name without TeX and special letters: ``$\\epsilon^{2}$`` and ``ε²`` become ``epsilon^2``."""
    text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+", lambda m: "^" + m[0].translate(_SUPERSCRIPTS), text)
    text = re.sub(r"[µμ](?=eV|b\b)", "u", text)
    text = re.sub(
        r"\\+(?:mathrm|mathit|mathsf|mathbf|textrm|text|rm|left|right|ensuremath)(?![a-z])", "", text
    )
    text = re.sub(r"\\+(?:times|cdot)(?![a-z])", " x ", text)
    text = re.sub(r"\\+(?:prime)(?![a-z])", "'", text)
    text = re.sub(r"\\+(?:le|leq|lt)(?![a-z])", "<", text)
    text = re.sub(r"\\+var(?=[a-z])", "", text)
    text = re.sub(r"\\+[,;:! ]", " ", text)
    text = re.sub(r"[$\\{}~]", "", text.replace("\\%", "%")).replace("**", "^").replace("^'", "'")
    text = "".join(_LETTERS.get(letter, letter) for letter in unicodedata.normalize("NFKC", text))
    return " ".join(text.split())


def energy(text: str) -> float | None:
    """Return a unit of energy or mass in GeV; None if it is none.

    ``GeV/c$^2$``, ``[GeV]``, ``GeV/c**2`` and ``\\mathrm{GeV}`` are GeV.

    Raises
    ------
    InputError
        For ``mev`` and ``pev``, which may be two units.
    """
    bare = re.sub(r"[\s\[\]()]", "", plain(text))
    bare = re.sub(r"(?:/c(?:\^?2)?|c\^-2)$", "", bare)
    if bare in ENERGIES:
        return ENERGIES[bare]
    if bare.lower() in ENERGY_OF_ANY_CASE:
        return ENERGIES[ENERGY_OF_ANY_CASE[bare.lower()]]
    if bare == "MEV":
        return ENERGIES["MeV"]
    if bare.lower() in ("mev", "pev"):
        two = {"mev": "MeV or meV", "pev": "PeV or peV"}[bare.lower()]
        raise InputError(f"unit {text!r} may be {two}")
    return None


def inverse_energy(text: str) -> float | None:
    """Return a unit such as ``1/GeV``, ``GeV^-1`` or ``per GeV`` in 1/GeV; None if it is none."""
    bare = re.sub(r"[\s\[\]()]", "", plain(text))
    found = re.fullmatch(r"(?:1?/|per_?)(\w?ev)|(\w?ev)\^?-1", bare, re.IGNORECASE)
    value = energy(found[1] or found[2]) if found else None
    return None if value is None else 1.0 / value


def cross_section(text: str) -> float | None:
    """Return a unit of cross section in fb; None if it is none."""
    bare = re.sub(r"[\s\[\]()]", "", plain(text))
    if bare in ("cm^2", "cm2"):
        return CROSS_SECTIONS["cm^2"]
    return CROSS_SECTIONS.get(bare, CROSS_SECTIONS.get(bare.lower()))


def is_unit(text: str) -> bool:
    """Return whether a text is a unit of any kind, a power of ten before it or not."""
    rest, _ = take_scale(plain(text).strip("[]() "))
    bare = rest.strip("[]() ").lower()
    if bare in ("", "1", "%", "dimensionless", "none", "-"):
        return True
    if bare in ("mev", "pev"):
        return True
    return any(kind(rest) is not None for kind in (energy, inverse_energy, cross_section))


def take_scale(text: str) -> tuple[str, float]:
    """Return a plain text without its power of ten, and that power: ``epsilon (x 10^-6)`` gives 1e-6.

    Raises
    ------
    InputError
        For positive powers: ``x 10^6`` may mean that the numbers were multiplied, or are to be; and for two powers.
    """
    found = list(_POWER_OF_TEN.finditer(text))
    if not found:
        if re.search(r"(?<![a-z0-9])x\s*\d", text):
            raise InputError(f"{text!r} has a factor that is no power of ten such as 10^-6")
        return text, 1.0
    if len(found) > 1:
        raise InputError(f"{text!r} has two powers of ten")
    exponent = int(found[0]["a"] or found[0]["b"] or found[0]["c"])
    if exponent > 0:
        raise InputError(
            f"in {text!r} the numbers may have been multiplied by 10^{exponent}, or are to be: "
            f"10^-{exponent} says the first"
        )
    rest = re.sub(r"[\[(]\s*[\])]", "", text[: found[0].start()] + " " + text[found[0].end() :])
    return " ".join(rest.split()), float(f"1e{exponent}")
