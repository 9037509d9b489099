"""The shipped bounds: complete, in agreement with quoted values, and within what may ship."""

import numpy as np
import pytest

from scotopic.bounds import CONVENTIONS, bounds, load_bound
from scotopic.errors import InputError


@pytest.mark.parametrize("name", bounds())
def test_shipped_bound_is_complete(name):
    bound = load_bound(name)
    assert bound.name == name
    assert bound.convention in CONVENTIONS
    assert bound.citation.text
    assert bound.citation.arxiv in bound.citation.bibtex
    assert bound.citation.doi in bound.citation.bibtex
    assert bound.reading.licence in ("MIT", "BSD-3-Clause", "paper", "HEPData")
    assert sum(len(mass) for mass, _ in bound.pieces) <= 60
    low, high = bound.mass_range
    assert 0.0 < low < high


@pytest.mark.parametrize("name", bounds())
def test_shipped_numbers_have_three_digits(name):
    for _, coupling in load_bound(name).pieces:
        np.testing.assert_array_equal(coupling, [float(f"{g:.3g}") for g in coupling])


@pytest.mark.parametrize("name", bounds())
def test_just_above_the_limit_is_excluded_and_just_below_is_not(name):
    bound = load_bound(name)
    mass = np.geomspace(*bound.mass_range, 203)[1:-1]
    mass = mass[np.isfinite(bound.at(mass))]
    limit = bound.at(mass)
    # a hair, thinner than any of the regions
    assert bound.contains(mass, limit * 1.0001).all()
    assert not bound.contains(mass, limit * 0.9999).any()


def test_belle2_2020_at_quoted_masses():
    # AxionLimits' own reading of arXiv:2007.13071: best 7.11e-4 near 0.303 GeV, peak 1.49e-3 near 0.468,
    # 2.81e-3 near 2.10, 3.89e-3 near 4.56; two readings of a spiky curve differ by up to some 10 %
    bound = load_bound("alp-belle2-2020")
    near = [bound.at(np.linspace(0.98 * m, 1.02 * m, 41)) for m in (0.303, 0.468, 2.101, 4.56)]
    assert near[0].min() == pytest.approx(7.11e-4, rel=0.05)
    for values, quoted in zip(near[1:], (1.49e-3, 2.81e-3, 3.89e-3), strict=True):
        assert values.max() == pytest.approx(quoted, rel=0.10)


def test_belle2_2020_leads_where_its_paper_says():
    # arXiv:2007.13071, abstract: most restrictive for 0.2 < m < 1 GeV; on the median, for the curve is spiky
    mass = np.geomspace(0.21, 0.99, 200)
    ours = load_bound("alp-belle2-2020").at(mass)
    others = [load_bound(name).at(mass) for name in ("alp-opal", "alp-lep", "alp-primex")]
    best = np.fmin.reduce(others)
    assert np.median(best / ours) > 1.0
    above = np.geomspace(1.5, 5.5, 200)
    assert np.median(load_bound("alp-opal").at(above) / load_bound("alp-belle2-2020").at(above)) < 1.0


def test_projection_is_deeper_by_the_fourth_root_of_luminosity():
    # background-limited: g ∝ L^(-1/4); 445/pb to 50/ab is a factor 18.3, 90 % instead of 95 % adds some 5 %
    mass = np.geomspace(0.25, 6.0, 60)
    ratio = load_bound("alp-belle2-2020").at(mass) / load_bound("alp-belle2-50ab-projection").at(mass)
    assert np.median(ratio) == pytest.approx((50_000 / 0.445) ** 0.25, rel=0.35)


def test_unknown_name_lists_what_there_is():
    with pytest.raises(InputError, match=r"no such bound, shipped ones are .*alp-lep"):
        load_bound("alp-nobody")


CURVES = {
    "alp-belle2-2020": ("alp_3g_BelleII_2020_FORESEE.csv", 0.03),
    "alp-belle2-50ab-projection": ("alp_3g_proj_BelleII_50ab.csv", 0.01),
    "alp-cms-pbpb": ("alp_CMS_PbPb_2018.csv", 0.02),
    "alp-atlas-pbpb": ("alp_ATLAS_PbPb_2020.csv", 0.02),
    "alp-lep": ("alp_LEP_AxionLimits.csv", 0.01),
    "alp-e137": ("alp_E137_FORESEE.csv", 0.01),
    "alp-nucal": ("alp_NuCal_FORESEE.csv", 0.01),
    "alp-babar-invisible": ("alp_1g_BaBar_monophoton_recast.csv", 0.02),
}


@pytest.mark.reference
@pytest.mark.parametrize("name", CURVES)
def test_table_follows_the_full_curve(name, reference_folder):
    file, tolerance = CURVES[name]
    lines = (reference_folder / "reference" / "curves" / file).read_text(encoding="utf-8").splitlines()
    full = np.array([[float(x) for x in line.split(",")[:2]] for line in lines if line[0] in "0123456789"])
    bound = load_bound(name)
    low, high = bound.mass_range
    full = full[(full[:, 0] > 1.01 * low) & (full[:, 0] < 0.99 * high) & (full[:, 1] < 0.5)]
    if bound.shape == "function":
        distance = np.abs(np.log(bound.at(full[:, 0]) / full[:, 1]))
        assert np.median(distance) < tolerance
    else:
        # every corner of the full outline lies within the tolerance of ours: a small move changes sides
        steps = np.exp(
            4 * tolerance * np.array([[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1], [1, -1], [-1, 1]])
        )
        sides = np.array([bound.contains(full[:, 0] * a, full[:, 1] * b) for a, b in steps])
        assert (sides.any(axis=0) & ~sides.all(axis=0)).mean() > 0.95
