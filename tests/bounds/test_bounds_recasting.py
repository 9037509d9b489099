"""Bounds in other models: their own returned, limits that move the right way, reasons where nothing carries over."""

import math
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scotopic.bounds import bounds, load_bound, read_bound
from scotopic.bounds.carriers import VECTORS, Vector, get_carrier
from scotopic.bounds.instruments import INSTRUMENTS
from scotopic.bounds.outline import order_faults
from scotopic.bounds.production import RATES
from scotopic.bounds.recasting import own_model, recast
from scotopic.bounds.rescaling import AnyLifetime, Flight, Rescaling, Shielded, single
from scotopic.bounds.signal_rate import SignalRate, solve
from scotopic.errors import InputError
from scotopic.physics.models.vector_charges import FERMIONS, VectorCharges

REFERENCE = os.environ.get("SCOTOPIC_REFERENCE")
VISIBLE = "dp-belle2-visible-50ab-projection"
DUMP = "dp-na62-dump-ee"


def vector(charges, *, invisible=0.0):
    return Vector("mine", "vector:g", VectorCharges(tuple(charges.items())), invisible)


def lowest(found):
    return np.array([here[0][0] if here else math.inf for here in found.intervals])


@pytest.mark.parametrize("name", bounds())
def test_own_model_returns_the_bound(name):
    bound = load_bound(name)
    own = own_model(bound)
    stated = bound.converted(own.convention)
    if bound.rescaling is None or bound.rescaling.refused:
        own = get_carrier(
            bound.model, {"invisible": bound.rescaling.invisible_fraction} if bound.rescaling else None
        )
    found = recast(bound, own)
    assert found.bound.shape == stated.shape
    for published, here in zip(stated.intervals(found.mass), found.intervals, strict=True):
        assert np.ravel(here) == pytest.approx(np.ravel(published), rel=1e-6)
    for mass, coupling in stated.pieces:
        back = found.bound.at(mass)
        inside = np.isfinite(back)
        assert inside.sum() >= len(mass) - 2
        assert back[inside] == pytest.approx(stated.at(mass)[inside], rel=1e-5)
        assert (coupling > 0.0).all()


WITH_LOOPS = ("baryon-number", "lmu-ltau", "le-lmu", "le-ltau")


@pytest.mark.parametrize(
    ("model", "mixing"), [*((one, "none") for one in VECTORS), *((one, "loops") for one in WITH_LOOPS)]
)
@pytest.mark.parametrize("name", ["dp-faser-2023", DUMP, "dp-na62-dump-mumu"])
def test_outlines_stay_closed(name, model, mixing):
    found = recast(load_bound(name), get_carrier(model, {"mixing": mixing}))
    if found.bound is None:
        assert all(found.reasons)
        return
    assert found.bound.shape == "region"
    for mass, coupling in found.bound.pieces:
        assert order_faults(mass, coupling, "region") == []


def test_no_coupling_to_the_production():
    found = recast(load_bound(VISIBLE), get_carrier("lmu-ltau"))
    assert found.bound is None
    assert "no coupling to its production (e- e+ > gamma V)" in found.gaps[0][2]
    found = recast(load_bound(VISIBLE), get_carrier("alp-photon"))
    assert found.bound is None
    neutral = recast(load_bound("bl-borexino"), get_carrier("dark-photon"))
    assert "does not couple" in neutral.reasons[0]


@pytest.mark.parametrize("name", bounds())
def test_a_vector_that_nothing_makes_has_no_limit(name):
    found = recast(load_bound(name), vector({"nu_tau": 1.0}))
    assert found.bound is None
    assert all(reason for reason in found.reasons)
    assert not any(found.intervals)


def test_a_limit_from_muons_is_one_on_muons():
    # BaBar's four muons: e+e- → μ+μ-Z' limits g', whatever electrons do
    made = Rescaling(single("e- e+ > mu- mu+ V"), ("mu- mu+",), Flight("babar-muons-prompt"))
    mass = np.geomspace(0.22, 7.0, 20)
    published = replace(
        load_bound(VISIBLE),
        model="lmu-ltau",
        convention="lmu-ltau:gprime",
        pieces=((mass, np.full(20, 1e-3)),),
        rescaling=made,
    )
    itself = recast(published, get_carrier("lmu-ltau")).bound
    assert itself.at(mass) == pytest.approx(np.full(20, 1e-3), rel=1e-6)
    muons = recast(published, vector({"mu": 1.0, "e": 5.0})).bound
    # electrons do not help to make it, and take away decays
    assert (muons.at(mass)[1:-1] > 1e-3).all()
    assert recast(published, vector({"e": 1.0})).bound is None


def test_no_decay_below_threshold():
    mine = vector({"e": 1.0, "mu": 1.0})
    bound = replace(
        load_bound(VISIBLE), rescaling=Rescaling(single("e- e+ > gamma V"), ("mu- mu+",), AnyLifetime())
    )
    found = recast(bound, mine)
    closed = found.mass < 0.2113
    reasons = set(np.array(found.reasons)[closed].tolist()) - {"nothing is published at this mass"}
    assert reasons == {"mine does not decay to mu- mu+ at this mass"}
    assert np.isfinite(lowest(found)[found.mass > 0.2114]).sum() > 100


def test_visible_limit_by_hand():
    # e+e- → γV with V → e+e-, μ+μ-: g² x_e² B = ε² e² B of the dark photon; both prompt
    bound = load_bound(VISIBLE)
    mine = vector({"e": 1.0, "mu": 1.0, "nu_mu": 1.0})
    mass = np.array([0.5])
    own = get_carrier("dark-photon")
    b_mine = sum(mine.fraction(d, mass)[0] for d in ("e- e+", "mu- mu+"))
    b_own = sum(own.fraction(d, mass)[0] for d in ("e- e+", "mu- mu+"))
    assert b_mine == pytest.approx(2.0 / 2.5, rel=2e-3)
    e = math.sqrt(4.0 * math.pi / 137.035999)
    expected = bound.at(0.5) * e * math.sqrt(b_own / b_mine)
    assert recast(bound, mine).bound.at(0.5) == pytest.approx(expected, rel=2e-3)


charge = st.floats(0.05, 2.0)
all_charges = st.fixed_dictionaries(dict.fromkeys(FERMIONS, charge))


@settings(max_examples=15, deadline=None)
@given(
    all_charges, st.sampled_from([VISIBLE, DUMP, "bl-na64-invisible", "bl-borexino", "dp-faser-2023"]), charge
)
def test_coupling_times_charges_is_what_counts(charges, name, factor):
    one = recast(load_bound(name), vector(charges))
    other = recast(load_bound(name), vector({f: x * factor for f, x in charges.items()}))
    for here, there in zip(one.intervals, other.intervals, strict=True):
        assert not np.isnan(np.ravel(here)).any()
        if len(here) == len(there):  # tips come and go with rounding
            assert np.ravel(here) == pytest.approx(factor * np.ravel(there), rel=1e-5)
    assert sum(len(a) != len(b) for a, b in zip(one.intervals, other.intervals, strict=True)) <= 2


@settings(max_examples=8, deadline=None)
@given(all_charges, charge)
def test_limits_move_with_each_coupling(charges, more):
    bound = load_bound(VISIBLE)
    limit = lowest(recast(bound, vector(charges)))
    stronger = lowest(recast(bound, vector(charges | {"e": charges["e"] + more})))
    assert (stronger <= limit * (1.0 + 1e-9)).all()
    for fermion in ("nu_e", "nu_mu", "nu_tau", "tau"):
        weaker = lowest(recast(bound, vector(charges | {fermion: charges[fermion] + more})))
        assert (weaker >= limit * (1.0 - 1e-9)).all()
    hidden = lowest(recast(bound, vector(charges, invisible=0.5)))
    assert (hidden >= limit * (1.0 - 1e-9)).all()


@settings(max_examples=25, deadline=None)
@given(all_charges, st.lists(st.floats(1e-3, 9.0), min_size=1, max_size=20), st.floats(0.0, 1.0))
def test_widths_and_fractions(charges, masses, invisible):
    mass = np.array(masses)
    mine = vector(charges, invisible=invisible)
    partial = mine.widths(mass)
    assert all((width >= 0.0).all() for width in partial.values())
    assert (mine.width(mass) >= 0.0).all()
    assert np.isfinite(mine.width(mass)).all()
    total = mine.fraction("invisible", mass) + mine.fraction("visible", mass)
    assert total == pytest.approx(1.0, abs=1e-12)
    for mechanism, rate in RATES.items():
        assert (rate(mine.charges, mass) >= 0.0).all(), mechanism


@settings(max_examples=40, deadline=None)
@given(st.floats(1e-3, 1.0), st.floats(1.01, 100.0), st.floats(-6.0, -0.2))
def test_two_sided_solution(first, ratio, depth):
    # g² (e^-a g² - e^-ρa g²): both edges have the wanted rate, and lie on either side of the peak
    window = (np.full((1, 1), x) for x in (first, first * ratio, 1.0))
    rate = SignalRate(np.ones(1), np.zeros(1), np.ones(1), *window)
    u = np.linspace(-20.0, 10.0, 20001) - math.log(first)
    peak = rate.log(np.array([u]))[0].max()
    (((low, high),),) = solve(rate, np.array([peak + depth])).lists(1)
    for edge in (low, high):
        assert rate.log(np.array([2.0 * math.log(edge)])) == pytest.approx(peak + depth, abs=1e-8)
    assert low < math.exp(0.5 * u[rate.log(np.array([u]))[0].argmax()]) < high


def test_above_the_peak_there_is_no_solution():
    rate = SignalRate(
        np.ones(1), np.zeros(1), np.ones(1), np.ones((1, 1)), np.full((1, 1), 2.0), np.ones((1, 1))
    )
    assert solve(rate, np.array([0.0])).at.size == 0


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_instruments(name):
    mass = np.geomspace(0.001, 9.0, 30)
    first, last, weight = INSTRUMENTS[name].proper_times(mass)
    assert (first >= 0.0).all()
    assert (last > first).all()
    assert (weight >= 0.0).all()
    assert np.isfinite(weight).all()
    good = weight.sum(axis=1) > 0.0
    assert weight.sum(axis=1)[good] == pytest.approx(1.0)


@pytest.mark.parametrize("instrument", ["e137", "e141", "nucal", "charm", "na62-dump"])
def test_shield_and_flight_agree_within_their_geometry(instrument):
    # inferred from both edges, or from the stated beam: the same window, scaled
    published = load_bound(DUMP)
    by_shield = recast(published, get_carrier("b-minus-l"))
    one = INSTRUMENTS[instrument]
    rescaling = replace(published.rescaling, lifetime=Shielded(one.first_mm, one.last_mm - one.first_mm))
    flight = replace(published.rescaling, lifetime=Flight(instrument))
    a, b = (recast(replace(published, rescaling=x), get_carrier("b-minus-l")) for x in (rescaling, flight))
    assert by_shield.bound is not None
    both = np.isfinite(lowest(a)) & np.isfinite(lowest(b))
    assert both.sum() > 50
    assert np.abs(np.log(lowest(a)[both] / lowest(b)[both])).max() < 0.5


def test_user_states_how_it_carries_over(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(
        "# convention: dark-photon:epsilon\nmass_GeV,coupling\n1,1e-3\n2,2e-3\n", encoding="utf-8"
    )
    assert "not stated" in recast(read_bound(path), get_carrier("b-minus-l")).reasons[0]
    said = {"production": "e- e+ > gamma V", "decays": "e- e+,mu- mu+"}
    assert recast(read_bound(path, said), get_carrier("b-minus-l")).bound is not None
    with pytest.raises(InputError, match="unknown 'e- p > V'"):
        read_bound(path, {"production": "e- p > V"})
    with pytest.raises(InputError, match="invisible_fraction"):
        read_bound(path, {"production": "e- e+ > gamma V", "invisible_fraction": "much"})


@pytest.mark.reference
@pytest.mark.skipif(not REFERENCE, reason="SCOTOPIC_REFERENCE is not set")
class TestAgainstCurves:
    folder = Path(REFERENCE or ".") / "reference" / "curves"

    def test_four_muons_return_themselves(self):
        said = {"production": "e- e+ > mu- mu+ V", "decays": "mu- mu+", "lifetime": "babar-muons-prompt"}
        bound = read_bound(self.folder / "zp_vis_BaBar_2016_4mu.csv", said)
        assert bound.convention == "lmu-ltau:gprime"
        found = recast(bound, get_carrier("lmu-ltau"))
        for mass, coupling in bound.pieces:
            assert found.bound.at(mass) == pytest.approx(coupling, rel=1e-6)

    @pytest.mark.parametrize(
        ("source", "target", "production"),
        [
            ("dp_inv_BaBar_2017", "zp_inv_BaBar_monophoton_recast", "e- e+ > gamma V"),
            ("dp_inv_NA64_2019", "zp_inv_NA64_recast", "e- Z > e- Z V"),
        ],
    )
    def test_invisible(self, source, target, production):
        # both are stated for an invisible fraction of 0.99
        said = {"production": production, "decays": "invisible", "invisible_fraction": "0.99"}
        bound = read_bound(self.folder / f"{source}.csv", said)
        found = recast(bound, get_carrier("lmu-ltau", {"mixing": "loops", "invisible": 0.99})).bound
        theirs = read_bound(self.folder / f"{target}.csv")
        mass = np.concatenate([m for m, _ in theirs.pieces])
        ratio = found.at(mass) / theirs.at(mass)
        good = np.abs(ratio - 1.0) < 0.05
        assert good.sum() > 0.9 * np.isfinite(ratio).sum() > 50

    def test_scattering(self):
        # heavy bosons: contact interactions, whose shape does not depend on the cuts on the recoil
        bound = read_bound(
            self.folder / "bl_CHARMII.csv", {"production": "nu_mu e- > nu_mu e-", "lifetime": "any"}
        )
        found = recast(bound, get_carrier("lmu-ltau", {"mixing": "loops"})).bound
        theirs = read_bound(self.folder / "zp_CHARMII_recast.csv")
        mass = np.concatenate([m for m, _ in theirs.pieces])
        ratio = found.at(mass) / theirs.at(mass)
        assert np.nanmedian(np.abs(ratio - 1.0)) < 0.1

    @pytest.mark.parametrize(
        ("model", "prefix", "end"), [("dark-photon", "", "_dp"), ("lmu-ltau", "zp_", "")]
    )
    @pytest.mark.parametrize(("side", "at"), [("lower", 0), ("upper", 1)])
    def test_muon_magnetic_moment(self, model, prefix, end, side, at):
        found = recast(load_bound("dp-gm2-mu-band"), get_carrier(model)).bound
        theirs = read_bound(self.folder / f"{prefix}gm2_mu_band_{side}{end}.csv")
        mass, coupling = theirs.pieces[0]
        edges = np.array([here[0][at] for here in found.intervals(mass)])
        assert edges == pytest.approx(coupling, rel=1.5e-3)
