"""Equal bytes in `bench/reliability.py`: every command with two workers, another hash seed, two threads, and a restart.

The restart is with an empty cache of compiled code, in a folder of another name.
"""

from collections.abc import Iterator

from reliability_runs import TEMPORARY, Part, Place, clear, takes, undisturbed
from reliability_samples import COMMANDS

PLAIN = {"PYTHONHASHSEED": "0"}
VARIANTS: dict[str, tuple[int, dict[str, str]]] = {
    "2 workers": (2, PLAIN),
    "another hash seed": (1, {"PYTHONHASHSEED": "7"}),
    "2 threads": (1, {**PLAIN, "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}),
    "restart, empty cache": (1, {**PLAIN, "SCOTOPIC_CACHE": f"{TEMPORARY}/cache"}),
}


def same_steps(place: Place, numbers: range, seed: int, part: Part) -> Iterator[int]:
    """Yield the number of each command once its variants are compared."""
    for number in numbers:
        name = list(COMMANDS)[number]
        plain = undisturbed(name, 1, place, **PLAIN)
        for variant, (workers, changes) in VARIANTS.items():
            if workers == 1 or takes(COMMANDS[name][0], "workers"):
                done = undisturbed(name, workers, place, **changes)
                paths = sorted(plain.files.keys() | done.files.keys())
                other = [path for path in paths if plain.files.get(path) != done.files.get(path)]
                part.count(variant)
                part.expect(not other, "identical files", f"{name}, {variant}: {other}")
                part.expect(plain.printed == done.printed, "identical print", f"{name}, {variant}")
                clear(done.folder)
        clear(plain.folder)
        yield number
