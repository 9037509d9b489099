"""Expected significance of a counting experiment, from the Asimov data set."""

import numpy as np
from numpy.typing import ArrayLike

from scotopic.errors import InputError
from scotopic.numerics.arrays import Floats
from scotopic.stats.checks import arrays_of

SMALL = 1e-7  # signal over background, below which the leading term is exact to 1e-7


def asimov_significance(
    signal: ArrayLike, background: ArrayLike, background_error: ArrayLike = 0
) -> float | Floats:
    """Return the median significance with which a signal would be discovered, in standard deviations.

    Parameters
    ----------
    signal, background : array_like
        Expected events; the background must be above zero. They broadcast.
    background_error : array_like
        Absolute error of the background, in events.

    Returns
    -------
    float or ndarray
        √q0 of the Asimov data set; its leading term is s/√(b + σ_b²).

    Raises
    ------
    InputError
        For numbers that are negative or not finite, and for a background of zero.

    Notes
    -----
    G. Cowan et al., Eur. Phys. J. C71 (2011) 1554, eq. 97; with an error of the background G. Cowan, *Discovery
    sensitivity for a counting experiment with background uncertainty* (2012), eq. 20:

        Z² = 2 (s + b) ln[(s + b)(b + σ²)/(b² + (s + b) σ²)] − 2 (b²/σ²) ln[1 + σ² s/(b (b + σ²))].
    """
    s, b, error = arrays_of(signal=signal, background=background, background_error=background_error)
    for name, values in (("signal", s), ("background", b), ("background_error", error)):
        if not (np.isfinite(values) & (values >= 0.0)).all():
            raise InputError(f"{name}: every number must be finite and at least 0")
    if (b == 0.0).any():
        raise InputError("background: must be above 0, without background the significance is infinite")
    try:
        s, b, error = np.broadcast_arrays(s, b, error)
    except ValueError:
        raise InputError(
            f"signal, background and background_error have shapes {s.shape}, {b.shape} and {error.shape}, "
            "which do not broadcast"
        ) from None
    share = error * (error / b)  # σ²/b
    y = share * (s / b) / (1.0 + share)
    log_over_y = np.where(y > 0.0, np.log1p(y) / np.where(y > 0.0, y, 1.0), 1.0)
    rise = (s + b) * np.log1p((s / b) / (1.0 + (s / b + 1.0) * share))
    z = np.sqrt(2.0 * np.maximum(rise - s / (1.0 + share) * log_over_y, 0.0))
    z = np.where(s > SMALL * b, z, s / np.sqrt(b * (1.0 + share)))
    return z if z.ndim else float(z)
