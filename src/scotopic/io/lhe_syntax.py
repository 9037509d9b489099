"""The blocks of a Les Houches event file (hep-ph/0609017; version 3 in arXiv:1405.1067), one at a time.

Elements are known by their full names, so that ``<initrwgt>`` is no ``<init>`` and ``<eventgroup>`` no ``<event>``.
XML comments, CDATA, lines of ``#`` and empty lines are left out everywhere, elements within ``<init>`` and
``<event>`` too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple, NoReturn

from scotopic.errors import InputError
from scotopic.io.text import (
    FURTHEST,
    LONGEST_LINE,
    check_sizes,
    number,
    numbered_lines,
    numbers,
    whole,
    wholes,
)
from scotopic.text_files import shown

MOST_PARTICLES = 100_000  # of an event
MOST_PROCESSES = 100_000
MOST_LINES = 1_000_000  # of a header, a comment or an event, and between them

TAG = re.compile(r"<(/?)([A-Za-z_][\w.:-]*)([^<>]*?)(/?)>")
HIDDEN = {"<!--": "-->", "<![CDATA[": "]]>"}
BLOCKS = ("LesHouchesEvents", "header", "init", "event")
BLOCKS_OF_ANY_CASE = {block.lower(): block for block in BLOCKS}
BLANK = " \t\r\n\x1a\x00"  # and what old systems and archives end a file with

Line = tuple[int, str]


class Particle(NamedTuple):
    """A line of the common block HEPEUP: GeV, mm."""

    pdg: int
    status: int
    mother: int
    last_mother: int
    colour: int
    anticolour: int
    px: float
    py: float
    pz: float
    energy: float
    mass: float
    lifetime: float
    spin: float


@dataclass(frozen=True)
class Setup:
    """The block ``<init>``: the common block HEPRUP and who generated the events.

    Attributes
    ----------
    beams, energies : PDG codes and energies (GeV) of the two beams
    strategy : IDWTUP
    cross_sections : XSECUP and XERRUP of each process, pb
    generator : the attribute ``name`` of ``<generator>``, as in version 3, else its text; empty if there is none
    """

    beams: tuple[int, int]
    energies: tuple[float, float]
    strategy: int
    cross_sections: tuple[tuple[float, float], ...]
    generator: str


@dataclass(frozen=True)
class EventBlock:
    """The block ``<event>``, its number from 1, and XWGTUP."""

    number: int
    weight: float
    particles: tuple[Particle, ...]


def read_blocks(file: IO[bytes], path: Path) -> Iterator[str | Setup | EventBlock]:
    """Yield the lines of the header that hold a tag of scotopic, the setup, then every event.

    Raises
    ------
    InputError
        If the file ends early, joins several samples, has its blocks out of order, or one that is wrong; an event
        is named by its number and line.
    """
    lines = _visible(numbered_lines(file, path), path)
    setup: Setup | None = None
    root = closed = False
    events = last = 0
    for at, line in lines:
        if at - last > MOST_LINES:
            raise InputError(
                f"{path}: more than {MOST_LINES} lines without a block, up to line {at}; expected LHE"
            )
        if closed and line.partition("#")[0].strip(BLANK):
            _joined(path, at, line)
        at, line = _whole_tag(lines, at, line, path)
        for tag in TAG.finditer(line) if "<" in line else ():
            slash, name, _, empty = tag.groups()
            rest = line[tag.end() :]
            if slash:
                closed = closed or name == "LesHouchesEvents"
            elif name not in BLOCKS and name.lower() in BLOCKS_OF_ANY_CASE:
                known = BLOCKS_OF_ANY_CASE[name.lower()]
                raise InputError(f"{path}: line {at}: the tag <{name}> is no name of LHE; expected <{known}>")
            elif name == "LesHouchesEvents":
                if root:
                    _joined(path, at, line)
                root = True
            elif name == "header" and not empty:
                yield from _header(lines, rest, path)
                break
            elif name == "init":
                if setup is not None:
                    _joined(path, at, line)
                where = f"{path}: <init> (line {at})"
                setup = _setup(*_body(lines, (at, rest), name, where), where)
                yield setup
                last = at
                break
            elif name == "event":
                if setup is None:
                    raise InputError(
                        f"{path} has no <init> block before its first <event> (line {at}); expected an LHE file "
                        "with beams and cross section"
                    )
                events += 1
                where = f"{path}: event {events} (line {at})"
                rows, _ = _body(lines, (at, rest), name, where)
                yield _event(events, rows, where)
                last = max(at, *(number for number, _ in rows)) if rows else at
                break
    if setup is None:
        raise InputError(f"{path} has no <init> block; expected an LHE file with beams and cross section")
    if not closed:
        raise InputError(f"{path} ends before </LesHouchesEvents>; expected a complete LHE file")


def _whole_tag(lines: Iterator[Line], at: int, line: str, where: Path | str) -> Line:
    """Return a line with those behind it, as far as its last tag goes; and the number of the last."""
    first = at
    while "<" in line and ">" not in line[line.rindex("<") :]:
        at, more = next(lines, (at, ""))
        if not more or len(line) > LONGEST_LINE:
            raise InputError(f"{where}: the tag of line {first} has no end; expected a complete LHE file")
        line += more
    return at, line


def _joined(path: Path, at: int, line: str) -> NoReturn:
    if not any(f"<{block}" in line for block in BLOCKS):
        raise InputError(
            f"{path} goes on behind </LesHouchesEvents> (line {at}: {shown(line.strip())}); expected one LHE file alone"
        )
    raise InputError(
        f"{path} joins several samples (line {at}); expected one <LesHouchesEvents> with one <init>: cross sections of "
        "different processes add, those of the same do not, so split the file"
    )


def is_lhe(file: IO[bytes], path: Path) -> bool:
    """Return whether ``<LesHouchesEvents>`` is the first tag, whatever declarations and comments stand before."""
    for _, line in _visible(numbered_lines(file, path), path):
        tag = TAG.search(line)
        if tag is not None:
            return tag[2] == "LesHouchesEvents"
    return False


def _visible(lines: Iterator[Line], path: Path) -> Iterator[Line]:
    """Yield the lines without what XML hides: comments and CDATA."""
    end, since = "", 0
    for at, line in lines:
        if not end and "<!" not in line:
            yield at, line
            continue
        shown = []
        while line:
            if end:
                if at - since > MOST_LINES:
                    raise InputError(f"{path}: more than {MOST_LINES} lines hidden from line {since} on")
                _, found, line = line.partition(end)
                end = "" if found else end
                continue
            begins = {line.find(begin): begin for begin in HIDDEN if begin in line}
            first = min(begins, default=len(line))
            shown.append(line[:first])
            if begins:
                end, since = HIDDEN[begins[first]], at
                line = line[first + len(begins[first]) :]
            else:
                line = ""
        yield at, "".join(shown)
    if end:
        raise InputError(f"{path} ends before the {end} of line {since}; expected a complete LHE file")


def _header(lines: Iterator[Line], rest: str, path: Path) -> Iterator[str]:
    """Yield the lines of a header that hold scotopic's own tag."""
    line, since = rest, 0
    while "</header>" not in line:
        if "<scotopic " in line:
            yield line
        at, line = next(lines, (0, ""))
        if not at:
            raise InputError(f"{path} ends before </header>; expected a complete LHE file")
        since = since or at
        if at - since > MOST_LINES:
            raise InputError(f"{path}: a header of more than {MOST_LINES} lines, from line {since} on")
    if "<scotopic " in line:
        yield line


def _body(lines: Iterator[Line], first: Line, block: str, where: str) -> tuple[list[Line], str]:
    """Return the lines of numbers in a block, and the text of the elements among them."""
    rows: list[Line] = []
    elements: list[str] = []
    inner = ""
    at, line = first
    while at:
        if at - first[0] > MOST_LINES:
            raise InputError(f"{where}: more than {MOST_LINES} lines before </{block}>")
        if "<" not in line:
            if inner:
                elements.append(line)
            elif text := (line.partition("#")[0] if "#" in line else line).strip():
                rows.append((at, text))
        elif not line.lstrip().startswith("#"):
            done = 0
            at, line = _whole_tag(lines, at, line, where)
            for tag in TAG.finditer(line):
                slash, name, _, empty = tag.groups()
                if not inner and (text := line[done : tag.start()].strip()):
                    rows.append((at, text))
                done = tag.end()
                if slash and name == block:
                    return rows, "".join(elements)
                if name in BLOCKS:
                    raise InputError(
                        f"{where} has {tag[0][:40]} before </{block}> (line {at}); expected one behind the other"
                    )
                if slash:
                    inner = "" if name == inner else inner
                elif not empty and not inner:
                    inner = name
            elements.append(line)
            if not inner and (text := line[done:].partition("#")[0].strip()):
                rows.append((at, text))
        at, line = next(lines, (0, ""))
    raise InputError(f"{where} ends before </{block}>; expected a complete LHE file")


def _particle(line: str) -> Particle:
    words = line.split()
    if len(words) != 13:
        raise ValueError(f"a particle has {len(words)} numbers; expected 13")
    values = numbers(words[6:])
    check_sizes(values[:5])
    check_sizes(values[5:6], FURTHEST)
    return Particle(*wholes(words[:6]), *values)


def _setup(rows: list[Line], elements: str, where: str) -> Setup:
    try:
        if not rows:
            raise ValueError("it is empty")
        fields = rows[0][1].split()
        if len(fields) != 10:
            raise ValueError(f"its first line has {len(fields)} numbers; expected 10")
        first, second, strategy, processes = (whole(fields[k]) for k in (0, 1, 8, 9))
        if not 0 <= processes <= MOST_PROCESSES or _numeric(rows[1:], processes) != processes:
            raise ValueError(
                f"it has {_numeric(rows[1:])} lines of processes; expected its NPRUP, {processes}"
            )
        sections = []
        for _, row in rows[1 : 1 + processes]:
            words = row.split()
            if len(words) < 3:
                raise ValueError(f"the line {row[:60]!r} of a process has {len(words)} numbers; expected 4")
            sections.append((number(words[0]), number(words[1])))
        energies = number(fields[2]), number(fields[3])
    except ValueError as fault:
        raise InputError(f"{where}: {fault}") from None
    return Setup((first, second), energies, strategy, tuple(sections), _generator(elements))


def _numeric(rows: list[Line], expected: int = 0) -> int:
    """Return how many lines there are: those expected, and of the rest, which may be free text, those of numbers."""
    return min(expected, len(rows)) + sum(row[0] in "+-.0123456789" for _, row in rows[expected:])


def _generator(elements: str) -> str:
    tag = re.search(r"<generator(?:\s([^<>]*?))?(?:/>|>([^<]*))", elements)
    if tag is None:
        return ""
    name = re.search(r"""\bname\s*=\s*(["'])(.*?)\1""", tag[1] or "")
    return (name[2] if name else tag[2] or "").strip()


def _event(count: int, rows: list[Line], where: str) -> EventBlock:
    if not rows:
        raise InputError(f"{where} is empty; expected a line of NUP, IDPRUP, XWGTUP, SCALUP, AQEDUP, AQCDUP")
    at, line = rows[0]
    try:
        fields = line.split()
        if len(fields) != 6:
            raise ValueError(
                f"it has {len(fields)} numbers; expected NUP, IDPRUP, XWGTUP, SCALUP, AQEDUP, AQCDUP"
            )
        size, weight = whole(fields[0]), number(fields[2])
        if size < 1:
            raise InputError(f"{where} has NUP = {size}; expected particles")
        if size > MOST_PARTICLES or _numeric(rows[1:], size) != size:
            lines = _numeric(rows[1:], size) if size <= MOST_PARTICLES else _numeric(rows[1:])
            raise InputError(f"{where} has {lines} lines of particles; expected its NUP, {size}")
        particles = []
        for at, line in rows[1 : 1 + size]:  # noqa: B007 - the line that is wrong is named below
            particles.append(_particle(line))
    except ValueError as fault:
        if isinstance(fault, InputError):
            raise
        raise InputError(f"{where}, line {at}: {fault}") from None
    return EventBlock(count, weight, tuple(particles))
