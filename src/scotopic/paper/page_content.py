"""What the page of all figures says: one section per figure, and the assumptions behind them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scotopic.errors import InputError
from scotopic.paper.assumptions import assumptions
from scotopic.paper.captions import CAPTIONS, Caption
from scotopic.paper.comparison_table import number, with_error
from scotopic.paper.report import Check, FigureReport, Verdict, verdict

UNKNOWN = Caption("", "", "", (), ())


@dataclass(frozen=True)
class Row:
    """One check as text."""

    what: str
    published: str
    ours: str
    ratio: str
    accepted: str
    verdict: Verdict
    source: str
    mark: str


@dataclass(frozen=True)
class Section:
    """One figure: picture, two lines of text, what is known to differ, checks."""

    name: str
    title: str
    shows: str
    compares: str
    differs: str
    image: Path
    rows: tuple[Row, ...]

    @property
    def counts(self) -> Counter[Verdict]:
        """Return how many checks have each verdict."""
        return Counter(row.verdict for row in self.rows)


@dataclass(frozen=True)
class Page:
    """All sections, lines of assumptions by subject, and what was run."""

    sections: tuple[Section, ...]
    assumptions: Mapping[str, list[str]]
    settings: str

    @property
    def counts(self) -> Counter[Verdict]:
        """Return how many checks of all figures have each verdict."""
        return sum((one.counts for one in self.sections), Counter())


def page_of(reports: Mapping[str, FigureReport], settings: str) -> Page:
    """Return the page of some figures; `settings` says how they were made."""
    sections = tuple(_section(name, report) for name, report in reports.items())
    return Page(sections, assumptions(reports), settings)


def _section(name: str, report: FigureReport) -> Section:
    caption = CAPTIONS.get(name, UNKNOWN)
    pictures = [Path(file) for file in report["files"] if file.endswith(".png")]
    image = next((one for one in pictures if one.stem == name), next(iter(pictures), None))
    if image is None:
        raise InputError(f"{name}: its report names no picture; expected {name}.png")
    rows = tuple(_row(one) for one in report["checks"])
    return Section(
        name, caption.title or name, caption.shows, _compare(report["checks"]), caption.differs, image, rows
    )


def _row(one: Check) -> Row:
    accepted = "" if one["accepted"] is None else " – ".join(number(edge, 3) for edge in one["accepted"])
    return Row(
        one["what"],
        number(one["published"]),
        with_error(one),
        number(one["ratio"], 3),
        accepted,
        verdict(one),
        one["source"],
        one["mark"],
    )


def _compare(checks: list[Check]) -> str:
    """Return a line on how ours compares with what was published."""
    found = Counter(verdict(one) for one in checks)
    stated = len(checks) - found["no tolerance"]
    parts = []
    if stated:
        counts = [f"{found[name]} {name}" for name in ("good", "doubtful", "missed") if found[name]]
        parts.append(f"Of {stated} checks with a stated tolerance: {', '.join(counts)}.")
    ratios = [one["ratio"] for one in checks if one["ratio"] is not None]
    if ratios:
        low, middle, high = np.quantile(ratios, [0.0, 0.5, 1.0]).tolist()
        parts.append(
            f"Ours over published: {middle:.2f} in the median of {len(ratios)}, from {low:.2g} to {high:.2g}."
        )
    return " ".join(parts) or "Nothing was published to compare with."
