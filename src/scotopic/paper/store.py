"""Finished figures: their reports as JSON beside the settings that they were made with, so that a run can go on."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

import scotopic
from scotopic.files import note_written, replacing
from scotopic.paper.report import Check, FigureReport
from scotopic.results_folder import digest, find_files

FOLDER = "finished"


@dataclass(frozen=True)
class Settings:
    """What a figure depends on: version and source of the program, seed, size of the run."""

    version: str
    source: str
    seed: int
    quick: bool


@dataclass(frozen=True)
class _File:
    path: str  # below the folder of the run
    sha256: str


@dataclass(frozen=True)
class _Stored:
    settings: Settings
    files: tuple[_File, ...]
    checks: tuple[Check, ...]


def settings_of(*, seed: int, quick: bool) -> Settings:
    """Return the settings of a run of this program."""
    return Settings(scotopic.__version__, _digest_of_source(), seed, quick)


@cache
def _digest_of_source() -> str:
    """Return a digest of the package's files: a version number does not move while the program is worked on."""
    folder = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".toml"):
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def save(name: str, report: FigureReport, settings: Settings, out: Path) -> None:
    """Store the report of a finished figure below `out`."""
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    files = tuple(_File(Path(one).relative_to(out).as_posix(), digest(Path(one))) for one in report["files"])
    stored = _Stored(settings, files, tuple(report["checks"]))
    with replacing(folder / f"{name}.json") as temporary:
        temporary.write_bytes(msgspec.json.format(msgspec.json.encode(stored)))


def load(name: str, settings: Settings, out: Path) -> FigureReport | str | None:
    """Return the report of a finished figure, why it must be made again, or None if it was never made here."""
    path = out / FOLDER / f"{name}.json"
    if not path.exists():
        return None
    try:
        stored = msgspec.json.decode(path.read_bytes(), type=_Stored)
    except (OSError, msgspec.DecodeError):
        return f"{path} is damaged"
    for field in ("version", "source", "seed", "quick"):
        if getattr(stored.settings, field) != getattr(settings, field):
            return f"it was made with another {'source of the program' if field == 'source' else field}"
    if not stored.files:
        return f"{path} names no files"
    # names are those of the folder, never the stored ones: these may come from anywhere
    inside = find_files(out, {file.path for file in stored.files})
    for file in stored.files:
        if file.path not in inside:
            return f"{file.path} is missing"
        if digest(inside[file.path]) != file.sha256:
            return f"{file.path} was changed"
    kept = [inside[file.path] for file in stored.files]
    for one in (*kept, path):
        note_written(one)
    return {"files": [str(one) for one in kept], "checks": list(stored.checks)}
