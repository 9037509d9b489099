"""Limits of Darkcast: a ``.py`` file that describes a limit and the ``.lmt`` file of its numbers.

The Python file is parsed, never executed: assignments of `model`, `production`, `decay`, `bounds`,
`efficiency`, `bibtex` and `notes` are read off its syntax tree. What is a function of the user's own stays
unread, and the bound then does not carry over to other models.
"""

import ast
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from scotopic.bounds.bound import Bound, Citation, Kind, Reading
from scotopic.bounds.polygon import below_zero, from_intervals
from scotopic.bounds.readers.cells import number_columns, read_blocks
from scotopic.bounds.readers.curves import Pieces, freeze, read_curve, two_sided
from scotopic.bounds.readers.darkcast_names import DECAYS, MODELS, MUONIC, mechanism
from scotopic.bounds.readers.given import Given
from scotopic.bounds.readers.names import kind_of_text
from scotopic.bounds.readers.sheet import kind_of_path
from scotopic.bounds.rescaling import (
    AnyLifetime,
    Flight,
    Lifetime,
    Production,
    ProperTimes,
    RequiredRate,
    Rescaling,
    Shielded,
    single,
)
from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats
from scotopic.physics.standard_model import MUON_MASS
from scotopic.text_files import read_text, shown

SECOND = 1.0e9  # ns
LIGHT = 299792458.0  # m/s
MESONS = {"mms['phi']": 1.019461, "mms['eta']": 0.547862}  # GeV, PDG 2022
_OTHER_NUMBERS = re.compile(r"(?<![A-Za-z])[kMT]?eV(?![A-Za-z])|\^\s*2|²|log")
"""In a comment: numbers that are not those of Darkcast's files."""
LARGEST_SCRIPT = 300_000  # bytes; a syntax tree takes 500 times as many
INVISIBLE = 0.99
"""Branching fraction that Darkcast's invisible limits assume: a dark width 99 times the visible one."""


def read_darkcast(path: Path, given: Given) -> Bound:
    """Return the bound of a Darkcast pair, named by either file.

    Raises
    ------
    InputError
        If one file is missing, the Python file has no `bounds`, or the numbers are no curve.
    """
    script = path.with_suffix(".py")
    found = _assignments(script)
    numbers, breaks = _numbers(script, found, path)
    if numbers.shape[1] > 3:
        raise InputError(f"{script}: its numbers have {numbers.shape[1]} columns, expected 2 or 3")
    text = _argument(found.get("model"))
    model = MODELS.get(text if isinstance(text, str) else "")
    if model is None:
        raise InputError(f"{script}: model {shown(text)} is not known, known are {', '.join(MODELS)}")
    convention = "lmu-ltau:gprime" if script.stem in MUONIC else model
    if given.convention not in ("", convention):
        raise InputError(
            f"{script}: is a limit in {convention}; convention={given.convention} contradicts it"
        )
    for key in ("column", "quantity", "mass", "table"):
        if getattr(given, key):
            raise InputError(f"{script}: {key}= cannot be given for a Darkcast pair, which is in GeV")
    decays = _decays(found.get("decay"), script)
    pieces, shape, notes, lifetime = _outline(script, path, numbers, breaks, found, given)
    production = _production(found.get("production"), script)
    if script.stem in MUONIC:
        production = single("e- e+ > mu- mu+ V")
    refused = next((x for x in (production, lifetime) if isinstance(x, str)), "")
    bibtex = _text(found.get("bibtex"))
    said = " ".join(_text(found.get("notes"))[:2000].split())
    return Bound(
        name=script.stem,
        label=given.label or script.stem.split("_")[0],
        experiment=given.experiment or script.stem.split("_")[0],
        process=said or "not stated in the file",
        model=convention.partition(":")[0],
        convention=convention,
        kind=given.kind or _kind(script, said, _argument(found["bounds"])),  # type: ignore[arg-type]
        level=given.level,
        level_kind="unstated",
        luminosity_fb=None,
        branching_fraction=1.0,
        shape=shape,  # type: ignore[arg-type]
        pieces=freeze(pieces),
        supersedes=(),
        citation=Citation(
            _citation(bibtex), _field(bibtex, "eprint"), _field(bibtex, "doi"), bibtex.strip(), "R"
        ),
        reading=Reading(
            "; ".join(("as in the Darkcast file", *notes)),
            str(script),
            "GPL-2.0-or-later: the user's copy",
            "R",
        ),
        rescaling=Rescaling(
            production if isinstance(production, Production) else Production((), np.empty(0)),
            decays,
            lifetime if not isinstance(lifetime, str) else AnyLifetime(),
            INVISIBLE if decays == ("invisible",) and "dwidth" in ast.dump(found["model"]) else None,
            refused,
        ),
    )


def _outline(
    script: Path,
    path: Path,
    numbers: Floats,
    breaks: tuple[int, ...],
    found: dict[str, ast.expr],
    given: Given,
) -> tuple[Pieces, str, tuple[str, ...], Lifetime | str]:
    """Return the pieces, their shape, notes on them, and the lifetime that they were found for or why there is none."""
    if numbers.shape[1] == 3 and _is_ratio_table(numbers, str(path)):
        required = _required_rate(numbers, str(path))
        return _excluded(required, script), "region", (), required
    try:
        lifetime = _lifetime(found.get("efficiency"))
    except OverflowError:
        raise InputError(f"{script}: efficiency has a number that no float holds") from None
    if numbers.shape[1] == 3:
        curve = two_sided(numbers[:, 0], numbers[:, 1], numbers[:, 2], str(path), breaks)
    else:
        curve = read_curve(numbers[:, 0], numbers[:, 1], str(path), breaks=breaks, shape=given.shape)
    return curve.pieces, curve.shape, curve.notes, lifetime


def _assignments(script: Path) -> dict[str, ast.expr]:
    text = read_text(script, LARGEST_SCRIPT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of \\p in their texts
            tree = ast.parse(text, str(script))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        raise InputError(f"{script}: not valid Python ({' '.join(str(fault).split())[:200]})") from None
    found = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for name in ("model", "production", "decay", "bounds", "efficiency"):
        if name not in found:
            raise InputError(f"{script}: no assignment of {name}; expected a limit of Darkcast")
    return found


def _argument(node: ast.expr | None) -> Any:
    """Return the first argument of a call if it is a literal, else None."""
    if isinstance(node, ast.Call) and node.args:
        return _literal(node.args[0])
    return None


def _literal(node: ast.expr | None) -> Any:
    """Return the value of an expression of constants, else None."""
    try:
        return ast.literal_eval(node) if node is not None else None
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError, OverflowError):
        return None


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _numbers(script: Path, found: dict[str, ast.expr], path: Path) -> tuple[Floats, tuple[int, ...]]:
    named = _argument(found["bounds"])
    name = Path(named).name if isinstance(named, str) else "?"
    return _read_numbers(path if path.suffix == ".lmt" else script.with_name(name))


def _read_numbers(file: Path) -> tuple[Floats, tuple[int, ...]]:
    """Return the numbers of a file as (rows, columns), and the rows before which a blank line stands."""
    text = read_text(file)
    for line in text.splitlines():
        if line.lstrip().startswith(("#", "//")) and _OTHER_NUMBERS.search(line[:500]):
            raise InputError(
                f"{file}: {line.strip()[:60]!r}: expected masses in GeV and couplings, as Darkcast has them"
            )
    blocks = read_blocks(text, str(file), ("#", "//"))
    if len(blocks) > 1:
        raise InputError(
            f"{file}: line {blocks[1].lines[0] - 1}: {' '.join(blocks[1].names)[:60]!r} is not numbers"
        )
    numbers = np.column_stack(number_columns(blocks[0], str(file)))
    if numbers.shape[0] < 2 or numbers.shape[1] < 2:
        raise InputError(f"{file}: fewer than two lines of mass and coupling")
    return numbers, blocks[0].breaks


def _decays(node: ast.expr | None, script: Path) -> tuple[str, ...]:
    value = _literal(node)
    names = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    if value == "none":
        return ()
    unknown = [name for name in names if not isinstance(name, str) or name not in DECAYS]
    if not names or unknown:
        said = ", ".join(map(shown, unknown[:5])) or shown(value)
        raise InputError(f"{script}: decay {said} is not known, known are {', '.join(DECAYS)}")
    return tuple(DECAYS[name] for name in names)


def _production(node: ast.expr | None, script: Path) -> Production | str:
    """Return the production, or why it cannot be read."""
    argument = _argument(node)
    if isinstance(argument, str):
        shares: dict[str, float] = {argument: 1.0}
    elif isinstance(argument, dict) and all(
        isinstance(name, str) and isinstance(x, int | float) and 0.0 <= x <= 1e6
        for name, x in argument.items()
    ):
        shares = {name: float(share) for name, share in argument.items() if share > 0.0}
    else:
        inner = node.args[0] if isinstance(node, ast.Call) and node.args else None
        file = _argument(inner)
        if isinstance(file, str) and file:
            return _production_table(script.with_name(Path(file).name))
        scattered = _scattering(script)
        return scattered or "its production is a function in the user's file"
    names = {name: mechanism(name) for name in shares}
    unknown = [name for name, known in names.items() if not known]
    if unknown:
        return f"its production {', '.join(unknown)} is not known"
    total = sum(shares.values())
    if not shares:
        return "its production has no mechanism"
    return Production(tuple(names.values()), np.array([shares[name] / total for name in names]))


def _scattering(script: Path) -> Production | None:
    """Return neutrino scattering, by the experiment's name: Darkcast writes its rate as a function."""
    for name, found in (
        ("Borexino", "nu_sun e- > nu_sun e-"),
        ("CHARMII", "nu_mu e- > nu_mu e-"),
        ("Texono", "nu_e~ e- > nu_e~ e-"),
        ("TEXONO", "nu_e~ e- > nu_e~ e-"),
    ):
        if script.stem.startswith(name):
            return Production((found,), np.ones(1))
    return None


def _production_table(file: Path) -> Production | str:
    text = read_text(file)
    header = next((line for line in text.splitlines() if line.lstrip().startswith("#")), "")
    names = header.replace("#", " ").split()[1:]
    table, _ = _read_numbers(file)
    known = [mechanism(name) for name in names]
    if len(names) != table.shape[1] - 1 or not all(known):
        return f"the production table {file.name} names mechanisms that are not known"
    used = table[:, 1:].max(axis=0) > 0.0
    return Production(
        tuple(one for one, is_used in zip(known, used, strict=True) if is_used),
        table[:, 1:].T[used],
        table[:, 0],
    )


def _lifetime(node: ast.expr | None) -> Lifetime | str:
    """Return the lifetime window, or why it cannot be read."""
    keywords = {k.arg: k.value for k in node.keywords} if isinstance(node, ast.Call) else {}
    if "lratio" in keywords:
        ratio = _value(keywords["lratio"], 0.0)
        return "its lifetime ratio is not a number" if ratio is None else Shielded(1.0, ratio)
    last = keywords.get("t1")
    first = _value(keywords.get("t0", ast.Constant(0.0)), 0.0)
    if last is None or first is None:
        return "its lifetime window is not a number"
    constant = _value(last, np.inf)
    if constant is not None:
        return (
            AnyLifetime()
            if np.isinf(constant) and first == 0.0
            else ProperTimes(first * SECOND, constant * SECOND)
        )
    if isinstance(last, ast.Lambda):
        if first == 0.0 and _is_flight_at_the_phi(last.body):
            return Flight("kloe-prompt")
        # a + b/(m - 2 m_μ), as in the prompt searches of LHCb: two masses give a and b, a third one checks
        near, far, third = (_value(last.body, 2.0 * MUON_MASS + x) for x in (0.1, 10.0, 1.0))
        if near is not None and far is not None and third is not None:
            b = (near - far) / (10.0 - 0.1)
            a = near - 10.0 * b
            if abs(a + b - third) < 1e-3 * abs(third):
                return ProperTimes(first * SECOND, a * SECOND, b * SECOND, 2.0 * MUON_MASS)
    return "its lifetime window is a function in the user's file"


def _is_flight_at_the_phi(node: ast.expr) -> bool:
    """Return whether a time is that of 8 cm/γ behind a photon or an η at the φ: prompt searches of KLOE."""
    phi, eta = MESONS.values()
    masses = np.array([0.1, 0.3, 0.47])
    times = [_value(node, float(mass)) for mass in masses]
    if None in times:
        return False
    flights = [0.16 * phi * masses / (phi**2 + masses**2 - recoil**2) / LIGHT for recoil in (0.0, eta)]
    return any(np.allclose(np.array(times, dtype=float), one, rtol=1e-3, atol=0.0) for one in flights)


def _value(node: ast.expr, mass: float) -> float | None:
    """Return the value of arithmetic over numbers, m, float("inf") and Darkcast's constants; else None."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.Name) and node.id == "m":
        return mass
    if isinstance(node, ast.Call) and ast.unparse(node) in ("float('inf')", "float('infinity')"):
        return float("inf")
    if isinstance(node, ast.Subscript) and ast.unparse(node).endswith("mfs['mu']"):
        return MUON_MASS
    if isinstance(node, ast.Subscript):
        return next((mass for name, mass in MESONS.items() if ast.unparse(node).endswith(name)), None)
    if isinstance(node, ast.Attribute) and ast.unparse(node).endswith("pars.c"):
        return LIGHT
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left, mass), _value(node.right, mass)
        if left is None or right is None:
            return None
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Div) and right != 0.0:
            return left / right
        if isinstance(node.op, ast.Pow) and right == 2.0:
            return left**2
    return None


def _is_ratio_table(numbers: Floats, place: str) -> bool:
    """Return whether the third column is a ratio at each of several couplings, and not the end of an interval."""
    count = len(np.unique(numbers[:, 0]))
    if count == len(numbers):
        return False
    ordered = numbers[np.lexsort((numbers[:, 1], numbers[:, 0]))]
    same = ordered[1:, 0] == ordered[:-1, 0]
    if (ordered[:-1, 2] <= ordered[1:, 1])[same].all():  # the intervals at one mass lie apart
        return False
    if count < 0.5 * len(numbers):
        return True
    if count > 0.8 * len(numbers):  # masses that a pen met twice
        return False
    raise InputError(f"{place}: several rows of one mass, neither intervals apart nor a table of ratios")


def _required_rate(numbers: Floats, place: str) -> RequiredRate:
    if not (np.isfinite(numbers).all() and (numbers > 0.0).all()):
        raise InputError(f"{place}: a table of ratios must have positive, finite numbers")
    masses = np.unique(numbers[:, 0])
    per_mass = [numbers[numbers[:, 0] == m] for m in masses]
    count = min(map(len, per_mass))
    ordered = [one[np.argsort(one[:, 1])][:count] for one in per_mass]
    return RequiredRate(masses, np.stack([o[:, 1] for o in ordered]), np.stack([o[:, 2] for o in ordered]))


def _excluded(required: RequiredRate, script: Path) -> Pieces:
    """Return the outlines of a ratio below 1, straight in the logarithms between tabulated couplings."""
    logarithms = zip(np.log(required.couplings), np.log(required.ratios), strict=True)
    intervals = [below_zero(couplings, ratios) for couplings, ratios in logarithms]
    pieces = from_intervals(required.masses, intervals)
    if not pieces:
        raise InputError(f"{script}: its ratios are below 1 nowhere: nothing is excluded")
    return pieces


def _kind(script: Path, said: str, numbers: object) -> Kind:
    """Return the kind by the names of files and folders, and by what the notes say."""
    if script.stem.endswith(("_2l", "_2u")):
        return "band"
    folder = Path(numbers).parent.name if isinstance(numbers, str) else ""
    found = kind_of_path(script) or kind_of_text(folder, prose=True) or kind_of_text(said, prose=True)
    return found or "observed"  # type: ignore[return-value]


def _field(bibtex: str, name: str) -> str:
    found = re.search(rf'\b{name}\s*=\s*["{{]+([^"}}]+)', bibtex)
    return found[1].strip() if found else ""


def _citation(bibtex: str) -> str:
    parts = [
        _field(bibtex, name) for name in ("collaboration", "author", "journal", "volume", "year", "pages")
    ]
    return ", ".join(" ".join(part.split()) for part in parts if part) or "not stated in the file"
