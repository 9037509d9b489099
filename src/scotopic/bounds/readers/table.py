"""Comma-separated tables with ``# key: value`` lines: what `scotopic bounds --csv` writes, and curves of others."""

import re
from collections.abc import Mapping
from pathlib import Path

from scotopic.bounds.bound import Bound, Citation, Kind, Reading, Shape
from scotopic.bounds.conventions import CONVENTIONS
from scotopic.bounds.readers.curves import Pieces, freeze, read_columns, read_text, two_sided, upper_limit
from scotopic.bounds.readers.given import Given
from scotopic.errors import InputError

UNITS = {"eV": 1.0e-9, "keV": 1.0e-6, "MeV": 1.0e-3, "GeV": 1.0, "TeV": 1.0e3}

COUPLINGS = (
    (r"g_a\W?gamma|g_agammagamma|g_aγγ", "alp-photon:g"),
    (r"^epsilon", "dark-photon:epsilon"),
    (r"^Y\b", "dark-photon:y"),
    (r"^g'|^g′|gprime", "lmu-ltau:gprime"),
    (r"g_\{?B-L", "b-minus-l:g"),
    (r"sin\(?theta|sinθ", "dark-scalar:sintheta"),
)
"""How files of others name what the package calls by a convention."""

KINDS: tuple[tuple[str, Kind], ...] = (
    ("recast", "recast"),
    ("derived limit", "recast"),
    ("projection", "projection"),
    ("band", "band"),
    ("target", "target"),
    ("expected", "expected"),
    ("envelope", "compilation"),
    ("region", "compilation"),
    ("limit", "observed"),
    ("observed", "observed"),
)
LEVEL = re.compile(r"(\d{2}(?:\.\d+)?)\s*%|\b(0\.\d+)\b")
ARXIV = re.compile(r"\d{4}\.\d{4,5}|[a-z-]+/\d{7}")


def read_table(path: Path, given: Given) -> Bound:
    """Return the bound of a table.

    Columns: a mass with its unit in the name (``mass_GeV``), the coupling, and optionally
    ``coupling_upper``, the upper edge of a two-sided exclusion. Header keys: convention or coupling,
    experiment, process, kind, confidence_level, paper_arxiv, source_repo, source_licence, label.

    Raises
    ------
    InputError
        If the file says neither its convention nor the unit of its mass, or the numbers are no curve.
    """
    text = read_text(path)
    header = _header(text)
    columns = _columns(text, path)
    convention = given.convention or _convention(header, path)
    kind = given.kind or _kind(header)
    pieces, shape = _pieces(text, columns, path)
    level_text = header.get("confidence_level", header.get("level", ""))
    found = LEVEL.search(level_text)
    level = float(found[1]) / 100.0 if found and found[1] else float(found[2]) if found else None
    arxiv = ARXIV.search(header.get("paper_arxiv", header.get("arxiv", "")))
    return Bound(
        name=path.stem,
        label=given.label or header.get("label", path.stem.replace("_", " ")),
        experiment=given.experiment or header.get("experiment", path.stem),
        process=header.get("process", "not stated in the file"),
        model=convention.partition(":")[0],
        convention=convention,
        kind=kind,  # type: ignore[arg-type]
        level=given.level if given.level is not None else level,
        level_kind="Bayesian" if "ayesian" in level_text else "unstated",
        luminosity_fb=None,
        branching_fraction=1.0,
        shape=shape,
        pieces=freeze(pieces),
        supersedes=(),
        citation=Citation(
            header.get("paper_arxiv", "not stated in the file"), arxiv[0] if arxiv else "", "", "", "M"
        ),
        reading=Reading(
            header.get("origin_of_numbers", "as in the file"),
            header.get("source_repo", str(path)),
            header.get("source_licence", "the user's copy"),
            "R",
        ),
        assumptions=_assumptions(convention, header),
    )


def _header(text: str) -> dict[str, str]:
    pairs = (line[1:].partition(":") for line in text.splitlines() if line.startswith("#"))
    return {key.strip(): value.strip() for key, colon, value in pairs if colon}


def _columns(text: str, path: Path) -> list[str]:
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            names = [name.strip() for name in line.split(",")]
            unit = names[0].partition("_")[2]
            if names[0].startswith("mass") and unit in UNITS and len(names) > 1:
                return names
            break
    raise InputError(
        f"{path}: the first line that is no comment must name the columns, such as mass_GeV,coupling; "
        f"known units are {', '.join(UNITS)}"
    )


def _convention(header: Mapping[str, str], path: Path) -> str:
    stated = header.get("convention", "")
    if stated in CONVENTIONS:
        return stated
    coupling = header.get("coupling", "")
    for pattern, convention in COUPLINGS:
        if re.search(pattern, coupling):
            return convention
    raise InputError(
        f"{path}: what the second column is stays open (convention: {stated!r}, coupling: {coupling!r}); "
        f"give convention=NAME, one of {', '.join(CONVENTIONS)}"
    )


def _kind(header: Mapping[str, str]) -> Kind:
    stated = header.get("kind", "")
    return next((kind for word, kind in KINDS if word in stated), "observed")


def _pieces(text: str, columns: list[str], path: Path) -> tuple[Pieces, Shape]:
    table = read_columns(text, str(path))
    if table.shape[1] != len(columns):
        raise InputError(f"{path}: {len(columns)} column names but {table.shape[1]} numbers per line")
    mass = table[:, 0] * UNITS[columns[0].partition("_")[2]]
    if "mass_high_GeV" in columns:  # a binned limit: at the centres
        mass = 0.5 * (mass + table[:, columns.index("mass_high_GeV")])
    if "coupling_upper" in columns:
        upper = table[:, columns.index("coupling_upper")]
        return two_sided(mass, table[:, 1], upper, str(path)), "region"
    return upper_limit(mass, table[:, 1], str(path))


def _assumptions(convention: str, header: Mapping[str, str]) -> tuple[tuple[str, float], ...]:
    if convention != "dark-photon:y":
        return ()
    text = header.get("coupling", "") + " " + header.get("notes", "")
    alpha = re.search(r"alpha_D\s*=\s*([\d.]+)", text)
    ratio = re.search(r"m_chi/m_V\s*=\s*([\d.]+)(?:/([\d.]+))?", text)
    found: list[tuple[str, float]] = []
    if alpha and alpha[1] != "epsilon":
        found.append(("alphaD", float(alpha[1])))
    if ratio:
        found.append(("mass_ratio", float(ratio[1]) / float(ratio[2] or 1.0)))
    return tuple(found)
