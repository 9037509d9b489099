"""What a fit may say of itself, and from which numbers fits start."""

from scotopic.numerics.newton import BOUNDARY, FAILED, INTERIOR

SMALLEST_VARIANCE = 0.3  # of an empty bin, where the fits start from
SMALLEST_SHARE = 1e-6  # of a template that the background cannot imitate, below which a fit means nothing

# beside the status of numerics.newton
COLLINEAR = 3  # the background can imitate the signal
DISORDERED = 4  # the polynomial is too free for the counts: larger fluctuations get smaller limits
STATUS = {
    INTERIOR: "ok",
    BOUNDARY: "on the boundary of an empty bin",
    FAILED: "failed",
    COLLINEAR: "collinear",
    DISORDERED: "bands out of order",
}
