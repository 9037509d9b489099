"""Recasting against Darkcast: the same limits to the same models, both timed here, and how the curves agree.

    python bench/recast.py --darkcast FOLDER [--models b-minus-l ...] [--limits BaBar_Lees2014xha ...]

FOLDER holds the user's own copy of the package `darkcast` (GPL-2.0-or-later; not part of this project), which runs in
an interpreter of its own. Skips where there is none. Times are CPU times of one curve, without reading files and
without importing.

Darkcast 2.1 lets vectors decay to neutrinos of both helicities. `--neutrinos both` gives ours right-handed ones, too,
so that what is compared is the recasting.
"""

import argparse
import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from scotopic.bounds.carriers import Vector, get_carrier
from scotopic.bounds.files import read_bound
from scotopic.bounds.production import SCATTERING
from scotopic.bounds.recasting import recast
from scotopic.errors import InputError
from scotopic.physics.models.vector_charges import VectorCharges

MODELS = {
    "dark-photon": "dark_photon",
    "b-minus-l": "B-L_boson",
    "baryon-number": "B_boson",
    "lmu-ltau": "Lmu-Ltau_boson",
    "le-lmu": "Le-Lmu_boson",
    "le-ltau": "Le-Ltau_boson",
    "protophobic": "protophobic",
}
WITH_LOOPS = ("baryon-number", "lmu-ltau", "le-lmu", "le-ltau")
LIMITS = (
    "A1_Merkel2014avp",
    "APEX_Abrahamyan2011gv",
    "BESIII_Ablikim2017aab",
    "BaBar_Lees2017lec",
    "E137_Andreas2012mt",
    "E141_Riordan1987aw",
    "KEK_Konaka1986cb",
    "KLOE_Anastasi2015qla",
    "NA64_NA642019imj",
    "NuCAL_Blumlein1990ay",
    "Orsay_Davier1989wz",
    "AMMmu_Bodas2021fsy",
)
TOLERANCE = 0.05
NO_LIMIT = 1.0e4
REPEATS = 5

THEIRS = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
import darkcast
found = {}
for name in sys.argv[3:]:
    begun = time.process_time()
    try:
        limit = darkcast.Limit(name)
        begun = time.process_time()
        bounds = limit.recast(darkcast.Model(sys.argv[2]))
    except Exception:
        bounds = None
    seconds = time.process_time() - begun
    curves = {side: [list(one.axes[0]), list(one.vals)] for side, one in (bounds or {}).items()}
    found[name] = {"seconds": seconds, "curves": curves}
print(json.dumps(found))
"""


def theirs(folder: Path, model: str, limits: list[str]) -> dict:
    """Return seconds and curves of Darkcast, by limit."""
    command = [sys.executable, "-W", "ignore", "-c", THEIRS, str(folder), MODELS[model], *limits]
    return json.loads(subprocess.run(command, capture_output=True, check=True, text=True, cwd=folder).stdout)


def ours(path: Path, model: str, both_helicities: bool):
    """Return the recast and CPU seconds of the first curve and of one of the next."""
    bound = read_bound(path)
    carrier = get_carrier(model, {"mixing": "loops"} if model in WITH_LOOPS else None)
    scattered = bound.rescaling is not None and set(bound.rescaling.production.mechanisms) & set(SCATTERING)
    if both_helicities and not scattered:  # neutrinos that scatter come from weak decays
        carrier = with_right_handed_neutrinos(carrier)
    carrier.widths(np.ones(1))  # tables of hadrons are made once per process
    begun = time.process_time()
    recast(bound, carrier)  # prepares the bound's own side
    first = time.process_time() - begun
    begun = time.process_time()
    for _ in range(REPEATS):
        found = recast(bound, carrier)
    return found, first, (time.process_time() - begun) / REPEATS


def with_right_handed_neutrinos(carrier: Vector) -> Vector:
    """Return the same with neutrinos of both helicities."""
    direct = tuple((f, x * 2**0.5 if f.startswith("nu") else x) for f, x in carrier.charges.direct)
    return replace(carrier, charges=VectorCharges(direct, carrier.charges.loops))


def compare(found, curves: dict) -> tuple[int, int, float]:
    """Return agreeing points, points with a limit on either side, and the median ratio of the lower edges."""
    mass, lower = (np.array(x) for x in curves.get("lower", ([], [])))
    kept = (lower > 0.0) & (lower < NO_LIMIT)
    mass, lower = mass[kept], lower[kept]
    have = np.array([here[0][0] if here else np.nan for here in found.intervals])
    good = np.isfinite(have)
    if not mass.size or not good.any():
        return 0, max(int(mass.size), int(good.sum() > 0)), float("nan")
    at = np.exp(np.interp(np.log(mass), np.log(found.mass[good]), np.log(have[good]), np.nan, np.nan))
    ratio = at / lower
    return int((np.abs(ratio - 1.0) < TOLERANCE).sum()), int(mass.size), float(np.nanmedian(ratio))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--darkcast", type=Path, help="folder with the package darkcast")
    parser.add_argument(
        "--models", nargs="+", choices=MODELS, default=["dark-photon", "b-minus-l", "lmu-ltau"]
    )
    parser.add_argument("--limits", nargs="+", default=list(LIMITS), help="or: all")
    parser.add_argument("--neutrinos", choices=["left", "both"], default="left")
    given = parser.parse_args()
    if given.darkcast is None or not (given.darkcast / "darkcast" / "limits").is_dir():
        print("skipped: no copy of Darkcast; give its parent folder with --darkcast")
        return
    folder = given.darkcast / "darkcast" / "limits"
    limits = (
        sorted(one.stem for one in folder.glob("[A-Za-z]*.lmt")) if given.limits == ["all"] else given.limits
    )
    rows = []
    for model in given.models:
        reference = theirs(given.darkcast, model, limits)
        for name in limits:
            try:
                found, first, seconds = ours(folder / f"{name}.py", model, given.neutrinos == "both")
            except InputError as fault:
                print(f"{model:15s} {name:24s} not read: {str(fault).rpartition('/')[2]}", flush=True)
                continue
            agree, points, median = compare(found, reference[name]["curves"])
            other = reference[name]["seconds"]
            rows.append((agree, points, first, seconds, other))
            why = f"; {found.gaps[0][2]}" if found.bound is None and points else ""
            print(
                f"{model:15s} {name:24s} {agree:5d}/{points:<5d} within {TOLERANCE:.0%}, median {median:6.3f}; first "
                f"{1e3 * first:6.1f} ms, next {1e3 * seconds:6.2f} ms, Darkcast {1e3 * other:8.1f} ms, "
                f"{other / seconds:6.0f} times{why}",
                flush=True,
            )
    table = np.array(rows)
    sums = table.sum(axis=0)
    ratio = table[:, 4] / table[:, 3]
    print(
        f"{sums[0]:.0f} of {sums[1]:.0f} points agree; {sums[4] / sums[3]:.0f} times faster in all, "
        f"{sums[4] / sums[2]:.0f} with the first curve; per curve {np.median(ratio):.0f} in the median, "
        f"{(ratio >= 100.0).mean():.0%} of the curves 100 times"
    )


if __name__ == "__main__":
    main()
