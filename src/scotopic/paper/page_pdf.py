"""The page of all figures as a PDF: an overview that fits on one side, then figure by figure."""

from pathlib import Path

from scotopic.figures import save_pages
from scotopic.figures.paper.pages import Sheet, lists, overview, sheet
from scotopic.paper.assumptions import MARKS
from scotopic.paper.page_content import Page, Section
from scotopic.paper.page_html import SYMBOLS
from scotopic.paper.report import Verdict

WORST: tuple[Verdict, ...] = ("missed", "doubtful", "good", "no tolerance")


def write_pdf(page: Page, path: Path) -> Path:
    """Write the page and return its path."""
    sheets = [_sheet(one) for one in page.sections]
    counts = ", ".join(f"{page.counts[name]} {name}" for name in SYMBOLS if page.counts[name])
    text = [
        f"{page.settings}. All results are our projections on simulated data, nothing here is published; published "
        "numbers stand beside them with their source.",
        f"All checks: {counts}. ✓ within the stated tolerance; ? outside, by less than twice our statistical error; "
        "✗ outside; – no tolerance is stated. ± is the statistical error of the simulation.",
        f"Outside: {outside(page)}.",
        "Marks of published numbers: " + "; ".join(f"{mark} {text}" for mark, text in MARKS.items()) + ".",
    ]
    title = "The figures of “Dark Sector first results at Belle II”, remade"
    pages = [overview(title, text, sheets), *(figure for one in sheets for figure in sheet(one))]
    if page.assumptions:
        pages += lists("Assumptions: numbers that were not read from a source", page.assumptions)
    return save_pages(pages, path)


def outside(page: Page) -> str:
    """Return the doubtful and missed checks of all figures in a line."""
    found = [
        f"{one.name}, {row.what} ({row.ours}, accepted {row.accepted})"
        for one in page.sections
        for row in one.rows
        if row.verdict in ("doubtful", "missed")
    ]
    return "; ".join(found) or "nothing"


def _sheet(one: Section) -> Sheet:
    rows = [
        (
            row.verdict,
            SYMBOLS[row.verdict],
            (row.what, row.published, row.ours, row.ratio, row.accepted, row.source, row.mark),
        )
        for row in one.rows
    ]
    counts = one.counts
    said = "  ".join(f"{SYMBOLS[name]} {counts[name]}" for name in SYMBOLS if counts[name])
    worst = next((name for name in WORST if counts[name]), "no tolerance")
    text = [text for text in (one.shows, one.compares, one.differs) if text]
    return Sheet(f"{one.name}: {one.title}", text, one.image, rows, said, worst)
