"""What the simulation does with PDG codes: seen, unseen, or refused with a true reason."""

import numpy as np
import pytest
from particle import Particle

from scotopic.detector.particle_codes import fate, unseen_particles
from scotopic.detector.tracker import CHARGES, charges
from scotopic.errors import InputError
from scotopic.events.record import Events
from scotopic.physics.particles import particle_names, pdg_code


@pytest.mark.parametrize("code", [22, *CHARGES, *(-code for code in CHARGES)])
def test_seen(code):
    assert fate(code) == "seen"


@pytest.mark.parametrize(
    "code",
    [
        12,
        -14,
        16,
        130,
        2112,
        -2112,
        32,
        33,
        35,
        52,
        -52,
        54,
        622,
        1000022,
        9000005,
        9900053,
        4900101,
        5000521,
    ],
)
def test_unseen(code):
    assert fate(code) == "unseen"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (15, "tau- .*decays within the detector"),
        (111, "pi0 .*decays within"),
        (310, r"K\(S\)0 .*cτ = 26.8 mm"),
        (-3122, "Lambda~ .*decays within"),
        (443, r"J/psi.*decays within"),
        (-521, "B- .*decays within"),
        (311, "no state of definite lifetime"),
        (23, "Z0 .*decays within"),
        (24, r"W\+ .*decays within"),
        (3, "coloured"),
        (21, "coloured"),
        (2101, "coloured"),
        (1000021, "coloured"),
        (-1000006, "coloured"),
        (1000024, r"charged \(\+1\)"),
        (-1000013, r"charged \(\+1\)"),
        (2000011, r"charged \(-1\)"),
        (37, r"charged \(\+1\)"),
        (-34, r"charged \(-1\)"),
        (4000011, r"charged \(-1\)"),
        (1000020040, r"charged \(\+2\)"),
        (1009213, r"charged \(\+1\)"),
    ],
)
def test_refused(code, reason):
    with pytest.raises(
        InputError, match=rf"file: the final state holds .*\(PDG code {code}\).*{reason}|{reason}"
    ):
        fate(code, "file")


def test_charges_are_those_of_the_pdg():
    for code, charge in CHARGES.items():
        assert Particle.from_pdgid(code).charge == charge
    np.testing.assert_array_equal(
        charges(np.array([[11, -211], [22, 9000005]], dtype=np.int32)), [[-1, -1], [0, 0]]
    )


def test_no_stable_particle_of_our_models_is_refused():
    short = {"tau-", "tau+", "Z", "W-", "W+"}
    for name in set(particle_names()) - short:
        assert fate(pdg_code(name)) in ("seen", "unseen")


def test_the_list_of_the_unseen_counts_codes():
    pdg = np.array([[22, 22, 22], [9000005, 9000005, 12], [0, -12, 0]], dtype=np.int32)
    events = Events(pdg, np.zeros((3, 4, 3)), np.ones(3), "cm", 10.58)
    assert unseen_particles(events) == {9000005: 2, -12: 1, 12: 1}
    assert list(unseen_particles(events)) == [9000005, -12, 12]
