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
from types import FrameType

from scotopic.files import sweep_unfinished
from scotopic.workers import end_children

GRACE_SECONDS = 0.5  # for Python to clean up by itself; compiled code does not listen
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
WORDS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}


class Terminated(BaseException):
    """SIGTERM, as `KeyboardInterrupt` is SIGINT."""


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
    before = signal.signal(signal.SIGTERM, _terminate)
    if signal.getsignal(signal.SIGINT) == signal.SIG_DFL:  # as it is while the program is imported
        signal.signal(signal.SIGINT, signal.default_int_handler)
    wake_before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    unraisable_before = sys.unraisablehook
    sys.unraisablehook = _without_ends
    watch = threading.Thread(target=_watch, args=(heard, over), daemon=True)
    watch.start()
    try:
        yield
    finally:
        over.set()
        sys.unraisablehook = unraisable_before
        signal.set_wakeup_fd(wake_before)
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)
        told.close()


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated


def _without_ends(fault: "sys.UnraisableHookArgs") -> None:
    """Say nothing of an end that came in a callback, of the garbage collector say, where no exception leaves it."""
    if not issubclass(fault.exc_type, Terminated | KeyboardInterrupt):
        sys.__unraisablehook__(fault)


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
