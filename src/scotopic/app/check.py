"""The command ``check``: the conformance suite on a search of one's own."""

import click

from scotopic.app.output import print_json, print_table
from scotopic.errors import InputError


@click.command(short_help="Check a search of your own.")
@click.argument("search")
@click.option("--experiment", help="Experiment by name, or the path of a card [default: the search's].")
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Seed of all random numbers."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
def check(search: str, experiment: str | None, seed: int, as_json: bool) -> None:
    """Check SEARCH, a name or the path of a Python file: is it whole, and does it come to limits?

    Ends with code 2 if a check fails; those that come behind it are left out.
    """
    from scotopic.study.conformance import check_search
    from scotopic.study.settings import find_search

    own = find_search(search)
    checks = check_search(own, experiment, seed=seed)
    if as_json:
        print_json({"search": own.name, "checks": [one.to_json() for one in checks]})
    else:
        rows = [(one.name, "passed" if one.passed else "failed", one.detail) for one in checks]
        print_table(own.name, ("check", "result", "detail"), rows, text=("result", "detail"))
    failed = [one for one in checks if not one.passed]
    if failed:
        raise InputError(f"{search}: check {failed[0].name} failed: {failed[0].detail}")
