"""Rates of backgrounds from control samples: data over simulation, with errors and their correlation.

Samples c count n_c = Σ_b k_b E_cb events of backgrounds b, each of which measures one factor k_b; where no sample
measures it, k_b = 1. The equations are linear, and so are the errors of their solution.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scotopic.analysis.control_sample import ControlSample, ControlYield
from scotopic.numerics.arrays import Floats
from scotopic.selection.candidates import Candidates

SURELY_SEEN = 10.0  # events expected: none is seen once in 22,000 samples


@dataclass(frozen=True)
class ControlRates:
    """Events of each background that a control sample expects per 1/fb, and the simulation's variances."""

    sample: ControlSample
    rates: Mapping[str, float]
    variances: Mapping[str, float]


@dataclass(frozen=True)
class BackgroundScales:
    """Factors on the simulated backgrounds.

    Attributes
    ----------
    factors : mapping of background to float
    measured : tuple of str
        Backgrounds whose factors have errors.
    covariance : (B, B)
        Of those factors.
    yields : tuple of ControlYield
    notes : tuple of str
    """

    factors: Mapping[str, float]
    measured: tuple[str, ...]
    covariance: Floats
    yields: tuple[ControlYield, ...] = ()
    notes: tuple[str, ...] = ()

    def apply(self, expected: Mapping[str, Floats]) -> dict[str, Floats]:
        """Return the expectations by background, scaled."""
        return {name: self.factors[name] * values for name, values in expected.items()}

    def error(self, expected: Mapping[str, Floats]) -> Floats:
        """Return what the factors' errors make of the sum of expectations that are not scaled yet."""
        shape = np.shape(next(iter(expected.values())))
        rows = np.reshape([expected[name] for name in self.measured], (len(self.measured), *shape))
        return np.asarray(np.sqrt(np.einsum("i...,ij,j...->...", rows, self.covariance, rows)))


def control_rates(sample: ControlSample, found: Mapping[str, Candidates]) -> ControlRates:
    """Return the rates of simulated candidates (weights in pb) behind a control sample's cuts."""
    return ControlRates(
        sample,
        {name: 1e3 * float(one.weights.sum()) for name, one in found.items()},
        {name: 1e6 * float((one.weights**2).sum()) for name, one in found.items()},
    )


def without_variances(controls: Sequence[ControlRates]) -> tuple[ControlRates, ...]:
    """Return control samples as of a simulation without statistical errors."""
    return tuple(replace(one, variances=dict.fromkeys(one.variances, 0.0)) for one in controls)


def measure_scales(
    controls: Sequence[ControlRates], counts: Mapping[str, int] | None, luminosity_fb: float
) -> BackgroundScales:
    """Return the factors that control samples tell; where there are no counts, they are one and have errors.

    A factor that comes out negative is set to zero, its error stays. A background without a simulated event in its
    sample has a factor of 1 ± 1; so has one whose sample is empty in data that should hold it: they were chosen before.
    """
    names = tuple(controls[0].rates)
    absent = [
        one
        for one in controls
        if counts is not None
        and counts[one.sample.name] == 0
        and luminosity_fb * sum(one.rates.values()) > SURELY_SEEN
    ]
    known = [one for one in controls if one.rates[one.sample.measures] > 0.0 and one not in absent]
    blind = [one.sample.measures for one in controls if one not in known]
    measured = [one.sample.measures for one in known]
    size = (len(known), len(names))
    expected = luminosity_fb * np.array([list(one.rates.values()) for one in known]).reshape(size)
    variance = luminosity_fb**2 * np.array([list(one.variances.values()) for one in known]).reshape(size)
    total = expected.sum(axis=1)
    observed = total if counts is None else np.array([float(counts[one.sample.name]) for one in known])
    columns = [names.index(name) for name in measured]
    inverse = np.linalg.inv(expected[:, columns])
    solved = inverse @ (observed - total + expected[:, columns].sum(axis=1))
    factors = dict.fromkeys(names, 1.0) | dict(zip(measured, np.maximum(solved, 0.0), strict=True))
    squares = np.array([factors[name] for name in names]) ** 2
    noise = np.maximum(observed, 1.0) + variance @ squares
    covariance = np.eye(len(controls))
    covariance[: len(known), : len(known)] = inverse * noise @ inverse.T
    errors = np.sqrt(np.diag(covariance))
    yields = tuple(
        ControlYield(
            one.sample,
            dict(zip(names, expected[i].tolist(), strict=True)),
            float(observed[i]),
            float(factors[one.sample.measures]),
            float(errors[i]),
        )
        for i, one in enumerate(known)
    )
    verb = "would be known to" if counts is None else "scaled by"
    notes = tuple(
        f"background {one.sample.measures} {verb} "
        + (f"{one.scale:.3f} ± " if counts is not None else "± ")
        + f"{one.scale_error:.3f}: {one.sample.label}, {one.observed:.0f} events"
        for one in yields
    ) + tuple(
        f"background {one.sample.measures} is not scaled, its error is 100 %: the data hold no event of its control "
        f"sample ({one.sample.label}), where {luminosity_fb * sum(one.rates.values()):.3g} are expected"
        for one in absent
    )
    return BackgroundScales(factors, (*measured, *blind), covariance, yields, notes)


def overall_scale(
    backgrounds: Mapping[str, Candidates], data: Candidates, luminosity_fb: float
) -> BackgroundScales:
    """Return one factor for all backgrounds: data over simulation before the final cuts."""
    weights = np.concatenate([found.weights for found in backgrounds.values()])
    expected = 1e3 * luminosity_fb * float(weights.sum())
    found = len(data)
    scale, error = 1.0, 1.0
    note = "no event before the final cuts: the background is not scaled, its error is 100 %"
    if found > 0 and expected > 0.0:
        simulated = float(weights.sum() ** 2 / (weights**2).sum())
        scale = found / expected
        error = scale * float(np.sqrt(1.0 / found + 1.0 / simulated))
        note = f"background scaled by {scale:.3f} ± {error:.3f}, measured before the final cuts"
    names = tuple(backgrounds)
    return BackgroundScales(
        dict.fromkeys(names, scale), names, np.full((len(names), len(names)), error**2), (), (note,)
    )


def background_scales(
    controls: Sequence[ControlRates],
    backgrounds: Mapping[str, Candidates],
    *,
    data: Candidates | None,
    counts: Mapping[str, int] | None,
    luminosity_fb: float,
) -> BackgroundScales:
    """Return the factors from control samples, or from the candidates where data have no other events."""
    if data is not None and counts is None:
        return overall_scale(backgrounds, data, luminosity_fb)
    if not controls:
        note = "no control sample: no background is scaled, and none has an error of its rate"
        return BackgroundScales(dict.fromkeys(backgrounds, 1.0), (), np.zeros((0, 0)), (), (note,))
    return measure_scales(controls, counts, luminosity_fb)
