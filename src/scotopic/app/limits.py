"""Commands that end in limits and figures: ``reproduce``, ``search`` and ``signature``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scotopic.app.options import (
    MOST_TOYS,
    PATH,
    computing,
    experiment_option,
    frame_option,
    given_option,
    read_folder,
    read_luminosity,
    read_masses,
    read_positive,
    set_option,
)
from scotopic.app.output import print_json, print_lines, print_table
from scotopic.errors import InputError
from scotopic.results_folder import filling

if TYPE_CHECKING:
    from scotopic.analysis.result import Result
    from scotopic.bounds import Bound
    from scotopic.study.models.comparison import BesideBound

ROWS = 14  # of a table of masses on the terminal


@click.command(short_help="Remake figures of the paper.")
@click.argument("figures", nargs=-1, metavar="[fig1|fig2a|...|all]...")
@click.option("--quick", is_flag=True, help="Fewer simulated events and toys.")
@click.option(
    "--out",
    type=PATH,
    default="results",
    show_default=True,
    callback=read_folder,
    help="Folder of figures and tables.",
)
@computing
def reproduce(
    figures: tuple[str, ...], quick: bool, out: Path, seed: int, workers: int, as_json: bool
) -> None:
    """Remake figures of the paper and compare them with what was published.

    Figures that are finished in the folder, with the same settings, are kept.
    """
    from scotopic.paper.comparison_table import rows
    from scotopic.paper.reproduce import reproduce as remake

    report = remake(figures or ("all",), quick=quick, out=out, seed=seed, workers=workers)
    if as_json:
        print_json(report)
        return
    columns = ("check", "published", "ours", "ratio", "verdict", "source", "mark")
    for name, figure in report["figures"].items():
        cells = [row[1:] for row in rows({name: figure})]
        print_table(name, columns, cells, text=("verdict", "source", "mark"))
        print_lines(*figure["files"], "")
    print_lines(*report["files"])


@click.command(short_help="Run a search to limits, p-values and figures.")
@click.argument("name")
@click.option(
    "--data",
    type=PATH,
    help="File of events, detected events or candidates; FILE:TREE names the tree of a ROOT file of several "
    "[default: pseudo-data].",
)
@click.option(
    "--experiment",
    help="Experiment by name, or the path of a card [default: belle2-2018; belle2-phase3 for dark Higgs bosons, "
    "single photons and visible dark photons].",
)
@click.option(
    "--luminosity",
    "luminosity_fb",
    metavar="L",
    callback=read_luminosity,
    help="Such as 445/pb, 20/fb or 50/ab [default: what the file implies, else the paper's].",
)
@click.option(
    "--model",
    help="Model in which the limits are read: a name, the path of a .toml card, or of a .py file, which is "
    "executed [default: the search's].",
)
@click.option(
    "--compare",
    "bounds",
    metavar="BOUND",
    multiple=True,
    help="Set a bound, by name or path, beside the limit in --model [default: published ones of such searches].",
)
@given_option
@set_option
@click.option(
    "--masses", metavar="FIRST:LAST:STEP", callback=read_masses, help="Mass hypotheses in GeV [default: all]."
)
@click.option(
    "--toys",
    type=click.IntRange(0, MOST_TOYS),
    default=1000,
    show_default=True,
    help="Toys of the whole spectrum for the global p-value; 0 for none.",
)
@frame_option
@click.option("--mapping", type=PATH, help="TOML file that maps the columns of a ROOT ntuple to observables.")
@click.option("--out", type=PATH, callback=read_folder, help="Folder of figures and tables [default: none].")
@computing
def search(
    name: str,
    out: Path | None,
    luminosity_fb: float | None,
    experiment: str | None,
    bounds: tuple[str, ...],
    given: dict[str, str],
    as_json: bool,
    **settings: Any,
) -> None:
    """Run the search NAME, or that of a Python file, to limits, p-values and figures."""
    from scotopic.study.search import search as run

    compared_with = _read_bounds(bounds, settings["model"], given)
    result = run(name, luminosity_fb=luminosity_fb, experiment=experiment, **settings)
    beside: list[BesideBound] = []
    if result.other_model is not None:
        from scotopic.study.models.comparison import compare_with_bounds

        beside = compare_with_bounds(result, settings["model"], settings["parameters"], compared_with)
    files: list[Path] = []
    if out is not None:
        with filling(out):
            files = _write(result, beside, out)
    if as_json:
        compared = {"compared": [one.to_json() for one in beside]} if beside else {}
        print_json({**result.to_json(), **compared, "files": [str(path) for path in files]})
        return
    _print(result, files)
    if beside:
        _print_beside(beside)


def _write(result: "Result", beside: "list[BesideBound]", out: Path) -> list[Path]:
    from scotopic.report.model import write_model_report
    from scotopic.report.result import write_result

    files = write_model_report(result, beside, out) if result.other_model else []
    return files + write_result(result, out)


def _read_bounds(names: tuple[str, ...], model: str | None, given: dict[str, str]) -> list["Bound"]:
    """Read, before any long work, the bounds to compare with; refuse those without a model to be carried over to."""
    from scotopic.bounds.files import answers_for, find_bound

    if names and model is None:
        raise InputError("--compare: needs --model, the model to which bounds are carried over")
    return [find_bound(name, answers_for(Path(name), given)) for name in names]


def _print_beside(beside: list["BesideBound"]) -> None:
    rows = []
    for one in beside:
        if one.reason:
            rows.append((one.bound, "–", "–", one.reason))
            continue
        found = one.to_json()
        low, high = found["ratio_68"]
        rows.append((one.bound, f"{found['ratio_median']:.3g}", f"{low:.3g} – {high:.3g}", one.about))
    columns = ("bound", "simulated/recast, median", "68 %", "what it is")
    print_table("our expected limit over bounds in this model", columns, rows, text=("what it is",))


def _print(result: "Result", files: list[Path]) -> None:
    from scotopic.numerics.units import show_luminosity
    from scotopic.report.data_source import marks_text

    search, windows, limit = result.search, result.windows, result.cross_section
    chosen = range(0, len(result.points), max(1, -(-len(result.points) // ROWS)))
    columns = {f"{axis.name} [{axis.unit}]": result.points[:, i] for i, axis in enumerate(search.axes)}
    table = {name: [f"{values[i]:.3f}" for i in chosen] for name, values in columns.items()}
    table["eff. [%]"] = [f"{100 * result.efficiency[i]:.2f}" for i in chosen]
    if windows is not None:
        table["events"] = [f"{windows.observed[i]:.0f}" for i in chosen]
        table["background"] = [
            f"{windows.background[i]:.2f} ± {windows.background_error[i]:.2f}" for i in chosen
        ]
    if limit.observed is not None:
        table["σ obs. [fb]"] = [f"{limit.observed[i]:.3g}" for i in chosen]
    table["σ exp. [fb]"] = [f"{limit.median[i]:.3g}" for i in chosen]
    table["68 %"] = [f"{limit.band68[i, 0]:.3g} – {limit.band68[i, 1]:.3g}" for i in chosen]
    lines = [f"{len(chosen)} of {len(result.points)} points shown"]
    coupling = search.signal.coupling
    if result.coupling is not None and coupling is not None:
        if result.coupling.observed is not None:
            table["coupling obs."] = [f"{result.coupling.observed[i]:.3g}" for i in chosen]
        table["coupling exp."] = [f"{result.coupling.median[i]:.3g}" for i in chosen]
        lines[0] += f"; coupling: {coupling.symbol}"
    if windows is not None:
        events = (f"{name} {number:.0f}" for name, number in windows.composition.items())
        lines.append("before the final cuts: " + ", ".join(events))
    title = f"{search.name}, {result.experiment}, {show_luminosity(result.luminosity_fb)}"
    print_table(title, tuple(table), list(zip(*table.values(), strict=True)))
    at = ", ".join(f"{one:.3f}" for one in result.points[result.largest])
    p_global = "not computed" if result.p_global is None else f"{result.p_global:.3g}"
    print_lines(
        *lines,
        f"largest local excess: {result.z_local[result.largest]:.2f} σ at {at} {search.axes[0].unit}, "
        f"global p-value {p_global}",
        f"inputs by provenance: {marks_text(result)}",
        *(f"note: {note}" for note in result.notes),
        *(str(path) for path in files),
    )


@click.command(short_help="How often an ALP is resolved, merged, displaced, invisible.")
@click.argument("model")
@click.option("--mass", type=float, required=True, callback=read_positive, help="Mass of the ALP in GeV.")
@click.option("--coupling", type=float, required=True, callback=read_positive, help="Coupling g in 1/GeV.")
@experiment_option
@computing
def signature(
    model: str, mass: float, coupling: float, experiment: str, seed: int, workers: int, as_json: bool
) -> None:
    """Say how often an ALP of MODEL shows itself resolved, merged, displaced or not at all.

    The average runs over a fixed sequence of directions: the seed has no influence.
    """
    from scotopic.detector.card import load_experiment
    from scotopic.searches.three_photons.signature import signature_fractions

    if model != "alp-photon":
        raise InputError(f"no signatures of model {model!r}; there are those of: alp-photon")
    card = load_experiment(experiment)
    found = {name: float(value) for name, value in vars(signature_fractions(mass, coupling, card)).items()}
    if as_json:
        given = {"model": model, "mass_GeV": mass, "coupling": coupling, "experiment": card.name}
        print_json({**given, **found})
        return
    title = f"{model}, m = {mass:g} GeV, g = {coupling:g}/GeV, {card.name}"
    print_table(title, ("signature", "fraction"), [(name, f"{value:.4f}") for name, value in found.items()])
