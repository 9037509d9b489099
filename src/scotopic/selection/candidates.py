"""Candidates: named observables of what a search found in each event."""

from dataclasses import dataclass

from scotopic.numerics.arrays import Bools, Floats, Ints


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

    observables: dict[str, Floats]
    event: Ints
    weights: Floats
    truth: Bools | None = None
    source: str = ""

    def __len__(self) -> int:
        """Return the number of candidates."""
        return int(self.event.shape[0])

    def __getitem__(self, name: str) -> Floats:
        """Return the observable `name`."""
        return self.observables[name]

    def select(self, which: Bools) -> "Candidates":
        """Return the candidates where `which` is true."""
        return Candidates(
            {name: values[which] for name, values in self.observables.items()},
            self.event[which],
            self.weights[which],
            None if self.truth is None else self.truth[which],
            self.source,
        )
