"""The door to Pythia 8 (C. Bierlich et al., SciPost Phys. Codebases 8 (2022)): decays of τ leptons, hadrons.

Pythia is an optional guest under the GPL (extra ``pythia``); nothing else of the package imports it.
"""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from scotopic.errors import InputError
from scotopic.numerics.arrays import Bools, Floats, Ints
from scotopic.physics.standard_model import TAU_MASS

SEEDS = 900_000_000  # Pythia takes 1 to this
QUIET = ("Print:quiet = on", "Check:event = off", "Next:numberCount = 0")
DECAYS = ("ProcessLevel:all = off", "PartonLevel:FSRinResonances = off", f"15:m0 = {TAU_MASS!r}")
PSEUDOSCALAR = 36
TAU = 15
LEAST_MASS = 4.0
"""GeV, of quark pairs; below, hadrons are no longer a string's."""
PAIR_ENERGY = 4.0  # GeV; nothing depends on it
ENRICHED = {(13, 14, 16): 2.4, (11, 12, 16): 1.2, (16, 211): 1.2}
"""Factors on the branching fractions of τ decays where leptons are wanted; other decays have `ENRICHED_REST`."""
ENRICHED_REST = 0.45


@dataclass(frozen=True)
class Record:
    """Particles of an event record of Pythia, one after the other.

    Attributes
    ----------
    pdg : (P,)
    final : (P,) whether the particle did not decay
    mother : (P,) number of the (first) mother
    momenta : (4, P) (E, px, py, pz) in GeV
    places : (4, P) production point (ct, x, y, z) in mm
    """

    pdg: Ints
    final: Bools
    mother: Ints
    momenta: Floats
    places: Floats


def tau_pairs(n: int, seed: int, *, enriched: bool = False) -> tuple[Record, Floats]:
    """Return the decays of n pairs τ-τ+ in the spin singlet, in a common rest frame of each pair, and weights (n,).

    A pseudoscalar makes such pairs: their spins are opposite along every axis. Pair i has its τ- at 3i + 2 and
    its τ+ at 3i + 3 of the record, along +z and -z; they decay where they are made.

    Parameters
    ----------
    seed : int
        From 0 to 2⁶³ - 1.
    enriched : bool
        Whether τ's decay to e, μ or a single π more often than in nature; the weights, of mean one, undo it.
    """
    pythia, factors = _started(DECAYS, enriched)
    pythia.rndm.init(1 + seed % SEEDS)
    event = pythia.event
    event.reset()  # leaves one entry, the whole system
    append = event.append
    half = 0.5 * PAIR_ENERGY
    momentum = float(np.sqrt(half**2 - TAU_MASS**2))
    for mother in range(1, 3 * n + 1, 3):
        append(PSEUDOSCALAR, -22, 0, 0, mother + 1, mother + 2, 0, 0, 0.0, 0.0, 0.0, PAIR_ENERGY, PAIR_ENERGY)
        append(TAU, 1, mother, 0, 0, 0, 0, 0, 0.0, 0.0, momentum, half, TAU_MASS)
        append(-TAU, 1, mother, 0, 0, 0, 0, 0, 0.0, 0.0, -momentum, half, TAU_MASS)
    # one call for all: crossing from Python to C++ costs more than copying
    record = _record(pythia.nextBatch(1, "fail"))
    return record, _pair_weights(record, n, factors)


def _pair_weights(record: Record, n: int, factors: Mapping[tuple[int, ...], float]) -> Floats:
    """Return the product of 1/factor of the decays of both τ's (n,)."""
    if not factors:
        return np.ones(n)
    products: list[list[int]] = [[] for _ in range(3 * n + 2)]
    first = np.flatnonzero((np.abs(record.pdg[record.mother]) == TAU) & (np.abs(record.pdg) != TAU))
    for mother, code in zip(record.mother[first], np.abs(record.pdg[first]), strict=True):
        products[mother].append(int(code))
    weights = np.array([1.0 / factors.get(tuple(sorted(codes)), factors[()]) for codes in products])
    return np.asarray(weights[2::3] * weights[3::3])


@dataclass(frozen=True)
class HadronBatch:
    """Events of hadrons: their final particles one after the other, and Pythia's cross section with its error.

    Attributes
    ----------
    counts : (N,) particles of each event
    pdg, momenta, places : as in `Record`
    """

    counts: Ints
    pdg: Ints
    momenta: Floats
    places: Floats
    cross_section_pb: float
    error_pb: float


def hadrons(n: int, sqrt_s: float, seed: int, *, beams_radiate: bool, charges_radiate: bool) -> HadronBatch:
    """Return n events of e+e- → γ*/Z → qq̄, hadronised and decayed.

    The quarks are u, d, s, c, and radiate gluons; the mass of the pair is above `LEAST_MASS`.

    Parameters
    ----------
    beams_radiate : bool
        Whether beams radiate photons: Pythia's structure function of the electron and its shower.
    charges_radiate : bool
        Whether quarks radiate photons, and leptons that come in pairs from hadrons: Pythia's shower.
    """
    pythia = _start(
        (
            "Beams:idA = 11",
            "Beams:idB = -11",
            f"Beams:eCM = {sqrt_s!r}",
            "WeakSingleBoson:ffbar2gmZ = on",
            "WeakZ0:gmZmode = 0",
            "23:onMode = off",
            "23:onIfAny = 1 2 3 4",
            f"23:mMin = {LEAST_MASS!r}",
            f"PDF:lepton = {_switch(beams_radiate)}",
            f"TimeShower:QEDshowerByQ = {_switch(charges_radiate)}",
            f"HadronLevel:QED = {_switch(charges_radiate)}",
        ),
        seed=1 + seed % SEEDS,
    )
    particles = pythia.nextBatch(n, "skip").prt
    awkward = importlib.import_module("awkward")
    last = particles[particles.status > 0]
    counts = np.asarray(awkward.num(last), dtype=np.int64)
    if len(counts) < n:
        raise InputError(f"Pythia made {len(counts)} of {n} events of hadrons at √s = {sqrt_s:g} GeV")
    flat = awkward.flatten(last)
    pdg = np.asarray(flat.id, dtype=np.int64)
    told = pythia.infoPython()
    sigma, error = 1e9 * told.sigmaGen(), 1e9 * told.sigmaErr()  # from mb
    return HadronBatch(counts, pdg, _four(flat.p), _four(flat.vProd), sigma, error)


def _switch(on: bool) -> str:
    return "on" if on else "off"


@lru_cache(maxsize=2)
def _started(settings: tuple[str, ...], enriched: bool) -> tuple[Any, Mapping[tuple[int, ...], float]]:
    """Return a running Pythia and the factors on its branching fractions of the τ by products, () for the rest."""
    pythia = _start(settings, 1)
    if not enriched:
        return pythia, {}
    tau = pythia.particleData.findParticle(TAU)
    channels = [tau.channel(i) for i in range(tau.sizeChannels())]
    fractions = np.array([channel.bRatio() for channel in channels])
    factors = np.array([ENRICHED.get(_products(channel), ENRICHED_REST) for channel in channels])
    total = float((fractions * factors).sum() / fractions.sum())
    for channel, fraction, factor in zip(channels, fractions, factors, strict=True):
        channel.bRatio(float(fraction * factor / total))
    return pythia, {codes: one / total for codes, one in (*ENRICHED.items(), ((), ENRICHED_REST))}


def _products(channel: Any) -> tuple[int, ...]:
    return tuple(sorted(abs(channel.product(i)) for i in range(channel.multiplicity())))


def _start(settings: Sequence[str], seed: int) -> Any:
    try:
        guest = importlib.import_module("pythia8mc")
        importlib.import_module("awkward")
    except ImportError:
        raise InputError("τ decays and hadrons need Pythia: pip install 'scotopic[pythia]'") from None
    pythia = guest.Pythia("", False)
    for line in (*QUIET, "Random:setSeed = on", f"Random:seed = {seed}", *settings):
        if not pythia.readString(line):
            raise InputError(f"Pythia does not know the setting {line!r}; expected version 8.317")
    if not pythia.init():
        raise InputError(f"Pythia cannot start with {', '.join(settings)}")
    return pythia


def _record(batch: Any) -> Record:
    """Return what `nextBatch` copied of one event."""
    particles = batch[0].prt
    return Record(
        np.asarray(particles.id, dtype=np.int64),
        np.asarray(particles.status) > 0,
        np.asarray(particles.mother1, dtype=np.int64),
        _four(particles.p),
        _four(particles.vProd),
    )


def _four(vectors: Any) -> Floats:
    awkward = importlib.import_module("awkward")
    # the record leaves out places at the origin
    parts = [awkward.fill_none(vectors[name], 0.0) for name in ("e", "px", "py", "pz")]
    return np.stack([np.asarray(part, dtype=np.float64) for part in parts])
