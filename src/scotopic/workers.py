"""Processes that share work: one pool for the package, whose processes end when their parent does.

Work is cut into chunks whose results do not depend on where they are computed; results come in the order of the chunks.
"""

import atexit
import contextlib
import ctypes
import itertools
import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sized
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from typing import TypeVar

from scotopic.errors import InputError, WorkerKilled

Chunk = TypeVar("Chunk")
Made = TypeVar("Made")
Workers = int | Executor
"""A number of processes, or an executor of `concurrent.futures` or its kind that the caller keeps."""

MOST_WORKERS = 1024
WORKER_BYTES = 400_000_000
"""What a process with compiled code takes, measured."""
IN_FLIGHT = 16  # chunks at an executor whose size is not known
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux


def check_workers(workers: Workers) -> None:
    """Refuse a number of processes outside 1 to `MOST_WORKERS`.

    Raises
    ------
    InputError
    """
    if isinstance(workers, Executor):
        return
    if isinstance(workers, bool) or not isinstance(workers, int) or not 1 <= workers <= MOST_WORKERS:
        raise InputError(f"workers = {workers}, must be at least 1 and at most {MOST_WORKERS}")


def run_chunks(work: Callable[[Chunk], Made], chunks: Iterable[Chunk], workers: Workers) -> Iterator[Made]:
    """Yield ``work(chunk)`` of each chunk, in their order; with one worker, in this process.

    Parameters
    ----------
    work : callable
        Of the top level of a module, or a `functools.partial` of it.
    chunks : iterable
        May be endless: only a few are ahead of what was yielded.
    workers : int or Executor

    Raises
    ------
    InputError
        If the number of workers is wrong.
    WorkerKilled
        If a worker ended without an answer, and so did the one that tried its chunk again.

    Examples
    --------
    >>> list(run_chunks(abs, [-1, 2, -3], workers=1))
    [1, 2, 3]
    """
    check_workers(workers)
    if isinstance(workers, Executor):
        yield from _ordered(work, iter(chunks), workers, IN_FLIGHT)
        return
    single = isinstance(chunks, Sized) and len(chunks) < 2
    # a worker starts no workers of its own: never more processes than asked for
    if workers == 1 or single or multiprocessing.parent_process() is not None:
        _refuse_half_started()
        yield from map(work, chunks)
        return
    if not _can_start():
        warnings.warn(
            "a script on standard input can start no processes; its own does all work", stacklevel=2
        )
        yield from map(work, chunks)
        return
    yield from _in_processes(work, iter(chunks), workers)


def _refuse_half_started() -> None:
    # a script that starts work when it is imported would do all of it again in every process
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise RuntimeError("work begins on import; put it under if __name__ == '__main__':")


def _can_start() -> bool:
    # every process imports the script again, and needs its file
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    return file is None or Path(file).exists()


def _ordered(
    work: Callable[[Chunk], Made], chunks: Iterator[Chunk], executor: Executor, ahead: int
) -> Iterator[Made]:
    waiting: deque[Future[Made]] = deque()
    try:
        for chunk in chunks:
            waiting.append(executor.submit(work, chunk))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


@dataclass(eq=False)
class _Pool:
    """Processes, and how many runs use them at the moment."""

    workers: int
    executor: ProcessPoolExecutor
    users: int = 0

    def submit(self, work: Callable[[Chunk], Made], chunk: Chunk) -> "Future[Made]":
        with _interrupts_held():
            return self.executor.submit(work, chunk)


_pools: list[_Pool] = []
_shared: _Pool | None = None  # that of the main thread


def _in_processes(work: Callable[[Chunk], Made], chunks: Iterator[Chunk], workers: int) -> Iterator[Made]:
    waiting: deque[tuple[Chunk, Future[Made]]] = deque()
    tried_again = False
    pool = _join_pool(workers)
    try:
        while True:
            try:
                for chunk in itertools.islice(chunks, 2 * workers - len(waiting)):
                    waiting.append((chunk, Future()))  # not lost where a pool that is broken refuses it
                    waiting[-1] = (chunk, pool.submit(work, chunk))
                if not waiting:
                    break
                made = waiting[0][1].result()
            except BrokenProcessPool:
                _end_pool(pool)
                if tried_again:
                    raise WorkerKilled(
                        "a worker was killed, perhaps out of memory; fewer --workers need less (a script of your own "
                        "needs if __name__ == '__main__':)"
                    ) from None
                warnings.warn("a worker was killed; its part is done again", stacklevel=2)
                tried_again = True
                pool = _join_pool(workers)
                chunks = itertools.chain([chunk for chunk, _ in waiting], chunks)
                waiting.clear()
                continue
            tried_again = False
            waiting.popleft()
            yield made
    finally:
        for _, future in waiting:
            future.cancel()
        _leave_pool(pool)


def _join_pool(workers: int) -> _Pool:
    """Return the pool of the main thread, or for another thread one of its own; work inside work shares its pool."""
    global _shared
    from_main = threading.current_thread() is threading.main_thread()
    pool = _shared if from_main else None
    if pool is not None and not pool.users and pool.workers != workers:
        _end_pool(pool)
        pool = None
    if pool is None:
        executor = ProcessPoolExecutor(
            _affordable(workers),
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_start_worker,
            initargs=(from_main,),
        )
        pool = _Pool(workers, executor)
        _pools.append(pool)
        if from_main:
            _shared = pool
    pool.users += 1
    return pool


def _leave_pool(pool: _Pool) -> None:
    pool.users -= 1
    if pool is not _shared:
        _end_pool(pool)


def _end_pool(pool: _Pool) -> None:
    global _shared
    if pool is _shared:
        _shared = None
    if pool not in _pools:
        return  # it has ended
    _pools.remove(pool)
    processes = list((getattr(pool.executor, "_processes", None) or {}).values())
    pool.executor.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        with contextlib.suppress(OSError, ValueError):
            process.kill()


def end_workers() -> None:
    """End the processes of every pool at once; the next work starts new ones."""
    for pool in list(_pools):
        _end_pool(pool)


atexit.register(end_workers)


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep Ctrl-C from processes that start inside, which would print a traceback while they import."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker(from_main: bool) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent says when to end
    # the kernel's signal follows the thread that started the process: of use where that is the main thread
    if sys.platform == "linux" and from_main:
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _affordable(workers: int) -> int:
    memory = available_memory()
    most = workers if memory is None else max(1, int(memory // WORKER_BYTES))
    if most < workers:
        warnings.warn(f"workers = {workers}, memory is free for {most}: these are used", stacklevel=2)
    return min(workers, most)


def available_memory() -> int | None:
    """Return the bytes of memory that are free for this process, None where the system does not tell."""
    free: list[int] = []
    with contextlib.suppress(OSError, ValueError, IndexError):
        line = next(
            row for row in Path("/proc/meminfo").read_text().splitlines() if row.startswith("MemAvailable")
        )
        free.append(1024 * int(line.split()[1]))
    free += _free_of_groups()
    if not free:
        with contextlib.suppress(OSError, ValueError, AttributeError):
            free.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return max(0, min(free)) if free else None


def _free_of_groups() -> Iterator[int]:
    # version 2; what files occupy without being used goes when it is needed
    root = Path("/sys/fs/cgroup")
    try:
        own = root / Path("/proc/self/cgroup").read_text().strip().rpartition("::")[2].lstrip("/")
    except OSError:
        return
    for group in (own, *own.parents):
        if not group.is_relative_to(root):
            return
        with contextlib.suppress(OSError, ValueError, KeyError):
            most, used = (int((group / f"memory.{name}").read_text()) for name in ("max", "current"))
            parts = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
            yield most - used + int(parts["inactive_file"])
