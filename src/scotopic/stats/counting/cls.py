"""CLs limits of counting experiments, with exact Poisson probabilities.

CLs = P(N ≤ n | σ)/P(N ≤ n | 0) (A. L. Read, J. Phys. G 28 (2002) 2693), both probabilities averaged over the
priors of background and efficiency (R. D. Cousins and V. L. Highland, Nucl.
Instrum. Meth. A 320 (1992) 331). With a known efficiency the limits are those of a flat prior, number for number.
"""

from scotopic.numerics.arrays import Floats, Ints
from scotopic.stats.counting.averaged_tail import Efficiency, roots
from scotopic.stats.counting.background_prior import Background


def cls_limits(observed: Ints, background: Background, efficiency: Efficiency, level: float) -> Floats:
    """Return the upper limits (L,) where CLs = 1 − `level`, in events at the stated efficiency.

    The parameters are those of :func:`scotopic.stats.counting.bayes.bayes_limits`.
    """
    return roots(observed, background, efficiency, False, level)
