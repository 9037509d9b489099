"""The command ``scan``: limits from somebody's histogram."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scotopic.app.options import MOST_TOYS, PATH, computing, read_folder
from scotopic.app.output import print_json, print_lines, print_table
from scotopic.results_folder import filling

if TYPE_CHECKING:
    from scotopic.study.histogram.scan_histogram import HistogramScan

ROWS = 14  # of a table of masses on the terminal


@click.command(short_help="Scan a histogram of yours for a peak.")
@click.argument("file", type=PATH)
@click.option("--card", type=PATH, required=True, help="TOML file with masses, signal shape, background.")
@click.option(
    "--toys",
    type=click.IntRange(0, MOST_TOYS),
    default=1000,
    show_default=True,
    help="Toys of the whole spectrum for the global p-value; 0 for none.",
)
@click.option("--out", type=PATH, callback=read_folder, help="Folder of figures and tables [default: none].")
@computing
def scan(file: Path, card: Path, toys: int, out: Path | None, seed: int, workers: int, as_json: bool) -> None:
    """Scan the histogram in FILE (ROOT, UHI JSON or CSV; FILE:NAME for one of several) for a peak."""
    from scotopic.study.histogram.scan_histogram import scan_histogram

    result = scan_histogram(file, card, toys=toys, seed=seed, workers=workers)
    files: list[Path] = []
    if out is not None:
        from scotopic.report.histogram import write_histogram_scan

        with filling(out):
            files = write_histogram_scan(result, out)
    if as_json:
        print_json({**result.to_json(), "files": [str(path) for path in files]})
    else:
        _print_scan(result, files)


def _print_scan(result: "HistogramScan", files: list[Path]) -> None:
    found = result.scan
    chosen = range(0, len(found.mass), max(1, -(-len(found.mass) // ROWS)))
    columns = ["mass", "yield", "error", "Z", "obs.", "exp.", "68 %"]
    sigma = None if result.per_event is None else result.sigma(found.limit_observed)
    if sigma is not None:
        columns.append("σ [fb]")
    rows = []
    for i in chosen:
        row = [f"{found.mass[i]:.5g}", f"{found.shat[i]:.1f}", f"{found.shat_error[i]:.1f}"]
        row += [f"{found.z_local[i]:.2f}", f"{found.limit_observed[i]:.1f}", f"{found.limit_median[i]:.1f}"]
        row.append(f"{found.band68[i, 0]:.4g} – {found.band68[i, 1]:.4g}")
        rows.append(row if sigma is None else [*row, f"{sigma[i]:.3g}"])
    card = result.card
    print_table(f"{result.histogram.source}, {100 * card.level:g} % CL, {card.method}", columns, rows)
    largest = int(found.z_local.argmax())
    p_global = "not computed" if found.p_global is None else f"{found.p_global:.3g}"
    print_lines(
        f"{len(rows)} of {len(found.mass)} masses shown; mass is {card.variable}, limits are events"
        + ("" if sigma is None else "; σ: observed limit"),
        f"largest local excess: {found.z_local[largest]:.2f} σ at {found.mass[largest]:.5g}, "
        f"global p-value {p_global}",
        *(f"note: {note}" for note in result.notes),
        *(str(path) for path in files),
    )
