"""e+e- → hadrons of the continuum: events by Pythia, cross section R(s) · 4πα²/3s of ours.

R is that of u, d, s, c (and b above its threshold) from perturbation theory, without resonances. With initial-state
radiation the cross section is multiplied by what Pythia's grows by, for pairs of quarks above
`scotopic.events.decays.pythia.LEAST_MASS`. At 10.58 GeV Pythia's own cross section is 1 % above ours with a running α.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from scotopic.chunks import Memory, Store
from scotopic.errors import InputError
from scotopic.events.cross_section import CrossSection
from scotopic.events.decays.pythia import LEAST_MASS, HadronBatch, hadrons
from scotopic.events.event_chunks import EventChunks, Kept, joined
from scotopic.events.generate import Change
from scotopic.events.radiation.radiating_pairs import check_fsr
from scotopic.events.record import Events
from scotopic.numerics.rng import seed_of
from scotopic.numerics.units import GEV2_TO_PB
from scotopic.physics.hadrons.channel import ELECTRIC
from scotopic.physics.hadrons.perturbative import quark_ratio
from scotopic.physics.processes import LARGE_WEAK
from scotopic.physics.standard_model import ALPHA_0
from scotopic.physics.vacuum_polarisation import delta_alpha
from scotopic.workers import Workers, check_workers, run_chunks

PROCESS = "e- e+ > hadrons"
CHUNK = 1_000
REFERENCE_EVENTS = 100  # whose weights are all the same without radiation


def is_hadrons(process: str) -> bool:
    """Return whether a process is that of hadrons, which has no amplitude of ours."""
    return process.replace(">", " > ").split() == PROCESS.split()


def continuum_cross_section(sqrt_s: float, alpha: str = "fixed") -> float:
    """Return R(s) 4πα²/3s in pb, without radiation; `alpha` fixed or running."""
    r = float(quark_ratio(np.array([sqrt_s]), ELECTRIC)[0])
    running = abs(1.0 - complex(delta_alpha(sqrt_s**2))) ** -2 if alpha == "running" else 1.0
    return r * 4.0 * np.pi * ALPHA_0**2 / (3.0 * sqrt_s**2) * running * GEV2_TO_PB


def hadrons_cross_section(
    sqrt_s: float = 10.58,
    *,
    isr: str = "none",
    fsr: str = "none",
    alpha: str = "fixed",
    seed: int = 1,
    workers: Workers = 1,
    model: str = "sm",
    parameters: Mapping[str, float | str] | None = None,
    cuts: Sequence[str] = (),
) -> CrossSection:
    """Return the continuum's cross section without radiation; the arguments are those of `generate_hadrons`.

    Raises
    ------
    InputError
        As `generate_hadrons`; and with radiation, which takes Pythia's events.
    """
    _check(sqrt_s, isr, fsr, alpha, workers, model, parameters, cuts)
    if isr != "none":
        raise InputError(
            f"{PROCESS}: the cross section with radiation comes with events of Pythia; use generate with --isr pt"
        )
    start = time.perf_counter()
    value = continuum_cross_section(sqrt_s, alpha)
    return CrossSection(PROCESS, value, 0.0, 1, time.perf_counter() - start)


def _check(
    sqrt_s: float,
    isr: str,
    fsr: str,
    alpha: str,
    workers: Workers,
    model: str,
    parameters: Mapping[str, float | str] | None,
    cuts: Sequence[str],
) -> None:
    check_workers(workers)
    if model != "sm" or parameters or cuts:
        raise InputError(f"{PROCESS}: only the Standard Model, without cuts")
    if isr not in ("none", "pt"):
        raise InputError(f"{PROCESS}: isr = {isr!r}, expected none or pt")
    check_fsr(fsr)
    if alpha not in ("fixed", "running"):
        raise InputError(f"{PROCESS}: alpha = {alpha!r}, expected fixed or running")
    if not (np.isfinite(sqrt_s) and sqrt_s > LEAST_MASS + 1.0):
        raise InputError(f"{PROCESS}: √s = {sqrt_s:g} GeV, expected more than {LEAST_MASS + 1.0:g} GeV")
    if sqrt_s > LARGE_WEAK:
        raise InputError(f"{PROCESS}: √s = {sqrt_s:g} GeV, expected {LARGE_WEAK:g} GeV at most: R has no Z")


def generate_hadrons(
    n: int,
    *,
    sqrt_s: float = 10.58,
    seed: int = 1,
    isr: str = "none",
    fsr: str = "none",
    alpha: str = "fixed",
    workers: Workers = 1,
    model: str = "sm",
    parameters: Mapping[str, float | str] | None = None,
    cuts: Sequence[str] = (),
    unweighted: bool = True,
) -> Events:
    """Return n events of equal weight in the centre of mass, decayed, radiated photons among the particles.

    Parameters
    ----------
    isr : {"none", "pt"}
        Initial-state radiation by Pythia, with transverse momentum.
    fsr : {"none", "exponentiated"}
        Photons of quarks and of hadrons' decays to two leptons, by Pythia's shower; no rate changes.
    alpha : {"fixed", "running"}
        Of the cross section.
    model, parameters, cuts, unweighted
        As for `scotopic.events.generate.generate`; only the Standard Model without cuts is possible, and all
        weights are equal.

    Raises
    ------
    InputError
        If Pythia is missing, or an option is not for hadrons.
    """
    chunks = generate_hadron_chunks(
        n,
        Memory(),
        sqrt_s=sqrt_s,
        seed=seed,
        isr=isr,
        fsr=fsr,
        alpha=alpha,
        workers=workers,
        model=model,
        parameters=parameters,
        cuts=cuts,
    )
    return joined(chunks)


def generate_hadron_chunks(
    n: int,
    store: Store,
    *,
    change: Change = iter,
    sqrt_s: float,
    seed: int,
    isr: str,
    fsr: str,
    alpha: str,
    workers: Workers,
    model: str,
    parameters: Mapping[str, float | str] | None,
    cuts: Sequence[str],
    unweighted: bool = True,
) -> EventChunks:
    """Return events as `generate_hadrons`, in chunks; `store` and `change` are those of `generate_chunks`."""
    if n < 1:
        raise InputError(f"{PROCESS}: {n} events, must be at least 1")
    _check(sqrt_s, isr, fsr, alpha, workers, model, parameters, cuts)
    sizes = [min(CHUNK, n - start) for start in range(0, n, CHUNK)]
    work = partial(_chunk, sqrt_s, seed, isr == "pt", fsr != "none")
    sections: list[tuple[float, float]] = []

    def generated() -> Iterator[Events]:
        for batch in run_chunks(work, list(enumerate(sizes)), workers):
            sections.append((batch.cross_section_pb, batch.error_pb))
            yield _events(batch, sqrt_s, seed)

    kept = Kept(store)
    for events in change(generated()):
        kept.append(events)
    sigma, error = continuum_cross_section(sqrt_s, alpha), 0.0
    if isr == "pt":
        found, errors = np.array(sections).T
        born = _chunk(sqrt_s, seed, False, False, (0, REFERENCE_EVENTS)).cross_section_pb
        sigma *= float(np.average(found, weights=sizes)) / born
        error = sigma * float(np.sqrt(((sizes * errors) ** 2).sum()) / (sizes * found).sum())
    return kept.scaled(sigma / n, cross_section_pb=sigma, cross_section_error_pb=error)


def _chunk(
    sqrt_s: float, seed: int, beams_radiate: bool, charges_radiate: bool, chunk: tuple[int, int]
) -> HadronBatch:
    number, size = chunk
    key = seed_of(seed, "hadrons", number)
    return hadrons(size, sqrt_s, key, beams_radiate=beams_radiate, charges_radiate=charges_radiate)


def _events(batch: HadronBatch, sqrt_s: float, seed: int) -> Events:
    """Return the events in the centre of mass, all of weight one."""
    n = len(batch.counts)
    event = np.repeat(np.arange(n), batch.counts)
    slot = np.arange(len(event)) - np.repeat(np.cumsum(batch.counts) - batch.counts, batch.counts)
    slots = int(batch.counts.max())
    pdg = np.zeros((slots, n), dtype=np.int32)
    momenta, places = np.zeros((slots, 4, n)), np.zeros((slots, 4, n))
    pdg[slot, event] = batch.pdg
    momenta[slot, :, event] = batch.momenta.T
    places[slot, :, event] = batch.places.T
    return Events(
        pdg=pdg,
        momenta=momenta,
        weights=np.ones(n),
        frame="cm",
        sqrt_s=sqrt_s,
        process=PROCESS,
        source="Pythia 8",
        seed=seed,
        vertices=places[:, 1:],
        times=places[:, 0],
        efficiency=1.0,
    )
