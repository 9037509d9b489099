"""Faults that have a line of their own on the command line."""


class InputError(ValueError):
    """The user's input is wrong.

    The message is one line that says what is wrong, where, and what would be right. The command
    line prints it and exits with code 2.
    """


class WorkerKilled(RuntimeError):
    """A process that shared the work was ended from outside, twice; the message says what may help."""
