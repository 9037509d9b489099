"""The door to Pythia 8 (C. Bierlich et al., SciPost Phys. Codebases 8 (2022)): decays of τ leptons, hadrons.

Pythia is an optional guest under the GPL (extra ``pythia``); nothing else of the package imports it.
"""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scotopic.errors import InputError
from scotopic.physics.standard_model import TAU_MASS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SEEDS = 900_000_000  # Pythia takes 1 to this
QUIET = ("Print:quiet = on", "Check:event = off", "Next:numberCount = 0")
DECAYS = ("ProcessLevel:all = off", "PartonLevel:FSRinResonances = off", f"15:m0 = {TAU_MASS!r}")
PSEUDOSCALAR = 36
TAU = 15
PAIR_ENERGY = 4.0  # GeV; nothing depends on it


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
    final: NDArray[np.bool_]
    mother: Ints
    momenta: Floats
    places: Floats


def tau_pairs(n: int, seed: int) -> Record:
    """Return the decays of n pairs τ-τ+ in the spin singlet, in a common rest frame of each pair.

    A pseudoscalar makes such pairs: their spins are opposite along every axis. Pair i has its τ- at 3i + 2 and
    its τ+ at 3i + 3 of the record, along +z and -z; they decay where they are made.

    Parameters
    ----------
    seed : int
        From 0 to 2⁶³ - 1.
    """
    pythia = _made(DECAYS)
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
    return _record(pythia.nextBatch(1, "fail"))


def hadrons(n: int, sqrt_s: float, seed: int, *, radiation: bool) -> tuple[list[Record], float, float]:
    """Return n events of e+e- → γ*/Z → qq̄, hadronised, and the cross section with its error in pb.

    The quarks are u, d, s, c; α runs, and the quarks radiate gluons.

    Parameters
    ----------
    radiation : bool
        Whether beams and quarks radiate photons: Pythia's structure function of the electron and its showers.
    """
    pythia = _made(
        (
            "Beams:idA = 11",
            "Beams:idB = -11",
            f"Beams:eCM = {sqrt_s!r}",
            "WeakSingleBoson:ffbar2gmZ = on",
            "WeakZ0:gmZmode = 0",
            "23:onMode = off",
            "23:onIfAny = 1 2 3 4",
            "23:mMin = 4.",
            f"PDF:lepton = {'on' if radiation else 'off'}",
        ),
        seed=1 + seed % SEEDS,
    )
    found = pythia.nextBatch(n, "skip")
    records = [_record(found[i : i + 1]) for i in range(n)]
    information = pythia.infoPython()
    return records, information.sigmaGen() * 1e9, information.sigmaErr() * 1e9  # from mb


def _made(settings: Sequence[str], seed: int | None = None) -> Any:
    return _cached(tuple(settings)) if seed is None else _start(tuple(settings), seed)


@lru_cache(maxsize=2)
def _cached(settings: tuple[str, ...]) -> Any:
    return _start(settings, 1)


def _start(settings: tuple[str, ...], seed: int) -> Any:
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

    awkward = importlib.import_module("awkward")

    def four(vectors: Any) -> Floats:
        # the record leaves out places at the origin
        return np.stack(
            [
                np.asarray(awkward.fill_none(vectors[name], 0.0), dtype=np.float64)
                for name in ("e", "px", "py", "pz")
            ]
        )

    return Record(
        np.asarray(particles.id, dtype=np.int64),
        np.asarray(particles.status) > 0,
        np.asarray(particles.mother1, dtype=np.int64),
        four(particles.p),
        four(particles.vProd),
    )
