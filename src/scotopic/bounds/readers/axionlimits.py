"""Text files of AxionLimits (github.com/cajohare/AxionLimits): mass in eV, coupling in 1/GeV, # comments."""

import re
from pathlib import Path

from scotopic.bounds.bound import Bound, Citation, Reading
from scotopic.bounds.conventions import CONVENTIONS
from scotopic.bounds.readers.curves import freeze, read_columns, read_text, upper_limit
from scotopic.bounds.readers.given import Given
from scotopic.errors import InputError

ARXIV = re.compile(r"\d{4}\.\d{4,5}")
EV = 1.0e-9


def read_axionlimits(path: Path, given: Given) -> Bound:
    """Return the bound of a text file with a mass in eV and a coupling per line.

    The convention is ``alp-photon:g`` unless given. Masses from 1e-4 GeV on would be 1e5 eV: a file whose
    masses all lie below 1000 must be in GeV or MeV and is refused.
    """
    text = read_text(path)
    table = read_columns(text, str(path))
    if table[:, 0].max() < 1.0e3:
        raise InputError(
            f"{path}: the largest mass is {table[:, 0].max():g}; expected eV, as in AxionLimits. "
            "Give a mass in GeV as .csv with the columns mass_GeV,coupling"
        )
    convention = given.convention or "alp-photon:g"
    pieces, shape = upper_limit(table[:, 0] * EV, table[:, 1], str(path))
    comments = " ".join(line.lstrip("# ").strip() for line in text.splitlines() if line.startswith("#"))
    found = ARXIV.search(comments)
    return Bound(
        name=path.stem,
        label=given.label or path.stem.replace("_", " "),
        experiment=given.experiment or path.stem.split("_")[0],
        process="not stated in the file",
        model=convention.partition(":")[0],
        convention=convention,
        kind=given.kind or "observed",  # type: ignore[arg-type]
        level=given.level,
        level_kind="unstated",
        luminosity_fb=None,
        branching_fraction=1.0,
        shape=shape,
        pieces=freeze(pieces),
        supersedes=(),
        citation=Citation(comments or "not stated in the file", found[0] if found else "", "", "", "M"),
        reading=Reading(
            f"as in the file; unit taken as {CONVENTIONS[convention].unit}", str(path), "the user's copy", "R"
        ),
    )
