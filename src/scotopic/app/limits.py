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
    from scotopic.bounds import Bound
    from scotopic.searches.counting_search import CountingResult
    from scotopic.searches.plane_search import PlaneResult
    from scotopic.searches.search import SearchResult
    from scotopic.study.model_report import BesideBound

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
    from scotopic.study.paper_figures.comparison_table import rows
    from scotopic.study.reproduce import reproduce as remake

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
    """Run the search NAME to limits, p-values and figures."""
    from scotopic.searches.counting_search import CountingResult
    from scotopic.searches.plane_search import PlaneResult
    from scotopic.study.search import search as run

    if experiment is not None:
        settings["experiment"] = experiment
    compared_with = _read_bounds(bounds, settings["model"], given)
    result = run(name, luminosity_fb=luminosity_fb, **settings)
    beside: list[BesideBound] = []
    if "model" in result.settings and not isinstance(result, PlaneResult):
        from scotopic.study.model_report import compare_with_bounds

        beside = compare_with_bounds(result, settings["model"], settings["parameters"], compared_with)
    files: list[Path] = []
    if out is not None:
        with filling(out):
            files = _write(result, beside, out)
    if as_json:
        compared = {"compared": [one.to_json() for one in beside]} if beside else {}
        print_json({**result.to_json(), **compared, "files": [str(path) for path in files]})
    elif isinstance(result, CountingResult):
        _print_counting(result, files)
    elif isinstance(result, PlaneResult):
        _print_plane(result, files)
    else:
        _print_search(result, files)
    if beside and not as_json:
        _print_beside(beside)


def _write(result: Any, beside: "list[BesideBound]", out: Path) -> list[Path]:
    from scotopic.study.model_report import write_model_report
    from scotopic.study.result_files import write_result

    files = write_model_report(result, beside, out) if "model" in result.settings else []
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


def _print_search(result: "SearchResult", files: list[Path]) -> None:
    chosen = range(0, len(result.mass), max(1, -(-len(result.mass) // ROWS)))
    rows = [
        (
            f"{result.mass[i]:.3f}",
            f"{100 * result.efficiency[i]:.1f}",
            f"{result.sigma_observed[i]:.1f}",
            f"{result.sigma_median[i]:.1f}",
            f"{result.sigma_band68[i, 0]:.1f} – {result.sigma_band68[i, 1]:.1f}",
            f"{result.coupling_observed[i]:.2e}",
            f"{result.coupling_median[i]:.2e}",
        )
        for i in chosen
    ]
    title = f"{result.search}, {result.experiment}, {1e3 * result.luminosity_fb:.6g}/pb"
    columns = ("mass [GeV]", "eff. [%]", "σ obs. [fb]", "σ exp.", "68 %", "coupling obs.", "exp.")
    print_table(title, columns, rows)
    print_lines(f"{len(rows)} of {len(result.mass)} masses shown; coupling: {result.coupling_symbol}")
    _print_summary(result, files)


def _print_counting(result: "CountingResult", files: list[Path]) -> None:
    chosen = range(0, len(result.mass), max(1, -(-len(result.mass) // ROWS)))
    rows = []
    for i in chosen:
        row = [
            f"{result.mass[i]:.3f}",
            f"{100 * result.efficiency[i]:.2f}",
            f"{result.observed[i]:.0f}",
            f"{result.background[i]:.2f} ± {result.background_error[i]:.2f}",
            f"{result.sigma_observed[i]:.3g}",
            f"{result.sigma_median[i]:.3g}",
        ]
        if result.coupling_observed is not None and result.coupling_median is not None:
            row += [f"{result.coupling_observed[i]:.3g}", f"{result.coupling_median[i]:.3g}"]
        rows.append(tuple(row))
    columns = ["mass [GeV]", "eff. [%]", "events", "background", "σ obs. [fb]", "σ exp."]
    if result.coupling_observed is not None:
        columns += [f"{result.coupling_symbol} obs.", "exp."]
    print_table(
        f"{result.search}, {result.experiment}, {1e3 * result.luminosity_fb:.6g}/pb", tuple(columns), rows
    )
    print_lines(
        f"{len(rows)} of {len(result.mass)} windows shown; before the final cuts: "
        + ", ".join(f"{name} {number:.0f}" for name, number in result.composition.items())
    )
    _print_summary(result, files)


def _print_plane(result: "PlaneResult", files: list[Path]) -> None:
    plane = result.plane
    rows = []
    for i in range(0, len(result.mass), max(1, -(-len(result.mass) // ROWS))):
        rows.append(
            (
                f"{result.mass[i, 0]:.3f}",
                f"{result.mass[i, 1]:.3f}",
                f"{100 * result.efficiency[i]:.2f}",
                f"{plane.observed[i]:d}",
                f"{plane.background[i]:.2f} ± {plane.background_error[i]:.2f}",
                f"{plane.limit_observed[i]:.3g}",
                f"{plane.limit_median[i]:.3g}",
                f"{result.couplings['median'][i]:.2e}",
            )
        )
    title = f"{result.search}, {result.experiment}, {result.luminosity_fb:.6g}/fb"
    names = ("m_A′ [GeV]", "m_h′", "eff. [%]", "events", "background", "σ B obs. [fb]", "exp.", "ε²α_D exp.")
    print_table(title, names, rows)
    largest, z = result.mass[plane.largest], plane.z_local[plane.largest]
    p_global = "not computed" if plane.p_global is None else f"{plane.p_global:.3g}"
    print_lines(
        f"{len(rows)} of {len(result.mass)} windows shown; before the final cuts: "
        + ", ".join(f"{name} {number:.0f}" for name, number in result.composition.items()),
        f"largest local excess: {z:.2f} σ at ({largest[0]:.3f}, {largest[1]:.3f}) GeV, global p-value {p_global}",
        *(f"note: {note}" for note in result.notes),
        *(str(path) for path in files),
    )


def _print_summary(result: "SearchResult | CountingResult", files: list[Path]) -> None:
    largest = result.largest
    p_global = "not computed" if result.p_global is None else f"{result.p_global:.3g}"
    marks = ", ".join(f"{count} {mark}" for mark, count in sorted(result.marks.items()))
    print_lines(
        f"largest local excess: {result.z_local[largest]:.2f} σ at {result.mass[largest]:.3f} GeV, "
        f"global p-value {p_global}",
        f"inputs by provenance: {marks}",
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
    from scotopic.searches.alp_signature import signature_fractions

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
