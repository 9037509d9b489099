"""A folder of results is one whole: marked incomplete before its first file, complete, with hashes, after its last.

The mark never names a file to open or to remove: names come from the folder itself and are compared with the mark's.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scotopic.errors import InputError
from scotopic.files import recording, write_whole
from scotopic.progress import say

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
        SHA-256 by path below the folder, of the last run that was complete.
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
        If the folder cannot be written.
    """
    before = read_state(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise InputError(f"cannot write {folder}: {fault.strerror or fault}") from None
    files = {} if before is None else before.files
    _write_state(folder, FolderState(False, files))
    with recording() as written:
        yield
    root = folder.resolve()
    kept = {path.relative_to(root).as_posix(): path for path in written if path.is_relative_to(root)}
    kept.pop(MARK, None)
    removed = _remove(path for name, path in _unchanged(folder, files) if name not in kept)
    _write_state(folder, FolderState(True, {name: digest(path) for name, path in sorted(kept.items())}))
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
    return (
        state is not None
        and state.complete
        and {name for name, _ in _unchanged(folder, state.files)} == set(state.files)
    )


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            found.update(piece)
    return found.hexdigest()


def _unchanged(folder: Path, files: dict[str, str]) -> Iterator[tuple[str, Path]]:
    if not files or not folder.is_dir():
        return
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if name in files and path.is_file() and not path.is_symlink() and digest(path) == files[name]:
            yield name, path


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
