import pytest

from scotopic.errors import InputError
from scotopic.numerics import units


def test_constants():
    # PDG 2022: ħc = 197.3269804... MeV fm, (ħc)² = 0.389379372 GeV² mb, ħ = 6.582119569e-25 GeV s.
    assert pytest.approx(0.1973269804e-12, rel=1e-9) == units.HBARC_GEV_MM
    assert pytest.approx(0.3893793721e9, rel=1e-9) == units.GEV2_TO_PB
    assert pytest.approx(6.582119569e-16, rel=1e-9) == units.HBAR_GEV_NS


@pytest.mark.parametrize(
    ("text", "value"), [("445/pb", 0.445), (" 20 /fb", 20.0), ("50/ab", 5e4), ("1e3/pb", 1.0)]
)
def test_luminosity(text, value):
    assert units.parse_luminosity(text) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    "text", ["445", "", "/fb", "-1/fb", "0/fb", "1/nb", "nan/fb", "1e400/fb", "1.2.3/fb", "1 fb"]
)
def test_bad_luminosity(text):
    with pytest.raises(InputError, match="luminosity"):
        units.parse_luminosity(text)
