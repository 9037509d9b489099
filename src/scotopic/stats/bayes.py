"""Bayesian limits of counting experiments: flat prior in the cross section, everything else integrated.

The number of events is n ~ Pois(κσ + b) with a flat prior in σ ≥ 0, b Gaussian and truncated at zero, and ln κ
Gaussian, κ being efficiency times luminosity. With B_j = ∫ Pois(j|b) π(b) db and C_j its cumulative sum, the
posterior of σ has the distribution function

    F(σ) = Σ_m (w_m/κ_m) [C_n − Σ_{k≤n} Pois(k|κ_m σ) C_{n−k}] / (C_n Σ_m w_m/κ_m),

exact for any prior of the background (O. Helene, Nucl. Instrum. Meth. 212 (1983) 319, for a known one).

A Gaussian prior of the efficiency that is truncated at zero is not offered: it gives small efficiencies, for which
the data say nothing about σ, a density that does not vanish. The integral of the posterior over σ is proportional to
the mean of 1/κ, which is then infinite: limits quoted with it stem from a cut-off in σ, stated or not.
"""

from scotopic.stats.averaged_tail import roots
from scotopic.stats.predictive import Floats, Integers


def bayes_limits(
    observed: Integers, background: Floats, error: Floats, spread: Floats, level: float
) -> Floats:
    """Return the upper limits (L,) of credibility `level`, in events at the median efficiency.

    Parameters
    ----------
    observed : (L,)
        Numbers of events.
    background, error : (L,)
        Expected background and its absolute error, in events.
    spread : (L,)
        Standard deviation of ln κ.
    level : float
        Credibility, such as 0.9.
    """
    return roots(observed, background, error, spread, True, level)
