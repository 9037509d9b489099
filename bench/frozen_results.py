"""Results of every search, projection, exclusion, scan, limit and recast at small size; also beside earlier ones.

Usage: python bench/frozen_results.py FOLDER [--only PART ...] [--slow] [--before FOLDER]

FOLDER receives, for each command, what it prints, its exit code, and every table and text that it writes.
With --before nothing is run: the files of both folders are compared; text, whole numbers, keys and order must be
equal, other numbers to 1e-9. Differences are printed as a table, and the exit code is 1.

Commands run as a user types them, in one process. Sizes that no option tells (simulated events of a search) are
handed to the public verbs `scotopic.search` and `scotopic.project`; samples that are asked for again with the same
arguments are kept, and figures stay blank.
"""

import argparse
import contextlib
import copy
import csv
import functools
import itertools
import json
import math
import os
import pickle
import re
import runpy
import sys
import time
from pathlib import Path

FIGURES = {".png", ".pdf", ".svg"}
NOT_COMPARED = {"folder.json", "differences.csv"}  # hashes of the others, figures among them
TOLERANCE = 1e-9
LONGEST_TABLE = 60

EVENTS = {  # of signal per mass, of each leading background
    "alp-gammagamma": (1500, 3000),
    "alp-invisible": (2800, 500),
    "zprime-invisible": (1500, 1000),
    "zprime-lfv": (1500, 1000),
    "darkphoton-invisible": (5000, 500),
    "darkphoton-visible": (2800, 2000),
    "darkhiggs-invisible": (1200, 1000),
}
MASSES = {
    "alp-gammagamma": "0.5:8:2.5",
    "alp-invisible": "2:6:2",
    "zprime-invisible": "1:7:2",
    "zprime-lfv": "1:7:2",
    "darkphoton-invisible": "2:6:2",
    "darkphoton-visible": "1:5:2",
    "darkhiggs-invisible": "5:7:1",
}
LUMINOSITIES = "200/pb,20/fb,50/ab"
OTHERS = {  # a search in other models, and with other parameters of its own
    "alp-gammagamma": (
        ("--model", "alp-lepton", "--set", "gl=1e-4"),
        ("--set", "invisible=0.3"),
    ),
    "alp-invisible": (("--set", "invisible=0.5"),),
    "zprime-invisible": (("--model", "b-minus-l"), ("--set", "invisible=dark")),
    "zprime-lfv": (),
    "darkphoton-invisible": (("--model", "b-minus-l"), ("--set", "line=lml1")),
    "darkphoton-visible": (("--model", "b-minus-l"), ("--set", "invisible=0.3")),
    "darkhiggs-invisible": (),
}
PHOTONS, MUONS = "photons", "muons"
DATA = {
    "alp-gammagamma": PHOTONS,
    "alp-invisible": PHOTONS,
    "zprime-invisible": MUONS,
    "zprime-lfv": MUONS,
    "darkphoton-invisible": PHOTONS,
    "darkphoton-visible": MUONS,
    "darkhiggs-invisible": MUONS,
}
SAMPLES = {
    PHOTONS: ("e- e+ > gamma gamma gamma", "--cut", "E:gamma:0.2:6", "--cut", "angle:gamma,gamma:5:180"),
    MUONS: ("e- e+ > mu- mu+ gamma", "--cut", "E:gamma:0.2:6", "--cut", "theta:gamma:10:170"),
}

PEAK = """
masses = "2:8:0.5"
background_order = 2
half_width = 20
luminosity = "445/pb"
[signal]
shape = "gaussian"
resolution = 0.2
[efficiency]
mass = [2.0, 8.0]
value = [0.2, 0.4]
error = [0.01, 0.02]
[systematics]
efficiency = 0.03
luminosity = 0.01
resolution = 0.05
"""
TAIL = """
masses = [3.0, 5.0, 7.0]
background_order = 1
half_width = [15, 25]
level = 0.9
method = "cls"
[signal]
shape = "crystalball"
resolution = {mass = [2.0, 8.0], value = [0.15, 0.25]}
alpha = 1.5
n = 3.0
"""
CHARGES = 'name = "mine"\n[charges]\ne = 1.0\nmu = -0.5\nnu_e = 1.0\nu = 0.3\n'


def spectrum(scale):
    """Return a falling histogram of 100 bins with a peak at 5 GeV as CSV; the scatter is a fixed pattern."""
    lines = []
    for i in range(100):
        low, high = 0.1 * i, 0.1 * (i + 1)
        expected = 300.0 - 2.0 * i + 90.0 * math.exp(-0.5 * ((0.5 * (low + high) - 5.0) / 0.2) ** 2)
        scatter = math.sqrt(scale * expected) * math.sin(12.9898 * i + 78.233)
        lines.append(f"{low:.12g},{high:.12g},{max(0, round(scale * expected + scatter))}")
    return "\n".join(lines) + "\n"


def of_search(name):
    """Return the command lines of a search, by the name under which their results are kept."""
    masses, data = ("--masses", MASSES[name]), f"data/{DATA[name]}.parquet"
    search = ("search", name, *masses)
    lines = {
        "search": (*search, "--toys", "0"),
        "printed": (*search, "--toys", "0"),
        "few-events": (*search, "--toys", "30", "--luminosity", "3/pb", "--seed", "1"),
        "data": (*search, "--toys", "0", "--data", data),
        "data-luminosity": (*search, "--toys", "20", "--data", data, "--luminosity", "7/pb"),
        "project": ("project", name, *masses, "--luminosity", LUMINOSITIES),
    }
    for options in OTHERS[name]:
        lines["in-" + "-".join(options[1::2]).replace("=", "-")] = (*search, "--toys", "0", *options)
    lines["project-scaled"] = (*lines["project"], "--systematics", "scaled")
    if OTHERS[name] and "--model" in OTHERS[name][0]:
        lines["project-in-model"] = (*lines["project"], *OTHERS[name][0])
    return {f"{name}/{key}": line for key, line in lines.items()}


def of_exclude():
    models = {
        "dark-photon": (),
        "dark-photon-invisible": ("--set", "invisible=0.5"),
        "b-minus-l": (),
        "lmu-ltau": (),
        "baryon-number": ("--set", "mixing=loops"),
        "alp-photon": (),
        "dark-scalar": (),
        "card": (),
    }
    lines = {}
    for name, options in models.items():
        model = {"dark-photon-invisible": "dark-photon", "card": "data/charges.toml"}.get(name, name)
        lines[f"exclude/{name}"] = ("exclude", "--model", model, *options, "--no-projections")
    return lines


def of_projected(model):
    """Return the exclusion of a model with its projections; their sizes are those of the command itself."""
    return {f"exclude/projected-{model}": ("exclude", "--model", model, "--luminosity", "20/fb")}


def of_scan():
    lines = {}
    for card, counts in itertools.product(("peak", "tail"), ("many", "few")):
        files = (f"data/{counts}.csv", "--card", f"data/{card}.toml")
        lines[f"scan/{card}-{counts}"] = ("scan", *files, "--toys", "40")
    return lines


def of_limit():
    errors = ("--background-error", "0.4", "--efficiency", "0.04", "--efficiency-error", "0.004")
    luminosity = ("--luminosity", "276/pb", "--luminosity-error", "5/pb")
    lines = {}
    for method in ("bayes", "cls", "feldman-cousins", "feldman-cousins-raw"):
        for observed, background in ((0, 0.0), (3, 1.5), (120, 100.0)):
            count = ("limit", "--observed", str(observed), "--background", str(background))
            lines[f"limit/{method}-{observed}"] = (*count, "--method", method)
            if observed == 3 or (observed == 120 and method in ("bayes", "cls")):
                lines[f"limit/{method}-{observed}-errors"] = (
                    *count,
                    "--method",
                    method,
                    *errors,
                    *luminosity,
                )
    priors = ("--background-prior", "gamma", "--efficiency-prior", "gamma", "--luminosity-prior", "gamma")
    lines["limit/bayes-3-gamma"] = (*lines["limit/bayes-3-errors"], *priors, "--level", "0.95")
    return lines


def of_recast():
    targets = {
        "dp-na62-dump-ee": ("b-minus-l", "le-lmu", "data/charges.toml"),
        "bl-babar-visible": ("dark-photon", "b-minus-l"),
        "alp-belle2-2020": ("alp-photon", "lfv-alp"),
    }
    lines = {}
    for bound, models in targets.items():
        for model in models:
            lines[f"recast/{bound}-{Path(model).stem}"] = ("recast", bound, "--to", model)
    lines["recast/loops"] = ("recast", "bl-babar-visible", "--to", "baryon-number", "--set", "mixing=loops")
    return lines


PARTS = {
    **{name: functools.partial(of_search, name) for name in EVENTS},
    "scan": of_scan,
    "limit": of_limit,
    "recast": of_recast,
    "exclude": of_exclude,
    "exclude-alp": functools.partial(of_projected, "alp-photon"),
    "exclude-vector": functools.partial(of_projected, "b-minus-l"),
}
SLOW = ("exclude-alp", "exclude-vector")


def replace_verb(name, around):
    """Put `around(verb)` in the place of a public verb of the package, wherever it is known by now."""
    import scotopic

    verb = getattr(scotopic, name)
    new = functools.wraps(verb)(around(verb))
    sys.modules[verb.__module__].__dict__[verb.__name__] = new
    for module in [module for key, module in sys.modules.items() if key.startswith("scotopic")]:
        for key, value in list(vars(module).items()):
            if value is verb:
                setattr(module, key, new)


def keeping(verb):
    """Return a verb that keeps what it has returned for the same arguments."""
    kept = {}

    def call(*arguments, **settings):
        try:
            key = pickle.dumps((arguments, settings))
        except Exception:
            return verb(*arguments, **settings)
        if key not in kept:
            kept[key] = verb(*arguments, **settings)
        return copy.deepcopy(kept[key])

    return call


def small(verb):
    """Return a verb that simulates the `EVENTS` of a search where nothing else is said."""

    def call(name, **settings):
        for key, number in zip(("signal_events", "background_events"), EVENTS.get(name, ()), strict=False):
            if settings.get(key) is None:
                settings[key] = number
        return verb(name, **settings)

    return call


def without_figures():
    """Leave figures blank: they are not compared, and drawing them would take most of the time."""
    from matplotlib.backend_bases import FigureCanvasBase

    def print_figure(canvas, file, **settings):
        if hasattr(file, "write"):
            file.write(b"not drawn")
        elif isinstance(file, str | os.PathLike):
            Path(file).write_bytes(b"not drawn")

    FigureCanvasBase.print_figure = print_figure


def run_command(arguments, printed):
    """Run a command line of this process; its two streams go to files, its exit code is returned."""
    before, sys.argv = sys.argv, ["scotopic", *arguments]
    try:
        with (
            open(f"{printed}.txt", "w") as out,
            open(f"{printed}.err.txt", "w") as err,
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            runpy.run_module("scotopic", run_name="__main__")
    except SystemExit as end:
        return end.code or 0
    finally:
        sys.argv = before
    return 0


def write_data():
    """Write files of events, of detected events, histograms and cards, from which the commands read."""
    Path("data").mkdir(exist_ok=True)
    for name, text in (("peak", PEAK), ("tail", TAIL), ("charges", CHARGES)):
        Path(f"data/{name}.toml").write_text(text)
    for name, scale in (("many", 1.0), ("few", 0.004)):
        Path(f"data/{name}.csv").write_text(spectrum(scale))
    for name, process in SAMPLES.items():
        file = f"data/{name}.parquet"
        options = ("--events", "2500", "--unweighted", "--isr", "collinear", "--output", file)
        if not Path(file).exists() and run_command(("generate", *process, *options), f"data/{name}"):
            sys.exit(Path(f"data/{name}.err.txt").read_text())


def run_parts(folder, parts):
    """Run parts into a folder; results of the same commands are replaced."""
    os.environ.setdefault("COLUMNS", "160")
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(folder)
    without_figures()
    for verb in ("generate", "cross_section", "simulate"):
        replace_verb(verb, keeping)
    for verb in ("search", "project"):
        replace_verb(verb, small)
    write_data()
    for part in parts:
        start = time.process_time()
        for place, line in PARTS[part]().items():
            Path(place).parent.mkdir(parents=True, exist_ok=True)
            writes = ("--out", place) if line[0] in ("search", "project", "exclude", "scan") else ()
            if line[0] == "recast":
                writes = ("--csv", f"{place}.csv")
            form = () if place.endswith("/printed") else ("--json",)
            code = run_command((*line, *writes, *form), place)
            Path(f"{place}.code.txt").write_text(f"{code}: scotopic {' '.join(line)}\n")
            if code == 1:
                print(f"{place}: {Path(f'{place}.err.txt').read_text()}", flush=True)
        print(f"{part}: {time.process_time() - start:.0f} s of one processor", flush=True)


NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])")


def flatten(value, place=""):
    """Yield (place, value) of every leaf of what JSON holds, in its order; of a mapping and a list its length, too."""
    if isinstance(value, dict):
        yield place, f"{{{', '.join(value)}}}"
        for key, inner in value.items():
            yield from flatten(inner, f"{place}.{key}")
    elif isinstance(value, list):
        yield place, f"[{len(value)}]"
        for i, inner in enumerate(value):
            yield from flatten(inner, f"{place}[{i}]")
    else:
        yield place, value


def entries(file):
    """Yield (place, value) of a file: of JSON its leaves, of others numbers and the text between them, by line."""
    text = file.read_text()
    stripped = text.lstrip()
    if stripped.startswith("{") and (file.suffix == ".json" or "\n" not in stripped.rstrip()):
        yield from flatten(json.loads(text))
        return
    for number, line in enumerate(text.splitlines(), start=1):
        place, end = f"line {number}", 0
        for match in NUMBER.finditer(line):
            yield place, line[end : match.start()]
            word = match.group()
            yield place, float(word) if re.search("[.eE]", word) else int(word)
            end = match.end()
        yield place, line[end:]


def equal(one, other):
    """Whether two leaves agree."""
    if isinstance(one, float) and isinstance(other, float):
        if math.isfinite(one) and math.isfinite(other):
            return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=1e-300)
        return repr(one) == repr(other)
    return type(one) is type(other) and one == other


def compare_files(new, old):
    """Yield (place, before, now) of every difference between two files."""
    missing = ("", "nothing")
    for (place, now), (where, before) in itertools.zip_longest(entries(new), entries(old), fillvalue=missing):
        if place != where or not equal(now, before):
            yield place or where, before, now
            if place != where:
                return  # what follows is shifted


def compared_files(folder, parts):
    """Return the files of some parts, or of all, by their place in a folder."""
    chosen = None
    if parts:
        chosen = tuple(place for part in parts for place in PARTS[part]())
    files = {}
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder).as_posix()
        if path.is_dir() or path.suffix in FIGURES or path.name in NOT_COMPARED or place.startswith("data/"):
            continue
        if chosen is None or place.startswith(tuple(f"{one}{end}" for one in chosen for end in "./")):
            files[place] = path
    return files


def compare(folder, before, parts):
    """Print the differences between the results in two folders and return how many files differ."""
    new, old = compared_files(folder, parts), compared_files(before, parts)
    rows, differing = [], set()
    for place in sorted(new.keys() | old.keys()):
        if place not in new or place not in old:
            rows.append(
                (place, "", "no file" if place in new else "file", "file" if place in new else "no file")
            )
            differing.add(place)
            continue
        for where, was, now in compare_files(new[place], old[place]):
            rows.append((place, where, was, now))
            differing.add(place)
    print(f"{len(new.keys() | old.keys())} files compared, {len(differing)} differ at {len(rows)} places")
    if rows:
        print("| file | where | before | now | now/before - 1 |\n| --- | --- | --- | --- | --- |")
    shown = {}
    for place, where, was, now in rows:
        shown[place] = shown.get(place, 0) + 1
        if shown[place] <= 6 and sum(min(number, 6) for number in shown.values()) <= LONGEST_TABLE:
            both = isinstance(was, float) and isinstance(now, float) and was != 0.0
            ratio = f"{now / was - 1.0:.2g}" if both else ""
            print(f"| {place} | {where} | {str(was)[:160]} | {str(now)[:160]} | {ratio} |")
    if rows:
        with open(folder / "differences.csv", "w", newline="") as out:
            csv.writer(out).writerows([("file", "where", "before", "now"), *rows])
        print(f"all of them: {folder / 'differences.csv'}")
    return len(differing)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="+", choices=tuple(PARTS), default=(), metavar="PART")
    parser.add_argument("--slow", action="store_true", help=f"also {', '.join(SLOW)}")
    parser.add_argument("--before", type=Path, help="folder to compare with")
    options = parser.parse_args()
    if options.before is not None:
        sys.exit(compare(options.folder, options.before, options.only) > 0)
    run_parts(options.folder, options.only or [part for part in PARTS if options.slow or part not in SLOW])


if __name__ == "__main__":
    main()
