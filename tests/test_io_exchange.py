"""Results for others: pyhf workspaces with our likelihood, HEPData submissions that HEPData accepts."""

import json
import warnings

import numpy as np
import pytest
from scipy.stats import norm

from scotopic.io.pyhf_workspace import (
    bernstein,
    patch_set,
    window_workspace,
    window_workspaces,
    write_workspaces,
)
from scotopic.stats import scan
from scotopic.stats.limits import fit_free
from scotopic.stats.profile import Profile
from scotopic.stats.windows import Windows

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # jsonschema.RefResolver, of pyhf 0.7
    import pyhf

pyhf_warns = pytest.mark.filterwarnings("ignore:jsonschema.RefResolver:DeprecationWarning")

EDGES = np.concatenate([np.linspace(0.0, 4.0, 41), np.linspace(4.2, 10.0, 30)])  # of two widths
MASSES = np.array([0.3, 2.0, 5.0, 6.5, 9.8])  # the first and the last at the ends: narrower windows
ORDER, HALF_WIDTH = 3, (18, 15)


def template(mass, edges, width=1.0):
    return np.diff(norm.cdf(edges, mass, 0.25 * width))


@pytest.fixture(scope="module")
def counts():
    centre, width = 0.5 * (EDGES[1:] + EDGES[:-1]), np.diff(EDGES)
    mean = width * 800.0 * np.exp(-0.2 * centre) + 60.0 * template(5.0, EDGES)
    return np.random.default_rng(11).poisson(mean).astype(float)


@pytest.fixture
def _minuit():
    pyhf.set_backend("numpy", pyhf.optimize.minuit_optimizer(tolerance=1e-5, strategy=2, maxiter=100_000))
    yield
    pyhf.set_backend("numpy", "scipy")


def windows_and_data(counts, resolution_error=0.0):
    windows = Windows.build(EDGES, MASSES, template, HALF_WIDTH, ORDER, resolution_error)
    return windows, windows.cut(counts[:, None])[:, :, 0]


def settings(**more):
    return {"background_order": ORDER, "half_width": HALF_WIDTH, **more}


def model_of(workspace):
    parsed = pyhf.Workspace(workspace)
    model = parsed.model(measurement_name="scan", modifier_settings={"histosys": {"interpcode": "code4p"}})
    return model, parsed.data(model)


def parameters(model, signal, background, basis, nuisances=()):
    """Return pyhf's parameters of a signal yield and a background (W,) in the span of `basis`."""
    factors = np.linalg.lstsq(basis.T, background)[0]
    np.testing.assert_allclose(factors @ basis, background, rtol=1e-9)
    given = {"signal_yield": signal} | {f"background_{k}": one for k, one in enumerate(factors)}
    given |= dict(nuisances)
    return [given[name] for name in model.config.par_order]


@pyhf_warns
def test_windows_are_valid_workspaces(counts):
    for workspace in window_workspaces(
        counts, EDGES, MASSES, template, **settings(efficiency_error=0.1, resolution_error=0.05)
    ):
        pyhf.schema.validate(json.loads(json.dumps(workspace)), "workspace.json")
        assert all(min(sample["data"]) >= 0.0 for sample in workspace["channels"][0]["samples"])
        bounds = {p["name"]: p["bounds"][0] for p in workspace["measurements"][0]["config"]["parameters"]}
        assert bounds["signal_yield"][0] < 0.0 < bounds["signal_yield"][1]


@pyhf_warns
@pytest.mark.parametrize("at", range(len(MASSES)))
def test_likelihood_of_pyhf_is_ours(counts, at):
    """2ΔNLL of pyhf between our fits without and with signal is our q0, also for a negative yield."""
    windows, data = windows_and_data(counts)
    inside = windows.inside[at]
    workspace = window_workspace(counts, EDGES, MASSES[at], template, **settings())
    model, observed = model_of(workspace)
    basis = bernstein(EDGES[np.append(windows.bins[at, inside], windows.bins[at, inside][-1] + 1)], ORDER)
    basis = basis * data[at, inside].sum()
    profile = Profile(windows, data, np.zeros(len(MASSES)))
    best_yield = fit_free(data, windows)
    best = profile.at(best_yield)
    for yields in (np.zeros(len(MASSES)), best_yield + 30.0, best_yield - 20.0):
        ours = profile.distance(profile.at(yields), best)[at]
        values = []
        for point, one in ((profile.at(yields), yields[at]), (best, best_yield[at])):
            background = (point.expectation[at] - one * windows.template[at])[inside]
            theirs = parameters(model, one, background, basis)
            values.append(-2.0 * float(model.logpdf(theirs, observed)[0]))
        assert values[0] - values[1] == pytest.approx(ours, abs=1e-6)
    found = scan(counts, EDGES, MASSES, template, **settings())
    q = profile.distance(profile.at(np.zeros(len(MASSES))), best)[at]
    assert found.q0[at] == pytest.approx(q if best_yield[at] > 0.0 else 0.0, abs=1e-6)


@pyhf_warns
@pytest.mark.parametrize("errors", [(0.0, 0.0), (0.15, 0.0), (0.1, 0.08)])
@pytest.mark.usefixtures("_minuit")
def test_fits_of_pyhf_find_our_profile(counts, errors):
    """pyhf's own minimisation, nuisance terms included: 2ΔNLL of a fixed yield to 1e-6."""
    at = 2
    windows, data = windows_and_data(counts, errors[1])
    profile = Profile(windows, data, np.full(len(MASSES), errors[0]))
    start = fit_free(data, windows)
    best_yield, best = profile.best(start, np.full(len(MASSES), 15.0))
    fixed = best_yield + 40.0
    ours = profile.distance(profile.at(fixed), best)[at]
    given = settings(efficiency_error=errors[0], resolution_error=errors[1])
    workspace = window_workspace(counts, EDGES, MASSES[at], template, **given)
    model, observed = model_of(workspace)
    bounds = model.config.suggested_bounds()
    found, free = pyhf.infer.mle.fit(observed, model, par_bounds=bounds, return_fitted_val=True)
    _, at_fixed = pyhf.infer.mle.fixed_poi_fit(
        float(fixed[at]), observed, model, init_pars=list(found), return_fitted_val=True
    )
    assert float(at_fixed) - float(free) == pytest.approx(ours, abs=1e-6)
    assert found[model.config.poi_index] == pytest.approx(best_yield[at], abs=0.02)


@pyhf_warns
def test_patch_set_of_a_scan(counts, tmp_path):
    given = settings(efficiency_error=np.linspace(0.0, 0.2, 5))
    workspaces = window_workspaces(counts, EDGES, MASSES, template, **given)
    files = write_workspaces(MASSES, workspaces, tmp_path / "pyhf", "a test")
    assert [path.name for path in files] == ["workspace.json", "patchset.json"]
    first, patches = (json.loads(path.read_text()) for path in files)
    pyhf.schema.validate(patches, "patchset.json")
    assert patches == patch_set(MASSES, workspaces, "a test")
    known = pyhf.PatchSet(patches)
    known.verify(first)
    for mass, workspace in zip(MASSES, workspaces, strict=True):
        assert dict(known.apply(first, (mass,))) == workspace
    assert dict(known.apply(first, "mass_0")) == first
