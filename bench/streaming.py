"""Memory and time of `scotopic generate` and `scotopic simulate` by format and number of events.

Usage: python bench/streaming.py [--events N,N,...] [--formats F,F,...] [--commands generate,simulate] [--folder FOLDER]

Each row is one command with one worker: muon pairs with radiation of all charges in the laboratory of Belle II, into
the format, and from the format through the detector. Seconds are those of the processor, wall seconds behind them; the
peak is the largest resident memory of the process. A last column compares it with that of the first number of events.
10⁷ events need about 10 GB on the disk of FOLDER (packed text less), and the same again while they are written.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FORMATS = ("parquet", "root", "lhe", "lhe.gz", "hepmc", "hepmc.gz")
PROCESS = ("e- e+ > mu- mu+", "--isr", "pt", "--fsr", "exponentiated", "--experiment", "belle2-2018")


def measure(*arguments: str) -> tuple[float, float, float]:
    """Return processor seconds, wall seconds and peak memory (MB) of a command."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "scotopic", *arguments], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"scotopic {' '.join(arguments)} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime, time.perf_counter() - start, used.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", default="200000,1000000", help="numbers of events, smallest first")
    parser.add_argument("--formats", default=",".join(FORMATS))
    parser.add_argument("--commands", default="generate,simulate")
    parser.add_argument("--folder", type=Path, help="where the files are written, and removed again")
    options = parser.parse_args()
    print(
        f"{'events':>9s} {'format':9s} {'command':9s} {'cpu/s':>8s} {'wall/s':>8s} {'peak/MB':>8s} {'more/MB':>8s}"
    )
    first: dict[tuple[str, str], float] = {}
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        events, detected = Path(name), Path(name) / "detected.parquet"
        for form in options.formats.split(","):
            for n in map(int, options.events.split(",")):
                file = str(events / f"events.{form}")
                commands = {
                    "generate": ("generate", *PROCESS, "--events", str(n), "--output", file),
                    "simulate": ("simulate", file, "--experiment", "belle2-2018", "--output", str(detected)),
                }
                for command, arguments in commands.items():
                    if command not in options.commands.split(",") and command != "generate":
                        continue
                    cpu, wall, peak = measure(*arguments)
                    more = peak - first.setdefault((form, command), peak)
                    print(
                        f"{n:9d} {form:9s} {command:9s} {cpu:8.1f} {wall:8.1f} {peak:8.0f} {more:8.0f}",
                        flush=True,
                    )
                Path(file).unlink()
                detected.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
