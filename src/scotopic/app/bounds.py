"""The command ``bounds``: published bounds, listed, shown, checked."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scotopic.app.options import PATH, given_option
from scotopic.app.output import print_json, print_lines, print_table
from scotopic.errors import InputError

if TYPE_CHECKING:
    from scotopic.bounds import Bound

POINTS = 20  # of a table on the terminal


@click.command(short_help="List, show or check published bounds.")
@click.argument("name", required=False)
@click.option("--model", help="Only bounds on this model, such as dark-photon.")
@click.option("--experiment", help="Only bounds of this experiment; a part of its name is enough.")
@click.option(
    "--kind", help="Only this kind: observed, expected, recast, projection, band, target, compilation."
)
@click.option("--check", type=PATH, help="Check a file and list every fault with its place.")
@given_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
def bounds(
    name: str | None,
    model: str | None,
    experiment: str | None,
    kind: str | None,
    check: Path | None,
    given: dict[str, str],
    as_json: bool,
) -> None:
    """List the published bounds that ship, or show one: NAME, or the path of a file of your own."""
    if check is not None:
        _check(check, given, as_json)
    elif name is not None:
        _show(name, given, as_json)
    else:
        _list(model, experiment, kind, as_json)


def bound_json(bound: "Bound") -> dict[str, Any]:
    """Return what JSON output says of a bound; pieces follow one another in `mass_GeV` and `coupling`."""
    import numpy as np

    from scotopic.bounds import CONVENTIONS

    convention = CONVENTIONS[bound.convention]
    return {
        "name": bound.name,
        "label": bound.label,
        "experiment": bound.experiment,
        "process": bound.process,
        "model": bound.model,
        "convention": bound.convention,
        "symbol": convention.symbol,
        "unit": convention.unit,
        "mass_of": convention.mass,
        "kind": bound.kind,
        "level": bound.level,
        "level_kind": bound.level_kind,
        "luminosity_fb": bound.luminosity_fb,
        "branching_fraction": bound.branching_fraction,
        "assumptions": dict(bound.assumptions),
        "supersedes": bound.supersedes,
        "shape": bound.shape,
        "mass_GeV": np.concatenate([m for m, _ in bound.pieces]),
        "coupling": np.concatenate([g for _, g in bound.pieces]),
        "piece": np.concatenate([np.full(len(m), i) for i, (m, _) in enumerate(bound.pieces)]),
        "citation": {
            "text": bound.citation.text,
            "arxiv": bound.citation.arxiv,
            "doi": bound.citation.doi,
            "bibtex": bound.citation.bibtex,
            "mark": bound.citation.mark,
        },
        "reading": {
            "how": bound.reading.how,
            "source": bound.reading.source,
            "licence": bound.reading.licence,
            "mark": bound.reading.mark,
        },
    }


def level_text(bound: "Bound") -> str:
    """Return the level of a bound for tables."""
    return "–" if bound.level is None else f"{100 * bound.level:g} %"


def _list(model: str | None, experiment: str | None, kind: str | None, as_json: bool) -> None:
    from scotopic.bounds import bounds as shipped
    from scotopic.bounds import load_bound

    everything = [load_bound(name) for name in shipped()]
    wanted = [
        one
        for one in everything
        if (model is None or one.model == model)
        and (experiment is None or experiment.lower() in one.experiment.lower())
        and (kind is None or one.kind == kind)
    ]
    if not wanted:
        known = [
            f"{what}: {', '.join(sorted({getattr(one, what) for one in everything}))}"
            for what in ("model", "experiment", "kind")
        ]
        raise InputError(f"no bound fits; there is {'; '.join(known)}")
    if as_json:
        print_json({"names": [one.name for one in wanted], "bounds": [bound_json(one) for one in wanted]})
        return
    rows = [
        (
            one.name,
            one.convention,
            one.kind,
            level_text(one),
            "{:.3g} – {:.3g}".format(*one.mass_range),
        )
        for one in wanted
    ]
    columns = ("name", "convention", "kind", "level", "mass [GeV]")
    print_table(f"{len(rows)} bounds", columns, rows, text=("convention", "kind"))


def _show(name: str, given: dict[str, str], as_json: bool) -> None:
    from scotopic.bounds import CONVENTIONS
    from scotopic.bounds.files import find_bound

    bound = find_bound(name, given)
    if as_json:
        print_json({"bound": bound_json(bound)})
        return
    convention = CONVENTIONS[bound.convention]
    rows = [
        ("label", bound.label),
        ("experiment", bound.experiment),
        ("process", bound.process),
        ("quantity", f"{convention.symbol} ({bound.convention}): {convention.definition}"),
        ("mass", f"of the {convention.mass}, GeV"),
        ("kind", bound.kind),
        ("level", f"{level_text(bound)} ({bound.level_kind})"),
        ("luminosity", "–" if bound.luminosity_fb is None else f"{bound.luminosity_fb:g}/fb"),
        ("assumed B", f"{bound.branching_fraction:g}"),
        *((f"assumed {key}", f"{value:.4g}") for key, value in bound.assumptions),
        ("supersedes", ", ".join(bound.supersedes) or "–"),
        ("citation", f"{bound.citation.text} [{bound.citation.mark}]"),
        (
            "read",
            f"{bound.reading.how}; {bound.reading.source}; {bound.reading.licence} [{bound.reading.mark}]",
        ),
    ]
    print_table(bound.name, ("", ""), rows, text=("",))
    for number, (mass, coupling) in enumerate(bound.pieces, start=1):
        every = max(1, -(-len(mass) // POINTS))
        points = [(f"{m:.4g}", f"{g:.3g}") for m, g in zip(mass[::every], coupling[::every], strict=True)]
        title = f"piece {number}, {bound.shape}: {len(points)} of {len(mass)} points"
        unit = "" if convention.unit == "1" else f" [{convention.unit}]"
        print_table(title, ("mass [GeV]", f"{convention.symbol}{unit}"), points)
    print_lines(bound.citation.bibtex)


def _check(path: Path, given: dict[str, str], as_json: bool) -> None:
    from scotopic.bounds.files import read_bound

    bound = read_bound(path, given)
    points = sum(len(m) for m, _ in bound.pieces)
    if as_json:
        print_json({"file": str(path), "faults": [], "bound": bound_json(bound)})
    else:
        print_lines(f"{path}: no fault; {bound.convention}, {bound.kind}, {bound.shape}, {points} points")
