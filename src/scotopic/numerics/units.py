"""Conversion of units; inside the package everything is GeV, mm, pb, ns and radians.

Source: the SI's defining constants (BIPM, SI brochure, 9th edition, 2019) fix c, h and e exactly; every
number here follows from them.
"""

import math
import re

from scotopic.errors import InputError

SPEED_OF_LIGHT_MM_PER_NS = 299.792458
"""c in mm/ns, exact."""

HBARC_GEV_MM = 1.973269804593025e-13
"""ħc in GeV mm: h c/(2π e) with h = 6.62607015e-34 J s and e = 1.602176634e-19 C."""

HBAR_GEV_NS = HBARC_GEV_MM / SPEED_OF_LIGHT_MM_PER_NS
"""ħ in GeV ns."""

GEV2_TO_PB = HBARC_GEV_MM**2 * 1.0e34
"""1/GeV² in pb, 0.389379e9: (ħc)² in GeV² mm², and 1 mm² = 1e34 pb."""

DEGREE = math.pi / 180.0
"""One degree in radians."""

_PER_FEMTOBARN = {"pb": 1.0e-3, "fb": 1.0, "ab": 1.0e3}
_LUMINOSITY = re.compile(r"([0-9.eE+-]+)\s*/\s*(pb|fb|ab)")


def parse_luminosity(text: str) -> float:
    """Return an integrated luminosity in 1/fb from a text such as ``"445/pb"`` or ``"50/ab"``."""
    match = _LUMINOSITY.fullmatch(text.strip())
    try:
        value = float(match[1]) * _PER_FEMTOBARN[match[2]] if match else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(
            f"luminosity {text!r}: expected a number with a unit, such as 445/pb, 20/fb or 50/ab"
        )
    if value <= 0.0:
        raise InputError(f"luminosity {text!r}: must be positive")
    return value


def show_luminosity(luminosity_fb: float) -> str:
    """Return an integrated luminosity (1/fb) as people write it: 445/pb, 20/fb, 50/ab."""
    unit = "pb" if luminosity_fb < 1.0 else "fb" if luminosity_fb < 1e3 else "ab"
    return f"{luminosity_fb / _PER_FEMTOBARN[unit]:.6g}/{unit}"
