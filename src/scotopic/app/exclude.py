"""The command ``exclude``: what published bounds exclude of a model, and what our searches would."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scotopic.app.options import (
    PATH,
    computing,
    experiment_option,
    given_option,
    read_folder,
    read_luminosity,
    set_option,
)
from scotopic.app.output import print_json, print_lines, print_table
from scotopic.results_folder import filling

if TYPE_CHECKING:
    from scotopic.study.exclusion import Exclusion

ROWS = 24  # of the envelope on the terminal


@click.command(short_help="What is excluded of a model, and what would be.")
@click.option(
    "--model",
    required=True,
    help="Model by name, or the path of a .toml card or a .py file, which is executed.",
)
@experiment_option
@click.option(
    "--luminosity",
    "luminosity_fb",
    metavar="L",
    callback=read_luminosity,
    help="Of our projections, such as 50/ab [default: each search's own].",
)
@set_option
@click.option(
    "--with",
    "own",
    type=PATH,
    multiple=True,
    help="File or folder of bounds of your own, beside those that ship. May be repeated.",
)
@given_option
@click.option(
    "--search",
    "searched",
    multiple=True,
    help="Python file of a search of your own, which is executed, beside those that ship. May be repeated.",
)
@click.option(
    "--projections/--no-projections", "projected", default=True, help="Whether to simulate searches."
)
@click.option(
    "--out", type=PATH, callback=read_folder, help="Folder of figure, tables and BibTeX [default: none]."
)
@computing
def exclude(
    out: Path | None,
    as_json: bool,
    **settings: object,
) -> None:
    """Join every published bound that applies to MODEL, and set our projections beside them."""
    from scotopic.study.exclusion import exclude as join

    result = join(**settings)  # type: ignore[arg-type]
    for one in result.own:
        said = f"{one.file}: read as {one.convention}, {one.kind}, {one.how}"
        click.echo(f"scotopic: {' '.join(said.split())}", err=True)
    for file, reason in result.not_read:
        click.echo(
            f"scotopic: not read: {' '.join((reason if file in reason else f'{file}: {reason}').split())}",
            err=True,
        )
    files: list[Path] = []
    if out is not None:
        from scotopic.report.exclusion import write_exclusion

        with filling(out):
            files = write_exclusion(result, out)
    if as_json:
        print_json({**result.to_json(), "files": [str(path) for path in files]})
    else:
        _print(result, files)


def _print(result: "Exclusion", files: list[Path]) -> None:
    from scotopic.bounds import CONVENTIONS
    from scotopic.numerics.units import show_luminosity

    kind = CONVENTIONS[result.convention]
    unit = "" if kind.unit == "1" else f" [{kind.unit}]"
    every = max(1, -(-len(result.mass) // ROWS))
    rows = [
        (f"{m:.4g}", f"{g:.3g}" if name else "–", name)
        for m, g, name in zip(
            result.mass[::every], result.coupling[::every], result.strongest[::every], strict=True
        )
    ]
    print_table(
        f"excluded of {result.model}", ("mass [GeV]", f"{kind.symbol} from{unit}", "by"), rows, text=("by",)
    )
    for one in result.projections:
        median = one.coupling_limit.median
        points = range(0, len(one.mass), max(1, -(-len(one.mass) // ROWS)))
        print_table(
            f"our projection: {one.search.name}, {one.experiment}, {show_luminosity(one.luminosity_fb)}",
            ("mass [GeV]", f"{kind.symbol} median"),
            [(f"{one.mass[i]:.4g}", f"{median[i]:.3g}") for i in points],
        )
        print_lines(*(f"note: {note}" for note in one.notes))
    if result.not_applicable:
        print_table("does not apply", ("bound", "reason"), result.not_applicable, text=("reason",))
    print_lines(*(str(path) for path in files))
