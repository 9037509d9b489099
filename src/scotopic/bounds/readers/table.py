"""Tables with names of columns and ``# key: value`` lines: what `scotopic` writes, HEPData's CSV, curves of others."""

import re
from dataclasses import replace
from pathlib import Path

from scotopic.bounds.bound import Bound
from scotopic.bounds.readers.cells import Block, number_columns, read_blocks, read_cell
from scotopic.bounds.readers.given import Given
from scotopic.bounds.readers.limit_column import Column
from scotopic.bounds.readers.names import is_mass, kind_of_text, mass_edge
from scotopic.bounds.readers.sheet import Sheet, read_sheet
from scotopic.errors import InputError
from scotopic.text_files import read_text

MOST_PROSE = 4000
KEY = re.compile(r"#[:\s]*([A-Za-z][\w ]{0,40}?)\s*:\s*(.*)")


def read_table(path: Path, given: Given) -> Bound:
    """Return the bound of a table with commas, semicolons, tabs or blanks.

    Columns by their names: a mass with its unit (``mass_GeV``, ``m [MeV]``), the limit, and optionally the upper edge
    of a two-sided exclusion (``coupling_upper``). Header keys: convention or coupling, column, quantity, mass, shape,
    kind, level or confidence_level, experiment, process, label, paper_arxiv, source_repo, source_licence.

    Raises
    ------
    InputError
        If the numbers are no curve, or what they are is not clear; with the answer that settles it.
    """
    text = read_text(path)
    header = read_header(text)
    block = _joined(read_blocks(text, str(path)), str(path))
    block = _rows_of_kind(block, given, str(path))
    if not block.names:
        if not (given.mass or header.get("mass")):
            raise InputError(
                f"{path}: the first line that is no comment must name the columns, such as mass_GeV,coupling; or give "
                "mass=UNIT, with the mass in the first column"
            )
        block = replace(block, names=("mass", *(f"column {i}" for i in range(2, len(block.rows[0]) + 1))))
    if len(block.names) != len(block.rows[0]):
        raise InputError(f"{path}: {len(block.names)} column names but {len(block.rows[0])} cells per line")
    columns = as_columns(block, str(path))
    masses, limits = _parted(columns, bool(given.mass or header.get("mass")), str(path))
    prose = " ".join(line.lstrip("#: ").strip() for line in text.splitlines() if line.startswith("#"))
    return read_sheet(Sheet(path, masses, limits, header, prose[:MOST_PROSE], block.breaks), given)


def read_header(text: str) -> dict[str, str]:
    """Return the ``# key: value`` pairs of a text, keys in small letters with underlines."""
    pairs = (KEY.match(line) for line in text.splitlines() if line.startswith("#"))
    return {
        found[1].strip().lower().replace(" ", "_"): found[2].strip()[:MOST_PROSE] for found in pairs if found
    }


def as_columns(block: Block, place: str) -> list[Column]:
    """Return the columns of a block that are numbers; columns of words are left out."""
    kept = [j for j in range(len(block.rows[0])) if not all(map(_is_word, (row[j] for row in block.rows)))]
    part = replace(block, rows=tuple(tuple(row[j] for j in kept) for row in block.rows))
    values = number_columns(part, place)
    return [Column(block.names[j], "", v, number=j + 1) for j, v in zip(kept, values, strict=True)]


def _is_word(cell: str) -> bool:
    try:
        read_cell(cell)
    except InputError:
        return cell[:1].isalpha()
    return False


def _joined(blocks: list[Block], place: str) -> Block:
    """Return blocks with the same masses, as HEPData writes them below one another, as one."""
    if len(blocks) == 1:
        return blocks[0]
    first = blocks[0]
    for one in blocks[1:]:
        if [row[0] for row in one.rows] != [row[0] for row in first.rows] or not one.names or not first.names:
            raise InputError(f"{place}: line {one.lines[0] - 1}: {' '.join(one.names)[:60]!r} is not numbers")
    names = (*first.names, *(name for one in blocks[1:] for name in one.names[1:]))
    rows = tuple(
        (*row, *(cell for one in blocks[1:] for cell in one.rows[i][1:])) for i, row in enumerate(first.rows)
    )
    return Block(names, rows, first.lines, first.breaks)


def _rows_of_kind(block: Block, given: Given, place: str) -> Block:
    """Return the rows of one kind where a column of texts, such as ``observed`` and ``expected``, has several."""
    for j in range(len(block.rows[0])):
        texts = [row[j] for row in block.rows]
        kinds = [kind_of_text(text) for text in texts]
        if len(set(texts)) > 1 and all(kinds):
            if given.kind not in kinds:
                raise InputError(
                    f"{place}: its rows are of several kinds ({', '.join(sorted(set(texts)))[:100]}); give kind=NAME, "
                    f"one of {', '.join(sorted(set(kinds)))}"
                )
            kept = [i for i, kind in enumerate(kinds) if kind == given.kind]
            return replace(
                block,
                rows=tuple(block.rows[i] for i in kept),
                lines=tuple(block.lines[i] for i in kept),
                breaks=(),
            )
    return block


def _parted(
    columns: list[Column], mass_given: bool, place: str
) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """Return the columns of the mass, and the others."""
    masses = [one for one in columns if is_mass(one.name)]
    if not masses and mass_given and columns:
        masses = columns[:1]
    edges = sorted(mass_edge(one.name) for one in masses)
    bins = len(masses) == 2 and edges in (["", "high"], ["high", "low"])
    if len(masses) != 1 and not bins:
        names = ", ".join(one.name[:40] for one in columns) or "none"
        advice = (
            "keep one of them"
            if masses
            else "expected names such as mass_GeV,coupling, or give mass=UNIT with the mass in the first column"
        )
        said = "several masses" if masses else "no column of a mass with its unit"
        raise InputError(f"{place}: {said} among the columns ({names[:300]}); {advice}")
    return tuple(masses), tuple(one for one in columns if one not in masses)
