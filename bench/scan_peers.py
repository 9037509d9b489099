"""q0 of the bump scan by other programs: each function returns q0 (N,) and CPU seconds per q0.

One q0 is a free fit and a fit without signal. All get the same counts, templates and Bernstein polynomials, start
from the mean count and use analytic or automatic gradients where they can. What a program compiles is compiled
before the clock starts.
"""

import time
from importlib import import_module

import numpy as np


def _timed(function, problems):
    start = time.process_time()
    values = np.array([function(*problem) for problem in problems])
    return values, (time.process_time() - start) / len(problems)


def iminuit_compiled(problems):
    """iminuit with likelihood and gradient compiled by numba."""
    numba = import_module("numba")
    minuit = import_module("iminuit").Minuit

    @numba.njit(fastmath=False)
    def cost(theta, design, n, scale):
        total = 0.0
        for i in range(n.size):
            nu = 0.0
            for k in range(theta.size):
                nu += design[i, k] * theta[k] * scale
            if nu <= 0.0:
                return 1e9
            total += nu - n[i]
            if n[i] > 0.0:
                total -= n[i] * np.log(nu / n[i])
        return 2.0 * total

    @numba.njit(fastmath=False)
    def gradient(theta, design, n, scale):
        result = np.zeros(theta.size)
        for i in range(n.size):
            nu = 0.0
            for k in range(theta.size):
                nu += design[i, k] * theta[k] * scale
            weight = 2.0 * (1.0 - n[i] / max(nu, 1e-9)) * scale
            for k in range(theta.size):
                result[k] += weight * design[i, k]
        return result

    def lowest(n, design, first):
        scale = max(n.mean(), 0.1)
        fit = minuit(
            lambda theta: cost(theta, design, n, scale),
            first,
            grad=lambda theta: gradient(theta, design, n, scale),
        )
        fit.errordef = 1.0
        fit.tol = 1e-4
        fit.migrad()
        return fit.fval

    def q0(n, design):
        basis = np.ascontiguousarray(design[:, 1:])
        return lowest(n, basis, np.ones(4)) - lowest(n, design, np.array([0.0, 1.0, 1.0, 1.0, 1.0]))

    q0(*problems[0])
    return _timed(q0, problems)


def root_minuit2(problems):
    """Minuit2 of ROOT with likelihood and gradient in C++."""
    root = import_module("ROOT")
    if not hasattr(root, "bump_q0"):
        root.gInterpreter.Declare(_ROOT_COST)
    fit = root.Math.Factory.CreateMinimizer("Minuit2", "Migrad")
    fit.SetPrintLevel(-1)
    fit.SetErrorDef(1.0)

    def q0(n, design):
        return root.bump_q0(np.ascontiguousarray(design), n, len(n), max(n.mean(), 0.1), fit)

    q0(*problems[0])
    return _timed(q0, problems)


def evermore_everwillow(problems):
    """evermore's Poisson likelihood minimised by everwillow, compiled and mapped over all problems at once."""
    jax, evermore = import_module("jax"), import_module("evermore")
    everwillow, state = import_module("everwillow"), import_module("everwillow.statelib").State

    with jax.enable_x64(True):
        n = jax.numpy.array([one[0] for one in problems])
        design = jax.numpy.array([one[1] for one in problems])
        start = state.from_pytree({"s": 0.0, "b": np.ones(4)})

        def nll(params, observation):
            count, columns = observation
            scale = jax.numpy.maximum(count.mean(), 0.1)
            mean = scale * (params["s"] * columns[:, 0] + columns[:, 1:] @ params["b"])
            return -evermore.pdf.PoissonContinuous(lamb=mean).log_prob(count).sum()

        def q0(count, columns):
            free = everwillow.fit(nll, start, (count, columns), throw=False)
            without = state.from_pytree({"s": 0.0})
            null = everwillow.fit(nll, start, (count, columns), fixed=without, throw=False)
            return 2.0 * (null.nll - free.nll)

        program = jax.jit(jax.vmap(q0))
        jax.block_until_ready(program(n, design))
        begin = time.process_time()
        values = np.asarray(program(n, design))
        return values, (time.process_time() - begin) / len(problems)


def constrained(problems):
    """SLSQP of scipy with ν ≥ 0 in every bin, also where the optimum lies on ν = 0 of an empty bin."""
    minimize = import_module("scipy.optimize").minimize

    def lowest(n, design, first):
        scale = max(n.mean(), 0.1)
        design, seen = scale * design, n > 0.0

        def cost(theta):
            nu = design @ theta
            bad = (nu[seen] <= 0.0).any()
            return 1e9 if bad else 2.0 * (nu.sum() - (n * np.log(np.where(seen, nu, 1.0))).sum())

        def gradient(theta):
            nu = np.where(seen, design @ theta, 1.0)
            return 2.0 * design.T @ (1.0 - n / np.where(nu > 0.0, nu, 1.0))

        inside = {"type": "ineq", "fun": lambda theta: design @ theta, "jac": lambda theta: design}
        best = np.inf
        for _ in range(4):
            fit = minimize(
                cost, first, jac=gradient, constraints=inside, method="SLSQP",
                options={"ftol": 1e-15, "maxiter": 500},
            )  # fmt: skip
            if fit.fun < best and (design @ fit.x).min() > -1e-9:
                best, first = fit.fun, fit.x
        return best

    def q0(n, design):
        free = lowest(n, design, np.array([0.0, 1.0, 1.0, 1.0, 1.0]))
        return lowest(n, design[:, 1:], np.ones(4)) - free

    return _timed(q0, problems)


def _pyhf_model(n, design, lowest_mu=-50.0):
    scale = max(n.mean(), 0.1)
    samples = [
        {
            "name": name,
            "data": (scale * column).tolist(),
            "modifiers": [{"name": name, "type": "normfactor", "data": None}],
        }
        for name, column in zip(("mu", "b0", "b1", "b2", "b3"), design.T, strict=True)
    ]
    parameters = [{"name": "mu", "bounds": [[lowest_mu, 1000.0]], "inits": [0.1]}]
    parameters += [{"name": f"b{k}", "bounds": [[-5.0, 20.0]], "inits": [1.0]} for k in range(4)]
    spec = {"channels": [{"name": "window", "samples": samples}], "parameters": parameters}
    return import_module("pyhf").Model(spec, poi_name="mu"), scale


def pyhf_numpy(problems):
    """pyhf with its NumPy backend, one workspace per problem (built before the clock starts)."""
    pyhf = import_module("pyhf")

    def q0(n, model):
        data = n.tolist()
        _, free = pyhf.infer.mle.fit(data, model, return_fitted_val=True)
        _, null = pyhf.infer.mle.fixed_poi_fit(0.0, data, model, return_fitted_val=True)
        return float(null - free)

    return _timed(q0, [(n, _pyhf_model(n, design)[0]) for n, design in problems])


def pyhf_limits(n, design, statistic, guess):
    """95 % CLs limits of pyhf, observed and expected at −2 … +2 standard deviations, near a guess."""
    pyhf, brentq = import_module("pyhf"), import_module("scipy.optimize").brentq
    pyhf.set_backend("numpy", pyhf.optimize.scipy_optimizer(tolerance=1e-12))
    model, scale = _pyhf_model(n, design, 0.0 if statistic == "qtilde" else -50.0)
    found = {}

    def cls(mu):
        if mu not in found:
            observed, expected = pyhf.infer.hypotest(
                mu, n.tolist(), model, test_stat=statistic, return_expected_set=True
            )
            found[mu] = np.array([float(observed), *(float(one) for one in expected)])
        return found[mu]

    def excess(mu, column):
        return np.log(cls(mu)[column] / 0.05)

    low, high = 0.05 * guess / scale, 6.0 * guess / scale
    return scale * np.array([brentq(excess, low, high, args=(column,), rtol=1e-7) for column in range(6)])


_ROOT_COST = """
#include "Math/IFunction.h"
#include "Math/Minimizer.h"
#include <cmath>
#include <vector>
class BumpCost : public ROOT::Math::IMultiGradFunction {
 public:
  BumpCost(const double *design, const double *n, int bins, int first, double scale)
      : design_(design), n_(n), bins_(bins), first_(first), scale_(scale) {}
  ROOT::Math::IMultiGenFunction *Clone() const override { return new BumpCost(*this); }
  unsigned int NDim() const override { return 5 - first_; }
  double Mean(const double *theta, int i) const {
    double nu = 0;
    for (int k = first_; k < 5; ++k) nu += design_[5 * i + k] * theta[k - first_];
    return nu * scale_;
  }
  void Gradient(const double *theta, double *g) const override {
    for (int k = first_; k < 5; ++k) g[k - first_] = 0;
    for (int i = 0; i < bins_; ++i) {
      double w = 2 * scale_ * (1 - n_[i] / std::max(Mean(theta, i), 1e-9));
      for (int k = first_; k < 5; ++k) g[k - first_] += w * design_[5 * i + k];
    }
  }
 private:
  double DoEval(const double *theta) const override {
    double total = 0;
    for (int i = 0; i < bins_; ++i) {
      double nu = Mean(theta, i);
      if (nu <= 0) return 1e9;
      total += nu - n_[i];
      if (n_[i] > 0) total -= n_[i] * std::log(nu / n_[i]);
    }
    return 2 * total;
  }
  double DoDerivative(const double *theta, unsigned int k) const override {
    std::vector<double> g(NDim());
    Gradient(theta, g.data());
    return g[k];
  }
  const double *design_, *n_;
  int bins_, first_;
  double scale_;
};
double bump_q0(const double *design, const double *n, int bins, double scale,
               ROOT::Math::Minimizer *fit) {
  double lowest[2];
  for (int first = 0; first < 2; ++first) {
    BumpCost cost(design, n, bins, first, scale);
    fit->Clear();
    fit->SetFunction(cost);
    fit->SetTolerance(1e-4);
    for (int k = first; k < 5; ++k)
      fit->SetVariable(k - first, "p" + std::to_string(k), k ? 1.0 : 0.0, 0.1);
    fit->Minimize();
    lowest[first] = fit->MinValue();
  }
  return lowest[1] - lowest[0];
}
"""

PEERS = {
    "ROOT Minuit2, C++ likelihood": (root_minuit2, 500),
    "evermore + everwillow, jit + vmap": (evermore_everwillow, 500),
    "iminuit, compiled likelihood": (iminuit_compiled, 500),
    "SLSQP, constrained to ν ≥ 0": (constrained, 500),
    "pyhf (numpy)": (pyhf_numpy, 5),
}
"""Name: function and number of problems to give it."""
