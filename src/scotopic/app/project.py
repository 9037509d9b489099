"""The command ``project``: expected limits of a search at any luminosities."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scotopic.app.options import MOST_EVENTS, PATH, computing, read_folder, read_masses, set_option
from scotopic.app.output import print_json, print_lines, print_table
from scotopic.numerics.units import parse_luminosity
from scotopic.results_folder import filling

if TYPE_CHECKING:
    from scotopic.study.projection import Projection

ROWS = 14  # of masses on the terminal


def read_luminosities(context: click.Context, option: click.Parameter, text: str | None) -> tuple[float, ...]:
    """Return luminosities such as ``20/fb,500/fb`` in 1/fb."""
    return () if text is None else tuple(parse_luminosity(one) for one in text.split(","))


@click.command(short_help="Expected limits of a search at any luminosities.")
@click.argument("name")
@click.option(
    "--luminosity",
    "luminosities_fb",
    metavar="L[,L...]",
    callback=read_luminosities,
    help="Such as 20/fb,500/fb,50/ab [default: the search's own].",
)
@click.option("--experiment", help="Experiment by name, or the path of a card [default: the search's own].")
@click.option(
    "--model",
    help="Model in which the limits are read, by name or path; a .py file is executed [default: the search's own].",
)
@set_option
@click.option(
    "--masses", metavar="FIRST:LAST:STEP", callback=read_masses, help="Mass hypotheses in GeV [default: all]."
)
@click.option(
    "--systematics",
    type=click.Choice(["stated", "constant", "scaled"]),
    default="stated",
    show_default=True,
    help="Which errors fall as 1/√luminosity: those that the search says do, none, or all.",
)
@click.option(
    "--background-events",
    type=click.IntRange(1000, MOST_EVENTS),
    help="Simulated events of each leading background [default: those of a search].",
)
@click.option("--out", type=PATH, callback=read_folder, help="Folder of figures and tables [default: none].")
@computing
def project(name: str, out: Path | None, as_json: bool, **settings: Any) -> None:
    """Give the expected limits of the search NAME, or that of a Python file, from one simulation."""
    from scotopic.study.projection import project as run

    result = run(name, **settings)
    files: list[Path] = []
    if out is not None:
        from scotopic.report.projection import write_projection

        with filling(out):
            files = write_projection(result, out)
    if as_json:
        print_json({**result.to_json(), "files": [str(path) for path in files]})
    else:
        _print(result, files)


def _print(result: "Projection", files: list[Path]) -> None:
    from scotopic.numerics.units import show_luminosity

    points, coupling = result.results[0].points, result.search.signal.coupling
    at = [show_luminosity(one.luminosity_fb) for one in result.results]
    columns = ["mass [GeV]", *(f"σ exp. [fb], {one}" for one in at)]
    if coupling is not None:
        columns += [f"{coupling.symbol}, {one}" for one in at]
    rows = []
    for i in range(0, len(points), max(1, -(-len(points) // ROWS))):
        row = [", ".join(f"{value:.3f}" for value in points[i])]
        row += [f"{one.cross_section.median[i]:.3g}" for one in result.results]
        row += [f"{one.coupling.median[i]:.2e}" for one in result.results if one.coupling is not None]
        rows.append(tuple(row))
    print_table(f"{result.search.name}, {result.experiment}: our projection", tuple(columns), rows)
    print_lines(
        f"{len(rows)} of {len(points)} points shown; systematic errors: {result.rule}",
        *(
            f"note, {luminosity}: {note}"
            for luminosity, one in zip(at, result.results, strict=True)
            for note in one.notes
        ),
        *(str(path) for path in files),
    )
