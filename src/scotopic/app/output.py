"""What commands print: one JSON object, or tables for people."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

import click


def print_json(result: Mapping[str, Any]) -> None:
    """Print one JSON object on stdout; numbers that are not finite become null, text is UTF-8."""
    import msgspec

    from scotopic.report.json_file import plain

    click.echo(msgspec.json.encode(result, enc_hook=plain))


def print_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, text: Sequence[str] = ()
) -> None:
    """Print a table under its title on stdout; columns are numbers but for the first and those in `text`."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for name in columns:
        left = name == columns[0] or name in text
        table.add_column(Text(name), justify="left" if left else "right", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console = Console(highlight=False)
    # rich would exit with 1
    console.on_broken_pipe = _raise_broken_pipe  # type: ignore[method-assign]
    console.print(Text(title, style="bold"))
    console.print(table)


def _raise_broken_pipe() -> NoReturn:
    raise BrokenPipeError


def print_lines(*lines: str) -> None:
    """Print lines on stdout."""
    for line in lines:
        click.echo(line)
