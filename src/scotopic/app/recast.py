"""The command ``recast``: a published bound in another model."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scotopic.app.bounds import POINTS, bound_json
from scotopic.app.options import PATH, given_option, read_output, set_option
from scotopic.app.output import print_json, print_lines, print_table
from scotopic.errors import InputError

if TYPE_CHECKING:
    from scotopic.bounds.recasting import Recast


@click.command(short_help="Carry a published bound over to another model.")
@click.argument("bound")
@click.option(
    "--to",
    "model",
    required=True,
    metavar="MODEL",
    help="Model by name, or the path of a .toml card of charges or of a .py file with CHARGES.",
)
@set_option
@given_option
@click.option("--csv", "table", type=PATH, callback=read_output, help="Write the curve to this file, too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
def recast(
    bound: str,
    model: str,
    parameters: dict[str, float | str],
    given: dict[str, str],
    table: Path | None,
    as_json: bool,
) -> None:
    """Carry a bound over to MODEL: a name of `scotopic bounds`, or the path of a file of your own.

    Solves, per mass, production × branching fraction × efficiency for the coupling of MODEL, and says where the
    bound does not carry over and why. Possible with --set: invisible, the branching fraction to dark particles,
    and mixing=loops, mixing with the photon by loops.
    """
    from scotopic.bounds.carriers import get_carrier
    from scotopic.bounds.files import find_bound
    from scotopic.bounds.recasting import recast as carry_over

    target = get_carrier(model, parameters)
    found = carry_over(find_bound(bound, given), target)
    if table is not None:
        _write(found, bound, target.name, table)
    if as_json:
        nothing = {"name": bound, "model": target.name, "convention": target.convention}
        shown = bound_json(found.bound) if found.bound else {**nothing, "mass_GeV": [], "coupling": []}
        print_json({"bound": shown, "no_limit": _gaps(found)})
    else:
        _print(found, bound, target.name, target.convention)


def _gaps(found: "Recast") -> list[dict[str, object]]:
    return [{"mass_GeV": [first, last], "reason": reason} for first, last, reason in found.gaps]


def _write(found: "Recast", name: str, model: str, path: Path) -> None:
    if found.bound is None:
        raise InputError(f"--csv {path}: {name} does not carry over to {model}: {found.gaps[0][2]}")
    from scotopic.files import replacing

    header = [
        f"convention: {found.bound.convention}",
        f"experiment: {found.bound.experiment}",
        f"process: {found.bound.process}",
        f"kind: recast of {name} to {model}, our recast",
        f"shape: {found.bound.shape}",
        f"paper_arxiv: {found.bound.citation.arxiv or 'none'}",
        *([] if found.bound.level is None else [f"level: {found.bound.level:g}"]),
    ]
    lines = [f"# {' '.join(line.split())}" for line in header] + ["mass_GeV,coupling"]
    for number, (mass, coupling) in enumerate(found.bound.pieces):
        lines += [""] * (number > 0)  # between pieces
        lines += [f"{m!r},{g!r}" for m, g in zip(mass.tolist(), coupling.tolist(), strict=True)]
    with replacing(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _print(found: "Recast", name: str, model: str, convention: str) -> None:
    from scotopic.bounds import CONVENTIONS

    if found.bound is not None:
        kind = CONVENTIONS[convention]
        unit = "" if kind.unit == "1" else f" [{kind.unit}]"
        for number, (mass, coupling) in enumerate(found.bound.pieces, start=1):
            every = max(1, -(-len(mass) // POINTS))
            points = [(f"{m:.4g}", f"{g:.3g}") for m, g in zip(mass[::every], coupling[::every], strict=True)]
            title = (
                f"{name} in {model}, piece {number}, {found.bound.shape}: {len(points)} of {len(mass)} points"
            )
            print_table(title, ("mass [GeV]", f"{kind.symbol}{unit}"), points)
    for first, last, reason in found.gaps:
        print_lines(f"no limit from {first:.4g} to {last:.4g} GeV: {reason}")
