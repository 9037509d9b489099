"""``python -m scotopic`` is the command line."""

from scotopic.app.cli import main

if __name__ == "__main__":
    main()
