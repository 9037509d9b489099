"""The page of all figures as one HTML file that needs nothing else: pictures inside, no scripts."""

import base64
from collections import Counter
from collections.abc import Iterator
from html import escape
from pathlib import Path

from scotopic.files import replacing
from scotopic.paper.assumptions import MARKS
from scotopic.paper.page_content import Page, Row, Section
from scotopic.paper.report import Verdict

SYMBOLS: dict[Verdict, str] = {"good": "✓", "doubtful": "?", "missed": "✗", "no tolerance": "–"}
CLASSES: dict[Verdict, str] = {
    "good": "good",
    "doubtful": "doubtful",
    "missed": "missed",
    "no tolerance": "none",
}

STYLE = """
body { margin: 0 auto; padding: 0.8rem; max-width: 76rem; font: 1rem/1.45 system-ui, sans-serif; color: #1c2127; }
h1 { font-size: 1.6rem; margin: 0.4rem 0; }
h2 { font-size: 1.15rem; margin: 0 0 0.3rem; }
p { margin: 0.3rem 0; }
section { border: 1px solid #c8cfd8; border-radius: 6px; padding: 0.8rem; margin: 0.8rem 0; min-width: 0; }
@media (min-width: 72rem) {
  main { display: grid; grid-template-columns: 1fr 1fr; gap: 0.8rem; } section { margin: 0; }
}
img { width: 100%; height: auto; display: block; margin: 0.5rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.84rem; width: 100%; }
th, td { text-align: left; padding: 0.16rem 0.45rem; border-top: 1px solid #e2e6eb; vertical-align: top; }
th { border-top: 0; white-space: nowrap; }
td.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.w { min-width: 11rem; }
.v { border-radius: 4px; padding: 0 0.4rem; white-space: nowrap; font-weight: 600; }
.good { background: #d3ecd5; color: #14521b; }
.doubtful { background: #fbe9b7; color: #6a4a00; }
.missed { background: #f6cfca; color: #7c160b; }
.none { background: #e8ebef; color: #4a525c; }
.differs { color: #4a525c; font-size: 0.92rem; }
details { margin: 0.3rem 0; } summary { cursor: pointer; }
li { font-size: 0.86rem; overflow-wrap: anywhere; }
"""


def write_html(page: Page, path: Path) -> Path:
    """Write the page and return its path."""
    with replacing(path) as temporary:
        temporary.write_text("\n".join(_document(page)) + "\n", encoding="utf-8")
    return path


def _document(page: Page) -> Iterator[str]:
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>Figures of the paper, remade</title>\n<style>{STYLE}</style>\n</head>\n<body>"
    yield "<h1>Dark Sector first results at Belle II: the figures, remade by scotopic</h1>"
    yield f"<p>{escape(page.settings)}. All results are our projections on simulated data, nothing here is published; "
    yield "published numbers stand beside them with their source.</p>"
    yield f"<p>All checks: {_badges(page.counts)}</p>"
    yield "<p>✓ within the stated tolerance; ? outside, by less than twice our statistical error; ✗ outside; – no "
    yield "tolerance is stated. ± is the statistical error of the simulation.</p>"
    yield "<p>Marks say how a published number came here: "
    yield "; ".join(f"{mark} {escape(text)}" for mark, text in MARKS.items()) + ".</p>"
    yield from _overview(page)
    yield "<main>"
    for one in page.sections:
        yield from _section(one)
    yield "</main>"
    yield "<h2>Assumptions</h2>\n<p>Numbers behind the figures that were not read from a source.</p>"
    for subject, lines in page.assumptions.items():
        yield f"<details><summary>{escape(subject)} ({len(lines)})</summary><ul>"
        yield from (f"<li>{escape(line)}</li>" for line in lines)
        yield "</ul></details>"
    yield "</body>\n</html>"


def _badges(counts: Counter[Verdict]) -> str:
    return " ".join(
        f'<span class="v {CLASSES[name]}">{symbol} {counts[name]} {name}</span>'
        for name, symbol in SYMBOLS.items()
        if counts[name]
    )


def _overview(page: Page) -> Iterator[str]:
    yield '<div class="scroll"><table><tr><th>figure</th><th>content</th><th>checks</th><th>outside</th></tr>'
    for one in page.sections:
        outside = "; ".join(row.what for row in one.rows if row.verdict in ("doubtful", "missed"))
        yield f'<tr><td><a href="#{one.name}">{one.name}</a></td><td class="w">{escape(one.title)}</td>'
        yield f'<td>{_badges(one.counts)}</td><td class="w">{escape(outside)}</td></tr>'
    yield "</table></div>"


def _section(one: Section) -> Iterator[str]:
    picture = base64.b64encode(one.image.read_bytes()).decode()
    yield f'<section id="{one.name}"><h2>{one.name}: {escape(one.title)}</h2>'
    yield f'<img alt="{escape(one.title)}" src="data:image/png;base64,{picture}">'
    yield f"<p>{escape(one.shows)}</p>\n<p>{escape(one.compares)}</p>"
    if one.differs:
        yield f'<p class="differs">{escape(one.differs)}</p>'
    yield '<div class="scroll"><table><tr><th></th><th>check</th><th>published</th><th>ours</th><th>ratio</th>'
    yield "<th>accepted</th><th>source</th><th>mark</th></tr>"
    yield from (_row(row) for row in one.rows)
    yield "</table></div></section>"


def _row(row: Row) -> str:
    numbers = "".join(
        f'<td class="n">{escape(text)}</td>' for text in (row.published, row.ours, row.ratio, row.accepted)
    )
    badge = f'<span class="v {CLASSES[row.verdict]}" title="{row.verdict}">{SYMBOLS[row.verdict]}</span>'
    words = f"<td>{escape(row.source)}</td><td>{escape(row.mark)}</td>"
    return f'<tr><td>{badge}</td><td class="w">{escape(row.what)}</td>{numbers}{words}</tr>'
