"""Text files in the manner of AxionLimits (github.com/cajohare/AxionLimits): mass in eV, coupling, names in # lines."""

import re
from pathlib import Path

from scotopic.bounds.bound import Bound
from scotopic.bounds.readers.cells import LONGEST_CELL, number_columns, read_blocks
from scotopic.bounds.readers.given import Given
from scotopic.bounds.readers.limit_column import Column
from scotopic.bounds.readers.names import read_name
from scotopic.bounds.readers.sheet import Sheet, read_sheet
from scotopic.bounds.readers.table import MOST_PROSE, read_header
from scotopic.bounds.readers.units import ENERGIES, energy, plain
from scotopic.errors import InputError
from scotopic.text_files import read_text

_MASS_WITH_UNIT = re.compile(
    r"(?<![A-Za-z_])(?:log_?10\s*\(?\s*)?(?:[A-Za-z']+\s+)?"
    r"(?:[Mm]ass(?:es)?|[Mm](?:_?\{?[A-Za-z']{1,4}\}?)?)\s*(?:[\[(/,]|in)?\s*"
    r"(?P<unit>[A-Za-zµ]{0,2}[eE][vV](?:/c\^?2)?)\s*[\])]*"
)


def read_axionlimits(path: Path, given: Given) -> Bound:
    """Return the bound of a text file with a mass and a limit per line.

    The last comment that names a mass with its unit names the columns. The mass is in eV there; another unit, or none,
    is asked. The limit is what its name says; a bare ``g`` is g_aγγ in 1/GeV, as in AxionLimits' files on photons.

    Raises
    ------
    InputError
        As `read_table`.
    """
    text = read_text(path)
    place = str(path)
    header = read_header(text)
    blocks = read_blocks(text, place, ("#", "//", "%"))
    if len(blocks) > 1:
        raise InputError(
            f"{place}: line {blocks[1].lines[0] - 1}: {' '.join(blocks[1].names)[:60]!r} is not numbers"
        )
    block = blocks[0]
    count = len(block.rows[0])
    if count < 2:
        raise InputError(f"{place}: fewer than two columns, a mass and a limit")
    comments = [
        line.lstrip("#/%: ")[:LONGEST_CELL].strip()
        for line in text.splitlines()
        if line.lstrip()[:1] in ("#", "/", "%")
    ]
    names = _names([*comments, " ".join(block.names)], count, place)
    if names is None and not given.mass:
        raise InputError(
            f"{place}: no comment names the mass with its unit, as in '# mass [eV]  g [1/GeV]'; give mass=UNIT"
        )
    mass_name, *others = names or ["mass", *(f"column {i}" for i in range(2, count + 1))]
    unit = read_name(mass_name).unit if not given.mass else ""
    if not given.mass and energy_of(unit, place) != ENERGIES["eV"]:
        raise InputError(
            f"{place}: its header has the mass in {unit}, where text files of AxionLimits have eV; "
            f"give mass={unit} if it is so"
        )
    columns = [
        Column(name, "", v, number=i)
        for i, (name, v) in enumerate(zip([mass_name, *others], number_columns(block, place), strict=True), 1)
    ]
    prose = " ".join(comments)[:MOST_PROSE]
    default = (
        "alp-photon:g" if re.fullmatch(r"(?:log_?10[\s_(]*)?g\)?", plain(others[0]).strip(" ,;()")) else ""
    )
    return read_sheet(
        Sheet(
            path, (columns[0],), tuple(columns[1:]), header, prose, block.breaks, default, "as in the file"
        ),
        given,
    )


def energy_of(unit: str, place: str) -> float | None:
    """Return a unit in GeV; what may be two is asked."""
    try:
        return energy(unit)
    except InputError as fault:
        raise InputError(f"{place}: {fault}; give mass=UNIT, such as mass=MeV") from None


def _names(comments: list[str], count: int, place: str) -> list[str] | None:
    """Return the names of columns, the mass first, from the last comment with a mass and its unit; None without one."""
    for comment in reversed(comments):
        bare = plain(comment)
        found = _MASS_WITH_UNIT.search(bare)
        if not found:
            continue
        before, after = bare[: found.start()], bare[found.end() :].strip(" ,;:|\t")
        if re.search(r"log_?10\s*\(?\s*$", before):
            continue
        earlier = _safe_quantity(before)
        if not after or (earlier and not _safe_quantity(after)):
            if not earlier and not after:
                continue  # prose about a mass
            raise InputError(
                f"{place}: its header names the mass behind the limit; write the columns as mass, limit, or a .csv file"
            )
        mass = found[0].strip()
        if count == 2:
            return [mass, after]
        for split in (r"\s{2,}|\t|[;|]", r",", None):
            parts = _tokens(comment, found, split)
            if len(parts) == count - 1:
                return [mass, *parts]
        return [mass, *(f"column {i}" for i in range(2, count + 1))]
    return None


def _tokens(comment: str, found: re.Match[str], split: str | None) -> list[str]:
    """Return the names behind the mass, apart at a pattern, or at blanks outside brackets."""
    unit = comment.find(found["unit"])
    rest = re.sub(r"^[\])\s,;|]+", "", comment[unit + len(found["unit"]) :])
    if split is not None:
        return [part.strip() for part in re.split(split, rest) if part.strip()]
    parts: list[str] = []
    for word in re.findall(r"\[[^\]]*\]|\([^)]*\)|\S+", rest):
        if parts and word[0] in "[(":
            parts[-1] += " " + word
        else:
            parts.append(word)
    return parts


def _safe_quantity(text: str) -> str:
    try:
        return read_name(text).convention
    except InputError:
        return "unclear"
