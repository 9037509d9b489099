"""Hostile command lines for `bench/reliability.py`, from the program's own tree of commands."""

import random
from pathlib import Path

import click

from scotopic.app.cli import commands as program

GOOD = ["sm", "alp-photon", "dark-photon", "1", "0.5", "20/fb", "1:3:1", "belle2-2018", "mass=1"]
HOSTILE = [
    "", " ", "nan", "inf", "-1", "0", "1e400", "1e-400", "9" * 400, "0x10", "1_0", "é", "\udcff", "a" * 300,
    "/dev/null", "/dev/zero", "absent.lhe", ".", "{", "--", "=", ":::", "1:2:0", "9:1:1", "0:1e9:1e-9", "$\\frac{$",
    "mass=", "=1", "a=b=c", "e- e+ >", "> > >", "e- e+ > " + "gamma " * 40, "1/", "/fb", "1e999/fb", "none.py",
    "none.toml", "%s", "\n", "٣", "-h",
]  # fmt: skip


def hostile_line(inputs: Path, rng: random.Random) -> list[str]:
    """Return a command line with good and hostile words, from the program's own tree of commands."""
    name = rng.choice(sorted(program.commands))
    words = [name]
    good = [str(path) for path in sorted(inputs.iterdir())] + [
        "sm",
        "alp-photon",
        "dark-photon",
        "1",
        "0.5",
        "20/fb",
        "1:3:1",
    ]
    for option in program.commands[name].params:
        if isinstance(option, click.Option) and not option.required and rng.random() < 0.75:
            continue
        value = rng.choice(HOSTILE) if rng.random() < 0.6 else rng.choice(good)
        if isinstance(option.type, click.Choice) and rng.random() < 0.7:
            value = rng.choice(list(option.type.choices))
        if option.name in ("out", "output", "table") and not value.startswith("/dev"):
            value = rng.choice(("out", "out.lhe", "out.parquet", "a" * 300, "\udcff.lhe", "/dev/zero"))
        if isinstance(option, click.Option):
            words.append(option.opts[0])
        if not getattr(option, "is_flag", False):
            words.append(value)
    return words if rng.random() < 0.95 else [rng.choice(HOSTILE), *words]
