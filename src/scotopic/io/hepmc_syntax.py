"""What a HepMC file may hold before a library sees it: the lines of HepMC3's Asciiv3 and of HepMC2's IO_GenEvent.

The C++ library trusts numbers of particles, codes of vertices and fields of its lines; wrong ones end the process.
Every event is checked here as a whole before its first byte goes on. Attributes, heavy-ion and parton-density
lines do not go on, but the cross section.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import RawIOBase
from math import isfinite
from pathlib import Path
from typing import IO, Literal

from scotopic.errors import InputError
from scotopic.io.text import FURTHEST, check_sizes, decimals, numbered_lines, whole, wholes

MOST_PARTICLES = 100_000  # of an event
MOST_WEIGHTS = 10_000
UNITS = ("GEV MM", "GEV CM", "MEV MM", "MEV CM")
STYLES: dict[str, Literal["hepmc3", "hepmc2"]] = {
    "HepMC::Asciiv3": "hepmc3",
    "HepMC::IO_GenEvent": "hepmc2",
}

Line = tuple[int, str]


@dataclass(frozen=True)
class _Graph:
    """An event as its vertices: where each particle comes from and goes to, by codes; 0 is nowhere."""

    made: dict[int, int]
    ends: dict[int, int]


class CheckedEvents(RawIOBase):
    """The events of a HepMC file as a stream of bytes that holds nothing unchecked.

    Attributes
    ----------
    style : "hepmc3" or "hepmc2"
    events : number of events that went on
    fault : what is wrong with the file; a stream that met a fault ends there, for no exception may cross the library
    """

    def __init__(self, file: IO[bytes], path: Path) -> None:
        super().__init__()
        self.events = 0
        self.fault: BaseException | None = None
        self._path = path
        self._at_end = False
        lines = numbered_lines(file, path)
        self.style, start = _start(lines, path)
        self._blocks = _blocks(lines, self.style, start, path)
        self._rest = memoryview(f"HepMC::Version 3.02.05\n{start}-START_EVENT_LISTING\n".encode())

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill the buffer with what was checked."""
        try:
            while not self._rest:
                block, is_event = next(self._blocks)
                self._rest = memoryview(block.encode())
                self.events += is_event
        except StopIteration:
            self._at_end = True
            return 0
        except BaseException as fault:  # of the file or of its packing, or Ctrl-C
            self.fault = fault
            return 0
        view = memoryview(buffer)  # type: ignore[arg-type]
        size = min(len(view), len(self._rest))
        view[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def require_end(self, read: int) -> None:
        """Raise what ended the stream, or refuse the file where the library read fewer events than went on.

        The library takes an exception, such as that of Ctrl-C, for the end of the file.
        """
        left = not self._at_end and bool(self.read(1))
        if self.fault is not None:
            raise self.fault
        if left or read != self.events:
            raise InputError(f"{self._path}: the library cannot read event {read + 1}; expected valid HepMC3")


def _start(lines: Iterator[Line], path: Path) -> tuple[Literal["hepmc3", "hepmc2"], str]:
    for _, line in lines:
        text = line.strip()
        name = text.removesuffix("-START_EVENT_LISTING")
        if name != text and name in STYLES:
            return STYLES[name], name
        if text and not text.startswith("HepMC::Version"):
            raise InputError(
                f"{path} starts with {text[:60]!r}; expected {'-START_EVENT_LISTING or '.join(STYLES)}…"
            )
    raise InputError(f"{path} ends before its first event; expected a complete HepMC3 file")


def _blocks(lines: Iterator[Line], style: str, start: str, path: Path) -> Iterator[tuple[str, bool]]:
    """Yield the lines before the first event, then each event, with whether it is one."""
    check = _event3 if style == "hepmc3" else _event2
    end = f"{start}-END_EVENT_LISTING"
    head: list[Line] = []
    block: list[Line] = []
    count, names, ended = 0, 0, False

    def checked() -> str:
        where = f"{path}: cannot read event {count} (line {block[0][0]})"
        try:
            return "".join(f"{line}\n" for line in check(block, names))
        except IndexError:
            raise InputError(f"{where}: a line has too few numbers; expected valid HepMC3") from None
        except ValueError as fault:
            raise InputError(f"{where}: {fault}; expected valid HepMC3") from None

    for at, line in lines:
        text = line.strip()
        if not text:
            continue
        if ended:
            raise InputError(
                f"{path} joins several samples (line {at}); expected one list of events: cross sections of different "
                "processes add, those of the same do not, so split the file"
            )
        if text == end:
            ended = True
        elif text.startswith("HepMC::") and not end.startswith(text):
            raise InputError(f"{path}: line {at} is {text[:60]!r}; expected {end}")
        elif text.startswith("E "):
            if block:
                yield checked(), True
            elif head:
                names = _weight_names(head, path)
                yield "".join(f"{row}\n" for _, row in head if row[0] in "WT"), False
            block, count = [(at, text)], count + 1
        elif block:
            if len(block) > 4 * MOST_PARTICLES:
                raise InputError(f"{path}: event {count} has more than {MOST_PARTICLES} particles")
            block.append((at, text))
        else:
            if len(head) > MOST_WEIGHTS:
                raise InputError(f"{path}: more than {MOST_WEIGHTS} lines before the first event")
            head.append((at, text))
    if not ended:
        raise InputError(f"{path} ends before {end}; expected a complete HepMC3 file")
    if not block:
        raise InputError(f"{path} holds no events")
    yield checked() + end + "\n", True


def _weight_names(head: list[Line], path: Path) -> int:
    """Check the lines of the run and return the number of weights that have names; 0 where none have."""
    names = 0
    for at, line in head:
        parts = line[2:].replace("\\\\", "").split("\\|")
        if not line.startswith(("W ", "T ", "A ")):
            raise InputError(f"{path}: line {at} is {line[:60]!r}; expected a line of the run or an event")
        if line[0] == "T" and len(parts) != 3:
            raise InputError(f"{path}: line {at} is no tool; expected name, version and description")
        if line[0] == "W":
            names = len(parts)
    return names


def _event3(block: list[Line], names: int) -> Iterator[str]:
    """Yield the lines of an event of HepMC3 that go on: its own first, as the library expects them, then the rest.

    Raises
    ------
    ValueError, IndexError
        What is wrong.
    """
    top = block[0][1].split()
    n_vertices, n_particles = _counts(top[2], top[3])
    whole(top[1])
    _place(top[4:])
    graph = _Graph({}, {})
    vertices: set[int] = set()
    implied: set[int] = set()
    head: dict[str, str] = {}
    tree: list[str] = []

    def keep(kind: str, line: str) -> None:
        if kind in head:
            raise ValueError(f"it has two lines of {kind}")
        head[kind] = line

    for _, line in block[1:]:
        kind, *words = line.split()
        if kind in ("P", "V"):
            tree.append(line)
        if kind == "P":
            if len(words) != 9:
                raise ValueError(f"a particle has {len(words)} numbers; expected 9")
            code, mother, _, status = wholes([*words[:3], words[8]])
            check_sizes(decimals(words[3:8])[:4])
            if not 1 <= code <= n_particles or code in graph.made or not -n_vertices <= mother <= n_particles:
                raise ValueError(f"particle {code} of {n_particles} comes from {mother}")
            if not -1 < status < 1000:
                raise ValueError(f"particle {code} has status {status}")
            graph.made[code] = mother
            if mother > 0:
                implied.add(mother)
        elif kind == "V":
            code, before, after = _vertex3(line, words)
            if not -n_vertices <= code <= -1 or code in vertices:
                raise ValueError(f"vertex {code} of {n_vertices}")
            vertices.add(code)
            if not before:
                raise ValueError(
                    f"no particle goes into vertex {code}; the library wants beams (status 4) there"
                )
            for particle in before:
                if not 1 <= particle <= n_particles or particle in graph.ends:
                    raise ValueError(f"particle {particle} of {n_particles} goes into vertex {code}")
                graph.ends[particle] = code
            _place(after)
        elif kind == "W":
            weights = len(decimals(words))
            if weights > MOST_WEIGHTS or (names and weights != names):
                raise ValueError(f"it has {weights} weights; expected {names or 'fewer'}")
            keep("weights", line)
        elif kind == "U":
            _units(words)
            keep("units", line)
        elif kind == "A":
            if words[1] == "GenCrossSection":
                keep("cross section", f"A 0 GenCrossSection {_cross_section(words[2:])}")
        elif kind != "T":
            raise ValueError(f"a line starts with {kind[:20]!r}")
    for mother in implied:  # a vertex that is not written: of one particle, without a place
        if mother in graph.ends:
            raise ValueError(f"particle {mother} decays twice")
        graph.ends[mother] = mother
    if len(graph.made) != n_particles:
        raise ValueError(f"it has {len(graph.made)} particles; its first line says {n_particles}")
    if len(vertices) + len(implied) != n_vertices:
        raise ValueError(f"it has {len(vertices) + len(implied)} vertices; its first line says {n_vertices}")
    _check_graph(graph, vertices | implied)
    yield block[0][1]
    yield from (head[name] for name in ("units", "weights", "cross section") if name in head)
    yield from tree


def _vertex3(line: str, words: list[str]) -> tuple[int, list[int], list[str]]:
    """Return the code of a vertex, the particles that go in, and the words behind them."""
    inside = re.fullmatch(r"V \S+ \S+ \[([^\[\]]*)\](.*)", line)
    if inside is None:
        raise ValueError("a vertex has no list of particles")
    whole(words[1])
    incoming = wholes([word for word in inside[1].split(",") if word.strip()])
    return whole(words[0]), incoming, inside[2].split()


def _event2(block: list[Line], names: int) -> Iterator[str]:
    """Yield the lines of an event of HepMC2 that go on; as `_event3`."""
    yield block[0][1]
    top = block[0][1].split()
    wholes([*top[1:3], *top[6:8], *top[9:11]])
    decimals(top[3:6])
    n_vertices, _ = _counts(top[8], "1")
    n_random = _few(top[11])
    n_weights = _few(top[12 + n_random])
    if len(top) != 13 + n_random + n_weights:
        raise ValueError(f"its first line has {len(top)} words; expected {13 + n_random + n_weights}")
    decimals(top[12:])
    graph = _Graph({}, {})
    vertices: dict[int, list[int]] = {}
    missing: list[int] = []
    for _, line in block[1:]:
        kind, *words = line.split()
        if kind == "V":
            code = whole(words[0])
            whole(words[1])
            check_sizes(decimals(words[2:6]), FURTHEST)
            before, after, n = (_few(words[k]) for k in (6, 7, 8))
            if len(words) != 9 + n or code >= 0 or code in vertices:
                raise ValueError(f"vertex {code} with {len(words)} numbers")
            decimals(words[9:])
            vertices[code] = []
            missing.append(before + after)
        elif kind == "P":
            n_flow = _few(words[11])
            if len(words) != 12 + 2 * n_flow or not missing:
                raise ValueError(
                    f"a particle has {len(words)} numbers; expected {12 + 2 * n_flow}, behind a vertex"
                )
            code, _, _, end, *_ = wholes([*words[:2], words[7], words[10], *words[12:]])
            check_sizes(decimals([*words[2:7], *words[8:10]])[:4])
            missing[-1] -= 1
            if code in graph.made:
                raise ValueError(f"particle {code} appears twice")
            vertex = next(reversed(vertices))
            graph.made[code] = 0 if end == vertex else vertex
            if end:
                graph.ends[code] = end
        elif kind == "U":
            _units(words)
        elif kind == "C":
            if len(decimals(words)) != 2:
                raise ValueError("a cross section needs a value and an error")
        elif kind == "N":
            if _few(words[0]) != n_weights or len(re.findall('"[^"]*"', line)) != n_weights:
                raise ValueError(f"its weights have other names than {n_weights}")
        elif kind not in ("H", "F"):
            raise ValueError(f"a line starts with {kind[:20]!r}")
        if kind not in ("H", "F"):
            yield line
    if len(vertices) != n_vertices or any(n > 0 for n in missing):
        raise ValueError(f"it has other vertices or particles than its lines say ({n_vertices} vertices)")
    if len(graph.made) > MOST_PARTICLES or not graph.made:
        raise ValueError(f"it has {len(graph.made)} particles")
    _check_graph(graph, vertices)


def _counts(vertices: str, particles: str) -> tuple[int, int]:
    n_vertices, n_particles = whole(vertices), whole(particles)
    if not (0 <= n_vertices <= MOST_PARTICLES and 1 <= n_particles <= MOST_PARTICLES):
        raise ValueError(f"it has {n_vertices} vertices and {n_particles} particles")
    return n_vertices, n_particles


def _few(word: str) -> int:
    value = whole(word)
    if not 0 <= value <= MOST_WEIGHTS:
        raise ValueError(f"{value} numbers of a kind; expected 0 to {MOST_WEIGHTS}")
    return value


def _place(words: list[str]) -> None:
    """Check the place of a vertex or of an event: nothing, or @ x y z t."""
    if not words:
        return
    values = decimals(words[1:])
    if words[0] != "@" or len(values) != 4:
        raise ValueError("a place needs x, y, z and t behind @")
    check_sizes(values, FURTHEST)


def _units(words: list[str]) -> None:
    if " ".join(words) not in UNITS:
        raise ValueError(f"it has units {' '.join(words)[:40]!r}; expected one of: {', '.join(UNITS)}")


def _cross_section(words: list[str]) -> str:
    """Return value, error and numbers of events; those of further weights are left out."""
    if len(words) < 4 or len(words) % 2:
        raise ValueError(
            f"a cross section has {len(words)} numbers; expected value, error, accepted, attempted"
        )
    value, error, accepted, attempted = decimals(words[:4])
    decimals(words[4:])
    if not isfinite(accepted) or not isfinite(attempted):
        raise ValueError("a cross section has numbers of events that are not finite")
    return f"{value!r} {error!r} {int(accepted)} {int(attempted)}"


def _check_graph(graph: _Graph, vertices: Iterable[int]) -> None:
    """Refuse an event that refers to no vertex of its own or runs in a circle."""
    known = set(vertices)
    after: dict[int, list[int]] = {code: [] for code in known}
    waiting = dict.fromkeys(known, 0)
    for particle, end in graph.ends.items():
        made = graph.made.get(particle, 0)
        if end not in known or (made and made not in known):
            raise ValueError(f"particle {particle} runs between vertices that are not there")
        if made:
            after[made].append(end)
            waiting[end] += 1
    for particle, made in graph.made.items():
        if made and made not in known:
            raise ValueError(f"particle {particle} comes from the vertex {made}, which is not there")
    ready = [code for code, n in waiting.items() if n == 0]
    done = 0
    while ready:
        done += 1
        for code in after[ready.pop()]:
            waiting[code] -= 1
            if waiting[code] == 0:
                ready.append(code)
    if done != len(known):
        raise ValueError("its particles run in a circle")
