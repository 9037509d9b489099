"""Options that several commands share, and the forms of their values."""

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from scotopic.errors import InputError
from scotopic.numerics.units import parse_luminosity
from scotopic.workers import MOST_WORKERS

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

MOST_MASSES = 100_000
MOST_EVENTS, MOST_SKIPPED, MOST_TOYS, MOST_SEED = 10**9, 10**12, 10**7, 2**63 - 1
LONGEST_NAME = 200
"""Bytes of the name of an output file; what is written first has a longer one."""
PATH = click.Path(path_type=Path)


def read_luminosity(context: click.Context, option: click.Parameter, text: str | None) -> float | None:
    """Return an integrated luminosity such as ``445/pb`` in 1/fb."""
    return None if text is None else parse_luminosity(text)


def read_masses(
    context: click.Context, option: click.Parameter, text: str | None
) -> tuple[float, ...] | None:
    """Return the mass hypotheses ``first:last:step`` in GeV, both ends included."""
    if text is None:
        return None
    try:
        first, last, step = (float(part) for part in text.split(":"))
    except ValueError:
        raise InputError(f"--masses {text!r}: expected first:last:step in GeV, such as 0.5:9:0.5") from None
    if not (math.isfinite(first + last + step) and 0.0 < first <= last and step > 0.0):
        raise InputError(f"--masses {text!r}: expected 0 < first <= last and a step above 0, in GeV")
    steps = math.floor((last - first) / step + 1e-9)
    if steps >= MOST_MASSES:
        raise InputError(f"--masses {text!r}: more than {MOST_MASSES} masses; choose a larger step")
    return tuple(round(first + i * step, 12) for i in range(steps + 1))


def read_parameters(
    context: click.Context, option: click.Parameter, pairs: tuple[str, ...]
) -> dict[str, float | str]:
    """Return ``--set`` pairs as a mapping of parameter to value; a word stays a word."""
    parameters: dict[str, float | str] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        name = name.strip()
        value: float | str
        try:
            value = float(text)
        except ValueError:
            value = text.strip()
        wrong = not math.isfinite(value) if isinstance(value, float) else not value.isidentifier()
        if not (name and equals) or wrong:
            raise InputError(f"--set {pair!r}: expected name=number, such as mass=1.5")
        if name in parameters:
            raise InputError(f"--set {pair!r}: {name} was already set to {parameters[name]}")
        parameters[name] = value
    return parameters


def read_pairs(context: click.Context, option: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    """Return pairs ``KEY=VALUE`` as a mapping of texts."""
    values: dict[str, str] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not (key.strip() and equals and text.strip()):
            raise InputError(
                f"{option.opts[0]} {pair!r}: expected KEY=VALUE, such as convention=alp-photon:g"
            )
        if key.strip() in values:
            raise InputError(f"{option.opts[0]} {pair!r}: {key.strip()} was already given")
        values[key.strip()] = text.strip()
    return values


def read_folder(context: click.Context, option: click.Parameter, path: Path | None) -> Path | None:
    """Refuse, before any work, a folder that cannot be written."""
    if path is None:
        return None
    _check_name(path, "--out")
    if path.exists() and not path.is_dir():
        raise InputError(f"--out {path}: is a file, expected a folder")
    _check_writable(path, f"--out {path}")
    return path


def read_output(context: click.Context, option: click.Parameter, path: Path | None) -> Path | None:
    """Refuse, before any work, an output file that cannot be written."""
    if path is None:
        return None
    what = f"{option.opts[0]} {str(path)[:100]}"
    _check_name(path, option.opts[0])
    if len(path.name.encode(errors="replace")) > LONGEST_NAME:
        raise InputError(f"{what}: a name of more than {LONGEST_NAME} bytes")
    if path.is_dir():
        raise InputError(f"{what}: is a folder, expected a file")
    if not path.parent.is_dir():
        raise InputError(f"{what}: the folder {path.parent} does not exist")
    _check_writable(path.parent, what)
    return path


def _check_name(path: Path, option: str) -> None:
    """Refuse a path that no file system takes."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except (OSError, ValueError) as fault:
        raise InputError(f"{option} {str(path)[:100]}: {getattr(fault, 'strerror', None) or fault}") from None


def _check_writable(folder: Path, what: str) -> None:
    existing = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not existing.is_dir():
        raise InputError(f"{what}: {existing} is a file, expected a folder")
    if not os.access(existing, os.W_OK):
        raise InputError(f"{what}: no permission to write in {existing}")


def read_positive(context: click.Context, option: click.Parameter, value: float | None) -> float | None:
    """Refuse numbers that are not positive and finite."""
    if value is not None and not (math.isfinite(value) and value > 0.0):
        raise InputError(f"{option.opts[0]} {value}: expected a positive, finite number")
    return value


def computing(command: Decorated) -> Decorated:
    """Add the options of every command that computes."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout."),
        click.option(
            "--workers",
            type=click.IntRange(1, MOST_WORKERS),
            default=1,
            show_default=True,
            help="Parallel processes.",
        ),
        click.option(
            "--seed",
            type=click.IntRange(0, MOST_SEED),
            default=1,
            show_default=True,
            help="Seed of all random numbers.",
        ),
    ):
        command = option(command)
    return command


def process_options(command: Decorated) -> Decorated:
    """Add the options that describe a process and its energy."""
    for option in (
        click.option(
            "--isr",
            type=click.Choice(["none", "collinear", "pt"]),
            default="none",
            show_default=True,
            help="Initial-state radiation: along the beams, or with transverse momentum.",
        ),
        click.option(
            "--fsr",
            type=click.Choice(["none", "exponentiated"]),
            default="none",
            show_default=True,
            help="Final-state radiation of all charged particles; cuts act before it.",
        ),
        click.option(
            "--alpha",
            type=click.Choice(["fixed", "running"]),
            default="fixed",
            show_default=True,
            help="Whether vacuum polarisation dresses internal photons.",
        ),
        click.option(
            "--cut",
            "cuts",
            multiple=True,
            metavar="WHAT:PARTICLES:MIN:MAX",
            help="Generation cut in the centre of mass, GeV and degrees; WHAT is E, p, pt, theta, costheta, "
            "abscostheta, M or angle. May be repeated.",
        ),
        click.option(
            "--sqrts",
            "sqrt_s",
            type=float,
            callback=read_positive,
            help="Centre-of-mass energy in GeV [default: 10.58, or the experiment's].",
        ),
        set_option,
        click.option(
            "--model",
            default="sm",
            show_default=True,
            help="Model by name, or the path of a .py file, which is executed.",
        ),
    ):
        command = option(command)
    return command


given_option = click.option(
    "--as",
    "given",
    multiple=True,
    metavar="[FILE:]KEY=VALUE",
    callback=read_pairs,
    help="What a user's file does not say: convention, level, kind, column, quantity, mass, shape, table, label, "
    "experiment; for recasting production, decays, lifetime, invisible_fraction. FILE: is for one of several files. "
    "May be repeated.",
)
set_option = click.option(
    "--set",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    callback=read_parameters,
    help="Parameter of the model. May be repeated.",
)
experiment_option = click.option(
    "--experiment",
    default="belle2-2018",
    show_default=True,
    help="Experiment by name, or the path of a card.",
)
frame_option = click.option(
    "--frame",
    type=click.Choice(["auto", "cm", "lab"]),
    default="auto",
    show_default=True,
    help="Frame of a file of events; auto reads it off the beam particles.",
)
