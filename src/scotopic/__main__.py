"""The command ``scotopic``, also as ``python -m scotopic``."""

import signal


def main() -> None:
    """Run the command line of the process and exit; Ctrl-C while it is imported ends it without a traceback."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from scotopic.app.cli import main as run

    run()


if __name__ == "__main__":
    main()
