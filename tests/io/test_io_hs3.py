"""A scan as HS3: the form, and the likelihood as a reader of the standard computes it."""

import json

import numpy as np
import pytest
from scipy.special import gammaln, xlogy
from scipy.stats import norm

from scotopic.io.hs3 import hs3_document, write_hs3
from scotopic.io.window_model import window_models
from scotopic.stats.scan.limits import fit_free
from scotopic.stats.scan.profile import Profile
from scotopic.stats.scan.windows import Windows

EDGES = np.concatenate([np.linspace(0.0, 4.0, 41), np.linspace(4.2, 10.0, 30)])
MASSES = np.array([0.3, 2.0, 5.0, 9.8])
ORDER, HALF_WIDTH = 3, (18, 15)


def template(mass, edges, width=1.0):
    return np.diff(norm.cdf(edges, mass, 0.25 * width))


def counts():
    centre, width = 0.5 * (EDGES[1:] + EDGES[:-1]), np.diff(EDGES)
    mean = width * 800.0 * np.exp(-0.2 * centre) + 60.0 * template(5.0, EDGES)
    return np.random.default_rng(11).poisson(mean).astype(float)


def document(efficiency_error=0.1, resolution_error=0.05):
    models = window_models(
        counts(), EDGES, MASSES, template, background_order=ORDER, half_width=HALF_WIDTH,
        efficiency_error=efficiency_error, resolution_error=resolution_error,
    )  # fmt: skip
    return hs3_document(models, MASSES, axis="M (GeV)", about="a test")


def by_name(document, part):
    return {one["name"]: one for one in document[part]}


def reader(document, name):
    """The −2 ln L of an analysis and its start, by the rules of the standard for histfactory_dist."""
    analysis = by_name(document, "analyses")[name]
    likelihood = by_name(document, "likelihoods")[analysis["likelihood"]]
    (distribution,) = (by_name(document, "distributions")[one] for one in likelihood["distributions"])
    (data,) = (by_name(document, "data")[one] for one in likelihood["data"])
    assert distribution["type"] == "histfactory_dist"
    assert distribution["axes"] == data["axes"]
    n = np.array(data["contents"])
    codes = document["misc"]["scotopic"]["interpolation"]

    def minus_twice_log(parameters):
        expected, constrained = np.zeros_like(n), set()
        for sample in distribution["samples"]:
            nominal = np.array(sample["data"]["contents"])
            total, factor = nominal.copy(), 1.0
            for modifier in sample["modifiers"]:
                value = parameters[modifier["parameter"]]
                if modifier["type"] == "normfactor":
                    factor *= value
                    continue
                assert modifier["constraint"] == "Gauss"
                constrained.add(modifier["parameter"])
                if modifier["type"] == "normsys":
                    assert codes["normsys"].startswith("exponential")
                    factor *= modifier["data"]["hi" if value >= 0.0 else "lo"] ** abs(value)
                    continue
                assert modifier["type"] == "histosys"
                ends = (np.array(modifier["data"][end]["contents"]) for end in ("hi", "lo"))
                high, low = ends
                np.testing.assert_allclose(high - nominal, nominal - low, atol=1e-15)  # linear in any code
                total += value * (high - nominal)
            expected += factor * total
        poisson = xlogy(n, expected) - expected - gammaln(n + 1.0)
        return -2.0 * poisson.sum() + sum(parameters[one] ** 2 for one in constrained)

    start = by_name(document, "parameter_points")[analysis["init"]]["parameters"]
    return minus_twice_log, {one["name"]: one["value"] for one in start}


def test_document_is_complete():
    """Every name that is referred to exists; every parameter has a start within its domain."""
    found = json.loads(json.dumps(document()))
    assert found["metadata"]["hs3_version"] == "0.2"
    for name, analysis in by_name(found, "analyses").items():
        _, start = reader(found, name)
        (domain,) = (by_name(found, "domains")[one] for one in analysis["domains"])
        bounds = {axis["name"]: (axis["min"], axis["max"]) for axis in domain["axes"]}
        assert set(bounds) == set(start)
        assert all(bounds[one][0] < value < bounds[one][1] for one, value in start.items())
        used = {
            modifier["parameter"]
            for sample in by_name(found, "distributions")[name]["samples"]
            for modifier in sample["modifiers"]
        }
        assert used == set(start)
        assert analysis["parameters_of_interest"] == ["signal_yield"]
    assert list(found["misc"]["scotopic"]["masses"].values()) == MASSES.tolist()


def point_of(found, name, profile, yields, at, nuisances):
    """Parameters of our profile fit at a yield, and our 2ΔNLL of it."""
    samples = {
        one["name"]: one["data"]["contents"] for one in by_name(found, "distributions")[name]["samples"]
    }
    basis = np.array([samples[f"background_{k}"] for k in range(ORDER + 1)])
    inside = profile.windows.inside[at]
    fitted = profile.at(yields).expectation[at] - yields[at] * profile.windows.template[at]
    factors = np.linalg.lstsq(basis.T, fitted[inside])[0]
    parameters = {"signal_yield": yields[at]} | dict.fromkeys(nuisances, 0.0)
    return parameters | {f"background_{k}": one for k, one in enumerate(factors)}


@pytest.mark.parametrize("at", range(len(MASSES)))
def test_likelihood_is_ours(at):
    """−2 ln L between two points, without errors, is our statistic; an error ε adds η² and a factor e^(εη)."""
    found = document(0.0, 0.0)
    windows = Windows.build(EDGES, MASSES, template, HALF_WIDTH, ORDER, 0.0)
    data = windows.cut(counts()[:, None])[:, :, 0]
    profile = Profile.build(windows, data, np.zeros(len(MASSES)))
    best = fit_free(data, windows)
    statistic, start = reader(found, f"mass_{at}")
    assert set(start) == {"signal_yield", *(f"background_{k}" for k in range(ORDER + 1))}
    points = [point_of(found, f"mass_{at}", profile, one, at, ()) for one in (best + 20.0, best)]
    ours = profile.distance(profile.at(best + 20.0), profile.at(best))[at]
    assert statistic(points[0]) - statistic(points[1]) == pytest.approx(ours, abs=1e-6)
    with_errors, _ = reader(document(0.1, 0.0), f"mass_{at}")
    shifted = points[1] | {"efficiency": 2.0}
    more = points[1] | {"signal_yield": np.exp(0.2) * points[1]["signal_yield"]}
    assert with_errors(shifted) == pytest.approx(statistic(more) + 4.0, abs=1e-8)


def test_pyhs3_computes_the_same(tmp_path):
    """The reader of the scikit-hep project, where it is installed."""
    pyhs3 = pytest.importorskip("pyhs3")
    found = document()
    path = write_hs3(found, tmp_path / "hs3.json")
    workspace = pyhs3.Workspace.load(path)
    model = workspace.model(workspace.analyses["mass_2"], progress=False)
    statistic, start = reader(found, "mass_2")
    far = start | {"signal_yield": 33.0, "efficiency": 0.7, "resolution": -1.4}
    values = []
    for point in (far, start):
        given = {name: np.asarray(value) for name, value in (dict(model.data) | point).items()}
        values.append(-2.0 * float(log_prob(model, given)))
    assert values[0] - values[1] == pytest.approx(statistic(far) - statistic(start), abs=1e-6)


def log_prob(model, given):
    import pytensor
    from pytensor.graph.traversal import explicit_graph_inputs

    expression = model.log_prob
    inputs = [one for one in explicit_graph_inputs([expression]) if one.name]
    return pytensor.function(inputs, expression, mode="FAST_COMPILE")(*(given[one.name] for one in inputs))
