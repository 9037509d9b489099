"""Commands and good input files of `bench/reliability.py`."""

import json
import lzma
import shutil
from importlib import resources
from pathlib import Path

import numpy as np

from scotopic.detector.card import load_experiment
from scotopic.detector.simulate import simulate
from scotopic.events.generate import generate
from scotopic.events.record import Decayed, Events
from scotopic.io import write_detected, write_events

ENDINGS = ("lhe", "lhe.gz", "hepmc", "hepmc.gz", "parquet", "root")
MUONS, PHOTONS = "e- e+ > mu- mu+", "e- e+ > gamma gamma gamma"
CUTS = ("--cut", "theta:gamma:20:160", "--cut", "E:gamma:0.5:")

COMMANDS: dict[str, tuple[str, ...]] = {
    **{
        f"generate .{end}": ("generate", MUONS, "--events", "2000", "--output", f"{{out}}/a.{end}")
        for end in ENDINGS
    },
    "generate photons": ("generate", PHOTONS, "--events", "2000", *CUTS, "--output", "{out}/a.parquet"),
    "generate hadrons": ("generate", "e- e+ > hadrons", "--events", "2500", "--output", "{out}/a.parquet"),
    "generate taus": (
        *("generate", "e- e+ > tau- tau+", "--events", "600", "--decay-taus", "--experiment", "belle2-2018"),
        *("--output", "{out}/a.hepmc.gz"),
    ),
    **{
        f"simulate .{end}": ("simulate", f"{{in}}/events.{end}", "--output", "{out}/d.parquet")
        for end in ENDINGS
    },
    "simulate many": ("simulate", "{in}/many.parquet", "--output", "{out}/d.parquet"),
    "scan": ("scan", "{in}/spectrum.csv", "--card", "{in}/scan.toml", "--toys", "2", "--out", "{out}/r"),
    "scan .root": ("scan", "{in}/spectrum.root", "--card", "{in}/scan.toml", "--toys", "5", "--json"),
    "exclude": ("exclude", "--model", "dark-photon", "--no-projections", "--out", "{out}/r"),
    "exclude, no folder": ("exclude", "--model", "b-minus-l", "--no-projections", "--json"),
    "recast": ("recast", "bl-babar-visible", "--to", "dark-photon", "--csv", "{out}/t.csv"),
    "reproduce": ("reproduce", "fig1", "--quick", "--out", "{out}/r"),
    "search": ("search", "alp-gammagamma", "--toys", "0", "--masses", "1:9:4", "--out", "{out}/r"),
    "project": ("project", "alp-gammagamma", "--luminosity", "1/ab", "--masses", "2:8:3", "--out", "{out}/r"),
    "xsec": ("xsec", PHOTONS, *CUTS, "--rel-error", "0.1", "--json"),
    "signature": ("signature", "alp-photon", "--mass", "1", "--coupling", "1e-4", "--json"),
    "limit": ("limit", "--observed", "3", "--background", "1.2", "--json"),
    "bounds": ("bounds", "--json"),
    "list": ("list", "models"),
}
"""By name; ``{out}`` and ``{in}`` are the folders of results and of good inputs."""

LONG = ("search", "project", "reproduce", "scan", "exclude")
"""Those that take more than five seconds of a processor: they draw figures."""
SMALL_SEARCHES = ("search", "project")
"""Commands that run with fewer simulated events: `bench/reliability_program.py`."""

SCAN_CARD = """
masses = "12:28:8"
background_order = 1
half_width = 6
signal = {shape = "gaussian", resolution = 1.0}
"""
CHARGES = """
name = "mine"
[charges]
e = 1.0
mu = -1.0
"""
TABLE = (
    "# convention: dark-photon:epsilon\n# level: 0.9\n# kind: observed\n# label: Mine\nmass_GeV,coupling\n"
)
HEPDATA = """independent_variables:
- header: {name: mass, units: GeV}
  values: [{value: 1.0}, {value: 2.0}, {value: 3.0}]
dependent_variables:
- header: {name: observed limit}
  qualifiers: [{name: CL, value: 0.9}]
  values: [{value: 1.0e-3}, {value: 2.0e-3}, {value: 1.5e-3}]
"""
DARKCAST = """model = darkcast.Model("dark_photon")
production = darkcast.Production("e_brem")
decay = "e_e"
bounds = darkcast.Dataset("mine.lmt")
efficiency = darkcast.Efficiency(lratio=10.0)
"""


TEXTS = {
    "process": (
        "e- e+ > mu- mu+",
        "e- e+ > gamma gamma gamma",
        "e- e+ > e- e+ mu- mu+",
        "e- e+ > nu_e nu_e~ gamma",
    ),
    "cut": ("theta:mu-:20:160", "E:mu:0.5:", "M:mu- mu+:1:", "abscostheta:mu+::0.9"),
    "luminosity": ("20/fb", "445/pb", "50/ab", "1.5 /fb"),
    "masses": ("0.5:9:0.5", "1:1:1"),
    "parameter": ("mass=1.5", "lepton=mu"),
}
"""Good texts of the command line."""
CASES = {
    "events": (
        "event_files/F10*",
        "robustness/*.hepmc",
        "robustness/header_*.parquet",
        "robustness/parquet_*",
    ),
    "detected": ("robustness/detected_*",),
    "candidates": ("event_files/*.root",),
    "histogram": ("event_files/*.csv",),
    "bound": (
        "limits/*.csv",
        "limits/*.txt",
        "limits/*.yaml",
        "limits/*.json",
        "limits/dc/*.py",
        "robustness/*.yaml",
    ),
    "experiment": ("robustness/card_*/x.toml",),
    "charges": ("robustness/charges_*.toml",),
}
"""By reader: files of tests/data."""


def write_inputs(folder: Path) -> dict[str, list[str]]:
    """Write one good file at least for every reader, and return their names by reader."""
    folder.mkdir(parents=True, exist_ok=True)
    card = load_experiment("belle2-2018")
    events = generate(MUONS, 20, sqrt_s=card.beams.sqrt_s, seed=2)
    for ending in ENDINGS:
        write_events(events, folder / f"events.{ending}")
    few, flown = events.select(slice(0, 4)), _flown(4)
    for ending in ENDINGS:
        write_events(few, folder / f"few.{ending}")
        write_events(flown, folder / f"flown.{ending}")
    (folder / "few.lhe.xz").write_bytes(lzma.compress((folder / "few.lhe").read_bytes()))
    _write_hepmc2(folder / "few.hepmc", folder / "few.hepmc2")
    write_events(generate(MUONS, 21_000, sqrt_s=card.beams.sqrt_s, seed=2), folder / "many.parquet")
    write_detected(simulate(events, card, seed=2), folder / "detected.parquet", marks=card.marks())
    _write_spectra(folder)
    shipped = next(
        one for one in (resources.files("scotopic.bounds") / "data").iterdir() if one.name.endswith(".toml")
    )
    experiment = resources.files("scotopic.detector") / "cards" / "belle2-2018.toml"
    texts = {
        "experiment.toml": experiment.read_text(encoding="utf-8"),
        "bound.toml": shipped.read_text(encoding="utf-8"),
        "scan.toml": SCAN_CARD,
        "charges.toml": CHARGES,
        "bound.csv": TABLE + "1,1e-3\n2,2e-3\n3,1.5e-3\n",
        "bound.txt": "1.0e9 1e-3\n2.0e9 2e-3\n3.0e9 1.5e-3\n",
        "bound.yaml": HEPDATA,
        "mine.lmt": "1.0 1e-3\n2.0 2e-3\n3.0 1.5e-3\n",
        "mine.py": DARKCAST,
        "mapping.toml": '[observables]\nm2_gg = {column = "M", squared = true}\n',
        "folder.json": json.dumps({"complete": True, "files": {"a.csv": "0" * 64}}),
        "table.csv": "#: name: Table 1\nM,M LOW,M HIGH,EVENTS,stat +,stat -\n1,0,2,4,2,-2\n3,2,4,9,3,-3\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    own = {
        "events": [
            *(f"few.{ending}" for ending in (*ENDINGS[:4], "lhe.xz", "hepmc2")),
            *(f"flown.{ending}" for ending in ENDINGS),
            *("events.parquet", "events.root"),
        ],
        "detected": ["detected.parquet"],
        "candidates": ["candidates.root", "candidates_rntuple.root"],
        "mapping": ["mapping.toml"],
        "histogram": ["spectrum.csv", "spectrum.json", "spectrum.root", "table.csv"],
        "bound": ["bound.toml", "bound.csv", "bound.txt", "bound.yaml", "mine.py", "mine.lmt"],
        "experiment": ["experiment.toml"],
        "scan card": ["scan.toml"],
        "charges": ["charges.toml"],
        "folder mark": ["folder.json"],
    }
    for kind, good in TEXTS.items():
        own[kind] = [f"{kind}-{number}.text" for number in range(len(good))]
        for name, text in zip(own[kind], good, strict=True):
            (folder / name).write_text(text)
    for reader, patterns in CASES.items():
        own[reader] += _copy_cases(folder, patterns)
    return own


def _flown(n: int) -> Events:
    """Return pairs of photons, of which one came from a particle that flew."""
    rng = np.random.default_rng(1)
    direction = rng.normal(size=(3, n))
    direction *= 5.29 / np.linalg.norm(direction, axis=0)
    p = np.stack([np.vstack([np.full(n, 5.29), sign * direction]) for sign in (1.0, -1.0)])
    vertices = np.zeros((2, 3, n))
    vertices[1] = 0.3 * p[1, 1:]
    decayed = Decayed(
        np.full((1, n), 54, np.int32),
        p[1:] * np.array([1.1, 1.0, 1.0, 1.0])[:, None],
        np.full((1, n), -1, np.int32),
        np.array([[-1] * n, [0] * n], np.int32),
    )
    codes, weights = np.full((2, n), 22, np.int32), np.full(n, 2.0)
    process = "e- e+ > gamma gamma"
    return Events(codes, p, weights, "cm", 10.58, process, 2.0 * n, 0.1, vertices=vertices, decayed=decayed)


def _copy_cases(folder: Path, patterns: tuple[str, ...]) -> list[str]:
    data = Path(__file__).parents[1] / "tests" / "data"
    names = []
    for path in sorted(path for pattern in patterns for path in data.glob(pattern)):
        copy = folder / "cases" / path.relative_to(data)
        copy.parent.mkdir(parents=True, exist_ok=True)
        for one in {path, path.with_suffix(".lmt")}:  # Darkcast's pairs of files
            if one.exists():
                shutil.copyfile(one, copy.with_name(one.name))
        names.append(copy.relative_to(folder).as_posix())
    return names


def _write_hepmc2(path: Path, copy: Path) -> None:
    import pyhepmc

    pyhepmc.Setup.print_warnings = False
    with pyhepmc.open(str(path)) as file, pyhepmc.open(str(copy), "w", format="HepMC2") as other:
        for event in file:
            other.write(event)


def _write_spectra(folder: Path) -> None:
    import uproot

    counts = [90.0 - k for k in range(40)]
    rows = "".join(f"{k},{k + 1},{count:g}\n" for k, count in enumerate(counts))
    (folder / "spectrum.csv").write_text("low,high,counts\n" + rows)
    flows = dict.fromkeys(("underflow", "overflow", "circular"), False)
    axis = {"type": "regular", "lower": 0.0, "upper": 40.0, "bins": 40, **flows}
    storage = {"type": "double", "values": counts}
    (folder / "spectrum.json").write_text(json.dumps({"uhi_schema": 1, "axes": [axis], "storage": storage}))
    with uproot.recreate(folder / "spectrum.root") as file:
        file["h"] = (np.array(counts), np.arange(41.0))
    with uproot.recreate(folder / "candidates.root") as file:
        columns = {"M": np.linspace(1.0, 9.0, 30), "e_min": np.full(30, 1.5)}
        file.mktree("variables", {name: values.dtype for name, values in columns.items()}).extend(columns)
    with uproot.recreate(folder / "candidates_rntuple.root") as file:
        file.mkrntuple("variables", columns)
