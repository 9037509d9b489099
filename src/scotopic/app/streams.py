"""Standard output and error on terminals and pipes that take no UTF-8, close early or are full."""

import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator

NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)


def open_closed_streams() -> None:
    """Let a closed standard stream go nowhere: else the next file takes its number, and what libraries print."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, as long as the process


def replace_what_cannot_be_shown() -> None:
    """Let characters that a stream cannot encode become question marks; JSON is UTF-8 everywhere."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


@contextlib.contextmanager
def telling_closed_pipes() -> Iterator[None]:
    """Raise `BrokenPipeError` where click, whose reader went away as ``| head`` does, wraps the streams and exits."""
    streams = sys.stdout, sys.stderr
    try:
        yield
    except SystemExit:
        if sys.stdout is streams[0]:
            raise
        raise BrokenPipeError(errno.EPIPE, "the reader went away") from None
    finally:
        sys.stdout, sys.stderr = streams


def silence_output() -> None:
    """Send what is left in standard output nowhere, so that the interpreter's end does not fail on it."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.__stdout__.fileno())  # type: ignore[union-attr]
        os.close(nowhere)


def flush_output() -> None:
    """Write what standard output holds.

    Raises
    ------
    OSError
        If its file or pipe does not take it.
    """
    if sys.stdout is not None and not sys.stdout.closed:
        sys.stdout.flush()
