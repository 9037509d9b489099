"""Work in several processes: order, retries, and processes that end with their parent."""

import itertools
import os
import signal
import subprocess
import sys
import threading
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


@pytest.fixture(autouse=True)
def _ctrl_c_is_heard():
    # a shell starts what runs in the background with Ctrl-C ignored, which programs inherit
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


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


def test_a_worker_killed_between_two_runs_costs_no_result():
    process = next(run_chunks(process_of, range(3), 2))
    os.kill(process, signal.SIGKILL)
    time.sleep(0.5)
    with pytest.warns(UserWarning, match="a worker was killed"):
        assert list(run_chunks(double, range(3), 2)) == [0, 2, 4]


def test_work_inside_work_shares_its_processes():
    outer = run_chunks(process_of, itertools.count(), 2)
    first = {next(outer) for _ in range(8)}
    inner = set(run_chunks(process_of, range(20), 3))
    assert len(first | inner | {next(outer) for _ in range(8)}) <= 2
    outer.close()


def test_another_thread_has_processes_of_its_own_which_end_with_its_work():
    outer = run_chunks(process_of, itertools.count(), 2)
    ours = {next(outer) for _ in range(8)}
    theirs = set()
    thread = threading.Thread(target=lambda: theirs.update(run_chunks(process_of, range(8), 2)))
    thread.start()
    thread.join()
    assert next(outer) in ours
    assert theirs
    assert not theirs & ours
    assert sys.platform != "linux" or gone(theirs)
    outer.close()


def test_a_script_on_standard_input_works_alone():
    code = "from scotopic.workers import run_chunks\nprint(list(run_chunks(abs, range(3), 2)))\n"
    done = subprocess.run([sys.executable, "-"], input=code, capture_output=True, text=True, check=True)
    assert done.stdout == "[0, 1, 2]\n"
    assert "standard input can start no processes" in done.stderr
    assert "Traceback" not in done.stderr


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
def test_ctrl_c_while_the_program_is_imported_prints_no_traceback(tmp_path):
    code = """
import os, signal, sys
class Interrupting:
    def find_spec(self, name, path, target=None):
        if name == "scotopic.app.cli":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
from scotopic.__main__ import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGINT
    assert done.stderr == ""


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
