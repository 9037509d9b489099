"""Files appear whole or not at all, under their own name only when they are complete.

Temporary files carry host, process and its start in their name, so that those of dead runs can be told and swept.
"""

import contextlib
import itertools
import os
import re
import shutil
import socket
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from scotopic.errors import InputError

PREFIX = ".scotopic-"
OWNER = re.compile(r"\.scotopic-([0-9a-f]{8})-(\d+)-(\d+)-\d+-")
LONGEST_NAME = 255  # bytes, of the usual file systems

_numbers = itertools.count()
_unfinished: set[Path] = set()
_swept: set[Path] = set()
_records: list[Callable[[Path], None]] = []
_end: type[BaseException] | None = None  # that the process was told


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; it takes the name `path` on success and goes on failure.

    Links are followed; a file that is there gives its permissions. Folders above are made by the caller.

    Raises
    ------
    InputError
        If the folder does not exist, the place is no regular file or a protected one, or the disk refuses.
    """
    path = Path(path)
    target = _target(path)
    sweep(target.parent)
    temporary = target.with_name(_temporary_name(target.name))
    _unfinished.add(temporary)
    try:
        # a link that waits under this name in a folder of many users is not followed
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        if target.exists():
            shutil.copymode(target, temporary)
        yield temporary
        _settle(temporary)
        if _end is not None:
            raise _end
        os.replace(temporary, target)
        _settle(target.parent)
        note_written(target)
    except OSError as fault:
        raise InputError(f"cannot write {path}: {fault.strerror or fault}") from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        _unfinished.discard(temporary)


def stop_publishing(end: type[BaseException] | None) -> None:
    """Let no file get its name any more, but raise an end; None lets them again.

    An end that a compiled library swallowed leaves its work half done, and what follows from that is no result.
    """
    global _end
    _end = end


def write_whole(path: str | Path, content: bytes) -> None:
    """Write a file in one piece; errors as for `replacing`."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_file(path: str | Path, content: bytes) -> None:
    """Write a file in one piece and make the folders above it; errors as for `replacing`."""
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise InputError(f"{path}: cannot write there ({fault.strerror})") from None
    write_whole(path, content)


@contextmanager
def recording(record: Callable[[Path], None]) -> Iterator[None]:
    """Call `record` with each file that is written inside."""
    _records.append(record)
    try:
        yield
    finally:
        _records.remove(record)


def note_written(path: Path) -> None:
    """Count a file as written by this run: it was, or is as it would be."""
    for record in list(_records):
        record(path.resolve())


def sweep(folder: Path) -> None:
    """Remove temporary files that dead runs of this host left in a folder; looked at once per process."""
    if folder in _swept:
        return
    _swept.add(folder)
    with contextlib.suppress(OSError):
        for left in folder.glob(f"{PREFIX}*"):
            owner = OWNER.match(left.name)
            if owner and owner[1] == _host() and not is_alive(int(owner[2]), int(owner[3])):
                with contextlib.suppress(OSError):
                    left.unlink()


def sweep_unfinished() -> None:
    """Remove the temporary files of this process, which is about to end."""
    for left in list(_unfinished):
        with contextlib.suppress(OSError):
            left.unlink(missing_ok=True)


def _target(path: Path) -> Path:
    try:
        target = path.resolve()
        if not target.parent.is_dir():
            raise InputError(f"cannot write {path}: the folder {path.parent} does not exist")
        if target.exists() and not target.is_file():
            raise InputError(f"cannot write {path}: it is no regular file; expected the name of one")
        if target.exists() and not os.access(target, os.W_OK):
            raise InputError(f"cannot write {path}: it is protected from writing")
    except (OSError, RuntimeError, ValueError) as fault:
        if isinstance(fault, InputError):
            raise
        raise InputError(f"cannot write {path}: {getattr(fault, 'strerror', None) or fault}") from None
    return target


def _temporary_name(name: str) -> str:
    start = f"{PREFIX}{_host()}-{os.getpid()}-{own_start()}-{next(_numbers)}-"
    kept = os.fsencode(name)[-(LONGEST_NAME - len(start)) :]  # the ending tells writers the format
    return start + kept.decode(errors="ignore")


def _settle(path: Path) -> None:
    # on the disk before it gets its name, and the name too; folders cannot be opened everywhere
    flags = os.O_RDONLY
    try:
        handle = os.open(path, flags)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        if not path.is_dir():
            raise
    finally:
        os.close(handle)


@cache
def _host() -> str:
    """Return a short name of the host and of its space of process numbers, of which containers have their own."""
    parts = [socket.gethostname()]
    with contextlib.suppress(OSError):
        parts.append(os.readlink("/proc/self/ns/pid"))
    return f"{zlib.crc32(' '.join(parts).encode()):08x}"


def _started(process: int) -> int | None:
    """Return when a process started, in the system's ticks, None where there is no such process or no telling."""
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None


def own_start() -> int:
    """Return when this process started, for `is_alive`; 0 where the system does not tell."""
    return _started(os.getpid()) or 0


def is_alive(process: int, started: int) -> bool:
    """Return whether a process of this host that started then still runs; a reused number is another process."""
    if Path("/proc/self/stat").exists():
        return _started(process) == started
    if os.name == "nt":
        return True  # the signal 0 would be Ctrl-C there
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        pass
    return True
