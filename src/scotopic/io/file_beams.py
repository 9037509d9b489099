"""The beams of each collision of a file: its incoming particles against what its header says of the beams."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from scotopic.chunks import Arrays, ExactSum, Store
from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats, Ints
from scotopic.physics.standard_model import ELECTRON_MASS

SAME = 1e-3  # relative; energies that differ by less are the same
STANDARD_ERRORS = 5.0  # of a mean over the events
ROUNDING = 1e-6  # relative
ABOVE = 1e-5  # relative; no beam radiates to more energy than it has
PHOTON = 22  # of a beam that radiated
LARGEST_SPREAD = 0.05  # relative; incoming particles that lack more have radiated
PAIR = [-11.0, 11.0]


@dataclass(frozen=True)
class FileBeams:
    """Beams of the collisions of a file, GeV.

    Attributes
    ----------
    nominal : (2, 4) of the electron and the positron: their mean, or what the header says
    mean : (2, 4) or None
        Of the incoming particles, where these are the beams of their collision; None where all have the nominal ones.
    notes : tuple of str
    momentum_error : (3,) standard error of the mean total momentum
    """

    nominal: Floats
    mean: Floats | None = None
    notes: tuple[str, ...] = ()
    momentum_error: Floats = field(default_factory=lambda: np.zeros(3))

    def of(self, arrays: Arrays) -> Floats:
        """Return the beams (n, 2, 4) of the collisions of a chunk; those without incoming particles have the mean."""
        n = len(arrays["incoming_counts"])
        beams = np.repeat((self.nominal if self.mean is None else self.mean)[None], n, axis=0)
        if self.mean is not None:
            which, known = _pairs(arrays)
            beams[which] = known
        return beams

    def differ(self, beams: Floats) -> bool:
        """Return whether collisions have other beams (n, 2, 4) than the nominal ones, by more than rounding."""
        return bool((np.abs(beams - self.nominal) > ROUNDING * self.nominal[:, :1]).any())


def _pairs(arrays: Arrays) -> tuple[Ints, Floats]:
    """Return which events name one electron and one positron as incoming, and their momenta (K, 2, 4)."""
    counts, rows = arrays["incoming_counts"], arrays["incoming"]
    two = np.flatnonzero(counts == 2)
    first = (np.cumsum(counts) - counts)[two]
    pairs = np.stack([rows[first], rows[first + 1]], axis=1)
    right = (np.sort(pairs[:, :, 0], axis=1) == PAIR).all(axis=1)
    which, pairs = two[right], pairs[right]
    pairs = np.where((pairs[:, 0, 0] > 0.0)[:, None, None], pairs, pairs[:, ::-1])
    return which, pairs[:, :, [4, 1, 2, 3]]


def _some_alike(arrays: Arrays) -> bool:
    """Return whether some events have two electrons or two positrons coming in."""
    counts, codes = arrays["incoming_counts"], arrays["incoming"][:, 0]
    first = (np.cumsum(counts) - counts)[counts == 2]
    return bool((np.abs(codes[first] + codes[first + 1]) == 22.0).any())


@dataclass(frozen=True)
class Incoming:
    """What the incoming particles of all events tell.

    Attributes
    ----------
    size : events
    codes : PDG codes that come in, in their order
    alike : whether some events have two electrons or two positrons coming in
    complete : whether each event that names incoming particles names one electron and one positron, and some do
    mean : (2, 4) their mean momenta, GeV
    deviation : (2,) standard deviation of their energies; events without incoming particles have the mean
    least, most : (2,) smallest and largest energies
    """

    size: int
    codes: tuple[int, ...]
    alike: bool
    complete: bool
    mean: Floats
    deviation: Floats
    least: Floats
    most: Floats

    def beams(
        self, ids: Sequence[int] | None, energies: Sequence[float], store: Store, path: Path
    ) -> FileBeams | None:
        """Return the beams of a file, `ids` and `energies` of its header where it has one; see `beams_with_header`."""
        return beams_of(self) if ids is None else beams_with_header(ids, energies, self, store, path)


def survey_incoming(store: Store) -> Incoming:
    """Return what the incoming particles of all events tell."""
    size = known = 0
    complete, alike = True, False
    codes: set[int] = set()
    sums = [[ExactSum() for _ in range(4)] for _ in range(2)]
    squares, reference = np.zeros((2, 2)), None
    least, most = np.full(2, np.inf), np.full(2, -np.inf)
    for arrays in store:
        which, pairs = _pairs(arrays)
        size += len(arrays["incoming_counts"])
        known += len(which)
        complete = complete and len(which) == np.count_nonzero(arrays["incoming_counts"])
        codes.update(np.unique(arrays["incoming"][:, 0]).astype(int).tolist())
        alike = alike or _some_alike(arrays)
        if not len(which):
            continue
        for b in range(2):
            for k in range(4):
                sums[b][k].add(pairs[:, b, k])
        reference = pairs[0, :, 0] if reference is None else reference
        away = pairs[:, :, 0] - reference
        squares += np.stack([away.sum(axis=0), (away**2).sum(axis=0)])
        least, most = (
            np.minimum(least, pairs[:, :, 0].min(axis=0)),
            np.maximum(most, pairs[:, :, 0].max(axis=0)),
        )
    mean = np.array([[one.value for one in of_beam] for of_beam in sums]) / max(known, 1)
    away, square = squares / max(known, 1)
    deviation = np.sqrt(np.maximum(square - away**2, 0.0) * known / max(size, 1))
    return Incoming(size, tuple(sorted(codes)), alike, complete and known > 0, mean, deviation, least, most)


def beams_of(incoming: Incoming) -> FileBeams | None:
    """Return the beams of a file without a header, None where it does not name them.

    Incoming particles whose energies vary by more than any beam's spread have radiated: the beams are those that
    radiated least.
    """
    if not incoming.complete:
        return None
    if (incoming.least > (1.0 - LARGEST_SPREAD) * incoming.most).all():
        return FileBeams(incoming.mean, incoming.mean)
    stated = _stated((11, -11), incoming.most.tolist(), incoming)
    note = "the incoming particles have different energies: they radiated, and the largest are taken for the beams"
    return FileBeams(stated, notes=(note,))


def beams_with_header(
    ids: Sequence[int], energies: Sequence[float], incoming: Incoming, store: Store, path: Path
) -> FileBeams | None:
    """Return the beams of a file whose header names their codes and energies (GeV).

    Incoming particles that scatter about the energies of the header are the beams with their spread. Those that lack
    energy have radiated: the beams are the header's, and what left them is missing in the record.

    Raises
    ------
    InputError
        If the incoming particles are no electrons and positrons, or have other energies than the header says.
    """
    if incoming.codes and not set(incoming.codes) <= {11, -11, PHOTON}:
        raise _other_beams(incoming.codes, "coming in", path)
    if incoming.alike and not incoming.complete:
        raise InputError(f"{path} has two electrons or two positrons coming in; expected e- and e+")
    if sorted(ids) != PAIR or min(energies) == 0.0:
        return beams_of(incoming)
    stated = _stated(ids, energies, incoming)
    if not incoming.complete:
        return FileBeams(stated)
    mean, deviation = incoming.mean[:, 0] / stated[:, 0], incoming.deviation / stated[:, 0]
    least, most = incoming.least / stated[:, 0], incoming.most / stated[:, 0]
    one = incoming.size == 1
    allowed = LARGEST_SPREAD if one else SAME + STANDARD_ERRORS * deviation / np.sqrt(incoming.size)
    constant = not one and bool((deviation < ROUNDING).all())
    furthest = np.maximum(most - 1.0, 1.0 - least)
    agree = bool((np.abs(mean - 1.0) <= allowed).all()) and bool((furthest < LARGEST_SPREAD).all())
    radiated = bool((most < 1.0 + ABOVE).all())
    if agree and (constant or not radiated or bool((furthest < SAME).all())):
        return FileBeams(incoming.mean if constant else stated, incoming.mean)
    if constant or bool((mean > 1.0 + allowed).any()):
        (e, p), (he, hp) = incoming.mean[:, 0], stated[:, 0]
        raise InputError(
            f"{path}: the incoming particles of its events have {e:.5g} (e-) and {p:.5g} GeV (e+), its <init> says "
            f"{he:.5g} and {hp:.5g} GeV; expected beams that agree, in one frame"
        )
    total = stated[:, 0].sum()
    rows = FileBeams(stated, incoming.mean)
    lacking = sum(
        np.count_nonzero(total - rows.of(arrays)[:, :, 0].sum(axis=1) > SAME * total) for arrays in store
    )
    note = (
        f"{lacking} of {incoming.size} collisions have less energy than the "
        "beams of <init>: they radiated, and what the record lacks is taken as missing"
    )
    return FileBeams(stated, notes=(note,))


def check_header(ids: Sequence[int], energies: Sequence[float], path: Path) -> None:
    """Refuse a header whose beams are not an electron and a positron with their energies; code 0 names no beam."""
    if all(ids) and sorted(ids) != PAIR:
        raise _other_beams(ids, "in <init>", path)
    if min(energies) < 0.0:
        raise InputError(
            f"{path} has beams of {energies[0]:g} and {energies[1]:g} GeV in <init>; expected energies"
        )


def _other_beams(codes: Sequence[int], place: str, path: Path) -> InputError:
    named = " and ".join(str(code) for code in codes[:6])
    return InputError(f"{path} has beams of the PDG codes {named} {place}; expected e- and e+")


def _stated(ids: Sequence[int], energies: Sequence[float], incoming: Incoming) -> Floats:
    """Return beams (2, 4) of the header, electrons first.

    They fly as the incoming particles do; without these head-on, the first along +z.
    """
    order = np.argsort(-np.array(ids))
    energy = np.array(energies)[order]
    direction = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]])[order]
    if incoming.complete:
        direction = incoming.mean[:, 1:] / np.linalg.norm(incoming.mean[:, 1:], axis=1, keepdims=True)
    momentum = np.sqrt(np.maximum(energy**2 - ELECTRON_MASS**2, 0.0))
    return np.concatenate([energy[:, None], momentum[:, None] * direction], axis=1)
