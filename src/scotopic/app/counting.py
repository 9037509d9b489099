"""The command ``limit``: the limit of one counting experiment."""

from typing import Any

import click

from scotopic.app.options import computing, read_luminosity
from scotopic.app.output import print_json, print_lines
from scotopic.errors import InputError

METHODS = ("bayes", "cls", "feldman-cousins", "feldman-cousins-raw")
BACKGROUND_PRIORS = ("gaussian", "log-normal", "gamma")
EFFICIENCY_PRIORS = ("log-normal", "gamma")
PROFILED = (
    "with errors Feldman-Cousins is another construction (profiled, not monotonic in the background): where the data "
    "lie below the background its interval can end lower than without errors; bayes and cls cannot"
)


@click.command(short_help="Set a limit from a number of observed events.")
@click.option("--observed", type=float, required=True, help="Number of observed events.")
@click.option("--background", type=float, required=True, help="Expected background, in events.")
@click.option(
    "--background-error",
    type=float,
    default=0.0,
    show_default=True,
    help="Its absolute error.",
)
@click.option("--efficiency", type=float, default=1.0, show_default=True, help="Efficiency of the signal.")
@click.option(
    "--efficiency-error",
    type=float,
    default=0.0,
    show_default=True,
    help="Its absolute error.",
)
@click.option(
    "--luminosity",
    "luminosity_fb",
    metavar="L",
    callback=read_luminosity,
    help="Such as 276/pb or 20/fb: the limit is then in fb [default: none, limit in events].",
)
@click.option(
    "--luminosity-error",
    "luminosity_error_fb",
    metavar="L",
    callback=read_luminosity,
    help="Its absolute error, such as 2/pb [default: none].",
)
@click.option(
    "--level",
    type=float,
    default=0.9,
    show_default=True,
    help="Credibility or confidence, between 0.5 and 1.",
)
@click.option(
    "--method",
    type=click.Choice(METHODS),
    default="bayes",
    show_default=True,
    help="Flat prior, CLs or unified intervals: as published, or as constructed.",
)
@click.option(
    "--background-prior",
    type=click.Choice(BACKGROUND_PRIORS),
    default="gaussian",
    show_default=True,
    help="How the background scatters by its error; the Gaussian is truncated at zero.",
)
@click.option(
    "--efficiency-prior",
    type=click.Choice(EFFICIENCY_PRIORS),
    default="log-normal",
    show_default=True,
    help="The same of the efficiency.",
)
@click.option(
    "--luminosity-prior",
    type=click.Choice(EFFICIENCY_PRIORS),
    default="log-normal",
    show_default=True,
    help="The same of the luminosity.",
)
@computing
def limit(
    observed: float,
    background: float,
    luminosity_fb: float | None,
    luminosity_error_fb: float | None,
    seed: int,
    workers: int,
    as_json: bool,
    **given: Any,
) -> None:
    """Set a limit on the cross section of a counting experiment.

    It is exact: no toys are thrown, and neither the seed nor the number of workers has an influence.
    """
    from scotopic.stats import counting_bands, counting_limit, predictive_p_value

    if given["efficiency"] > 1.0:
        raise InputError(f"--efficiency: {given['efficiency']:g} is above 1; 4 % is 0.04")
    if luminosity_error_fb is not None and luminosity_fb is None:
        raise InputError("--luminosity-error: needs --luminosity")
    error, prior = given["background_error"], given["background_prior"]
    level, method = given["level"], given["method"]
    given["luminosity"] = 1.0 if luminosity_fb is None else luminosity_fb
    given["luminosity_error"] = luminosity_error_fb or 0.0
    found = counting_limit(observed, background, **given)
    bands = counting_bands(background, **given)
    p_value = predictive_p_value(observed, background, error, background_prior=prior)
    unit = "events" if luminosity_fb is None else "fb"
    result = {"interval": list(found)} if isinstance(found, tuple) else {"limit": found}
    expected = {"median": bands.median, "band68": bands.band68, "band95": bands.band95}
    notes = []
    errors = error or given["efficiency_error"] or luminosity_error_fb
    if method.startswith("feldman-cousins") and errors:
        notes.append(PROFILED)
    if as_json:
        priors = {
            f"{name}_prior": given[f"{name}_prior"] for name in ("background", "efficiency", "luminosity")
        }
        settings = {"method": method, "level": level, "unit": unit, **priors}
        print_json({**result, **settings, "expected": expected, "p_value": p_value, "notes": notes})
        return
    shown = " to ".join(f"{value:.6g}" for value in (found if isinstance(found, tuple) else (found,)))
    low, high = bands.band68
    print_lines(
        f"{'interval' if isinstance(found, tuple) else 'upper limit'}: {shown} {unit} ({method}, {level:g})",
        f"expected without signal: upper limit {float(bands.median):.6g} {unit}, "
        f"68 % of cases {low:.6g} to {high:.6g}",
        f"probability of at least {observed:g} events without signal: {p_value:.4g}",
        *(f"note: {note}" for note in notes),
    )
