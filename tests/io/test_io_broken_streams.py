"""A stream that breaks while a library in C++ reads or writes it: no half file, no sample that ends early."""

import os
import subprocess
import sys
from contextlib import contextmanager
from io import BytesIO, RawIOBase

import pytest

import scotopic.io.hepmc as hepmc
from scotopic import generate, read_events, write_events
from scotopic.errors import InputError


class Breaking(BytesIO):
    """A stream that raises at one of its calls."""

    def __init__(self, at, fault):
        super().__init__()
        self.calls, self.at, self.fault = 0, at, fault

    def write(self, content):
        self.calls += 1
        if self.calls == self.at:
            raise self.fault
        return super().write(content)


@pytest.fixture(scope="module")
def events():
    return generate("e- e+ > mu- mu+", 40, sqrt_s=10.58)


@pytest.mark.parametrize("at", [1, 2, 20, 41])
@pytest.mark.parametrize(
    ("fault", "seen"), [(KeyboardInterrupt(), KeyboardInterrupt), (OSError("full"), InputError)]
)
def test_hepmc_that_breaks_off_is_not_published(events, tmp_path, monkeypatch, at, fault, seen):
    @contextmanager
    def writing(path, packed):
        yield Breaking(at, fault)

    monkeypatch.setattr(hepmc, "writing", writing)
    with pytest.raises(seen):
        write_events(events, tmp_path / "a.hepmc")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("at", [1, 3])
def test_ctrl_c_does_not_end_a_sample_that_is_read(events, tmp_path, monkeypatch, at):
    write_events(events, tmp_path / "a.hepmc")
    calls = 0

    def blocks(*arguments):
        nonlocal calls
        for block in before(*arguments):
            calls += 1
            if calls == at:
                raise KeyboardInterrupt
            yield block

    before = sys.modules["scotopic.io.hepmc_syntax"]._blocks
    monkeypatch.setattr("scotopic.io.hepmc_syntax._blocks", blocks)
    with pytest.raises(KeyboardInterrupt):
        read_events(tmp_path / "a.hepmc")


def test_a_stream_that_is_left_early_is_refused(events, tmp_path, monkeypatch):
    class Short(RawIOBase):
        """What a reader sees of a stream whose exception it swallowed."""

        def __init__(self, checked):
            self.checked, self.calls = checked, 0

        def readable(self):
            return True

        def readinto(self, buffer):
            self.calls += 1
            return self.checked.readinto(buffer) if self.calls < 9 else 0

    write_events(events, tmp_path / "a.hepmc")
    before = hepmc.BufferedReader
    monkeypatch.setattr(hepmc, "BufferedReader", lambda checked: before(Short(checked), 64))
    with pytest.raises(InputError, match="cannot read event"):
        read_events(tmp_path / "a.hepmc")


GARBAGE = """
import gc, os, signal, sys, time
from scotopic.app.interruption import ending_on_signals
gc.callbacks.append(lambda phase, about: os.kill(os.getpid(), signal.{name}) if phase == "start" else None)
with ending_on_signals():
    gc.collect()
    gc.callbacks.clear()
    time.sleep(30)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="POSIX signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_an_end_in_a_callback_of_the_garbage_collector(name):
    code = {"SIGTERM": 143, "SIGINT": 130}[name]
    heard = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
    command = [sys.executable, "-c", heard + GARBAGE.format(name=name)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("scotopic: error:") == 1


SWALLOWED = """
import ctypes, os, signal, sys
from scotopic.app import cli, interruption
from scotopic.files import write_whole

def command():
    call = ctypes.CFUNCTYPE(None)(lambda: os.kill(os.getpid(), signal.{name}))
    call()  # no exception leaves it
    write_whole("result", b"wrong")
    return 0

cli.run = command
cli.main()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="POSIX signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_what_follows_an_end_that_compiled_code_swallowed_is_no_result(tmp_path, name):
    heard = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
    command = [sys.executable, "-c", heard + SWALLOWED.format(name=name)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path)
    assert done.returncode == {"SIGTERM": 143, "SIGINT": 130}[name], done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
