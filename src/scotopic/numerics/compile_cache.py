"""Compiled programs on disk, shared between runs: whole, of this version and processor, and nobody else's.

An entry is native code, so a folder that others can write to is not used. Each process works in a folder of its own,
with links to the kept entries; what it compiles is moved to the kept ones, under a name that holds its digest. Damaged
entries are removed, and compiled again.
"""

import atexit
import contextlib
import hashlib
import os
import platform
import shutil
import stat
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from scotopic.files import is_alive, own_start

DIGEST_LENGTH = 32
KEPT = "kept"
RUN = "run-"


@dataclass(frozen=True)
class CompileCache:
    """The folder where a process puts what it compiles, and that of the kept entries."""

    work: Path
    kept: Path

    def publish(self) -> None:
        """Move new entries to the kept ones, where each appears whole."""
        with contextlib.suppress(OSError):
            for entry in self.work.iterdir():
                if entry.is_file() and entry.stat().st_nlink == 1:
                    _keep(entry, self.kept)


def open_cache(folder: Path) -> CompileCache | None:
    """Return the cache below a folder, None where it cannot be used; a word says so where that is for safety."""
    root = folder / "jax" / machine_key()
    try:
        for made in (folder, folder / "jax", root, root / KEPT):
            made.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_ours_alone(made):
                warnings.warn(
                    f"{made}: others can write there, so compiled programs are not kept; SCOTOPIC_CACHE names another "
                    "folder",
                    stacklevel=2,
                )
                return None
        _sweep(root)
        work = root / f"{RUN}{os.getpid()}-{own_start()}"
        work.mkdir(mode=0o700, exist_ok=True)
        for entry in (root / KEPT).iterdir():
            _take(entry, work)
    except OSError:
        return None  # a read-only home only costs the compile time
    cache = CompileCache(work, root / KEPT)
    atexit.register(_close, cache, os.getpid())
    return cache


def machine_key() -> str:
    """Return a short name of the compiler's version and of the processor: entries of another are not looked at."""
    parts = [version("jax"), version("jaxlib"), platform.machine(), platform.system(), *_processor()]
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()


def _processor() -> Sequence[str]:
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        wanted = ("model name", "flags", "Features", "CPU part")
        return sorted({line for line in lines if line.startswith(wanted)})
    return [platform.processor()]


def _is_ours_alone(folder: Path) -> bool:
    if not hasattr(os, "getuid"):
        return True
    found = folder.stat()
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=DIGEST_LENGTH // 2).hexdigest()


def _keep(entry: Path, kept: Path) -> None:
    target = kept / f"{_digest(entry.read_bytes())}-{entry.name}"
    if target.exists():
        return
    half = kept / f".{os.getpid()}-{entry.name}"
    shutil.copyfile(entry, half)
    os.replace(half, target)


def _take(entry: Path, work: Path) -> None:
    digest, _, name = entry.name.partition("-")
    with contextlib.suppress(OSError):
        if (
            entry.name.startswith(".")
            or len(digest) != DIGEST_LENGTH
            or _digest(entry.read_bytes()) != digest
        ):
            entry.unlink()
            return
        with contextlib.suppress(FileExistsError):
            try:
                os.link(entry, work / name)
            except (OSError, NotImplementedError) as fault:
                if isinstance(fault, FileExistsError):
                    raise
                shutil.copyfile(entry, work / name)


def _sweep(root: Path) -> None:
    for left in root.glob(f"{RUN}*"):
        process, _, start = left.name.removeprefix(RUN).partition("-")
        if process.isdecimal() and start.isdecimal() and not is_alive(int(process), int(start)):
            shutil.rmtree(left, ignore_errors=True)


def _close(cache: CompileCache, process: int) -> None:
    if os.getpid() == process:
        cache.publish()
        shutil.rmtree(cache.work, ignore_errors=True)
