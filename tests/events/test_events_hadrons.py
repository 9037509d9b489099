"""e+e- → hadrons: cross section, conservation, flavours that decay, same bits, bad input."""

from dataclasses import replace

import numpy as np
import pytest

from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.events.beams import to_lab
from scotopic.events.decays.hadrons import (
    CHUNK,
    continuum_cross_section,
    generate_hadrons,
    hadrons_cross_section,
    is_hadrons,
)

pytest.importorskip("pythia8mc")


@pytest.mark.parametrize("isr", ["none", "pt"])
def test_momentum_is_conserved_and_weights_add_up(isr):
    events = generate_hadrons(300, seed=3, isr=isr)
    total = events.momenta.sum(axis=0)
    np.testing.assert_allclose(total[0], 10.58, atol=1e-6)
    np.testing.assert_allclose(total[1:], 0.0, atol=1e-6)
    assert events.weights.sum() == pytest.approx(events.cross_section_pb, rel=1e-12)
    # stable for a detector: leptons, photons, π±, K±, K_L, nucleons
    assert set(np.abs(events.pdg).ravel()) <= {0, 11, 12, 13, 14, 16, 22, 130, 211, 321, 2112, 2212}
    # charged multiplicity of the continuum at 10.52 GeV: 8.1 to 8.4 (ARGUS, CLEO), K_S decays included
    charged = np.isin(np.abs(events.pdg), (11, 13, 211, 321, 2212)).sum(axis=0)
    assert (charged % 2 == 0).all()
    assert 7.0 < charged.mean() < 9.5


def test_cross_section():
    """R = 3.56 ± 0.01 ± 0.07 at 10.52 GeV: CLEO, Phys. Rev. D 57 (1998) 1350 (mark M)."""
    point = 4.0 * np.pi / (3.0 * 137.035999**2 * 10.52**2) * 0.3893794e9
    assert continuum_cross_section(10.52) / point == pytest.approx(3.56, abs=0.07)
    # 1/(1 - Δα)² of 3.6 %
    assert continuum_cross_section(10.52, "running") / continuum_cross_section(10.52) == pytest.approx(
        1.076, abs=0.01
    )
    radiated = generate_hadrons(300, isr="pt")
    assert 1.0 < radiated.cross_section_pb / continuum_cross_section(10.58) < 1.2
    assert 0.0 < radiated.cross_section_error_pb < 0.1 * radiated.cross_section_pb


def test_same_bits_for_workers_and_longer_samples():
    one, two = generate_hadrons(CHUNK + 50, seed=2), generate_hadrons(CHUNK + 50, seed=2, workers=2)
    np.testing.assert_array_equal(one.momenta, two.momenta)
    np.testing.assert_array_equal(one.vertices, two.vertices)
    few = generate_hadrons(40, seed=2)
    np.testing.assert_array_equal(few.momenta, one.momenta[: few.pdg.shape[0], :, :40])


def test_kaons_fly_in_the_laboratory():
    """βγ = 0.29 lets neutral kaons fly further along the electron beam."""
    card = load_experiment("belle2-2018")
    still = generate_hadrons(400, seed=5, sqrt_s=card.beams.sqrt_s)
    lab = to_lab(still, card.beams)
    assert lab.frame == "lab"
    np.testing.assert_array_equal(lab.pdg, still.pdg)
    far = np.linalg.norm(still.vertices, axis=1) > 5.0
    assert far.any()
    assert lab.vertices[:, 2][far].mean() > still.vertices[:, 2][far].mean() + 1.0
    np.testing.assert_allclose(
        lab.vertices[:, 1][far], still.vertices[:, 1][far], rtol=1e-9
    )  # across the boost
    with pytest.raises(InputError, match="at times that are not kept"):
        to_lab(replace(still, times=None), card.beams)


def test_names():
    assert is_hadrons("e- e+ > hadrons")
    assert is_hadrons(" e- e+>hadrons ")
    assert not is_hadrons("e- e+ > pi+ pi-")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"model": "dark-photon"}, "only the Standard Model"),
        ({"cuts": ("E:pi+:1:",)}, "without cuts"),
        ({"isr": "collinear"}, "expected none or pt"),
        ({"alpha": "wrong"}, "expected fixed or running"),
        ({"sqrt_s": 3.0}, "expected more than 5 GeV"),
        ({"sqrt_s": float("nan")}, "expected more than 5 GeV"),
        ({"sqrt_s": 91.19}, "R has no Z"),
        ({"workers": 0}, "at least 1"),
    ],
)
def test_wrong_settings(settings, said):
    with pytest.raises(InputError, match=said):
        generate_hadrons(5, **settings)
    with pytest.raises(InputError, match=said):
        hadrons_cross_section(**settings)


def test_cross_section_with_radiation_takes_events():
    with pytest.raises(InputError, match="use generate"):
        hadrons_cross_section(isr="pt")
