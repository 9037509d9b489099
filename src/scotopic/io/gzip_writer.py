"""Files to write, plain or gzip; the same content gives the same bytes, for no name and no time is kept."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast


@contextmanager
def writing(path: Path, packed: bool) -> Iterator[IO[bytes]]:
    """Yield the file at `path`, open for writing; what is written is packed where asked for."""
    with open(path, "wb") as file:
        if not packed:
            yield file
            return
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as zipped:
            yield cast(IO[bytes], zipped)
