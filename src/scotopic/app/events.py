"""Commands about events: ``xsec``, ``generate`` and ``simulate``."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from scotopic.app.options import (
    MOST_EVENTS,
    MOST_SKIPPED,
    PATH,
    computing,
    experiment_option,
    frame_option,
    process_options,
    read_output,
)
from scotopic.app.output import print_json, print_lines, print_table
from scotopic.errors import InputError

if TYPE_CHECKING:
    from scotopic.detector.record import Detected
    from scotopic.events.event_chunks import EventChunks
    from scotopic.events.record import Events
    from scotopic.physics.processes import Process

SQRT_S = 10.58  # GeV, the Υ(4S)
EVENT_FILES = (".lhe", ".lhe.gz", ".hepmc", ".hepmc.gz", ".parquet", ".root")
ANY = "any level-1 line"


@click.command(short_help="Tree-level cross section of a process.")
@click.argument("process")
@process_options
@click.option(
    "--rel-error",
    type=float,
    default=0.005,
    show_default=True,
    help="Wanted relative Monte Carlo error.",
)
@computing
def xsec(process: str, sqrt_s: float | None, rel_error: float, as_json: bool, **settings: Any) -> None:
    """Print the cross section of PROCESS, such as "e- e+ > gamma gamma gamma".

    That of "e- e+ > hadrons" is the continuum's, without radiation.
    """
    from scotopic.events.cross_section import cross_section
    from scotopic.events.decays.hadrons import hadrons_cross_section, is_hadrons

    energy = sqrt_s or SQRT_S
    if is_hadrons(process):
        found = hadrons_cross_section(energy, **settings)
    else:
        found = cross_section(process, sqrt_s=energy, rel_error=rel_error, **settings)
    if as_json:
        print_json(
            {
                "process": process,
                "model": settings["model"],
                "sqrt_s_GeV": energy,
                "isr": settings["isr"],
                "fsr": settings["fsr"],
                "alpha": settings["alpha"],
                "cross_section_pb": found.value_pb,
                "error_pb": found.error_pb,
                "points": found.points,
                "seconds": found.seconds,
                "notes": list(found.notes),
            }
        )
        return
    print_lines(
        f"σ({process}) = {found.value_pb:.6g} ± {found.error_pb:.2g} pb at √s = {energy:g} GeV",
        f"{found.points} points in {found.seconds:.2f} s",
        *(f"note: {note}" for note in found.notes),
    )


@click.command(short_help="Events of a process, into a file.")
@click.argument("process")
@click.option("--events", "n", type=click.IntRange(1, MOST_EVENTS), required=True, help="Number of events.")
@click.option(
    "--output",
    type=PATH,
    required=True,
    callback=read_output,
    help="File to write; its extension (.lhe, .hepmc, both also with .gz, .parquet, .root) is its format.",
)
@process_options
@click.option("--unweighted", is_flag=True, help="Events of equal weight.")
@click.option(
    "--skip",
    type=click.IntRange(0, MOST_SKIPPED),
    default=0,
    show_default=True,
    help="Events of the sample to leave out at its start, to continue an earlier run of the same seed.",
)
@click.option("--experiment", help="Move the events to this experiment's laboratory, at its √s.")
@click.option("--decay-taus", is_flag=True, help="Let the τ pair decay, spins correlated (needs Pythia).")
@computing
def generate(
    process: str,
    n: int,
    output: Path,
    sqrt_s: float | None,
    experiment: str | None,
    decay_taus: bool,
    seed: int,
    skip: int,
    as_json: bool,
    **settings: Any,
) -> None:
    """Generate events of PROCESS, such as "e- e+ > gamma gamma gamma", into a file.

    "e- e+ > hadrons" are continuum events of Pythia, at our cross section.
    """
    from scotopic.chunks import spooling
    from scotopic.detector.card import load_experiment
    from scotopic.events.beams import chunks_to_lab
    from scotopic.events.decays.hadrons import generate_hadron_chunks, is_hadrons
    from scotopic.events.decays.tau_decays import check_taus, decay_chunks
    from scotopic.events.generate import generate_chunks
    from scotopic.io import writable, write_events
    from scotopic.numerics.rng import stream
    from scotopic.physics.processes import notes, parse_process
    from scotopic.physics.registry import get_model

    if not output.name.endswith(EVENT_FILES):
        raise InputError(f"--output {output}: expected a name ending in {', '.join(EVENT_FILES)}")
    if experiment is not None and sqrt_s is not None:
        raise InputError("--sqrts and --experiment exclude each other: an experiment fixes √s")
    card = None if experiment is None else load_experiment(experiment)
    energy = (sqrt_s or SQRT_S) if card is None else card.beams.sqrt_s
    start = time.perf_counter()
    told: tuple[str, ...] = ()
    made: Process | None = None
    if is_hadrons(process):
        if decay_taus or skip:
            raise InputError("--decay-taus and --skip are not for hadrons, which Pythia makes and decays")
    else:
        made = parse_process(process, get_model(settings.pop("model"), **settings.pop("parameters")))
        told = notes(made, energy)
        if decay_taus:
            check_taus(made)

    def change(chunks: Iterator["Events"]) -> Iterator["Events"]:
        if card is not None:
            rng = stream(seed, "beams") if card.beam.use_spread else None
            chunks = chunks_to_lab(chunks, card.beams, rng, skip)
        if made is not None and decay_taus:  # after the boost, for they fly
            workers, fsr = settings["workers"], settings["fsr"]
            chunks = decay_chunks(chunks, made, seed=seed, workers=workers, skip=skip, fsr=fsr)
        return writable(chunks, output)

    common: dict[str, Any] = {"change": change, "sqrt_s": energy, "seed": seed} | settings
    with spooling(output) as spool:
        if made is None:
            chunks = generate_hadron_chunks(n, spool, **common)
        else:
            chunks = generate_chunks(made, n, spool, skip=skip, **common)
        write_events(chunks, output)
    if chunks.about.frame == "lab" and output.name.endswith((".lhe", ".lhe.gz")):
        told += (
            "LHE has no crossing angle or beam spread: the events are written in the nominal centre of mass",
        )
    chosen = {"process": process, **{key: settings[key] for key in ("isr", "fsr", "alpha")}}
    _report(chunks, chosen, energy, time.perf_counter() - start, told, output, as_json)


def _report(
    chunks: "EventChunks",
    chosen: dict[str, Any],
    sqrt_s: float,
    seconds: float,
    told: tuple[str, ...],
    output: Path,
    as_json: bool,
) -> None:
    events = chunks.about
    result = {
        **chosen,
        "events": len(chunks),
        "cross_section_pb": events.cross_section_pb,
        "error_pb": events.cross_section_error_pb,
        "efficiency": events.efficiency,
        "overweight": events.overweight,
        "seconds": seconds,
        "frame": events.frame,
        "notes": list(told),
        "file": str(output),
    }
    if as_json:
        print_json(result)
        return
    name = chosen["process"]
    print_lines(
        f"{len(chunks)} events of {name}, {events.frame} frame, √s = {sqrt_s:.5g} GeV, in {seconds:.2f} s",
        f"σ = {events.cross_section_pb:.6g} ± {events.cross_section_error_pb:.2g} pb, "
        f"efficiency of generation {events.efficiency:.3g}, lost to overweights {events.overweight:.1g}",
        *(f"note: {note}" for note in told),
        str(output),
    )


@click.command(short_help="Detector and trigger, on events of any generator.")
@click.argument("file", type=PATH)
@experiment_option
@click.option("--output", type=PATH, required=True, callback=read_output, help="Parquet file to write.")
@frame_option
@computing
def simulate(
    file: Path,
    experiment: str,
    output: Path,
    frame: Literal["auto", "cm", "lab"],
    seed: int,
    workers: int,
    as_json: bool,
) -> None:
    """Pass the events in FILE (LHE, HepMC3, Parquet or ROOT, of any generator) through detector and trigger."""
    from scotopic.chunks import spooling
    from scotopic.detector.card import load_experiment
    from scotopic.detector.record import keep_detected
    from scotopic.detector.simulate import simulate_chunks
    from scotopic.events.frames import with_beams_of
    from scotopic.io import read_event_chunks, write_detected
    from scotopic.study.sample_notes import sample_notes, survey_sample

    if output.suffix != ".parquet":
        raise InputError(f"--output {output}: detected events need a name ending in .parquet")
    card = load_experiment(experiment)
    with spooling(output) as read, spooling(output) as spool:
        events = read_event_chunks(file, read, frame=frame, sqrt_s=card.beams.sqrt_s)
        if len(events) == 0:
            raise InputError(f"{file} holds no events")
        survey = survey_sample(events, str(file))
        start = time.perf_counter()
        taken = with_beams_of(events, card.beams, survey.beams)
        counts: Counter[str] = Counter()
        parts = counted(simulate_chunks(taken, card, seed=seed, workers=workers), counts)
        detected = keep_detected(parts, spool)
        write_detected(detected, output, marks=card.marks())
        seconds = time.perf_counter() - start
    fired = counts.pop(ANY)
    notes = sample_notes(events, card, survey)
    result = {
        "events": len(detected),
        "triggered": fired,
        "triggers": counts,
        "experiment": card.name,
        "seconds": seconds,
        "provenance_marks": card.marks(),
        "unseen": {str(code): number for code, number in survey.unseen.items()},
        "notes": list(notes),
        "file": str(output),
    }
    if as_json:
        print_json(result)
        return
    shown = {ANY: fired} | counts
    rows = [(name, str(number), f"{100 * number / len(detected):.2f}") for name, number in shown.items()]
    print_table(f"{len(detected)} events in {card.name}", ("trigger", "events", "%"), rows)
    print_lines(*(f"note: {note}" for note in notes), str(output))


def counted(parts: Iterator["Detected"], counts: Counter[str]) -> Iterator["Detected"]:
    """Yield detected events, adding to `counts` how many fired each line of the trigger and any of level 1."""
    import numpy as np

    for part in parts:
        fired = [bits for line, bits in part.trigger.items() if not line.startswith("hlt_")]
        counts[ANY] += int(np.any(fired, axis=0).sum())
        for line, bits in part.trigger.items():
            counts[line] += int(bits.sum())
        yield part
