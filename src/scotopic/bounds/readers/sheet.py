"""A table of any format as columns with names, and the bound in it.

Readers of formats return a `Sheet`; what the names mean, which column is the limit, which level and kind it has is
decided here for all of them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import get_args

import numpy as np

from scotopic.bounds.bound import Bound, Citation, Kind, Reading
from scotopic.bounds.conventions import CONVENTIONS
from scotopic.bounds.readers.curves import Curve, freeze, read_curve, two_sided
from scotopic.bounds.readers.given import LONGEST, SHAPES, Given
from scotopic.bounds.readers.levels import levels_beside, only, stated_levels
from scotopic.bounds.readers.limit_column import Column, choose
from scotopic.bounds.readers.names import (
    Name,
    is_dark_matter,
    is_not_excluded,
    is_simulated,
    kind_of_text,
    mass_edge,
    mass_factor,
    read_name,
)
from scotopic.bounds.readers.quantity import convention_of, name_of, to_convention
from scotopic.bounds.readers.units import energy
from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats

LEVEL_KEYS = ("level", "confidence_level", "cl", "credibility_level")
ARXIV = re.compile(r"\d{4}\.\d{4,5}|[a-z-]+/\d{7}")

KINDS: tuple[tuple[str, Kind], ...] = (
    (r"recast|derived limit", "recast"),
    (r"project|prospect|forecast|future|sensitivit|reach", "projection"),
    (r"band", "band"),
    (r"target", "target"),
    (r"expect|median", "expected"),
    (r"envelope|region|compilation|union", "compilation"),
    (r"observ|limit|exclu|bound|constraint|measur|data", "observed"),
)
"""Words of a header's ``kind``."""


@dataclass(frozen=True)
class Sheet:
    """Columns with names.

    Attributes
    ----------
    path : Path
    masses : tuple of Column
        The mass, or the low and the high edge of its bins.
    limits : tuple of Column
        All others.
    header : mapping of str to str
        Stated pairs, such as ``convention: dark-photon:epsilon``; keys in small letters.
    prose : str
        Title and comments.
    breaks : tuple of int
        Rows before which a blank line stands.
    convention : str
        What the format itself fixes where neither file nor user says it.
    how : str
        How the numbers came here.
    units_needed : bool
        Whether the limit must have a unit, if its convention has one.
    """

    path: Path
    masses: tuple[Column, ...]
    limits: tuple[Column, ...]
    header: dict[str, str] = field(default_factory=dict)
    prose: str = ""
    breaks: tuple[int, ...] = ()
    convention: str = ""
    how: str = "as in the file"
    units_needed: bool = False


def read_sheet(sheet: Sheet, given: Given) -> Bound:
    """Return the bound of a sheet.

    Raises
    ------
    InputError
        If the numbers are no curve; and where something may be meant in two ways, with the answer that settles it.
    """
    place = str(sheet.path)
    said = with_header(given, sheet.header, place)
    limit, upper = choose(sheet.limits, said, place)
    kind = _kind(sheet, said, limit, place)
    level = _level(sheet, said, limit, place)
    names = [
        name_of(one, said, sheet.header, sheet.prose, place) for one in (limit, upper) if one is not None
    ]
    if len(names) == 2 and names[0].meaning != names[1].meaning and not names[1].is_open:
        raise InputError(
            f"{place}: {limit.name!r} and {names[1].text!r} are not of one kind; give quantity=TEXT"
        )
    names = [replace(one, unit=one.unit or names[-1].unit) for one in names]
    convention = convention_of(names[0], said.convention, sheet.convention, place)
    mass = _mass(sheet, said, convention, place)
    notes = [note for note in (_what(names[0], convention),) if note]
    if len(sheet.limits) > 1:
        notes.insert(0, f"column {limit.name!r}" + (f" to {upper.name!r}" if upper is not None else ""))
    values = [
        to_convention(one.values, name, convention, place, needed=sheet.units_needed)
        for one, name in zip((limit, upper) if upper else (limit,), names, strict=True)
    ]
    curve = _curve(mass, values, convention, sheet.breaks, said.shape, place)
    arxiv = ARXIV.search(sheet.header.get("paper_arxiv", sheet.header.get("arxiv", "")) or sheet.prose)
    title = sheet.header.get("paper_arxiv", "") or sheet.prose or "not stated in the file"
    return Bound(
        name=sheet.path.stem,
        label=said.label or sheet.path.stem.replace("_", " "),
        experiment=said.experiment or sheet.path.stem,
        process=sheet.header.get("process", "") or "not stated in the file",
        model=convention.partition(":")[0],
        convention=convention,
        kind=kind,
        level=level,
        level_kind="Bayesian"
        if "ayesian" in " ".join(sheet.header.get(key, "") for key in LEVEL_KEYS)
        else "unstated",
        luminosity_fb=None,
        branching_fraction=1.0,
        shape=curve.shape,
        pieces=freeze(curve.pieces),
        supersedes=(),
        citation=Citation(title, arxiv[0] if arxiv else "", "", "", "M"),
        reading=Reading(
            "; ".join((sheet.header.get("origin_of_numbers", sheet.how), *notes, *curve.notes)),
            sheet.header.get("source_repo", place),
            sheet.header.get("source_licence", "the user's copy"),
            "R",
        ),
        assumptions=_assumptions(convention, sheet.header, place),
    )


def with_header(given: Given, header: dict[str, str], place: str) -> Given:
    """Return the user's answers, with what the file's header states where the user says nothing.

    Raises
    ------
    InputError
        If the two name different conventions, or the header states what cannot be.
    """
    stated = header.get("convention", "")
    if stated and stated not in CONVENTIONS:
        stated = ""
    if stated and given.convention and stated != given.convention:
        raise InputError(
            f"{place}: its header says convention: {stated}; convention={given.convention} contradicts it"
        )
    shape = header.get("shape", "")
    return replace(
        given,
        convention=given.convention or stated,
        column=given.column or header.get("column", ""),
        quantity=given.quantity or header.get("quantity", ""),
        mass=given.mass or header.get("mass", ""),
        shape=given.shape or (shape if shape in SHAPES else ""),
        label=(given.label or header.get("label", ""))[:LONGEST],
        experiment=(given.experiment or header.get("experiment", ""))[:LONGEST],
    )


def _kind(sheet: Sheet, said: Given, limit: Column, place: str) -> Kind:
    if said.kind:
        if said.kind == "observed" and limit.role == "expected":
            raise InputError(f"{place}: column {limit.name!r} is expected, which kind=observed contradicts")
        return said.kind  # type: ignore[return-value]
    stated = sheet.header.get("kind", "").lower()
    if stated:
        for pattern, kind in KINDS:
            if re.search(pattern, stated):
                return kind
        raise InputError(
            f"{place}: kind: {stated!r} is not known; give kind=NAME, one of {', '.join(get_args(Kind))}"
        )
    if is_simulated(f"{limit.about} {sheet.prose}"):
        return "projection"
    own = kind_of_text(f"{limit.name} {limit.about}")
    if {kind_of_text(limit.name), kind_of_text(limit.about)} >= {"expected", "observed"}:
        raise InputError(
            f"{place}: column {limit.name!r} is expected by one word, observed by another; give kind=NAME"
        )
    if is_not_excluded(f"{limit.name} {limit.about} {sheet.path.stem}"):
        raise InputError(
            f"{place}: {limit.name!r} is what is allowed or preferred, not what is excluded; give kind=band, or another"
        )
    around = kind_of_path(sheet.path) or kind_of_text(sheet.prose, prose=True)
    if around == "projection" and own == "observed":
        raise InputError(
            f"{place}: column {limit.name!r} is observed, but file or folder say projection; give kind=NAME"
        )
    if not around and not own and kind_of_text(sheet.prose) in ("expected", "projection"):
        raise InputError(
            f"{place}: its text says {kind_of_text(sheet.prose)}, its columns do not; give kind=NAME"
        )
    return around or own or "observed"  # type: ignore[return-value]


def kind_of_path(path: Path) -> str:
    """Return ``projection`` or ``expected`` if a file's name or its folder says so."""
    found = {kind_of_text(path.stem), kind_of_text(path.absolute().parent.name, prose=True)}
    return "projection" if "projection" in found else "expected" if "expected" in found else ""


def _level(sheet: Sheet, said: Given, limit: Column, place: str) -> float | None:
    try:
        sources = [levels_beside(limit.name) | limit.levels]
        sources += [stated_levels(sheet.header[key]) for key in LEVEL_KEYS if sheet.header.get(key)]
        sources.append(levels_beside(sheet.prose))
    except InputError as fault:
        if said.level is not None:
            return said.level
        raise InputError(f"{place}: {fault}; give level=NUMBER") from None
    stated = next((one for one in sources if one), set())
    if said.level is None:
        return only(stated, place)
    if stated and not any(abs(said.level - one) < 1e-9 for one in stated):
        texts = ", ".join(f"{one:g}" for one in sorted(stated))
        raise InputError(f"{place}: its level is {texts}, which level={said.level:g} contradicts")
    return said.level


def _mass(sheet: Sheet, said: Given, convention: str, place: str) -> Floats:
    """Return masses in GeV, NaN where there is none."""
    columns = []
    wanted = CONVENTIONS[convention].mass
    for one in sheet.masses:
        try:
            name = _mass_name(one, said.mass)
        except InputError as fault:
            raise InputError(f"{place}: {fault}; give mass=UNIT, such as mass=GeV") from None
        if name.power != 1 or name.scale != 1.0:
            raise InputError(f"{place}: {one.name!r} is no mass; give mass=UNIT, such as mass=GeV, if it is")
        if is_dark_matter(name.text) is (wanted != "dark matter"):
            raise InputError(
                f"{place}: {name.text!r} is another mass than that of {convention}, the mass of the {wanted}; write "
                "that one, or give mass='m [UNIT]' if it is"
            )
        with np.errstate(over="ignore"):
            values = name.base**one.values if name.base else one.values
        columns.append(values * mass_factor(name, place))
    if len(columns) == 1:
        return columns[0]
    edges = {mass_edge(one.name): values for one, values in zip(sheet.masses, columns, strict=True)}
    low, high = edges.get("low", columns[0]), edges.get("high", columns[-1])
    if not np.isfinite(low + high).all():
        raise InputError(f"{place}: a bin of the mass has no finite edge")
    if (low > high).any():
        raise InputError(f"{place}: the low edge of a bin of the mass lies above its high one")
    return np.asarray(0.5 * (low + high))  # a binned limit: at the centres


def _mass_name(column: Column, given: str) -> Name:
    """Return what a column of masses is; an answer may be a unit alone, or the name that it should have."""
    if not given:
        return read_name(column.name, column.unit)
    answer = read_name(f"m [{given}]") if energy(given) is not None else read_name(given)
    try:
        own = read_name(column.name, column.unit)
        stated = energy(own.unit)
    except InputError:
        return answer
    if stated is not None and energy(answer.unit) not in (None, stated):
        raise InputError(f"{column.name!r} is in {own.unit}, which mass={given} contradicts")
    return replace(own, unit=answer.unit) if energy(given) is not None else answer


def _curve(
    mass: Floats, values: Sequence[Floats], convention: str, breaks: tuple[int, ...], shape: str, place: str
) -> Curve:
    if len(values) == 2:
        return two_sided(mass, values[0], values[1], place, breaks)
    value, notes = values[0], []
    marked = CONVENTIONS[convention].quantity == "coupling"
    if not marked and (value <= 0.0).any():
        notes.append(f"{np.count_nonzero(value <= 0.0)} masses with a limit at or below 0 left out")
        value = np.where(value > 0.0, value, np.nan)
    curve = read_curve(mass, value, place, breaks=breaks, marked=marked, shape=shape)
    return replace(curve, notes=(*notes, *curve.notes))


def _what(name: Name, convention: str) -> str:
    """Return what was done to the numbers."""
    parts = []
    if name.scale != 1.0:
        parts.append(f"numbers times {name.scale:g}")
    if name.base:
        kind = "" if name.base in (10.0, 0.1) else "natural "
        parts.append(f"read as {'negative ' if name.base < 1.0 else ''}{kind}logarithms")
    if name.power == 2:
        parts.append("square root taken")
    if not name.unit and CONVENTIONS[convention].unit != "1":
        parts.append(f"unit taken as {CONVENTIONS[convention].unit}")
    return f"{name.text!r}: {', '.join(parts)}" if parts else ""


def _assumptions(convention: str, header: dict[str, str], place: str) -> tuple[tuple[str, float], ...]:
    if convention != "dark-photon:y":
        return ()
    text = header.get("coupling", "") + " " + header.get("notes", "")
    alpha = re.search(r"alpha_D\s*=\s*(\d+(?:\.\d+)?)", text)
    ratio = re.search(r"m_chi/m_V\s*=\s*(\d+(?:\.\d+)?)(?:/(\d+(?:\.\d+)?))?", text)
    found: list[tuple[str, float]] = []
    if alpha:
        found.append(("alphaD", float(alpha[1])))
    if ratio:
        if float(ratio[2] or 1.0) == 0.0:
            raise InputError(f"{place}: m_chi/m_V = {ratio[1]}/{ratio[2]} is no ratio")
        found.append(("mass_ratio", float(ratio[1]) / float(ratio[2] or 1.0)))
    return tuple(found)
