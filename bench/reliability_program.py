"""The command line of scotopic with few simulated events and masses in its bump search, for `bench/reliability.py`.

Usage: python bench/reliability_program.py ARGUMENTS of scotopic
"""

import signal
from collections.abc import Callable
from dataclasses import replace
from typing import Any

SIGNAL_EVENTS, BACKGROUND_EVENTS = 1000, 4000


def main() -> None:
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # as the program does while it is imported
    import scotopic.study.projection as projection
    import scotopic.study.search as searching
    from scotopic.__main__ import main as run

    searching.search = _with_few(searching.search)
    projection.project = _with_few(projection.project)
    run()


def _with_few(command: Callable[..., Any]) -> Callable[..., Any]:
    from scotopic.searches import any_search

    def run(name: str, **settings: Any) -> Any:
        own = any_search(name)
        masses = {name: (all[0], all[len(all) // 2], all[-1]) for name, all in own.signal_masses.items()}
        few = replace(own, signal_masses=masses)
        settings |= {"signal_events": SIGNAL_EVENTS, "background_events": BACKGROUND_EVENTS}
        return command(few, **settings)

    return run


if __name__ == "__main__":
    main()
