"""Results for others: pyhf workspaces with our likelihood, HEPData submissions that HEPData accepts."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
import yaml
from scipy.stats import norm

from scotopic.analysis.limits import compute_limits
from scotopic.analysis.simulation import EventNumbers, simulate
from scotopic.analysis.statistics.statistic import LimitSettings
from scotopic.bounds import read_bound
from scotopic.detector.card import load_experiment
from scotopic.errors import InputError
from scotopic.io.hepdata import Axis, Column, Table, write_submission
from scotopic.io.pyhf_workspace import (
    patch_set,
    window_workspace,
    window_workspaces,
    write_workspaces,
)
from scotopic.io.window_model import bernstein
from scotopic.paper import figure_1, figure_2
from scotopic.paper.resolutions import Resolutions
from scotopic.report.histogram import write_histogram_scan
from scotopic.report.result import write_result
from scotopic.searches import get_search
from scotopic.stats import scan
from scotopic.stats.scan.limits import fit_free
from scotopic.stats.scan.profile import Profile
from scotopic.stats.scan.windows import Windows
from scotopic.study.histogram.scan_card import ByMass, Peak, ScanCard
from scotopic.study.histogram.scan_histogram import scan_histogram

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # jsonschema.RefResolver, of both
    import pyhf
    from hepdata_validator.full_submission_validator import FullSubmissionValidator

pytestmark = pytest.mark.filterwarnings("ignore:jsonschema.RefResolver:DeprecationWarning")

EDGES = np.concatenate([np.linspace(0.0, 4.0, 41), np.linspace(4.2, 10.0, 30)])  # of two widths
MASSES = np.array([0.3, 2.0, 5.0, 6.5, 9.8])  # the first and the last at the ends: narrower windows
ORDER, HALF_WIDTH = 3, (18, 15)
CODES = {"normsys": {"interpcode": "code1"}, "histosys": {"interpcode": "code4p"}}  # as the docs state


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
    model = parsed.model(measurement_name="scan", modifier_settings=CODES)
    return model, parsed.data(model)


def parameters(model, signal, background, basis, nuisances=()):
    """Return pyhf's parameters of a signal yield and a background (W,) in the span of `basis`."""
    factors = np.linalg.lstsq(basis.T, background)[0]
    np.testing.assert_allclose(factors @ basis, background, rtol=1e-9)
    given = {"signal_yield": signal} | {f"background_{k}": one for k, one in enumerate(factors)}
    given |= dict(nuisances)
    return [given[name] for name in model.config.par_order]


def test_windows_are_valid_workspaces(counts):
    for workspace in window_workspaces(
        counts, EDGES, MASSES, template, **settings(efficiency_error=0.1, resolution_error=0.05)
    ):
        pyhf.schema.validate(json.loads(json.dumps(workspace)), "workspace.json")
        assert all(min(sample["data"]) >= 0.0 for sample in workspace["channels"][0]["samples"])
        bounds = {p["name"]: p["bounds"][0] for p in workspace["measurements"][0]["config"]["parameters"]}
        assert bounds["signal_yield"][0] < 0.0 < bounds["signal_yield"][1]


@pytest.mark.parametrize("at", range(len(MASSES)))
def test_likelihood_of_pyhf_is_ours(counts, at):
    """2ΔNLL of pyhf between our fits without and with signal is our q0, also for a negative yield."""
    windows, data = windows_and_data(counts)
    inside = windows.inside[at]
    workspace = window_workspace(counts, EDGES, MASSES[at], template, **settings())
    model, observed = model_of(workspace)
    basis = bernstein(EDGES[np.append(windows.bins[at, inside], windows.bins[at, inside][-1] + 1)], ORDER)
    basis = basis * data[at, inside].sum()
    profile = Profile.build(windows, data, np.zeros(len(MASSES)))
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


@pytest.mark.parametrize("errors", [(0.0, 0.0), (0.15, 0.0), (0.1, 0.08), (0.6, 0.0)])
@pytest.mark.usefixtures("_minuit")
def test_fits_of_pyhf_find_our_profile(counts, errors):
    """pyhf's own minimisation, nuisance terms included: 2ΔNLL of a fixed yield to 1e-6."""
    at = 2
    windows, data = windows_and_data(counts, errors[1])
    profile = Profile.build(windows, data, np.full(len(MASSES), errors[0]))
    best_yield, best = profile.best(np.full(len(MASSES), 15.0))
    fixed = best_yield + 40.0
    ours = profile.distance(profile.at(fixed), best)[at]
    given = settings(efficiency_error=errors[0], resolution_error=errors[1])
    workspace = window_workspace(counts, EDGES, MASSES[at], template, **given)
    model, observed = model_of(workspace)
    start, fixed_at_zero = model.config.suggested_init(), model.config.suggested_fixed()
    start[model.config.poi_index] = float(best_yield[at])
    if (
        errors[0] > 0.2
    ):  # the best fit has η = 0; only the product of yield and efficiency is determined there
        fixed_at_zero[model.config.par_order.index("efficiency")] = True
    found, free = pyhf.infer.mle.fit(
        observed, model, start, fixed_params=fixed_at_zero, return_fitted_val=True
    )
    _, at_fixed = pyhf.infer.mle.fixed_poi_fit(
        float(fixed[at]), observed, model, init_pars=list(found), return_fitted_val=True
    )
    assert float(at_fixed) - float(free) == pytest.approx(ours, abs=1e-6)
    assert found[model.config.poi_index] == pytest.approx(best_yield[at], abs=0.02)


@pytest.mark.parametrize(("error", "difference"), [(0.1, 1e-11), (0.3, 2e-8), (1.0, 1e-4)])
def test_default_interpolation_of_pyhf_is_near_ours(error, difference):
    """As the docs state: a polynomial between −1 and 1 standard deviation, the exponential beyond."""
    ends = np.array([[[[np.exp(-error)], [1.0], [np.exp(error)]]]])
    pulls = np.linspace(-2.0, 2.0, 81)
    theirs = np.ravel(pyhf.interpolators.code4(ends)(pulls[None]))
    np.testing.assert_allclose(theirs, np.exp(error * pulls), rtol=difference)


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


def validated(folder: Path) -> dict[str, dict]:
    """Return the tables of a submission by name, having had it checked by HEPData's validator."""
    validator = FullSubmissionValidator(schema_version="1.1.1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the validator leaves its files open
        good = validator.validate(directory=str(folder))
    assert good, {name: [one.message for one in said] for name, said in validator.get_messages().items()}
    documents = list(yaml.safe_load_all((folder / "submission.yaml").read_text()))
    return {one["name"]: yaml.safe_load((folder / one["data_file"]).read_text()) for one in documents[1:]}


def values_of(table: dict, name: str) -> np.ndarray:
    column = next(one for one in table["dependent_variables"] if one["header"]["name"] == name)
    return np.array(
        [np.nan if one["value"] == "-" else one["value"] for one in column["values"]], dtype=float
    )


def test_submission_keeps_texts_and_numbers(tmp_path):
    """Small and large numbers stay numbers for PyYAML, NaN has HEPData's mark, texts may hold anything."""
    text = 'σ: "quoted" \\ 100 % #1 - {a}\n\x07second: é \U0001f600'
    numbers = np.array([1e-5, -2.5e-300, 1e16, 0.1, np.nan, np.inf])
    errors = {"stat": np.array([0.0, 1e-3, 1e-5, np.nan, 1.0, 1.0]), "syst": np.full(6, 0.0)}
    edges = np.stack([np.arange(6.0), np.arange(1.0, 7.0)], axis=1)
    table = Table(
        "t", "T", text, (Axis("x", "GeV", edges), Axis("y", "", np.arange(6.0))),
        (Column("c", "fb", numbers, errors),), ("SIG",), {"NOTE": (text, ""), "CL": (95.0, "%")},
    )  # fmt: skip
    written = write_submission([table], tmp_path / "h", comment=text, phrases=[text])
    assert [path.name for path in written] == ["t.yaml", "submission.yaml"]
    found = validated(tmp_path / "h")["T"]
    comment, described = yaml.safe_load_all((tmp_path / "h" / "submission.yaml").read_text())
    assert comment["comment"] == described["description"] == described["keywords"][1]["values"][0] == text
    np.testing.assert_allclose(values_of(found, "c")[:4], numbers[:4], rtol=1e-12)
    assert np.isnan(values_of(found, "c")[4:]).all()
    column = found["dependent_variables"][0]
    assert column["qualifiers"][0]["value"] == text
    assert [len(one.get("errors", [])) for one in column["values"]] == [0, 2, 2, 0, 0, 0]
    assert found["independent_variables"][0]["values"][2] == {"low": 2.0, "high": 3.0}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "n" * 65}, "at most 64"),
        ({"columns": ()}, "of one length"),
        ({"columns": (Column("c", "", np.zeros(3)),)}, "of one length"),
        ({"axes": (Axis("x", "", np.array([0.0, np.nan])),)}, "must be finite"),
    ],
)
def test_wrong_tables(tmp_path, changes, said):
    good = {
        "stem": "t", "name": "T", "description": "", "axes": (Axis("x", "", np.zeros(2)),),
        "columns": (Column("c", "", np.zeros(2)),),
    }  # fmt: skip
    with pytest.raises(InputError, match=said):
        write_submission([Table(**(good | changes))], tmp_path / "h", comment="")
    with pytest.raises(InputError, match="name of its own"):
        write_submission([Table(**good), Table(**good)], tmp_path / "h", comment="")
    assert not (tmp_path / "h").exists()


@pytest.fixture(scope="module")
def result():
    experiment = load_experiment("belle2-2018")
    search = get_search("alp-gammagamma")
    simulation = simulate(search, experiment, events=EventNumbers(1_500, 5_000), seed=2)
    return compute_limits(simulation, LimitSettings(luminosity_fb=0.445, masses=np.arange(0.5, 9.6, 1.0)))


def test_submission_of_a_search(result, tmp_path):
    files = write_result(result, tmp_path)
    tables = validated(tmp_path / "hepdata")
    listed = {path.name for path in files if path.parent.name == "hepdata"}
    assert listed == {path.name for path in (tmp_path / "hepdata").iterdir()}
    regions = [part.region.name for part in result.spectra]
    wanted = ["Limit on the cross section", "Limit on the coupling", "Local p-value"]
    for kind in ("Spectrum", "Signal efficiency", "Signal resolution"):
        wanted += [f"{kind}, {name} region" for name in regions]
    wanted += ["Fit at the largest excess", "Likelihood at the largest excess"]
    assert set(tables) == set(wanted)
    limits = tables[wanted[0]]
    for name, values in {
        "Observed limit on SIG": result.cross_section.observed,
        "Median expected limit on SIG": result.cross_section.median,
        "Expected limit on SIG, -2 sigma": result.cross_section.band95[:, 0],
        "Expected limit on SIG, +1 sigma": result.cross_section.band68[:, 1],
        "EFFICIENCY": result.efficiency,
    }.items():
        np.testing.assert_allclose(values_of(limits, name), values, rtol=1e-5, err_msg=name)
    column = tables[wanted[1]]["dependent_variables"][1]
    assert column["header"] == {"name": "Median expected limit on g_agammagamma", "units": "GeV^-1"}
    assert {one["name"]: one["value"] for one in column["qualifiers"]}["LUMINOSITY"] == 0.445
    np.testing.assert_allclose(
        values_of(tables[wanted[1]], "Observed limit on g_agammagamma"), result.coupling.observed, rtol=1e-5
    )
    for part in result.spectra:
        spectrum = tables[f"Spectrum, {part.region.name} region"]
        np.testing.assert_array_equal(values_of(spectrum, "OBSERVED EVENTS"), part.observed)
    comment = next(yaml.safe_load_all((tmp_path / "hepdata" / "submission.yaml").read_text()))["comment"]
    assert "ours, not published" in comment
    assert "pseudo-data" in comment
    for stem in ("cross_section_limit", "coupling_limit", "p_value", *(f"spectrum_{r}" for r in regions)):
        for ending in (".png", ".pdf", ".csv"):
            assert (tmp_path / f"{stem}{ending}").exists()
        assert f"{stem}.yaml" in listed


def pieces_of(bound):
    return [np.concatenate([piece[i] for piece in bound.pieces]).tolist() for i in (0, 1)]


def kept(mass, value):
    """Return what a limit keeps: positive values beside another one."""
    good = value > 0.0
    good &= np.append(good[1:], False) | np.append(False, good[:-1])
    return [mass[good].tolist(), value[good].tolist()]


def test_limits_of_a_search_read_back_to_the_last_digit(result, tmp_path):
    write_result(result, tmp_path)
    tables = validated(tmp_path / "hepdata")
    for stem, title, quantity, said, values in (
        (
            "cross_section_limit",
            "Limit on the cross section",
            "SIG",
            "alp-photon:sigma",
            result.cross_section.observed,
        ),
        (
            "coupling_limit",
            "Limit on the coupling",
            "g_agammagamma",
            "alp-photon:g",
            result.coupling.observed,
        ),
    ):
        assert pieces_of(read_bound(tmp_path / f"{stem}.csv", {"convention": said})) == kept(
            result.mass, values
        )
        bound = read_bound(tmp_path / "hepdata" / f"{stem}.yaml", {"convention": said})
        assert pieces_of(bound) == kept(
            result.mass, values_of(tables[title], f"Observed limit on {quantity}")
        )
        assert (bound.level, bound.kind) == (0.95, "projection")  # of pseudo-data
    expected = read_bound(tmp_path / "coupling_limit.csv", {"column": "median_per_GeV"})
    assert pieces_of(expected) == kept(result.mass, result.coupling.median)


def test_submissions_of_the_papers_figures(result, tmp_path, monkeypatch):
    """Every figure of `reproduce` has PNG, PDF, CSV and a HEPData table."""
    monkeypatch.setattr(figure_2, "search", lambda *_, **__: result)
    masses = np.array([2.0, 6.0, 9.0])
    value = {"m2_gg": 0.01 * masses, "m2_recoil": 0.2 / masses}
    error = {name: 0.01 * one for name, one in value.items()}
    measured = Resolutions(masses, value, error, 6.8, 0.1)
    monkeypatch.setattr(figure_2, "measure_resolutions", lambda *_, **__: measured)
    settings = {"quick": True, "seed": 1, "workers": 1}
    report = figure_1.make(tmp_path, **settings) | figure_2.make(tmp_path, **settings)
    for name, figure in report.items():
        assert validated(tmp_path / "hepdata" / name)
        assert str(tmp_path / "hepdata" / name / "submission.yaml") in figure["files"]
        assert str(tmp_path / f"{name}.csv") in figure["files"]
    both = validated(tmp_path / "hepdata" / "fig2a")["Resolutions of both squared masses"]
    np.testing.assert_allclose(values_of(both, "RESOLUTION M^2(RECOIL)"), value["m2_recoil"], rtol=1e-5)


def test_submission_of_a_histogram(tmp_path):
    card = ScanCard(
        path="card.toml", masses=MASSES, signal=Peak("gaussian", ByMass(*np.array([[0.0], [0.25], [0.0]]))),
        background_order=ORDER, half_width=HALF_WIDTH, level=0.9, method="cls", variable="M (GeV)",
        luminosity_fb=2.0, efficiency=ByMass(*np.array([[0.0], [0.5], [0.0]])),
        systematics={"efficiency": 0.0, "resolution": 0.0, "luminosity": 0.0},
    )  # fmt: skip
    file = tmp_path / "h.csv"
    counts = 100.0 + np.arange(len(EDGES) - 1.0)
    np.savetxt(file, np.stack([EDGES[:-1], EDGES[1:], counts], axis=1), delimiter=",", fmt="%.17g")
    found = scan_histogram(file, card)
    write_histogram_scan(found, tmp_path / "out")
    tables = validated(tmp_path / "out" / "hepdata")
    sigma = values_of(tables["Limit on the cross section"], "Observed limit on SIG")
    np.testing.assert_allclose(sigma, found.scan.limit_observed, rtol=1e-5)  # L × efficiency = 1/fb
    for path in (tmp_path / "out" / "scan.csv", tmp_path / "out" / "hepdata" / "cross_section_limit.yaml"):
        bound = read_bound(path, {"convention": "dark-photon:sigma"})
        exact = found.scan.limit_observed if path.suffix == ".csv" else sigma
        assert pieces_of(bound) == kept(found.scan.mass, exact)
        assert (bound.level, bound.kind) == (0.9, "observed")
    np.testing.assert_array_equal(values_of(tables["Spectrum"], "OBSERVED EVENTS"), counts)
    assert tables["Spectrum"]["independent_variables"][0]["header"] == {"name": "M (GeV)", "units": "GeV"}
