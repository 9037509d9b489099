"""Bayesian limits of counting experiments: flat prior in the cross section, everything else integrated.

The number of events is n ~ Pois(κσ + b) with a flat prior in σ ≥ 0, any prior of b, and ln κ Gaussian, κ being
efficiency times luminosity. With B_j = ∫ Pois(j|b) π(b) db and C_j its cumulative sum, the posterior of σ has the
distribution function

    F(σ) = Σ_m (w_m/κ_m) [C_n − Σ_{k≤n} Pois(k|κ_m σ) C_{n−k}] / (C_n Σ_m w_m/κ_m),

(O. Helene, Nucl. Instrum. Meth. 212 (1983) 319, for a known background). For a gamma-distributed κ the average is
done in closed form, and the Poisson probability becomes a negative binomial one.

A Gaussian prior of the efficiency that is truncated at zero is not offered: it gives small efficiencies, for which
the data say nothing about σ, a density that does not vanish. The integral of the posterior over σ is proportional to
the mean of 1/κ, which is then infinite: limits quoted with it stem from a cut-off in σ, stated or not.
"""

from scotopic.numerics.arrays import Floats, Ints
from scotopic.stats.counting.averaged_tail import Efficiency, roots
from scotopic.stats.counting.background_prior import Background


def bayes_limits(observed: Ints, background: Background, efficiency: Efficiency, level: float) -> Floats:
    """Return the upper limits (L,) of credibility `level`, in events at the stated efficiency.

    Parameters
    ----------
    observed : (L,)
        Numbers of events.
    background : Background
        Priors of L expected backgrounds.
    efficiency : Efficiency
    level : float
        Credibility, such as 0.9.
    """
    return roots(observed, background, efficiency, True, level)
