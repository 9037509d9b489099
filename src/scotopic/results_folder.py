"""A folder of results is one whole: marked incomplete before its first file, complete, with hashes, after its last.

The mark never names a file to open or to remove: names come from the folder itself and are compared with the mark's.
"""

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from scotopic.errors import InputError
from scotopic.files import recording, write_whole
from scotopic.progress import say

if sys.platform != "win32":
    import fcntl

MARK = "folder.json"
PIECE = 1 << 20  # bytes


@dataclass(frozen=True)
class FolderState:
    """What the mark of a folder says.

    Attributes
    ----------
    complete : bool
        False from before the first file of a run to after its last.
    files : dict
        SHA-256 by path below the folder: of a complete run its own; else those of earlier runs too.
    """

    complete: bool
    files: dict[str, str]


@contextmanager
def filling(folder: Path) -> Iterator[None]:
    """Mark a folder while files are written into it, and remove what an earlier run left and this one did not write.

    Files that were changed since, or were never ours, stay.

    Raises
    ------
    InputError
        If the folder cannot be written, or another run fills it at the moment.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise InputError(f"cannot write {folder}: {fault.strerror or fault}") from None
    with _held(folder):
        yield from _filled(folder)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a folder for this run alone; the system lets go of it when the run ends, however that does."""
    if sys.platform == "win32":
        yield
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as fault:
        raise InputError(f"cannot write {folder}: {fault.strerror or fault}") from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(
                f"another run writes its results into {folder}; wait for its end or give another folder"
            ) from None
        except OSError:  # a file system without locks
            pass
        yield
    finally:
        os.close(handle)


def _filled(folder: Path) -> Iterator[None]:
    before = read_state(folder)
    earlier = {} if before is None else before.files
    written: dict[str, str] = {}
    _write_state(folder, FolderState(False, earlier))
    root = folder.resolve()

    def record(path: Path) -> None:
        if path == root / MARK or not path.is_relative_to(root):
            return
        written[path.relative_to(root).as_posix()] = digest(path)
        # at once: a run that is killed leaves a mark of its files, so that the next can tell them
        _write_state(folder, FolderState(False, earlier | written))

    with recording(record):
        yield
    left = {name: value for name, value in earlier.items() if name not in written}
    removed = _remove(_unchanged(folder, left).values())
    _write_state(folder, FolderState(True, dict(sorted(written.items()))))
    if removed:
        say(f"{folder}: {removed} files of an earlier run were removed")


def read_state(folder: Path) -> FolderState | None:
    """Return what the mark of a folder says, None if there is none or it is damaged."""
    try:
        content = json.loads((folder / MARK).read_bytes())
        complete, files = content["complete"], content["files"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    if not isinstance(complete, bool) or not isinstance(files, dict):
        return None
    return FolderState(complete, {str(name): str(value) for name, value in files.items()})


def is_whole(folder: Path) -> bool:
    """Return whether a folder is marked complete and holds the files of that run, unchanged."""
    state = read_state(folder)
    return state is not None and state.complete and set(_unchanged(folder, state.files)) == set(state.files)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            found.update(piece)
    return found.hexdigest()


def find_files(folder: Path, names: Collection[str]) -> dict[str, Path]:
    """Return the regular files of a folder whose path below it is among names.

    Paths come from the folder, never from the names, which may come from anywhere; folders without such a file are
    not looked into.
    """
    above = {str(place) for name in names for place in PurePosixPath(name).parents}
    found: dict[str, Path] = {}
    waiting = [(folder, "")]
    while waiting:
        place, start = waiting.pop()
        with contextlib.suppress(OSError), os.scandir(place) as entries:
            for entry in entries:
                name = start + entry.name
                if name in names and entry.is_file(follow_symlinks=False):
                    found[name] = place / entry.name
                elif name in above and entry.is_dir(follow_symlinks=False):
                    waiting.append((place / entry.name, f"{name}/"))
    return found


def _unchanged(folder: Path, files: dict[str, str]) -> dict[str, Path]:
    if not files:
        return {}
    return {name: path for name, path in find_files(folder, files).items() if digest(path) == files[name]}


def _remove(paths: Iterable[Path]) -> int:
    count = 0
    for path in list(paths):
        path.unlink(missing_ok=True)
        count += 1
    return count


def _write_state(folder: Path, state: FolderState) -> None:
    write_whole(
        folder / MARK,
        (json.dumps({"complete": state.complete, "files": state.files}, indent=1) + "\n").encode(),
    )
