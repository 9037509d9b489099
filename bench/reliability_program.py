"""The command line of scotopic with searches of few simulated events, for `bench/reliability.py`.

Usage: python bench/reliability_program.py ARGUMENTS of scotopic
"""

import functools
import signal

FEW = {"signal_events": 1500, "background_events": 2000}


def main() -> None:
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # as the program does while it is imported
    import scotopic.study.projection as projecting
    import scotopic.study.search as searching
    from scotopic.__main__ import main as run

    searching.search = functools.partial(searching.search, **FEW)
    project = projecting.project
    projecting.project = lambda name, **settings: project(name, **(settings | FEW))
    run()


if __name__ == "__main__":
    main()
