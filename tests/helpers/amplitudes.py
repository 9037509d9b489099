"""Processes of all models and phase-space points, for the tests of amplitudes."""

import numpy as np
import pytest

from scotopic.app.catalogue import PROCESSES as LISTED
from scotopic.numerics.lorentz import boost, from_angles
from scotopic.physics.amplitudes.squared import light_cone
from scotopic.physics.processes import parse_process
from scotopic.physics.registry import get_model

SQRT_S = 10.58
PARAMETERS = {
    "sm": {},
    "alp-photon": {"mass": 1.3, "g": 1e-3},
    "dark-photon": {"mass": 1.5, "epsilon": 1e-3},
    "dark-higgs": {"mAp": 2.0, "mh": 0.7, "epsilon": 1e-3},
    "lmu-ltau": {"mass": 0.8, "gprime": 0.1},
    "lfv-zprime": {"mass": 2.0, "g": 1e-4},  # three vertices of the Z′ matter from g = e on
}


def listed(text, **parameters):
    """A process that ``scotopic list processes`` names, in its model."""
    name = LISTED[text].split(":")[0]
    return parse_process(text, get_model(name, **{**PARAMETERS[name], **parameters}))


EVERY = [listed(text) for text in LISTED]
every_process = pytest.mark.parametrize("process", EVERY, ids=lambda process: process.text)


def some_momenta(process, n=40, seed=1, sqrt_s=SQRT_S):
    """Phase-space points by successive two-body decays: (legs, 4, n)."""
    rng = np.random.default_rng(seed)
    masses = process.masses
    beam = np.sqrt(0.25 * sqrt_s**2 - masses[0] ** 2)
    incoming = [np.array([[0.5 * sqrt_s], [0.0], [0.0], [sign * beam]]) * np.ones(n) for sign in (1.0, -1.0)]
    outgoing, rest, total = [], np.full(n, sqrt_s), None
    left = list(masses[2:])
    while len(left) > 1:
        mass = left.pop(0)
        low = sum(left)
        other = (
            left[0] * np.ones(n) if len(left) == 1 else low + (rest - mass - low) * rng.uniform(0.2, 0.8, n)
        )
        p = np.sqrt((rest**2 - (mass + other) ** 2) * (rest**2 - (mass - other) ** 2)) / (2.0 * rest)
        cos, phi = rng.uniform(-0.9, 0.9, n), rng.uniform(-np.pi, np.pi, n)
        first = from_angles(np.hypot(p, mass), mass, cos, phi)
        second = from_angles(np.hypot(p, other), other, -cos, phi + np.pi)
        if total is not None:
            beta = total[1:] / total[0]
            first, second = boost(first, beta), boost(second, beta)
        outgoing.append(first)
        rest, total = other, second
    outgoing.append(total)
    return np.stack([*incoming, *outgoing])


def components(process, momenta):
    return tuple(tuple(leg) for leg in light_cone(momenta, process.masses))
