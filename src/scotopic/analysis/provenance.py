"""Marks of everything that a result stands on: the card, and what its search holds."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from scotopic.detector.experiment import Experiment


def marked_parts(value: Any) -> Iterator[Any]:
    """Yield whatever within a search has a mark: cuts, errors, vetoes, unknowns, backgrounds, control samples' cuts."""
    if is_dataclass(value) and not isinstance(value, type):
        if hasattr(value, "mark"):
            yield value
        for field in fields(value):
            yield from marked_parts(getattr(value, field.name))
    elif isinstance(value, Mapping):
        yield from marked_parts(list(value.values()))
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from marked_parts(one)


def count_marks(experiment: Experiment, *held: Any) -> dict[str, int]:
    """Return how many inputs bear each letter: values of the card, and parts of `held`, equal ones once."""
    counted = Counter(experiment.marks())
    counted.update(one.mark[0] for one in dict.fromkeys(marked_parts(held)))
    return dict(counted)
