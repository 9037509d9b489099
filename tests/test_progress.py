"""Progress bars: all items pass, bars within bars are allowed, and nothing is left behind."""

import io
import sys

import pytest

from scotopic import progress
from scotopic.progress import say, track


class Terminal(io.StringIO):
    def isatty(self):
        return True


def terminal(monkeypatch):
    """Put a terminal in place of stderr; within a test, for capturing begins anew there."""
    stderr = Terminal()
    monkeypatch.setattr(sys, "stderr", stderr)
    return stderr


def test_silent_without_a_terminal(capsys):
    assert list(track(range(3), "outer")) == [0, 1, 2]
    assert capsys.readouterr().err == ""


def test_bars_within_bars(monkeypatch):
    stderr, pairs = terminal(monkeypatch), []
    for one in track("ab", "outer", 2):
        say(f"at [{one}]")
        pairs += [(one, other) for other in track(range(2), "inner", 2)]
    assert pairs == [("a", 0), ("a", 1), ("b", 0), ("b", 1)]
    assert "at [a]" in stderr.getvalue()
    assert "outer" in stderr.getvalue()
    assert progress._shown == []


def test_a_fault_within_leaves_no_bar(monkeypatch):
    terminal(monkeypatch)

    def work():
        for _ in track("ab", "outer"):
            for _ in track("cd", "inner"):
                raise ValueError("fault")

    with pytest.raises(ValueError, match="fault"):
        work()
    assert progress._shown == []
    assert list(track("ef", "next")) == ["e", "f"]


def test_a_line_without_bars_goes_to_stderr(capsys):
    say("kept")
    assert capsys.readouterr() == ("", "kept\n")
