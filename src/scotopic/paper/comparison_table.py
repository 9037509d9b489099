"""The comparison with what was published, all figures in one table: CSV and Markdown."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from scotopic.files import replacing
from scotopic.io.csv_file import write_csv
from scotopic.paper.report import Check, FigureReport, verdict

Reports = Mapping[str, FigureReport]

COLUMNS = ("figure", "check", "published", "ours", "ratio", "verdict", "source", "mark")


def number(value: float | None, digits: int = 4) -> str:
    """Return a number for people; empty where there is none."""
    return "" if value is None else f"{value:.{digits}g}"


def with_error(one: Check) -> str:
    """Return our value and, where it is known, its statistical error, rounded to two digits of it."""
    if one["ours"] is None or not one["error"]:
        return number(one["ours"])
    digits = 2 + math.floor(math.log10(max(abs(one["ours"] / one["error"]), 1.0)))
    return f"{number(one['ours'], max(2, digits))} ± {number(one['error'], 2)}"


def rows(reports: Reports) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the table as text, in the order of `COLUMNS`."""
    for name, report in reports.items():
        for one in report["checks"]:
            yield (
                name,
                one["what"],
                number(one["published"]),
                with_error(one),
                number(one["ratio"], 3),
                verdict(one),
                one["source"],
                one["mark"],
            )


def write_comparison(reports: Reports, out: Path) -> list[Path]:
    """Write ``comparison.csv``, with all digits, and ``comparison.md``; return the paths."""
    flat = [(name, one) for name, report in reports.items() for one in report["checks"]]
    checks = [one for _, one in flat]
    accepted = [one["accepted"] or (math.nan, math.nan) for one in checks]
    columns = {
        "figure": [name for name, _ in flat],
        "check": [one["what"] for one in checks],
        "published": [_value(one["published"]) for one in checks],
        "ours": [_value(one["ours"]) for one in checks],
        "statistical_error": [_value(one["error"]) for one in checks],
        "ratio": [_value(one["ratio"]) for one in checks],
        "accepted_low": [low for low, _ in accepted],
        "accepted_high": [high for _, high in accepted],
        "verdict": [verdict(one) for one in checks],
        "source": [one["source"] for one in checks],
        "mark": [one["mark"] for one in checks],
    }
    about = [
        "marks of the published numbers: R read, D derived, M recalled, P proposed; ours are not published"
    ]
    written = [write_csv(out / "comparison.csv", columns, about)]
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows(reports)]
    path = out / "comparison.md"
    with replacing(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [*written, path]


def _value(value: float | None) -> float:
    return math.nan if value is None else value
