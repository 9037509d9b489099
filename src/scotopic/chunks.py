"""Samples larger than memory: in chunks, of which one is in memory at a time."""

import math
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats

Arrays = dict[str, NDArray[Any]]
Sample = TypeVar("Sample")

LENGTH = 10_000
"""Events of a chunk, where nothing else gives its length."""


@dataclass(frozen=True)
class Chunks(Generic[Sample]):
    """A sample of which only chunks are in memory.

    Attributes
    ----------
    about : record without events
        What holds for all of the sample: all that is no array, and the number of slots.
    size : int
        Events.
    read : callable
        Starts from the first event and yields records of the same slots, with as many events each as is convenient.
    """

    about: Sample
    size: int
    read: Callable[[], Iterator[Sample]]

    def __len__(self) -> int:
        """Return the number of events."""
        return self.size

    def __iter__(self) -> Iterator[Sample]:
        """Yield the chunks."""
        return self.read()


class Store(Protocol):
    """Where the arrays of chunks are kept until all of the sample is known."""

    def append(self, arrays: Arrays, /) -> None:
        """Keep the arrays of one chunk."""

    def __iter__(self) -> Iterator[Arrays]:
        """Yield the chunks in their order."""


class Memory:
    """A store in memory that gives each chunk out once, and no longer has it then."""

    def __init__(self) -> None:
        self._chunks: list[Arrays] = []

    def append(self, arrays: Arrays) -> None:
        """Keep the arrays of one chunk."""
        self._chunks.append(arrays)

    def __iter__(self) -> Iterator[Arrays]:
        """Yield the chunks in their order."""
        self._chunks.reverse()
        while self._chunks:
            yield self._chunks.pop()


class Spool:
    """A store on disk, in a file without a name: it is gone when the process is, however that ends."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        self._file, self._path = file, path
        self._places: list[dict[str, int]] = []

    def append(self, arrays: Arrays) -> None:
        """Keep the arrays of one chunk.

        Raises
        ------
        InputError
            If the disk refuses.
        """
        places = {}
        try:
            self._file.seek(0, os.SEEK_END)
            for name, values in arrays.items():
                places[name] = self._file.tell()
                np.lib.format.write_array(self._file, values, allow_pickle=False)
            self._file.flush()
        except OSError as fault:
            raise InputError(
                f"cannot write {self._path}: its folder takes no temporary data ({fault.strerror or fault})"
            ) from None
        self._places.append(places)

    def __iter__(self) -> Iterator[Arrays]:
        """Yield the chunks in their order."""
        for places in self._places:
            arrays = {}
            for name, place in places.items():
                self._file.seek(place)
                arrays[name] = np.lib.format.read_array(self._file, allow_pickle=False)
            yield arrays


@contextmanager
def spooling(path: Path) -> Iterator[Spool]:
    """Yield a spool on the disk of a file that is to be written."""
    try:
        file = tempfile.TemporaryFile(dir=path.resolve().parent)  # noqa: SIM115 - closed below
    except OSError as fault:
        raise InputError(f"cannot write {path}: {fault.strerror or fault}") from None
    with file:
        yield Spool(file, path)


class ExactSum:
    """A sum that is right to the last digit, so that it does not depend on how a sample is cut into chunks."""

    def __init__(self) -> None:
        self._parts: list[float] = []

    def add(self, values: Floats) -> None:
        """Add all numbers of an array."""
        numbers = values.tolist()
        while part := _sum(numbers):  # the sum, then its rounding, until nothing is left
            self._parts.append(part)
            if not math.isfinite(part):
                break
            numbers.append(-part)

    @property
    def value(self) -> float:
        """The sum."""
        return _sum(self._parts)


def _sum(numbers: list[float]) -> float:
    try:
        return math.fsum(numbers)
    except (OverflowError, ValueError):  # beyond every number, or ∞ - ∞
        return sum(numbers)


def exact_sum(pieces: Iterable[Floats]) -> float:
    """Return the sum of all numbers in the pieces of an array, as `ExactSum`."""
    total = ExactSum()
    for piece in pieces:
        total.add(piece)
    return total.value
