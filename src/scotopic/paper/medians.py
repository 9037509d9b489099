"""Statistical error of expected limits: the simulated background drawn again with replacement."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from scotopic.numerics.rng import stream
from scotopic.selection.candidates import Candidates


def relative_errors(
    backgrounds: Mapping[str, Candidates],
    statistics: Callable[[Mapping[str, Candidates]], Sequence[float]],
    *,
    replicas: int,
    seed: int,
) -> list[float]:
    """Return the standard deviations of ln(statistic) over replicas of the simulated backgrounds.

    In a replica each simulated event counts a Poisson number of times, with a mean of one.

    Parameters
    ----------
    backgrounds : mapping of name to Candidates
        Behind the common cuts.
    statistics : callable (backgrounds) -> sequence of float
        Such as the median over masses of the expected limit; positive.
    """
    rng = stream(seed, "replicas")
    values = []
    for _ in range(replicas):
        drawn = {}
        for name, found in backgrounds.items():
            times = rng.poisson(1.0, len(found)).astype(np.float64)
            drawn[name] = replace(found, weights=times * found.weights)
        values.append(statistics(drawn))
    return [float(one) for one in np.std(np.log(values), axis=0, ddof=1)]
