"""The command ``scotopic``: its commands, and how faults become exit codes.

Exit code 0: done; 2: the user's input is wrong; 1: our fault. Either fault is one line on stderr.
"""

import contextlib
import os
import signal
import sys
import warnings
from collections.abc import Sequence
from typing import TextIO

import click

from scotopic.app.bounds import bounds
from scotopic.app.catalogue import list_
from scotopic.app.check import check
from scotopic.app.counting import limit
from scotopic.app.events import generate, simulate, xsec
from scotopic.app.exclude import exclude
from scotopic.app.interruption import CODES, WORDS, Terminated, code_of_end, ending_on_signals
from scotopic.app.limits import reproduce, search, signature
from scotopic.app.project import project
from scotopic.app.recast import recast
from scotopic.app.scan_histogram import scan
from scotopic.app.streams import (
    NO_SPACE,
    flush_output,
    open_closed_streams,
    replace_what_cannot_be_shown,
    silence_output,
    telling_closed_pipes,
)
from scotopic.errors import InputError, WorkerKilled
from scotopic.files import sweep_unfinished
from scotopic.user_code import LOCK
from scotopic.workers import end_children, end_workers


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="scotopic", message="%(prog)s %(version)s")
@click.option(
    "--no-code",
    is_flag=True,
    help="Refuse Python files of models and searches: nothing of a user is executed.",
)
@click.pass_context
def commands(context: click.Context, no_code: bool) -> None:
    """From a dark-sector model to a limit at an e+e- B-factory, and back."""
    if no_code:
        os.environ[LOCK] = "1"
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for command in (
    reproduce,
    search,
    project,
    check,
    scan,
    xsec,
    generate,
    simulate,
    signature,
    limit,
    bounds,
    recast,
    exclude,
    list_,
):
    commands.add_command(command)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the program's name; else those of the process.
    """
    lock = os.environ.get(LOCK)
    try:
        with warnings.catch_warnings(), telling_closed_pipes():
            warnings.showwarning = _show_warning
            code = commands.main(arguments, prog_name="scotopic", standalone_mode=False)
            flush_output()
    except click.ClickException as fault:
        return _report(fault.format_message(), 2)
    except InputError as fault:
        return _report(str(fault), 2)
    except WorkerKilled as fault:
        return _report(str(fault), 1)
    except (click.Abort, KeyboardInterrupt):
        return _stop(signal.SIGINT)
    except Terminated:
        return _stop(signal.SIGTERM)
    except BrokenPipeError:
        silence_output()
        return 0
    except OSError as fault:
        if fault.errno in NO_SPACE:
            silence_output()
            return _report(f"cannot write {fault.filename or 'to standard output'}: {fault.strerror}", 2)
        return _internal(fault)
    except Exception as fault:
        return _internal(fault)
    finally:
        end_workers()
        os.environ.pop(LOCK, None)
        if lock is not None:
            os.environ[LOCK] = lock
    return code if isinstance(code, int) else 0


def _stop(number: signal.Signals) -> int:
    sweep_unfinished()
    return _report(WORDS[number], CODES[number])


def _internal(fault: BaseException) -> int:
    if os.environ.get("SCOTOPIC_DEBUG") == "1":
        raise fault
    return _report(f"internal error, {type(fault).__name__}: {fault} (SCOTOPIC_DEBUG=1 shows where)", 1)


def main() -> None:
    """Run the command line of the process and exit."""
    open_closed_streams()
    replace_what_cannot_be_shown()
    try:
        with ending_on_signals():
            code = run()
    except KeyboardInterrupt:  # as the command was ending already
        code = CODES[signal.SIGINT]
    except Terminated:
        code = CODES[signal.SIGTERM]
    code = code_of_end() or code
    end_children()
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # the interpreter's end would print a traceback
    sys.exit(code)


def _report(message: str, code: int) -> int:
    with contextlib.suppress(OSError):  # a full or closed standard error leaves the exit code
        click.echo(f"scotopic: error: {' '.join(message.split())}", err=True)
    return code


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    click.echo(f"scotopic: warning: {' '.join(str(message).split())}", err=True)
