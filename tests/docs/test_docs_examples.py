"""Every example of the README and of the documentation: Python runs, command lines parse."""

import re
import shlex

import click
import pytest

from helpers.places import ROOT
from scotopic.app.cli import commands

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(path, language):
    return re.findall(
        rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def command_lines():
    found = []
    for page in PAGES:
        for block in blocks(page, "bash"):
            lines = block.replace("\\\n", " ").splitlines()
            found += [(page.name, line) for line in lines if line.startswith("scotopic ")]
    return found


def test_documentation_has_examples():
    assert len(command_lines()) > 10
    assert len(blocks(ROOT / "docs" / "tutorial.md", "python")) >= 5


@pytest.mark.parametrize(("page", "line"), command_lines())
def test_command_line_is_understood(page, line):
    words = shlex.split(line, comments=True)[1:]
    with click.Context(commands) as context:
        name, command, arguments = commands.resolve_command(context, words)
        assert command is not None, f"{page}: no command {name}"
        command.make_context(name, arguments, parent=context)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if blocks(page, "python")], ids=lambda page: page.name
)
def test_python_runs_from_top_to_bottom(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = "\n".join(blocks(page, "python"))
    # the README's search at its full size takes minutes
    text = text.replace("toys=0)", "toys=0, signal_events=1500, background_events=5000)")
    exec(compile(text, page.name, "exec"), {"__name__": "__main__"})
