"""Hostile command lines for `bench/reliability.py`, from the program's own tree of commands."""

import random
from pathlib import Path

import click

from scotopic.app.cli import commands as program

NUMBERS = (
    "nan", "inf", "-inf", "-1", "0", "1e308", "-1e308", "1e400", "1e-300", "1e-400", "9" * 400, "0x10", "1_0", "٣",
    "1,5", "", "2147483648", "9223372036854775807", "-9223372036854775809", "1e18", "99999", "0.5", "1.0", "1e3",
)  # fmt: skip
TEXTS = (
    "", " ", "nan", "-1", "0", "9" * 400, "é", "\udcff", "a" * 300, "/dev/zero", ".", "{", "--", "=", ":::",
    "1:2:0", "9:1:1", "0:1e9:1e-9", "1:1e300:1", "-1:3:1", "nan:3:1", "$\\frac{$", "mass=", "=1", "a=b=c",
    "mass=nan", "mass=1e308", "mass=-1", "g=0", "g=1e300", "g=-1", "e- e+ >", "> > >", "e- e+ > " + "gamma " * 40,
    "e- e+ > e- e+ mu- mu+ gamma gamma", "e- e+ > mu- mu-", "mu- mu+ > e- e+", "e- e+ > nothing", "1/", "/fb",
    "1e999/fb", "1e-300/fb", "0/fb", "-1/fb", "nan/fb", "1e300/fb", "20/fb," * 200, "none.py", "none.toml", "%s",
    "\n", "٣", "-h", "x:y:z", "\x01", "theta:mu-:nan:160", "E:gamma:1e300:", "M:mu- mu+:-1:", "theta:mu-:160:20",
    "angle:gamma:0:1", "level=2", "level=nan", "kind=none", "column=absent", "mass=absent", "convention=a",
    "decays=e",
)  # fmt: skip
PATHS = (
    "", "/dev/null", "/dev/zero", "/dev/full", "/dev/stdin", "absent.lhe", "absent/absent.lhe", ".", "..", "/",
    "a" * 300, "a" * 250 + ".lhe", "é.parquet", "\udcff.lhe", "../../../../etc/passwd", "a/../b.lhe", "\n.root",
    "x:y", "/proc/self/mem", "/proc/self/cmdline", "~/x.lhe", "$HOME", "-", "out.lhe.gz.gz", ".lhe", "OUT.LHE",
)  # fmt: skip
GOOD = {
    "process": ("e- e+ > mu- mu+", "e- e+ > gamma gamma", "e- e+ > a gamma"),
    "n": ("5", "1"),
    "output": ("out.lhe", "out.hepmc.gz", "out.parquet", "out.root"),
    "file": (
        "{in}/few.lhe",
        "{in}/few.hepmc",
        "{in}/events.parquet",
        "{in}/spectrum.csv",
        "{in}/spectrum.root",
    ),
    "card": ("{in}/scan.toml",),
    "name": ("alp-gammagamma", "zprime-invisible", "darkphoton-visible", "bl-babar-visible"),
    "bound": ("bl-babar-visible", "{in}/bound.toml", "{in}/bound.csv", "{in}/bound.yaml", "{in}/mine.py"),
    "bounds": ("bl-babar-visible", "{in}/bound.toml"),
    "own": ("{in}/bound.toml", "{in}/cases"),
    "check": ("{in}/bound.toml", "{in}/bound.yaml"),
    "what": ("models", "bounds"),
    "figures": ("fig1", "fig2a"),
    "model": ("sm", "alp-photon", "dark-photon", "b-minus-l", "{in}/charges.toml"),
    "parameters": ("mass=1", "g=1e-3", "invisible=0.5"),
    "given": ("convention=dark-photon:epsilon", "level=0.9", "kind=observed"),
    "experiment": ("belle2-2018", "belle2-phase3", "babar", "{in}/experiment.toml"),
    "cuts": ("theta:mu-:20:160", "E:gamma:0.5:"),
    "data": ("{in}/detected.parquet", "{in}/candidates.root", "{in}/few.lhe"),
    "mapping": ("{in}/mapping.toml",),
    "masses": ("1:3:1", "2:2:1"),
    "luminosity_fb": ("20/fb", "445/pb"),
    "luminosities_fb": ("20/fb", "1/fb,50/ab"),
    "luminosity_error_fb": ("1/fb",),
    "kind": ("observed",),
    "out": ("out",),
    "table": ("out.csv",),
    "background_events": ("1000",),
    "rel_error": ("0.1",),
    "sqrt_s": ("10.58", "4"),
    "level": ("0.9",),
    "efficiency": ("0.5",),
    "toys": ("0", "2"),
    "workers": ("1", "2"),
}
"""Values by the name of a parameter; others are ``1``."""
OF_COMMAND = {
    ("simulate", "output"): ("out.parquet",),
    ("simulate", "file"): (
        "{in}/few.lhe",
        "{in}/few.hepmc",
        "{in}/events.parquet",
        "{in}/few.lhe.gz",
        "{in}/events.root",
    ),
    ("scan", "file"): ("{in}/spectrum.csv", "{in}/spectrum.root", "{in}/spectrum.json", "{in}/table.csv"),
    ("bounds", "name"): ("bl-babar-visible", "{in}/bound.toml", "{in}/bound.csv"),
    ("bounds", "model"): ("dark-photon", "alp-photon"),
    ("bounds", "experiment"): ("BaBar",),
    ("xsec", "model"): ("sm", "alp-photon"),
    ("generate", "model"): ("sm", "alp-photon"),
    ("signature", "model"): ("alp-photon",),
    ("signature", "coupling"): ("1e-4", "1e-6"),
    ("recast", "model"): ("dark-photon", "b-minus-l", "{in}/charges.toml"),
    ("exclude", "model"): ("dark-photon", "alp-photon", "{in}/charges.toml"),
}
"""The same where a command means something else by it."""
LONG = ("search", "project", "reproduce", "exclude")
"""Commands that may work for long on a line that is right; one line in ten is of them."""

Part = tuple[click.Parameter | None, list[str]]


def hostile_line(inputs: Path, rng: random.Random) -> list[str]:
    """Return a command line with good words and up to three faults."""
    name = rng.choice([name for name in sorted(program.commands) for _ in range(1 if name in LONG else 4)])
    parts: list[Part] = [(None, [name])]
    for option in program.commands[name].params:
        often = 0.8 if option.name == "figures" else 0.25
        if option.name == "as_json" or (not option.required and rng.random() > often):
            continue
        for _ in range(1 + (getattr(option, "multiple", False) and rng.random() < 0.2)):
            parts.append((option, _good(name, option, rng)))
    for _ in range(rng.choice((0, 1, 1, 1, 1, 1, 2, 3))):
        _spoil(parts, inputs, rng)
    if rng.random() < 0.6:
        parts.append((None, ["--json"]))
    if rng.random() < 0.06:
        _spoil_order(parts, rng)
    return [word.replace("{in}", str(inputs)) for _, words in parts for word in words]


def _good(command: str, option: click.Parameter, rng: random.Random) -> list[str]:
    words = [rng.choice(option.opts + option.secondary_opts)] if isinstance(option, click.Option) else []
    if getattr(option, "is_flag", False):
        return words
    name = option.name or ""
    choices = OF_COMMAND.get((command, name), GOOD.get(name, ("1",)))
    if isinstance(option.type, click.Choice):
        choices = tuple(option.type.choices)
    return [*words, str(rng.choice(choices))]


def _spoil(parts: list[Part], inputs: Path, rng: random.Random) -> None:
    """Replace, remove or repeat a word of a line."""
    option, words = rng.choice(parts[1:] or parts)
    kind = rng.random()
    if kind < 0.06 and words:
        words.pop()
    elif kind < 0.12:
        parts.append((option, list(words)))
    elif words:
        words[-1] = rng.choice(_hostile(option, inputs, rng))
        if rng.random() < 0.05:
            words[-1] = rng.choice((*NUMBERS, *TEXTS, *PATHS))


def _hostile(option: click.Parameter | None, inputs: Path, rng: random.Random) -> tuple[str, ...]:
    if option is None:
        return TEXTS
    if isinstance(
        option.type, click.types.IntParamType | click.types.FloatParamType | click.types.FloatRange
    ):
        return NUMBERS
    if isinstance(option.type, click.Path) or (
        option.name in ("bound", "bounds", "experiment") and rng.random() < 0.5
    ):
        files = tuple(str(path) for path in sorted(inputs.rglob("*")) if path.is_file())
        return files if rng.random() < 0.5 else PATHS
    return TEXTS


def _spoil_order(parts: list[Part], rng: random.Random) -> None:
    if rng.random() < 0.5:
        rng.shuffle(parts)
    else:
        word = rng.choice(("--no-code", "--unknown", "-x", "--version", "extra", "-h"))
        parts.insert(rng.randrange(len(parts) + 1), (None, [word]))
