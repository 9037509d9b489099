"""Candidates: named observables of what a search found in each event."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Candidates:
    """M candidates, possibly several per event.

    Attributes
    ----------
    observables : dict of (M,) float64
        Named values, GeV and radians; NaN where a source lacks a value.
    event : (M,) int64
        Index of the event that holds the candidate.
    weights : (M,) float64
        Event weight of each candidate (pb where the cross section is known, 1 for data).
    truth : (M,) bool or None
        Whether the candidate is the true signal combination; None for data.
    source : str
        Where the candidates come from, for the report.
    """

    observables: dict[str, NDArray[np.float64]]
    event: NDArray[np.int64]
    weights: NDArray[np.float64]
    truth: NDArray[np.bool_] | None = None
    source: str = ""

    def __len__(self) -> int:
        """Return the number of candidates."""
        return int(self.event.shape[0])

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        """Return the observable `name`."""
        return self.observables[name]

    def select(self, which: NDArray[np.bool_]) -> "Candidates":
        """Return the candidates where `which` is true."""
        return Candidates(
            {name: values[which] for name, values in self.observables.items()},
            self.event[which],
            self.weights[which],
            None if self.truth is None else self.truth[which],
            self.source,
        )
