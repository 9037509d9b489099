"""``python -m scotopic`` is the command line."""

from scotopic.app.cli import main

main()
