"""Ctrl-C and SIGTERM end a command within a second: workers and temporary files go, one line says so."""

import contextlib
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType

from scotopic.files import stop_publishing, sweep_unfinished
from scotopic.workers import end_children

GRACE_SECONDS = 0.5  # for Python to clean up by itself; compiled code does not listen
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
WORDS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}


class Terminated(BaseException):
    """SIGTERM, as `KeyboardInterrupt` is SIGINT."""


ENDS = (Terminated, KeyboardInterrupt)
_heard: list[signal.Signals] = []


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """Raise `Terminated` on SIGTERM inside, and end the process where that, or Ctrl-C, is not heard in time."""
    inside = (
        threading.current_thread() is threading.main_thread() and multiprocessing.parent_process() is None
    )
    if not inside or sys.platform == "win32":
        yield
        return
    heard, told = socket.socketpair()
    heard.setblocking(True)
    told.setblocking(False)
    over = threading.Event()
    _heard.clear()
    stop_publishing(None)
    before = signal.signal(signal.SIGTERM, _terminate)
    # not where it is ignored; the default one is that of the time when the program is imported
    listens = signal.getsignal(signal.SIGINT) in (signal.SIG_DFL, signal.default_int_handler)
    if listens:
        signal.signal(signal.SIGINT, _interrupt)
    wake_before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    hooks = sys.unraisablehook, sys.excepthook
    sys.unraisablehook, sys.excepthook = _unraisable_but_ends, _uncaught_but_ends
    watch = threading.Thread(target=_watch, args=(heard, over), daemon=True)
    watch.start()
    try:
        yield
    finally:
        over.set()
        sys.unraisablehook, sys.excepthook = hooks
        signal.set_wakeup_fd(wake_before)
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)
        if listens:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        stop_publishing(None)
        told.close()


def code_of_end() -> int | None:
    """Return the exit code of a signal since `ending_on_signals` began; an exception may not tell of it."""
    return CODES[_heard[0]] if _heard else None


def _terminate(number: int, frame: FrameType | None) -> None:
    _hear(signal.SIGTERM, Terminated)


def _interrupt(number: int, frame: FrameType | None) -> None:
    _hear(signal.SIGINT, KeyboardInterrupt)


def _hear(number: signal.Signals, end: type[BaseException]) -> None:
    _heard.append(number)
    stop_publishing(end)
    raise end


def _unraisable_but_ends(fault: "sys.UnraisableHookArgs") -> None:
    """Say nothing of an end in a callback of the garbage collector or in compiled code: no exception leaves it."""
    if not issubclass(fault.exc_type, ENDS):
        sys.__unraisablehook__(fault)


def _uncaught_but_ends(
    kind: type[BaseException], fault: BaseException, traceback: TracebackType | None
) -> None:
    if not issubclass(kind, ENDS):
        sys.__excepthook__(kind, fault, traceback)


def _watch(heard: socket.socket, over: threading.Event) -> None:
    with heard:
        while byte := heard.recv(1):
            if byte[0] in CODES and not over.wait(GRACE_SECONDS):
                _end(signal.Signals(byte[0]))


def _end(number: signal.Signals) -> None:
    end_children()
    sweep_unfinished()
    with contextlib.suppress(OSError, ValueError):
        print(f"scotopic: error: {WORDS[number]}", file=sys.stderr, flush=True)
    os._exit(CODES[number])
