"""Work in several processes: order, retries, and processes that end with their parent."""

import itertools
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from scotopic.errors import InputError, WorkerKilled
from scotopic.workers import available_memory, check_workers, run_chunks

LONG = (
    "generate",
    "e- e+ > e- e+ mu- mu+",
    "--events",
    "500000",
    "--cut",
    "theta:mu:20:160",
    "--cut",
    "E:mu:0.5:",
)
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def double(chunk):
    return 2 * chunk


def refuse(chunk):
    raise InputError(f"chunk {chunk} is wrong")


def die(times, folder, chunk):
    """End the process at chunk 1, so many times."""
    if chunk == 1:
        for number in range(times):
            mark = Path(folder) / str(number)
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
    return chunk


def process_of(chunk):
    return os.getpid()


@pytest.mark.parametrize("workers", [1, 2, ThreadPoolExecutor(2)])
def test_results_come_in_order(workers):
    assert list(run_chunks(double, range(23), workers)) == list(range(0, 46, 2))
    assert list(itertools.islice(run_chunks(double, itertools.count(), workers), 5)) == [0, 2, 4, 6, 8]
    with pytest.raises(InputError, match="chunk 0 is wrong"):
        list(run_chunks(refuse, range(3), workers))


def test_no_more_processes_than_asked_for():
    assert len(set(run_chunks(process_of, range(30), 2))) <= 2
    assert set(run_chunks(process_of, range(3), 1)) == {os.getpid()}
    assert set(run_chunks(process_of, [1], 2)) == {os.getpid()}


def test_a_killed_worker_is_tried_again_once(tmp_path):
    with pytest.warns(UserWarning, match="a worker was killed"):
        assert list(run_chunks(partial(die, 1, str(tmp_path)), range(4), 2)) == [0, 1, 2, 3]


def test_a_worker_killed_twice_is_named(tmp_path):
    with (
        pytest.warns(UserWarning, match="a worker was killed"),
        pytest.raises(WorkerKilled, match="perhaps out of memory; fewer --workers"),
    ):
        list(run_chunks(partial(die, 5, str(tmp_path)), range(4), 2))


@pytest.mark.parametrize("workers", [0, -1, 5000, 1.5, True, "2", None])
def test_wrong_numbers_of_workers_are_refused(workers):
    with pytest.raises(InputError, match="must be at least 1 and at most 1024"):
        check_workers(workers)


def test_memory_is_known():
    memory = available_memory()
    assert memory is None or memory > 1_000_000


def children(process):
    folder = Path(f"/proc/{process}/task/{process}/children")
    return [int(child) for child in folder.read_text().split()]


def alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def started(tmp_path, seconds=60.0):
    """Return a command with two workers at work, and these."""
    command = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "scotopic",
            *LONG,
            "--workers",
            "2",
            "--output",
            str(tmp_path / "events.parquet"),
        ],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    end = time.monotonic() + seconds
    while time.monotonic() < end and command.poll() is None:
        workers = [child for child in children(command.pid) if busy(child)]
        if len(workers) >= 2:
            return command, workers
        time.sleep(0.05)
    command.kill()
    raise AssertionError(f"no workers began: {command.communicate()[1]}")


def busy(process):
    # past its import: the resource tracker and new interpreters have used little processor time
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return int(fields[11]) > 100


def gone(processes, seconds=5.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(map(alive, processes)):
            return True
        time.sleep(0.05)
    return False


@linux
def test_workers_die_with_a_killed_parent(tmp_path):
    command, workers = started(tmp_path)
    command.kill()
    command.communicate()
    assert gone(workers)


@linux
@pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGTERM, 143, "terminated"), (signal.SIGINT, 130, "interrupted")]
)
def test_signals_end_all_with_one_line(tmp_path, number, code, word):
    command, workers = started(tmp_path)
    command.send_signal(number)
    _, text = command.communicate(timeout=20)
    assert command.returncode == code
    assert text.splitlines()[-1] == f"scotopic: error: {word}"
    assert "Traceback" not in text
    assert gone(workers)
    assert list(tmp_path.iterdir()) == []
