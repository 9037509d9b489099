"""Photons of the charged particles that a τ decays to.

A τ and its charged product radiate together (`scotopic.events.radiation.emission_density`, ``"charged"``), against
all else that the τ decays to, whose mass is kept. Several charged products radiate one after another; what they and
the τ would radiate together beyond that, soft photons at large angles, is left out, and so are photons of hadronic
structure.
"""

from dataclasses import replace

import numpy as np

from scotopic.events.decays.pythia import Record
from scotopic.events.radiation.emission_density import Radiating
from scotopic.events.radiation.final_state_radiation import radiate
from scotopic.numerics.arrays import Bools, Floats, Ints
from scotopic.numerics.lorentz import boost_from_rest, dot
from scotopic.physics.particles import PHOTON

LEPTONS, MESONS = (11, 13), (211, 321)
"""Charged products that live long enough to radiate by themselves."""
BACK = np.array([[1.0], [-1.0], [-1.0], [-1.0]])


def radiate_decays(record: Record, roots: Ints, rng: np.random.Generator) -> Record:
    """Return the record with the photons of its τ decays behind the other particles.

    Parameters
    ----------
    record : Record
    roots : (P,)
        Number of the τ that each particle comes from, itself included; -1 where none.
    rng : Generator
    """
    momenta, places = record.momenta.copy(), record.places.copy()
    left = record.momenta.copy()  # of each τ without the photons
    number = np.arange(len(roots))
    direct = (roots >= 0) & (roots != number) & (record.mother == roots)
    branch = _branches(record, roots, direct)
    codes = np.abs(record.pdg)
    photons, mothers = [], []
    for fermion, kinds in ((True, LEPTONS), (False, MESONS)):
        charged = np.flatnonzero(direct & record.final & np.isin(codes, kinds))
        for turn in _turns(roots[charged]):
            mine = charged[turn]
            taus = roots[mine]
            own, rest = momenta[:, mine], left[:, taus] - momenta[:, mine]
            masses = [np.sqrt(np.maximum(dot(p, p), 0.0)) for p in (own, rest)]
            radiating = Radiating("charged", (fermion, False))
            own, after, its = radiate(own, rest, (masses[0], masses[1]), radiating, rng)
            momenta[:, mine] = own
            left[:, taus] -= its.sum(axis=0)
            radiated = its[0, 0] > 0.0
            _move(momenta, places, roots, branch, (mine[radiated], rest[:, radiated], after[:, radiated]))
            slot, event = np.nonzero(its[:, 0] > 0.0)
            photons.append(its[slot, :, event].T)
            mothers.append(taus[event])
    mother = np.concatenate([np.zeros(0, dtype=np.int64), *mothers])
    return replace(
        record,
        pdg=np.append(record.pdg, np.full(len(mother), PHOTON.pdg)),
        final=np.append(record.final, np.ones(len(mother), dtype=bool)),
        mother=np.append(record.mother, mother),
        momenta=np.concatenate([momenta, *photons], axis=1),
        places=np.concatenate([places, record.places[:, mother]], axis=1),
    )


def _branches(record: Record, roots: Ints, direct: Bools) -> Ints:
    """Return the number of the τ's product that each particle is or comes from, -1 where none."""
    branch = np.where(direct, np.arange(len(roots)), -1)
    for i in np.flatnonzero((roots >= 0) & ~direct & (roots != np.arange(len(roots)))):
        branch[i] = branch[record.mother[i]]  # mothers come first
    return branch


def _turns(taus: Ints) -> list[Bools]:
    """Return which particles are the first, the second, ... of their τ."""
    order = np.argsort(taus, kind="stable")
    ordered = taus[order]
    rank = np.empty(len(taus), dtype=np.int64)
    rank[order] = np.arange(len(taus)) - np.searchsorted(ordered, ordered)
    return [rank == turn for turn in range(int(rank.max(initial=-1)) + 1)]


def _move(
    momenta: Floats, places: Floats, roots: Ints, branch: Ints, recoil: tuple[Ints, Floats, Floats]
) -> None:
    """Boost all that does not come from `mine` but from its τ from where it was together to where it is after."""
    mine, before, after = recoil
    which = np.full(len(roots), -1)
    which[roots[mine]] = np.arange(len(mine))
    its = np.where(roots >= 0, which[roots], -1)
    own = np.full(len(mine) + 1, -2)
    own[:-1] = mine
    others = np.flatnonzero((its >= 0) & (branch >= 0) & (branch != own[its]))
    count = np.bincount(its[others], minlength=len(mine))
    alone = count[its[others]] == 1
    momenta[:, others[alone]] = after[:, its[others[alone]]]  # a neutrino, which has no rest frame
    many = others[~alone]
    at = its[many]
    mass = np.sqrt(np.maximum(dot(before, before), 0.0))[at]
    for vectors in (momenta, places):
        still = boost_from_rest(vectors[:, many], before[:, at] * BACK, mass)
        vectors[:, many] = boost_from_rest(still, after[:, at], mass)
