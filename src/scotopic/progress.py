"""Progress bars on stderr for long work, silent when stderr is no terminal."""

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress

T = TypeVar("T")

_shown: list["Progress"] = []  # at most one: a terminal has room for one set of bars


def track(items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
    """Yield `items`, showing a bar named `what` while they are worked on; bars within bars stand below them."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield from items
        return
    if _shown:
        yield from _bar(_shown[0], items, what, total)
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(file=sys.stderr), transient=True) as progress:
        _shown.append(progress)
        try:
            yield from _bar(progress, items, what, total)
        finally:
            _shown.clear()


def _bar(progress: "Progress", items: Iterable[T], what: str, total: int | None) -> Iterator[T]:
    task = progress.add_task(what, total=total)
    try:
        for item in items:
            yield item
            progress.advance(task)
    finally:
        progress.remove_task(task)


def say(text: str) -> None:
    """Print a line on stderr, above the bars where there are some."""
    if _shown:
        _shown[0].console.print(text, markup=False, highlight=False)
    elif sys.stderr is not None:  # print would take standard output
        print(text, file=sys.stderr, flush=True)
