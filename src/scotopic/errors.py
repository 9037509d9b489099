"""Errors that a user can mend."""


class InputError(ValueError):
    """The user's input is wrong.

    The message is one line that says what is wrong, where, and what would be right. The command
    line prints it and exits with code 2.
    """
